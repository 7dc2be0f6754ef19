/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A ragd of one's own, in the background. Must run before nng is used. */
#ifndef CLI_SPAWN_H
#define CLI_SPAWN_H

#include <sys/types.h>

#include "cli.h"

/* Starts `ragd --user` and waits until it answers at `socket_path`. 0, or the
 * exit code after the error was told. */
int spawn_daemon(const struct cli *cli, const char *socket_path, pid_t *pid);

#endif
