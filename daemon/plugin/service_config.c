/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* ragd.config/1: the options of an instance. */
#include <string.h>

#include "plugin/host.h"
#include "plugin/instance.h"

static ragd_status config_get(struct ragd_ctx *ctx, const char *name,
                              struct ragd_value *out)
{
    if (!ctx || !name || !out) {
        return RAGD_E_ARG;
    }
    size_t n = strlen(name);
    for (size_t i = 0; i < ctx->options.n; i++) {
        struct ragd_str key = ctx->options.p[i].key;
        if (key.n == n && memcmp(key.p, name, n) == 0) {
            *out = ctx->options.p[i].val;
            return RAGD_OK;
        }
    }
    return RAGD_E_NOT_FOUND;
}

static struct ragd_str config_dir(struct ragd_ctx *ctx, uint32_t which)
{
    if (!ctx || which >= sizeof(ctx->dirs) / sizeof(ctx->dirs[0]) || !ctx->dirs[which]) {
        return ragd_cs("");
    }
    return ragd_cs(ctx->dirs[which]);
}

const struct ragd_config_svc CONFIG_SERVICE = {
    .struct_size = sizeof(CONFIG_SERVICE),
    .get = config_get,
    .dir = config_dir,
};
