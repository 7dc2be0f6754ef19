/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Ctrl-C of a long command: the first is asked for, the second ends at once. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/* How long waits may last until interrupted() is looked at. */
enum { INTERRUPT_POLL_MS = 200 };

/* Catches SIGINT and SIGTERM. */
void interrupt_catch(void);
bool interrupted(void);
/* 130 or 143. */
int interrupt_exit(void);

#endif
