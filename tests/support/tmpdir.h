/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Scratch directories below $TMPDIR, else /tmp. A failure fails the test. What a
 * failed test did not release goes when the process ends, but for RAGD_TEST_KEEP=1. */
#ifndef SUPPORT_TMPDIR_H
#define SUPPORT_TMPDIR_H

#include <stddef.h>

enum { TMPDIR_BYTES = 256 };

struct tmpdir {
    char path[TMPDIR_BYTES];
};

void tmpdir_init(struct tmpdir *dir);

/* Removes the directory and everything in it. */
void tmpdir_release(struct tmpdir *dir);

/* path becomes the path of name in dir; returns path. */
const char *tmpdir_path(const struct tmpdir *dir, const char *name,
                        char path[TMPDIR_BYTES]);

/* Writes a file of n bytes (text NUL-terminated when n is SIZE_MAX). */
void tmpdir_write(const struct tmpdir *dir, const char *name, const void *data, size_t n);

#endif
