/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Memory that is released all at once, and deep copies into it. */
#include "sdk/testing/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_memory {
    struct fake_memory *next;
    max_align_t bytes[];
};

void *fake_alloc(struct fake_memory **list, size_t size)
{
    struct fake_memory *m = calloc(1, sizeof(*m) + (size ? size : 1));
    if (!m) {
        fputs("fake host: out of memory\n", stderr);
        abort();
    }
    m->next = *list;
    *list = m;
    return m->bytes;
}

void fake_release(struct fake_memory **list)
{
    while (*list) {
        struct fake_memory *next = (*list)->next;
        free(*list);
        *list = next;
    }
}

void *fake_grow(struct fake_memory **list, const void *array, size_t n, size_t size)
{
    /* Room doubles at powers of two, so that collecting n elements is linear. */
    if (n != 0 && (n & (n - 1)) != 0) {
        return (void *)(uintptr_t)array;
    }
    void *grown = fake_alloc(list, (n ? 2 * n : 1) * size);
    if (n) {
        memcpy(grown, array, n * size);
    }
    return grown;
}

struct ragd_str fake_copy_str(struct fake_memory **list, struct ragd_str s)
{
    char *p = fake_alloc(list, s.n + 1);
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    return (struct ragd_str){p, s.n};
}

struct ragd_bytes fake_copy_bytes(struct fake_memory **list, struct ragd_bytes b)
{
    struct ragd_str copy = fake_copy_str(list, (struct ragd_str){b.p, b.n});
    return (struct ragd_bytes){copy.p, copy.n};
}

static struct ragd_value copy_scalar(struct fake_memory **list, struct ragd_value v)
{
    if (v.type == RAGD_V_STR) {
        v.u.s = fake_copy_str(list, v.u.s);
    }
    return v;
}

struct ragd_value fake_copy_value(struct fake_memory **list, struct ragd_value v)
{
    if (v.type != RAGD_V_LIST) {
        return copy_scalar(list, v);
    }
    struct ragd_value *items = fake_alloc(list, v.u.list.n * sizeof(*items));
    for (size_t i = 0; i < v.u.list.n; i++) {
        items[i] = copy_scalar(list, v.u.list.p[i]);
    }
    v.u.list.p = items;
    return v;
}

struct ragd_kvs fake_copy_kvs(struct fake_memory **list, struct ragd_kvs kvs)
{
    struct ragd_kv *copy = fake_alloc(list, kvs.n * sizeof(*copy));
    for (size_t i = 0; i < kvs.n; i++) {
        copy[i].key = fake_copy_str(list, kvs.p[i].key);
        copy[i].val = fake_copy_value(list, kvs.p[i].val);
    }
    return (struct ragd_kvs){copy, kvs.n};
}
