/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One call, as its handler sees it.
 *
 * A handler's start function gets the request with its decoded message, may
 * set callbacks, and ends the request exactly once, now or later. Sending
 * never blocks and never fails: what credit or the connection cannot take yet
 * waits in the request, and request_ready tells the handler to pause its
 * source until on_ready. After the caller cancelled, ran out of time or went
 * away, sending does nothing; the handler still has to end the request.
 *
 * Thread: [loop].
 */
#ifndef RPC_REQUEST_H
#define RPC_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/list.h"
#include "loop/timer.h"
#include "rpc/dispatch.h"
#include "wire/sp.h"

struct rpc;
struct services;
struct session;

/* Why on_stop is called. */
enum request_stop {
    STOP_CANCELLED, /* the caller asked */
    STOP_DEADLINE,  /* its time is over */
    STOP_LOST,      /* the connection is gone, or its peer stopped reading */
};

/* A piece of an upload; whoever holds it frees it with piece_destroy. */
struct piece {
    struct list node; /* its holder's */
    struct rpc *rpc;
    size_t decoded_bytes; /* as counted in rpc */
    struct arena arena;
    const ProtobufCMessage *message; /* of method->piece */
};
void piece_destroy(struct piece *piece); /* NULL is legal */

enum { REQUEST_TRACE_BYTES = SP_HOPS_MAX * 4 };

struct request {
    /* For the handler to read. */
    const struct method *method;
    const struct services *services;
    const ProtobufCMessage *message; /* of method->call, in arena */
    struct arena arena;              /* until the request has ended */
    uint32_t owner;                  /* uid: whose collections it sees */
    bool admin;                      /* of root or the daemon's own user */
    uint64_t deadline_ms;            /* by clock_mono_ms, 0 = none */
    bool detach;                     /* losing the connection should not stop it */

    /* For the handler to set; each may be NULL. */
    void *state;
    /* End soon. Comes at most once, not after the end. */
    void (*on_stop)(struct request *request, enum request_stop why);
    /* Sending is welcome again. */
    void (*on_ready)(struct request *request);
    /* A piece within the credit that was given; the handler takes it. */
    void (*on_piece_take)(struct request *request, struct piece *piece);
    /* The caller will send no more pieces. */
    void (*on_half_close)(struct request *request);

    /* Private to request.c and session.c. */
    struct rpc *rpc;
    struct session *session; /* NULL once the connection is gone */
    struct list node;        /* in the session's calls, or the lost ones */
    struct list turn;        /* among those that wait for their turn */
    struct timer timer;      /* of the deadline */
    struct timer idle;       /* while it cannot go on without the caller */
    uint64_t call_id;
    uint64_t seq_down, seq_up; /* of the last Data each way */
    uint64_t credit_down;      /* messages the caller takes */
    uint64_t credit_up;        /* pieces we take */
    struct list outbox;        /* packed bodies that wait */
    struct buf latest;         /* packed body that a newer one may replace */
    bool has_latest;
    size_t decoded_bytes;               /* of the message, as counted in rpc */
    bool working;                       /* started, and counted among those at work */
    bool started;                       /* the handler has it */
    bool blocked;                       /* request_ready said no, on_ready is owed */
    bool half_closed;                   /* the caller's half */
    bool awaits;                        /* request_await */
    bool muted;                         /* End was sent, or nobody listens */
    bool ended;                         /* the handler is done with it */
    struct err *failure;                /* of the end that waits for the outbox, in arena */
    struct buf answer;                  /* End.body that waits */
    uint8_t trace[REQUEST_TRACE_BYTES]; /* REQ0's backtrace */
    size_t n_trace;
};

/* Sends a message down: in order, each exactly once. */
void request_send(struct request *request, const ProtobufCMessage *message);
/* Sends a message that the next of its kind replaces while it waits: progress. */
void request_send_latest(struct request *request, const ProtobufCMessage *message);
/* Whether more may be sent; false promises an on_ready (unless on_stop comes). */
bool request_ready(struct request *request);
/* Most bytes a message that is sent may have when packed. */
size_t request_max_bytes(const struct request *request);
/* Lets the caller send n more pieces. */
void request_credit(struct request *request, uint32_t n);
/* Whether nothing goes on until the caller brings something. After the limit
 * stream_idle of that the request ends with an error and on_stop comes; so it does
 * when what is sent waits that long for credit. false begins the time anew. */
void request_await(struct request *request, bool on);
/* Whether the caller can still hear us. */
bool request_heard(const struct request *request);

/* Ends it for the caller at once, from within the handler, which is told later
 * by on_stop. */
void request_give_up(struct request *request, const struct err *err);

/* Ends it: with an answer (NULL for streams), or with an error. The request is
 * gone after. */
void request_end(struct request *request, const ProtobufCMessage *answer);
void request_fail(struct request *request, const struct err *err);
/* The same with an error of the table and a text of one's own. */
void request_refuse(struct request *request, enum err_id id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
