/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A lock-free stack that producers push to and the loop takes whole, turned
 * around to restore the order; uv_async wakes the loop. uv merges wake-ups, so
 * each one drains all there is. What is posted during a drain runs in the next
 * turn: a producer that never rests cannot starve the sockets.
 */
#include "loop/inbox.h"

#include <stdatomic.h>
#include <stddef.h>

#include "loop/internal.h"
#include "loop/loop.h"

static uv_async_t wake;
static _Atomic(struct inbox_item *) top;

static struct inbox_item *reversed(struct inbox_item *item)
{
    struct inbox_item *head = NULL;
    while (item) {
        struct inbox_item *next = item->next;
        item->next = head;
        head = item;
        item = next;
    }
    return head;
}

static void on_wake(uv_async_t *handle)
{
    (void)handle;
    struct inbox_item *item = reversed(atomic_exchange(&top, NULL));
    while (item) {
        struct inbox_item *next = item->next; /* on_post may free the item */
        loop_enter(item->name);
        item->on_post(item);
        loop_leave();
        item = next;
    }
}

int inbox_open(uv_loop_t *loop)
{
    atomic_store(&top, NULL);
    return uv_async_init(loop, &wake, on_wake);
}

void inbox_close(void)
{
    if (wake.loop && !uv_is_closing((uv_handle_t *)&wake)) {
        uv_close((uv_handle_t *)&wake, NULL);
    }
}

void inbox_post(struct inbox_item *item)
{
    struct inbox_item *old = atomic_load_explicit(&top, memory_order_relaxed);
    do {
        item->next = old;
    } while (!atomic_compare_exchange_weak(&top, &old, item));
    if (!old) { /* the others will be seen by the wake-up under way */
        uv_async_send(&wake);
    }
}
