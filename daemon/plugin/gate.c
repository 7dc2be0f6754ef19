/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Gates: how many operations run at once. A plugin has one when it wants to
 * run alone, else each of its instances has; a collection has one for applies,
 * and the choosing of loaders has one.
 * Whoever comes first passes first; nobody overtakes those that wait.
 */
#include "plugin/instance.h"
#include "plugin/op_internal.h"

void gate_init(struct gate *gate, unsigned limit)
{
    gate->limit = limit;
    gate->running = 0;
    list_init(&gate->waiting);
}

bool gate_enter(struct gate *gate, struct call_op *op)
{
    if (gate->running < gate->limit && list_empty(&gate->waiting)) {
        gate->running++;
        return true;
    }
    list_push(&gate->waiting, &op->wait);
    return false;
}

void gate_pump(struct gate *gate)
{
    while (gate->running < gate->limit && !list_empty(&gate->waiting)) {
        struct call_op *op = LIST_OF(list_pop(&gate->waiting), struct call_op, wait);
        gate->running++;
        if (op->state == OP_SERIAL) {
            op->in_serial = true;
            op_move(op, OP_GATE);
        } else {
            op_move(op, OP_ATTEMPT);
        }
        op_step(op);
    }
}

void gate_leave(struct gate *gate)
{
    gate->running--;
    gate_pump(gate);
}

void gate_refuse(struct gate *gate, const struct instance *instance)
{
    LIST_EACH(&gate->waiting, node)
    {
        struct call_op *op = LIST_OF(node, struct call_op, wait);
        if (op->target.instance == instance && !(op->kind->flags & OP_GIVES_BACK)) {
            op->err = instance->problem;
            op_end_later(op, err_status(&op->err));
        }
    }
}
