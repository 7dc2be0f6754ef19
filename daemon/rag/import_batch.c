/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/import_batch.h"

#include <string.h>

#include "plugin/shape.h"
#include "rag/doc_check.h"

int import_batch_init(struct import_batch *batch, const struct collection *coll)
{
    batch->limits = coll->engine->limits;
    batch->rules = record_rules_of(coll);
    batch->rules.limits = &batch->limits;
    batch->expect.max_memory = batch->limits.import_memory;
    batch->rules.collection = arena_strdup(&batch->expect.arena, coll->name);
    return batch->rules.collection ? 0 : RAGD_E_NOMEM;
}

void import_batch_clear(struct import_batch *batch)
{
    call_memory_release(&batch->push);
    batch->n_recs = batch->n_docs = batch->n_manifests = batch->n_plain = 0;
    batch->n_texts = 0;
    batch->n_remove_ids = batch->n_remove_docs = 0;
}

void import_batch_release(struct import_batch *batch)
{
    call_memory_release(&batch->push);
    import_expect_release(&batch->expect);
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
    b->blob_names = arena_calloc(&b->push, n, sizeof(*b->blob_names));
    b->sources = arena_calloc(&b->push, n, sizeof(*b->sources));
    b->plain_ids = arena_calloc(&b->push, n, sizeof(*b->plain_ids));
    b->texts = arena_calloc(&b->push, n, sizeof(*b->texts));
    b->owners = arena_calloc(&b->push, n, sizeof(*b->owners));
    bool made = b->recs && b->rec_refs && b->doc_refs && b->blobs && b->blob_names &&
                b->sources && b->plain_ids && b->texts && b->owners;
    return made ? 0 : RAGD_E_NOMEM;
}

static int check_manifest(const struct manifest *manifest, struct err *err)
{
    size_t max = NAME_BYTES_MAX - (sizeof(STORED_MANIFEST) - 1);
    if (!manifest->source.n) {
        return err_set(err, ERR_INVALID, "a manifest without a source");
    }
    if (manifest->source.n > max) {
        return err_set(err, ERR_LIMIT, "a source of %zu bytes, the most is %zu",
                       manifest->source.n, max);
    }
    return 0;
}

static int take_manifest(struct import_batch *b, const struct manifest *manifest,
                         uint64_t line, struct err *err)
{
    struct buf buf = {0};
    struct ragd_str source;
    int rc = check_manifest(manifest, err);
    rc = rc ? rc : expect_manifest(&b->expect, manifest, line, &source, err);
    if (rc) {
        return rc;
    }
    rc = stored_manifest_encode(manifest, &buf);
    struct ragd_str bytes = rc ? (struct ragd_str){0}
                               : arena_str(&b->push,
                                           (struct ragd_str){(char *)buf.p, buf.n});
    buf_release(&buf);
    struct ragd_str name =
        ragd_cs(arena_printf(&b->push, STORED_MANIFEST "%.*s", (int)source.n, source.p));
    if (!bytes.p || !name.p) {
        return no_memory(err);
    }
    b->sources[b->n_manifests] = source;
    b->blob_names[b->n_manifests] = name;
    b->blobs[b->n_manifests++] = (struct ragd_blob){name, {bytes.p, bytes.n}};
    b->manifests++;
    return 0;
}

static int take_doc(struct import_batch *b, const struct ragd_stored_doc *doc,
                    uint64_t line, struct err *err)
{
    int rc = doc_check(&b->limits, doc, err);
    rc = rc ? rc : expect_doc(&b->expect, doc, line, err);
    if (!rc) {
        b->doc_refs[b->n_docs++] = doc;
        b->documents++;
    }
    return rc;
}

/* A record without a document has an id that no chunk has. */
static int take_plain(struct import_batch *b, struct ragd_str id, uint64_t line,
                      struct err *err)
{
    b->plain_ids[b->n_plain++] = id;
    return expect_plain(&b->expect, id, line, err);
}

static int take_record(struct import_batch *b, const struct import_item *item,
                       uint64_t line, struct err *err)
{
    const struct ragd_record *rec = item->record;
    struct record_in in = {rec->id, rec->text, rec->meta, rec->vec, item->vec_dim};
    struct ragd_str id = in.id;
    if (rec->doc_id.n) {
        in.id = ragd_cs("chunk"); /* its own id is checked with its document */
    }
    int rc = record_check(&b->rules, &in, err);
    rc = rc              ? rc
         : rec->doc_id.n ? expect_chunk(&b->expect, rec, item->source, line, err)
                         : take_plain(b, id, line, err);
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
    if (record_wants_vector(&b->rules, &in)) {
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
        const struct import_item *item = &items[i];
        b->items++;
        uint64_t line = item->line ? item->line : b->items;
        int rc = item->manifest ? take_manifest(b, item->manifest, line, err)
                 : item->doc    ? take_doc(b, item->doc, line, err)
                                : take_record(b, item, line, err);
        if (rc) {
            err_wrap(err, "line %llu", (unsigned long long)line);
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
        b->recs[b->owners[i]].vec = rows + i * (size_t)b->rules.dim;
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
