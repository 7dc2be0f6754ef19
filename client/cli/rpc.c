/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc.h"

#include <stdlib.h>

#include "build_info.h"
#include "fail.h"
#include "pool.h"
#include "spawn.h"

/* More than a ragd is likely to be told to take: its limits.message counts. */
enum { MESSAGE_BYTES_MAX = 64 << 20 };

static void *pool_take(void *data, size_t n)
{
    (void)data;
    return pool_alloc(n);
}

static void pool_leave(void *data, void *p)
{
    (void)data;
    (void)p;
}

/* Unpacks into the pool. */
static ProtobufCAllocator in_pool = {pool_take, pool_leave, NULL};

static uint8_t *pack(const ProtobufCMessage *message, size_t *n)
{
    *n = protobuf_c_message_get_packed_size(message);
    uint8_t *body = must_alloc(*n);
    protobuf_c_message_pack(message, body);
    return body;
}

int rpc_connect(struct rpc *rpc)
{
    const struct cli *cli = rpc->cli;
    struct ragc_options options = {
        .url = rpc->endpoint.url,
        .client = "rag " BUILD_VERSION,
        .timeout_ms = cli->given.timeout_ms < INT32_MAX ? (int)cli->given.timeout_ms : 0,
        .max_message = MESSAGE_BYTES_MAX,
        .token = rpc->endpoint.path ? NULL : endpoint_token(),
    };
    struct ragc_error error;
    if (ragc_connect(&options, &rpc->conn, &error)) {
        return endpoint_fail(cli, &rpc->endpoint, &error);
    }
    if (cli->given.verbose) {
        note(cli, "rag: %s at %s (%s)", ragc_server(rpc->conn)->version,
             rpc->endpoint.path ? rpc->endpoint.path : rpc->endpoint.url,
             rpc->endpoint.origin);
    }
    return EXIT_DONE;
}

int rpc_open(struct rpc *rpc, const struct cli *cli, bool start)
{
    *rpc = (struct rpc){.cli = cli};
    endpoint_find(cli, &rpc->endpoint);
    if (rpc->endpoint.none && start && !cli->given.no_start) {
        pid_t pid;
        int rc = spawn_daemon(cli, rpc->endpoint.path, &pid);
        if (rc) {
            return rc;
        }
        rpc->endpoint.none = false;
    }
    return rpc_connect(rpc);
}

void rpc_close(struct rpc *rpc)
{
    ragc_close(rpc->conn);
    rpc->conn = NULL;
}

static int fail_decode(const struct cli *cli)
{
    return fail(cli, &(struct failure){.exit = EXIT_CONFLICT,
                                       .code = "protocol_version",
                                       .message = "ragd's answer does not decode",
                                       .why = "rag and ragd are of different versions",
                                       .hint = "rag version"});
}

/* A connection lost in the middle is told with its place, as is one that tcp lets
 * nobody use without a token. */
static int fail_request(const struct rpc *rpc, const struct ragc_error *error)
{
    struct ragc_error place = *error;
    if (error->status == RAGC_UNAUTHENTICATED && !rpc->endpoint.path) {
        place.fault = RAGC_FAULT_PERMISSION;
    }
    return place.fault == RAGC_FAULT_LOST || place.fault == RAGC_FAULT_TIMEOUT ||
                   place.fault == RAGC_FAULT_PERMISSION
               ? endpoint_fail(rpc->cli, &rpc->endpoint, &place)
               : fail_call(rpc->cli, error);
}

int rpc_call(struct rpc *rpc, const char *method, const ProtobufCMessage *request,
             const ProtobufCMessageDescriptor *type, void *reply)
{
    size_t n, answer_bytes;
    uint8_t *body = pack(request, &n), *answer = NULL;
    struct ragc_request call = {.method = method,
                                .body = body,
                                .body_bytes = n,
                                .timeout_ms = rpc->cli->given.timeout_ms};
    struct ragc_error error;
    int rc = ragc_unary(rpc->conn, &call, &answer, &answer_bytes, &error);
    free(body);
    if (rc) {
        return fail_request(rpc, &error);
    }
    void *unpacked = protobuf_c_message_unpack(type, &in_pool, answer_bytes, answer);
    free(answer);
    if (!unpacked) {
        return fail_decode(rpc->cli);
    }
    *(void **)reply = unpacked;
    return EXIT_DONE;
}

int stream_open(struct stream *stream, struct rpc *rpc, const char *method,
                const ProtobufCMessage *request, const ProtobufCMessageDescriptor *type,
                bool detach)
{
    *stream = (struct stream){.rpc = rpc, .type = type};
    size_t n;
    uint8_t *body = pack(request, &n);
    struct ragc_request call = {.method = method,
                                .body = body,
                                .body_bytes = n,
                                .timeout_ms = rpc->cli->given.timeout_ms,
                                .detach = detach};
    int rc = ragc_start(rpc->conn, &call, &stream->call, &stream->error);
    free(body);
    return rc ? fail_request(rpc, &stream->error) : EXIT_DONE;
}

static void free_current(struct stream *stream)
{
    if (stream->current) {
        protobuf_c_message_free_unpacked(stream->current, NULL);
        stream->current = NULL;
    }
}

int stream_next(struct stream *stream, int timeout_ms, void *message)
{
    free_current(stream);
    const uint8_t *body;
    size_t n;
    int rc = ragc_recv(stream->call, timeout_ms, &body, &n, &stream->error);
    if (rc != RAGC_MESSAGE) {
        return rc;
    }
    stream->current = protobuf_c_message_unpack(stream->type, NULL, n, body);
    if (!stream->current) {
        stream->error = (struct ragc_error){.status = RAGC_INTERNAL};
        return -RAGC_INTERNAL;
    }
    *(void **)message = stream->current;
    return STREAM_MESSAGE;
}

int stream_send(struct stream *stream, const ProtobufCMessage *message, int flags,
                int timeout_ms)
{
    if (!message) {
        return ragc_send(stream->call, NULL, 0, flags, timeout_ms);
    }
    size_t n;
    uint8_t *body = pack(message, &n);
    int rc = ragc_send(stream->call, body, n, flags, timeout_ms);
    free(body);
    return rc;
}

void stream_close(struct stream *stream)
{
    free_current(stream);
    ragc_release(stream->call);
    stream->call = NULL;
}

int stream_fail(const struct stream *stream)
{
    if (stream->error.status == RAGC_INTERNAL && !stream->error.message[0]) {
        return fail_decode(stream->rpc->cli);
    }
    return fail_request(stream->rpc, &stream->error);
}
