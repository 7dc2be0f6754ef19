/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/import_batch.h"

#include <string.h>

#include "core/parse.h"
#include "plugin/shape.h"
#include "rag/chunk.h"
#include "rag/doc_check.h"
#include "rag/record_check.h"

/* A document that a manifest of the import names. */
struct expected {
    struct ragd_str source;
    struct manifest_chunk *chunks;
    uint64_t n_chunks, chunks_seen;
    bool *seen; /* of each chunk */
    bool doc_seen;
    struct extent text, spans; /* of the document, of the chunks that came */
};

void import_batch_init(struct import_batch *batch, struct collection *coll)
{
    batch->coll = coll;
}

void import_batch_clear(struct import_batch *batch)
{
    arena_release(&batch->push);
    batch->n_recs = batch->n_docs = batch->n_manifests = batch->n_plain = 0;
    batch->n_texts = 0;
    batch->n_remove_ids = batch->n_remove_docs = 0;
}

void import_batch_release(struct import_batch *batch)
{
    arena_release(&batch->push);
    arena_release(&batch->arena);
    map_release(&batch->docs);
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, NULL);
}

static int alloc(struct import_batch *b, size_t n)
{
    b->recs = arena_calloc(&b->push, n, sizeof(*b->recs));
    b->rec_refs = arena_calloc(&b->push, n, sizeof(*b->rec_refs));
    b->doc_refs = arena_calloc(&b->push, n, sizeof(*b->doc_refs));
    b->blobs = arena_calloc(&b->push, n, sizeof(*b->blobs));
    b->manifest_refs = arena_calloc(&b->push, n, sizeof(*b->manifest_refs));
    b->blob_names = arena_calloc(&b->push, n, sizeof(*b->blob_names));
    b->plain_ids = arena_calloc(&b->push, n, sizeof(*b->plain_ids));
    b->texts = arena_calloc(&b->push, n, sizeof(*b->texts));
    b->owners = arena_calloc(&b->push, n, sizeof(*b->owners));
    bool made = b->recs && b->rec_refs && b->doc_refs && b->blobs && b->manifest_refs &&
                b->blob_names && b->plain_ids && b->texts && b->owners;
    return made ? 0 : RAGD_E_NOMEM;
}

/* The push and what it borrows are gone when documents and chunks come. */
static struct expected *expected_copy(struct arena *arena, const struct manifest_doc *doc,
                                      struct ragd_str source)
{
    struct expected *expected = arena_alloc(arena, sizeof(*expected));
    if (!expected) {
        return NULL;
    }
    *expected = (struct expected){
        .source = arena_str(arena, source),
        .chunks = arena_calloc(arena, doc->n_chunks, sizeof(*expected->chunks)),
        .n_chunks = doc->n_chunks,
        .seen = arena_calloc(arena, doc->n_chunks, sizeof(*expected->seen)),
    };
    if (!expected->source.p || !expected->chunks || !expected->seen) {
        return NULL;
    }
    if (doc->n_chunks) {
        memcpy(expected->chunks, doc->chunks, doc->n_chunks * sizeof(*doc->chunks));
    }
    return expected;
}

static int expect(struct import_batch *b, const struct manifest_doc *doc,
                  struct ragd_str source, struct err *err)
{
    if (map_get(&b->docs, doc->id)) {
        return err_set(err, ERR_INVALID, "document '%.*s' is in two manifests",
                       (int)doc->id.n, doc->id.p);
    }
    struct expected *expected = expected_copy(&b->arena, doc, source);
    return expected && !map_put(&b->docs, doc->id, expected) ? 0 : no_memory(err);
}

static int take_manifest(struct import_batch *b, const struct manifest *manifest,
                         struct err *err)
{
    struct buf buf = {0};
    size_t max = NAME_BYTES_MAX - (sizeof(STORED_MANIFEST) - 1);
    if (manifest->source.n > max) {
        return err_set(err, ERR_LIMIT, "a source of %zu bytes, at most %zu are allowed",
                       manifest->source.n, max);
    }
    for (size_t i = 0; i < manifest->n_docs; i++) {
        int rc = expect(b, &manifest->docs[i], manifest->source, err);
        if (rc) {
            return rc;
        }
    }
    int rc = stored_manifest_encode(manifest, &buf);
    struct ragd_str bytes = rc ? (struct ragd_str){0}
                               : arena_str(&b->push,
                                           (struct ragd_str){(char *)buf.p, buf.n});
    buf_release(&buf);
    struct ragd_str name = ragd_cs(arena_printf(
        &b->push, STORED_MANIFEST "%.*s", (int)manifest->source.n, manifest->source.p));
    if (!bytes.p || !name.p) {
        return no_memory(err);
    }
    b->blob_names[b->n_manifests] = name;
    b->manifest_refs[b->n_manifests] = manifest;
    b->blobs[b->n_manifests++] = (struct ragd_blob){name, {bytes.p, bytes.n}};
    b->manifests++;
    return 0;
}

