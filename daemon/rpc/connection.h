/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One accepted byte stream: SP framing, the queue to the peer, and the timers
 * that end a connection whose peer is silent or does not read.
 * Thread: [loop].
 */
#ifndef RPC_CONNECTION_H
#define RPC_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/list.h"
#include "loop/stream.h"

struct rpc;
struct connection;

/* Takes the stream; without memory it is closed. refused: told that there are
 * too many, then closed. */
void connection_open_take(struct rpc *rpc, struct stream *stream, bool refused);
/* Its place in rpc->connections, and back. */
struct connection *connection_of(struct list *node);
uint32_t connection_uid(const struct connection *connection);
struct session *connection_session(const struct connection *connection);
/* The time for idle connections has become shorter. */
void connection_hurry(struct connection *connection);
/* At once. */
void connection_close(struct connection *connection);

#endif
