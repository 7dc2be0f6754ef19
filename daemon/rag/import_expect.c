/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/import_expect.h"

#include <string.h>

#include "core/parse.h"
#include "rag/chunk.h"
#include "rag/doc_check.h"

/* What an entry of a map takes, beside its key, and one of id_lines; both tables
 * are half full or so. */
enum { MAP_ENTRY_BYTES = 64, ID_LINE_BYTES = 48 };

/* A document that a manifest of the import names. */
struct expected {
    struct ragd_str source;
    struct manifest_chunk *chunks;
    uint64_t *lines; /* of the chunks, 0 = it did not come */
    uint64_t n_chunks, chunks_seen;
    uint64_t manifest_line, line; /* 0 = the document did not come */
    struct extent text, spans;    /* of the document, of the chunks that came */
};

void import_expect_release(struct import_expect *expect)
{
    call_memory_release(&expect->arena);
    map_release(&expect->sources);
    map_release(&expect->docs);
    id_lines_release(&expect->plain);
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, NULL);
}

static int take_memory(struct import_expect *x, uint64_t n, struct err *err)
{
    if (n > x->max_memory - x->memory) {
        err_set(err, ERR_LIMIT,
                "ids and manifests of more than %llu bytes, limits.import_memory",
                (unsigned long long)x->max_memory);
        return err_hint(err, "import it in several parts");
    }
    x->memory += n;
    return 0;
}

/* Enough of an id to know it by. */
static int shown(struct ragd_str id)
{
    enum { SHOWN_MAX = 128 };
    return (int)(id.n < SHOWN_MAX ? id.n : SHOWN_MAX);
}

static int came_twice(const char *what, struct ragd_str id, uint64_t before,
                      struct err *err)
{
    err_set(err, ERR_INVALID, "%s '%.*s' came in line %llu already", what, shown(id), id.p,
            (unsigned long long)before);
    return err_hint(err, "leave one of the two out");
}

/* Manifests. */

static struct expected *expected_new(struct import_expect *x,
                                     const struct manifest_doc *doc, struct ragd_str source)
{
    struct arena *arena = &x->arena;
    struct expected *expected = arena_alloc(arena, sizeof(*expected));
    if (!expected) {
        return NULL;
    }
    expected->source = source;
    expected->n_chunks = doc->n_chunks;
    expected->chunks = arena_calloc(arena, doc->n_chunks, sizeof(*expected->chunks));
    expected->lines = arena_calloc(arena, doc->n_chunks, sizeof(*expected->lines));
    if (!expected->chunks || !expected->lines) {
        return NULL;
    }
    if (doc->n_chunks) {
        memcpy(expected->chunks, doc->chunks, doc->n_chunks * sizeof(*doc->chunks));
    }
    return expected;
}

static int add_doc(struct import_expect *x, const struct manifest_doc *doc,
                   struct ragd_str source, uint64_t line, struct err *err)
{
    const struct expected *other = map_get(&x->docs, doc->id);
    if (other) {
        return err_set(err, ERR_INVALID,
                       "document '%.*s' is in another manifest too, that of line %llu",
                       shown(doc->id), doc->id.p, (unsigned long long)other->manifest_line);
    }
    uint64_t bytes = MAP_ENTRY_BYTES + doc->id.n + sizeof(struct expected) +
                     doc->n_chunks * (sizeof(*doc->chunks) + sizeof(uint64_t));
    int rc = take_memory(x, bytes, err);
    if (rc) {
        return rc;
    }
    struct expected *expected = expected_new(x, doc, source);
    if (!expected || map_put(&x->docs, doc->id, expected)) {
        return no_memory(err);
    }
    expected->manifest_line = line;
    return 0;
}

int expect_manifest(struct import_expect *x, const struct manifest *manifest, uint64_t line,
                    struct ragd_str *source, struct err *err)
{
    uint64_t before = (uintptr_t)map_get(&x->sources, manifest->source);
    if (before) {
        return came_twice("the manifest of", manifest->source, before, err);
    }
    int rc = take_memory(x, MAP_ENTRY_BYTES + 2 * manifest->source.n, err);
    if (rc) {
        return rc;
    }
    struct ragd_str copy = arena_str(&x->arena, manifest->source);
    if (!copy.p || map_put(&x->sources, copy, (void *)(uintptr_t)line)) {
        return no_memory(err);
    }
    for (size_t i = 0; i < manifest->n_docs; i++) {
        rc = add_doc(x, &manifest->docs[i], copy, line, err);
        if (rc) {
            return rc;
        }
    }
    *source = copy;
    return 0;
}

