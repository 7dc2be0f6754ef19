/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Lines in the log that are a child's words, from its stderr or its log function:
 * at a rate that is bounded for all processes of a plugin together, since each
 * document that goes wrong gets a new one.
 *
 * Thread: [any].
 */
#ifndef PLUGIN_CHILD_LINES_H
#define PLUGIN_CHILD_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct plugin;

/* Of a plugin; zeroed at first. */
struct child_lines {
    uint64_t since_ms;       /* begin of the period */
    unsigned lines, dropped; /* in it */
    bool told;               /* of dropped ones, in it */
};

/* Whether one more may be logged; counts it, and those that may not. */
bool child_lines_take(struct plugin *plugin);
/* One of its processes has ended: tells, once a period, how many were dropped. */
void child_lines_tell(struct plugin *plugin);

#endif
