/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Protobuf frames over a connected stream socket, between the daemon and its
 * children: four bytes of length, little-endian, then the message. A frame may
 * carry one descriptor.
 *
 * Neither side takes the other at its word: a frame above the bound is refused
 * before its body, memory grows with what has arrived, and a descriptor that
 * was not asked for never enters the process. Nothing here blocks but
 * pipe_wait, so a peer that does not read or write cannot hold its reader.
 *
 * Thread: [any]; a pipe has one reader and one writer, which may be two.
 */
#ifndef WIRE_PIPE_H
#define WIRE_PIPE_H

#include <stdbool.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "core/buf.h"
#include "core/err.h"

enum { PIPE_HEADER_BYTES = 4 };

/* What a step found. */
enum pipe_event {
    PIPE_MORE = 0, /* the socket must be waited for */
    PIPE_FRAME,    /* pipe_read: a whole frame; pipe_flush: all is written */
    PIPE_END,      /* pipe_read: the peer closed it between two frames */
};

struct pipe {
    int fd;            /* owned */
    uint32_t max;      /* bytes of a frame, either way; may be changed between frames */
    bool takes_fd;     /* a frame may bring a descriptor */
    uint64_t received; /* bytes of all frames so far, for budgets */
    /* Private. */
    uint8_t head[PIPE_HEADER_BYTES];
    size_t n_head;
    struct buf in; /* the frame that is being read */
    int fd_in;     /* that came with it, or -1 */
    struct buf out;
    size_t out_done;
    int fd_out; /* to go with the first byte of out, borrowed, or -1 */
};

/* Takes fd. Allocates nothing. */
void pipe_init_take(struct pipe *pipe, int fd, uint32_t max);
/* Closes the socket and what came unasked. A released or zeroed one with fd -1
 * is legal. */
void pipe_release(struct pipe *pipe);

/*
 * Puts a frame behind what is to be written. fd: a descriptor to send with it,
 * borrowed until the frame is flushed, or -1; only when nothing else waits.
 * Errors: ERR_LIMIT (larger than max), ERR_NOMEM; nothing was put then.
 */
int pipe_put(struct pipe *pipe, const ProtobufCMessage *message, int fd, struct err *err);
/* Writes what the socket takes: PIPE_MORE, PIPE_FRAME, or ERR_INTERRUPTED: the
 * peer is gone. */
int pipe_flush(struct pipe *pipe, struct err *err);

/*
 * Reads on until a frame is whole. PIPE_FRAME sets *frame, which lives until
 * the next call. Errors, after which the stream cannot be read on: ERR_LIMIT (a
 * length above max), ERR_PROTOCOL (cut off, or descriptors that are not taken),
 * ERR_NOMEM, ERR_INTERRUPTED.
 */
int pipe_read(struct pipe *pipe, struct ragd_bytes *frame, struct err *err);
/* The descriptor of the last frame, the caller's from here on; -1 = none. */
int pipe_take_fd(struct pipe *pipe);

/* Waits until the socket can be read, or written with to_write; -1 ms = for
 * ever. 1: it can (or is broken: the next step tells); 0: not in time. */
int pipe_wait(const struct pipe *pipe, bool to_write, int ms);

#endif
