/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Operations: what stands behind a struct call between start and done.
 *
 * An operation waits for its instance to be ready, for its turn (gates), and
 * then makes attempts: each is one call of a plugin's function with a struct
 * ragd_call of its own, which outlives the operation when the plugin does not
 * let go of it. So what a plugin sees is a copy that belongs to the attempt,
 * and what it answers becomes the caller's only when it was checked.
 */
#ifndef PLUGIN_OP_H
#define PLUGIN_OP_H

#include <stdatomic.h>

#include "core/list.h"
#include "loop/timer.h"
#include "loop/workers.h"
#include "plugin/call.h"

/* Lets at most limit operations through at a time, the others wait in order. */
struct gate {
    unsigned limit, running;
    struct list waiting;
};

/* Empty; limit is at least 1. */
void gate_init(struct gate *gate, unsigned limit);

enum {
    /* Not a plugin's work but our own: it may touch the request, is never
     * given up, and its error is taken as it is. */
    OP_OWN = 1,
    /* On a worker, whatever the plugin says about its other operations. */
    OP_ON_WORKER = 2,
    /* Never retried. */
    OP_ONCE = 4,
    /* Makes or ends the instance: it need not be ready. */
    OP_UNREADY = 8,
    /* Gives something back: also while everything closes; waits for a stuck
     * instance to come back. */
    OP_GIVES_BACK = 16,
    /* A function that any thread may call at any time: on a worker of the
     * kind's lane, beside whatever else its instance does. */
    OP_BESIDE = 32,
};

/* One kind of operation. Static. */
struct op_kind {
    const char *function; /* "embed": for messages */
    unsigned flags;       /* OP_* */
    enum lane lane;       /* of OP_OWN and OP_BESIDE */
    size_t args_bytes;    /* of the attempt's args, zeroed */
    /* Copies into the attempt what the plugin is to see. [exec] */
    int (*prepare)(struct ragd_call *call, struct err *err);
    /* Calls the plugin. [exec] */
    ragd_status (*invoke)(struct ragd_call *call);
    /* Checks what it answered; runs after success only. May be NULL. [exec] */
    int (*check)(struct ragd_call *call, struct err *err);
    /* Gives the results to the request: 0; RAGD_AGAIN for another step of the
     * same operation; or a negative status. NULL = nothing to give. [loop] */
    int (*settle)(struct ragd_call *call, struct err *err);
    /* What the attempt holds beside its arenas. May be NULL. [any] */
    void (*drop)(struct ragd_call *call);
    /* A success nobody waits for any more (the request was answered). [loop] */
    void (*orphan)(struct ragd_call *call);
    /* How the last attempt went; err is filled when it failed. May be NULL. [loop] */
    void (*ended)(struct instance *instance, int status, const struct err *err);
};

/* What an operation is done with. */
struct op_target {
    struct instance *instance; /* NULL = OP_OWN */
    struct gate *serial;       /* held through all attempts; NULL = none */
    uint64_t time_ms;          /* most it may take, 0 = the call's deadline alone */
    /* Further ones that it waits for until they are ready or have failed. */
    struct instance *const *others;
    size_t n_others;
};

/* Queues an operation for the call; kind lives for ever, target is copied. done
 * comes exactly once, on a later turn, also when it could not be queued. */
void op_start(struct call *call, const struct op_kind *kind,
              const struct op_target *target);
/* Completes later without doing anything: 0 or err's status. */
void op_answer(struct call *call, const struct err *err);
/* Completes later, after so long. */
void op_delay(struct call *call, uint64_t delay_ms);
/* Completes as soon as the instance is ready, or with the reason it is not. */
void op_await(struct call *call, struct instance *instance);

/* The caller's wish, and what the deadline does. */
void op_stop(struct call_op *op, int reason);
bool op_stopped(const struct call_op *op); /* [any] */

/* Those that wait at a gate for an instance that takes no more. */
void gate_refuse(struct gate *gate, const struct instance *instance);
/* An instance changed its state: those that wait for it go on. */
void ops_wake(struct list *waiting);
/* A gate may have room. */
void gate_pump(struct gate *gate);

/* The attempt at work, NULL between attempts. [loop] */
struct ragd_call *op_attempt(struct call_op *op);
/* For settle, before it returns RAGD_AGAIN: the next step is of this kind. */
void op_next(struct call_op *op, const struct op_kind *kind);
/* The same with another instance, a ready one (NULL = OP_OWN); from now on it may
 * take so long at most, 0 = the call's deadline alone. */
void op_next_of(struct call_op *op, const struct op_kind *kind, struct instance *instance,
                uint64_t time_ms);
/* For settle: lets the next one of target.serial in, which may then go away. */
void op_leave_serial(struct call_op *op);
/* Memory of all steps of an operation: what settle puts there becomes the
 * call's arena, and the last attempt's results do not. [loop] */
struct arena *op_keep(struct call_op *op);

/* For attempts: this one has ended. */
void op_attempt_done(struct call_op *op, struct ragd_call *call);
void op_progress(struct call_op *op, uint64_t done, uint64_t total);

/* Once; seed of the waiting times between attempts. */
void ops_init(uint64_t seed);
/* New operations are refused, open ones stopped; idle runs when none is left. */
void ops_close(void (*idle)(void));

#endif
