/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/op.h"

enum { OP_ITEM_BYTES = 16 /* tag and length of an item, and what surrounds them */ };

static void on_stop(struct request *request, enum request_stop why)
{
    struct operation *op = request->state;
    if (why != STOP_LOST || !request->detach) {
        operation_cancel(op);
    }
    operation_resume(op); /* nothing is sent any more, so nothing waits */
}

static void on_ready(struct request *request)
{
    operation_resume(request->state);
}

void *op_create(struct request *request, size_t bytes, operation_done_fn done)
{
    struct operation *op = arena_alloc(&request->arena, bytes);
    if (!op) {
        request_refuse(request, ERR_NOMEM, "no memory for the call");
        return NULL;
    }
    op->engine = request->services->engine;
    op->owner = request->owner;
    op->deadline_ms = request->deadline_ms;
    op->done = done;
    op->arg = request;
    request->state = op;
    request->on_stop = on_stop;
    request->on_ready = on_ready;
    return op;
}

void op_reject(struct request *request, const struct err *err)
{
    operation_release(request->state);
    request_fail(request, err);
}

struct request *op_request(const struct operation *op)
{
    return op->arg;
}

void op_throttle(struct operation *op)
{
    if (!request_ready(op->arg)) {
        operation_pause(op);
    }
}

int op_failed(struct operation *op)
{
    if (op->status >= 0) {
        return 0;
    }
    struct err err = op->err;
    if (err.id == ERR_NONE) {
        err_set(&err, err_by_status(op->status), NULL);
    }
    op_reject(op->arg, &err);
    return 1;
}

void op_end(struct operation *op, const ProtobufCMessage *answer, struct arena *scratch)
{
    struct request *request = op->arg;
    /* The answer is packed before its memory goes; the operation itself lives
     * in the request's arena and must be released before that goes. */
    struct arena results = op->arena;
    op->arena = (struct arena){0};
    operation_release(op);
    request_end(request, answer);
    call_memory_release(&results);
    if (scratch) {
        call_memory_release(scratch);
    }
}

void op_out_of_memory(struct operation *op)
{
    struct err err = {0};
    err_set(&err, ERR_NOMEM, "no memory for the answer");
    request_give_up(op->arg, &err);
}

void op_send_batches(struct operation *op, const struct op_batch *batch)
{
    size_t limit = request_max_bytes(op->arg);
    size_t piece = (size_t)op_request(op)->services->limits->piece;
    limit = piece < limit ? piece : limit;
    size_t from = 0, bytes = 0;
    for (size_t i = 0; i < batch->n; i++) {
        size_t n = protobuf_c_message_get_packed_size(batch->items[i]) + OP_ITEM_BYTES;
        if (i > from && bytes + n > limit) {
            batch->put(op, batch, from, i - from);
            from = i;
            bytes = 0;
        }
        bytes += n;
    }
    if (from < batch->n || batch->even_empty) {
        batch->put(op, batch, from, batch->n - from);
    }
    op_throttle(op);
}
