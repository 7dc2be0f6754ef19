/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: NEW -Hello-> OPEN -calls-> ... -> lost with the connection.
 * failure modes: whatever breaks the protocol gets GoAway and the end (OVER);
 * what is wrong with one call gets that call's End.
 * on close: session_leave (LEAVING) lets open calls end; the last one's end
 * finishes the connection, whose end is session_lost.
 */
#include "rpc/session_internal.h"

#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "rpc/front.h"
#include "wire/codec.h"
#include "wire/values.h"

struct session *session_create(struct rpc *rpc, struct session_link link,
                               const struct session_peer *peer)
{
    struct session *session = mem_calloc(1, sizeof(*session));
    if (!session) {
        return NULL;
    }
    session->rpc = rpc;
    session->link = link;
    session->peer = *peer;
    session->known = !peer->remote;
    session->uid = peer->uid;
    session->max_message = rpc->limits->message;
    session->ping = (struct timer){.name = "session", .arg = session};
    list_init(&session->calls);
    return session;
}

/* Calls. */

static struct request *find_call(struct session *session, uint64_t call_id)
{
    LIST_EACH(&session->calls, node)
    {
        struct request *request = LIST_OF(node, struct request, node);
        if (request->call_id == call_id) {
            return request;
        }
    }
    return NULL;
}

static bool is_admin(const struct session *session)
{
    return session->uid == 0 || session->uid == session->rpc->settings.uid;
}

static int check_access(const struct session *session, const struct method *method,
                        struct err *err)
{
    if (method->access == ACCESS_NONE) {
        return 0;
    }
    if (!session->known) {
        err_set(err, ERR_UNAUTHENTICATED, "%s needs a token", method->name);
        return err_hint(err, "send it as \"token\" in the call's metadata");
    }
    if (session_check_user(session, err) != 0) {
        return err_status(err);
    }
    if (method->access == ACCESS_ADMIN && !is_admin(session)) {
        return err_set(err, ERR_DENIED, "%s is for root and the daemon's user",
                       method->name);
    }
    return 0;
}

static int check_request_peer(const struct session *session, const struct method *method,
                              struct err *err)
{
    if (!session->peer.requests ||
        (method->shape == METHOD_UNARY && method->flags & METHOD_READ_ONLY)) {
        return 0;
    }
    err_set(err, ERR_UNSUPPORTED, "%s cannot be called from a REQ0 socket", method->name);
    return err_hint(err, "use a PAIR0 socket; REQ0 may repeat what it sends");
}

/* A REQ0 peer over tcp shows its token with each call. */
static void look_for_token(struct session *session, const Ragd__V1__Call *call)
{
    for (size_t i = 0; !session->known && i < call->n_metadata; i++) {
        const Ragd__V1__Call__MetadataEntry *entry = call->metadata[i];
        if (strcmp(entry->key, "token") == 0 &&
            token_matches(&session->rpc->settings.token, entry->value)) {
            session->known = true;
            session->uid = session->rpc->settings.uid;
        }
    }
}

static uint32_t owner_of(const struct session *session)
{
    const struct rpc_settings *settings = &session->rpc->settings;
    return settings->many_users ? session->uid : settings->uid;
}

static int admit_call(struct session *session, const Ragd__V1__Frame *frame,
                      struct ragd_bytes trace, struct err *err)
{
    struct rpc *rpc = session->rpc;
    if (rpc->draining || session->state == SESSION_LEAVING) {
        return err_set(err, ERR_DRAINING, NULL);
    }
    if (session_check_place(session, err) != 0) {
        return err_status(err);
    }
    if (session->n_calls >= rpc->limits->calls) {
        return err_set(err, ERR_LIMIT,
                       "%zu calls are open on this connection, limits.calls is %llu",
                       session->n_calls, (unsigned long long)rpc->limits->calls);
    }
    const struct method *method = method_find(rpc->settings.methods, frame->call->method,
                                              err);
    if (!method) {
        return err_status(err);
    }
    if (session->peer.requests && session->peer.remote) {
        look_for_token(session, frame->call);
    }
    int rc = check_request_peer(session, method, err);
    rc = rc ? rc : check_access(session, method, err);
    struct call_in in = {.session = session,
                         .method = method,
                         .call = frame->call,
                         .call_id = frame->call_id,
                         .trace = trace,
                         .owner = owner_of(session),
                         .admin = is_admin(session)};
    return rc ? rc : request_admit(rpc, &in, err);
}

static void on_call(struct session *session, const Ragd__V1__Frame *frame,
                    struct ragd_bytes trace)
{
    struct err err = {0};
    bool sessionful = !session->peer.requests;
    if (sessionful && (frame->call_id == 0 || find_call(session, frame->call_id))) {
        err_set(&err, ERR_INVALID, "call id %llu is 0 or in use",
                (unsigned long long)frame->call_id);
        session_abort(session, &err);
        return;
    }
    if (frame->call_id > session->last_call_id) {
        session->last_call_id = frame->call_id;
    }
    if (admit_call(session, frame, trace, &err) != 0) {
        session_refuse_call(session, frame->call_id, trace, &err);
    }
}

