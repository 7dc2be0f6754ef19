/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "loop/loop.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "core/log.h"
#include "loop/internal.h"

static struct {
    uv_loop_t uv;
    int open;
    pthread_t thread;
    uint64_t callback_ns;
    const char *step; /* NULL between steps */
    uint64_t step_start_ns;
} loop;

uv_loop_t *loop_uv(void)
{
    return &loop.uv;
}

int loop_uv_status(int status)
{
    switch (status) {
    case 0: return 0;
    case UV_ENOMEM: return RAGD_E_NOMEM;
    case UV_ECANCELED: return RAGD_E_CANCELLED;
    case UV_EACCES:
    case UV_EPERM: return RAGD_E_DENIED;
    case UV_EOF:
    case UV_EPIPE:
    case UV_ECONNRESET: return RAGD_E_UNAVAILABLE;
    default: return RAGD_E_IO;
    }
}

int loop_uv_error(struct err *err, int status, const char *what)
{
    if (status >= 0) {
        return 0;
    }
    return err_errno(err, -status, "%s", what); /* uv's codes are -errno here */
}

/* What loop_init opened so far, when a later part fails. */
static int give_up(struct err *err, int status)
{
    timers_close();
    inbox_close();
    uv_run(&loop.uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop.uv);
    return loop_uv_error(err, status, "cannot start the event loop");
}

int loop_init(const struct limits *limits, struct err *err)
{
    int rc = uv_loop_init(&loop.uv);
    if (rc) {
        return loop_uv_error(err, rc, "cannot start the event loop");
    }
    signal(SIGPIPE, SIG_IGN); /* a stream whose peer is gone gets EPIPE */
    loop.thread = pthread_self();
    loop.callback_ns = limits->callback * 1000000u;
    loop.step = NULL;
    rc = inbox_open(&loop.uv);
    if (!rc) {
        rc = timers_open(&loop.uv);
    }
    if (rc) {
        return give_up(err, rc);
    }
    loop.open = 1;
    return 0;
}

void loop_run(void)
{
    uv_run(&loop.uv, UV_RUN_DEFAULT);
}

void loop_stop(void)
{
    uv_stop(&loop.uv);
}

int loop_turn(void)
{
    return uv_run(&loop.uv, UV_RUN_NOWAIT);
}

static void close_left(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle)) {
        log_warn("LOOP-HANDLE-LEFT", "a %s was still open at the end",
                 uv_handle_type_name(handle->type));
        uv_close(handle, NULL);
    }
}

void loop_release(void)
{
    if (!loop.open) {
        return;
    }
    uv_run(&loop.uv, UV_RUN_NOWAIT); /* what was posted last */
    timers_close();
    inbox_close();
    uv_run(&loop.uv, UV_RUN_NOWAIT);
    if (uv_loop_close(&loop.uv) == UV_EBUSY) {
        uv_walk(&loop.uv, close_left, NULL);
        uv_run(&loop.uv, UV_RUN_DEFAULT);
        uv_loop_close(&loop.uv);
    }
    loop.open = 0;
}

int loop_is_current(void)
{
    return loop.open && pthread_equal(loop.thread, pthread_self());
}

/* CPU time of this thread: waiting for the processor is not the step's fault. */
static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void loop_enter(const char *name)
{
    loop.step = name;
    loop.step_start_ns = cpu_ns();
}

void loop_leave(void)
{
    uint64_t spent = cpu_ns() - loop.step_start_ns;
    if (spent > loop.callback_ns) {
        log_warn("LOOP-SLOW", "%s took %.1f ms of CPU on the loop, more than %.1f",
                 loop.step, (double)spent / 1e6, (double)loop.callback_ns / 1e6);
    }
    loop.step = NULL;
}
