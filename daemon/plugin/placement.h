/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Where a plugin runs. What parses strangers' bytes has a process of its own: a
 * file "loader_NAME.so" is never opened in the daemon, unless the operator says
 * so; all others are.
 *
 * Thread: [any].
 */
#ifndef PLUGIN_PLACEMENT_H
#define PLUGIN_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <ragd/types.h>

#include "core/err.h"

enum placement {
    PLACEMENT_DAEMON,
    PLACEMENT_CHILD,   /* a process of its own, with its own limits */
    PLACEMENT_SANDBOX, /* and without a file, a socket or another process in reach */
};

/* "daemon", "child", "sandbox". */
const char *placement_name(enum placement placement);

/* "NAME=PLACEMENT" of the configuration into its parts. ERR_CONFIG. */
int placement_parse(struct ragd_str text, struct ragd_str *name, enum placement *out,
                    struct err *err);

/* "arxiv", "loader_arxiv" or "loader_arxiv.so" stand for the file loader_arxiv.so. */
bool placement_names(struct ragd_str name, const char *file);

/* Of a file by its name: what the operator's words (all are well-formed) say,
 * *said then, or the rule. */
enum placement placement_of(const char *file, const struct ragd_str *words, size_t n,
                            bool *said);

#endif
