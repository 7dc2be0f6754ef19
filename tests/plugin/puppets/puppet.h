/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the puppets share: plugins that do exactly what their option "act"
 * says, right or wrong, so that tests see what the daemon makes of it.
 */
#ifndef PUPPETS_PUPPET_H
#define PUPPETS_PUPPET_H

#include <ragd/ragd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct ragd_host *host;

struct puppet {
    struct ragd_ctx *ctx;
    char act[32];
    int64_t n; /* how many */
};

static inline bool acts(const struct puppet *puppet, const char *act)
{
    return strcmp(puppet->act, act) == 0;
}

static ragd_status puppet_create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    struct puppet *puppet = calloc(1, sizeof(*puppet));
    const struct ragd_config_svc *config = host->service(ctx, RAGD_SVC_CONFIG);
    struct ragd_value act = {.type = RAGD_V_NULL}, n = {.type = RAGD_V_NULL};
    if (!puppet) {
        return RAGD_E_NOMEM;
    }
    config->get(ctx, "act", &act);
    config->get(ctx, "n", &n);
    puppet->ctx = ctx;
    puppet->n = n.u.i;
    memcpy(puppet->act, act.u.s.p, act.u.s.n < 31 ? act.u.s.n : 31);
    if (acts(puppet, "fail_create")) {
        struct ragd_error error = {.struct_size = sizeof(error),
                                   .status = RAGD_E_IO,
                                   .message = ragd_cs("its directory is on fire"),
                                   .retry_after_ms = -1};
        host->call_error(call, &error);
        free(puppet);
        return RAGD_E_IO;
    }
    *inst = puppet;
    return RAGD_OK;
}

static void puppet_destroy(void *inst)
{
    free(inst);
}

static ragd_status puppet_init(const struct ragd_host *from, struct ragd_ctx *ctx)
{
    (void)ctx;
    host = from;
    return RAGD_OK;
}

static const struct ragd_option puppet_act = {.struct_size = sizeof(puppet_act),
                                              .type = RAGD_OPT_STR,
                                              .name = "act",
                                              .doc = "What it does.",
                                              .def = "right"};
static const struct ragd_option puppet_n = {.struct_size = sizeof(puppet_n),
                                            .type = RAGD_OPT_INT,
                                            .name = "n",
                                            .doc = "How many.",
                                            .def = "3"};
static const struct ragd_option *const puppet_options[] = {&puppet_act, &puppet_n, NULL};

/* The life of a puppet, and its plugin with the name NAME. */
#define PUPPET_LIFE(EXEC, CONCURRENCY, ...)                             \
    static const struct ragd_life life = {.struct_size = sizeof(life),  \
                                          .exec = (EXEC),               \
                                          .concurrency = (CONCURRENCY), \
                                          .work_class = RAGD_WORK_IO,   \
                                          .options = puppet_options,    \
                                          .create = puppet_create,      \
                                          .destroy = puppet_destroy,    \
                                          __VA_ARGS__}

#define PUPPET(NAME, IFACE, NEEDS)                                               \
    static const struct ragd_plugin plugin = {.struct_size = sizeof(plugin),     \
                                              .abi_minor_built = RAGD_ABI_MINOR, \
                                              .id = "org.ragd.test." NAME,       \
                                              .name = NAME,                      \
                                              .version = "0.1.0",                \
                                              .license = "Apache-2.0",           \
                                              .url = "",                         \
                                              .summary = "A puppet.",            \
                                              .needs = (NEEDS),                  \
                                              .init = puppet_init,               \
                                              .iface = (IFACE)};                 \
    const struct ragd_plugin *ragd_plugin_entry_v0(const struct ragd_host *from) \
    {                                                                            \
        (void)from;                                                              \
        return &plugin;                                                          \
    }

#endif
