/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: the handler sends, each message leaves at once under the
 * caller's credit; the handler ends, End leaves, the request is freed.
 * failure modes: without credit, or with a clogged connection, messages wait
 * in the outbox and End behind them; a stop (cancel, deadline, lost peer)
 * sends End at once, drops what waits, mutes the request and tells the
 * handler, whose end then only frees it. A caller that gives no credit, or
 * brings nothing, while the call cannot go on without it, has limits.stream_idle.
 * on close: session_lost stops each call; a handler that has not ended keeps
 * its request alive without a session.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "rpc/front.h"
#include "rpc/session.h"
#include "wire/codec.h"

enum {
    /* What a frame adds to a body at most: tags, lengths, ids, the backtrace. */
    FRAME_BYTES = 64 + REQUEST_TRACE_BYTES,
};

/* A packed body that waits for credit. */
struct waiting_body {
    struct list node;
    struct buf body;
};

void piece_destroy(struct piece *piece)
{
    if (piece) {
        piece->rpc->decoded_bytes -= piece->decoded_bytes;
        arena_release(&piece->arena);
        mem_free(piece);
    }
}

static void drop_outbox(struct request *request)
{
    for (struct list *node; (node = list_pop(&request->outbox));) {
        struct waiting_body *waiting = LIST_OF(node, struct waiting_body, node);
        buf_release(&waiting->body);
        mem_free(waiting);
    }
    buf_release(&request->latest);
    request->has_latest = false;
}

void request_guard_enter(struct request_guard *guard, struct request *request)
{
    *guard = (struct request_guard){request, request->rpc->guards};
    request->rpc->guards = guard;
}

void request_guard_leave(struct rpc *rpc, struct request_guard *guard)
{
    rpc->guards = guard->outer;
}

static void request_destroy(struct request *request)
{
    struct rpc *rpc = request->rpc;
    timer_stop(&request->timer);
    timer_stop(&request->idle);
    drop_outbox(request);
    buf_release(&request->answer);
    rpc->decoded_bytes -= request->decoded_bytes;
    arena_release(&request->arena);
    rpc->n_waiting -= list_empty(&request->turn) ? 0 : 1;
    list_remove(&request->turn);
    if (request->session) {
        session_forget(request->session, request);
    } else {
        list_remove(&request->node);
    }
    for (struct request_guard *guard = rpc->guards; guard; guard = guard->outer) {
        guard->request = guard->request == request ? NULL : guard->request;
    }
    bool had_place = request->working;
    rpc->n_working -= had_place ? 1 : 0;
    mem_free(request);
    if (had_place && rpc->n_waiting > 0) {
        timer_start(&rpc->turn, 0, request_next_turn);
    }
    rpc_settle(rpc);
}

/* Nobody hears it any more; what waits is dropped. */
static void mute(struct request *request)
{
    request->muted = true;
    request->blocked = false;
    timer_stop(&request->timer);
    timer_stop(&request->idle);
    drop_outbox(request);
}

static void tell_stop(struct request *request, enum request_stop why)
{
    void (*on_stop)(struct request *, enum request_stop) = request->on_stop;
    request->on_stop = NULL;
    if (on_stop) {
        on_stop(request, why);
    }
}

static void reject(struct request *request, const struct err *err, enum request_stop why)
{
    if (request->session && !request->muted) {
        session_send_end(request->session, request, (struct ragd_bytes){0}, err);
    }
    if (!request->started || request->ended) {
        request_destroy(request);
        return;
    }
    mute(request);
    tell_stop(request, why);
}

void request_reject(struct request *request, const struct err *err)
{
    reject(request, err, STOP_CANCELLED);
}

void request_stop(struct request *request, enum request_stop why)
{
    struct err err = {0};
    err_set(&err, why == STOP_DEADLINE ? ERR_DEADLINE : ERR_CANCELLED, NULL);
    reject(request, &err, why);
}

static void on_stop_due(struct timer *timer)
{
    tell_stop(timer->arg, STOP_CANCELLED);
}

bool request_heard(const struct request *request)
{
    return !request->muted && request->session != NULL;
}

void request_give_up(struct request *request, const struct err *err)
{
    if (request_heard(request)) {
        session_send_end(request->session, request, (struct ragd_bytes){0}, err);
        mute(request);
        timer_start(&request->timer, 0, on_stop_due);
    }
}

/* Callers that keep the call waiting. */

/* Whether what is to be sent waits for credit; for a connection that is not read
 * there is the limit unread_answer. */
static bool is_stalled(const struct request *request)
{
    bool unsent = !list_empty(&request->outbox) || request->blocked;
    return unsent && request->credit_down == 0;
}

