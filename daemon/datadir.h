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

#include <stdbool.h>

#include "core/err.h"
#include "made.h"

/* Makes it (0700) when it is not there, makes it private when it is ours and was
 * not, and locks it. ERR_EXISTS names the process that holds it; ERR_DENIED when
 * it belongs to somebody else. *fd: the lock. What had to be made is in `made`. */
int datadir_lock(struct made *made, const char *path, int *fd, struct err *err);
/* Below it, 0700. */
int datadir_make(const char *path, struct err *err);
/* The directory for the socket. A system's daemon makes it 0755, unless systemd
 * or a package did; one user's makes it 0700, and it is ERR_DENIED when it is
 * not theirs alone. */
int datadir_socket_dir(struct made *made, const char *socket_path, bool system,
                       struct err *err);

#endif
