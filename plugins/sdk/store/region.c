/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/store/region.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = sizeof(max_align_t), CHUNK_MIN = 16 << 10 };

struct region_chunk {
    struct region_chunk *next;
    size_t used, size;
    max_align_t bytes[];
};

static struct region_chunk *add_chunk(struct region *region, size_t n)
{
    /* Chunks grow with what was handed out, so their number stays small. */
    size_t size = region->used > CHUNK_MIN ? region->used : CHUNK_MIN;
    size = size < (4u << 20) ? size : (4u << 20);
    size = n > size ? n : size;
    struct region_chunk *chunk = malloc(sizeof(*chunk) + size);
    if (chunk) {
        *chunk = (struct region_chunk){region->head, 0, size};
        region->head = chunk;
    }
    return chunk;
}

void *region_alloc(struct region *region, size_t n)
{
    if (n > SIZE_MAX / 2) {
        return NULL;
    }
    n = (n + ALIGN - 1) / ALIGN * ALIGN;
    if (region->limit && n > region->limit - region->used) {
        return NULL;
    }
    struct region_chunk *chunk = region->head;
    if (!chunk || n > chunk->size - chunk->used) {
        chunk = add_chunk(region, n);
        if (!chunk) {
            return NULL;
        }
    }
    void *p = (char *)chunk->bytes + chunk->used;
    chunk->used += n;
    region->used += n;
    return p;
}

void *region_calloc(struct region *region, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    void *p = region_alloc(region, bytes);
    if (p) {
        memset(p, 0, bytes);
    }
    return p;
}

struct ragd_str region_dup(struct region *region, struct ragd_str s)
{
    char *p = region_alloc(region, s.n + 1);
    if (!p) {
        return (struct ragd_str){NULL, 0};
    }
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    p[s.n] = 0;
    return (struct ragd_str){p, s.n};
}

void region_reset(struct region *region)
{
    struct region_chunk *keep = NULL;
    while (region->head) {
        struct region_chunk *chunk = region->head;
        region->head = chunk->next;
        if (!keep && chunk->size <= (256u << 10)) {
            keep = chunk;
        } else {
            free(chunk);
        }
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
    }
    region->head = keep;
    region->used = 0;
}

void region_release(struct region *region)
{
    while (region->head) {
        struct region_chunk *next = region->head->next;
        free(region->head);
        region->head = next;
    }
    region->used = 0;
}
