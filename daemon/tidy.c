/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: the last work item ends, QUIET_MS pass without another one, a
 * worker returns the memory. One timer a burst of work, none when idle.
 * failure modes: none; what cannot be returned stays.
 * on close: the timer stops; a trim under way is a work item like others.
 */
#include "tidy.h"

#include <stdbool.h>

#include "core/mem.h"
#include "loop/timer.h"
#include "loop/workers.h"

enum {
    QUIET_MS = 1000,
    KEEP_BYTES = 4 << 20, /* unused memory that is not worth the work */
};

static struct {
    struct timer timer;
    struct work work;
    bool trimming;
    uint64_t finished; /* items when the last trim or timer began */
} tidy;

static uint64_t finished_items(void)
{
    return workers_finished(LANE_CPU) + workers_finished(LANE_IO);
}

static void do_trim(struct work *work)
{
    (void)work;
    mem_trim(KEEP_BYTES);
}

/* Counts the trim itself as seen: it must not lead to another one. */
static void on_trimmed(struct work *work, int status)
{
    (void)work;
    (void)status;
    tidy.trimming = false;
    tidy.finished = finished_items();
}

static void on_due(struct timer *timer)
{
    if (workers_pending() || finished_items() != tidy.finished) {
        tidy.finished = finished_items(); /* not quiet yet */
        timer_start(timer, QUIET_MS, on_due);
        return;
    }
    tidy.trimming = true;
    workers_submit(&tidy.work, LANE_CPU);
}

static void on_quiet(void)
{
    if (!tidy.trimming && !timer_active(&tidy.timer) && finished_items() != tidy.finished) {
        tidy.finished = finished_items();
        timer_start(&tidy.timer, QUIET_MS, on_due);
    }
}

void tidy_start(void)
{
    tidy.timer = (struct timer){.name = "tidy"};
    tidy.work = (struct work){.name = "tidy", .do_work = do_trim, .on_done = on_trimmed};
    tidy.trimming = false;
    tidy.finished = finished_items();
    workers_watch(on_quiet);
}

void tidy_stop(void)
{
    timer_stop(&tidy.timer);
    workers_watch(NULL);
}
