/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Progress on stderr: a bar on a terminal, else a line every ten seconds, or
 * an object a line with --progress=json.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli.h"

struct progress {
    const struct cli *cli;
    enum { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_JSON } how;
    const char *verb; /* "add" */
    bool drawn;
    int64_t last_ms;
};

struct progress_now {
    const char *stage, *what; /* "" = not known */
    uint64_t done, total;     /* total 0 = not known */
};

/* verb: what is being done, in front of the bar ("add"); borrowed. */
void progress_init(struct progress *progress, const struct cli *cli, const char *verb);
/* Tells where it is, but no more often than its form bears. */
void progress_show(struct progress *progress, const struct progress_now *now);
/* Takes the bar away, before something else is printed. */
void progress_clear(struct progress *progress);
void progress_emit(FILE *to, const struct progress_now *now);

#endif
