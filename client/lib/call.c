/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: Call, Data both ways under credits, one End.
 *
 * Failure modes: the End's error, a lost connection, or a deadline that passed
 * without an End become the call's error, which every later use returns.
 *
 * On release: an open call is cancelled and stays in the connection's list,
 * without its caller, until its End has come: closing must know of it.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static void message_free(struct message *message)
{
    if (message) {
        free(message->body);
        free(message);
    }
}

static void drop_messages(struct ragc_call *call)
{
    message_free(call->current);
    call->current = NULL;
    while (call->first) {
        struct message *next = call->first->next;
        message_free(call->first);
        call->first = next;
    }
    call->last = &call->first;
}

void call_free(struct ragc_call *call)
{
    drop_messages(call);
    free(call->answer);
    free(call);
}

static void unlink_call(struct ragc_call *call)
{
    struct ragc_call **at = &call->conn->calls;
    while (*at != call) {
        at = &(*at)->next;
    }
    *at = call->next;
}

void calls_reap(struct ragc *conn)
{
    for (struct ragc_call *call = conn->calls, *next; call; call = next) {
        next = call->next;
        if (call->released && !call->open) {
            unlink_call(call);
            call_free(call);
        }
    }
}

void call_fail(struct ragc_call *call, const struct ragc_error *error)
{
    if (!call->ended) {
        call->ended = true;
        call->error = *error;
    }
}

/* Gives up a call that this side cannot go on with. */
static void give_up(struct ragc_call *call, int status, const char *code, const char *what)
{
    ragc_cancel(call, what);
    struct ragc_error error;
    error_set(&error, status, code, "%s", what);
    call_fail(call, &error);
}

void call_on_data(struct ragc_call *call, Ragd__V1__Data *data)
{
    if (call->cancelled || call->ended) {
        return;
    }
    if (data->seq != call->seq_in + 1) {
        give_up(call, RAGC_DATA_LOSS, "protocol", "a message of the stream is missing");
        return;
    }
    if (call->credit_in == 0) {
        give_up(call, RAGC_INTERNAL, "protocol", "ragd sends more than it may");
        return;
    }
    struct message *message = calloc(1, sizeof(*message));
    if (!message) {
        give_up(call, RAGC_RESOURCE_EXHAUSTED, "out_of_memory", "out of memory");
        return;
    }
    call->seq_in = data->seq;
    call->credit_in--;
    message->body = data->body.data;
    message->n = data->body.len;
    data->body.data = NULL;
    data->body.len = 0;
    *call->last = message;
    call->last = &message->next;
}

void call_on_end(struct ragc_call *call, Ragd__V1__End *end)
{
    call->open = false;
    if (call->ended) {
        return;
    }
    call->ended = true;
    if (end->code) {
        error_from_end(&call->error, end);
    } else if (end->last_seq != call->seq_in) {
        error_set(&call->error, RAGC_DATA_LOSS, "protocol",
                  "the end of the stream is missing");
    } else {
        call->answer = end->body.data;
        call->answer_bytes = end->body.len;
        end->body.data = NULL;
        end->body.len = 0;
    }
}

static int send_call(struct ragc_call *call, const struct ragc_request *request,
                     struct ragc_error *error)
{
    Ragd__V1__Call body = RAGD__V1__CALL__INIT;
    body.method = (char *)request->method;
    body.body.data = (uint8_t *)request->body;
    body.body.len = request->body_bytes;
    body.timeout_ms = request->timeout_ms;
    body.credit = call->window;
    body.detach = request->detach != 0;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = call->id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CALL;
    frame.call = &body;
    return conn_send(call->conn, &frame, error);
}

int ragc_start(struct ragc *conn, const struct ragc_request *request,
               struct ragc_call **out, struct ragc_error *error)
{
    if (!conn->link || conn->going_away) {
        return error_copy(error, &conn->lost);
    }
    struct ragc_call *call = calloc(1, sizeof(*call));
    if (!call) {
        return error_fault(error, RAGC_FAULT_LOCAL, "out of memory");
    }
    call->conn = conn;
    call->id = conn->next_id++;
    call->last = &call->first;
    call->window = request->credit ? request->credit : WINDOW;
    call->credit_in = call->window;
    if (request->timeout_ms && request->timeout_ms < INT32_MAX) {
        call->deadline_ms = now_ms() + (int64_t)request->timeout_ms + DEADLINE_GRACE_MS;
    }
    int rc = send_call(call, request, error);
    if (rc) {
        call_free(call);
        return rc;
    }
    call->open = true;
    call->next = conn->calls;
    conn->calls = call;
    *out = call;
    return 0;
}

