/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the opening of the database does with jobs. */
#ifndef STATE_JOBS_H
#define STATE_JOBS_H

#include "core/err.h"

struct state;

/* Finds the last id; what was running becomes interrupted. */
int jobs_recover(struct state *state, struct err *err);

#endif
