/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: OPEN -handshake-> a session -messages both ways-> the peer's
 * end -> CLOSING -> freed.
 * failure modes: bytes that are no SP, a claim above the limit, a peer that
 * does not introduce itself, reads nothing or asks nothing: closed. Memory
 * that cannot be had: closed.
 * on close: a session that wants the end (FINISHING) waits until the queue is
 * empty, at most the limit "unread_answer"; session_lost comes from here alone,
 * never from inside a function of the session.
 */
#include "rpc/connection.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "rpc/front.h"
#include "rpc/session.h"
#include "wire/codec.h"
#include "wire/sp.h"

/* Least bytes for a Hello; nobody needs more before being known. */
enum { HELLO_BYTES_MAX = 64 << 10 };

enum connection_state { CONNECTION_OPEN, CONNECTION_FINISHING, CONNECTION_CLOSING };

struct connection {
    struct rpc *rpc;
    struct list node;
    struct stream *stream;
    struct sp_reader reader;
    struct session *session; /* NULL until the SP handshake is over */
    enum connection_state state;
    bool refused;
    bool held; /* the peer does not read: nor do we */
    uint64_t last_frame_ms;
    struct timer timer;  /* handshake, then idle, then the end */
    struct timer unread; /* the peer has to read */
    size_t unread_bytes; /* queued when that timer started */
};

struct connection *connection_of(struct list *node)
{
    return LIST_OF(node, struct connection, node);
}

uint32_t connection_uid(const struct connection *connection)
{
    return stream_peer(connection->stream)->uid;
}

struct session *connection_session(const struct connection *connection)
{
    return connection->session;
}

static const char *peer_name(const struct connection *connection)
{
    return stream_peer(connection->stream)->name;
}

static void on_closed(void *arg)
{
    struct connection *connection = arg;
    struct rpc *rpc = connection->rpc;
    list_remove(&connection->node);
    rpc->n_connections--;
    mem_free(connection);
    rpc_settle(rpc);
}

void connection_close(struct connection *connection)
{
    if (connection->state == CONNECTION_CLOSING) {
        return;
    }
    connection->state = CONNECTION_CLOSING;
    timer_stop(&connection->timer);
    timer_stop(&connection->unread);
    if (connection->session) {
        session_lost(connection->session);
        connection->session = NULL;
    }
    sp_reader_release(&connection->reader);
    stream_close(connection->stream, on_closed);
}

static void on_close_due(struct timer *timer)
{
    connection_close(timer->arg);
}

/* The peer has to read something within the limit, else it is closed. */
static void on_unread_due(struct timer *timer)
{
    struct connection *connection = timer->arg;
    size_t queued = stream_queued(connection->stream);
    if (queued < connection->unread_bytes) {
        connection->unread_bytes = queued;
        timer_start(timer, connection->rpc->limits->unread_answer, on_unread_due);
        return;
    }
    connection->rpc->counters.unread++;
    log_debug("PEER-UNREAD", "%s left %zu bytes unread", peer_name(connection), queued);
    connection_close(connection);
}

/* The session's link. */

static void on_finish(void *arg)
{
    struct connection *connection = arg;
    if (connection->state != CONNECTION_OPEN) {
        return;
    }
    connection->state = CONNECTION_FINISHING;
    bool empty = stream_queued(connection->stream) == 0;
    timer_start(&connection->timer, empty ? 0 : connection->rpc->limits->unread_answer,
                on_close_due);
}

static size_t on_queued(void *arg)
{
    const struct connection *connection = arg;
    return stream_queued(connection->stream);
}

static void out_of_memory(struct connection *connection)
{
    log_warn("PEER-NOMEM", "%s is closed: out of memory", peer_name(connection));
    connection->state = CONNECTION_FINISHING;
    timer_start(&connection->timer, 0, on_close_due);
}

