/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Copies in both directions: of requests, so that a plugin which does not come
 * back never reads memory of a caller that has gone on; of results, so that
 * they outlive the sink's call. Members are copied one by one: a struct of a
 * later minor has a tail that means nothing here.
 */
#include "plugin/copy.h"

#include <string.h>

enum { PILE_FIRST = 8 };

void *pile_add(struct arena *arena, struct pile *pile)
{
    if (pile->n == pile->cap) {
        size_t cap = pile->cap ? pile->cap * 2 : PILE_FIRST;
        void *p = arena_calloc(arena, cap, pile->size);
        if (!p) {
            return NULL;
        }
        if (pile->n) {
            memcpy(p, pile->p, pile->n * pile->size);
        }
        pile->p = p;
        pile->cap = cap;
    }
    return (char *)pile->p + pile->size * pile->n++;
}

int copy_str(struct arena *arena, struct ragd_str in, struct ragd_str *out)
{
    struct ragd_str s = arena_str(arena, in);
    if (!s.p) {
        return RAGD_E_NOMEM;
    }
    *out = s;
    return 0;
}

int copy_bytes(struct arena *arena, struct ragd_bytes in, struct ragd_bytes *out)
{
    struct ragd_str s = arena_str(arena, (struct ragd_str){in.p, in.n});
    if (!s.p) {
        return RAGD_E_NOMEM;
    }
    *out = (struct ragd_bytes){in.p ? s.p : NULL, s.n};
    return 0;
}

/* The bytes of n elements; n 0 gives NULL. */
static int copy_array(struct arena *arena, const void *in, size_t n, size_t size,
                      const void **out)
{
    void *p = NULL;
    if (n) {
        p = arena_calloc(arena, n, size);
        if (!p) {
            return RAGD_E_NOMEM;
        }
        memcpy(p, in, n * size);
    }
    *out = p;
    return 0;
}

int copy_strs(struct arena *arena, const struct ragd_str *in, size_t n,
              const struct ragd_str **out)
{
    struct ragd_str *p = n ? arena_calloc(arena, n, sizeof(*p)) : NULL;
    if (n && !p) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        if (copy_str(arena, in[i], &p[i])) {
            return RAGD_E_NOMEM;
        }
    }
    *out = p;
    return 0;
}

int copy_filter(struct arena *arena, struct ragd_filter in, struct ragd_filter *out)
{
    struct ragd_filter_node *nodes = in.n ? arena_calloc(arena, in.n, sizeof(*nodes))
                                          : NULL;
    if (in.n && !nodes) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in.n; i++) {
        nodes[i].op = in.nodes[i].op;
        nodes[i].n_args = in.nodes[i].n_args;
        if (copy_str(arena, in.nodes[i].field, &nodes[i].field) ||
            arena_value(arena, &in.nodes[i].val, &nodes[i].val)) {
            return RAGD_E_NOMEM;
        }
    }
    *out = (struct ragd_filter){nodes, in.n};
    return 0;
}

int copy_query(struct arena *arena, const struct ragd_query *in, struct ragd_query *out)
{
    const void *vec = NULL;
    *out = *in;
    out->struct_size = sizeof(*out);
    if (copy_str(arena, in->text, &out->text) ||
        copy_filter(arena, in->filter, &out->filter) ||
        arena_kvs(arena, in->params, &out->params) ||
        copy_array(arena, in->vec, in->vec ? in->dim : 0, sizeof(*in->vec), &vec)) {
        return RAGD_E_NOMEM;
    }
    out->vec = vec;
    return 0;
}

int copy_spec(struct arena *arena, const struct ragd_coll_spec *in,
              struct ragd_coll_spec *out)
{
    *out = *in;
    out->struct_size = sizeof(*out);
    if (copy_str(arena, in->name, &out->name) || copy_str(arena, in->space, &out->space) ||
        arena_kvs(arena, in->params, &out->params)) {
        return RAGD_E_NOMEM;
    }
    return 0;
}

