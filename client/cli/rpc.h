/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Typed calls. Errors are told to the user here; the functions return the exit
 * code then.
 */
#ifndef CLI_RPC_H
#define CLI_RPC_H

#include <protobuf-c/protobuf-c.h>

#include "cli.h"
#include "endpoint.h"
#include "ragclient.h"

struct rpc {
    const struct cli *cli;
    struct endpoint endpoint;
    struct ragc *conn;
};

/* Connects; starts a daemon of the user's own when none is there and `start`
 * allows it. */
int rpc_open(struct rpc *rpc, const struct cli *cli, bool start);
/* Connects to the endpoint that rpc holds, and only there. */
int rpc_connect(struct rpc *rpc);
void rpc_close(struct rpc *rpc);

/* Unary. *reply lives in the pool. */
int rpc_call(struct rpc *rpc, const char *method, const ProtobufCMessage *request,
             const ProtobufCMessageDescriptor *type, void *reply);

struct stream {
    struct rpc *rpc;
    struct ragc_call *call;
    const ProtobufCMessageDescriptor *type;
    ProtobufCMessage *current; /* freed by the next stream_next() */
    struct ragc_error error;   /* when stream_next() failed */
};

enum { STREAM_END = 0, STREAM_MESSAGE = 1, STREAM_NOTHING = 2 };

/* method's body and the type of its answers. detach: see ragclient.h. */
int stream_open(struct stream *stream, struct rpc *rpc, const char *method,
                const ProtobufCMessage *request, const ProtobufCMessageDescriptor *type,
                bool detach);
/* *message is borrowed until the next call. STREAM_..., or negative: failed,
 * stream->error says why and nothing was told yet. */
int stream_next(struct stream *stream, int timeout_ms, void *message);
/* Sends upwards; as ragc_send(). */
int stream_send(struct stream *stream, const ProtobufCMessage *message, int flags,
                int timeout_ms);
void stream_close(struct stream *stream);
/* Tells the stream's error; the exit code. */
int stream_fail(const struct stream *stream);

#endif
