/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The bytes of sources. Nothing here waits for another process but stdin: what
 * is no regular file is refused, and a file that would make its reader wait (as
 * /proc/kmsg does) fails.
 */
#ifndef CLI_CONTENT_H
#define CLI_CONTENT_H

#include <stdint.h>
#include <sys/stat.h>

#include "fail.h"
#include "walk.h"

/* "a pipe", "a device"; NULL of a regular file. */
const char *content_kind(mode_t mode);
/* Why a source of such a mode, as the user would write it, is not taken. */
struct failure content_refused(const char *shown, mode_t mode);

/* A descriptor at the file's start and *st; -1 = *failure says why not. */
int content_open(const struct source_file *file, struct stat *st, struct failure *failure);
/* Reads as much as there is, up to n. -1 = *failure says why not. */
ssize_t content_read(const struct source_file *file, int fd, uint8_t *p, size_t n,
                     struct failure *failure);

/* What comes from `in`, kept in a file without a name: its hash is announced
 * before its bytes are sent. 0 and *out, or the exit code after the error was
 * told. */
int content_spool(const struct cli *cli, int in, int *out);

#endif
