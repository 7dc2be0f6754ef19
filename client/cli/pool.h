/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Memory that lives until the command is done. A command is short: what it
 * builds it keeps, and main() frees all of it at once. Long streams use
 * memory of their own. Without memory the process ends with a message.
 */
#ifndef CLI_POOL_H
#define CLI_POOL_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed, aligned for anything. */
void *pool_alloc(size_t n);
char *pool_copy(const char *p, size_t n); /* with a NUL */
char *pool_strdup(const char *text);
char *pool_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *pool_vprintf(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));
void pool_release(void);

/* A place to go back to: all that was taken since is free again. */
struct pool_mark {
    void *block;
    size_t used;
};
struct pool_mark pool_mark(void);
void pool_rewind(struct pool_mark mark);

/* The array p grows to hold at least `need` items of `size` bytes. *room is
 * its present size; NULL and 0 at first. The old array stays in the pool. */
void *pool_grow(void *p, size_t *room, size_t need, size_t size);

/* malloc for what is freed earlier; it does not return NULL. */
void *must_alloc(size_t n);

#endif
