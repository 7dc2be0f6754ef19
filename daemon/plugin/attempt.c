/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: attempt_run queues it for a worker (BLOCKING) or the loop
 * (ASYNC); prepare copies the arguments, invoke calls the plugin, check looks
 * at what came back; op_attempt_done follows on the loop.
 *
 * Failure modes: the plugin does not come back: the operation lets go and the
 * attempt stays until it does. It completes twice: the first word counts, the
 * second is logged. It hands over nonsense: fault, which outweighs its status.
 *
 * References: one of the operation, one of the way through worker or plugin,
 * one for a posted progress. The last one buries it.
 */
#include "plugin/attempt.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/utf8.h"
#include "plugin/engine.h"

enum {
    TOMBSTONES = 64, /* ended attempts that are still recognised */
};

static struct {
    struct ragd_call *graves[TOMBSTONES];
    unsigned next;
    pthread_mutex_t lock;
} yard = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- memory --------------------------------------------------------------- */

static void bury(struct ragd_call *call)
{
    if (call->drop_data) {
        call->drop_data(call->data);
    }
    if (call->kind->drop) {
        call->kind->drop(call);
    }
    arena_release(&call->inputs);
    arena_release(&call->memory);
    arena_release(&call->results);
    pthread_cond_destroy(&call->wake);
    pthread_mutex_destroy(&call->lock);
    call->magic = ATTEMPT_DEAD;
    if (!call->instance) {
        mem_free(call);
        return;
    }
    pthread_mutex_lock(&yard.lock);
    mem_free(yard.graves[yard.next]);
    yard.graves[yard.next] = call;
    yard.next = (yard.next + 1) % TOMBSTONES;
    pthread_mutex_unlock(&yard.lock);
}

void attempts_forget(void)
{
    for (unsigned i = 0; i < TOMBSTONES; i++) {
        mem_free(yard.graves[i]);
        yard.graves[i] = NULL;
    }
}

struct ragd_call *attempt_ref(struct ragd_call *call)
{
    atomic_fetch_add(&call->refs, 1);
    return call;
}

void attempt_unref(struct ragd_call *call)
{
    if (atomic_fetch_sub(&call->refs, 1) == 1) {
        bury(call);
    }
}

static void on_run(struct inbox_item *item);
static void on_done_item(struct inbox_item *item);
static void on_stop_item(struct inbox_item *item);
static void do_attempt(struct work *work);
static void on_worked(struct work *work, int status);

struct ragd_call *attempt_create(struct call_op *op, const struct op_kind *kind,
                                 struct instance *instance)
{
    struct ragd_call *call = mem_calloc(1, sizeof(*call));
    if (!call) {
        return NULL;
    }
    arena_init(&call->memory, engine()->limits.plugin_memory);
    arena_init(&call->results, engine()->limits.plugin_results);
    call->args = kind->args_bytes ? arena_alloc(&call->inputs, kind->args_bytes) : NULL;
    if (kind->args_bytes && !call->args) {
        mem_free(call);
        return NULL;
    }
    call->magic = ATTEMPT_ALIVE;
    call->kind = kind;
    call->instance = instance;
    call->op = op;
    call->detail.struct_size = sizeof(call->detail);
    atomic_store(&call->refs, 1);
    pthread_mutex_init(&call->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&call->wake, &attr);
    pthread_condattr_destroy(&attr);
    const char *name = kind->function;
    call->work = (struct work){.name = name, .do_work = do_attempt, .on_done = on_worked};
    call->run_item = (struct inbox_item){.name = name, .on_post = on_run};
    call->done_item = (struct inbox_item){.name = name, .on_post = on_done_item};
    call->stop_item = (struct inbox_item){.name = name, .on_post = on_stop_item};
    call->progress_item = (struct inbox_item){.name = name, .on_post = host_on_progress};
    return call;
}

/* ---- the way through the plugin ------------------------------------------- */

static const struct ragd_life *life_of(const struct ragd_call *call)
{
    return call->instance ? &call->instance->iface->life : NULL;
}

bool attempt_is_async(const struct ragd_call *call)
{
    const struct ragd_life *life = life_of(call);
    return life && life->exec == RAGD_EXEC_ASYNC &&
           !(call->kind->flags & (OP_ON_WORKER | OP_BESIDE));
}

void attempt_keep_fault(struct ragd_call *call, const struct err *err)
{
    pthread_mutex_lock(&call->lock);
    if (err->id && !call->fault.id) {
        call->fault = *err;
    }
    pthread_mutex_unlock(&call->lock);
}

