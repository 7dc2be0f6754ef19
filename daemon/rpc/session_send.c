/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a session says: frames, and the end of it. */
#include "rpc/session_internal.h"

#include "rpc/front.h"
#include "wire/codec.h"
#include "wire/values.h"

void session_send(struct session *session, struct ragd_bytes trace,
                  const Ragd__V1__Frame *frame)
{
    session->link.send(session->link.arg, trace, frame);
}

void session_finish(struct session *session)
{
    session->state = SESSION_OVER;
    timer_stop(&session->ping);
    session->link.finish(session->link.arg);
}

void session_send_go_away(struct session *session, const struct err *err, uint64_t drain_ms)
{
    if (session->peer.requests) {
        return; /* REQ0 peers know nothing but answers */
    }
    struct arena arena;
    arena_init(&arena, 0);
    char *message = clean_text(&arena, err->msg);
    Ragd__V1__GoAway away = RAGD__V1__GO_AWAY__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    away.last_call_id = session->last_call_id;
    away.code = (uint32_t)err_info(err->id)->grpc;
    away.message = message ? message : (char *)err_info(err->id)->text;
    away.drain_ms = drain_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)drain_ms;
    frame.kind_case = RAGD__V1__FRAME__KIND_GO_AWAY;
    frame.go_away = &away;
    session_send(session, NO_TRACE, &frame);
    arena_release(&arena);
}

void session_abort(struct session *session, const struct err *err)
{
    rpc_complain(session->rpc, session->peer.name, err);
    session_send_go_away(session, err, 0);
    session_finish(session);
}

/* Fills in an error, in memory of the arena and of details, which the caller
 * releases. */
static void put_error(Ragd__V1__End *end, const struct err *err, struct arena *arena,
                      struct buf *details)
{
    Ragd__V1__Error *error = error_out(arena, err);
    end->code = (uint32_t)err_info(err->id)->grpc;
    end->message = (char *)err_info(err->id)->text;
    if (error) {
        end->message = error->message;
    }
    if (error && codec_pack(&error->base, details) == 0) {
        end->details = (ProtobufCBinaryData){details->n, details->p};
    }
}

void session_refuse_call(struct session *session, uint64_t call_id, struct ragd_bytes trace,
                         const struct err *err)
{
    Ragd__V1__End end = RAGD__V1__END__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    struct buf details = {0};
    struct arena arena;
    arena_init(&arena, 0);
    put_error(&end, err, &arena, &details);
    frame.call_id = call_id;
    frame.kind_case = RAGD__V1__FRAME__KIND_END;
    frame.end = &end;
    session_send(session, trace, &frame);
    buf_release(&details);
    arena_release(&arena);
}

void session_send_data(struct session *session, struct request *request,
                       struct ragd_bytes body)
{
    Ragd__V1__Data data = RAGD__V1__DATA__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    data.seq = request->seq_down;
    data.body = (ProtobufCBinaryData){body.n, (uint8_t *)body.p};
    frame.call_id = request->call_id;
    frame.kind_case = RAGD__V1__FRAME__KIND_DATA;
    frame.data = &data;
    session_send(session, NO_TRACE, &frame);
}

void session_send_credit(struct session *session, struct request *request, uint32_t n)
{
    Ragd__V1__Credit credit = RAGD__V1__CREDIT__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    credit.messages = n;
    frame.call_id = request->call_id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CREDIT;
    frame.credit = &credit;
    session_send(session, NO_TRACE, &frame);
}

void session_send_end(struct session *session, struct request *request,
                      struct ragd_bytes body, const struct err *err)
{
    Ragd__V1__End end = RAGD__V1__END__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    struct buf details = {0};
    struct arena arena;
    arena_init(&arena, 0);
    end.last_seq = request->seq_down;
    if (err) {
        put_error(&end, err, &arena, &details);
    } else {
        end.body = (ProtobufCBinaryData){body.n, (uint8_t *)body.p};
    }
    frame.call_id = request->call_id;
    frame.kind_case = RAGD__V1__FRAME__KIND_END;
    frame.end = &end;
    session_send(session, (struct ragd_bytes){request->trace, request->n_trace}, &frame);
    buf_release(&details);
    arena_release(&arena);
}

bool session_clogged(const struct session *session)
{
    return session->link.queued(session->link.arg) >= session->rpc->limits->high_water;
}
