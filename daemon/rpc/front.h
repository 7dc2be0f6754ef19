/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the files of this folder share of struct rpc. Thread: [loop]. */
#ifndef RPC_FRONT_H
#define RPC_FRONT_H

#include "core/hash.h"
#include "core/list.h"
#include "loop/timer.h"
#include "ragd/v1/frame.pb-c.h"
#include "rpc/request.h"
#include "rpc/rpc.h"
#include "rpc/spool.h"

/* How often each has happened since the start. */
struct rpc_counters {
    uint64_t accepted;  /* connections */
    uint64_t refused;   /* over a limit of connections */
    uint64_t malformed; /* peers that broke the protocol */
    uint64_t oversize;  /* messages claimed to be over the limit */
    uint64_t busy;      /* calls refused for want of a place */
    uint64_t unread;    /* connections whose peer stopped reading */
    uint64_t idle;      /* connections closed for want of a request */
    uint64_t bad_tokens;
};

struct rpc {
    struct rpc_settings settings;
    const struct limits *limits;
    const char *state;
    bool draining;
    uint8_t schema_sha256[HASH_BYTES];
    struct list listeners;
    struct list connections;
    size_t n_connections;
    struct list lost;    /* requests whose connection is gone */
    struct list waiting; /* requests that wait for their turn */
    size_t n_waiting, n_working;
    size_t decoded_bytes;         /* memory of the messages of all open requests */
    struct request_guard *guards; /* of the handlers' functions that run now */
    struct timer turn;            /* somebody's turn has come */
    uint64_t started_ms;          /* by clock_mono_ms */
    struct spool_pool spools;
    struct list watchers; /* of the state, see handle_health.c */
    struct rpc_counters counters;
    uint64_t complained_ms; /* when a stranger was last logged */
    uint64_t hushed;        /* strangers not logged since */
    struct timer timer;     /* of the drain */
    bool hurried;           /* the drain's time is over, calls are cancelled */
    void (*drained)(void *arg);
    void *drained_arg;
};

/* Whether most connections are taken, so that idle ones are closed earlier. */
bool rpc_scarce(const struct rpc *rpc);
/* Logs a peer that broke the protocol; not more often than every 10 s. */
void rpc_complain(struct rpc *rpc, const char *peer, const struct err *err);
/* Something ended: the drain may be over. */
void rpc_settle(struct rpc *rpc);

/* Around a call of a handler's function, which may end its request: afterwards
 * request is NULL when it is gone. */
struct request_guard {
    struct request *request;
    struct request_guard *outer;
};
void request_guard_enter(struct request_guard *guard, struct request *request);
void request_guard_leave(struct rpc *rpc, struct request_guard *guard);

/* A call as it came: for request_admit. */
struct call_in {
    struct session *session;
    const struct method *method;
    const Ragd__V1__Call *call;
    uint64_t call_id;
    struct ragd_bytes trace;
    uint32_t owner;
    bool admin;
};

/* Decodes the call and starts it, or lets it wait for its turn. On failure the
 * call was not admitted and err is what to tell the peer. */
int request_admit(struct rpc *rpc, const struct call_in *in, struct err *err);
/* Lets those go that have waited, as far as there is room. Comes by a timer, so
 * that no list changes under the hands of who ended a request. */
void request_next_turn(struct timer *timer);
/* Sends what waits, as far as credit and the connection allow. */
void request_pump(struct request *request);
/* Ends it for the peer at once, with the error that fits why; the handler is
 * told. */
void request_stop(struct request *request, enum request_stop why);
/* The same with an error of one's own. */
void request_reject(struct request *request, const struct err *err);
void request_on_data(struct request *request, const Ragd__V1__Data *data);
void request_on_credit(struct request *request, uint32_t n);
/* Whether it goes on only when the peer does something. */
bool request_waits_for_peer(const struct request *request);

/* Tells the watchers of the state. */
void health_notify(struct rpc *rpc);

#endif