/* Prepare and invoke; RAGD_PENDING when the plugin will complete later. */
static int enter_plugin(struct ragd_call *call)
{
    int stop = atomic_load(&call->stop);
    if (stop) {
        return stop;
    }
    if (call->kind->prepare) {
        atomic_store(&call->phase, ATTEMPT_PREPARING);
        struct err err = {0};
        int rc = call->kind->prepare(call, &err);
        if (rc) {
            attempt_keep_fault(call, &err);
            return rc;
        }
    }
    atomic_store(&call->phase, ATTEMPT_IN_PLUGIN);
    int status = call->kind->invoke(call);
    if (status != RAGD_PENDING) {
        return status;
    }
    if (attempt_is_async(call)) {
        return status;
    }
    return attempt_broken(call, "answers 'pending' from a blocking operation");
}

/* What a success brought, as far as the sinks did not look at it already. */
static void look_over(struct ragd_call *call)
{
    struct err err = {0};
    if (call->status == 0 && !call->fault.id && call->kind->check &&
        call->kind->check(call, &err)) {
        attempt_keep_fault(call, &err);
    }
}

static void do_attempt(struct work *work)
{
    struct ragd_call *call = LIST_OF(work, struct ragd_call, work);
    call->status = enter_plugin(call);
    atomic_store(&call->completed, 1);
    look_over(call);
    atomic_store(&call->phase, ATTEMPT_ENDED);
}

void attempt_log_fault(struct ragd_call *call)
{
    if (call->instance && call->fault.id == ERR_PLUGIN) {
        char label[200];
        attempt_label(call, label, sizeof(label));
        log_error("PLUGIN-FAULT", "%s: %s", label, call->fault.msg);
    }
}

/* The plugin has let go of it. [loop] */
static void attempt_ended(struct ragd_call *call)
{
    attempt_log_fault(call);
    if (call->op) {
        op_attempt_done(call->op, call);
    } else {
        if (call->status == 0 && call->kind->orphan) {
            call->kind->orphan(call);
        }
        if (!(call->kind->flags & OP_BESIDE)) {
            call->instance->gate->running--;
            gate_pump(call->instance->gate);
        }
        instance_recovered(call->instance);
    }
    attempt_unref(call);
}

static void on_worked(struct work *work, int status)
{
    struct ragd_call *call = LIST_OF(work, struct ragd_call, work);
    if (status) { /* it did not run */
        int stop = atomic_load(&call->stop);
        attempt_fault(call,
                      stop                    ? err_by_status(stop)
                      : status == RAGD_E_RATE ? ERR_BUSY
                                              : err_by_status(status),
                      NULL);
        call->status = status;
    }
    attempt_ended(call);
}

static void on_run(struct inbox_item *item)
{
    struct ragd_call *call = LIST_OF(item, struct ragd_call, run_item);
    int status = enter_plugin(call);
    if (status == RAGD_PENDING) {
        call->pending = true; /* call_done posts, or has posted, done_item */
    } else if (atomic_exchange(&call->completed, 1)) {
        attempt_broken(call, "completes twice: it returned and called call_done");
    } else {
        call->status = status;
        inbox_post(&call->done_item);
    }
}

static void on_done_item(struct inbox_item *item)
{
    struct ragd_call *call = LIST_OF(item, struct ragd_call, done_item);
    look_over(call);
    atomic_store(&call->phase, ATTEMPT_ENDED);
    attempt_ended(call);
}

void attempt_run(struct ragd_call *call)
{
    attempt_ref(call);
    const struct ragd_life *life = life_of(call);
    if (attempt_is_async(call)) {
        inbox_post(&call->run_item);
    } else if (life && !(call->kind->flags & OP_BESIDE)) {
        workers_submit(&call->work, life->work_class == RAGD_WORK_IO ? LANE_IO : LANE_CPU);
    } else {
        workers_submit(&call->work, call->kind->lane);
    }
}

/* ---- stopping ------------------------------------------------------------- */

static void on_stop_item(struct inbox_item *item)
{
    struct ragd_call *call = LIST_OF(item, struct ragd_call, stop_item);
    const struct ragd_life *life = life_of(call);
    if (!atomic_load(&call->completed) && call->pending && life->cancel) {
        life->cancel(call->instance->inst, call);
    }
    attempt_unref(call);
}

void attempt_stop(struct ragd_call *call, int reason)
{
    pthread_mutex_lock(&call->lock);
    atomic_store(&call->stop, reason);
    pthread_cond_broadcast(&call->wake);
    pthread_mutex_unlock(&call->lock);
    if (attempt_is_async(call)) {
        attempt_ref(call);
        inbox_post(&call->stop_item);
    } else {
        workers_cancel(&call->work);
    }
}

