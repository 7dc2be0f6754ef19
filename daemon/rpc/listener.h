/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Listening sockets, and how many connections are let in. Thread: [loop]. */
#ifndef RPC_LISTENER_H
#define RPC_LISTENER_H

#include "core/err.h"
#include "loop/stream.h"

struct rpc;

/* Takes fd on success. */
int rpc_listener_open(struct rpc *rpc, int fd, enum stream_kind kind, struct err *err);
/* All of them; they are gone from rpc->listeners later. */
void rpc_listeners_close(struct rpc *rpc);

#endif
