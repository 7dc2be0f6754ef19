/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Memory that is released all at once. A zeroed region is empty and legal. */
#ifndef STORE_REGION_H
#define STORE_REGION_H

#include <stddef.h>

#include <ragd/types.h>

struct region_chunk;

struct region {
    struct region_chunk *head;
    size_t used;  /* bytes handed out since the last reset */
    size_t limit; /* bytes it may hand out, 0 = any */
};

/* n uninitialised bytes, aligned for any type. NULL: no memory or beyond the
 * limit. Lives until the region is reset or released. */
void *region_alloc(struct region *region, size_t n);
/* Zeroed room for n elements; NULL also when the product overflows. */
void *region_calloc(struct region *region, size_t n, size_t size);
/* A copy of s; p NULL when there is no memory. */
struct ragd_str region_dup(struct region *region, struct ragd_str s);
/* Everything is gone, one chunk is kept for the next use. */
void region_reset(struct region *region);
void region_release(struct region *region);

#endif
