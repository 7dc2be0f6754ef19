/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Failpoints: named places where a test makes the daemon fail.
 *
 * Compiled in when RAGD_FAILPOINTS is defined, else they cost nothing.
 * RAGD_FAILPOINT("store.before_flush") returns 0, or the negative status to
 * fail with. The environment variable RAGD_FAILPOINTS arms them:
 * "name=action[@n];...": exit, abort, kill (SIGKILL), sleep(ms), error(NAME);
 * @n = at the n-th passage, else at each.
 */
#ifndef CORE_FAILPOINT_H
#define CORE_FAILPOINT_H

#ifdef RAGD_FAILPOINTS
/* [any] */
int failpoint_hit(const char *name);
/* Replaces what is armed, NULL or "" disarms. 0 or RAGD_E_ARG: then nothing is
 * armed. Before threads start. */
int failpoint_arm(const char *spec);
#define RAGD_FAILPOINT(name) failpoint_hit(name)
#else
#define RAGD_FAILPOINT(name) 0
#endif

#endif
