/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * ragd.task/1: work, posts and timers of plugins.
 *
 * A task holds its call until after has run, so a plugin may complete the call
 * in after and touch it no more. Timers are the plugin's until it stops them,
 * also inside their own function: then the handle goes when that returns.
 */
#include <pthread.h>
#include <time.h>

#include "core/mem.h"
#include "plugin/attempt.h"
#include "plugin/host.h"

struct task {
    struct ragd_call *call;
    void (*fn)(void *arg);
    void (*after)(void *arg, ragd_status status);
    void *arg;
    struct work work;
    struct inbox_item item;
};

/* The plugin's handle of a timer. */
struct ragd_timer {
    struct timer timer;
    uint64_t repeat_ms;
    void (*fn)(void *arg);
    void *arg;
    bool running, stopped; /* inside fn; stopped by it */
};

static void do_task(struct work *work)
{
    struct task *task = LIST_OF(work, struct task, work);
    if (attempt_state(task->call) == 0) {
        task->fn(task->arg);
    }
}

static void on_task_done(struct work *work, int status)
{
    struct task *task = LIST_OF(work, struct task, work);
    if (status == 0) {
        status = attempt_state(task->call);
    }
    task->after(task->arg, status);
    attempt_unref(task->call);
    mem_free(task);
}

static void on_task(struct inbox_item *item)
{
    struct task *task = LIST_OF(item, struct task, item);
    workers_submit(&task->work, LANE_CPU);
}

static ragd_status task_work(struct ragd_call *call, void (*fn)(void *arg),
                             void (*after)(void *arg, ragd_status status), void *arg)
{
    if (!call || !fn || !after) {
        return RAGD_E_ARG;
    }
    struct task *task = mem_calloc(1, sizeof(*task));
    if (!task) {
        return RAGD_E_NOMEM;
    }
    task->call = attempt_ref(call);
    task->fn = fn;
    task->after = after;
    task->arg = arg;
    task->work =
        (struct work){.name = "plugin work", .do_work = do_task, .on_done = on_task_done};
    task->item = (struct inbox_item){.name = "plugin work", .on_post = on_task};
    inbox_post(&task->item);
    return RAGD_OK;
}

static void on_posted(struct inbox_item *item)
{
    struct task *task = LIST_OF(item, struct task, item);
    task->fn(task->arg);
    mem_free(task);
}

static ragd_status task_post(struct ragd_ctx *ctx, void (*fn)(void *arg), void *arg)
{
    if (!ctx || !fn) {
        return RAGD_E_ARG;
    }
    struct task *task = mem_calloc(1, sizeof(*task));
    if (!task) {
        return RAGD_E_NOMEM;
    }
    task->fn = fn;
    task->arg = arg;
    task->item = (struct inbox_item){.name = "plugin post", .on_post = on_posted};
    inbox_post(&task->item);
    return RAGD_OK;
}

static void on_timer(struct timer *timer)
{
    struct ragd_timer *handle = timer->arg;
    handle->running = true;
    handle->fn(handle->arg);
    handle->running = false;
    if (handle->stopped) {
        mem_free(handle);
    } else if (handle->repeat_ms) {
        timer_start(&handle->timer, handle->repeat_ms, on_timer);
    }
}

static ragd_status task_timer(struct ragd_ctx *ctx, uint64_t ms, uint64_t repeat_ms,
                              void (*fn)(void *arg), void *arg, struct ragd_timer **out)
{
    if (!ctx || !fn || !out) {
        return RAGD_E_ARG;
    }
    struct ragd_timer *handle = mem_calloc(1, sizeof(*handle));
    if (!handle) {
        return RAGD_E_NOMEM;
    }
    handle->repeat_ms = repeat_ms;
    handle->fn = fn;
    handle->arg = arg;
    handle->timer = (struct timer){.name = "plugin timer", .arg = handle};
    timer_start(&handle->timer, ms, on_timer);
    *out = handle;
    return RAGD_OK;
}

static void task_timer_stop(struct ragd_timer *handle)
{
    if (!handle) {
        return;
    }
    timer_stop(&handle->timer);
    handle->stopped = true;
    if (!handle->running) {
        mem_free(handle);
    }
}

static ragd_status task_wait_ms(struct ragd_call *call, uint32_t ms)
{
    if (!call) {
        return RAGD_E_ARG;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&call->lock);
    while (attempt_state(call) == 0 &&
           pthread_cond_timedwait(&call->wake, &call->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&call->lock);
    return attempt_state(call);
}

const struct ragd_task_svc TASK_SERVICE = {
    .struct_size = sizeof(TASK_SERVICE),
    .work = task_work,
    .post = task_post,
    .timer = task_timer,
    .timer_stop = task_timer_stop,
    .wait_ms = task_wait_ms,
};
