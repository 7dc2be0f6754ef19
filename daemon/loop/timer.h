/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Timers of the loop, by the daemon's clock (core/clock.h). They are plain
 * memory: starting cannot fail, a stopped one may be freed at once.
 * Thread: [loop].
 */
#ifndef LOOP_TIMER_H
#define LOOP_TIMER_H

#include <stdint.h>

struct timer;
typedef void (*timer_fn)(struct timer *timer);

/* Zeroed is stopped. The members are the timer's own, but for name and arg. */
struct timer {
    const char *name; /* static, for the watchdog */
    timer_fn on_due;
    void *arg; /* the caller's */
    uint64_t due_ms, order;
    struct timer *child, *next, *prev; /* of the heap; prev NULL = stopped */
};

/* Runs on_due once, delay_ms from now, never within this call. A running timer
 * is started anew. name and arg must be set. on_due may free the timer. */
void timer_start(struct timer *timer, uint64_t delay_ms, timer_fn on_due);
/* No call of on_due follows. A stopped one is legal. */
void timer_stop(struct timer *timer);
int timer_active(const struct timer *timer);

/* Tests with a virtual clock: runs what is due now. Returns how many ran. */
unsigned timer_run_due(void);
/* Milliseconds until the next one is due, UINT64_MAX when there is none. */
uint64_t timer_next_ms(void);

#endif
