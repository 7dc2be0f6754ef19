/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * How a session begins, and how it stays alive.
 *
 * happy path: Hello, its checks, HelloAck; on tcp pings from then on.
 * failure modes: another protocol or user gets GoAway at once, a wrong token
 * after the penalty; a peer that answers no pings is cut off.
 * on close: the one timer is stopped with the session's end.
 */
#include "rpc/session_internal.h"

#include "core/log.h"
#include "rpc/front.h"

/* Pings: tcp only, where a peer can vanish without a word. */

static void on_ping_due(struct timer *timer)
{
    struct session *session = timer->arg;
    if (session->missed >= SESSION_PINGS_MISSED_MAX) {
        log_debug("PEER-SILENT", "%s does not answer pings", session->peer.name);
        session_finish(session);
        return;
    }
    session->missed++;
    Ragd__V1__Ping ping = RAGD__V1__PING__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.kind_case = RAGD__V1__FRAME__KIND_PING;
    frame.ping = &ping;
    session_send(session, NO_TRACE, &frame);
    timer_start(&session->ping, session->rpc->limits->ping, on_ping_due);
}

void session_on_ping(struct session *session, const Ragd__V1__Ping *ping)
{
    Ragd__V1__Pong pong = RAGD__V1__PONG__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    pong.nonce = ping->nonce;
    frame.kind_case = RAGD__V1__FRAME__KIND_PONG;
    frame.pong = &pong;
    session_send(session, NO_TRACE, &frame);
}

/* Hello. */

static void on_penalty_over(struct timer *timer)
{
    struct session *session = timer->arg;
    struct err err = {0};
    err_set(&err, ERR_UNAUTHENTICATED, "the token is not the daemon's");
    session_send_go_away(session, &err, 0);
    session_finish(session);
}

/* The answer to a wrong token comes late, so that guessing is slow. */
static void punish(struct session *session)
{
    session->rpc->counters.bad_tokens++;
    struct err err = {0};
    err_set(&err, ERR_UNAUTHENTICATED, "a wrong token");
    rpc_complain(session->rpc, session->peer.name, &err);
    session->state = SESSION_OVER;
    timer_start(&session->ping, session->rpc->limits->penalty, on_penalty_over);
}

int session_check_place(const struct session *session, struct err *err)
{
    if (!session->peer.refused) {
        return 0;
    }
    return err_set(err, ERR_LIMIT,
                   "user %u has too many connections, limits.connections_per_uid is %llu",
                   session->uid,
                   (unsigned long long)session->rpc->limits->connections_per_uid);
}

int session_check_user(const struct session *session, struct err *err)
{
    const struct rpc_settings *settings = &session->rpc->settings;
    if (settings->many_users || session->uid == settings->uid || session->uid == 0) {
        return 0;
    }
    err_set(err, ERR_DENIED, "this ragd serves user %u alone", settings->uid);
    return err_hint(err, "start one of your own");
}

static int check_hello(struct session *session, const Ragd__V1__Frame *frame,
                       struct err *err)
{
    const Ragd__V1__Hello *hello = frame->hello;
    if (session_check_place(session, err) != 0) {
        return err_status(err);
    }
    if (hello->major != SESSION_MAJOR) {
        return err_set(err, ERR_PROTOCOL, "ragd speaks protocol %d, the client %u",
                       SESSION_MAJOR, hello->major);
    }
    if (hello->max_message != 0 && hello->max_message < SESSION_MESSAGE_BYTES_MIN) {
        return err_set(err, ERR_INVALID, "a client must accept messages of %d bytes",
                       SESSION_MESSAGE_BYTES_MIN);
    }
    return session->peer.remote ? 0 : session_check_user(session, err);
}

static void send_hello_ack(struct session *session)
{
    struct rpc *rpc = session->rpc;
    Ragd__V1__HelloAck ack = RAGD__V1__HELLO_ACK__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    ack.major = SESSION_MAJOR;
    ack.minor = SESSION_MINOR;
    ack.server = (char *)rpc->settings.server;
    ack.boot_id = (char *)rpc->settings.boot_id;
    ack.max_message = session->max_message;
    ack.max_calls = (uint32_t)rpc->limits->calls;
    ack.ping_ms = session->peer.remote ? (uint32_t)rpc->limits->ping : 0;
    ack.schema_sha256 = (ProtobufCBinaryData){HASH_BYTES, rpc->schema_sha256};
    frame.kind_case = RAGD__V1__FRAME__KIND_HELLO_ACK;
    frame.hello_ack = &ack;
    session_send(session, NO_TRACE, &frame);
}

void session_on_first_frame(struct session *session, const Ragd__V1__Frame *frame)
{
    struct err err = {0};
    if (frame->kind_case != RAGD__V1__FRAME__KIND_HELLO) {
        err_set(&err, ERR_PROTOCOL,
                "the first frame must be Hello; calls of an earlier "
                "connection are gone");
        session_abort(session, &err);
        return;
    }
    if (check_hello(session, frame, &err) != 0) {
        session_abort(session, &err);
        return;
    }
    if (session->peer.remote) {
        if (!token_matches(&session->rpc->settings.token, frame->hello->token)) {
            punish(session);
            return;
        }
        session->known = true;
        session->uid = session->rpc->settings.uid;
        timer_start(&session->ping, session->rpc->limits->ping, on_ping_due);
    }
    uint64_t accepts = frame->hello->max_message;
    if (accepts != 0 && accepts < session->max_message) {
        session->max_message = accepts;
    }
    session->state = SESSION_OPEN;
    log_debug("PEER-HELLO", "%s is %.64s", session->peer.name, frame->hello->client);
    send_hello_ack(session);
    if (session->rpc->draining) {
        session_leave(session, ERR_DRAINING, NULL, 0);
    }
}
