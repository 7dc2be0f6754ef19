/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Byte streams on the loop: accepted or adopted sockets, and their listeners.
 *
 * Happy path: a listener hands over streams; their owner starts reading, gets
 * pieces as they come, writes whole buffers and closes. Failure: on_end tells
 * that nothing more will be read; writes to a dead peer are dropped and end
 * in on_end too. Close: stream_close stops all events at once, on_closed is
 * the last one and may come only after stream_close returned.
 * Thread: [loop].
 */
#ifndef LOOP_STREAM_H
#define LOOP_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

struct stream;
struct listener;

enum stream_kind { STREAM_UNIX, STREAM_TCP };

struct stream_events {
    /* n > 0 bytes, borrowed until it returns. */
    void (*on_read)(struct stream *stream, const uint8_t *p, size_t n);
    /* The peer's end (0) or a failure (negative): once, no on_read follows.
     * The owner still has to close. */
    void (*on_end)(struct stream *stream, int status);
    /* Bytes that had to wait were taken by the kernel; see stream_queued. */
    void (*on_sent)(struct stream *stream);
};

struct stream_peer {
    enum stream_kind kind;
    uint32_t uid, gid; /* of a unix peer, by the kernel's word; else UINT32_MAX */
    int32_t pid;       /* at the time it connected; 0 = not known */
    int loopback;      /* unix, 127.0.0.0/8 or ::1 */
    char name[64];     /* "uid 1000 pid 42", "127.0.0.1:50312" */
};

/* Takes a connected descriptor, also when it fails. */
int stream_open(struct stream **out, int fd, enum stream_kind kind, struct err *err);
/* Before anything else; events are static, arg is the owner's. */
void stream_attach(struct stream *stream, const struct stream_events *events, void *arg);
void *stream_arg(const struct stream *stream);
const struct stream_peer *stream_peer(const struct stream *stream);

/* Reading is off at first. Stopping and starting is how to push back. */
void stream_read_start(struct stream *stream);
void stream_read_stop(struct stream *stream);

/*
 * Sends buf and empties it: its memory is the stream's until sent. What the
 * kernel takes at once never counts as queued and makes no on_sent. 0, or
 * RAGD_E_NOMEM and RAGD_E_UNAVAILABLE (the peer is gone), with buf untouched.
 */
int stream_write_take(struct stream *stream, struct buf *buf);
/* Bytes given to stream_write_take and not yet taken by the kernel. */
size_t stream_queued(const struct stream *stream);

/* Drops what is queued. on_closed (may be NULL) gets the owner's arg; the
 * stream is gone then. Once. */
void stream_close(struct stream *stream, void (*on_closed)(void *arg));

/* The new stream is the owner's. */
typedef void (*listener_accept_fn)(struct listener *listener, struct stream *stream);

/* Listens on a bound descriptor and adopts it, also when it fails (then it may
 * be closed). At the limit of descriptors surplus connections are closed at
 * once. 0 or a negative status. */
int listener_open(struct listener **out, int fd, enum stream_kind kind,
                  listener_accept_fn on_accept, void *arg);
void *listener_arg(const struct listener *listener);
void listener_close(struct listener *listener, void (*on_closed)(void *arg));

#endif
