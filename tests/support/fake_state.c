/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The daemon's own database of the fake: vectors, jobs, watermarks. */
#include <stdlib.h>

#include "support/fake_calls.h"

struct vector {
    struct list link;
    uint8_t hash[HASH_BYTES];
    char space[64];
    float row[64];
};
static struct list vectors;

enum { JOBS = 64 };
static struct job_record jobs[JOBS];
static size_t n_jobs;

static void vectors_clear(void)
{
    struct list *node;
    while (vectors.next && (node = list_pop(&vectors))) {
        free(LIST_OF(node, struct vector, link));
    }
}

void fake_state_reset(void)
{
    vectors_clear();
    list_init(&vectors);
    n_jobs = 0;
}

static struct vector *vector_find(const struct call_vectors *req, size_t i)
{
    LIST_EACH(&vectors, node)
    {
        struct vector *v = LIST_OF(node, struct vector, link);
        if (memcmp(v->hash, req->keys[i].text_hash, HASH_BYTES) == 0 &&
            strlen(v->space) == req->space.n &&
            memcmp(v->space, req->space.p, req->space.n) == 0) {
            return v;
        }
    }
    return NULL;
}

static void vectors_put(const struct call_vectors *req)
{
    for (size_t i = 0; i < req->n; i++) {
        struct vector *v = vector_find(req, i);
        if (!v) {
            v = calloc(1, sizeof(*v));
            assert_true(v && req->space.n < sizeof(v->space) && req->dim <= 64);
            memcpy(v->space, req->space.p, req->space.n);
            memcpy(v->hash, req->keys[i].text_hash, HASH_BYTES);
            list_push(&vectors, &v->link);
        }
        memcpy(v->row, req->rows + i * req->dim, req->dim * sizeof(float));
    }
}

static void make_vectors(struct call *call)
{
    struct call_vectors *req = (struct call_vectors *)call;
    if (req->action == VECTORS_PUT) {
        vectors_put(req);
        return;
    }
    float *rows = arena_calloc(&call->arena, req->n * req->dim, sizeof(float));
    uint8_t *found = arena_alloc(&call->arena, req->n);
    if (!rows || !found) {
        fake_fail(call, ERR_NOMEM, "no memory");
        return;
    }
    for (size_t i = 0; i < req->n; i++) {
        struct vector *v = vector_find(req, i);
        found[i] = v != NULL;
        if (v && req->action == VECTORS_GET) {
            memcpy(rows + i * req->dim, v->row, req->dim * sizeof(float));
        } else if (v) {
            list_remove(&v->link);
            free(v);
        }
    }
    req->rows = rows;
    req->found = found;
}

void call_vectors_start(struct call_vectors *req)
{
    fake_enqueue(&req->call, make_vectors);
}

/* Strings of jobs are not kept. */
static void make_jobs(struct call *call)
{
    struct call_jobs *req = (struct call_jobs *)call;
    if (req->action == JOBS_LIST) {
        req->jobs = arena_calloc(&call->arena, n_jobs, sizeof(*jobs));
        req->n_jobs = n_jobs;
        for (size_t i = 0; req->jobs && i < n_jobs; i++) {
            req->jobs[i] = jobs[n_jobs - 1 - i];
        }
        if (!req->jobs) {
            fake_fail(call, ERR_NOMEM, "no memory");
        }
        return;
    }
    if (!req->job.id) {
        assert_true(n_jobs < JOBS);
        req->job.id = ++n_jobs;
    }
    jobs[req->job.id - 1] = req->job;
    jobs[req->job.id - 1].kind = ragd_cs("add");
    jobs[req->job.id - 1].collection = ragd_cs("default");
    jobs[req->job.id - 1].error = ragd_cs("");
}

void call_jobs_start(struct call_jobs *req)
{
    fake_enqueue(&req->call, make_jobs);
}

static void make_watermark(struct call *call)
{
    ((struct call_watermark *)call)->sequence = 0;
}

void call_watermark_start(struct call_watermark *req)
{
    fake_enqueue(&req->call, make_watermark);
}