static int check_source(const struct expected *expected, const char *what,
                        struct ragd_str id, struct ragd_str source, struct err *err)
{
    if (str_same(source, expected->source)) {
        return 0;
    }
    return err_set(err, ERR_INVALID,
                   "%s '%.*s' has another source than its manifest, which is of '%.*s'",
                   what, (int)id.n, id.p, (int)expected->source.n, expected->source.p);
}

static int take_doc(struct import_batch *b, const struct ragd_stored_doc *doc,
                    struct err *err)
{
    struct expected *expected = map_get(&b->docs, doc->id);
    if (!expected) {
        err_set(err, ERR_INVALID, "no manifest names document '%.*s'", (int)doc->id.n,
                doc->id.p);
        return err_hint(err, "manifests come before the documents they name");
    }
    if (expected->doc_seen) {
        return err_set(err, ERR_INVALID, "document '%.*s' came twice", (int)doc->id.n,
                       doc->id.p);
    }
    int rc = doc_check(&b->coll->engine->limits, doc, err);
    rc = rc ? rc : check_source(expected, "document", doc->id, doc->source, err);
    if (rc) {
        return rc;
    }
    expected->text = extent_of(doc->text);
    expected->doc_seen = true;
    b->doc_refs[b->n_docs++] = doc;
    b->documents++;
    return 0;
}

/* "document#ordinal" of the manifests that came; NULL when it is none. */
static struct expected *expected_chunk(const struct import_batch *b, struct ragd_str id,
                                       uint64_t *ordinal)
{
    size_t n = id.n;
    while (n && id.p[n - 1] != '#') {
        n--;
    }
    if (n < 2 || parse_uint((struct ragd_str){id.p + n, id.n - n}, ordinal)) {
        return NULL;
    }
    struct expected *expected = map_get(&b->docs, (struct ragd_str){id.p, n - 1});
    return expected && *ordinal < expected->n_chunks ? expected : NULL;
}

/* Its text is the one that the manifest says, its span may be one. */
static int check_chunk(struct expected *expected, const struct ragd_record *rec,
                       struct err *err)
{
    uint8_t hash[HASH_BYTES];
    if (hash_bytes(rec->text.p, rec->text.n, hash)) {
        return no_memory(err);
    }
    if (memcmp(hash, expected->chunks[rec->ordinal].text_hash, HASH_BYTES) != 0) {
        return err_set(err, ERR_INVALID,
                       "the text of chunk '%.*s' is not the one in its manifest",
                       (int)rec->id.n, rec->id.p);
    }
    if (!extent_reach(&expected->spans, rec->span)) {
        return err_set(err, ERR_INVALID, "the span of chunk '%.*s' ends before it begins",
                       (int)rec->id.n, rec->id.p);
    }
    return 0;
}

/* A chunk belongs to a document of a manifest, at its place. */
static int take_chunk(struct import_batch *b, const struct import_item *item,
                      struct err *err)
{
    const struct ragd_record *rec = item->record;
    uint64_t ordinal;
    struct expected *expected = expected_chunk(b, rec->id, &ordinal);
    if (!expected || ordinal != rec->ordinal ||
        expected != map_get(&b->docs, rec->doc_id)) {
        return err_set(err, ERR_INVALID, "no manifest names chunk '%.*s'", (int)rec->id.n,
                       rec->id.p);
    }
    if (expected->seen[ordinal]) {
        return err_set(err, ERR_INVALID, "chunk '%.*s' came twice", (int)rec->id.n,
                       rec->id.p);
    }
    int rc = check_chunk(expected, rec, err);
    if (!rc && item->source.n) {
        rc = check_source(expected, "chunk", rec->id, item->source, err);
    }
    if (rc) {
        return rc;
    }
    expected->seen[ordinal] = true;
    expected->chunks_seen++;
    return 0;
}

/* A record without a document has an id that no chunk has. */
static int take_plain(struct import_batch *b, const struct ragd_record *rec,
                      struct err *err)
{
    uint64_t ordinal;
    if (expected_chunk(b, rec->id, &ordinal)) {
        return err_set(err, ERR_CONFLICT, "'%.*s' is a chunk of a document as well",
                       (int)rec->id.n, rec->id.p);
    }
    b->plain_ids[b->n_plain++] = rec->id;
    return 0;
}

