/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The process's one event loop. All state changes of the daemon happen on its
 * thread, which never blocks.
 *
 * What runs there is bracketed by loop_enter and loop_leave (timers, the
 * inbox and streams do it by themselves), so that a step which computes for
 * longer than the limit "callback" is logged with its name.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdint.h>

#include "core/err.h"
#include "core/limits.h"

/* The calling thread becomes the loop's. 0 or a negative status. */
int loop_init(const struct limits *limits, struct err *err);
/* Runs callbacks until loop_stop. [loop] */
void loop_run(void);
/* loop_run returns after this turn. [loop] */
void loop_stop(void);
/* Runs what is ready without waiting: for tests and for the last steps of the
 * end. Returns whether something is still open or pending. [loop] */
int loop_turn(void);
/* After streams, listeners and signals were closed and the workers joined:
 * runs the last close callbacks and frees the loop. A zeroed one is legal. */
void loop_release(void);

/* Whether the caller is on the loop's thread. [any] */
int loop_is_current(void);

/* Around a callback; name is static text. They do not nest. [loop] */
void loop_enter(const char *name);
void loop_leave(void);

#endif
