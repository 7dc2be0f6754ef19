/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A run: the private half of an operation, a state machine that is driven.
 *
 * Each operation has a table of states with the moves that are legal, and one
 * step function, a switch over the state. A step looks at what has come, then
 * either waits for one thing (run_wait, run_sub, run_commit, run_idle) or ends
 * the run (run_end, run_fail); it is entered again, later, when that thing is
 * there. A cancelled run ends at its next step, unless its state is marked
 * final: what is being made durable is not given up half-way.
 *
 * happy path: run_begin, step ... step, run_end, which frees the run and calls
 * the operation's done.
 * failure modes: a call that fails ends the run with its error, unless it was
 * waited for with run_try; without memory run_begin completes with ERR_NOMEM.
 * on close: nothing is left running; whoever holds a run holds an operation.
 *
 * Thread: [loop].
 */
#ifndef RAG_RUN_H
#define RAG_RUN_H

#include "core/list.h"
#include "plugin/call_store.h"
#include "rag/commit.h"
#include "rag/operation.h"

struct collection;

enum { RUN_FINAL = 1 }; /* flags of a state: not cancelled in it */

struct run_state {
    const char *name;
    uint32_t next; /* bits of the states that may follow */
    uint32_t flags;
};

#define RUN_NEXT(state) (1u << (state))

/* What others may know of a run that is a job. */
struct run_job {
    uint64_t id;
    const char *kind;
    uint64_t done, total;
    int64_t started_ms;
};

struct run_conf {
    const char *name;
    size_t size; /* of the struct whose first member is the run */
    const struct run_state *states;
    void (*step)(struct run *run);
    /* All may be NULL. */
    /* Ends it in failure where more than run_fail is to be done: cancelled, or
     * a call that was waited for failed. */
    void (*fail)(struct run *run, const struct err *err);
    void (*cancel)(struct run *run);         /* beside cancelling what it waits for */
    void (*pause)(struct run *run, bool on); /* beside the sub-operation */
    void (*drain)(struct run *run);          /* the engine is to stop: take no more */
    void (*release)(struct run *run);        /* frees what it holds, nothing runs */
};

struct run {
    struct list link; /* among the engine's runs */
    struct operation *op;
    const struct run_conf *conf;
    struct engine *engine;
    struct collection *coll;   /* a reference, or NULL */
    struct view *view;         /* closed at the end, or NULL */
    struct call_view *opening; /* becomes view, whatever else happens */
    struct call *call;         /* what it waits for: this */
    struct operation *sub;     /* or this */
    struct commit_wait commit; /* or this */
    struct run_job *job;       /* told about by jobs, or NULL */
    struct err cause;          /* why it was cancelled, if not by its caller */
    int state;
    bool is_sub, cancelled, paused, held, trying;
    bool closed; /* over, but a kick that was begun must come first */
};

/* Allocates the run and schedules its first step in state 0; NULL when that
 * failed and done will come with the error. */
void *run_begin(struct operation *op, const struct run_conf *conf);
/* The same for an operation that is a part of run's: it inherits engine, owner
 * and deadline, and the run waits for it. Before the operation's own start. */
void run_sub(struct run *run, struct operation *sub);
/* The same; the step looks at its failure. */
void run_try_sub(struct run *run, struct operation *sub);

/* The same for a part beside others: its done is called as it says, and the
 * run need not wait for it. */
void run_child(struct run *run, struct operation *child, operation_done_fn done, void *arg);

/* Asserts that the move is legal. */
void run_move(struct run *run, int state);
/* The next step comes when the call is done, started by the caller right
 * after. A failure ends the run; with run_try the step looks at it. */
void run_wait(struct run *run, struct call *call);
void run_try(struct run *run, struct call *call);
/* Waits until what was applied to the run's collection is durable. */
void run_commit(struct run *run);
/* The next step comes on the next turn of the loop, if the run waits for
 * nothing else. Legal at any time, also from outside a step. */
void run_kick(struct run *run);
/* Whether events must be held back; the next step comes on resume. */
bool run_held(struct run *run);

/* Cancels the operation for a reason (copied; NULL or one without an id: none),
 * which it fails with in place of ERR_CANCELLED. */
void run_stop(struct operation *op, const struct err *why);

/* Ends with success, or with err. The run is gone after. */
void run_end(struct run *run);
void run_fail(struct run *run, const struct err *err);
/* run_fail with a plain error, or with what err_set gave. */
void run_fail_id(struct run *run, enum err_id id);

/* Takes a reference on the collection. */
void run_use(struct run *run, struct collection *coll);
/* Opens its view and waits, as run_wait and run_try. */
void run_open_view(struct run *run, struct call_view *call);
void run_try_view(struct run *run, struct call_view *call);

#endif