static void on_idle_due(struct timer *timer)
{
    struct request *request = timer->arg;
    bool stalled = is_stalled(request);
    struct err err = {0};
    err_set(&err, ERR_LIMIT, "nothing %s for %llu ms, limits.stream_idle",
            stalled ? "was read" : "came",
            (unsigned long long)request->rpc->limits->stream_idle);
    err_why(&err, stalled
                      ? "the rest of the answer waited to be read"
                      : "the call cannot go on without it, and others wait for the call");
    err_hint(&err, stalled ? "try again, with the output to a file"
                           : "try again when all of it is at hand, in a file");
    request_reject(request, &err);
}

static void watch_idle(struct request *request)
{
    bool awaits = request->awaits && !request->ended;
    if (!request_heard(request) || (!awaits && !is_stalled(request))) {
        timer_stop(&request->idle);
    } else if (!timer_active(&request->idle)) {
        timer_start(&request->idle, request->rpc->limits->stream_idle, on_idle_due);
    }
}

void request_await(struct request *request, bool on)
{
    if (!on) {
        timer_stop(&request->idle);
    }
    request->awaits = on;
    watch_idle(request);
}

static bool can_send(const struct request *request)
{
    return request->credit_down > 0 && !session_clogged(request->session);
}

bool request_ready(struct request *request)
{
    if (request->muted) {
        return true;
    }
    bool ready = list_empty(&request->outbox) && can_send(request);
    request->blocked = !ready;
    watch_idle(request);
    return ready;
}

size_t request_max_bytes(const struct request *request)
{
    uint64_t max = request->session ? request->session->max_message
                                    : SESSION_MESSAGE_BYTES_MIN;
    return (size_t)(max - FRAME_BYTES);
}

static void send_body(struct request *request, struct ragd_bytes body)
{
    request->credit_down--;
    request->seq_down++;
    session_send_data(request->session, request, body);
}

/* Packs a message; the request is given up when that cannot be. */
static int pack(struct request *request, const ProtobufCMessage *message, struct buf *out)
{
    struct err err = {0};
    size_t n = protobuf_c_message_get_packed_size(message);
    if (n > request_max_bytes(request)) {
        err_set(&err, ERR_LIMIT, "an answer of %zu bytes, the peer takes %zu", n,
                request_max_bytes(request));
        err_hint(&err, "ask for less at once, or accept larger messages");
    } else if (codec_pack(message, out) != 0) {
        err_set(&err, ERR_NOMEM, "no memory for an answer of %zu bytes", n);
    }
    if (err.id != ERR_NONE) {
        request_give_up(request, &err);
    }
    return err_status(&err);
}

void request_send(struct request *request, const ProtobufCMessage *message)
{
    struct buf body = {0};
    if (!request_heard(request) || pack(request, message, &body) != 0) {
        return;
    }
    request->has_latest = false; /* it is older than this */
    if (list_empty(&request->outbox) && can_send(request)) {
        send_body(request, (struct ragd_bytes){body.p, body.n});
        buf_release(&body);
        return;
    }
    struct waiting_body *waiting = mem_calloc(1, sizeof(*waiting));
    if (!waiting) {
        struct err err = {0};
        buf_release(&body);
        err_set(&err, ERR_NOMEM, NULL);
        request_give_up(request, &err);
        return;
    }
    waiting->body = body;
    list_push(&request->outbox, &waiting->node);
    watch_idle(request);
}

void request_send_latest(struct request *request, const ProtobufCMessage *message)
{
    if (!request_heard(request)) {
        return;
    }
    buf_clear(&request->latest);
    if (pack(request, message, &request->latest) == 0) {
        request->has_latest = true;
        request_pump(request);
    }
}

void request_credit(struct request *request, uint32_t n)
{
    if (request_heard(request) && !request->half_closed) {
        request->credit_up += n;
        session_send_credit(request->session, request, n);
    }
}

/* The end leaves once nothing waits before it. */
static void end_when_sent(struct request *request)
{
    if (request_heard(request)) {
        if (!list_empty(&request->outbox)) {
            watch_idle(request);
            return;
        }
        session_send_end(request->session, request,
                         (struct ragd_bytes){request->answer.p, request->answer.n},
                         request->failure);
    }
    request_destroy(request);
}