int copy_record(struct arena *arena, const struct ragd_record *in, uint32_t dim,
                struct ragd_record *out)
{
    const void *vec = NULL, *span = NULL;
    *out = *in;
    out->struct_size = sizeof(*out);
    if (copy_str(arena, in->id, &out->id) || copy_str(arena, in->doc_id, &out->doc_id) ||
        copy_str(arena, in->text, &out->text) || arena_kvs(arena, in->meta, &out->meta) ||
        copy_array(arena, in->vec, in->vec ? dim : 0, sizeof(*in->vec), &vec) ||
        copy_array(arena, in->span, in->span ? 1 : 0, sizeof(*in->span), &span)) {
        return RAGD_E_NOMEM;
    }
    out->vec = vec;
    out->span = span;
    return 0;
}

int copy_stored_doc(struct arena *arena, const struct ragd_stored_doc *in,
                    struct ragd_stored_doc *out)
{
    const void *blocks = NULL;
    *out = *in;
    out->struct_size = sizeof(*out);
    if (copy_str(arena, in->id, &out->id) || copy_str(arena, in->source, &out->source) ||
        copy_str(arena, in->title, &out->title) || copy_str(arena, in->mime, &out->mime) ||
        copy_str(arena, in->lang, &out->lang) || copy_str(arena, in->text, &out->text) ||
        arena_kvs(arena, in->meta, &out->meta) ||
        copy_array(arena, in->blocks, in->n_blocks, sizeof(*in->blocks), &blocks)) {
        return RAGD_E_NOMEM;
    }
    out->blocks = blocks;
    return 0;
}

int copy_blob(struct arena *arena, const struct ragd_blob *in, struct ragd_blob *out)
{
    return copy_str(arena, in->name, &out->name) ||
                   copy_bytes(arena, in->bytes, &out->bytes)
               ? RAGD_E_NOMEM
               : 0;
}

/* Records and documents travel as arrays of pointers. */
static int copy_records(struct arena *arena, const struct ragd_apply *in, uint32_t dim,
                        struct ragd_apply *out)
{
    size_t n = in->n_records;
    const struct ragd_record **list = n ? arena_calloc(arena, n, sizeof(*list)) : NULL;
    struct ragd_record *copies = n ? arena_calloc(arena, n, sizeof(*copies)) : NULL;
    if (n && (!list || !copies)) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        if (copy_record(arena, in->records[i], dim, &copies[i])) {
            return RAGD_E_NOMEM;
        }
        list[i] = &copies[i];
    }
    out->records = list;
    return 0;
}

static int copy_docs(struct arena *arena, const struct ragd_apply *in,
                     struct ragd_apply *out)
{
    size_t n = in->n_docs;
    const struct ragd_stored_doc **list = n ? arena_calloc(arena, n, sizeof(*list)) : NULL;
    struct ragd_stored_doc *copies = n ? arena_calloc(arena, n, sizeof(*copies)) : NULL;
    if (n && (!list || !copies)) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        if (copy_stored_doc(arena, in->docs[i], &copies[i])) {
            return RAGD_E_NOMEM;
        }
        list[i] = &copies[i];
    }
    out->docs = list;
    return 0;
}

int copy_apply(struct arena *arena, const struct ragd_apply *in, uint32_t dim,
               struct ragd_apply *out)
{
    *out = *in;
    out->struct_size = sizeof(*out);
    struct ragd_blob *blobs = in->n_blobs ? arena_calloc(arena, in->n_blobs, sizeof(*blobs))
                                          : NULL;
    if (in->n_blobs && !blobs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_blobs; i++) {
        if (copy_blob(arena, &in->blobs[i], &blobs[i])) {
            return RAGD_E_NOMEM;
        }
    }
    out->blobs = blobs;
    if (copy_strs(arena, in->remove_ids, in->n_remove_ids, &out->remove_ids) ||
        copy_strs(arena, in->remove_docs, in->n_remove_docs, &out->remove_docs) ||
        copy_records(arena, in, dim, out) || copy_docs(arena, in, out)) {
        return RAGD_E_NOMEM;
    }
    return 0;
}

