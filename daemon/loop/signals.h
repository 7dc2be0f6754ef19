/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Signals as events of the loop. Thread: [loop]. */
#ifndef LOOP_SIGNALS_H
#define LOOP_SIGNALS_H

typedef void (*signal_fn)(int signum);

/* on_signal for each of signums, which ends in 0 and has at most
 * SIGNALS_MAX. 0 or a negative status. */
enum { SIGNALS_MAX = 8 };
int signals_start(const int *signums, signal_fn on_signal);
/* No callback comes after; legal when nothing was started. */
void signals_close(void);

#endif
