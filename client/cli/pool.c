/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 << 10 };

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

static struct block *blocks;

static void *or_die(void *p)
{
    if (!p) {
        fputs("rag: out of memory\n", stderr);
        _Exit(1);
    }
    return p;
}

void *must_alloc(size_t n)
{
    return or_die(malloc(n ? n : 1));
}

static void add_block(size_t n)
{
    size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
    struct block *block = or_die(malloc(sizeof(*block) + size));
    block->size = size;
    block->used = 0;
    block->next = blocks;
    blocks = block;
}

void *pool_alloc(size_t n)
{
    const size_t align = alignof(max_align_t);
    if (n > SIZE_MAX / 2) {
        or_die(NULL);
    }
    n = (n + align - 1) / align * align;
    if (!blocks || blocks->size - blocks->used < n) {
        add_block(n);
    }
    void *p = blocks->bytes + blocks->used;
    blocks->used += n;
    return memset(p, 0, n);
}

char *pool_copy(const char *p, size_t n)
{
    char *copy = pool_alloc(n + 1);
    if (n) {
        memcpy(copy, p, n);
    }
    return copy;
}

char *pool_strdup(const char *text)
{
    return pool_copy(text, strlen(text));
}

char *pool_vprintf(const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    char *text = pool_alloc((size_t)(n > 0 ? n : 0) + 1);
    vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}

char *pool_printf(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = pool_vprintf(fmt, args);
    va_end(args);
    return text;
}

void *pool_grow(void *p, size_t *room, size_t need, size_t size)
{
    if (need <= *room) {
        return p;
    }
    size_t wanted = *room ? *room * 2 : 16;
    wanted = wanted < need ? need : wanted;
    void *grown = pool_alloc(wanted * size);
    if (*room) {
        memcpy(grown, p, *room * size);
    }
    *room = wanted;
    return grown;
}

struct pool_mark pool_mark(void)
{
    return (struct pool_mark){blocks, blocks ? blocks->used : 0};
}

void pool_rewind(struct pool_mark mark)
{
    while (blocks && blocks != mark.block) {
        struct block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
    if (blocks) {
        blocks->used = mark.used;
    }
}

void pool_release(void)
{
    pool_rewind((struct pool_mark){NULL, 0});
}
