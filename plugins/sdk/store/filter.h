/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Filters of ragd/types.h: checking and evaluating them, for every store. */
#ifndef STORE_FILTER_H
#define STORE_FILTER_H

#include <stdbool.h>

#include <ragd/status.h>

/* Nesting beyond this is refused: evaluation recurses. */
enum { FILTER_DEPTH_MAX = 64 };

/* All operators of ragd/types.h, as ragd_store.filter_ops wants them. */
#define FILTER_OPS_ALL                                                      \
    ((1ull << RAGD_F_AND) | (1ull << RAGD_F_OR) | (1ull << RAGD_F_NOT) |    \
     (1ull << RAGD_F_EQ) | (1ull << RAGD_F_NE) | (1ull << RAGD_F_LT) |      \
     (1ull << RAGD_F_LE) | (1ull << RAGD_F_GT) | (1ull << RAGD_F_GE) |      \
     (1ull << RAGD_F_IN) | (1ull << RAGD_F_NIN) | (1ull << RAGD_F_EXISTS) | \
     (1ull << RAGD_F_CONTAINS) | (1ull << RAGD_F_NOT_CONTAINS) | (1ull << RAGD_F_PREFIX))

/* 0, RAGD_E_ARG for a malformed expression, RAGD_E_UNSUPPORTED for an unknown
 * operator; *why is then a sentence that names the fault. */
ragd_status filter_check(const struct ragd_filter *filter, const char **why);

/* Whether a record with this metadata and text matches. The filter has been
 * checked. */
bool filter_match(const struct ragd_filter *filter, struct ragd_kvs meta,
                  struct ragd_str text);

#endif
