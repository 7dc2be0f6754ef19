/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Whole messages over one connection: all that the library knows of nng.
 * An nng socket reconnects by itself; a link does not, its one connection
 * either lives or is lost.
 *
 * Thread: a link has one user at a time; nng has threads of its own inside.
 */
#ifndef CLIENT_LINK_H
#define CLIENT_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "ragclient_error.h"

struct link;

/* Opens within timeout_ms. url: ipc:///path, /path or tcp://host:port. */
int link_open(const char *url, size_t max_message, int timeout_ms, struct link **out,
              struct ragc_error *error);

/* Room for an outgoing message, then its sending, which always consumes it. */
int link_reserve(size_t n, void **message, uint8_t **body);
int link_send_take(struct link *link, void *message, int timeout_ms,
                   struct ragc_error *error);

/* 1 = a message to give back with link_free(), 0 = none in time. */
int link_recv(struct link *link, int timeout_ms, void **message, uint8_t **body, size_t *n,
              struct ragc_error *error);
void link_free(void *message);

/* quiet: nothing is under way. Otherwise the socket is left to the process's
 * end, because nng may block for ever closing it. NULL is legal. */
void link_close(struct link *link, int quiet);

#endif
