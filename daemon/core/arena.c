/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    max_align_t data[];
};

/* Blocks double from the first to the largest; bigger wishes get their own. */
enum { BLOCK_FIRST = 2048, BLOCK_MAX = 256 * 1024, ALIGN = _Alignof(max_align_t) };

void arena_init(struct arena *arena, size_t budget)
{
    *arena = (struct arena){.budget = budget};
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *next = block->next;
        mem_free(block);
        block = next;
    }
    *arena = (struct arena){.budget = arena->budget};
}

void arena_move(struct arena *to, struct arena *from)
{
    struct arena_block **tail = &to->blocks;
    while (*tail) {
        tail = &(*tail)->next;
    }
    *tail = from->blocks;
    to->used += from->used;
    *from = (struct arena){.budget = from->budget};
}

static size_t next_block_size(const struct arena *arena)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : BLOCK_FIRST;
    return size > BLOCK_MAX ? BLOCK_MAX : size;
}

/* A wish bigger than a block goes behind the current one, whose room stays. */
static struct arena_block *add_block(struct arena *arena, size_t need)
{
    size_t size = next_block_size(arena);
    int own = need > size;
    if (own) {
        size = need;
    }
    struct arena_block *block = mem_alloc(sizeof(*block) + size);
    if (!block) {
        return NULL;
    }
    *block = (struct arena_block){.size = size};
    if (own && arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (arena->budget && size > arena->budget - arena->used) {
        arena->over = 1;
        return NULL;
    }
    if (size > SIZE_MAX / 2) {
        return NULL;
    }
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct arena_block *block = arena->blocks;
    if (!block || need > block->size - block->used) {
        block = add_block(arena, need);
        if (!block) {
            return NULL;
        }
    }
    void *p = (char *)block->data + block->used;
    block->used += need;
    arena->used += size;
    memset(p, 0, size);
    return p;
}

void *arena_calloc(struct arena *arena, size_t n, size_t size)
{
    size_t bytes;
    return arena_alloc(arena, __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes);
}

struct ragd_str arena_str(struct arena *arena, struct ragd_str s)
{
    char *p = s.n < SIZE_MAX / 2 ? arena_alloc(arena, s.n + 1) : NULL;
    if (!p) {
        return (struct ragd_str){NULL, 0};
    }
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    return (struct ragd_str){p, s.n};
}

char *arena_strdup(struct arena *arena, const char *s)
{
    return (char *)arena_str(arena, ragd_cs(s)).p;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *p = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (p) {
        vsnprintf(p, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return p;
}

static int copy_list(struct arena *arena, const struct ragd_value *in,
                     struct ragd_value *out)
{
    size_t n = in->u.list.n;
    struct ragd_value *items = arena_calloc(arena, n, sizeof(*items));
    if (!items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const struct ragd_value *item = &in->u.list.p[i];
        if (item->type == RAGD_V_LIST) {
            continue; /* lists do not nest: reads as null */
        }
        if (arena_value(arena, item, &items[i])) {
            return RAGD_E_NOMEM;
        }
    }
    *out = (struct ragd_value){.type = RAGD_V_LIST, .u.list = {items, n}};
    return 0;
}

int arena_value(struct arena *arena, const struct ragd_value *in, struct ragd_value *out)
{
    if (in->type == RAGD_V_LIST) {
        return copy_list(arena, in, out);
    }
    if (in->type != RAGD_V_STR) {
        *out = in->type <= RAGD_V_REAL ? *in : (struct ragd_value){.type = RAGD_V_NULL};
        return 0;
    }
    struct ragd_str s = arena_str(arena, in->u.s);
    if (!s.p) {
        return RAGD_E_NOMEM;
    }
    *out = (struct ragd_value){.type = RAGD_V_STR, .u.s = s};
    return 0;
}

/* By key, then by place: of equal keys the last one stands last. */
static int by_key(const void *left, const void *right)
{
    const struct ragd_kv *a = *(const struct ragd_kv *const *)left;
    const struct ragd_kv *b = *(const struct ragd_kv *const *)right;
    size_t n = a->key.n < b->key.n ? a->key.n : b->key.n;
    int order = n ? memcmp(a->key.p, b->key.p, n) : 0;
    if (order == 0 && a->key.n != b->key.n) {
        order = a->key.n < b->key.n ? -1 : 1;
    }
    return order ? order : (a > b) - (a < b);
}

static int same_key(const struct ragd_kv *a, const struct ragd_kv *b)
{
    return a->key.n == b->key.n && (!a->key.n || memcmp(a->key.p, b->key.p, a->key.n) == 0);
}

static int copy_sorted(struct arena *arena, const struct ragd_kv **sorted, size_t n,
                       struct ragd_kvs *out)
{
    struct ragd_kv *items = arena_calloc(arena, n, sizeof(*items));
    if (!items) {
        return RAGD_E_NOMEM;
    }
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && same_key(sorted[i], sorted[i + 1])) {
            continue;
        }
        struct ragd_kv *item = &items[used++];
        item->key = arena_str(arena, sorted[i]->key);
        if (!item->key.p || arena_value(arena, &sorted[i]->val, &item->val)) {
            return RAGD_E_NOMEM;
        }
    }
    *out = (struct ragd_kvs){items, used};
    return 0;
}

int arena_kvs(struct arena *arena, struct ragd_kvs in, struct ragd_kvs *out)
{
    if (in.n == 0) {
        *out = (struct ragd_kvs){NULL, 0};
        return 0;
    }
    const struct ragd_kv **sorted = mem_calloc(in.n, sizeof(struct ragd_kv *));
    if (!sorted) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in.n; i++) {
        sorted[i] = &in.p[i];
    }
    qsort(sorted, in.n, sizeof(*sorted), by_key);
    int rc = copy_sorted(arena, sorted, in.n, out);
    mem_free(sorted);
    return rc;
}