static int write_take(struct connection *connection, struct buf *buf)
{
    int rc = stream_write_take(connection->stream, buf);
    if (rc == 0 && !timer_active(&connection->unread) &&
        stream_queued(connection->stream) > 0) {
        connection->unread_bytes = stream_queued(connection->stream);
        timer_start(&connection->unread, connection->rpc->limits->unread_answer,
                    on_unread_due);
    }
    return rc == RAGD_E_UNAVAILABLE ? 0 : rc; /* on_end will tell */
}

static void on_send(void *arg, struct ragd_bytes trace, const Ragd__V1__Frame *frame)
{
    struct connection *connection = arg;
    if (connection->state == CONNECTION_CLOSING) {
        return;
    }
    struct buf buf = {0};
    uint8_t header[SP_HEADER_BYTES_MAX];
    size_t n = protobuf_c_message_get_packed_size(&frame->base);
    size_t n_header = sp_header(connection->reader.transport, trace.n + n, header);
    int rc = buf_reserve(&buf, n_header + trace.n + n);
    rc = rc ? rc : buf_put(&buf, header, n_header);
    rc = rc ? rc : buf_put(&buf, trace.p, trace.n);
    rc = rc ? rc : codec_pack(&frame->base, &buf);
    rc = rc ? rc : write_take(connection, &buf);
    buf_release(&buf);
    if (rc != 0) {
        out_of_memory(connection);
    }
}

/* Idle peers. */

static uint64_t idle_limit(const struct connection *connection)
{
    const struct limits *limits = connection->rpc->limits;
    uint64_t ms = rpc_scarce(connection->rpc) ? limits->idle_scarce : limits->idle;
    return ms < limits->idle ? ms : limits->idle;
}

static void on_idle_due(struct timer *timer)
{
    struct connection *connection = timer->arg;
    uint64_t limit = idle_limit(connection);
    uint64_t idle = clock_mono_ms() - connection->last_frame_ms;
    if (!session_waits_for_peer(connection->session)) {
        timer_start(timer, limit, on_idle_due);
        return;
    }
    if (idle < limit) {
        timer_start(timer, limit - idle, on_idle_due);
        return;
    }
    connection->rpc->counters.idle++;
    log_debug("PEER-IDLE", "%s asked nothing for %llu ms", peer_name(connection),
              (unsigned long long)idle);
    session_cancel_calls(connection->session, STOP_DEADLINE);
    session_leave(connection->session, ERR_DEADLINE, "nothing was asked for too long", 0);
    on_finish(connection);
}

void connection_hurry(struct connection *connection)
{
    if (connection->state == CONNECTION_OPEN && connection->session &&
        session_greeted(connection->session)) {
        timer_start(&connection->timer, 0, on_idle_due);
    }
}

static void on_handshake_due(struct timer *timer)
{
    struct connection *connection = timer->arg;
    log_debug("PEER-SILENT", "%s did not introduce itself", peer_name(connection));
    connection_close(connection);
}

/* Bytes from the peer. */

static int greet(struct connection *connection)
{
    const struct stream_peer *stream = stream_peer(connection->stream);
    struct session_link link = {on_send, on_queued, on_finish, connection};
    struct session_peer peer = {
        .remote = stream->kind == STREAM_TCP,
        .requests = connection->reader.peer == SP_REQ0,
        .refused = connection->refused,
        .uid = stream->uid,
        .name = stream->name,
    };
    struct buf hello = {0};
    uint8_t bytes[SP_HANDSHAKE_BYTES];
    sp_handshake(sp_answer(connection->reader.peer), bytes);
    int rc = buf_put(&hello, bytes, sizeof(bytes));
    rc = rc ? rc : write_take(connection, &hello);
    buf_release(&hello);
    connection->session = rc ? NULL : session_create(connection->rpc, link, &peer);
    return connection->session ? 0 : RAGD_E_NOMEM;
}

