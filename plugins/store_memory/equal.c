/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "equal.h"

#include <string.h>

static bool same_bytes(const void *a, const void *b, size_t n)
{
    return n == 0 || memcmp(a, b, n) == 0;
}

static bool same(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && same_bytes(a.p, b.p, a.n);
}

static bool same_scalar(const struct ragd_value *a, const struct ragd_value *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case RAGD_V_STR: return same(a->u.s, b->u.s);
    case RAGD_V_REAL: return memcmp(&a->u.d, &b->u.d, sizeof(a->u.d)) == 0;
    case RAGD_V_BOOL:
    case RAGD_V_INT: return a->u.i == b->u.i;
    default: return true;
    }
}

static bool same_value(const struct ragd_value *a, const struct ragd_value *b)
{
    if (a->type != RAGD_V_LIST || b->type != RAGD_V_LIST) {
        return same_scalar(a, b);
    }
    bool equal = a->u.list.n == b->u.list.n;
    for (size_t i = 0; equal && i < a->u.list.n; i++) {
        equal = same_scalar(&a->u.list.p[i], &b->u.list.p[i]);
    }
    return equal;
}

static bool same_kvs(struct ragd_kvs a, struct ragd_kvs b)
{
    bool equal = a.n == b.n;
    for (size_t i = 0; equal && i < a.n; i++) {
        equal = same(a.p[i].key, b.p[i].key) && same_value(&a.p[i].val, &b.p[i].val);
    }
    return equal;
}

bool record_equal(const struct ragd_record *a, const struct ragd_record *b, uint32_t dim)
{
    return same(a->id, b->id) && same(a->doc_id, b->doc_id) && same(a->text, b->text) &&
           a->ordinal == b->ordinal && !a->vec == !b->vec && !a->span == !b->span &&
           (!a->vec || memcmp(a->vec, b->vec, dim * sizeof(float)) == 0) &&
           (!a->span || memcmp(a->span, b->span, sizeof(*a->span)) == 0) &&
           same_kvs(a->meta, b->meta);
}

bool doc_equal(const struct ragd_stored_doc *a, const struct ragd_stored_doc *b)
{
    return same(a->id, b->id) && same(a->source, b->source) && same(a->title, b->title) &&
           same(a->mime, b->mime) && same(a->lang, b->lang) && same(a->text, b->text) &&
           a->added_ms == b->added_ms && a->n_chunks == b->n_chunks &&
           a->n_blocks == b->n_blocks &&
           same_bytes(a->blocks, b->blocks, a->n_blocks * sizeof(*a->blocks)) &&
           same_kvs(a->meta, b->meta);
}

bool blob_equal(const struct ragd_blob *a, const struct ragd_blob *b)
{
    return same(a->name, b->name) && a->bytes.n == b->bytes.n &&
           same_bytes(a->bytes.p, b->bytes.p, a->bytes.n);
}
