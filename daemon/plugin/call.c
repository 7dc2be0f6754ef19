/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What all calls share, and those that need no plugin. */
#include "plugin/call.h"

#include "core/mem.h"
#include "loop/workers.h"
#include "plugin/attempt.h"
#include "plugin/instance.h"
#include "plugin/op.h"

void call_cancel(struct call *call)
{
    if (call->op) {
        op_stop(call->op, RAGD_E_CANCELLED);
    }
}

void call_withdraw(struct call *call)
{
    if (call->op && !op_attempt(call->op)) {
        op_stop(call->op, RAGD_E_CANCELLED);
    }
}

/* So large that giving it back takes a worker: some milliseconds for twenty
 * megabytes. */
enum { LARGE_BYTES = 1 << 20 };

struct large {
    struct work work;
    struct arena arena;
};

static void do_free(struct work *work)
{
    arena_release(&((struct large *)work)->arena);
}

static void on_freed(struct work *work, int status)
{
    (void)status;
    do_free(work); /* when it did not run */
    mem_free(work);
}

void call_memory_release(struct arena *arena)
{
    struct large *large = arena->used < LARGE_BYTES ? NULL : mem_calloc(1, sizeof(*large));
    if (!large) {
        arena_release(arena);
        return;
    }
    large->work =
        (struct work){.name = "free memory", .do_work = do_free, .on_done = on_freed};
    arena_move(&large->arena, arena);
    workers_submit(&large->work, LANE_IO);
}

void call_release(struct call *call)
{
    if (call->drop) {
        call->drop(call);
        call->drop = NULL;
    }
    call_memory_release(&call->arena);
}

bool call_active(const struct call *call)
{
    return call->op != NULL;
}

bool call_cancelled(const struct call *call)
{
    return call->op && op_stopped(call->op);
}

void call_instance_start(struct call_instance *req)
{
    struct err err = {0};
    req->instance = instance_get(req->kind, req->name, &err);
    if (req->instance) {
        op_await(&req->call, req->instance);
    } else {
        op_answer(&req->call, &err);
    }
}

static ragd_status invoke_work(struct ragd_call *call)
{
    struct call_work *req = (struct call_work *)call->request;
    struct err err = {0};
    int rc = req->work(req, &err);
    if (rc && !err.id) {
        err_set(&err, err_by_status(rc), NULL);
    }
    call->fault = err;
    return rc;
}

static const struct op_kind work_kind = {
    .function = "work",
    .flags = OP_OWN,
    .lane = LANE_CPU,
    .invoke = invoke_work,
};

void call_work_start(struct call_work *req)
{
    struct op_target target = {0};
    op_start(&req->call, &work_kind, &target);
}

void call_later_start(struct call_later *req)
{
    op_delay(&req->call, req->delay_ms);
}
