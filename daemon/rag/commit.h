/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Commit: making applied changes of a collection durable, many with one flush.
 *
 * happy path: a commit starts when nobody else is about to join, when
 * flush_sources wait, or flush_wait after the first of them. The store's
 * sequence is read in a VIEW, FLUSH makes durable what was applied, MARK keeps
 * that sequence in the daemon's own database, and those that waited are told.
 * Who comes while it runs waits for the next.
 * failure modes: a flush that fails is what they are told. Without a sequence,
 * or a mark that can be written, the change is acknowledged all the same: the
 * older mark then notices less.
 * on close: what has begun ends.
 */
#ifndef RAG_COMMIT_H
#define RAG_COMMIT_H

#include "core/list.h"
#include "plugin/call_state.h"
#include "plugin/call_store.h"

struct collection;

struct commit_wait {
    struct list link;
    /* err NULL = durable. [loop], later. */
    void (*done)(struct commit_wait *wait, const struct err *err);
};

struct committer {
    struct call_view view;
    struct call_stats stats;
    struct call_flush flush;
    struct call_watermarks mark;
    struct call_later timer;
    bool running; /* VIEW to MARK */
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
