/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/verify_check.h"

#include <string.h>

#include "core/parse.h"
#include "rag/chunk.h"
#include "rag/doc_check.h"

/* A document as its manifest has it. */
struct entry {
    const struct manifest_doc *doc;
    struct ragd_str source;
    uint64_t chunks_seen;
    bool doc_seen;
    struct extent spans; /* of the chunks seen */
};

void verify_check_clear(struct verify_check *check)
{
    map_release(&check->docs);
    arena_release(&check->arena);
    check->manifests = check->n_problems = 0;
}

void verify_note(struct verify_check *check, const char *text)
{
    if (check->n_problems < VERIFY_PROBLEMS_MAX) {
        check->problems[check->n_problems] = ragd_cs(text ? text
                                                          : "(no memory to say more)");
    }
    check->n_problems++;
}

size_t verify_problems(struct verify_check *check)
{
    if (check->n_problems <= VERIFY_PROBLEMS_MAX) {
        return (size_t)check->n_problems;
    }
    const char *more =
        arena_printf(&check->arena, "and %llu more",
                     (unsigned long long)(check->n_problems - VERIFY_PROBLEMS_MAX + 1));
    check->problems[VERIFY_PROBLEMS_MAX - 1] = ragd_cs(more ? more : "and more");
    return VERIFY_PROBLEMS_MAX;
}

/* Manifests. */

static int add_docs(struct verify_check *check, const struct manifest *manifest)
{
    struct entry *entries = arena_calloc(&check->arena, manifest->n_docs, sizeof(*entries));
    if (!entries) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < manifest->n_docs; i++) {
        struct ragd_str id = manifest->docs[i].id;
        entries[i] = (struct entry){.doc = &manifest->docs[i], .source = manifest->source};
        if (map_get(&check->docs, id)) {
            verify_problem(check, "document %.*s: it is in two manifests", (int)id.n, id.p);
        } else if (map_put(&check->docs, id, &entries[i])) {
            return RAGD_E_NOMEM;
        }
    }
    return 0;
}

static int check_manifest(struct verify_check *check, const struct ragd_blob *blob)
{
    struct err err = {0};
    struct manifest manifest;
    check->manifests++;
    if (stored_manifest_decode(blob->bytes, &check->arena, &manifest, &err)) {
        if (err.id == ERR_NOMEM) {
            return RAGD_E_NOMEM;
        }
        verify_problem(check, "%.*s: %s", (int)blob->name.n, blob->name.p, err.msg);
        return 0;
    }
    size_t prefix = sizeof(STORED_MANIFEST) - 1;
    struct ragd_str named = {blob->name.p + prefix, blob->name.n - prefix};
    if (!str_same(named, manifest.source)) {
        verify_problem(check, "%.*s: it is the manifest of %.*s", (int)blob->name.n,
                       blob->name.p, (int)manifest.source.n, manifest.source.p);
    }
    return add_docs(check, &manifest);
}

int verify_manifests(struct verify_check *check, const struct ragd_blob *blobs, size_t n)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        rc = check_manifest(check, &blobs[i]);
    }
    return rc;
}

/* Records. */

static int check_text(struct verify_check *check, const struct ragd_record *rec,
                      const struct entry *entry)
{
    uint8_t hash[HASH_BYTES];
    if (hash_bytes(rec->text.p, rec->text.n, hash)) {
        return RAGD_E_NOMEM;
    }
    if (memcmp(hash, entry->doc->chunks[rec->ordinal].text_hash, HASH_BYTES) != 0) {
        verify_problem(check, "chunk %.*s: its text is not the one in the manifest",
                       (int)rec->id.n, rec->id.p);
    }
    return 0;
}

/* "document#ordinal" */
static bool is_named_right(const struct ragd_record *rec)
{
    uint64_t ordinal;
    size_t n = rec->doc_id.n;
    return rec->id.n > n + 1 && memcmp(rec->id.p, rec->doc_id.p, n) == 0 &&
           rec->id.p[n] == '#' &&
           !parse_uint((struct ragd_str){rec->id.p + n + 1, rec->id.n - n - 1}, &ordinal) &&
           ordinal == rec->ordinal;
}

static int check_record(struct verify_check *check, const struct ragd_record *rec)
{
    if (!rec->doc_id.n) {
        return 0;
    }
    struct entry *entry = map_get(&check->docs, rec->doc_id);
    if (!entry || rec->ordinal >= entry->doc->n_chunks || !is_named_right(rec)) {
        verify_problem(check, "chunk %.*s: no manifest knows it", (int)rec->id.n,
                       rec->id.p);
        return 0;
    }
    entry->chunks_seen++;
    if (!extent_reach(&entry->spans, rec->span)) {
        verify_problem(check, "chunk %.*s: its span ends before it begins", (int)rec->id.n,
                       rec->id.p);
    }
    return check_text(check, rec, entry);
}

int verify_records(struct verify_check *check, const struct ragd_record *records, size_t n)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        rc = check_record(check, &records[i]);
    }
    return rc;
}

/* Documents. */

static void check_doc(struct verify_check *check, const struct ragd_stored_doc *doc)
{
    struct entry *entry = map_get(&check->docs, doc->id);
    if (!entry) {
        verify_problem(check, "document %.*s: no manifest knows it", (int)doc->id.n,
                       doc->id.p);
        return;
    }
    entry->doc_seen = true;
    if (!str_same(doc->source, entry->source)) {
        verify_problem(check, "document %.*s: its source is %.*s, in the manifest %.*s",
                       (int)doc->id.n, doc->id.p, (int)doc->source.n, doc->source.p,
                       (int)entry->source.n, entry->source.p);
    }
    if (!extent_holds(extent_of(doc->text), entry->spans)) {
        verify_problem(check, "document %.*s: a chunk of it has a span beyond its text",
                       (int)doc->id.n, doc->id.p);
    }
}

void verify_docs(struct verify_check *check, const struct ragd_stored_doc *docs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        check_doc(check, &docs[i]);
    }
}

void verify_missing(struct verify_check *check)
{
    size_t at = 0;
    struct ragd_str id;
    struct entry *entry;
    while ((entry = map_next(&check->docs, &at, &id))) {
        if (!entry->doc_seen) {
            verify_problem(check,
                           "document %.*s: it is in the manifest of %.*s, but not stored",
                           (int)id.n, id.p, (int)entry->source.n, entry->source.p);
        }
        if (entry->chunks_seen != entry->doc->n_chunks) {
            verify_problem(check, "document %.*s: %llu of its %zu chunks are stored",
                           (int)id.n, id.p, (unsigned long long)entry->chunks_seen,
                           entry->doc->n_chunks);
        }
    }
}
