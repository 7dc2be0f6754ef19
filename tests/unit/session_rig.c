/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "session_rig.h"

#include "core/log.h"
#include "wire/codec.h"

struct rig rig;

static void on_stop(struct request *request, enum request_stop why)
{
    (void)request;
    rig.stops++;
    rig.why = why;
}

static void on_ready(struct request *request)
{
    (void)request;
    rig.readies++;
}

static void on_half_close(struct request *request)
{
    (void)request;
    rig.half_closes++;
}

static void on_piece_take(struct request *request, struct piece *piece)
{
    (void)request;
    piece_destroy(rig.piece);
    rig.piece = piece;
    rig.pieces++;
}

static void do_hold(struct request *request)
{
    request->on_stop = on_stop;
    request->on_ready = on_ready;
    request->on_half_close = on_half_close;
    request->on_piece_take = on_piece_take;
    assert_true(rig.n_held < RIG_HELD_MAX);
    rig.held[rig.n_held++] = request;
}

static void do_echo(struct request *request)
{
    Ragd__V1__HealthReply reply = RAGD__V1__HEALTH_REPLY__INIT;
    reply.state = "echo";
    request_end(request, &reply.base);
}

static void do_fail(struct request *request)
{
    request_refuse(request, ERR_NO_COLLECTION, "no collection %s", "papers");
}

#define ROW(name, shape, access, flags, piece, start)                                    \
    {                                                                                    \
        "t.T/" name, shape, access, flags, &ragd__v1__health_request__descriptor, piece, \
            &ragd__v1__health_reply__descriptor, start                                   \
    }
#define PIECE &ragd__v1__health_reply__descriptor

static const struct method rows[] = {
    ROW("Echo", METHOD_UNARY, ACCESS_READ, METHOD_READ_ONLY, NULL, do_echo),
    ROW("Open", METHOD_UNARY, ACCESS_NONE, METHOD_READ_ONLY | METHOD_LIGHT, NULL, do_echo),
    ROW("Write", METHOD_UNARY, ACCESS_WRITE, 0, NULL, do_echo),
    ROW("Admin", METHOD_UNARY, ACCESS_ADMIN, METHOD_READ_ONLY, NULL, do_echo),
    ROW("Fail", METHOD_UNARY, ACCESS_PEER, METHOD_READ_ONLY, NULL, do_fail),
    ROW("Hold", METHOD_UNARY, ACCESS_PEER, METHOD_READ_ONLY, NULL, do_hold),
    ROW("Light", METHOD_UNARY, ACCESS_PEER, METHOD_READ_ONLY | METHOD_LIGHT, NULL, do_hold),
    ROW("Down", METHOD_DOWN, ACCESS_PEER, METHOD_READ_ONLY, NULL, do_hold),
    ROW("Both", METHOD_BOTH, ACCESS_PEER, 0, PIECE, do_hold),
};
static const struct method_table table = {rows, sizeof(rows) / sizeof(rows[0])};

/* The link. */

static void on_send(void *arg, struct ragd_bytes trace, const Ragd__V1__Frame *frame)
{
    (void)arg;
    struct buf buf = {0};
    struct err err;
    ProtobufCMessage *copy;
    assert_true(rig.n_frames < RIG_FRAMES_MAX);
    assert_int_equal(codec_pack(&frame->base, &buf), 0);
    assert_ok(codec_unpack(&rig.arena, &ragd__v1__frame__descriptor,
                           (struct ragd_bytes){buf.p, buf.n}, &copy, &err),
              &err);
    buf_release(&buf);
    struct ragd_str kept = arena_str(&rig.arena, (struct ragd_str){trace.p, trace.n});
    rig.traces[rig.n_frames] = (struct ragd_bytes){kept.p, kept.n};
    rig.frames[rig.n_frames++] = (const Ragd__V1__Frame *)copy;
}

static size_t on_queued(void *arg)
{
    (void)arg;
    return rig.queued;
}

static void on_finish(void *arg)
{
    (void)arg;
    rig.finished++;
}

void rig_peer(struct session_peer peer)
{
    struct session_link link = {on_send, on_queued, on_finish, NULL};
    if (rig.session) {
        session_lost(rig.session);
    }
    rig.session = session_create(rig.rpc, link, &peer);
    assert_non_null(rig.session);
}

int rig_set_up(void **state)
{
    (void)state;
    memset(&rig, 0, sizeof(rig));
    rig.clock = (struct virtual_clock){1000, 1700000000000};
    virtual_clock_install(&rig.clock);
    log_setup(2, LOG_TEXT, RAGD_LOG_ERROR);
    limits_defaults(&rig.limits);
    arena_init(&rig.arena, 0);
    struct err err;
    struct rpc_settings settings = {
        .limits = &rig.limits,
        .methods = &table,
        .server = "ragd test",
        .boot_id = "boot",
        .uid = RIG_UID,
    };
    assert_int_equal(token_set(&settings.token, "secret"), 0);
    assert_ok(rpc_create(&settings, &rig.rpc, &err), &err);
    rig_peer((struct session_peer){.uid = RIG_UID, .name = "test"});
    return 0;
}

int rig_tear_down(void **state)
{
    (void)state;
    session_lost(rig.session);
    for (size_t i = 0; i < rig.n_held; i++) {
        if (rig.held[i]) {
            request_end(rig.held[i], NULL);
        }
    }
    timer_run_due();
    assert_true(list_empty(&rig.rpc->lost));
    assert_int_equal(rig.rpc->n_working, 0);
    assert_int_equal(rig.rpc->n_waiting, 0);
    piece_destroy(rig.piece);
    assert_int_equal(rig.rpc->decoded_bytes, 0);
    rpc_destroy(rig.rpc);
    arena_release(&rig.arena);
    clock_install(NULL);
    return 0;
}