/* What comes for them. */

static int check_source(const struct expected *expected, const char *what,
                        struct ragd_str id, struct ragd_str source, struct err *err)
{
    if (str_same(source, expected->source)) {
        return 0;
    }
    return err_set(err, ERR_INVALID,
                   "%s '%.*s' has another source than its manifest, which is of '%.*s'",
                   what, shown(id), id.p, shown(expected->source), expected->source.p);
}

int expect_doc(struct import_expect *x, const struct ragd_stored_doc *doc, uint64_t line,
               struct err *err)
{
    struct expected *expected = map_get(&x->docs, doc->id);
    if (!expected) {
        err_set(err, ERR_INVALID, "no manifest names document '%.*s'", shown(doc->id),
                doc->id.p);
        return err_hint(err, "manifests come before the documents they name");
    }
    if (expected->line) {
        return came_twice("document", doc->id, expected->line, err);
    }
    int rc = check_source(expected, "document", doc->id, doc->source, err);
    if (rc) {
        return rc;
    }
    expected->text = extent_of(doc->text);
    expected->line = line;
    return 0;
}

/* "document#ordinal" of the manifests that came; NULL when it is none. */
static struct expected *find_chunk(const struct import_expect *x, struct ragd_str id,
                                   uint64_t *ordinal)
{
    size_t n = id.n;
    while (n && id.p[n - 1] != '#') {
        n--;
    }
    if (n < 2 || parse_uint((struct ragd_str){id.p + n, id.n - n}, ordinal)) {
        return NULL;
    }
    struct expected *expected = map_get(&x->docs, (struct ragd_str){id.p, n - 1});
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
                       shown(rec->id), rec->id.p);
    }
    if (!extent_reach(&expected->spans, rec->span)) {
        return err_set(err, ERR_INVALID, "the span of chunk '%.*s' ends before it begins",
                       shown(rec->id), rec->id.p);
    }
    return 0;
}

int expect_chunk(struct import_expect *x, const struct ragd_record *rec,
                 struct ragd_str source, uint64_t line, struct err *err)
{
    uint64_t ordinal;
    struct expected *expected = find_chunk(x, rec->id, &ordinal);
    if (!expected || ordinal != rec->ordinal ||
        expected != map_get(&x->docs, rec->doc_id)) {
        return err_set(err, ERR_INVALID, "no manifest names chunk '%.*s'", shown(rec->id),
                       rec->id.p);
    }
    if (expected->lines[ordinal]) {
        return came_twice("chunk", rec->id, expected->lines[ordinal], err);
    }
    int rc = check_chunk(expected, rec, err);
    if (!rc && source.n) {
        rc = check_source(expected, "chunk", rec->id, source, err);
    }
    if (rc) {
        return rc;
    }
    expected->lines[ordinal] = line;
    expected->chunks_seen++;
    return 0;
}

int expect_plain(struct import_expect *x, struct ragd_str id, uint64_t line,
                 struct err *err)
{
    uint64_t ordinal, before;
    if (find_chunk(x, id, &ordinal)) {
        return err_set(err, ERR_CONFLICT, "'%.*s' is a chunk of a document as well",
                       shown(id), id.p);
    }
    int rc = take_memory(x, ID_LINE_BYTES, err);
    if (rc) {
        return rc;
    }
    if (id_lines_note(&x->plain, id, line, &before)) {
        return no_memory(err);
    }
    return before ? came_twice("record", id, before, err) : 0;
}

int expect_complete(const struct import_expect *x, struct err *err)
{
    size_t at = 0;
    struct ragd_str id;
    const struct expected *expected;
    while ((expected = map_next(&x->docs, &at, &id))) {
        if (!expected->line) {
            return err_set(err, ERR_INVALID, "document '%.*s' of a manifest did not come",
                           shown(id), id.p);
        }
        if (expected->chunks_seen != expected->n_chunks) {
            return err_set(err, ERR_INVALID, "%llu of %llu chunks of document '%.*s' came",
                           (unsigned long long)expected->chunks_seen,
                           (unsigned long long)expected->n_chunks, shown(id), id.p);
        }
        if (!extent_holds(expected->text, expected->spans)) {
            return err_set(err, ERR_INVALID,
                           "a chunk of document '%.*s' has a span beyond its text",
                           shown(id), id.p);
        }
    }
    return 0;
}
