/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986) of the timers
 * themselves and one uv timer that is set to the earliest. Equal times run in
 * the order of starting.
 */
#include "loop/timer.h"

#include <stddef.h>

#include "core/clock.h"
#include "loop/internal.h"
#include "loop/loop.h"

static struct {
    uv_timer_t uv;
    struct timer *root; /* its prev points to itself */
    uint64_t order;     /* of the next start */
    uint64_t armed_ms;  /* what uv waits for, UINT64_MAX = nothing */
    int hold;           /* no arming: in timer_run_due, before open, after close */
} timers = {.armed_ms = UINT64_MAX, .hold = 1};

static int before(const struct timer *a, const struct timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

/* Joins two trees; either may be NULL. The loser becomes the first child. */
static struct timer *meld(struct timer *a, struct timer *b)
{
    if (!a || !b) {
        return a ? a : b;
    }
    if (before(b, a)) {
        struct timer *swap = a;
        a = b;
        b = swap;
    }
    b->next = a->child;
    if (b->next) {
        b->next->prev = b;
    }
    b->prev = a;
    a->child = b;
    a->next = NULL;
    return a;
}

/* The children as one tree: pairs from left to right, then back. */
static struct timer *meld_children(struct timer *child)
{
    struct timer *pairs = NULL; /* a stack, linked by prev */
    while (child) {
        struct timer *a = child, *b = child->next;
        child = b ? b->next : NULL;
        a->next = NULL;
        if (b) {
            b->next = NULL;
        }
        struct timer *pair = meld(a, b);
        pair->prev = pairs;
        pairs = pair;
    }
    struct timer *root = NULL;
    while (pairs) {
        struct timer *pair = pairs;
        pairs = pair->prev;
        root = meld(root, pair);
    }
    return root;
}

static void set_root(struct timer *root)
{
    timers.root = root;
    if (root) {
        root->next = NULL;
        root->prev = root;
    }
}

static void take_out(struct timer *timer)
{
    struct timer *rest = meld_children(timer->child);
    if (timer == timers.root) {
        set_root(rest);
    } else {
        if (timer->prev->child == timer) {
            timer->prev->child = timer->next;
        } else {
            timer->prev->next = timer->next;
        }
        if (timer->next) {
            timer->next->prev = timer->prev;
        }
        set_root(meld(timers.root, rest));
    }
    timer->child = timer->next = timer->prev = NULL;
}

static void on_uv_timer(uv_timer_t *handle)
{
    (void)handle;
    timers.armed_ms = UINT64_MAX;
    timer_run_due();
}

static void arm(void)
{
    uint64_t due = timers.root ? timers.root->due_ms : UINT64_MAX;
    if (timers.hold || due == timers.armed_ms) {
        return;
    }
    timers.armed_ms = due;
    if (due == UINT64_MAX) {
        uv_timer_stop(&timers.uv);
        return;
    }
    /* uv counts from the start of the turn, which may have been long. */
    uv_update_time(timers.uv.loop);
    uv_timer_start(&timers.uv, on_uv_timer, timer_next_ms(), 0);
}

int timers_open(uv_loop_t *loop)
{
    timers.root = NULL;
    timers.armed_ms = UINT64_MAX;
    timers.hold = 0;
    return uv_timer_init(loop, &timers.uv);
}

void timers_close(void)
{
    if (timers.uv.loop && !uv_is_closing((uv_handle_t *)&timers.uv)) {
        uv_close((uv_handle_t *)&timers.uv, NULL);
    }
    timers.hold = 1;
}

void timer_start(struct timer *timer, uint64_t delay_ms, timer_fn on_due)
{
    timer_stop(timer);
    uint64_t now = clock_mono_ms();
    timer->on_due = on_due;
    timer->due_ms = delay_ms < UINT64_MAX - 1 - now ? now + delay_ms : UINT64_MAX - 1;
    timer->order = timers.order++;
    set_root(meld(timers.root, timer));
    arm();
}

void timer_stop(struct timer *timer)
{
    if (timer->prev) {
        take_out(timer);
        arm();
    }
}

int timer_active(const struct timer *timer)
{
    return timer->prev != NULL;
}

uint64_t timer_next_ms(void)
{
    if (!timers.root) {
        return UINT64_MAX;
    }
    uint64_t now = clock_mono_ms();
    return timers.root->due_ms > now ? timers.root->due_ms - now : 0;
}

/* Timers that are started meanwhile wait for the next run, even with no delay. */
unsigned timer_run_due(void)
{
    unsigned ran = 0;
    uint64_t now = clock_mono_ms(), end = timers.order;
    int held = timers.hold;
    timers.hold = 1;
    while (timers.root && timers.root->due_ms <= now && timers.root->order < end) {
        struct timer *timer = timers.root;
        take_out(timer);
        loop_enter(timer->name);
        timer->on_due(timer);
        loop_leave();
        ran++;
    }
    timers.hold = held;
    arm();
    return ran;
}
