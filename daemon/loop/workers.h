/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Worker threads in bounded lanes: CPU for computing, IO for what waits.
 *
 * A work item is embedded in the caller's struct. Submitting returns nothing;
 * on_done comes exactly once, later, on the loop. Threads start when there is
 * work for them and sleep without waking up when there is none.
 */
#ifndef LOOP_WORKERS_H
#define LOOP_WORKERS_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/limits.h"
#include "core/list.h"
#include "loop/inbox.h"

enum lane { LANE_CPU, LANE_IO, LANES };

struct work {
    const char *name;                   /* static, for the watchdog */
    void (*do_work)(struct work *work); /* [worker] */
    /* status: 0 = do_work ran; RAGD_E_CANCELLED, RAGD_E_RATE (the lane's queue
     * was full) or RAGD_E_NOMEM (no thread could be started) = it did not. May
     * free or submit the item. [loop] */
    void (*on_done)(struct work *work, int status);

    /* Private. */
    struct list node;
    struct inbox_item item;
    atomic_int state;
    int status;
    enum lane lane;
};

/* Once, on the loop's thread, after loop_init. Starts no thread. */
void workers_init(const struct limits *limits);

/* How many items of a lane run at once. [any] */
unsigned workers_threads(enum lane lane);

/* name, do_work and on_done are set; the rest of a finished or zeroed item may
 * hold anything. [loop] */
void workers_submit(struct work *work, enum lane lane);
/* A queued item completes (later) with RAGD_E_CANCELLED; a running one goes on,
 * it has its own ways to be told; others are left alone. [loop] */
void workers_cancel(struct work *work);

/* on_quiet runs each time when an item has completed and no other is open;
 * NULL = not wanted. [loop] */
void workers_watch(void (*on_quiet)(void));

/* Items queued or running, and items finished since the start. [any] */
uint64_t workers_pending(void);
uint64_t workers_finished(enum lane lane);

/* From now on queued and new items complete with RAGD_E_CANCELLED. [loop] */
void workers_stop(void);
/* After workers_stop: waits for the threads, at most so long. Returns how many
 * are still stuck in their work; then the process can only be left by _exit. */
unsigned workers_join(uint64_t wait_ms);

#endif
