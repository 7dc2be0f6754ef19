/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The C client of ragd: calls over one nng PAIR0 connection.
 *
 * Bodies are protobuf messages of package ragd.v1 in bytes; this library
 * deals with connections, calls, credits, deadlines and errors.
 *
 * Thread: a connection and its calls belong to one thread at a time. Different
 * connections are independent. Nothing happens behind the caller's back: what
 * has arrived is looked at inside these functions.
 *
 * Fork: nng forbids a process that has used it to go on in a forked child.
 * After ragc_connect() only fork followed at once by exec is allowed.
 *
 * Errors: functions return 0, or a negative status (-RAGC_UNAVAILABLE, ...)
 * and then fill `error`, which may be NULL.
 */
#ifndef RAGCLIENT_H
#define RAGCLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "ragclient_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zero members take their defaults. */
struct ragc_options {
    const char *url;      /* ipc:///path, /path or tcp://host:port */
    const char *token;    /* tcp only */
    const char *client;   /* program and version, for the daemon's log */
    int timeout_ms;       /* to connect and say hello; default 5000 */
    int drain_ms;         /* for calls to end when closing; default 2000 */
    uint64_t max_message; /* bytes this side accepts; default 4 MiB */
};

struct ragc_server {
    const char *version;   /* as the daemon names itself */
    const char *boot_id;   /* another one after a restart */
    uint32_t major, minor; /* of the protocol */
    uint64_t max_message;  /* the smaller one of both sides, bytes */
    uint32_t max_calls;    /* open at the same time */
    uint32_t restarts;     /* boot_id changes seen by ragc_reconnect() */
};

struct ragc;
struct ragc_call;

/* Ownership: *out is the caller's, ragc_close() ends it. */
int ragc_connect(const struct ragc_options *options, struct ragc **out,
                 struct ragc_error *error);

/* Borrowed until ragc_reconnect() or ragc_close(). */
const struct ragc_server *ragc_server(const struct ragc *conn);

/*
 * After a lost connection: connects again. Open calls fail UNAVAILABLE and
 * are still to be released. On failure the connection stays lost.
 */
int ragc_reconnect(struct ragc *conn, struct ragc_error *error);

/*
 * Cancels and releases open calls, waits drain_ms for their ends, then
 * closes. If they do not end in time the socket stays open until the process
 * ends, because closing a busy one may block for ever. NULL is legal.
 */
void ragc_close(struct ragc *conn);

struct ragc_request {
    const char *method; /* "ragd.v1.Query/Search" */
    const void *body;
    size_t body_bytes;
    uint64_t timeout_ms; /* from the daemon's receipt; 0 = its default */
    uint32_t credit;     /* messages that may be under way; 0 = 32 */
    int detach;          /* losing the connection does not cancel it */
};

/* One question, one answer. Ownership: *body is the caller's, free() it. */
int ragc_unary(struct ragc *conn, const struct ragc_request *request, uint8_t **body,
               size_t *body_bytes, struct ragc_error *error);

/* Opens a call. Ownership: *out until ragc_release(). */
int ragc_start(struct ragc *conn, const struct ragc_request *request,
               struct ragc_call **out, struct ragc_error *error);

enum { RAGC_ENDED = 0, RAGC_MESSAGE = 1, RAGC_NOTHING = 2 };

/*
 * Next message of a stream, waiting up to timeout_ms (-1 = as long as it
 * takes). RAGC_MESSAGE: *body is borrowed until the next ragc_recv() or
 * ragc_release() of this call. RAGC_NOTHING: none in time. RAGC_ENDED: ended
 * well, *body is the answer of a unary method. Negative: ended in an error,
 * the same again when asked again.
 */
int ragc_recv(struct ragc_call *call, int timeout_ms, const uint8_t **body,
              size_t *body_bytes, struct ragc_error *error);

/* Messages the daemon takes now. */
uint32_t ragc_credit(const struct ragc_call *call);

enum { RAGC_LAST = 1 }; /* flag: nothing follows */

/*
 * Sends a message upwards. RAGC_NOTHING: no credit within timeout_ms, nothing
 * was sent. Negative: the call ended, ragc_recv() tells how (arrived messages
 * come first). With RAGC_LAST and no body only the half is closed.
 */
int ragc_send(struct ragc_call *call, const void *body, size_t body_bytes, int flags,
              int timeout_ms);

/*
 * Waits until something arrived for any call since it last said so, also
 * while another function looked. To serve several calls: ragc_recv() each with
 * a timeout of 0 until RAGC_NOTHING, then wait. 1 = it did (which may have
 * been received already), 0 = not in time, negative = the connection is lost.
 */
int ragc_wait(struct ragc *conn, int timeout_ms, struct ragc_error *error);

/* Asks the daemon to stop; the call still ends, mostly with CANCELLED. */
void ragc_cancel(struct ragc_call *call, const char *reason);

/* Cancels the call if it is open and forgets it. NULL is legal. */
void ragc_release(struct ragc_call *call);

#ifdef __cplusplus
}
#endif

#endif
