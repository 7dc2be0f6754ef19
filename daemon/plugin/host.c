/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The table every plugin gets, and who may have which service: what is in a
 * plugin's needs and wants is all that an operator has to read.
 */
#include "plugin/host.h"

#include <string.h>

#include "build_info.h"
#include "core/log.h"
#include "core/utf8.h"
#include "plugin/attempt.h"
#include "plugin/instance.h"

/* A plugin's log line: bytes of its text, fields beside ours. */
enum { LOG_TEXT_BYTES_MAX = 4096, LOG_FIELDS_MAX = 16 };

static const struct {
    const char *id;
    const void *table;
} services[] = {
    {RAGD_SVC_CONFIG, &CONFIG_SERVICE},
    {RAGD_SVC_TASK, &TASK_SERVICE},
    {RAGD_SVC_STATE, &STATE_SERVICE},
    {RAGD_SVC_METRIC, &METRIC_SERVICE},
};

enum { SERVICES_N = sizeof(services) / sizeof(services[0]) };

bool service_known(const char *id)
{
    for (size_t i = 0; i < SERVICES_N; i++) {
        if (strcmp(services[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static bool listed(const char *const *ids, const char *id)
{
    for (; *ids; ids++) {
        if (strcmp(*ids, id) == 0) {
            return true;
        }
    }
    return false;
}

/* What an operator reads in needs and wants is all that can happen. */
static const void *host_service(struct ragd_ctx *ctx, const char *id)
{
    if (!ctx || !id ||
        !(listed(ctx->plugin->needs, id) || listed(ctx->plugin->wants, id))) {
        return NULL;
    }
    for (size_t i = 0; i < SERVICES_N; i++) {
        if (strcmp(services[i].id, id) == 0) {
            return services[i].table;
        }
    }
    return NULL;
}

static uint32_t host_log_level(struct ragd_ctx *ctx)
{
    (void)ctx;
    return log_level();
}

static void host_log(struct ragd_ctx *ctx, uint32_t level, struct ragd_str msg,
                     struct ragd_kvs fields)
{
    if (!ctx || level > log_level() || !msg.p) {
        return;
    }
    struct ragd_kv all[LOG_FIELDS_MAX + 2];
    size_t n = 0;
    all[n++] = (struct ragd_kv){ragd_cs("plugin"),
                                {RAGD_V_STR, 0, {.s = ragd_cs(ctx->plugin->name)}}};
    if (ctx->instance) {
        all[n++] = (struct ragd_kv){ragd_cs("instance"),
                                    {RAGD_V_STR, 0, {.s = ragd_cs(ctx->instance->name)}}};
    }
    for (size_t i = 0; i < fields.n && i < LOG_FIELDS_MAX; i++) {
        all[n++] = fields.p[i];
    }
    msg.n = utf8_cut(msg.p, utf8_check(msg.p, msg.n), LOG_TEXT_BYTES_MAX);
    log_fields(level, "PLUGIN-LOG", msg, (struct ragd_kvs){all, n});
}

const struct ragd_host HOST = {
    .struct_size = sizeof(HOST),
    .abi_minor = RAGD_ABI_MINOR,
    .name = "ragd",
    .version = BUILD_VERSION,
    .service = host_service,
    .log_level = host_log_level,
    .log = host_log,
    .call_state = host_call_state,
    .call_left_ms = host_call_left_ms,
    .call_error = host_call_error,
    .call_item_error = host_call_item_error,
    .call_progress = host_call_progress,
    .call_alloc = host_call_alloc,
    .call_set = host_call_set,
    .call_get = host_call_get,
    .call_done = host_call_done,
};
