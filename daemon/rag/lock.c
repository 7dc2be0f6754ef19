/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/lock.h"

#include <stddef.h>

int lock_acquire(struct source_locks *locks, struct source_lock *lock,
                 struct ragd_str source)
{
    struct source_lock *last = map_get(&locks->holders, source);
    int rc = last ? 0 : map_put(&locks->holders, source, lock);
    if (rc) {
        return rc;
    }
    lock->source = source;
    lock->next = NULL;
    lock->queued = true;
    lock->held = !last;
    if (last) {
        while (last->next) {
            last = last->next;
        }
        last->next = lock;
    }
    return 0;
}

/* Takes one out of the queue behind the holder. */
static void give_up_waiting(struct source_locks *locks, struct source_lock *lock)
{
    struct source_lock *before = map_get(&locks->holders, lock->source);
    while (before->next != lock) {
        before = before->next;
    }
    before->next = lock->next;
}

void lock_release(struct source_locks *locks, struct source_lock *lock)
{
    if (!lock->queued) {
        return;
    }
    struct source_lock *next = lock->held ? lock->next : NULL;
    if (next) {
        map_put(&locks->holders, lock->source, next); /* replaces, which needs no memory */
    } else if (lock->held) {
        map_del(&locks->holders, lock->source);
    } else {
        give_up_waiting(locks, lock);
    }
    lock->queued = lock->held = false;
    if (next) {
        next->held = true;
        next->granted(next);
    }
}

void locks_release(struct source_locks *locks)
{
    map_release(&locks->holders);
}
