/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The data directory: private, and one daemon's at a time.
 *
 * A lock file in it is held as long as the daemon lives and names its process;
 * the kernel gives it up with the process, so a crash leaves nothing to clean.
 */
#ifndef DATADIR_H
#define DATADIR_H

#include "core/err.h"

/* Makes it (0700, its parents too) when it is not there, makes it private when
 * it is ours and was not, and locks it. ERR_EXISTS names the process that
 * holds it; ERR_DENIED when it belongs to somebody else. *fd: the lock. */
int datadir_lock(const char *path, int *fd, struct err *err);
/* Below it, 0700. */
int datadir_make(const char *path, struct err *err);
/* The directory for the socket, where one user's daemon needs its own: made
 * 0700; ERR_DENIED when it is not ours alone. */
int datadir_socket_dir(const char *socket_path, struct err *err);

#endif
