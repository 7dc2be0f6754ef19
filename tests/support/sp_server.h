/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A small server of the wire protocol for tests of the client library: one
 * connection at a time, blocking sockets, and faults on request.
 *
 * Methods: t/Echo (unary), t/Count (body "n": n messages down under credits),
 * t/Upload (counts bytes, 4 credits at a time), t/Wait (until cancelled),
 * t/Fail (NOT_FOUND with details), t/Deaf (never ends), t/Drop (closes the
 * connection), t/Skip (a message is missing), t/Flood (ignores credits),
 * t/Away (GoAway), t/Garbage (no protobuf).
 */
#ifndef SUPPORT_SP_SERVER_H
#define SUPPORT_SP_SERVER_H

#include <stdbool.h>

struct sp_server;

/* Listens on a socket at `path` in a thread of its own. */
struct sp_server *sp_server_start(const char *path, const char *boot_id);
/* Answers Hello with GoAway of this gRPC code; 0 = with HelloAck again. */
void sp_server_refuse(struct sp_server *server, unsigned code);
/* Takes connections and says nothing. */
void sp_server_mute(struct sp_server *server, bool mute);
/* Calls that ended by Cancel. */
unsigned sp_server_cancelled(struct sp_server *server);
/* Closes all and removes the socket, unless stale: then the file stays. */
void sp_server_stop(struct sp_server *server, bool stale);

#endif