/* The peer. */

void rig_send(const Ragd__V1__Frame *frame, struct ragd_bytes trace)
{
    struct buf buf = {0};
    assert_int_equal(buf_put(&buf, trace.p, trace.n), 0);
    assert_int_equal(codec_pack(&frame->base, &buf), 0);
    session_message(rig.session, (struct ragd_bytes){buf.p, buf.n});
    buf_release(&buf);
}

void rig_hello(void)
{
    Ragd__V1__Hello hello = RAGD__V1__HELLO__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    hello.major = SESSION_MAJOR;
    hello.client = "test";
    frame.kind_case = RAGD__V1__FRAME__KIND_HELLO;
    frame.hello = &hello;
    rig_send(&frame, (struct ragd_bytes){0});
    rig_next(RAGD__V1__FRAME__KIND_HELLO_ACK);
}

void rig_call(uint64_t id, const char *method, uint32_t credit, uint64_t timeout_ms)
{
    Ragd__V1__Call call = RAGD__V1__CALL__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    call.method = (char *)method;
    call.credit = credit;
    call.timeout_ms = timeout_ms;
    frame.call_id = id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CALL;
    frame.call = &call;
    rig_send(&frame, (struct ragd_bytes){0});
}

void rig_data(uint64_t id, uint64_t seq, const char *text, bool last)
{
    Ragd__V1__HealthReply piece = RAGD__V1__HEALTH_REPLY__INIT;
    Ragd__V1__Data data = RAGD__V1__DATA__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    struct buf body = {0};
    piece.state = (char *)text;
    assert_int_equal(codec_pack(&piece.base, &body), 0);
    data.seq = seq;
    data.last = last;
    data.body = (ProtobufCBinaryData){body.n, body.p};
    frame.call_id = id;
    frame.kind_case = RAGD__V1__FRAME__KIND_DATA;
    frame.data = &data;
    rig_send(&frame, (struct ragd_bytes){0});
    buf_release(&body);
}

void rig_credit(uint64_t id, uint32_t n)
{
    Ragd__V1__Credit credit = RAGD__V1__CREDIT__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    credit.messages = n;
    frame.call_id = id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CREDIT;
    frame.credit = &credit;
    rig_send(&frame, (struct ragd_bytes){0});
}

void rig_cancel(uint64_t id)
{
    Ragd__V1__Cancel cancel = RAGD__V1__CANCEL__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CANCEL;
    frame.cancel = &cancel;
    rig_send(&frame, (struct ragd_bytes){0});
}

const Ragd__V1__Frame *rig_next(Ragd__V1__Frame__KindCase kind)
{
    if (rig.next == rig.n_frames) {
        fail_msg("nothing was sent, a frame of kind %d was due", (int)kind);
    }
    const Ragd__V1__Frame *frame = rig.frames[rig.next++];
    assert_int_equal(frame->kind_case, kind);
    return frame;
}

const Ragd__V1__End *rig_next_end(uint64_t id, uint32_t code)
{
    const Ragd__V1__Frame *frame = rig_next(RAGD__V1__FRAME__KIND_END);
    assert_int_equal(frame->call_id, id);
    if (frame->end->code != code) {
        fail_msg("End %u \"%s\", %u was due", frame->end->code, frame->end->message, code);
    }
    return frame->end;
}

const Ragd__V1__GoAway *rig_next_go_away(uint32_t code)
{
    const Ragd__V1__GoAway *away = rig_next(RAGD__V1__FRAME__KIND_GO_AWAY)->go_away;
    assert_int_equal(away->code, code);
    return away;
}

const char *rig_next_data(uint64_t id, uint64_t seq)
{
    const Ragd__V1__Frame *frame = rig_next(RAGD__V1__FRAME__KIND_DATA);
    assert_int_equal(frame->call_id, id);
    assert_int_equal(frame->data->seq, seq);
    struct err err;
    ProtobufCMessage *reply;
    assert_ok(codec_unpack(&rig.arena, &ragd__v1__health_reply__descriptor,
                           (struct ragd_bytes){frame->data->body.data,
                                               frame->data->body.len},
                           &reply, &err),
              &err);
    return ((const Ragd__V1__HealthReply *)reply)->state;
}

void rig_nothing_sent(void)
{
    assert_int_equal(rig.n_frames - rig.next, 0);
}

void rig_advance(uint64_t ms)
{
    virtual_clock_advance(&rig.clock, ms);
    timer_run_due();
}

/* The handlers. */

void rig_reply(struct request *request, const char *text)
{
    Ragd__V1__HealthReply reply = RAGD__V1__HEALTH_REPLY__INIT;
    reply.state = (char *)text;
    request_send(request, &reply.base);
}

void rig_reply_latest(struct request *request, const char *text)
{
    Ragd__V1__HealthReply reply = RAGD__V1__HEALTH_REPLY__INIT;
    reply.state = (char *)text;
    request_send_latest(request, &reply.base);
}

void rig_end(size_t held, const char *text)
{
    Ragd__V1__HealthReply reply = RAGD__V1__HEALTH_REPLY__INIT;
    struct request *request = rig.held[held];
    reply.state = (char *)text;
    rig.held[held] = NULL;
    request_end(request, text ? &reply.base : NULL);
}
