/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Sockets ready to be listened on, from a URL or from systemd.
 *
 * A stale socket file of ours is replaced; whatever else stands at the path is
 * left alone. A lock file beside the socket (PATH.lock) keeps two daemons from
 * taking each other's for stale.
 *
 * Thread: before the loop runs, or on it. Nothing waits.
 */
#ifndef RPC_BIND_H
#define RPC_BIND_H

#include <sys/types.h>

#include "core/err.h"
#include "loop/stream.h"

/* A bound socket that does not listen yet. Zeroed is released. */
struct bound {
    int fd; /* -1 once it was handed on */
    enum stream_kind kind;
    int lock_fd; /* of the lock file, 0 = none */
    char *path;  /* of the socket file, or NULL */
    dev_t dev;   /* of the file that is removed at release: somebody else's is */
    ino_t ino;   /* not; 0 = none was made */
};

/*
 * "ipc:///PATH" with the file's mode, or "tcp://HOST:PORT" with a loopback
 * address in figures. Errors: ERR_CONFIG (not such a URL, a path that is no
 * socket of ours, an address that others reach), ERR_EXISTS (another daemon
 * serves there), ERR_DENIED, ERR_IO.
 */
int bind_url(struct bound *out, const char *url, mode_t mode, struct err *err);

/* Whether bind_url would take the URL, without a look at the machine. ERR_CONFIG. */
int bind_check(const char *url, struct err *err);

/* A listening descriptor that was inherited: a unix or loopback stream socket.
 * It is taken on success. ERR_CONFIG. */
int bind_inherited(struct bound *out, int fd, struct err *err);

/* Removes the socket and lock files that are still ours, closes what is open. */
void bound_release(struct bound *bound);

#endif
