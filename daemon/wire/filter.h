/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Filters from the wire, checked: operators, arity, depth, operand types.
 *
 * Thread: [any].
 */
#ifndef WIRE_FILTER_H
#define WIRE_FILTER_H

#include <ragd/types.h>

#include "core/arena.h"
#include "core/err.h"
#include "core/limits.h"
#include "ragd/v1/common.pb-c.h"

/*
 * A view of a decoded filter, whose strings it borrows; NULL and one without
 * nodes match everything. ERR_INVALID names the node, counted from 0,
 * or the limit; out stays untouched.
 */
int filter_in(struct arena *arena, const Ragd__V1__Filter *in, const struct limits *limits,
              struct ragd_filter *out, struct err *err);

#endif
