/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Tidying up after work: once things are quiet, unused memory goes back. */
#ifndef TIDY_H
#define TIDY_H

/* After workers_init. Nothing happens, and nothing wakes up, without work. */
void tidy_start(void);
/* Before workers_stop. Legal when it was not started. */
void tidy_stop(void);

#endif