/* Frames of calls that are not open any more are late, not wrong. */
static void on_call_frame(struct session *session, const Ragd__V1__Frame *frame)
{
    struct request *request = find_call(session, frame->call_id);
    if (!request) {
        return;
    }
    switch (frame->kind_case) {
    case RAGD__V1__FRAME__KIND_DATA: request_on_data(request, frame->data); return;
    case RAGD__V1__FRAME__KIND_CREDIT:
        request_on_credit(request, frame->credit->messages);
        return;
    default: request_stop(request, STOP_CANCELLED); return;
    }
}

static void on_frame(struct session *session, const Ragd__V1__Frame *frame)
{
    struct err err = {0};
    session->missed = 0;
    switch (frame->kind_case) {
    case RAGD__V1__FRAME__KIND_CALL: on_call(session, frame, NO_TRACE); return;
    case RAGD__V1__FRAME__KIND_DATA:
    case RAGD__V1__FRAME__KIND_CREDIT:
    case RAGD__V1__FRAME__KIND_CANCEL: on_call_frame(session, frame); return;
    case RAGD__V1__FRAME__KIND_PING: session_on_ping(session, frame->ping); return;
    case RAGD__V1__FRAME__KIND_PONG: return;
    case RAGD__V1__FRAME__KIND_GO_AWAY: session_leave(session, ERR_NONE, NULL, 0); return;
    case RAGD__V1__FRAME__KIND__NOT_SET: return; /* of a later minor version */
    default:
        err_set(&err, ERR_INVALID, "a frame that only a server sends, or a second Hello");
        session_abort(session, &err);
        return;
    }
}

static void on_request_frame(struct session *session, struct ragd_bytes trace,
                             const Ragd__V1__Frame *frame)
{
    struct err err = {0};
    if (frame->kind_case == RAGD__V1__FRAME__KIND_CALL) {
        on_call(session, frame, trace);
        return;
    }
    err_set(&err, ERR_INVALID, "a REQ0 socket sends calls and nothing else");
    session_refuse_call(session, frame->call_id, trace, &err);
}

static void on_undecodable(struct session *session, struct ragd_bytes trace,
                           const struct err *err)
{
    if (session->peer.requests) {
        rpc_complain(session->rpc, session->peer.name, err);
        session_refuse_call(session, 0, trace, err);
    } else {
        session_abort(session, err);
    }
}

void session_message(struct session *session, struct ragd_bytes message)
{
    if (session->state == SESSION_OVER) {
        return;
    }
    struct err err = {0};
    struct ragd_bytes trace = {0};
    struct arena arena;
    if (session->peer.requests && sp_request_split(message, &trace, &message, &err) != 0) {
        session_abort(session, &err);
        return;
    }
    ProtobufCMessage *decoded = NULL;
    arena_init(&arena, codec_budget(message.n, session->rpc->limits->unpack));
    int rc = codec_unpack(&arena, &ragd__v1__frame__descriptor, message, &decoded, &err);
    const Ragd__V1__Frame *frame = (const Ragd__V1__Frame *)decoded;
    if (rc != 0) {
        on_undecodable(session, trace, &err);
    } else if (session->peer.requests) {
        on_request_frame(session, trace, frame);
    } else if (session->state == SESSION_NEW) {
        session_on_first_frame(session, frame);
    } else {
        on_frame(session, frame);
    }
    arena_release(&arena);
}

/* Ends. */

void session_writable(struct session *session)
{
    LIST_EACH(&session->calls, node)
    {
        if (session_clogged(session)) {
            return;
        }
        request_pump(LIST_OF(node, struct request, node));
    }
}

void session_leave(struct session *session, enum err_id id, const char *text,
                   uint64_t drain_ms)
{
    if (session->state == SESSION_OVER || session->state == SESSION_LEAVING) {
        return;
    }
    if (id != ERR_NONE) {
        struct err err = {0};
        err_set(&err, id, text ? "%s" : NULL, text);
        session_send_go_away(session, &err, drain_ms);
    }
    session->state = SESSION_LEAVING;
    if (session->n_calls == 0) {
        session_finish(session);
    }
}

void session_cancel_calls(struct session *session, enum request_stop why)
{
    LIST_EACH(&session->calls, node)
    {
        request_stop(LIST_OF(node, struct request, node), why);
    }
}

void session_forget(struct session *session, struct request *request)
{
    list_remove(&request->node);
    session->n_calls--;
    if (session->state == SESSION_LEAVING && session->n_calls == 0) {
        session_finish(session);
    }
}

bool session_greeted(const struct session *session)
{
    return session->state == SESSION_OPEN || session->peer.requests;
}

bool session_waits_for_peer(const struct session *session)
{
    LIST_EACH((struct list *)&session->calls, node)
    {
        if (!request_waits_for_peer(LIST_OF(node, struct request, node))) {
            return false;
        }
    }
    return true;
}

void session_lost(struct session *session)
{
    struct rpc *rpc = session->rpc;
    session->state = SESSION_OVER;
    timer_stop(&session->ping);
    for (struct list *node; (node = list_pop(&session->calls));) {
        struct request *request = LIST_OF(node, struct request, node);
        request->session = NULL;
        list_push(&rpc->lost, node);
        request_stop(request, STOP_LOST);
    }
    mem_free(session);
}
