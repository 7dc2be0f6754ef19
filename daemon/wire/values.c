/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "wire/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static int scalar_in(const Ragd__V1__Scalar *in, struct ragd_value *out, struct err *err)
{
    switch (in->kind_case) {
    case RAGD__V1__SCALAR__KIND_BOOLEAN:
        *out = (struct ragd_value){.type = RAGD_V_BOOL, .u.i = in->boolean ? 1 : 0};
        return 0;
    case RAGD__V1__SCALAR__KIND_INTEGER:
        *out = (struct ragd_value){.type = RAGD_V_INT, .u.i = in->integer};
        return 0;
    case RAGD__V1__SCALAR__KIND_REAL:
        if (!isfinite(in->real)) {
            return err_set(err, ERR_INVALID, "a number that is not finite");
        }
        *out = (struct ragd_value){.type = RAGD_V_REAL, .u.d = in->real};
        return 0;
    case RAGD__V1__SCALAR__KIND_TEXT:
        *out = (struct ragd_value){.type = RAGD_V_STR, .u.s = ragd_cs(in->text)};
        return 0;
    default: *out = (struct ragd_value){.type = RAGD_V_NULL}; return 0;
    }
}

static int list_in(struct arena *arena, const Ragd__V1__ScalarList *in,
                   struct ragd_value *out, struct err *err)
{
    struct ragd_value *items = arena_calloc(arena, in->n_items, sizeof(*items));
    if (!items) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < in->n_items; i++) {
        int rc = scalar_in(in->items[i], &items[i], err);
        if (rc != 0) {
            return rc;
        }
        if (items[i].type != items[0].type) {
            return err_set(err, ERR_INVALID, "a list of values of several types");
        }
    }
    *out = (struct ragd_value){.type = RAGD_V_LIST, .u.list = {items, in->n_items}};
    return 0;
}

int value_in(struct arena *arena, const Ragd__V1__Value *in, struct ragd_value *out,
             struct err *err)
{
    switch (in ? in->kind_case : RAGD__V1__VALUE__KIND__NOT_SET) {
    case RAGD__V1__VALUE__KIND_SCALAR: return scalar_in(in->scalar, out, err);
    case RAGD__V1__VALUE__KIND_LIST: return list_in(arena, in->list, out, err);
    default: *out = (struct ragd_value){.type = RAGD_V_NULL}; return 0;
    }
}

static size_t value_bytes(const struct ragd_value *value)
{
    if (value->type == RAGD_V_STR) {
        return value->u.s.n;
    }
    if (value->type != RAGD_V_LIST) {
        return sizeof(value->u.i);
    }
    size_t n = 0;
    for (size_t i = 0; i < value->u.list.n; i++) {
        n += value_bytes(&value->u.list.p[i]);
    }
    return n;
}

/* Keys hold no NUL, so that comparing them as strings compares all bytes. */
static int by_key(const void *left, const void *right)
{
    const struct ragd_kv *a = left, *b = right;
    return strcmp(a->key.p, b->key.p);
}

static int entry_in(struct arena *arena, const Ragd__V1__Entry *in, struct ragd_kv *out,
                    struct err *err)
{
    out->key = ragd_cs(in->key);
    if (out->key.n == 0) {
        return err_set(err, ERR_INVALID, "metadata with an empty key");
    }
    int rc = value_in(arena, in->value, &out->val, err);
    if (rc != 0) {
        err_wrap(err, "metadata %.64s", in->key);
    }
    return rc;
}

int values_in(struct arena *arena, struct values_entries in, const struct limits *limits,
              struct ragd_kvs *out, struct err *err)
{
    if (in.n > limits->metadata_keys) {
        return err_set(err, ERR_LIMIT, "metadata of %zu keys, limits.metadata_keys is %llu",
                       in.n, (unsigned long long)limits->metadata_keys);
    }
    struct ragd_kv *items = arena_calloc(arena, in.n, sizeof(*items));
    if (!items) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    size_t bytes = 0;
    for (size_t i = 0; i < in.n; i++) {
        int rc = entry_in(arena, in.p[i], &items[i], err);
        if (rc != 0) {
            return rc;
        }
        bytes += items[i].key.n + value_bytes(&items[i].val);
    }
    if (bytes > limits->metadata) {
        return err_set(err, ERR_LIMIT, "metadata of %zu bytes, limits.metadata is %llu",
                       bytes, (unsigned long long)limits->metadata);
    }
    qsort(items, in.n, sizeof(*items), by_key);
    for (size_t i = 1; i < in.n; i++) {
        if (by_key(&items[i - 1], &items[i]) == 0) {
            return err_set(err, ERR_INVALID, "metadata %.64s stands twice", items[i].key.p);
        }
    }
    *out = (struct ragd_kvs){items, in.n};
    return 0;
}

