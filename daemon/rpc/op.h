/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * An operation of the engine on behalf of a request.
 *
 * The operation lives in the request's arena; a stop cancels it, a request
 * that is not ready pauses it, and its completion ends the request.
 *
 * Thread: all functions [loop].
 */
#ifndef RPC_OP_H
#define RPC_OP_H

#include "rag/operation.h"
#include "rpc/request.h"
#include "rpc/services.h"

/* A zeroed struct that begins with a struct operation, made ready: its inputs
 * remain to be set. NULL after the request was ended for want of memory. */
void *op_create(struct request *request, size_t bytes, operation_done_fn done);
/* For errors of the inputs: releases it and ends the request. */
void op_reject(struct request *request, const struct err *err);

/* In callbacks and in done. */
struct request *op_request(const struct operation *op);

/* After something was sent: pauses the operation until the peer takes more. */
void op_throttle(struct operation *op);

/* In done: ends the request with the operation's error and returns 1, or
 * returns 0. */
int op_failed(struct operation *op);
/* In done: releases the operation and ends the request. answer may live in the
 * operation's arena or in scratch, which is released (NULL is legal). */
void op_end(struct operation *op, const ProtobufCMessage *answer, struct arena *scratch);

/* Ends the request for want of memory, from within a callback. */
void op_out_of_memory(struct operation *op);

/*
 * Sends n items in as few messages as the limit "piece" allows: put gets the
 * items of one message and sends it. At least one call when even_empty.
 */
struct op_batch {
    const ProtobufCMessage *const *items;
    size_t n;
    bool even_empty;
    void (*put)(struct operation *op, const struct op_batch *batch, size_t from, size_t n);
    void *arg;
};
void op_send_batches(struct operation *op, const struct op_batch *batch);

#endif
