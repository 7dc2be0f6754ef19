/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The daemon's front: listeners, connections, and what they share.
 *
 * happy path: create, listen, state "ready", drain, destroy.
 * failure modes: a peer that misbehaves loses its connection and nobody else
 * notices; without memory a connection is closed; at a limit a call is
 * answered BUSY or LIMIT.
 * on close: drain closes the listeners, tells every peer, lets calls end
 * within the limit "stop", cancels the rest, flushes, closes, completes.
 *
 * Thread: [loop].
 */
#ifndef RPC_RPC_H
#define RPC_RPC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "core/limits.h"
#include "loop/stream.h"
#include "rpc/dispatch.h"
#include "rpc/services.h"
#include "rpc/token.h"

struct rpc;

struct rpc_settings {
    const struct limits *limits;        /* borrowed, may change on reload */
    const struct method_table *methods; /* &METHODS but in tests; borrowed */
    struct services services;           /* for the handlers; copied */
    const char *server;                 /* "ragd 0.1.0", borrowed */
    const char *boot_id;                /* borrowed */
    uint32_t uid;                       /* the daemon's own */
    bool many_users;       /* a system's daemon: collections belong to the peer's uid */
    bool limit_per_uid;    /* the limit connections_per_uid holds */
    const char *spool_dir; /* where large uploads wait; borrowed */
    struct token token;    /* what tcp peers have to show */
};

/* Strings and limits of the settings are borrowed. ERR_NOMEM. */
int rpc_create(const struct rpc_settings *settings, struct rpc **out, struct err *err);
/* Serves a bound socket, which is taken on success. */
int rpc_listen(struct rpc *rpc, int fd, enum stream_kind kind, struct err *err);
/* Static text: "starting", "ready", "degraded", "draining". */
void rpc_set_state(struct rpc *rpc, const char *state);
const char *rpc_state(const struct rpc *rpc);
/* Once; drained comes later. */
void rpc_drain(struct rpc *rpc, void (*drained)(void *arg), void *arg);
/* After drain, or when it never listened. NULL is legal. */
void rpc_destroy(struct rpc *rpc);

#endif
