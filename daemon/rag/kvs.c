/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/kvs.h"

#include <math.h>
#include <string.h>

/* Later duplicates win in arena_kvs, so over goes last. */
int kvs_overlay(struct arena *arena, struct ragd_kvs base, struct ragd_kvs over,
                struct ragd_kvs *out)
{
    struct ragd_kv *all = arena_calloc(arena, base.n + over.n, sizeof(*all));
    if (!all) {
        return RAGD_E_NOMEM;
    }
    if (base.n) {
        memcpy(all, base.p, base.n * sizeof(*all));
    }
    if (over.n) {
        memcpy(all + base.n, over.p, over.n * sizeof(*all));
    }
    return arena_kvs(arena, (struct ragd_kvs){all, base.n + over.n}, out);
}

static bool str_eq(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

static bool scalar_equal(const struct ragd_value *a, const struct ragd_value *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case RAGD_V_BOOL:
    case RAGD_V_INT: return a->u.i == b->u.i;
    case RAGD_V_REAL: return memcmp(&a->u.d, &b->u.d, sizeof(a->u.d)) == 0;
    case RAGD_V_STR: return str_eq(a->u.s, b->u.s);
    default: return true;
    }
}

static bool value_equal(const struct ragd_value *a, const struct ragd_value *b)
{
    if (a->type != RAGD_V_LIST || b->type != RAGD_V_LIST) {
        return scalar_equal(a, b);
    }
    if (a->u.list.n != b->u.list.n) {
        return false;
    }
    for (size_t i = 0; i < a->u.list.n; i++) {
        if (!scalar_equal(&a->u.list.p[i], &b->u.list.p[i])) {
            return false;
        }
    }
    return true;
}

bool kvs_equal(struct ragd_kvs a, struct ragd_kvs b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (!str_eq(a.p[i].key, b.p[i].key) || !value_equal(&a.p[i].val, &b.p[i].val)) {
            return false;
        }
    }
    return true;
}

static size_t value_bytes(const struct ragd_value *value)
{
    return value->type == RAGD_V_STR ? value->u.s.n : sizeof(int64_t);
}

static bool value_finite(const struct ragd_value *value)
{
    return value->type != RAGD_V_REAL || isfinite(value->u.d);
}

static int check_value(const struct ragd_kv *kv, size_t *bytes, struct err *err)
{
    const struct ragd_value *items = &kv->val;
    size_t n = 1;
    if (kv->val.type == RAGD_V_LIST) {
        items = kv->val.u.list.p;
        n = kv->val.u.list.n;
    }
    *bytes += kv->key.n;
    for (size_t i = 0; i < n; i++) {
        *bytes += value_bytes(&items[i]);
        if (!value_finite(&items[i])) {
            return err_set(err, ERR_INVALID, "metadata '%.*s' is no finite number",
                           (int)(kv->key.n < 64 ? kv->key.n : 64), kv->key.p);
        }
    }
    return 0;
}

int kvs_check(const struct limits *limits, struct ragd_kvs kvs, struct err *err)
{
    size_t bytes = 0;
    if (kvs.n > limits->metadata_keys) {
        return err_set(err, ERR_LIMIT, "%zu metadata keys, limits.metadata_keys is %llu",
                       kvs.n, (unsigned long long)limits->metadata_keys);
    }
    for (size_t i = 0; i < kvs.n; i++) {
        if (!kvs.p[i].key.n) {
            return err_set(err, ERR_INVALID, "a metadata key is empty");
        }
        int rc = check_value(&kvs.p[i], &bytes, err);
        if (rc) {
            return rc;
        }
    }
    if (bytes > limits->metadata) {
        return err_set(err, ERR_LIMIT, "%zu bytes of metadata, limits.metadata is %llu",
                       bytes, (unsigned long long)limits->metadata);
    }
    return 0;
}

uint64_t mark_bytes(uint64_t mark, const void *p, size_t n)
{
    static const uint64_t PRIME = 0x100000001b3; /* of FNV-1a, 64 bits */
    const unsigned char *bytes = p;
    mark = (mark ^ n) * PRIME; /* so that parts cannot run into each other */
    for (size_t i = 0; i < n; i++) {
        mark = (mark ^ bytes[i]) * PRIME;
    }
    return mark;
}

static uint64_t mark_value(uint64_t mark, const struct ragd_value *value)
{
    mark = mark_bytes(mark, &value->type, sizeof(value->type));
    switch (value->type) {
    case RAGD_V_BOOL:
    case RAGD_V_INT: return mark_bytes(mark, &value->u.i, sizeof(value->u.i));
    case RAGD_V_REAL: return mark_bytes(mark, &value->u.d, sizeof(value->u.d));
    case RAGD_V_STR: return mark_bytes(mark, value->u.s.p, value->u.s.n);
    default: return mark;
    }
}

uint64_t kvs_mark(uint64_t mark, struct ragd_kvs kvs)
{
    for (size_t i = 0; i < kvs.n; i++) {
        const struct ragd_value *value = &kvs.p[i].val;
        mark = mark_bytes(mark, kvs.p[i].key.p, kvs.p[i].key.n);
        mark = mark_value(mark, value);
        for (size_t k = 0; value->type == RAGD_V_LIST && k < value->u.list.n; k++) {
            mark = mark_value(mark, &value->u.list.p[k]);
        }
    }
    return mark;
}
