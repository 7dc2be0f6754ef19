/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path, failures and close are told in stream.h. Here: reads share one
 * buffer of the loop, so an idle connection costs its handle alone. A write
 * first tries the kernel directly; what remains is queued with its memory.
 * After stream_close no event but on_closed is delivered: closing is the one
 * flag that every callback looks at.
 */
#include "loop/stream.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"
#include "loop/internal.h"
#include "loop/loop.h"
#include "loop/timer.h"

enum { READ_BYTES = 64 * 1024, BACKLOG = 511, ACCEPT_RETRY_MS = 100 };

struct stream {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    const struct stream_events *events;
    void *arg;
    void (*on_closed)(void *arg);
    struct stream_peer peer;
    size_t queued;
    int closing, ended;
};

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    enum stream_kind kind;
    listener_accept_fn on_accept;
    void *arg;
    void (*on_closed)(void *arg);
    struct timer retry; /* of an accept that found no memory */
    int closing;
};

struct write {
    uv_write_t req;
    struct stream *stream;
    uint8_t *p;
    size_t n;
};

static uint8_t read_buffer[READ_BYTES];

static int init_handle(uv_handle_t *handle, enum stream_kind kind)
{
    return kind == STREAM_TCP ? uv_tcp_init(loop_uv(), (uv_tcp_t *)handle)
                              : uv_pipe_init(loop_uv(), (uv_pipe_t *)handle, 0);
}

static int open_handle(uv_handle_t *handle, enum stream_kind kind, int fd)
{
    return kind == STREAM_TCP ? uv_tcp_open((uv_tcp_t *)handle, fd)
                              : uv_pipe_open((uv_pipe_t *)handle, fd);
}

static void name_unix_peer(struct stream_peer *peer, int fd)
{
    struct ucred cred;
    socklen_t n = sizeof(cred);
    peer->loopback = 1;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) == 0) {
        peer->uid = cred.uid;
        peer->gid = cred.gid;
        peer->pid = cred.pid;
    }
    snprintf(peer->name, sizeof(peer->name), "uid %lld pid %d",
             peer->uid == UINT32_MAX ? -1LL : (long long)peer->uid, (int)peer->pid);
}

static void name_tcp_peer(struct stream_peer *peer, int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    char text[INET6_ADDRSTRLEN] = "?";
    socklen_t n = sizeof(at);
    memset(&at, 0, sizeof(at));
    if (getpeername(fd, &at.any, &n) == 0 && at.any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &at.v4.sin_addr, text, sizeof(text));
        peer->loopback = ntohl(at.v4.sin_addr.s_addr) >> 24 == 127;
        snprintf(peer->name, sizeof(peer->name), "%s:%u", text, ntohs(at.v4.sin_port));
    } else if (at.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &at.v6.sin6_addr, text, sizeof(text));
        peer->loopback = IN6_IS_ADDR_LOOPBACK(&at.v6.sin6_addr);
        snprintf(peer->name, sizeof(peer->name), "[%s]:%u", text, ntohs(at.v6.sin6_port));
    } else {
        snprintf(peer->name, sizeof(peer->name), "tcp");
    }
}

static void learn_peer(struct stream *stream, enum stream_kind kind)
{
    stream->peer = (struct stream_peer){.kind = kind, .uid = UINT32_MAX, .gid = UINT32_MAX};
    uv_os_fd_t fd;
    if (uv_fileno(&stream->uv.handle, &fd)) {
        return;
    }
    if (kind == STREAM_UNIX) {
        name_unix_peer(&stream->peer, fd);
    } else {
        name_tcp_peer(&stream->peer, fd);
        uv_tcp_nodelay(&stream->uv.tcp, 1);
    }
}

static void free_closed(uv_handle_t *handle)
{
    struct stream *stream = handle->data;
    void (*on_closed)(void *arg) = stream->on_closed;
    void *arg = stream->arg;
    mem_free(stream);
    if (on_closed) {
        loop_enter("stream closed");
        on_closed(arg);
        loop_leave();
    }
}

/* A stream whose handle is initialised and not yet connected to anything. */
static struct stream *new_stream(enum stream_kind kind)
{
    struct stream *stream = mem_calloc(1, sizeof(*stream));
    if (!stream) {
        return NULL;
    }
    if (init_handle(&stream->uv.handle, kind)) {
        mem_free(stream);
        return NULL;
    }
    stream->uv.handle.data = stream;
    return stream;
}

int stream_open(struct stream **out, int fd, enum stream_kind kind, struct err *err)
{
    struct stream *stream = new_stream(kind);
    if (!stream) {
        close(fd);
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = open_handle(&stream->uv.handle, kind, fd);
    if (rc) {
        close(fd); /* which uv did not take */
        stream_close(stream, NULL);
        return loop_uv_error(err, rc, "cannot use the descriptor as a connection");
    }
    learn_peer(stream, kind);
    *out = stream;
    return 0;
}

void stream_attach(struct stream *stream, const struct stream_events *events, void *arg)
{
    stream->events = events;
    stream->arg = arg;
}

void *stream_arg(const struct stream *stream)
{
    return stream->arg;
}

const struct stream_peer *stream_peer(const struct stream *stream)
{
    return &stream->peer;
}

static void end(struct stream *stream, int status)
{
    if (stream->closing || stream->ended) {
        return;
    }
    stream->ended = 1;
    uv_read_stop(&stream->uv.stream);
    stream->events->on_end(stream, status);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)handle;
    (void)suggested;
    *out = uv_buf_init((char *)read_buffer, READ_BYTES);
}

