/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The daemon's own database behind the same calls as everything else: each
 * runs on a worker and touches the request itself, which stays the caller's
 * until done. Without a database every call is answered as unsupported.
 */
#include "plugin/call_state.h"

#include "plugin/attempt.h"
#include "plugin/copy.h"
#include "plugin/engine.h"
#include "state/state.h"

_Static_assert(sizeof(struct vector_key) == HASH_BYTES, "keys are hashes, nothing else");

static int done(struct ragd_call *call, int rc, const struct err *err)
{
    if (rc) {
        call->fault = *err;
    }
    return rc;
}

static ragd_status invoke_vectors(struct ragd_call *call)
{
    struct call_vectors *req = (struct call_vectors *)call->request;
    struct state *state = engine()->state;
    struct state_vectors which = {.space = req->space,
                                  .dim = req->dim,
                                  .n = req->n,
                                  .hashes = (const uint8_t *)req->keys};
    struct err err = {0};
    if (req->action == VECTORS_PUT) {
        return done(call, state_vectors_put(state, &which, req->rows, &err), &err);
    }
    if (req->action == VECTORS_DROP) {
        return done(call, state_vectors_drop(state, &which, &err), &err);
    }
    float *rows = arena_calloc(&call->results, req->n, req->dim * sizeof(*rows));
    uint8_t *found = arena_calloc(&call->results, req->n, 1);
    int rc = rows && found ? state_vectors_get(state, &which, rows, found, &err)
                           : err_set(&err, ERR_NOMEM, NULL);
    req->rows = rc ? NULL : rows;
    req->found = rc ? NULL : found;
    return done(call, rc, &err);
}

static void job_out(const struct state_job *in, struct job_record *out)
{
    *out = (struct job_record){.id = in->id,
                               .kind = in->kind,
                               .collection = in->collection,
                               .state = (enum job_state)in->state,
                               .owner = in->owner,
                               .done = in->done,
                               .total = in->total,
                               .started_ms = in->started_ms,
                               .ended_ms = in->ended_ms,
                               .error = in->error};
}

static int put_job(struct call_jobs *req, struct err *err)
{
    struct state_job job = {.id = req->job.id,
                            .kind = req->job.kind,
                            .collection = req->job.collection,
                            .error = req->job.error,
                            .state = req->job.state,
                            .owner = req->job.owner,
                            .done = req->job.done,
                            .total = req->job.total,
                            .started_ms = req->job.started_ms,
                            .ended_ms = req->job.ended_ms};
    /* A new one would fetch, parse and embed what has no room. */
    int rc = job.id ? 0 : state_room(engine()->state, err);
    rc = rc ? rc : state_job_put(engine()->state, &job, err);
    if (rc == 0) {
        req->job.id = job.id;
    }
    return rc;
}

static ragd_status invoke_jobs(struct ragd_call *call)
{
    struct call_jobs *req = (struct call_jobs *)call->request;
    struct err err = {0};
    if (req->action == JOBS_PUT) {
        return done(call, put_job(req, &err), &err);
    }
    struct state_job *jobs = NULL;
    size_t n = 0;
    int rc = state_jobs(engine()->state, &call->results, &jobs, &n, &err);
    struct job_record *out = rc ? NULL : arena_calloc(&call->results, n, sizeof(*out));
    if (rc == 0 && !out) {
        rc = err_set(&err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        job_out(&jobs[i], &out[i]);
    }
    req->jobs = rc ? NULL : out;
    req->n_jobs = rc ? 0 : n;
    return done(call, rc, &err);
}

struct marks {
    struct arena *arena;
    struct pile rows;
};

static int take_mark(void *arg, const struct state_coll *coll,
                     const struct state_watermark *in)
{
    struct marks *marks = arg;
    struct watermark *out = pile_add(marks->arena, &marks->rows);
    if (!out) {
        return RAGD_E_NOMEM;
    }
    *out = (struct watermark){.owner = in->owner, .sequence = in->sequence};
    int rc = copy_str(marks->arena, coll->store, &out->store);
    rc = rc ? rc : copy_str(marks->arena, coll->coll, &out->coll);
    return rc ? rc : copy_str(marks->arena, in->name, &out->name);
}

static int list_marks(struct ragd_call *call, struct call_watermarks *req, struct err *err)
{
    struct marks marks = {&call->results, {.size = sizeof(struct watermark)}};
    int rc = state_watermarks_walk(engine()->state, req->store, take_mark, &marks, err);
    req->marks = rc ? NULL : marks.rows.p;
    req->n_marks = rc ? 0 : marks.rows.n;
    return rc && !err->id ? err_set(err, err_by_status(rc), NULL) : rc;
}

static ragd_status invoke_watermarks(struct ragd_call *call)
{
    struct call_watermarks *req = (struct call_watermarks *)call->request;
    struct state_coll coll = {req->store, req->mark.coll};
    struct state_watermark mark = {req->mark.name, req->mark.owner, req->mark.sequence};
    struct err err = {0};
    int rc = 0;
    switch (req->action) {
    case WATERMARKS_PUT:
        rc = state_watermark_put(engine()->state, &coll, &mark, &err);
        break;
    case WATERMARKS_DROP: rc = state_watermark_drop(engine()->state, &coll, &err); break;
    case WATERMARKS_LIST: rc = list_marks(call, req, &err); break;
    }
    return done(call, rc, &err);
}

static ragd_status invoke_room(struct ragd_call *call)
{
    (void)state_room(engine()->state, NULL);
    return attempt_state(call);
}

static struct gate rooms = {.limit = 1, .waiting = {&rooms.waiting, &rooms.waiting}};

static void start(struct call *call, const struct op_kind *kind, struct gate *serial)
{
    struct op_target target = {.serial = serial};
    struct err err = {0};
    if (engine()->state) {
        op_start(call, kind, &target);
    } else {
        err_set(&err, ERR_UNSUPPORTED, "ragd has no state database");
        op_answer(call, &err);
    }
}

static const struct op_kind vectors_kind = {.function = "vectors",
                                            .flags = OP_OWN,
                                            .lane = LANE_IO,
                                            .invoke = invoke_vectors};
static const struct op_kind jobs_kind = {.function = "jobs",
                                         .flags = OP_OWN,
                                         .lane = LANE_IO,
                                         .invoke = invoke_jobs};
static const struct op_kind watermarks_kind = {.function = "watermarks",
                                               .flags = OP_OWN,
                                               .lane = LANE_IO,
                                               .invoke = invoke_watermarks};
static const struct op_kind room_kind = {.function = "room",
                                         .flags = OP_OWN,
                                         .lane = LANE_IO,
                                         .invoke = invoke_room};

void call_vectors_start(struct call_vectors *req)
{
    start(&req->call, &vectors_kind, NULL);
}

void call_jobs_start(struct call_jobs *req)
{
    start(&req->call, &jobs_kind, NULL);
}

void call_watermarks_start(struct call_watermarks *req)
{
    start(&req->call, &watermarks_kind, NULL);
}

void call_room_start(struct call_room *req)
{
    start(&req->call, &room_kind, &rooms);
}
