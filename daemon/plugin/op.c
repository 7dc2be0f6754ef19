/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 *            op_start
 *               |
 *            INSTANCE --(failed, stuck)----------------.
 *               | ready                                |
 *            SERIAL    one at a time per collection    |
 *               |                                      |
 *      .---> GATE      what the plugin can take        |
 *      |        |                                      |
 *      |     ATTEMPT --(another step)--> GATE          |
 *      |        |  \                                   |
 *   BACKOFF <---'   `--(success, error, given up)------+
 *   (may be retried)                                   v
 *                                                     END -> done
 *
 * Failure modes: a stop (cancel, deadline) takes a waiting operation straight
 * to END; a running attempt is asked to end and has the grace time for it,
 * then it is given up: END, while the attempt keeps its place in the gate
 * until the plugin lets go, so that a hanging plugin gets no more work.
 * On close: ops_close stops all of them; idle comes after the last END.
 */
#include "plugin/op.h"

#include <assert.h>
#include <stdio.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/rng.h"
#include "plugin/attempt.h"
#include "plugin/engine.h"
#include "plugin/instance.h"
#include "plugin/op_internal.h"

/* The longest wait between attempts that nobody asked for, in milliseconds. */
enum { BACKOFF_MAX_MS = 10000 };

/* The legal moves: bit 1 << to, by from. */
static const unsigned legal[] = {
    [OP_NEW] = 1u << OP_INSTANCE | 1u << OP_BACKOFF | 1u << OP_END,
    [OP_INSTANCE] = 1u << OP_SERIAL | 1u << OP_END,
    [OP_SERIAL] = 1u << OP_GATE | 1u << OP_END,
    [OP_GATE] = 1u << OP_ATTEMPT | 1u << OP_END,
    [OP_ATTEMPT] = 1u << OP_GATE | 1u << OP_BACKOFF | 1u << OP_END,
    [OP_BACKOFF] = 1u << OP_GATE | 1u << OP_END,
    [OP_END] = 0,
};

static struct {
    struct list all;
    struct rng rng;
    void (*idle)(void);
} ops;

void op_move(struct call_op *op, enum op_state state)
{
    bool is_legal = legal[op->state] & 1u << state;
    assert(is_legal);
    (void)is_legal; /* our own mistake only: no test in a release */
    op->state = state;
}

/* ---- the end -------------------------------------------------------------- */

static void check_idle(void)
{
    if (ops.idle && list_empty(&ops.all)) {
        void (*idle)(void) = ops.idle;
        ops.idle = NULL;
        idle();
    }
}

void op_finish(struct call_op *op)
{
    struct call *call = op->call;
    timer_stop(&op->deadline);
    timer_stop(&op->delay);
    list_remove(&op->wait);
    list_remove(&op->all);
    call->status = op->status;
    call->err = op->err;
    if (op->status < 0) {
        arena_release(&op->arena);
    }
    call->arena = op->arena;
    if (op->in_serial) {
        gate_leave(op->target.serial);
    }
    call->op = NULL;
    mem_free(op);
    call->done(call); /* may free call */
    check_idle();
}

static void on_later(struct inbox_item *item)
{
    op_finish(LIST_OF(item, struct call_op, later));
}

/* To END; done comes on a later turn. */
void op_end_later(struct call_op *op, int status)
{
    list_remove(&op->wait);
    timer_stop(&op->delay);
    timer_stop(&op->deadline);
    op_move(op, OP_END);
    op->status = status;
    op->later = (struct inbox_item){.name = "operation", .on_post = on_later};
    inbox_post(&op->later);
}

static int stop_error(struct call_op *op)
{
    int reason = atomic_load(&op->stop);
    return err_set(&op->err, reason == RAGD_E_DEADLINE ? ERR_DEADLINE : ERR_CANCELLED,
                   NULL);
}

/* ---- attempts ------------------------------------------------------------- */

static struct instance *instance_of(const struct call_op *op)
{
    return op->kind->flags & OP_OWN ? NULL : op->target.instance;
}

/* The gate of its present step; NULL for what passes none. */
static struct gate *gate_of(const struct call_op *op)
{
    struct instance *instance = instance_of(op);
    return instance && !(op->kind->flags & OP_BESIDE) ? instance->gate : NULL;
}

