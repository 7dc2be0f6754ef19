/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Two outcomes: what breaks the contract is the plugin's fault (ERR_PLUGIN,
 * logged with its name); what is merely too large is a limit (ERR_LIMIT) that
 * the document or the user ran into.
 */
#include "plugin/check.h"

#include <math.h>
#include <string.h>

#include "core/utf8.h"
#include "plugin/engine.h"

int check_struct(struct ragd_call *call, const char *what, const void *in, void *out,
                 size_t size)
{
    uint32_t have = 0;
    if (!in) {
        return attempt_broken(call, "%s is NULL", what);
    }
    memcpy(&have, in, sizeof(have));
    if (have < size) {
        return attempt_broken(call, "struct_size of %s is %u, at least %zu is needed", what,
                              have, size);
    }
    memcpy(out, in, size);
    return 0;
}

int check_str(struct ragd_call *call, const char *what, struct ragd_str s, size_t max)
{
    if (s.n && !s.p) {
        return attempt_broken(call, "%s is NULL with a length of %zu", what, s.n);
    }
    if (s.n > max) {
        return attempt_fault(call, ERR_LIMIT, "%s has %zu bytes, at most %zu are allowed",
                             what, s.n, max);
    }
    size_t bad = utf8_check(s.p, s.n);
    if (bad != s.n) {
        return attempt_broken(call, "%s is not UTF-8 at byte %zu", what, bad);
    }
    return 0;
}

/* What metadata may be: bytes in all, and keys. */
struct meta_bounds {
    uint64_t bytes, keys;
};

/* The bytes it counts for, or a negative status. */
static int64_t check_scalar(struct ragd_call *call, const char *what,
                            const struct ragd_value *value)
{
    switch (value->type) {
    case RAGD_V_NULL: return 1;
    case RAGD_V_BOOL:
    case RAGD_V_INT: return 8;
    case RAGD_V_REAL:
        if (!isfinite(value->u.d)) {
            return attempt_broken(call, "%s has a number that is not finite", what);
        }
        return 8;
    case RAGD_V_STR: {
        int rc = check_str(call, what, value->u.s, SIZE_MAX);
        return rc ? rc : (int64_t)value->u.s.n;
    }
    default: return attempt_broken(call, "%s has a value of type %u", what, value->type);
    }
}

static int64_t check_value(struct ragd_call *call, const char *what,
                           const struct ragd_value *value, uint64_t bytes_max)
{
    if (value->type != RAGD_V_LIST) {
        return check_scalar(call, what, value);
    }
    int64_t total = 0;
    if (value->u.list.n && !value->u.list.p) {
        return attempt_broken(call, "%s has a list that is NULL", what);
    }
    for (size_t i = 0; i < value->u.list.n; i++) {
        const struct ragd_value *item = &value->u.list.p[i];
        if (item->type != value->u.list.p[0].type) {
            return attempt_broken(call, "%s has a list of several types", what);
        }
        int64_t n = check_scalar(call, what, item);
        if (n < 0) {
            return n;
        }
        total += n + 1;
        if ((uint64_t)total > bytes_max) {
            break; /* the sum is judged by the caller */
        }
    }
    return total;
}

static int check_bounded(struct ragd_call *call, const char *what, struct ragd_kvs meta,
                         struct meta_bounds max)
{
    if (meta.n > max.keys) {
        return attempt_fault(call, ERR_LIMIT,
                             "%s has %zu keys, limits.metadata_keys is %llu", what, meta.n,
                             (unsigned long long)max.keys);
    }
    if (meta.n && !meta.p) {
        return attempt_broken(call, "%s is NULL with %zu keys", what, meta.n);
    }
    uint64_t total = 0;
    for (size_t i = 0; i < meta.n; i++) {
        if (meta.p[i].key.n == 0) {
            return attempt_broken(call, "%s has an empty key", what);
        }
        int rc = check_str(call, what, meta.p[i].key, SIZE_MAX);
        if (rc) {
            return rc;
        }
        int64_t n = check_value(call, what, &meta.p[i].val, max.bytes);
        if (n < 0) {
            return (int)n;
        }
        total += meta.p[i].key.n + (uint64_t)n;
        if (total > max.bytes) {
            return attempt_fault(call, ERR_LIMIT,
                                 "%s has %llu or more bytes, limits.metadata is %llu", what,
                                 (unsigned long long)total, (unsigned long long)max.bytes);
        }
    }
    return 0;
}

int check_meta(struct ragd_call *call, const char *what, struct ragd_kvs meta)
{
    const struct limits *limits = &engine()->limits;
    const struct meta_bounds max = {limits->metadata, limits->metadata_keys};
    return check_bounded(call, what, meta, max);
}

int check_stored_meta(struct ragd_call *call, const char *what, struct ragd_kvs meta)
{
    return check_bounded(call, what, meta, (struct meta_bounds){INT64_MAX, UINT64_MAX});
}

int check_blocks(struct ragd_call *call, const struct ragd_block *blocks, size_t n,
                 struct ragd_str text)
{
    if (n && !blocks) {
        return attempt_broken(call, "blocks is NULL with a count of %zu", n);
    }
    size_t at;
    const char *fault = blocks_fault(blocks, n, text, &at);
    return fault ? attempt_broken(call, "block %zu %s", at, fault) : 0;
}

int check_span(struct ragd_call *call, const struct ragd_span *span)
{
    if (span &&
        (span->start_index > span->end_index || span->start_byte > span->end_byte)) {
        return attempt_broken(call, "a span ends before it begins");
    }
    return 0;
}

int check_finite(struct ragd_call *call, const char *what, const float *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(p[i])) {
            return attempt_broken(call, "%s has a number that is not finite", what);
        }
    }
    return 0;
}

int check_too_much(struct ragd_call *call)
{
    if (!call->results.over) {
        return attempt_fault(call, ERR_NOMEM, NULL);
    }
    return attempt_fault(
        call, ERR_LIMIT,
        "%s: the answer of %s is larger than %llu bytes, limits.plugin_results",
        instance_name(call->instance), call->kind->function,
        (unsigned long long)call->results.budget);
}
