/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * The services, in memory. There is no loop: work and post run at once on the
 * calling thread, a timer never fires.
 */
#include "sdk/testing/internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static ragd_status config_get(struct ragd_ctx *ctx, const char *name,
                              struct ragd_value *out)
{
    for (size_t i = 0; i < ctx->n_values; i++) {
        if (strcmp(ctx->values[i].key.p, name) == 0) {
            *out = ctx->values[i].val;
            return RAGD_OK;
        }
    }
    return RAGD_E_NOT_FOUND;
}

static struct ragd_str config_dir(struct ragd_ctx *ctx, uint32_t which)
{
    return ragd_cs(which < 3 ? ctx->host->dirs[which] : NULL);
}

static ragd_status task_work(struct ragd_call *call, void (*fn)(void *arg),
                             void (*after)(void *arg, ragd_status status), void *arg)
{
    ragd_status status = fake_host_table.call_state(call);
    if (status == RAGD_OK) {
        fn(arg);
    }
    after(arg, status);
    return RAGD_OK;
}

static ragd_status task_post(struct ragd_ctx *ctx, void (*fn)(void *arg), void *arg)
{
    (void)ctx;
    fn(arg);
    return RAGD_OK;
}

static ragd_status task_timer(struct ragd_ctx *ctx, uint64_t ms, uint64_t repeat_ms,
                              void (*fn)(void *arg), void *arg, struct ragd_timer **out)
{
    (void)ctx, (void)ms, (void)repeat_ms, (void)fn, (void)arg;
    *out = NULL;
    return RAGD_OK;
}

static void task_timer_stop(struct ragd_timer *timer)
{
    (void)timer;
}

static ragd_status task_wait_ms(struct ragd_call *call, uint32_t ms)
{
    ragd_status status = fake_host_table.call_state(call);
    for (; status == RAGD_OK && ms > 0; ms--) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        status = fake_host_table.call_state(call);
    }
    return status;
}

static size_t state_find(const struct fake_host *host, struct ragd_str key)
{
    size_t i = 0;
    while (i < host->n_state && (strlen(host->state[i].key) != key.n ||
                                 memcmp(host->state[i].key, key.p, key.n) != 0)) {
        i++;
    }
    return i;
}

static ragd_status state_get(struct ragd_call *call, struct ragd_str key,
                             struct ragd_bytes *out)
{
    struct fake_host *host = call->host;
    pthread_mutex_lock(&host->lock);
    size_t i = state_find(host, key);
    bool found = i < host->n_state;
    if (found) {
        *out = fake_copy_bytes(&call->memory,
                               (struct ragd_bytes){host->state[i].bytes, host->state[i].n});
    }
    pthread_mutex_unlock(&host->lock);
    return found ? RAGD_OK : RAGD_E_NOT_FOUND;
}

static ragd_status state_del(struct ragd_call *call, struct ragd_str key)
{
    struct fake_host *host = call->host;
    pthread_mutex_lock(&host->lock);
    size_t i = state_find(host, key);
    if (i < host->n_state) {
        free(host->state[i].key);
        free(host->state[i].bytes);
        host->state[i] = host->state[--host->n_state];
    }
    pthread_mutex_unlock(&host->lock);
    return RAGD_OK;
}

static ragd_status state_put(struct ragd_call *call, struct ragd_str key,
                             struct ragd_bytes val)
{
    struct fake_host *host = call->host;
    state_del(call, key);
    pthread_mutex_lock(&host->lock);
    ragd_status status = RAGD_E_LIMIT;
    void *bytes = malloc(val.n + 1);
    char *name = strndup(key.p, key.n);
    if (bytes && name && host->n_state < FAKE_STATE_MAX) {
        memcpy(bytes, val.p, val.n);
        size_t i = host->n_state++;
        host->state[i].key = name;
        host->state[i].bytes = bytes;
        host->state[i].n = val.n;
        status = RAGD_OK;
    } else {
        free(bytes);
        free(name);
    }
    pthread_mutex_unlock(&host->lock);
    return status;
}

static uint32_t metric_define(struct ragd_ctx *ctx, uint32_t kind, const char *name,
                              const char *unit, const char *help)
{
    (void)unit, (void)help;
    struct fake_host *host = ctx->host;
    if (host->n_metrics == FAKE_METRICS_MAX) {
        return 0;
    }
    host->metrics[host->n_metrics].kind = kind;
    host->metrics[host->n_metrics++].name = strdup(name);
    return (uint32_t)host->n_metrics;
}

static void metric_add(struct ragd_ctx *ctx, uint32_t id, double value)
{
    struct fake_host *host = ctx->host;
    pthread_mutex_lock(&host->lock);
    if (id > 0 && id <= host->n_metrics) {
        double old = host->metrics[id - 1].kind == RAGD_COUNTER
                         ? host->metrics[id - 1].value
                         : 0;
        host->metrics[id - 1].value = old + value;
    }
    pthread_mutex_unlock(&host->lock);
}

static const struct ragd_config_svc CONFIG = {sizeof(CONFIG), 0, config_get, config_dir};
static const struct ragd_task_svc TASK = {sizeof(TASK), 0,          task_work,
                                          task_post,    task_timer, task_timer_stop,
                                          task_wait_ms};
static const struct ragd_state_svc STATE = {sizeof(STATE), 0, state_get, state_put,
                                            state_del};
static const struct ragd_metric_svc METRIC = {sizeof(METRIC), 0, metric_define, metric_add};

static bool listed(const char *const *ids, const char *id)
{
    for (; ids && *ids; ids++) {
        if (strcmp(*ids, id) == 0) {
            return true;
        }
    }
    return false;
}

const void *fake_service(struct ragd_ctx *ctx, const char *id)
{
    const struct ragd_plugin *plugin = ctx->host->plugin;
    if (!listed(plugin->needs, id) && !listed(plugin->wants, id)) {
        return NULL;
    }
    static const struct {
        const char *id;
        const void *table;
    } SERVICES[] = {{RAGD_SVC_CONFIG, &CONFIG},
                    {RAGD_SVC_TASK, &TASK},
                    {RAGD_SVC_STATE, &STATE},
                    {RAGD_SVC_METRIC, &METRIC}};
    for (size_t i = 0; i < sizeof(SERVICES) / sizeof(SERVICES[0]); i++) {
        if (strcmp(id, SERVICES[i].id) == 0) {
            return SERVICES[i].table;
        }
    }
    return NULL;
}
