/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The functions of ragd_host that take a call: what a plugin may ask and tell
 * while it works on one. Each first looks whether the call is still alive, so
 * that one that has ended is a line in the log and not a write into somebody
 * else's memory (as far as its tombstone stands).
 */
#include <stdint.h>
#include <string.h>

#include "core/clock.h"
#include "core/given.h"
#include "core/log.h"
#include "plugin/attempt.h"

/* Shortest time between two reports of one call; milliseconds. */
enum { PROGRESS_EVERY_MS = 100 };

static bool alive(const struct ragd_call *call, const char *function)
{
    if (call && call->magic == ATTEMPT_ALIVE) {
        return true;
    }
    if (call && call->magic == ATTEMPT_DEAD) {
        log_error("PLUGIN-FAULT", "%s (%s): %s on a call of %s that has ended",
                  instance_name(call->instance), instance_plugin_name(call->instance),
                  function, call->kind->function);
    } else {
        log_error("PLUGIN-FAULT", "a plugin called %s without a call", function);
    }
    return false;
}

ragd_status host_call_state(struct ragd_call *call)
{
    return alive(call, "call_state") ? attempt_state(call) : RAGD_E_CANCELLED;
}

int64_t host_call_left_ms(struct ragd_call *call)
{
    return alive(call, "call_left_ms") ? attempt_left_ms(call) : 0;
}

static bool readable(const struct ragd_error *error)
{
    return error && error->struct_size >= sizeof(*error);
}

void host_call_error(struct ragd_call *call, const struct ragd_error *error)
{
    if (!alive(call, "call_error") || !readable(error)) {
        return;
    }
    pthread_mutex_lock(&call->lock);
    call->detail = *error;
    call->detail.code = given_text(call->detail_code, sizeof(call->detail_code),
                                   error->code);
    call->detail.message = given_text(call->detail_message, sizeof(call->detail_message),
                                      error->message);
    pthread_mutex_unlock(&call->lock);
}

void host_call_item_error(struct ragd_call *call, uint64_t index,
                          const struct ragd_error *error)
{
    if (!alive(call, "call_item_error") || !readable(error)) {
        return;
    }
    pthread_mutex_lock(&call->lock);
    if (!call->fault.id) { /* the first one speaks for all */
        char text[ERR_MSG_BYTES / 2];
        given_text(text, sizeof(text), error->message);
        enum err_id id = err_by_status(error->status);
        err_set(&call->fault, id, "%s: item %llu: %s", instance_name(call->instance),
                (unsigned long long)index, text[0] ? text : err_info(id)->text);
    }
    pthread_mutex_unlock(&call->lock);
}

void host_on_progress(struct inbox_item *item)
{
    struct ragd_call *call = LIST_OF(item, struct ragd_call, progress_item);
    atomic_store(&call->progress_posted, 0);
    if (call->op) {
        op_progress(call->op, atomic_load(&call->progress_done),
                    atomic_load(&call->progress_total));
    }
    attempt_unref(call);
}

void host_call_progress(struct ragd_call *call, uint64_t done, uint64_t total)
{
    if (!alive(call, "call_progress")) {
        return;
    }
    atomic_store(&call->progress_done, done);
    atomic_store(&call->progress_total, total);
    uint64_t now = clock_mono_ms(), last = atomic_load(&call->progress_at_ms);
    if (last && now - last < PROGRESS_EVERY_MS) {
        return;
    }
    if (!atomic_exchange(&call->progress_posted, 1)) {
        atomic_store(&call->progress_at_ms, now);
        attempt_ref(call);
        inbox_post(&call->progress_item);
    }
}

void *host_call_alloc(struct ragd_call *call, size_t size, size_t align)
{
    return alive(call, "call_alloc") ? given_memory(&call->memory, size, align) : NULL;
}

void host_call_set(struct ragd_call *call, void *data, void (*drop)(void *data))
{
    if (alive(call, "call_set")) {
        call->data = data;
        call->drop_data = drop;
    }
}

void *host_call_get(struct ragd_call *call)
{
    return alive(call, "call_get") ? call->data : NULL;
}

void host_call_done(struct ragd_call *call, ragd_status status)
{
    if (!alive(call, "call_done")) {
        return;
    }
    if (!attempt_is_async(call)) {
        attempt_broken(call, "calls call_done in a blocking operation");
        return;
    }
    if (atomic_exchange(&call->completed, 1)) {
        attempt_broken(call, "completes twice");
        if (atomic_load(&call->phase) == ATTEMPT_ENDED) {
            attempt_log_fault(call); /* too late for the answer */
        }
        return;
    }
    call->status = status;
    inbox_post(&call->done_item);
}
