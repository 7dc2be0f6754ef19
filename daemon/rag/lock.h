/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Locks of sources: two changes of one source come one after the other.
 *
 * Thread: all functions [loop].
 */
#ifndef RAG_LOCK_H
#define RAG_LOCK_H

#include <stdbool.h>

#include <ragd/types.h>

#include "core/map.h"

/* Those of one collection. Zeroed is legal and has none. */
struct source_locks {
    struct map holders; /* by source */
};

struct source_lock {
    struct ragd_str source;   /* borrowed until released */
    struct source_lock *next; /* waits for this one */
    bool queued, held;
    /* Comes when a lock that was not free is, from lock_release. */
    void (*granted)(struct source_lock *lock);
};

/* After 0 it is held, or granted comes, unless lock_release does first. A lock
 * that was zeroed or released. RAGD_E_NOMEM. */
int lock_acquire(struct source_locks *locks, struct source_lock *lock,
                 struct ragd_str source);
/* Of one that is held, waited for, or zeroed. */
void lock_release(struct source_locks *locks, struct source_lock *lock);
/* None may be held. */
void locks_release(struct source_locks *locks);

#endif
