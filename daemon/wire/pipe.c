/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: a frame is packed behind its length and goes out in one write;
 * the reader takes exactly the length, then exactly the body, so nothing that
 * follows is read with it and a descriptor belongs to the frame in hand.
 *
 * Failure modes: a length that lies costs the memory of what really came. A
 * peer that closes in the middle of a frame is an error, between two it is the
 * end. Descriptors that nobody asked for are dropped by the kernel.
 */
#include "wire/pipe.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/codec.h"

enum {
    READ_BYTES = 256 << 10, /* of memory added for one read */
    KEEP_BYTES = 1 << 20,   /* a larger buffer is not kept for the next frame */
    BYTE_BITS = 8,
};

void pipe_init_take(struct pipe *pipe, int fd, uint32_t max)
{
    *pipe = (struct pipe){.fd = fd, .max = max, .fd_in = -1, .fd_out = -1};
}

void pipe_release(struct pipe *pipe)
{
    if (pipe->fd >= 0) {
        close(pipe->fd);
        pipe->fd = -1;
        if (pipe->fd_in >= 0) {
            close(pipe->fd_in);
        }
    }
    buf_release(&pipe->in);
    buf_release(&pipe->out);
    pipe->fd_in = -1;
}

/* Empties it for the next frame; one large document is no reason to stay so. */
static void reset(struct buf *buf)
{
    if (buf->cap > KEEP_BYTES) {
        buf_release(buf);
    }
    buf_clear(buf);
}

/* ---- writing ----------------------------------------------------------------- */

int pipe_put(struct pipe *pipe, const ProtobufCMessage *message, int fd, struct err *err)
{
    size_t n = protobuf_c_message_get_packed_size(message);
    if (n > pipe->max) {
        return err_set(err, ERR_LIMIT, "a %s of %zu bytes is over the limit of %u",
                       message->descriptor->short_name, n, pipe->max);
    }
    if (buf_reserve(&pipe->out, n + PIPE_HEADER_BYTES)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    uint8_t *head = pipe->out.p + pipe->out.n;
    for (size_t i = 0; i < PIPE_HEADER_BYTES; i++) {
        head[i] = (uint8_t)(n >> (i * BYTE_BITS));
    }
    protobuf_c_message_pack(message, head + PIPE_HEADER_BYTES);
    pipe->out.n += n + PIPE_HEADER_BYTES;
    pipe->fd_out = fd >= 0 ? fd : pipe->fd_out;
    return 0;
}

/* Room for the control message of one descriptor. */
union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static ssize_t send_some(struct pipe *pipe)
{
    struct iovec iov = {pipe->out.p + pipe->out_done, pipe->out.n - pipe->out_done};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    union control control = {0};
    if (pipe->fd_out >= 0) {
        msg.msg_control = control.bytes;
        msg.msg_controllen = sizeof(control.bytes);
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &pipe->fd_out, sizeof(int));
    }
    ssize_t n = sendmsg(pipe->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) {
        pipe->fd_out = -1;
    }
    return n;
}

/* The socket itself failed: nothing more will come or go. */
static int gone(struct err *err)
{
    int errnum = errno;
    err_set(err, ERR_INTERRUPTED, "the process at the other end is gone");
    return err_why(err, "%s", strerrordesc_np(errnum));
}

int pipe_flush(struct pipe *pipe, struct err *err)
{
    while (pipe->out_done < pipe->out.n) {
        ssize_t n = send_some(pipe);
        if (n >= 0) {
            pipe->out_done += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return PIPE_MORE;
        } else if (errno != EINTR) {
            return gone(err);
        }
    }
    pipe->out_done = 0;
    reset(&pipe->out);
    return PIPE_FRAME;
}

/* ---- reading ----------------------------------------------------------------- */

