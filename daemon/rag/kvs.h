/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Maps of metadata and options: laid over each other, compared, measured. */
#ifndef RAG_KVS_H
#define RAG_KVS_H

#include <stdbool.h>

#include <ragd/types.h>

#include "core/arena.h"
#include "core/err.h"
#include "core/limits.h"

/* base with over's entries in place of its own, sorted; deep copies.
 * 0 or RAGD_E_NOMEM. */
int kvs_overlay(struct arena *arena, struct ragd_kvs base, struct ragd_kvs over,
                struct ragd_kvs *out);
/* Both sorted. */
bool kvs_equal(struct ragd_kvs a, struct ragd_kvs b);
/* ERR_LIMIT, ERR_INVALID (an empty key, a number that is not finite). */
int kvs_check(const struct limits *limits, struct ragd_kvs kvs, struct err *err);
/* A 64-bit fingerprint (FNV-1a) continued over the map. */
uint64_t kvs_mark(uint64_t mark, struct ragd_kvs kvs);

enum { MARK_START = 0x2325 }; /* any constant */
/* The same continued over bytes. */
uint64_t mark_bytes(uint64_t mark, const void *p, size_t n);

#endif
