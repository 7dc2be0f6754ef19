/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * An operation's inside, for op.c, op_start.c and gate.c.
 *
 * Thread: [loop], but for what op.h marks [any].
 */
#ifndef PLUGIN_OP_INTERNAL_H
#define PLUGIN_OP_INTERNAL_H

#include "plugin/op.h"

enum op_state {
    OP_NEW,
    OP_INSTANCE,
    OP_SERIAL,
    OP_GATE,
    OP_ATTEMPT,
    OP_BACKOFF,
    OP_END,
};

struct call_op {
    struct call *call;
    const struct op_kind *kind; /* NULL = only waits */
    struct op_target target;
    enum op_state state;
    atomic_int stop;           /* 0, RAGD_E_CANCELLED or RAGD_E_DEADLINE */
    uint64_t deadline_ms;      /* 0 = none */
    struct ragd_call *attempt; /* in ATTEMPT */
    bool in_serial;            /* holds a place in target.serial */
    struct list wait;          /* instance's or a gate's list */
    struct list all;
    struct timer deadline, delay; /* delay: backoff, then grace */
    struct inbox_item later;
    struct arena arena; /* results */
    bool keeps;         /* arena is in use */
    struct err err;
    int status;
};

/* Along the diagram in op.c; anything else is our bug. */
void op_move(struct call_op *op, enum op_state state);
/* Goes on from where it is. */
void op_step(struct call_op *op);
/* To END; done comes on a later turn. */
void op_end_later(struct call_op *op, int status);

/* From END, or straight to it: tells the caller. The operation is gone after. */
void op_finish(struct call_op *op);
/* The timer, as the call and target.time_ms say, from now on. */
void op_arm_deadline(struct call_op *op);
/* Among all that are open. */
void ops_add(struct call_op *op);

/* Whether it may pass now; else it waits. */
bool gate_enter(struct gate *gate, struct call_op *op);
void gate_leave(struct gate *gate);

#endif