char *text_out(struct arena *arena, struct ragd_str text)
{
    const char *nul = text.n ? memchr(text.p, 0, text.n) : NULL;
    if (!nul) {
        return (char *)arena_str(arena, text).p;
    }
    size_t extra = 0;
    for (size_t i = 0; i < text.n; i++) {
        extra += text.p[i] == 0 ? sizeof(replacement) - 2 : 0;
    }
    char *out = arena_alloc(arena, text.n + extra + 1);
    for (size_t i = 0, at = 0; out && i < text.n; i++) {
        if (text.p[i] != 0) {
            out[at++] = text.p[i];
        } else {
            memcpy(out + at, replacement, sizeof(replacement) - 1);
            at += sizeof(replacement) - 1;
        }
    }
    return out;
}

static int scalar_out(struct arena *arena, const struct ragd_value *in,
                      Ragd__V1__Scalar **out)
{
    Ragd__V1__Scalar *scalar = arena_alloc(arena, sizeof(*scalar));
    if (!scalar) {
        return RAGD_E_NOMEM;
    }
    ragd__v1__scalar__init(scalar);
    switch (in->type) {
    case RAGD_V_BOOL:
        scalar->kind_case = RAGD__V1__SCALAR__KIND_BOOLEAN;
        scalar->boolean = in->u.i != 0;
        break;
    case RAGD_V_INT:
        scalar->kind_case = RAGD__V1__SCALAR__KIND_INTEGER;
        scalar->integer = in->u.i;
        break;
    case RAGD_V_REAL:
        scalar->kind_case = RAGD__V1__SCALAR__KIND_REAL;
        scalar->real = in->u.d;
        break;
    case RAGD_V_STR:
        scalar->kind_case = RAGD__V1__SCALAR__KIND_TEXT;
        scalar->text = text_out(arena, in->u.s);
        break;
    default:
        scalar->kind_case = RAGD__V1__SCALAR__KIND_NULL;
        scalar->null = 1;
        break;
    }
    if (scalar->kind_case == RAGD__V1__SCALAR__KIND_TEXT && !scalar->text) {
        return RAGD_E_NOMEM;
    }
    *out = scalar;
    return 0;
}

static int list_out(struct arena *arena, const struct ragd_value *in,
                    Ragd__V1__ScalarList **out)
{
    size_t n = in->u.list.n;
    Ragd__V1__ScalarList *list = arena_alloc(arena, sizeof(*list));
    Ragd__V1__Scalar **items = arena_calloc(arena, n, sizeof(Ragd__V1__Scalar *));
    if (!list || !items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        if (scalar_out(arena, &in->u.list.p[i], &items[i]) != 0) {
            return RAGD_E_NOMEM;
        }
    }
    ragd__v1__scalar_list__init(list);
    list->n_items = n;
    list->items = items;
    *out = list;
    return 0;
}

static int entry_out(struct arena *arena, const struct ragd_kv *in, Ragd__V1__Entry **out)
{
    Ragd__V1__Entry *entry = arena_alloc(arena, sizeof(*entry));
    Ragd__V1__Value *value = arena_alloc(arena, sizeof(*value));
    if (!entry || !value) {
        return RAGD_E_NOMEM;
    }
    ragd__v1__entry__init(entry);
    ragd__v1__value__init(value);
    entry->value = value;
    entry->key = text_out(arena, in->key);
    *out = entry;
    if (!entry->key) {
        return RAGD_E_NOMEM;
    }
    if (in->val.type == RAGD_V_LIST) {
        value->kind_case = RAGD__V1__VALUE__KIND_LIST;
        return list_out(arena, &in->val, &value->list);
    }
    value->kind_case = RAGD__V1__VALUE__KIND_SCALAR;
    return scalar_out(arena, &in->val, &value->scalar);
}

int values_out(struct arena *arena, struct ragd_kvs in, struct values_entries *out)
{
    Ragd__V1__Entry **entries = arena_calloc(arena, in.n, sizeof(Ragd__V1__Entry *));
    if (!entries) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in.n; i++) {
        if (entry_out(arena, &in.p[i], &entries[i]) != 0) {
            return RAGD_E_NOMEM;
        }
    }
    *out = (struct values_entries){entries, in.n};
    return 0;
}

char *clean_text(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text);
    for (size_t n = out ? strlen(out) : 0, bad; n > 0 && (bad = utf8_check(out, n)) < n;) {
        out[bad] = '?';
    }
    return out;
}

Ragd__V1__Error *error_out(struct arena *arena, const struct err *err)
{
    const struct err_info *info = err_info(err->id);
    Ragd__V1__Error *error = arena_alloc(arena, sizeof(*error));
    if (!error) {
        return NULL;
    }
    ragd__v1__error__init(error);
    error->code = (char *)info->name;
    error->category = (char *)info->category;
    error->message = clean_text(arena, err->msg[0] ? err->msg : info->text);
    error->why = clean_text(arena, err->why);
    error->hint = clean_text(arena, err->hint);
    error->exit = (uint32_t)info->exit;
    error->retry_after_ms = err->retry_after_ms > 0 ? (uint64_t)err->retry_after_ms : 0;
    return error->message && error->why && error->hint ? error : NULL;
}