/* After the handshake and after each message: what has changed by it. */
static void after_message(struct connection *connection)
{
    struct rpc *rpc = connection->rpc;
    bool known = session_greeted(connection->session);
    uint64_t max = rpc->limits->message;
    connection->reader.max = known || max < HELLO_BYTES_MAX ? max : HELLO_BYTES_MAX;
    if (known && connection->last_frame_ms == 0 && connection->state == CONNECTION_OPEN) {
        timer_start(&connection->timer, idle_limit(connection), on_idle_due);
    }
    if (known) {
        connection->last_frame_ms = clock_mono_ms();
    }
}

static void on_malformed(struct connection *connection, struct err *err)
{
    if (err->id == ERR_LIMIT) {
        connection->rpc->counters.oversize++;
        bool configured = connection->reader.max == connection->rpc->limits->message;
        err_set(err, ERR_LIMIT, "%s, %s", err->msg,
                configured ? "limits.message" : "the most before a Hello");
    }
    rpc_complain(connection->rpc, peer_name(connection), err);
    connection_close(connection);
}

static void on_read(struct stream *stream, const uint8_t *p, size_t n)
{
    struct connection *connection = stream_arg(stream);
    struct ragd_bytes in = {p, n}, message = {0};
    struct err err = {0};
    while (connection->state == CONNECTION_OPEN) {
        int event = sp_reader_next(&connection->reader, &in, &message, &err);
        if (event < 0) {
            on_malformed(connection, &err);
            return;
        }
        if (event == SP_MORE) {
            break;
        }
        if (event == SP_PEER) {
            if (greet(connection) != 0) {
                out_of_memory(connection);
                return;
            }
        } else {
            session_message(connection->session, message);
        }
        after_message(connection);
    }
    if (connection->state != CONNECTION_CLOSING && !connection->held &&
        on_queued(connection) >= connection->rpc->limits->high_water) {
        connection->held = true;
        stream_read_stop(stream);
    }
}

static void on_end(struct stream *stream, int status)
{
    (void)status; /* a peer may leave as it likes */
    connection_close(stream_arg(stream));
}

static void on_sent(struct stream *stream)
{
    struct connection *connection = stream_arg(stream);
    size_t queued = stream_queued(stream);
    timer_stop(&connection->unread);
    if (queued > 0) {
        connection->unread_bytes = queued;
        timer_start(&connection->unread, connection->rpc->limits->unread_answer,
                    on_unread_due);
    }
    if (connection->state == CONNECTION_FINISHING) {
        if (queued == 0) {
            timer_start(&connection->timer, 0, on_close_due);
        }
        return;
    }
    if (queued >= connection->rpc->limits->high_water) {
        return;
    }
    if (connection->held) {
        connection->held = false;
        stream_read_start(stream);
    }
    if (connection->session) {
        session_writable(connection->session);
    }
}

static const struct stream_events events = {on_read, on_end, on_sent};

void connection_open_take(struct rpc *rpc, struct stream *stream, bool refused)
{
    struct connection *connection = mem_calloc(1, sizeof(*connection));
    if (!connection) {
        stream_close(stream, NULL);
        return;
    }
    bool tcp = stream_peer(stream)->kind == STREAM_TCP;
    uint64_t max = rpc->limits->message;
    connection->rpc = rpc;
    connection->stream = stream;
    connection->refused = refused;
    connection->timer = (struct timer){.name = "connection", .arg = connection};
    connection->unread = (struct timer){.name = "connection", .arg = connection};
    sp_reader_init(&connection->reader, tcp ? SP_TCP : SP_IPC,
                   max < HELLO_BYTES_MAX ? max : HELLO_BYTES_MAX);
    list_init(&connection->node);
    list_push(&rpc->connections, &connection->node);
    rpc->n_connections++;
    stream_attach(stream, &events, connection);
    timer_start(&connection->timer, rpc->limits->handshake, on_handshake_due);
    stream_read_start(stream);
}