void request_pump(struct request *request)
{
    if (request->muted || !request->session) {
        return;
    }
    while (!list_empty(&request->outbox) && can_send(request)) {
        struct waiting_body *waiting = LIST_OF(list_pop(&request->outbox),
                                               struct waiting_body, node);
        send_body(request, (struct ragd_bytes){waiting->body.p, waiting->body.n});
        buf_release(&waiting->body);
        mem_free(waiting);
    }
    if (request->ended) {
        end_when_sent(request);
        return;
    }
    bool open = list_empty(&request->outbox) && can_send(request);
    if (open && request->has_latest) {
        request->has_latest = false;
        send_body(request, (struct ragd_bytes){request->latest.p, request->latest.n});
    }
    bool ready = request->blocked && open && can_send(request);
    request->blocked = request->blocked && !ready;
    watch_idle(request);
    if (ready && request->on_ready) {
        request->on_ready(request);
    }
}

void request_end(struct request *request, const ProtobufCMessage *answer)
{
    if (answer && request_heard(request)) {
        (void)pack(request, answer, &request->answer); /* a failure mutes it */
    }
    request->ended = true;
    end_when_sent(request);
}

void request_fail(struct request *request, const struct err *err)
{
    if (request_heard(request)) {
        request->failure = arena_alloc(&request->arena, sizeof(*request->failure));
        if (request->failure) {
            *request->failure = *err;
        } else {
            request_give_up(request, err);
        }
    }
    request->ended = true;
    end_when_sent(request);
}

void request_refuse(struct request *request, enum err_id id, const char *fmt, ...)
{
    struct err err = {0};
    char text[ERR_MSG_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    err_set(&err, id, "%s", text);
    request_fail(request, &err);
}

bool request_waits_for_peer(const struct request *request)
{
    if (!request->started || request->muted) {
        return false;
    }
    return request->awaits || !list_empty(&request->outbox) || request->blocked;
}

void request_on_credit(struct request *request, uint32_t n)
{
    request->credit_down += n; /* 2^32 frames of 2^32 credits do not overflow */
    if (n > 0 && !request->awaits) {
        timer_stop(&request->idle);
    }
    request_pump(request);
}

static int take_piece(struct request *request, const Ragd__V1__Data *data, struct err *err)
{
    if (request->credit_up == 0) {
        return err_set(err, ERR_INVALID, "a piece without credit");
    }
    struct rpc *rpc = request->rpc;
    struct piece *piece = mem_calloc(1, sizeof(*piece));
    if (!piece) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    piece->rpc = rpc;
    list_init(&piece->node);
    ProtobufCMessage *message = NULL;
    arena_init(&piece->arena, codec_budget(data->body.len, rpc->limits->unpack));
    int rc = codec_unpack(&piece->arena, request->method->piece,
                          (struct ragd_bytes){data->body.data, data->body.len}, &message,
                          err);
    if (rc == 0 && rpc->decoded_bytes + piece->arena.used > rpc->limits->decoded) {
        rc = err_set(err, ERR_BUSY, "too many bytes of open calls, limits.decoded is %llu",
                     (unsigned long long)rpc->limits->decoded);
    }
    if (rc != 0) {
        piece_destroy(piece);
        return rc;
    }
    piece->message = message;
    piece->decoded_bytes = piece->arena.used;
    rpc->decoded_bytes += piece->decoded_bytes;
    request->credit_up--;
    if (request->on_piece_take) {
        request->on_piece_take(request, piece);
    } else {
        piece_destroy(piece);
    }
    return 0;
}

static int check_data(const struct request *request, const Ragd__V1__Data *data,
                      struct err *err)
{
    if (request->method->shape != METHOD_BOTH) {
        return err_set(err, ERR_INVALID, "%s takes no data", request->method->name);
    }
    if (request->half_closed) {
        return err_set(err, ERR_INVALID, "data after the last");
    }
    if (data->seq != request->seq_up + 1) {
        return err_set(err, ERR_INVALID, "data %llu where %llu was due",
                       (unsigned long long)data->seq,
                       (unsigned long long)request->seq_up + 1);
    }
    return 0;
}

/* A piece may end the request, or stop it; then nothing more is told. */
void request_on_data(struct request *request, const Ragd__V1__Data *data)
{
    if (request->muted || request->ended) {
        return;
    }
    struct err err = {0};
    int rc = check_data(request, data, &err);
    struct rpc *rpc = request->rpc;
    struct request_guard guard;
    request_guard_enter(&guard, request);
    if (rc == 0) {
        request->seq_up++;
        if (data->body.len > 0 || !data->last) {
            rc = take_piece(request, data, &err);
        }
    }
    request_guard_leave(rpc, &guard);
    bool there = guard.request != NULL;
    if (there && rc != 0) {
        request_reject(request, &err);
    } else if (there && data->last && !request->muted) {
        request->half_closed = true;
        if (request->on_half_close) {
            request->on_half_close(request);
        }
    }
}