static void on_uv_read(uv_stream_t *handle, ssize_t n, const uv_buf_t *buf)
{
    struct stream *stream = handle->data;
    if (n == 0 || stream->closing) {
        return;
    }
    loop_enter("stream read");
    if (n > 0) {
        stream->events->on_read(stream, (const uint8_t *)buf->base, (size_t)n);
    } else {
        end(stream, n == UV_EOF ? 0 : loop_uv_status((int)n));
    }
    loop_leave();
}

void stream_read_start(struct stream *stream)
{
    if (!stream->closing && !stream->ended) {
        uv_read_start(&stream->uv.stream, on_alloc, on_uv_read);
    }
}

void stream_read_stop(struct stream *stream)
{
    if (!stream->closing) {
        uv_read_stop(&stream->uv.stream);
    }
}

static void on_written(uv_write_t *req, int status)
{
    struct write *write = req->data;
    struct stream *stream = write->stream;
    stream->queued -= write->n;
    mem_free(write->p);
    mem_free(write);
    if (stream->closing) {
        return;
    }
    loop_enter("stream sent");
    if (status) {
        end(stream, loop_uv_status(status));
    } else if (stream->events->on_sent) {
        stream->events->on_sent(stream);
    }
    loop_leave();
}

/* Queues what the kernel did not take of buf; its memory goes along. */
static int write_rest(struct write *write, struct buf *buf, size_t sent)
{
    struct stream *stream = write->stream;
    write->p = buf->p;
    write->n = buf->n - sent;
    uv_buf_t rest = uv_buf_init((char *)buf->p + sent, (unsigned)write->n);
    int rc = uv_write(&write->req, &stream->uv.stream, &rest, 1, on_written);
    if (rc) {
        return loop_uv_status(rc);
    }
    stream->queued += write->n;
    *buf = (struct buf){0};
    return 0;
}

/* Bytes taken at once, or a negative uv status. */
static int try_write(struct stream *stream, const struct buf *buf)
{
    if (stream->queued) {
        return 0;
    }
    uv_buf_t whole = uv_buf_init((char *)buf->p, (unsigned)buf->n);
    int n = uv_try_write(&stream->uv.stream, &whole, 1);
    return n == UV_EAGAIN ? 0 : n;
}

int stream_write_take(struct stream *stream, struct buf *buf)
{
    if (stream->closing || stream->ended) {
        return RAGD_E_UNAVAILABLE;
    }
    /* First, so that want of memory never leaves half a buffer sent. */
    struct write *write = mem_alloc(sizeof(*write));
    if (!write) {
        return RAGD_E_NOMEM;
    }
    write->stream = stream;
    write->req.data = write;
    int sent = try_write(stream, buf), rc = 0;
    if (sent < 0) {
        rc = loop_uv_status(sent);
    } else if ((size_t)sent < buf->n) {
        rc = write_rest(write, buf, (size_t)sent);
        if (rc == 0) {
            return 0;
        }
    } else {
        buf_release(buf);
    }
    mem_free(write);
    return rc;
}

size_t stream_queued(const struct stream *stream)
{
    return stream->queued;
}

void stream_close(struct stream *stream, void (*on_closed)(void *arg))
{
    if (stream->closing) {
        return;
    }
    stream->closing = 1;
    stream->on_closed = on_closed;
    uv_close(&stream->uv.handle, free_closed);
}

static void accept_one(struct listener *listener);

static void on_retry(struct timer *timer)
{
    accept_one(timer->arg);
}

/* uv holds the connection, and accepts no other, until it is fetched. */
static void accept_one(struct listener *listener)
{
    struct stream *stream = new_stream(listener->kind);
    if (!stream) {
        listener->retry.name = "accept again";
        listener->retry.arg = listener;
        timer_start(&listener->retry, ACCEPT_RETRY_MS, on_retry);
        return;
    }
    if (uv_accept(&listener->uv.stream, &stream->uv.stream)) {
        stream_close(stream, NULL);
        return;
    }
    learn_peer(stream, listener->kind);
    listener->on_accept(listener, stream);
}

static void on_connection(uv_stream_t *handle, int status)
{
    if (status) {
        return; /* uv has closed what it could not keep */
    }
    loop_enter("accept");
    accept_one(handle->data);
    loop_leave();
}

static void free_listener(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    void (*on_closed)(void *arg) = listener->on_closed;
    void *arg = listener->arg;
    mem_free(listener);
    if (on_closed) {
        loop_enter("listener closed");
        on_closed(arg);
        loop_leave();
    }
}

int listener_open(struct listener **out, int fd, enum stream_kind kind,
                  listener_accept_fn on_accept, void *arg)
{
    struct listener *listener = mem_calloc(1, sizeof(*listener));
    if (!listener) {
        return RAGD_E_NOMEM;
    }
    listener->kind = kind;
    listener->on_accept = on_accept;
    listener->arg = arg;
    int rc = init_handle(&listener->uv.handle, kind);
    if (rc) {
        mem_free(listener);
        return loop_uv_status(rc);
    }
    listener->uv.handle.data = listener;
    rc = open_handle(&listener->uv.handle, kind, fd);
    if (!rc) {
        rc = uv_listen(&listener->uv.stream, BACKLOG, on_connection);
    }
    if (rc) {
        listener_close(listener, NULL);
        return loop_uv_status(rc);
    }
    *out = listener;
    return 0;
}

void *listener_arg(const struct listener *listener)
{
    return listener->arg;
}

void listener_close(struct listener *listener, void (*on_closed)(void *arg))
{
    if (listener->closing) {
        return;
    }
    listener->closing = 1;
    listener->on_closed = on_closed;
    timer_stop(&listener->retry);
    uv_close(&listener->uv.handle, free_listener);
}
