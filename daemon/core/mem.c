/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Allocations until the one that fails; negative = off. */
static atomic_long fail_after = -1;
static atomic_int fail_sticky;

int mem_fail_after(long n, int sticky)
{
    atomic_store(&fail_sticky, sticky);
    return atomic_exchange(&fail_after, n) >= 0;
}

static int must_fail(void)
{
    if (atomic_load_explicit(&fail_after, memory_order_relaxed) < 0) {
        return 0;
    }
    long left = atomic_fetch_sub(&fail_after, 1);
    if (left > 0) {
        return 0;
    }
    if (left == 0 && atomic_load(&fail_sticky)) {
        atomic_store(&fail_after, 0);
    }
    return left == 0;
}

void *mem_alloc(size_t size)
{
    return must_fail() ? NULL : malloc(size ? size : 1);
}

void *mem_calloc(size_t n, size_t size)
{
    size_t bytes;
    if (must_fail() || __builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    return bytes ? calloc(n, size) : calloc(1, 1);
}

void *mem_realloc(void *old, size_t n, size_t size)
{
    size_t bytes;
    if (must_fail() || __builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    return realloc(old, bytes ? bytes : 1);
}

char *mem_dup(const void *p, size_t n)
{
    if (n == SIZE_MAX) {
        return NULL;
    }
    char *copy = mem_alloc(n + 1);
    if (!copy) {
        return NULL;
    }
    if (n) {
        memcpy(copy, p, n);
    }
    copy[n] = '\0';
    return copy;
}

char *mem_strdup(const char *s)
{
    return mem_dup(s, strlen(s));
}

void mem_free(void *p)
{
    free(p);
}

/* The C library's default is eight heaps for each core; each keeps its peak. */
enum { HEAPS = 2 };

void mem_setup(void)
{
    mallopt(M_ARENA_MAX, HEAPS);
}

void mem_trim(size_t keep)
{
    if (mallinfo2().fordblks > keep) {
        malloc_trim(0);
    }
}