/* Lets the daemon send more once half of the window was consumed. */
static void grant(struct ragc_call *call)
{
    if (call->ended || ++call->consumed < (call->window + 1) / 2) {
        return;
    }
    Ragd__V1__Credit credit = RAGD__V1__CREDIT__INIT;
    credit.messages = call->consumed;
    call->credit_in += call->consumed;
    call->consumed = 0;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = call->id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CREDIT;
    frame.credit = &credit;
    conn_send(call->conn, &frame, NULL);
}

static int take_message(struct ragc_call *call, const uint8_t **body, size_t *n)
{
    struct message *message = call->first;
    call->first = message->next;
    if (!call->first) {
        call->last = &call->first;
    }
    call->current = message;
    *body = message->body;
    *n = message->n;
    grant(call);
    return RAGC_MESSAGE;
}

static int ended_result(struct ragc_call *call, const uint8_t **body, size_t *n,
                        struct ragc_error *error)
{
    if (call->error.status) {
        return error_copy(error, &call->error);
    }
    *body = call->answer;
    *n = call->answer_bytes;
    return RAGC_ENDED;
}

/* The smaller of what the caller and the call's deadline leave. */
static int patience(const struct ragc_call *call, int64_t since, int timeout_ms)
{
    int left = left_ms(since, timeout_ms);
    if (call->deadline_ms) {
        int64_t rest = call->deadline_ms - now_ms();
        rest = rest > 0 ? rest : 0;
        if (left < 0 || rest < left) {
            left = (int)rest;
        }
    }
    return left;
}

int ragc_recv(struct ragc_call *call, int timeout_ms, const uint8_t **body,
              size_t *body_bytes, struct ragc_error *error)
{
    int64_t since = now_ms();
    message_free(call->current);
    call->current = NULL;
    for (;;) {
        if (call->first) {
            return take_message(call, body, body_bytes);
        }
        if (call->ended) {
            return ended_result(call, body, body_bytes, error);
        }
        int rc = conn_pump(call->conn, patience(call, since, timeout_ms), NULL);
        if (rc == 0 && call->deadline_ms && now_ms() >= call->deadline_ms) {
            give_up(call, RAGC_DEADLINE_EXCEEDED, "deadline_exceeded", "no answer in time");
        } else if (rc == 0 && left_ms(since, timeout_ms) == 0) {
            return RAGC_NOTHING;
        }
    }
}

uint32_t ragc_credit(const struct ragc_call *call)
{
    return call->ended || call->half_closed ? 0 : call->credit_out;
}

int ragc_send(struct ragc_call *call, const void *body, size_t body_bytes, int flags,
              int timeout_ms)
{
    int64_t since = now_ms();
    bool bare = (flags & RAGC_LAST) && body_bytes == 0;
    while (!call->ended && !bare && call->credit_out == 0) {
        int rc = conn_pump(call->conn, left_ms(since, timeout_ms), NULL);
        if (rc == 0) {
            return RAGC_NOTHING;
        }
    }
    if (call->ended || call->half_closed || call->cancelled) {
        return -(call->error.status ? call->error.status : RAGC_FAILED_PRECONDITION);
    }
    Ragd__V1__Data data = RAGD__V1__DATA__INIT;
    data.seq = call->seq_out + 1;
    data.body.data = (uint8_t *)body;
    data.body.len = body_bytes;
    data.last = (flags & RAGC_LAST) != 0;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = call->id;
    frame.kind_case = RAGD__V1__FRAME__KIND_DATA;
    frame.data = &data;
    struct ragc_error error;
    int rc = conn_send(call->conn, &frame, &error);
    if (rc) {
        call_fail(call, &error);
        return rc;
    }
    call->seq_out++;
    call->credit_out -= call->credit_out ? 1 : 0;
    call->half_closed = data.last;
    return 0;
}

void ragc_cancel(struct ragc_call *call, const char *reason)
{
    if (!call->open || call->cancelled) {
        return;
    }
    call->cancelled = true;
    Ragd__V1__Cancel cancel = RAGD__V1__CANCEL__INIT;
    cancel.reason = (char *)reason;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = call->id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CANCEL;
    frame.cancel = &cancel;
    conn_send(call->conn, &frame, NULL);
}

void ragc_release(struct ragc_call *call)
{
    if (!call) {
        return;
    }
    ragc_cancel(call, "released");
    drop_messages(call);
    call->released = true;
    calls_reap(call->conn);
}

int ragc_unary(struct ragc *conn, const struct ragc_request *request, uint8_t **body,
               size_t *body_bytes, struct ragc_error *error)
{
    struct ragc_call *call;
    int rc = ragc_start(conn, request, &call, error);
    if (rc) {
        return rc;
    }
    const uint8_t *answer;
    size_t n;
    do {
        rc = ragc_recv(call, -1, &answer, &n, error);
    } while (rc == RAGC_MESSAGE);
    if (rc == RAGC_ENDED) {
        *body = call->answer;
        *body_bytes = call->answer_bytes;
        call->answer = NULL;
    }
    ragc_release(call);
    return rc;
}
