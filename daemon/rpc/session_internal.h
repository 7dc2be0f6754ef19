/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the files of a session share.
 *
 * Thread: [loop].
 */
#ifndef RPC_SESSION_INTERNAL_H
#define RPC_SESSION_INTERNAL_H

#include "rpc/session.h"

#define NO_TRACE ((struct ragd_bytes){0}) /* of all peers but REQ0's */

/* Sending (session_send.c). */
void session_send(struct session *session, struct ragd_bytes trace,
                  const Ragd__V1__Frame *frame);
void session_send_go_away(struct session *session, const struct err *err,
                          uint64_t drain_ms);
/* The end of a call that did not become a request. */
void session_refuse_call(struct session *session, uint64_t call_id, struct ragd_bytes trace,
                         const struct err *err);
/* Sends what is queued; nothing is taken any more. */
void session_finish(struct session *session);
/* The peer broke the protocol: it is told, and that is all. */
void session_abort(struct session *session, const struct err *err);

/* The beginning (session_hello.c). */
void session_on_first_frame(struct session *session, const Ragd__V1__Frame *frame);
void session_on_ping(struct session *session, const Ragd__V1__Ping *ping);
/* One connection of a user too many is told so. */
int session_check_place(const struct session *session, struct err *err);
/* In a daemon of one user, nobody else is served, but for root. */
int session_check_user(const struct session *session, struct err *err);

#endif