int copy_doc(struct arena *arena, const struct ragd_doc *in, struct ragd_doc *out)
{
    const void *blocks = NULL;
    *out = *in;
    out->struct_size = sizeof(*out);
    if (copy_str(arena, in->key, &out->key) || copy_str(arena, in->title, &out->title) ||
        copy_str(arena, in->mime, &out->mime) || copy_str(arena, in->lang, &out->lang) ||
        copy_str(arena, in->text, &out->text) || arena_kvs(arena, in->meta, &out->meta) ||
        copy_array(arena, in->blocks, in->n_blocks, sizeof(*in->blocks), &blocks)) {
        return RAGD_E_NOMEM;
    }
    out->blocks = blocks;
    return 0;
}

int copy_entry(struct arena *arena, const struct ragd_entry *in, struct ragd_entry *out)
{
    *out = *in;
    out->struct_size = sizeof(*out);
    if (copy_str(arena, in->uri, &out->uri) || copy_str(arena, in->name, &out->name) ||
        copy_str(arena, in->version, &out->version) ||
        copy_str(arena, in->mime, &out->mime) || arena_kvs(arena, in->meta, &out->meta)) {
        return RAGD_E_NOMEM;
    }
    return 0;
}

static int copy_msgs(struct arena *arena, const struct ragd_llm_req *in,
                     struct ragd_llm_req *out)
{
    size_t n = in->n_msgs;
    const struct ragd_msg **list = n ? arena_calloc(arena, n, sizeof(*list)) : NULL;
    struct ragd_msg *copies = n ? arena_calloc(arena, n, sizeof(*copies)) : NULL;
    if (n && (!list || !copies)) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        copies[i] = (struct ragd_msg){sizeof(copies[i]), in->msgs[i]->role, {0}};
        if (copy_str(arena, in->msgs[i]->text, &copies[i].text)) {
            return RAGD_E_NOMEM;
        }
        list[i] = &copies[i];
    }
    out->msgs = list;
    return 0;
}

static int copy_sources(struct arena *arena, const struct ragd_llm_req *in,
                        struct ragd_llm_req *out)
{
    size_t n = in->n_sources;
    const struct ragd_llm_source **list = n ? arena_calloc(arena, n, sizeof(*list)) : NULL;
    struct ragd_llm_source *copies = n ? arena_calloc(arena, n, sizeof(*copies)) : NULL;
    if (n && (!list || !copies)) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        copies[i] = *in->sources[i];
        copies[i].struct_size = sizeof(copies[i]);
        if (copy_str(arena, in->sources[i]->id, &copies[i].id) ||
            copy_str(arena, in->sources[i]->title, &copies[i].title) ||
            copy_str(arena, in->sources[i]->text, &copies[i].text)) {
            return RAGD_E_NOMEM;
        }
        list[i] = &copies[i];
    }
    out->sources = list;
    return 0;
}

int copy_llm_req(struct arena *arena, const struct ragd_llm_req *in,
                 struct ragd_llm_req *out)
{
    *out = *in;
    out->struct_size = sizeof(*out);
    struct ragd_llm_term *terms = in->n_terms
                                      ? arena_calloc(arena, in->n_terms, sizeof(*terms))
                                      : NULL;
    if (in->n_terms && !terms) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_terms; i++) {
        terms[i].weight = in->terms[i].weight;
        if (copy_str(arena, in->terms[i].word, &terms[i].word)) {
            return RAGD_E_NOMEM;
        }
    }
    out->terms = terms;
    if (copy_str(arena, in->model, &out->model) ||
        copy_str(arena, in->question, &out->question) ||
        copy_strs(arena, in->stop, in->n_stop, &out->stop) ||
        arena_kvs(arena, in->extra, &out->extra) || copy_msgs(arena, in, out) ||
        copy_sources(arena, in, out)) {
        return RAGD_E_NOMEM;
    }
    return 0;
}
