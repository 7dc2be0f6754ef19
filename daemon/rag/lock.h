/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Locks of sources: two changes of one source come one after the other. */
#ifndef RAG_LOCK_H
#define RAG_LOCK_H

#include <stdbool.h>

#include <ragd/types.h>

#include "core/list.h"

struct source_lock {
    struct list link;
    struct ragd_str source; /* borrowed until released */
    bool held;
    /* Comes when a lock that was not free is, [loop], from lock_release. */
    void (*granted)(struct source_lock *lock);
};

/* True: it is held now. Else granted comes, unless lock_release does first. */
bool lock_acquire(struct list *locks, struct source_lock *lock, struct ragd_str source);
/* Of one that is held, waited for, or zeroed. */
void lock_release(struct list *locks, struct source_lock *lock);

#endif
