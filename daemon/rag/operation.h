/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Operations of the engine: what they have in common.
 *
 * An operation is a struct that the caller owns: zero it, fill in the inputs,
 * start it, and done comes exactly once, later, on the loop, never before the
 * start function has returned. Inputs are borrowed until done. What callbacks
 * named on_... are given is borrowed for the duration of the callback; results
 * (members under "Out") live from done until operation_release. A failed
 * operation has a negative status and err, its other results are zero unless
 * said otherwise.
 *
 * A callback may cancel, pause or resume its operation, and done may release
 * and free it. Neither may start another operation's callback at once: all of
 * them come later.
 *
 * Thread: all functions [loop].
 */
#ifndef RAG_OPERATION_H
#define RAG_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#include <ragd/record.h>

#include "core/arena.h"
#include "core/err.h"
#include "plugin/call.h"

struct engine;
struct run;
struct operation;

typedef void (*operation_done_fn)(struct operation *op);

/* First member of every operation. */
struct operation {
    /* Inputs. */
    struct engine *engine;
    uint32_t owner; /* uid: whose collections it sees */
    /* By clock_mono_ms, 0 = none: ends what it asks of plugins. The time it
     * waits for its caller (uploads, pauses) is the caller's to bound. */
    uint64_t deadline_ms;
    operation_done_fn done;
    void *arg; /* the caller's */
    /* Out. */
    int status; /* 0 or a negative RAGD_E_* */
    struct err err;
    struct arena arena; /* of the results */
    /* Private. */
    struct run *run; /* not NULL between start and done */
    struct call_later later;
};

/* Asks it to end soon; done still comes. Legal at any time. */
void operation_cancel(struct operation *op);
/* Backpressure: holds back its on_... callbacks, except those that ask for
 * more (on_want, on_room) and those of progress, which are dropped. Calls do
 * not nest; legal at any time. */
void operation_pause(struct operation *op);
void operation_resume(struct operation *op);
/* Frees the results. Not between start and done. Zeroed is legal. */
void operation_release(struct operation *op);

/* A chunk or record as it is handed out. */
struct chunk_out {
    const struct ragd_record *rec;
    struct ragd_str source; /* "" = a record without a document */
    uint32_t dim;           /* of rec->vec */
};

#endif
