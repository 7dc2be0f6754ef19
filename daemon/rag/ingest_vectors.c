/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The vectors of a batch that is being written: first those of texts that are
 * stored already, then those that were paid for, then the embedder's, block by
 * block. With the last one the batch is applied.
 */
#include <string.h>

#include "rag/chunk.h"
#include "rag/ingest_write_internal.h"

enum { EMBED_TEXTS = 256 }; /* of one block: what a crash may cost twice */

static int list_todo(struct write_run *w)
{
    w->n_todo = w->at = 0;
    w->todo = arena_calloc(&w->batch, w->hi - w->lo, sizeof(struct plan_chunk *));
    for (size_t i = w->lo; w->todo && i < w->hi; i++) {
        if (!w->req->plan->writes[i]->vec) {
            w->todo[w->n_todo++] = w->req->plan->writes[i];
        }
    }
    return w->todo ? 0 : RAGD_E_NOMEM;
}

void vectors_embed_next(struct write_run *w)
{
    if (w->at == w->n_todo) {
        write_apply(w);
        return;
    }
    size_t n = w->n_todo - w->at < EMBED_TEXTS ? w->n_todo - w->at : EMBED_TEXTS;
    struct ragd_str *texts = arena_calloc(&w->batch, n, sizeof(*texts));
    if (!texts) {
        write_fail_memory(w);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        texts[i] = w->todo[w->at + i]->rec.text;
    }
    run_move(&w->run, W_EMBED);
    run_wait(&w->run, &w->embed.call);
    w->embed.embedder = w->req->coll->embedder;
    w->embed.purpose = RAGD_EMBED_DOCUMENT;
    w->embed.metric = w->req->coll->settings.metric;
    w->embed.dim = w->req->coll->settings.dim;
    w->embed.texts = texts;
    w->embed.n = n;
    call_embed_start(&w->embed);
}

static int set_vector(struct write_run *w, struct plan_chunk *chunk, const float *row)
{
    size_t bytes = w->req->coll->settings.dim * sizeof(float);
    float *vec = arena_alloc(&w->batch, bytes);
    if (vec) {
        chunk->vec = memcpy(vec, row, bytes);
    }
    return vec ? 0 : RAGD_E_NOMEM;
}

static struct vector_key *keys_of(struct arena *arena, struct plan_chunk *const *chunks,
                                  size_t n)
{
    struct vector_key *keys = arena_calloc(arena, n, sizeof(*keys));
    for (size_t i = 0; keys && i < n; i++) {
        memcpy(keys[i].text_hash, chunks[i]->sum.text_hash, HASH_BYTES);
    }
    return keys;
}

static bool cache_call(struct write_run *w, enum vectors_action action,
                       struct plan_chunk *const *chunks, size_t n)
{
    struct vector_key *keys = keys_of(&w->batch, chunks, n);
    if (!keys) {
        return false;
    }
    run_try(&w->run, &w->cache.call);
    w->cache.action = action;
    w->cache.space = w->req->coll->settings.space;
    w->cache.dim = w->req->coll->settings.dim;
    w->cache.keys = keys;
    w->cache.n = n;
    w->cache.rows = action == VECTORS_PUT ? w->embed.rows : NULL;
    call_vectors_start(&w->cache);
    return true;
}

/* Only a source of several blocks can have left some behind. */
static void look_in_cache(struct write_run *w)
{
    if (list_todo(w)) {
        write_fail_memory(w);
        return;
    }
    if (w->n_todo <= EMBED_TEXTS && w->req->plan->n_writes <= EMBED_TEXTS) {
        vectors_embed_next(w);
        return;
    }
    run_move(&w->run, W_CACHED);
    if (!cache_call(w, VECTORS_GET, w->todo, w->n_todo)) {
        write_fail_memory(w);
    }
}

void vectors_take_cached(struct write_run *w)
{
    for (size_t i = 0; w->cache.call.status == 0 && i < w->n_todo; i++) {
        const float *row = w->cache.rows + i * w->req->coll->settings.dim;
        if (w->cache.found[i]) {
            w->paid = true;
            if (set_vector(w, w->todo[i], row)) {
                write_fail_memory(w);
                return;
            }
        }
    }
    /* Without the cache it only costs more. */
    if (list_todo(w)) {
        write_fail_memory(w);
        return;
    }
    vectors_embed_next(w);
}

void vectors_take_embedded(struct write_run *w)
{
    for (size_t i = 0; i < w->embed.n; i++) {
        const float *row = w->embed.rows + i * w->req->coll->settings.dim;
        if (set_vector(w, w->todo[w->at + i], row)) {
            write_fail_memory(w);
            return;
        }
    }
    size_t first = w->at;
    w->at += w->embed.n;
    w->req->embedded += w->embed.n;
    w->req->on_progress(w->req->arg, w->lo + w->at, w->req->plan->n_writes);
    if (w->at == w->n_todo && w->hi == w->req->plan->n_writes) {
        write_apply(w); /* nothing follows that could fail for long */
        return;
    }
    run_move(&w->run, W_PAID);
    w->paid = true;
    if (!cache_call(w, VECTORS_PUT, w->todo + first, w->embed.n)) {
        write_fail_memory(w);
    }
}

void vectors_get_old(struct write_run *w)
{
    struct ragd_str *ids = arena_calloc(&w->batch, w->hi - w->lo, sizeof(*ids));
    size_t n = 0;
    for (size_t i = w->lo; ids && i < w->hi; i++) {
        if (w->req->plan->writes[i]->old.n) {
            ids[n++] = w->req->plan->writes[i]->old;
        }
    }
    if (!ids) {
        write_fail_memory(w);
        return;
    }
    run_move(&w->run, W_OLD);
    run_wait(&w->run, &w->old.call);
    w->old.view = w->run.view;
    w->old.include = RAGD_INCLUDE_VECTOR;
    w->old.ids = ids;
    w->old.n_ids = n;
    call_get_start(&w->old);
}

/* Both lists are in the order asked; absent ones are left out. */
void vectors_take_old(struct write_run *w)
{
    size_t at = 0;
    for (size_t i = w->lo; i < w->hi && at < w->old.n_records; i++) {
        struct plan_chunk *chunk = w->req->plan->writes[i];
        const struct ragd_record *rec = &w->old.records[at];
        if (!chunk->old.n || !str_same(chunk->old, rec->id)) {
            continue;
        }
        at++;
        if (rec->vec && set_vector(w, chunk, rec->vec)) {
            write_fail_memory(w);
            return;
        }
    }
    look_in_cache(w);
}

static bool has_old(const struct write_run *w)
{
    for (size_t i = w->lo; i < w->hi; i++) {
        if (w->req->plan->writes[i]->old.n) {
            return true;
        }
    }
    return false;
}

void vectors_fill(struct write_run *w)
{
    if (!has_old(w)) {
        look_in_cache(w);
    } else if (w->run.view) {
        vectors_get_old(w);
    } else {
        run_move(&w->run, W_VIEW);
        run_open_view(&w->run, &w->view);
    }
}

bool vectors_drop_paid(struct write_run *w)
{
    return cache_call(w, VECTORS_DROP, w->req->plan->writes, w->req->plan->n_writes);
}