static void begin_attempt(struct call_op *op)
{
    struct gate *gate = gate_of(op);
    op->attempt = attempt_create(op, op->kind, instance_of(op));
    if (!op->attempt) {
        if (gate) {
            gate_leave(gate);
        }
        op_end_later(op, err_set(&op->err, ERR_NOMEM, NULL));
        return;
    }
    op->call->attempts++;
    op->attempt->request = op->call;
    op->attempt->deadline_ms = op->deadline_ms;
    attempt_run(op->attempt);
}

static bool may_retry(const struct call_op *op, int status, bool streamed)
{
    if (op->kind->flags & (OP_OWN | OP_ONCE) || streamed || atomic_load(&op->stop) ||
        op->call->attempts >= engine()->limits.attempts) {
        return false;
    }
    switch (status) {
#define RETRY_CASE(name, value, retry, text) \
    case value: return retry;
        RAGD_STATUS_LIST(RETRY_CASE)
#undef RETRY_CASE
    default: return false;
    }
}

/* Doubles from the limit retry_delay, plus or minus half of it; never shorter
 * than what the other side asked for. */
static uint64_t backoff_ms(const struct call_op *op)
{
    unsigned doubled = op->call->attempts - 1;
    uint64_t base = engine()->limits.retry_delay << (doubled > 20 ? 20 : doubled);
    base = base > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : base;
    uint64_t wait = base / 2 + (uint64_t)((double)base * rng_real(&ops.rng));
    uint64_t asked = op->err.retry_after_ms > 0 ? (uint64_t)op->err.retry_after_ms : 0;
    return wait > asked ? wait : asked;
}

static void on_backoff(struct timer *timer)
{
    struct call_op *op = timer->arg;
    op->err = (struct err){0};
    op_move(op, OP_GATE);
    op_step(op);
}

static bool begin_backoff(struct call_op *op)
{
    uint64_t wait = backoff_ms(op);
    if (op->deadline_ms && clock_mono_ms() + wait >= op->deadline_ms) {
        return false;
    }
    op_move(op, OP_BACKOFF);
    timer_start(&op->delay, wait, on_backoff);
    return true;
}

/* After an attempt: the results, or its error, or another round. */
static void conclude(struct call_op *op, struct ragd_call *call)
{
    bool streamed = call->streamed;
    op->err = (struct err){0};
    int status = attempt_result(call, &op->err);
    if (status == 0 && op->kind->settle) {
        status = op->kind->settle(call, &op->err);
    }
    call->request = NULL;
    call->op = NULL;
    if (status == RAGD_AGAIN && atomic_load(&op->stop)) {
        status = stop_error(op);
    }
    if (status == RAGD_AGAIN) {
        op->call->attempts = 0;
        attempt_unref(call);
        op_move(op, OP_GATE);
        op_step(op);
        return;
    }
    if (status < 0 && may_retry(op, status, streamed) && begin_backoff(op)) {
        attempt_unref(call);
        return;
    }
    if (op->kind->ended) {
        op->kind->ended(op->target.instance, status, &op->err);
    }
    if (status >= 0 && !op->keeps) {
        op->arena = call->results;
        call->results = (struct arena){0};
    }
    attempt_unref(call);
    op->status = status;
    op_move(op, OP_END);
    op_finish(op);
}

void op_attempt_done(struct call_op *op, struct ragd_call *call)
{
    assert(op->state == OP_ATTEMPT && op->attempt == call);
    op->attempt = NULL;
    timer_stop(&op->delay);
    struct gate *gate = gate_of(op);
    conclude(op, call);
    if (gate) {
        gate_leave(gate);
    }
}

/* ---- stopping ------------------------------------------------------------- */

static void give_up(struct call_op *op)
{
    struct ragd_call *call = op->attempt;
    op->attempt = NULL;
    int status = stop_error(op);
    err_why(&op->err, "%s does not come back from %s", instance_name(op->target.instance),
            op->kind->function);
    attempt_abandon(call); /* marks the instance */
    op_end_later(op, status);
}

static void on_grace(struct timer *timer)
{
    struct call_op *op = timer->arg;
    if (attempt_in_plugin(op->attempt)) {
        give_up(op);
    } else {
        timer_start(&op->delay, 100, on_grace); /* about to end by itself */
    }
}

