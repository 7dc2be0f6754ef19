/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/chunk.h"

#include <string.h>

bool str_same(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

/* "source" alone, or "source!key" (which a source's own "!" looks like too). */
static bool is_own_source(struct ragd_str doc_id)
{
    return !doc_id.n || !memchr(doc_id.p, '!', doc_id.n);
}

/* Records of one document stand together, so the last ones are looked at first. */
static bool is_listed(const struct ragd_str *ids, size_t n, struct ragd_str id)
{
    for (size_t i = n; i > 0; i--) {
        if (str_same(ids[i - 1], id)) {
            return true;
        }
    }
    return false;
}

int chunk_docs_wanted(struct arena *arena, const struct ragd_record *records, size_t n,
                      bool all, struct call_docs *docs)
{
    struct ragd_str *ids = arena_calloc(arena, n, sizeof(*ids));
    size_t n_ids = 0;
    if (!ids) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        struct ragd_str id = records[i].doc_id;
        if (id.n && (all || !is_own_source(id)) && !is_listed(ids, n_ids, id)) {
            ids[n_ids++] = id;
        }
    }
    docs->ids = ids;
    docs->n_ids = n_ids;
    docs->n_docs = 0;
    docs->include = 0;
    return 0;
}

static const struct ragd_stored_doc *find(struct ragd_str id, const struct call_docs *docs)
{
    for (size_t i = 0; i < docs->n_docs; i++) {
        if (str_same(docs->docs[i].id, id)) {
            return &docs->docs[i];
        }
    }
    return NULL;
}

struct ragd_str chunk_source(const struct ragd_record *record, const struct call_docs *docs)
{
    if (is_own_source(record->doc_id)) {
        return record->doc_id;
    }
    const struct ragd_stored_doc *doc = find(record->doc_id, docs);
    return doc ? doc->source : record->doc_id;
}

struct ragd_str chunk_title(const struct ragd_record *record, const struct call_docs *docs)
{
    const struct ragd_stored_doc *doc = find(record->doc_id, docs);
    return doc ? doc->title : ragd_cs("");
}

void chunk_mask(struct ragd_record *record, uint32_t include)
{
    if (!(include & RAGD_INCLUDE_TEXT)) {
        record->text = ragd_cs("");
    }
    if (!(include & RAGD_INCLUDE_META)) {
        record->meta = (struct ragd_kvs){0};
    }
    if (!(include & RAGD_INCLUDE_VECTOR)) {
        record->vec = NULL;
    }
}

struct chunk_out chunk_of(const struct ragd_record *record, uint32_t dim,
                          const struct call_docs *docs)
{
    return (struct chunk_out){
        .rec = record,
        .source = chunk_source(record, docs),
        .dim = record->vec ? dim : 0,
    };
}
