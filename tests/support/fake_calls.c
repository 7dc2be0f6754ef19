/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "support/fake_calls.h"

#include <stdlib.h>

#include "core/clock.h"

struct fake fake;

struct instance {
    enum plugin_kind kind;
    const char *name;
};

static struct instance instances[PLUGIN_KINDS] = {
    [PLUGIN_SOURCE] = {PLUGIN_SOURCE, "fake"},
    [PLUGIN_LOADER] = {PLUGIN_LOADER, "plain"},
    [PLUGIN_EMBEDDER] = {PLUGIN_EMBEDDER, "words"},
    [PLUGIN_STORE] = {PLUGIN_STORE, "shelf"},
    [PLUGIN_LLM] = {PLUGIN_LLM, "parrot"},
};
static struct instance other_embedder = {PLUGIN_EMBEDDER, "others"};

/* The queue. */

static struct list queue;
static long fault_in;
static enum err_id fault_id;
static bool fault_met;
struct call_op *fake_current;

static uint64_t fake_mono_ns(void *arg)
{
    (void)arg;
    return fake.clock_ms * 1000000;
}

static int64_t fake_unix_ms(void *arg)
{
    (void)arg;
    return (int64_t)fake.clock_ms + 1700000000000;
}

void fake_reset(void)
{
    static const struct clock CLOCK = {fake_mono_ns, fake_unix_ms, NULL};
    fake = (struct fake){
        .caps = RAGD_STORE_ATOMIC | RAGD_STORE_EXACT | RAGD_STORE_KEYWORD |
                RAGD_STORE_SNAPSHOT | RAGD_STORE_SEQ | RAGD_STORE_BLOBS |
                RAGD_STORE_DURABLE,
        .space = "words/1",
        .dim = FAKE_DIM,
        .page = 3,
        .answer = "It is so [1].",
        .finish = RAGD_FINISH_STOP,
        .loader_version = "1.0",
        .clock_ms = 1000,
    };
    list_init(&queue);
    fault_in = -1;
    clock_install(&CLOCK);
    fake_store_reset();
    fake_state_reset();
}

void fake_close(void)
{
    assert_true(list_empty(&queue));
    assert_int_equal(fake_open_handles(), 0);
    fake_store_reset();
    fake_state_reset();
    clock_install(NULL);
}

void fake_fault(long n, enum err_id id)
{
    fault_met = n < 0 && fault_met; /* switched off: still to be asked */
    fault_in = n;
    fault_id = id;
}

bool fake_fault_met(void)
{
    return fault_met;
}

void fake_fail(struct call *call, enum err_id id, const char *text)
{
    call->status = err_set(&call->err, id, "%s", text);
}

void fake_enqueue(struct call *call, fake_make_fn make)
{
    struct call_op *op = calloc(1, sizeof(*op));
    assert_non_null(op);
    assert_null(call->op);
    assert_non_null(call->done);
    call->op = op;
    call->status = 0;
    call->err = (struct err){0};
    op->call = call;
    op->make = make;
    list_push(&queue, &op->link);
    fake.calls++;
}

/* The oldest that need not wait, else the one that waits the least. */
static struct call_op *next_op(void)
{
    struct call_op *next = NULL;
    LIST_EACH(&queue, node)
    {
        struct call_op *op = LIST_OF(node, struct call_op, link);
        uint64_t due = op->cancelled ? 0 : op->due_ms;
        if ((!op->paused || op->cancelled) && (!next || due < next->due_ms)) {
            next = op;
            next->due_ms = due;
        }
        if (next && !next->due_ms) {
            break;
        }
    }
    if (next) {
        list_remove(&next->link);
        fake.clock_ms = fake.clock_ms > next->due_ms ? fake.clock_ms : next->due_ms;
    }
    return next;
}

bool fake_turn(void)
{
    struct call_op *op = next_op();
    if (!op) {
        return false;
    }
    struct call *call = op->call;
    bool fault = fault_in == 0 && call->status == 0 && op->make;
    fault_in -= fault_in >= 0 && op->make;
    if (op->cancelled && !(fake.late_cancel && op->make)) {
        fake_fail(call, ERR_CANCELLED, "cancelled");
    } else if (fault) {
        fault_met = true;
        fake_fail(call, fault_id, "the fault that the test asked for");
    } else if (op->make) {
        fake_current = op;
        op->make(call);
        fake_current = NULL;
        if (op->paused && !op->cancelled) {
            list_push(&queue, &op->link); /* goes on when resumed */
            return true;
        }
    }
    if (call->status < 0) {
        arena_release(&call->arena);
    }
    call->op = NULL;
    free(op);
    call->done(call);
    return true;
}

void fake_settle(void)
{
    enum { TURNS_MAX = 1000000 };
    for (int i = 0; fake_turn(); i++) {
        assert_true(i < TURNS_MAX);
    }
}

void call_cancel(struct call *call)
{
    if (call->op) {
        call->op->cancelled = true;
    }
}

/* What is in the queue is not at work, unless it was let in (fake.late_cancel). */
void call_withdraw(struct call *call)
{
    if (!fake.late_cancel) {
        call_cancel(call);
    }
}

bool call_cancelled(const struct call *call)
{
    return call->op && call->op->cancelled;
}

bool call_active(const struct call *call)
{
    return call->op != NULL;
}

void call_memory_release(struct arena *arena)
{
    fake.given_back += arena->used;
    arena_release(arena);
}

void call_release(struct call *call)
{
    assert_null(call->op);
    arena_release(&call->arena);
}

/* Instances. */

struct instance *fake_instance(enum plugin_kind kind)
{
    return &instances[kind];
}

const char *instance_name(const struct instance *instance)
{
    return instance->name;
}

const char *instance_plugin_name(const struct instance *instance)
{
    return instance->name;
}

const char *instance_plugin_version(const struct instance *instance)
{
    return instance->kind == PLUGIN_LOADER ? fake.loader_version : "1.0";
}

struct instance *instance_find(enum plugin_kind kind, struct ragd_str name)
{
    struct instance *instance = &instances[kind];
    bool same = name.n == strlen(instance->name) &&
                memcmp(name.p, instance->name, name.n) == 0;
    return same ? instance : NULL;
}

struct instance *instance_next(enum plugin_kind kind, const struct instance *after)
{
    return after ? NULL : &instances[kind];
}

static void make_instance(struct call *call)
{
    struct call_instance *req = (struct call_instance *)call;
    req->instance = req->name.n ? instance_find(req->kind, req->name)
                                : &instances[req->kind];
    if (!req->instance && req->kind == PLUGIN_EMBEDDER && req->name.n == 6) {
        req->instance = &other_embedder;
    }
    if (!req->instance) {
        fake_fail(call, ERR_NO_INSTANCE, "no such instance");
    }
}

void call_instance_start(struct call_instance *req)
{
    fake_enqueue(&req->call, make_instance);
}

/* Work and time. A later needs no plugin, so it never meets a fault. */

static void make_work(struct call *call)
{
    struct call_work *req = (struct call_work *)call;
    call->status = req->work(req, &call->err);
}

void call_work_start(struct call_work *req)
{
    fake_enqueue(&req->call, make_work);
}

void call_later_start(struct call_later *req)
{
    fake_enqueue(&req->call, NULL);
    req->call.op->due_ms = req->delay_ms ? fake.clock_ms + req->delay_ms : 0;
}
