/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Commit: making applied changes of a collection durable, many with one flush.
 *
 * A flush starts when nobody else is about to join, when flush_sources wait,
 * or flush_wait after the first of them. Those that come while one runs wait
 * for the next.
 */
#ifndef RAG_COMMIT_H
#define RAG_COMMIT_H

#include "core/list.h"
#include "plugin/call_store.h"

struct collection;

struct commit_wait {
    struct list link;
    /* err NULL = durable. [loop], later. */
    void (*done)(struct commit_wait *wait, const struct err *err);
};

struct committer {
    struct call_flush flush;
    struct call_later timer;
    struct list waiting, flushing;
    size_t n_waiting;
    size_t writers; /* that are going to wait, or do */
};

/* Nobody waits, nothing runs. There is no release: it owns nothing then. */
void committer_init(struct committer *committer);
/* A writer that is at work, and will join or leave. */
void commit_enter(struct collection *coll);
void commit_leave(struct collection *coll);
/* Between enter and leave. */
void commit_join(struct collection *coll, struct commit_wait *wait);

#endif
