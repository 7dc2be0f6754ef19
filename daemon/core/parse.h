/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Numbers, sizes and durations as people write them. Whole strings only: what
 * follows the number must be nothing or a unit. RAGD_E_ARG when it is not. */
#ifndef CORE_PARSE_H
#define CORE_PARSE_H

#include <stdint.h>

#include <ragd/types.h>

/* Decimal, in the range of their type. */
int parse_int(struct ragd_str s, int64_t *out);
int parse_uint(struct ragd_str s, uint64_t *out);
/* Finite, with a point, never a locale's comma. */
int parse_real(struct ragd_str s, double *out);
/* true, false, yes, no, on, off. */
int parse_bool(struct ragd_str s, int *out);
/* Bytes: 512, 64KiB, 10MiB, 1GiB, 4kB, 4MB, 1GB; no fraction. */
int parse_size(struct ragd_str s, uint64_t *out);
/* Milliseconds: 250ms, 5s, 10min, 2h, 1d; a bare number is an error, 0 is not. */
int parse_duration(struct ragd_str s, uint64_t *out);

#endif
