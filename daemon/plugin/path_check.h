/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Whether a file may be run as part of this process. */
#ifndef PLUGIN_PATH_CHECK_H
#define PLUGIN_PATH_CHECK_H

#include <stdbool.h>

#include "core/err.h"
#include "core/hash.h"

/*
 * path: canonical and absolute. A regular file, no link, whose owner is root,
 * or in per-user mode the user, which nobody else may write; and the same for
 * each directory above it; in per-user mode those with the sticky bit may be
 * written by all. On success sha256 holds the file's hash. ERR_PLUGIN_REFUSED
 * names the file or directory and the rule. Blocking.
 */
int path_check(const char *path, bool system, char sha256[HASH_HEX_BYTES], struct err *err);

#endif
