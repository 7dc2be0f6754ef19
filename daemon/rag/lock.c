/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/lock.h"

#include <string.h>

static struct source_lock *first_of(struct list *locks, struct ragd_str source)
{
    LIST_EACH(locks, node)
    {
        struct source_lock *lock = LIST_OF(node, struct source_lock, link);
        if (lock->source.n == source.n && memcmp(lock->source.p, source.p, source.n) == 0) {
            return lock;
        }
    }
    return NULL;
}

bool lock_acquire(struct list *locks, struct source_lock *lock, struct ragd_str source)
{
    lock->held = !first_of(locks, source);
    lock->source = source;
    list_push(locks, &lock->link);
    return lock->held;
}

void lock_release(struct list *locks, struct source_lock *lock)
{
    if (!lock->link.next) {
        return;
    }
    list_remove(&lock->link);
    lock->link.next = lock->link.prev = NULL;
    /* The list is in order of arrival: the first that is left is next. */
    struct source_lock *next = lock->held ? first_of(locks, lock->source) : NULL;
    lock->held = false;
    if (next) {
        next->held = true;
        next->granted(next);
    }
}
