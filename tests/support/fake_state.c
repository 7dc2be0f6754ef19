/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The daemon's own database of the fake: vectors, jobs, watermarks. */
#include <stdlib.h>

#include "support/fake_store.h"

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

enum { MARKS = 16 };
static struct {
    struct watermark mark;
    char store[64], coll[64], name[64];
} marks[MARKS];
static size_t n_marks;

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
    n_marks = 0;
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

void fake_mark_drop(struct ragd_str coll)
{
    for (size_t i = 0; i < n_marks; i++) {
        if (fake_same(marks[i].mark.coll, coll)) {
            n_marks--;
            marks[i] = marks[n_marks];
            marks[i].mark.store.p = marks[i].store;
            marks[i].mark.coll.p = marks[i].coll;
            marks[i].mark.name.p = marks[i].name;
            return;
        }
    }
}

static void put_mark(struct ragd_str store, const struct watermark *mark)
{
    size_t at = 0;
    while (at < n_marks && !fake_same(marks[at].mark.coll, mark->coll)) {
        at++;
    }
    assert_true(at < MARKS && store.n < sizeof(marks[at].store) &&
                mark->coll.n < sizeof(marks[at].coll) &&
                mark->name.n < sizeof(marks[at].name));
    marks[at].mark = *mark;
    marks[at].mark.store.p = memcpy(marks[at].store, store.p, store.n);
    marks[at].mark.store.n = store.n;
    marks[at].mark.coll.p = memcpy(marks[at].coll, mark->coll.p, mark->coll.n);
    marks[at].mark.name.p = memcpy(marks[at].name, mark->name.p, mark->name.n);
    n_marks += at == n_marks;
}

static void make_watermarks(struct call *call)
{
    struct call_watermarks *req = (struct call_watermarks *)call;
    if (req->action == WATERMARKS_PUT) {
        put_mark(req->store, &req->mark);
    } else if (req->action == WATERMARKS_DROP) {
        fake_mark_drop(req->mark.coll);
    } else {
        req->marks = arena_calloc(&call->arena, n_marks, sizeof(*req->marks));
        req->n_marks = 0;
        for (size_t i = 0; req->marks && i < n_marks; i++) {
            if (!req->store.n || fake_same(marks[i].mark.store, req->store)) {
                req->marks[req->n_marks++] = marks[i].mark;
            }
        }
        if (!req->marks) {
            fake_fail(call, ERR_NOMEM, "no memory");
        }
    }
}

void fake_mark_put(const char *store, const char *coll)
{
    put_mark(ragd_cs(store), &(struct watermark){.coll = ragd_cs(coll),
                                                 .name = ragd_cs(coll),
                                                 .sequence = 1});
}

size_t fake_marks(void)
{
    return n_marks;
}

void call_watermarks_start(struct call_watermarks *req)
{
    fake_enqueue(&req->call, make_watermarks);
}
