/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The daemon's allocations. All go through here, so that a test can make the
 * n-th one fail. Nothing here exits: NULL means out of memory.
 */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include <stddef.h>

/* Uninitialised bytes; size 0 gives a unique pointer. */
void *mem_alloc(size_t size);
/* Zeroed n * size bytes; NULL also when the product overflows. */
void *mem_calloc(size_t n, size_t size);
/* n * size bytes, keeping the old content; old stays valid on failure. */
void *mem_realloc(void *old, size_t n, size_t size);
/* A copy of n bytes with a NUL behind them. */
char *mem_dup(const void *p, size_t n);
char *mem_strdup(const char *s);
/* Also for what a library took with malloc. NULL is legal. */
void mem_free(void *p);

/* Before threads start: few heaps, so that threads share what they freed. */
void mem_setup(void);
/* Gives unused memory back to the system when there is more than keep bytes of
 * it. Takes milliseconds: [worker]. */
void mem_trim(size_t keep);

/* Tests only: the allocation after n more ones fails, as do all that follow
 * when sticky; n < 0 switches it off. Returns whether a single failure that was
 * asked for before is still to come. [any] */
int mem_fail_after(long n, int sticky);

#endif