void op_stop(struct call_op *op, int reason)
{
    if (atomic_load(&op->stop) || op->state == OP_END) {
        return;
    }
    atomic_store(&op->stop, reason);
    if (op->state != OP_ATTEMPT) {
        op_end_later(op, stop_error(op));
        return;
    }
    attempt_stop(op->attempt, reason);
    if (!(op->kind->flags & OP_OWN)) {
        timer_start(&op->delay, engine()->limits.grace, on_grace);
    }
}

bool op_stopped(const struct call_op *op)
{
    return atomic_load(&op->stop) != 0;
}

/* ---- the way -------------------------------------------------------------- */

static bool is_settling(const struct instance *instance)
{
    return instance->state == INSTANCE_NEW || instance->state == INSTANCE_CREATING;
}

static void wait_for(struct call_op *op, struct instance *instance)
{
    list_push(&instance->waiting, &op->wait);
    instance_create(instance);
}

/* Whether its instance is ready; else it waits or ends. */
static bool pass_instance(struct call_op *op)
{
    struct instance *instance = op->target.instance;
    unsigned flags = op->kind ? op->kind->flags : 0;
    for (size_t i = 0; i < op->target.n_others; i++) {
        if (is_settling(op->target.others[i])) {
            wait_for(op, op->target.others[i]);
            return false;
        }
    }
    if (!instance || instance->state == INSTANCE_READY || flags & OP_UNREADY) {
        return true;
    }
    if (is_settling(instance) ||
        (instance->state == INSTANCE_STUCK && flags & OP_GIVES_BACK)) {
        wait_for(op, instance);
    } else {
        op->err = instance->problem;
        op_end_later(op, err_status(&op->err));
    }
    return false;
}

void op_step(struct call_op *op)
{
    switch (op->state) {
    case OP_INSTANCE:
        if (!pass_instance(op)) {
            return;
        }
        if (!op->kind) {
            op_end_later(op, 0);
            return;
        }
        op_move(op, OP_SERIAL);
        /* fall through */
    case OP_SERIAL:
        if (op->target.serial) {
            if (!gate_enter(op->target.serial, op)) {
                return;
            }
            op->in_serial = true;
        }
        op_move(op, OP_GATE);
        /* fall through */
    case OP_GATE:
        if (gate_of(op) && !gate_enter(gate_of(op), op)) {
            return;
        }
        op_move(op, OP_ATTEMPT);
        /* fall through */
    case OP_ATTEMPT: begin_attempt(op); return;
    default: return;
    }
}

void ops_wake(struct list *waiting)
{
    struct list here;
    list_init(&here);
    struct list *node;
    while ((node = list_pop(waiting))) {
        list_push(&here, node);
    }
    while ((node = list_pop(&here))) {
        op_step(LIST_OF(node, struct call_op, wait));
    }
}

/* ---- from within an attempt ------------------------------------------------ */

struct ragd_call *op_attempt(struct call_op *op)
{
    return op->attempt;
}

void op_next(struct call_op *op, const struct op_kind *kind)
{
    op->kind = kind;
}

void op_next_of(struct call_op *op, const struct op_kind *kind, struct instance *instance,
                uint64_t time_ms)
{
    op->kind = kind;
    op->target.instance = instance;
    op->target.time_ms = time_ms;
    op_arm_deadline(op);
}

void op_leave_serial(struct call_op *op)
{
    struct gate *serial = op->target.serial;
    op->target.serial = NULL;
    if (op->in_serial) {
        op->in_serial = false;
        gate_leave(serial);
    }
}

struct arena *op_keep(struct call_op *op)
{
    op->keeps = true;
    return &op->arena;
}

void op_progress(struct call_op *op, uint64_t done, uint64_t total)
{
    if (op->call->progress) {
        op->call->progress(op->call, done, total);
    }
}

void ops_add(struct call_op *op)
{
    list_push(&ops.all, &op->all);
}

void ops_init(uint64_t seed)
{
    list_init(&ops.all);
    rng_seed(&ops.rng, seed);
    ops.idle = NULL;
}

void ops_close(void (*idle)(void))
{
    ops.idle = idle;
    LIST_EACH(&ops.all, node)
    {
        struct call_op *op = LIST_OF(node, struct call_op, all);
        if (!op->kind || !(op->kind->flags & OP_GIVES_BACK)) {
            op_stop(op, RAGD_E_CANCELLED);
        }
    }
    check_idle();
}
