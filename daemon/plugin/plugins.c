/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The life of all plugins. Close is in two phases: first no new operation
 * begins and open ones end (or are given up after the grace time), then the
 * instances are destroyed; only release, with the workers gone, ends plugins.
 */
#include "plugin/plugins.h"

#include <stdlib.h>

#include "config/schema.h"
#include "core/mem.h"
#include "plugin/attempt.h"
#include "plugin/child.h"
#include "plugin/child_errors.h"
#include "plugin/child_pool.h"
#include "plugin/engine.h"
#include "plugin/host.h"
#include "plugin/instance.h"
#include "plugin/instance_make.h"
#include "plugin/registry.h"

enum { DIRS_MAX = 64 };

static struct engine the_engine;

struct engine *engine(void)
{
    return &the_engine;
}

/* ---- the search path --------------------------------------------------------------- */

static int find_plugins(const struct plugins_setup *setup, struct err *err)
{
    const struct config *config = setup->config;
    const char *dirs[DIRS_MAX + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < setup->n_plugin_dirs && n < DIRS_MAX; i++) {
        dirs[n++] = setup->plugin_dirs[i];
    }
    /* A stranger's environment must not choose code. */
    const char *own = config->system ? NULL : secure_getenv("RAGD_PLUGIN_DIR");
    if (own && own[0] == '/' && n < DIRS_MAX) {
        dirs[n++] = own;
    }
    for (size_t i = 0; i < config->plugin_dirs.n && n < DIRS_MAX; i++) {
        dirs[n++] = config->plugin_dirs.p[i].p;
    }
    struct arena arena = {0};
    const char *host = config->system ? NULL : secure_getenv("RAGD_PLUGIN_HOST");
    host = host ? host : path_host(&arena);
    struct registry_setup registry = {.dirs = dirs,
                                      .load = config->plugin_load.p,
                                      .n_load = config->plugin_load.n,
                                      .placement = config->placement.p,
                                      .n_placement = config->placement.n,
                                      .host = host,
                                      .start_ms = config->limits.child_start,
                                      .system = config->system};
    int rc = host ? registry_open(&registry, err) : err_set(err, ERR_NOMEM, NULL);
    arena_release(&arena);
    return rc;
}

int plugins_open(const struct plugins_setup *setup, struct err *err)
{
    the_engine = (struct engine){.limits = setup->config->limits,
                                 .config = setup->config,
                                 .state = setup->state,
                                 .spool_dir = setup->data_dir,
                                 .open = true};
    ops_init(setup->seed);
    int rc = find_plugins(setup, err);
    if (rc == 0) {
        struct instances_setup instances = {setup->config, setup->data_dir,
                                            setup->cache_dir};
        rc = instances_open(&instances, err);
    }
    if (rc) {
        plugins_release();
    }
    return rc;
}

/* ---- start ------------------------------------------------------------------------ */

static struct {
    unsigned waiting;
    void (*on_started)(void);
} starting;

static void on_started(struct call *call)
{
    mem_free(call);
    if (--starting.waiting == 0) {
        starting.on_started();
    }
}

/* Without memory it is created on first use. */
static void start_instance(struct instance *instance)
{
    struct call *call = mem_calloc(1, sizeof(*call));
    if (call) {
        call->done = on_started;
        starting.waiting++;
        op_await(call, instance);
    }
}

static void on_start_held(struct call *call)
{
    (void)call;
    if (--starting.waiting == 0) {
        starting.on_started();
    }
}

/* The process that described it is waiting; whether its walls stand is told at
 * the start. */
static bool has_processes(const struct instance *instance)
{
    return instance->iface && instance->plugin->placement != PLACEMENT_DAEMON;
}

static bool is_used(const struct plugin *plugin)
{
    const struct instance *i = instance_next(PLUGIN_LOADER, NULL);
    while (i && i->plugin != plugin) {
        i = instance_next(PLUGIN_LOADER, i);
    }
    return i;
}

/* The processes that described what nobody uses. */
static void end_unused(void)
{
    for (const struct plugin *p = plugin_next(NULL); p; p = plugin_next(p)) {
        struct plugin *plugin = (struct plugin *)(uintptr_t)p;
        struct child *child = is_used(p) ? NULL : atomic_exchange(&plugin->spare, NULL);
        if (child) {
            child_leave_take(child);
        }
    }
}

void plugins_start(void (*done)(void))
{
    static struct call hold;
    starting.waiting = 1;
    starting.on_started = done;
    for (int k = 0; k < PLUGIN_KINDS; k++) {
        enum plugin_kind kind = (enum plugin_kind)k;
        for (struct instance *i = instance_next(kind, NULL); i;
             i = instance_next(kind, i)) {
            if (!instance_is_built_in(i->config) || has_processes(i) ||
                (kind == PLUGIN_STORE && i == instance_default(kind))) {
                start_instance(i);
            }
        }
    }
    end_unused();
    hold = (struct call){.done = on_start_held};
    op_answer(&hold, NULL);
}

/* ---- end -------------------------------------------------------------------------- */

static void (*on_plugins_closed)(void);

static void on_instances_closed(void)
{
    child_errors_close();
    on_plugins_closed();
}

static void on_idle(void)
{
    instances_close(on_instances_closed);
}

void plugins_enable(void)
{
    child_pools_enable();
}

void plugins_close(void (*on_closed)(void))
{
    the_engine.closing = true;
    on_plugins_closed = on_closed;
    child_pools_close();
    ops_close(on_idle);
}

void plugins_release(void)
{
    if (!the_engine.open) {
        return;
    }
    attempts_forget();
    instances_release();
    plugin_metrics_release();
    registry_close();
    the_engine = (struct engine){0};
}
