/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the files of daemon/loop share; uv is seen here and not outside. */
#ifndef LOOP_INTERNAL_H
#define LOOP_INTERNAL_H

#include <uv.h>

#include "core/err.h"

/* The one loop, while it is open. */
uv_loop_t *loop_uv(void);

/* The row and cause for a negative uv status. */
int loop_uv_error(struct err *err, int status, const char *what);
/* RAGD_E_* of a negative uv status. */
int loop_uv_status(int status);

/* Parts of loop_open and loop_close. 0 or a negative uv status. */
int inbox_open(uv_loop_t *loop);
void inbox_close(void);

/* The same for timers. */
int timers_open(uv_loop_t *loop);
void timers_close(void);

#endif
