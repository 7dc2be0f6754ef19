/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The conversation with one peer: Hello, calls, credits, pings, GoAway.
 *
 * A session knows frames, not bytes: its connection hands it whole messages
 * and takes frames from it through struct session_link. Nothing here calls
 * back into the session from inside a link's function.
 * Thread: [loop].
 */
#ifndef RPC_SESSION_H
#define RPC_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "core/list.h"
#include "loop/timer.h"
#include "ragd/v1/frame.pb-c.h"
#include "rpc/request.h"

enum {
    SESSION_MAJOR = 1, /* of the protocol; another one is refused */
    SESSION_MINOR = 0,
    SESSION_CREDIT_DEFAULT = 32,
    SESSION_PINGS_MISSED_MAX = 3,
    SESSION_MESSAGE_BYTES_MIN = 4096, /* least that a peer must accept: an error fits */
};

/* What a session wants of its connection. */
struct session_link {
    /* Queues a frame. Without memory the connection ends, later. trace is
     * empty but for REQ0 peers. */
    void (*send)(void *arg, struct ragd_bytes trace, const Ragd__V1__Frame *frame);
    /* Bytes that wait for the peer. */
    size_t (*queued)(void *arg);
    /* Sends what is queued, then closes; session_lost comes later. */
    void (*finish)(void *arg);
    void *arg;
};

struct session_peer {
    bool remote;      /* tcp: has to show a token, gets pings */
    bool requests;    /* a REQ0 peer: calls without Hello */
    bool refused;     /* one too many: told so, then closed */
    uint32_t uid;     /* of a local peer */
    const char *name; /* for the log; borrowed */
};

enum session_state {
    SESSION_NEW, /* before Hello */
    SESSION_OPEN,
    SESSION_LEAVING, /* GoAway was sent, open calls may end */
    SESSION_OVER,    /* nothing is taken any more */
};

struct session {
    struct rpc *rpc;
    struct session_link link;
    struct session_peer peer;
    enum session_state state;
    bool known; /* uid is of a known user */
    uint32_t uid;
    uint64_t max_message; /* bytes the peer accepts */
    uint64_t last_call_id;
    struct list calls;
    size_t n_calls;
    struct timer ping; /* or the penalty for a wrong token */
    unsigned missed;   /* pings without an answer */
};

/* NULL without memory. */
struct session *session_create(struct rpc *rpc, struct session_link link,
                               const struct session_peer *peer);
/* One message of the connection, borrowed. */
void session_message(struct session *session, struct ragd_bytes message);
/* The connection took bytes: streams that waited go on. */
void session_writable(struct session *session);
/* No new calls; says so. The connection ends when the last call has. */
void session_leave(struct session *session, enum err_id id, const char *text,
                   uint64_t drain_ms);
/* Ends all open calls with an error. */
void session_cancel_calls(struct session *session, enum request_stop why);
/* Whether it has introduced itself. */
bool session_greeted(const struct session *session);
/* Whether nothing goes on but what the peer would have to do next. */
bool session_waits_for_peer(const struct session *session);
/* The connection is gone: frees the session; its calls are told. */
void session_lost(struct session *session);

/* For request.c. */
void session_send_data(struct session *session, struct request *request,
                       struct ragd_bytes body);
void session_send_credit(struct session *session, struct request *request, uint32_t n);
void session_send_end(struct session *session, struct request *request,
                      struct ragd_bytes body, const struct err *err);
bool session_clogged(const struct session *session);
/* The request leaves the session's table. */
void session_forget(struct session *session, struct request *request);

#endif
