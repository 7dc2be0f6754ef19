/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * ragd.metric/1: counters and gauges, one table for the process.
 *
 * Entries are only ever added, in place, before their number is published; so
 * adding to one takes no lock, on any thread. An id is of the context that
 * defined it and of no other.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "core/mem.h"
#include "plugin/host.h"
#include "plugin/instance.h"

/* One bad plugin must not fill the table for the others. */
enum { METRICS_MAX = 1024, METRICS_PER_PLUGIN = 64, METRIC_NAME_BYTES = 64 };

struct metric {
    const struct ragd_ctx *ctx;
    const char *plugin;
    char *instance, *name, *unit, *help;
    uint32_t kind;
    _Atomic double value;
};

static struct {
    pthread_mutex_t lock;
    struct metric *list[METRICS_MAX];
    _Atomic size_t n;
} metrics = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool well_formed(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && name[n] == '\0' && n < METRIC_NAME_BYTES;
}

static void metric_destroy(struct metric *m)
{
    if (m) {
        mem_free(m->instance);
        mem_free(m->name);
        mem_free(m->unit);
        mem_free(m->help);
        mem_free(m);
    }
}

static struct metric *metric_create(const struct ragd_ctx *ctx, uint32_t kind,
                                    const char *name, const char *unit, const char *help)
{
    struct metric *m = mem_calloc(1, sizeof(*m));
    if (!m) {
        return NULL;
    }
    m->ctx = ctx;
    m->kind = kind;
    m->plugin = ctx->plugin->name;
    m->instance = mem_strdup(ctx->instance ? ctx->instance->name : "");
    m->name = mem_strdup(name);
    m->unit = mem_strdup(unit ? unit : "");
    m->help = mem_strdup(help ? help : "");
    if (!m->instance || !m->name || !m->unit || !m->help) {
        metric_destroy(m);
        return NULL;
    }
    return m;
}

/* The place of this one if it was defined before, else where it would go; 0
 * when there is no more room. The lock is held. */
static size_t find_place(const struct ragd_ctx *ctx, const char *name)
{
    size_t n = atomic_load(&metrics.n), own = 0;
    for (size_t i = 0; i < n; i++) {
        own += metrics.list[i]->ctx->plugin == ctx->plugin;
        if (metrics.list[i]->ctx == ctx && strcmp(metrics.list[i]->name, name) == 0) {
            return i + 1;
        }
    }
    return own < METRICS_PER_PLUGIN && n < METRICS_MAX ? n + 1 : 0;
}

static uint32_t metric_define(struct ragd_ctx *ctx, uint32_t kind, const char *name,
                              const char *unit, const char *help)
{
    if (!ctx || !name || !well_formed(name) ||
        (kind != RAGD_COUNTER && kind != RAGD_GAUGE)) {
        return 0;
    }
    pthread_mutex_lock(&metrics.lock);
    size_t place = find_place(ctx, name);
    if (place == atomic_load(&metrics.n) + 1) {
        struct metric *m = metric_create(ctx, kind, name, unit, help);
        if (m) {
            metrics.list[place - 1] = m;
            atomic_store(&metrics.n, place);
        } else {
            place = 0;
        }
    }
    pthread_mutex_unlock(&metrics.lock);
    return (uint32_t)place;
}

static void metric_add(struct ragd_ctx *ctx, uint32_t id, double value)
{
    if (id == 0 || id > atomic_load(&metrics.n) || metrics.list[id - 1]->ctx != ctx) {
        return;
    }
    struct metric *m = metrics.list[id - 1];
    if (m->kind == RAGD_GAUGE) {
        atomic_store(&m->value, value);
        return;
    }
    double old = atomic_load(&m->value);
    while (!atomic_compare_exchange_weak(&m->value, &old, old + value)) {
    }
}

bool plugin_metric(size_t i, struct plugin_metric *out)
{
    if (i >= atomic_load(&metrics.n)) {
        return false;
    }
    const struct metric *m = metrics.list[i];
    *out = (struct plugin_metric){
        m->plugin, m->instance, m->name, m->unit, m->help, m->kind, atomic_load(&m->value)};
    return true;
}

void plugin_metrics_release(void)
{
    for (size_t i = atomic_exchange(&metrics.n, 0); i-- > 0;) {
        metric_destroy(metrics.list[i]);
        metrics.list[i] = NULL;
    }
}

const struct ragd_metric_svc METRIC_SERVICE = {
    .struct_size = sizeof(METRIC_SERVICE),
    .define = metric_define,
    .add = metric_add,
};
