/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The directories that a start makes, so that one that fails leaves the
 * machine as it was: an empty data directory would tell clients of a daemon
 * that is not there.
 */
#ifndef MADE_H
#define MADE_H

#include <stddef.h>
#include <sys/types.h>

#include "core/err.h"

enum { MADE_MAX = 64 }; /* directories of one start; a path has a handful */

struct made {
    mode_t above; /* of those on the way to what was asked for */
    size_t n;
    char *paths[MADE_MAX];
};

/* Makes the directory, with exactly this mode whatever the umask, and what is
 * missing above it. What is there already stays as it is. After an error
 * made_undo takes back what came about. */
int made_directory(struct made *made, const char *path, mode_t mode, struct err *err);

/* Removes what was made and is empty, newest first. `tree` (NULL = none) goes
 * with all that is in it if it was made: the caller holds the lock that says
 * that nobody else has put anything there. */
void made_undo(struct made *made, const char *tree);

/* What was made stays. Zeroed is released. */
void made_release(struct made *made);

#endif
