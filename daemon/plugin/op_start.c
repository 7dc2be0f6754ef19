/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Operations begin: with a plugin's function, as a wait for an instance, with an
 * answer that is known already, or as a delay.
 *
 * Failure modes: a call that gets no operation for want of memory is answered
 * from a list that needs none.
 * On close: only what gives something back begins any more.
 */
#include <assert.h>

#include "core/clock.h"
#include "core/mem.h"
#include "plugin/engine.h"
#include "plugin/op_internal.h"

/* Calls that could not even get an operation. */
static struct {
    struct call *calls;
    struct inbox_item item;
    bool posted;
} waiting;

static void on_no_memory(struct inbox_item *item)
{
    (void)item;
    waiting.posted = false;
    struct call *call = waiting.calls;
    waiting.calls = NULL;
    while (call) {
        struct call *next = call->next;
        call->status = err_set(&call->err, ERR_NOMEM, NULL);
        call->done(call);
        call = next;
    }
}

static void fail_without_memory(struct call *call)
{
    call->next = waiting.calls;
    waiting.calls = call;
    if (!waiting.posted) {
        waiting.posted = true;
        waiting.item = (struct inbox_item){.name = "no memory", .on_post = on_no_memory};
        inbox_post(&waiting.item);
    }
}

static struct call_op *create(struct call *call, const struct op_kind *kind,
                              const struct op_target *target)
{
    assert(!call->op && call->done);
    call->status = 0;
    call->attempts = 0;
    call->err = (struct err){0};
    struct call_op *op = mem_calloc(1, sizeof(*op));
    if (!op) {
        fail_without_memory(call);
        return NULL;
    }
    op->call = call;
    op->kind = kind;
    op->target = *target;
    op->deadline = (struct timer){.name = "deadline", .arg = op};
    op->delay = (struct timer){.name = "operation", .arg = op};
    list_init(&op->wait);
    ops_add(op);
    call->op = op;
    return op;
}

static void on_deadline(struct timer *timer)
{
    op_stop(timer->arg, RAGD_E_DEADLINE);
}

void op_arm_deadline(struct call_op *op)
{
    uint64_t now = clock_mono_ms();
    op->deadline_ms = op->call->deadline_ms;
    if (op->target.time_ms &&
        (!op->deadline_ms || op->deadline_ms > now + op->target.time_ms)) {
        op->deadline_ms = now + op->target.time_ms;
    }
    if (op->deadline_ms) {
        timer_start(&op->deadline, op->deadline_ms > now ? op->deadline_ms - now : 0,
                    on_deadline);
    } else {
        timer_stop(&op->deadline);
    }
}

void op_start(struct call *call, const struct op_kind *kind, const struct op_target *target)
{
    struct call_op *op = create(call, kind, target);
    if (!op) {
        return;
    }
    if (engine()->closing && !(kind && kind->flags & OP_GIVES_BACK)) {
        op_end_later(op, err_set(&op->err, ERR_DRAINING, NULL));
        return;
    }
    op_arm_deadline(op);
    op_move(op, OP_INSTANCE);
    op_step(op);
}

void op_await(struct call *call, struct instance *instance)
{
    struct op_target target = {.instance = instance};
    op_start(call, NULL, &target);
}

void op_answer(struct call *call, const struct err *err)
{
    struct op_target target = {0};
    struct call_op *op = create(call, NULL, &target);
    if (op) {
        op->err = err ? *err : (struct err){0};
        op_end_later(op, err_status(&op->err));
    }
}

static void on_delay(struct timer *timer)
{
    struct call_op *op = timer->arg;
    op->status = 0;
    op_move(op, OP_END);
    op_finish(op);
}

void op_delay(struct call *call, uint64_t delay_ms)
{
    struct op_target target = {0};
    struct call_op *op = create(call, NULL, &target);
    if (op) {
        op_arm_deadline(op);
        op_move(op, OP_BACKOFF);
        timer_start(&op->delay, delay_ms, on_delay);
    }
}