/* Keeps the first descriptor; ERR_PROTOCOL when one is one too many. */
static int keep_fd(struct pipe *pipe, struct msghdr *msg, struct err *err)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(msg);
    int fd = -1;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
        memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    }
    bool second = fd >= 0 && pipe->fd_in >= 0;
    if (second) {
        close(fd);
    } else if (fd >= 0) {
        pipe->fd_in = fd;
    }
    return second || msg->msg_flags & MSG_CTRUNC
               ? err_set(err, ERR_PROTOCOL, "a frame brings more descriptors than it may")
               : 0;
}

/* Reads at most n bytes: how many, PIPE_MORE without any, or an error; *end
 * when the peer has closed. */
static ssize_t receive(struct pipe *pipe, void *p, size_t n, bool *end, struct err *err)
{
    union control control = {0};
    struct iovec iov = {p, n};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    if (pipe->takes_fd) {
        msg.msg_control = control.bytes;
        msg.msg_controllen = sizeof(control.bytes);
    }
    ssize_t got = 0;
    do {
        got = recvmsg(pipe->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK ? PIPE_MORE : gone(err);
    }
    int rc = keep_fd(pipe, &msg, err);
    *end = got == 0;
    return rc ? rc : got;
}

static int read_head(struct pipe *pipe, bool *end, struct err *err)
{
    while (pipe->n_head < PIPE_HEADER_BYTES) {
        ssize_t got = receive(pipe, pipe->head + pipe->n_head,
                              PIPE_HEADER_BYTES - pipe->n_head, end, err);
        if (got <= 0) {
            return (int)got;
        }
        pipe->n_head += (size_t)got;
    }
    return PIPE_FRAME;
}

static uint32_t claimed(const struct pipe *pipe)
{
    uint32_t n = 0;
    for (size_t i = 0; i < PIPE_HEADER_BYTES; i++) {
        n |= (uint32_t)pipe->head[i] << (i * BYTE_BITS);
    }
    return n;
}

static int read_body(struct pipe *pipe, uint32_t n, bool *end, struct err *err)
{
    while (pipe->in.n < n) {
        size_t left = n - pipe->in.n;
        size_t room = left < READ_BYTES ? left : READ_BYTES;
        if (buf_reserve(&pipe->in, room)) {
            return err_set(err, ERR_NOMEM, NULL);
        }
        ssize_t got = receive(pipe, pipe->in.p + pipe->in.n, room, end, err);
        if (got <= 0) {
            return (int)got;
        }
        pipe->in.n += (size_t)got;
        pipe->received += (uint64_t)got;
    }
    return PIPE_FRAME;
}

/* Makes room for the next frame; the descriptor of the last one, when nobody
 * took it, is not left open. */
static void begin_frame(struct pipe *pipe)
{
    reset(&pipe->in);
    if (pipe->fd_in >= 0) {
        close(pipe->fd_in);
        pipe->fd_in = -1;
    }
}

int pipe_read(struct pipe *pipe, struct ragd_bytes *frame, struct err *err)
{
    bool end = false;
    if (pipe->n_head == 0) {
        begin_frame(pipe);
    }
    int rc = read_head(pipe, &end, err);
    if (rc == PIPE_FRAME) {
        uint32_t n = claimed(pipe);
        if (n > pipe->max) {
            return err_set(err, ERR_LIMIT, "a frame of %u bytes is over the limit of %u", n,
                           pipe->max);
        }
        rc = read_body(pipe, n, &end, err);
    }
    if (end) {
        return pipe->n_head == 0
                   ? PIPE_END
                   : err_set(err, ERR_PROTOCOL, "the stream ends in the middle of a frame");
    }
    if (rc == PIPE_FRAME) {
        pipe->n_head = 0;
        *frame = (struct ragd_bytes){pipe->in.p, pipe->in.n};
    }
    return rc;
}

int pipe_take_fd(struct pipe *pipe)
{
    int fd = pipe->fd_in;
    pipe->fd_in = -1;
    return fd;
}

int pipe_wait(const struct pipe *pipe, bool to_write, int ms)
{
    struct pollfd poll_fd = {.fd = pipe->fd, .events = to_write ? POLLOUT : POLLIN};
    return poll(&poll_fd, 1, ms) > 0;
}
