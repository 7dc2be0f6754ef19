/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "wire/host_values.h"

#include <stdbool.h>

#include "core/utf8.h"

typedef Ragd__Host__V1__HostEntry entry_msg;
typedef Ragd__Host__V1__HostValue value_msg;

ProtobufCBinaryData host_bytes(const void *p, size_t n)
{
    return (ProtobufCBinaryData){.len = p ? n : 0, .data = (uint8_t *)(uintptr_t)p};
}

struct ragd_str host_str(ProtobufCBinaryData bytes)
{
    return (struct ragd_str){bytes.len ? (const char *)bytes.data : "", bytes.len};
}

struct ragd_str host_words(ProtobufCBinaryData bytes, const char *otherwise)
{
    bool text = bytes.len && utf8_check(bytes.data, bytes.len) == bytes.len;
    return text ? host_str(bytes) : ragd_cs(otherwise);
}

static void scalar_out(const struct ragd_value *in, value_msg *out)
{
    ragd__host__v1__host_value__init(out);
    out->type = in->type;
    switch (in->type) {
    case RAGD_V_BOOL:
    case RAGD_V_INT: out->integer = in->u.i; break;
    case RAGD_V_REAL: out->real = in->u.d; break;
    case RAGD_V_STR: out->text = host_bytes(in->u.s.p, in->u.s.n); break;
    default: break;
    }
}

static int list_out(struct arena *arena, const struct ragd_value *in, entry_msg *out)
{
    size_t n = in->u.list.p ? in->u.list.n : 0;
    value_msg *items = arena_calloc(arena, n, sizeof(*items));
    out->items = arena_calloc(arena, n, sizeof(value_msg *));
    if (!items || !out->items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        scalar_out(&in->u.list.p[i], &items[i]);
        out->items[i] = &items[i];
    }
    out->n_items = n;
    return 0;
}

int host_kvs_out(struct arena *arena, struct ragd_kvs in, struct host_entries *out)
{
    size_t n = in.p ? in.n : 0;
    struct {
        entry_msg entry;
        value_msg value;
    } *all = arena_calloc(arena, n, sizeof(*all));
    entry_msg **p = arena_calloc(arena, n, sizeof(entry_msg *));
    if (!all || !p) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const struct ragd_kv *kv = &in.p[i];
        ragd__host__v1__host_entry__init(&all[i].entry);
        scalar_out(&kv->val, &all[i].value);
        all[i].entry.key = host_bytes(kv->key.p, kv->key.n);
        all[i].entry.value = &all[i].value;
        if (kv->val.type == RAGD_V_LIST && list_out(arena, &kv->val, &all[i].entry)) {
            return RAGD_E_NOMEM;
        }
        p[i] = &all[i].entry;
    }
    *out = (struct host_entries){p, n};
    return 0;
}

/* A missing value is null. */
static struct ragd_value scalar_in(const value_msg *in)
{
    struct ragd_value out = {.type = in ? in->type : RAGD_V_NULL};
    switch (out.type) {
    case RAGD_V_BOOL:
    case RAGD_V_INT: out.u.i = in->integer; break;
    case RAGD_V_REAL: out.u.d = in->real; break;
    case RAGD_V_STR: out.u.s = host_str(in->text); break;
    default: break;
    }
    return out;
}

int host_kvs_in(struct arena *arena, struct host_entries in, struct ragd_kvs *out)
{
    struct ragd_kv *kvs = arena_calloc(arena, in.n, sizeof(*kvs));
    if (!kvs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in.n; i++) {
        const entry_msg *entry = in.p[i];
        kvs[i] = (struct ragd_kv){host_str(entry->key), scalar_in(entry->value)};
        if (kvs[i].val.type != RAGD_V_LIST) {
            continue;
        }
        struct ragd_value *items = arena_calloc(arena, entry->n_items, sizeof(*items));
        if (!items) {
            return RAGD_E_NOMEM;
        }
        for (size_t j = 0; j < entry->n_items; j++) {
            items[j] = scalar_in(entry->items[j]);
        }
        kvs[i].val.u.list.p = items;
        kvs[i].val.u.list.n = entry->n_items;
    }
    *out = (struct ragd_kvs){kvs, in.n};
    return 0;
}