bool attempt_in_plugin(const struct ragd_call *call)
{
    return atomic_load(&call->phase) == ATTEMPT_IN_PLUGIN;
}

void attempt_abandon(struct ragd_call *call)
{
    call->op = NULL;
    call->request = NULL;
    instance_stuck(call->instance, call->kind->function);
    attempt_unref(call);
}

/* ---- the result ----------------------------------------------------------- */

static int plugin_error(struct ragd_call *call, int status, struct err *err)
{
    const struct ragd_error *detail = &call->detail;
    const char *name = instance_name(call->instance);
    enum err_id id = err_by_status(status);
    switch (call->instance->kind) {
    case PLUGIN_STORE: id = status == RAGD_E_IO ? ERR_STORAGE_IO : id; break;
    case PLUGIN_SOURCE: id = status == RAGD_E_CONFLICT ? ERR_CHANGED : id; break;
    case PLUGIN_LOADER:
        id = strcmp(call->detail_code, "no_text") == 0 ? ERR_NO_TEXT : id;
        break;
    default: break;
    }
    if (detail->message.n) {
        err_set(err, id, "%s: %.*s", name, (int)detail->message.n, detail->message.p);
    } else {
        err_set(err, id, "%s: %s failed: %s", name, call->kind->function,
                err_info(id)->text);
    }
    err->retry_after_ms = detail->retry_after_ms > 0 ? detail->retry_after_ms : 0;
    return err_status(err);
}

static int stopped_error(struct ragd_call *call, struct err *err)
{
    return err_set(err,
                   atomic_load(&call->stop) == RAGD_E_DEADLINE ? ERR_DEADLINE
                                                               : ERR_CANCELLED,
                   NULL);
}

/* Not a plugin's own error: what it did makes no sense. */
static int broken_result(struct ragd_call *call, struct err *err)
{
    err_set(err, call->fault.id, "%s", call->fault.msg);
    if (call->fault.id == ERR_PLUGIN) {
        err_set(err, ERR_PLUGIN, "plugin %s misbehaved in %s: %s",
                instance_plugin_name(call->instance), call->kind->function,
                call->fault.msg);
    }
    if (call->fault.why[0]) {
        err_why(err, "%s", call->fault.why);
    }
    if (call->fault.hint[0]) {
        err_hint(err, "%s", call->fault.hint);
    }
    return err_status(err);
}

int attempt_result(struct ragd_call *call, struct err *err)
{
    int stop = atomic_load(&call->stop);
    if (call->fault.id) {
        return broken_result(call, err);
    }
    if (call->status == 0 || call->page_full) {
        return 0;
    }
    if (!call->instance) {
        return err_set(err, err_by_status(call->status), NULL);
    }
    if (stop && (call->status == stop || call->status == RAGD_E_CANCELLED ||
                 call->status == RAGD_E_DEADLINE)) {
        return stopped_error(call, err);
    }
    if (call->status > 0 || call->status == RAGD_E_CANCELLED) {
        attempt_broken(call, "answers status %d, which means nothing here", call->status);
        attempt_log_fault(call);
        return broken_result(call, err);
    }
    return plugin_error(call, call->status, err);
}

/* ---- faults --------------------------------------------------------------- */

void attempt_label(const struct ragd_call *call, char *out, size_t size)
{
    snprintf(out, size, "%s (%s): %s", instance_name(call->instance),
             instance_plugin_name(call->instance), call->kind->function);
}

int attempt_fault(struct ragd_call *call, enum err_id id, const char *fmt, ...)
{
    char text[ERR_MSG_BYTES];
    if (fmt) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(text, sizeof(text), fmt, args);
        va_end(args);
    }
    pthread_mutex_lock(&call->lock);
    if (!call->fault.id) {
        err_set(&call->fault, id, fmt ? "%s" : NULL, text);
    }
    pthread_mutex_unlock(&call->lock);
    return err_info(id)->status;
}

int attempt_state(const struct ragd_call *call)
{
    return atomic_load_explicit(&call->stop, memory_order_relaxed);
}

int64_t attempt_left_ms(const struct ragd_call *call)
{
    if (!call->deadline_ms) {
        return INT64_MAX;
    }
    uint64_t now = clock_mono_ms();
    return now < call->deadline_ms ? (int64_t)(call->deadline_ms - now) : 0;
}
