/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: link, Hello, HelloAck; then frames are received only while the
 * caller waits for something, and are handed to the calls they belong to.
 *
 * Failure modes: a lost link ends every open call UNAVAILABLE with the same
 * error, and later calls too, until ragc_reconnect(). A frame that does not
 * decode or breaks the protocol loses the link.
 *
 * On close: open calls are cancelled, their Ends awaited for drain_ms.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int left_ms(int64_t since, int timeout_ms)
{
    if (timeout_ms < 0) {
        return -1;
    }
    int64_t left = since + timeout_ms - now_ms();
    return left > 0 ? (int)left : 0;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool any_open(const struct ragc *conn)
{
    for (const struct ragc_call *call = conn->calls; call; call = call->next) {
        if (call->open) {
            return true;
        }
    }
    return false;
}

int conn_lose(struct ragc *conn, const struct ragc_error *why)
{
    if (conn->link) {
        conn->lost = *why;
        link_close(conn->link, why->fault == RAGC_FAULT_LOST && !any_open(conn));
        conn->link = NULL;
    }
    for (struct ragc_call *call = conn->calls; call; call = call->next) {
        call->open = false;
        call_fail(call, &conn->lost);
    }
    return -conn->lost.status;
}

int conn_send(struct ragc *conn, const Ragd__V1__Frame *frame, struct ragc_error *error)
{
    if (!conn->link) {
        return error_copy(error, &conn->lost);
    }
    size_t n = ragd__v1__frame__get_packed_size(frame);
    if (conn->server.max_message && n > conn->server.max_message) {
        error_set(error, RAGC_RESOURCE_EXHAUSTED, "limit_exceeded",
                  "a message of %zu bytes is too long", n);
        error_why(error, "ragd takes %llu bytes at most, limits.message",
                  (unsigned long long)conn->server.max_message);
        return -RAGC_RESOURCE_EXHAUSTED;
    }
    void *message;
    uint8_t *body;
    if (link_reserve(n, &message, &body)) {
        return error_fault(error, RAGC_FAULT_LOCAL, "out of memory");
    }
    ragd__v1__frame__pack(frame, body);
    struct ragc_error why;
    if (link_send_take(conn->link, message, SEND_MS, &why)) {
        conn_lose(conn, &why);
        return error_copy(error, &why);
    }
    return 0;
}

static int lose_protocol(struct ragc *conn, const char *what)
{
    struct ragc_error why;
    error_fault(&why, RAGC_FAULT_PROTOCOL, "ragd breaks the protocol");
    error_why(&why, "%s", what);
    return conn_lose(conn, &why);
}

static struct ragc_call *find_call(struct ragc *conn, uint64_t id)
{
    struct ragc_call *call = conn->calls;
    while (call && call->id != id) {
        call = call->next;
    }
    return call && call->open ? call : NULL;
}

static void send_pong(struct ragc *conn, uint64_t nonce)
{
    Ragd__V1__Pong pong = RAGD__V1__PONG__INIT;
    pong.nonce = nonce;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.kind_case = RAGD__V1__FRAME__KIND_PONG;
    frame.pong = &pong;
    conn_send(conn, &frame, NULL);
}

/* Calls the daemon will not answer any more fail; the others go on. */
static void on_go_away(struct ragc *conn, const Ragd__V1__GoAway *away)
{
    struct ragc_error error;
    error_fault(&error, RAGC_FAULT_LOST, "ragd closes the connection");
    error_why(&error, "%s", away->message[0] ? away->message : "it is stopping");
    conn->going_away = true;
    conn->lost = error;
    for (struct ragc_call *call = conn->calls; call; call = call->next) {
        if (call->id > away->last_call_id) {
            call->open = false;
            call_fail(call, &error);
        }
    }
}

static int dispatch(struct ragc *conn, Ragd__V1__Frame *frame)
{
    struct ragc_call *call = find_call(conn, frame->call_id);
    switch (frame->kind_case) {
    case RAGD__V1__FRAME__KIND_DATA:
        if (call) {
            call_on_data(call, frame->data);
        }
        return 0;
    case RAGD__V1__FRAME__KIND_END:
        if (call) {
            call_on_end(call, frame->end);
        }
        return 0;
    case RAGD__V1__FRAME__KIND_CREDIT:
        if (call && frame->credit->messages <= UINT32_MAX - call->credit_out) {
            call->credit_out += frame->credit->messages;
        }
        return 0;
    case RAGD__V1__FRAME__KIND_PING: send_pong(conn, frame->ping->nonce); return 0;
    case RAGD__V1__FRAME__KIND_GO_AWAY: on_go_away(conn, frame->go_away); return 0;
    case RAGD__V1__FRAME__KIND_PONG: return 0;
    /* A kind this version does not know: a later one may have added it. */
    case RAGD__V1__FRAME__KIND__NOT_SET: return 0;
    default: return lose_protocol(conn, "a frame that only clients send");
    }
}

/* Only on transports with pings: asks after a silent peer, gives it up after
 * PINGS_MISSED. */
static int watch_silence(struct ragc *conn)
{
    int64_t now = now_ms();
    if (conn->ping_ms <= 0 || now - conn->heard_ms < conn->ping_ms) {
        return 0;
    }
    if (now - conn->heard_ms >= (int64_t)conn->ping_ms * PINGS_MISSED) {
        struct ragc_error why;
        error_fault(&why, RAGC_FAULT_TIMEOUT, "ragd does not answer any more");
        error_why(&why, "nothing was heard for %d ms", conn->ping_ms * PINGS_MISSED);
        return conn_lose(conn, &why);
    }
    if (now - conn->pinged_ms >= conn->ping_ms) {
        conn->pinged_ms = now;
        Ragd__V1__Ping ping = RAGD__V1__PING__INIT;
        ping.nonce = (uint64_t)now;
        Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
        frame.kind_case = RAGD__V1__FRAME__KIND_PING;
        frame.ping = &ping;
        return conn_send(conn, &frame, NULL);
    }
    return 0;
}

/* Receives one frame. 1 = *out, 0 = none in time; negative = lost. */
static int receive(struct ragc *conn, int timeout_ms, Ragd__V1__Frame **out)
{
    void *message;
    uint8_t *body;
    size_t n;
    struct ragc_error why;
    int rc = link_recv(conn->link, timeout_ms, &message, &body, &n, &why);
    if (rc <= 0) {
        return rc < 0 ? conn_lose(conn, conn->going_away ? &conn->lost : &why) : 0;
    }
    conn->heard_ms = now_ms();
    *out = frame_unpack(body, n);
    link_free(message);
    return *out ? 1 : lose_protocol(conn, "a frame that does not decode");
}

int conn_pump(struct ragc *conn, int timeout_ms, struct ragc_error *error)
{
    int64_t since = now_ms();
    calls_reap(conn);
    for (;;) {
        if (!conn->link || watch_silence(conn) < 0) {
            return error_copy(error, &conn->lost);
        }
        int left = left_ms(since, timeout_ms);
        if (conn->ping_ms > 0 && (left < 0 || left > conn->ping_ms)) {
            left = conn->ping_ms;
        }
        Ragd__V1__Frame *frame = NULL;
        int rc = receive(conn, left, &frame);
        if (rc > 0) {
            rc = dispatch(conn, frame);
            frame_free(frame);
            conn->news = true;
            return rc < 0 ? error_copy(error, &conn->lost) : 1;
        }
        if (rc < 0) {
            return error_copy(error, &conn->lost);
        }
        if (left_ms(since, timeout_ms) == 0) {
            return 0;
        }
    }
}

static int send_hello(struct ragc *conn, struct ragc_error *error)
{
    Ragd__V1__Hello hello = RAGD__V1__HELLO__INIT;
    hello.major = PROTOCOL_MAJOR;
    hello.minor = PROTOCOL_MINOR;
    hello.client = conn->client;
    hello.max_message = conn->accepts;
    hello.token = conn->token;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.kind_case = RAGD__V1__FRAME__KIND_HELLO;
    frame.hello = &hello;
    return conn_send(conn, &frame, error);
}

/* Takes over what the daemon says of itself. */
static int take_ack(struct ragc *conn, const Ragd__V1__HelloAck *ack,
                    struct ragc_error *error)
{
    char *version = strdup(ack->server), *boot_id = strdup(ack->boot_id);
    if (!version || !boot_id) {
        free(version);
        free(boot_id);
        return error_fault(error, RAGC_FAULT_LOCAL, "out of memory");
    }
    if (conn->boot_id && strcmp(conn->boot_id, boot_id) != 0) {
        conn->server.restarts++;
    }
    free(conn->version);
    free(conn->boot_id);
    conn->version = version;
    conn->boot_id = boot_id;
    conn->server.version = version;
    conn->server.boot_id = boot_id;
    conn->server.major = ack->major;
    conn->server.minor = ack->minor;
    conn->server.max_calls = ack->max_calls;
    bool theirs = ack->max_message && ack->max_message < conn->accepts;
    conn->server.max_message = theirs ? ack->max_message : conn->accepts;
    conn->ping_ms = ack->ping_ms <= INT32_MAX ? (int)ack->ping_ms : 0;
    return 0;
}

/* GoAway instead of HelloAck: the version, the token, or too many. */
static int refused(const Ragd__V1__GoAway *away, struct ragc_error *error)
{
    switch (away->code) {
    case RAGC_UNAUTHENTICATED:
    case RAGC_PERMISSION_DENIED:
        error_fault(error, RAGC_FAULT_PERMISSION, "ragd refuses this connection");
        break;
    case RAGC_FAILED_PRECONDITION:
    case RAGC_UNIMPLEMENTED:
        error_fault(error, RAGC_FAULT_PROTOCOL, "ragd speaks another protocol");
        break;
    default: error_fault(error, RAGC_FAULT_LOST, "ragd takes no connection now"); break;
    }
    error_why(error, "%s", away->message);
    return -RAGC_UNAVAILABLE;
}

static int say_hello(struct ragc *conn, int64_t since, struct ragc_error *error)
{
    conn->server.max_message = 0;
    conn->going_away = false;
    conn->ping_ms = 0;
    int rc = send_hello(conn, error);
    Ragd__V1__Frame *frame = NULL;
    rc = rc ? rc : receive(conn, left_ms(since, conn->timeout_ms), &frame);
    if (rc < 0) {
        return error_copy(error, &conn->lost);
    }
    if (rc == 0) {
        error_fault(error, RAGC_FAULT_TIMEOUT, "ragd does not answer at %s", conn->url);
        error_why(error, "it took the connection and said nothing for %d ms",
                  conn->timeout_ms);
        return -RAGC_UNAVAILABLE;
    }
    if (frame->kind_case == RAGD__V1__FRAME__KIND_HELLO_ACK) {
        rc = take_ack(conn, frame->hello_ack, error);
    } else if (frame->kind_case == RAGD__V1__FRAME__KIND_GO_AWAY) {
        rc = refused(frame->go_away, error);
    } else {
        rc = error_fault(error, RAGC_FAULT_PROTOCOL, "no ragd speaks at %s", conn->url);
    }
    frame_free(frame);
    return rc < 0 ? rc : 0;
}

static int dial(struct ragc *conn, struct ragc_error *error)
{
    int64_t since = now_ms();
    struct link *link;
    int rc = link_open(conn->url, (size_t)conn->accepts, conn->timeout_ms, &link, error);
    if (rc) {
        return rc;
    }
    conn->link = link;
    conn->heard_ms = conn->pinged_ms = now_ms();
    struct ragc_error why;
    rc = say_hello(conn, since, &why);
    if (rc) {
        why.fault = why.fault ? why.fault : RAGC_FAULT_LOST;
        conn_lose(conn, &why);
        return error_copy(error, &why);
    }
    return 0;
}

static void conn_free(struct ragc *conn)
{
    while (conn->calls) {
        struct ragc_call *next = conn->calls->next;
        call_free(conn->calls);
        conn->calls = next;
    }
    free(conn->url);
    free(conn->token);
    free(conn->client);
    free(conn->version);
    free(conn->boot_id);
    free(conn);
}

static struct ragc *conn_create(const struct ragc_options *options)
{
    struct ragc *conn = calloc(1, sizeof(*conn));
    if (!conn) {
        return NULL;
    }
    conn->url = strdup(options->url);
    conn->token = strdup(or_empty(options->token));
    conn->client = strdup(options->client ? options->client : "ragclient");
    if (!conn->url || !conn->token || !conn->client) {
        conn_free(conn);
        return NULL;
    }
    conn->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : CONNECT_MS;
    conn->drain_ms = options->drain_ms > 0 ? options->drain_ms : DRAIN_MS;
    conn->accepts = options->max_message ? options->max_message : MAX_MESSAGE;
    conn->next_id = 1;
    return conn;
}

int ragc_connect(const struct ragc_options *options, struct ragc **out,
                 struct ragc_error *error)
{
    if (!options->url) {
        return error_fault(error, RAGC_FAULT_ADDRESS, "no address of a ragd was given");
    }
    struct ragc *conn = conn_create(options);
    if (!conn) {
        return error_fault(error, RAGC_FAULT_LOCAL, "out of memory");
    }
    int rc = dial(conn, error);
    if (rc) {
        conn_free(conn);
        return rc;
    }
    *out = conn;
    return 0;
}

const struct ragc_server *ragc_server(const struct ragc *conn)
{
    return &conn->server;
}

int ragc_reconnect(struct ragc *conn, struct ragc_error *error)
{
    struct ragc_error why;
    error_fault(&why, RAGC_FAULT_LOST, "the connection was given up");
    conn_lose(conn, &why);
    return dial(conn, error);
}

int ragc_wait(struct ragc *conn, int timeout_ms, struct ragc_error *error)
{
    int rc = conn->news ? 1 : conn_pump(conn, timeout_ms, error);
    conn->news = false;
    return rc;
}

void ragc_close(struct ragc *conn)
{
    if (!conn) {
        return;
    }
    for (struct ragc_call *call = conn->calls; call; call = call->next) {
        ragc_cancel(call, "closing");
    }
    int64_t since = now_ms();
    while (conn->link && any_open(conn) && left_ms(since, conn->drain_ms) > 0) {
        conn_pump(conn, left_ms(since, conn->drain_ms), NULL);
    }
    link_close(conn->link, !any_open(conn));
    conn_free(conn);
}
