/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * An arena: memory that is freed all at once, within a budget of bytes.
 * Not for two threads at a time.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stddef.h>

#include <ragd/types.h>

#include "core/err.h"

struct arena {
    struct arena_block *blocks;
    size_t used;   /* bytes handed out */
    size_t budget; /* bytes, 0 = unlimited */
    int over;      /* a wish was beyond the budget: what failed is no lack of memory */
};

/* Allocates nothing yet. */
void arena_init(struct arena *arena, size_t budget);
/* Frees everything; a zeroed arena is legal. */
void arena_release(struct arena *arena);

/* Hands all memory of from over to to; from is empty after. */
void arena_move(struct arena *to, struct arena *from);

/* Zeroed, aligned for any type; NULL when memory or budget is used up. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_calloc(struct arena *arena, size_t n, size_t size);
/* Copies with a NUL behind; {NULL, 0} on failure (an empty one has p set). */
struct ragd_str arena_str(struct arena *arena, struct ragd_str s);
char *arena_strdup(struct arena *arena, const char *s);
char *arena_printf(struct arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Deep copies of metadata, sorted by key, later duplicates winning.
 * RAGD_E_NOMEM leaves out untouched. */
int arena_value(struct arena *arena, const struct ragd_value *in, struct ragd_value *out);
int arena_kvs(struct arena *arena, struct ragd_kvs in, struct ragd_kvs *out);

#endif