static int take_record(struct import_batch *b, const struct import_item *item,
                       struct err *err)
{
    const struct ragd_record *rec = item->record;
    struct record_in in = {rec->id, rec->text, rec->meta, rec->vec, item->vec_dim};
    struct ragd_str id = in.id;
    if (rec->doc_id.n) {
        in.id = ragd_cs("chunk"); /* its own id is checked with its document */
    }
    int rc = record_check(b->coll, &in, err);
    rc = rc ? rc : rec->doc_id.n ? take_chunk(b, item, err) : take_plain(b, rec, err);
    if (rc) {
        return rc;
    }
    struct ragd_record *out = &b->recs[b->n_recs];
    *out = *rec;
    out->struct_size = sizeof(*out);
    out->id = id;
    if (arena_kvs(&b->push, rec->meta, &out->meta)) {
        return no_memory(err);
    }
    if (record_wants_vector(b->coll, &in)) {
        b->owners[b->n_texts] = b->n_recs;
        b->texts[b->n_texts++] = rec->text;
    }
    b->rec_refs[b->n_recs++] = out;
    b->records++;
    return 0;
}

int import_batch_take(struct import_batch *b, const struct import_item *items, size_t n,
                      struct err *err)
{
    if (alloc(b, n)) {
        return no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        int rc = items[i].manifest ? take_manifest(b, items[i].manifest, err)
                 : items[i].doc    ? take_doc(b, items[i].doc, err)
                                   : take_record(b, &items[i], err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static size_t chunks_of(const struct manifest *manifest)
{
    size_t n = 0;
    for (size_t i = 0; i < manifest->n_docs; i++) {
        n += manifest->docs[i].n_chunks;
    }
    return n;
}

/* New chunks of the same ids come later in the same generation: they are put
 * after what is removed here. */
static int replace(struct import_batch *b, const struct manifest *old)
{
    for (size_t i = 0; i < old->n_docs; i++) {
        const struct manifest_doc *doc = &old->docs[i];
        b->remove_docs[b->n_remove_docs++] = doc->id;
        for (size_t k = 0; k < doc->n_chunks; k++) {
            const char *id = arena_printf(&b->push, "%.*s#%zu", (int)doc->id.n, doc->id.p,
                                          k);
            if (!id) {
                return RAGD_E_NOMEM;
            }
            b->remove_ids[b->n_remove_ids++] = ragd_cs(id);
        }
    }
    return 0;
}

int import_batch_replace(struct import_batch *b, const struct ragd_blob *old, size_t n,
                         struct err *err)
{
    struct manifest *olds = arena_calloc(&b->push, n, sizeof(*olds));
    size_t docs = 0, chunks = 0;
    if (!olds) {
        return no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        int rc = stored_manifest_decode(old[i].bytes, &b->push, &olds[i], err);
        if (rc) {
            return rc;
        }
        docs += olds[i].n_docs;
        chunks += chunks_of(&olds[i]);
    }
    b->remove_docs = arena_calloc(&b->push, docs, sizeof(*b->remove_docs));
    b->remove_ids = arena_calloc(&b->push, chunks, sizeof(*b->remove_ids));
    if (!b->remove_docs || !b->remove_ids) {
        return no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (replace(b, &olds[i])) {
            return no_memory(err);
        }
    }
    return 0;
}

void import_batch_vectors(struct import_batch *b, const float *rows)
{
    for (size_t i = 0; i < b->n_texts; i++) {
        b->recs[b->owners[i]].vec = rows + i * (size_t)b->coll->settings.dim;
    }
    b->embedded += b->n_texts;
}

void import_batch_change(const struct import_batch *b, struct ragd_apply *change)
{
    change->remove_ids = b->remove_ids;
    change->n_remove_ids = b->n_remove_ids;
    change->remove_docs = b->remove_docs;
    change->n_remove_docs = b->n_remove_docs;
    change->records = b->rec_refs;
    change->n_records = b->n_recs;
    change->docs = b->doc_refs;
    change->n_docs = b->n_docs;
    change->blobs = b->blobs;
    change->n_blobs = b->n_manifests;
}

int import_batch_complete(const struct import_batch *b, struct err *err)
{
    size_t at = 0;
    struct ragd_str id;
    const struct expected *expected;
    while ((expected = map_next(&b->docs, &at, &id))) {
        if (!expected->doc_seen) {
            return err_set(err, ERR_INVALID, "document '%.*s' of a manifest did not come",
                           (int)id.n, id.p);
        }
        if (expected->chunks_seen != expected->n_chunks) {
            return err_set(err, ERR_INVALID, "%llu of %llu chunks of document '%.*s' came",
                           (unsigned long long)expected->chunks_seen,
                           (unsigned long long)expected->n_chunks, (int)id.n, id.p);
        }
        if (!extent_holds(expected->text, expected->spans)) {
            return err_set(err, ERR_INVALID,
                           "a chunk of document '%.*s' has a span beyond its text",
                           (int)id.n, id.p);
        }
    }
    return 0;
}
