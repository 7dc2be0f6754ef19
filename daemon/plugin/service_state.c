/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* ragd.state/1: small durable values of an instance, in daemon/state. */
#include <stdio.h>
#include <string.h>

#include "plugin/attempt.h"
#include "plugin/engine.h"
#include "plugin/host.h"
#include "state/state.h"

enum { STATE_KEY_BYTES_MAX = 256, STATE_VALUE_BYTES_MAX = 64 * 1024, OWNER_BYTES = 256 };

/* "embedder.openai": whose values these are. */
static int owner_of(const struct ragd_call *call, char out[OWNER_BYTES])
{
    int n = snprintf(out, OWNER_BYTES, "%s.%s", plugin_kind_name(call->instance->kind),
                     instance_name(call->instance));
    return n > 0 && n < OWNER_BYTES ? 0 : RAGD_E_LIMIT;
}

static int check(const struct ragd_call *call, struct ragd_str key, char owner[OWNER_BYTES])
{
    if (!call || !call->instance || !key.p || key.n == 0 || key.n > STATE_KEY_BYTES_MAX) {
        return RAGD_E_ARG;
    }
    return engine()->state ? owner_of(call, owner) : RAGD_E_UNAVAILABLE;
}

static ragd_status state_get(struct ragd_call *call, struct ragd_str key,
                             struct ragd_bytes *out)
{
    char owner[OWNER_BYTES];
    struct buf value = {0};
    struct err err = {0};
    int rc = check(call, key, owner);
    rc = rc ? rc : state_value_get(engine()->state, ragd_cs(owner), key, &value, &err);
    if (rc == 0) {
        void *p = arena_alloc(&call->memory, value.n + 1);
        if (p) {
            memcpy(p, value.n ? value.p : (const void *)"", value.n);
            *out = (struct ragd_bytes){p, value.n};
        } else {
            rc = RAGD_E_NOMEM;
        }
    }
    buf_release(&value);
    return rc;
}

static ragd_status state_put(struct ragd_call *call, struct ragd_str key,
                             struct ragd_bytes value)
{
    char owner[OWNER_BYTES];
    struct err err = {0};
    int rc = check(call, key, owner);
    if (rc == 0 && value.n > STATE_VALUE_BYTES_MAX) {
        rc = RAGD_E_LIMIT;
    }
    return rc ? rc : state_value_put(engine()->state, ragd_cs(owner), key, value, &err);
}

static ragd_status state_del(struct ragd_call *call, struct ragd_str key)
{
    char owner[OWNER_BYTES];
    struct err err = {0};
    int rc = check(call, key, owner);
    return rc ? rc : state_value_del(engine()->state, ragd_cs(owner), key, &err);
}

const struct ragd_state_svc STATE_SERVICE = {
    .struct_size = sizeof(STATE_SERVICE),
    .get = state_get,
    .put = state_put,
    .del = state_del,
};
