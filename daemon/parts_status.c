/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the daemon tells about itself, and the functions for handlers. */
#include <string.h>

#include "parts.h"
#include "plugin/instance.h"

/* "a, b" of the walls that are not round its processes; NULL = all are. */
static const char *missing_walls(struct arena *arena, const struct instance *instance)
{
    struct child_layers layers;
    const char *all = NULL;
    for (size_t i = 0; instance_layers(instance, &layers) && i < layers.missing.n; i++) {
        all = arena_printf(arena, "%s%s%s",
                           all ? all : "its sandbox lacks: ", all ? ", " : "",
                           layers.missing.p[i]);
    }
    return all;
}

/* What an instance does not do; NULL = nothing. */
static const char *reason_of(struct arena *arena, const struct instance *instance)
{
    const struct err *problem = instance_problem(instance);
    problem = problem ? problem : instance_fault(instance);
    return problem ? problem->msg : missing_walls(arena, instance);
}

/* All instances can be impaired, and each collection of the engine. */
static size_t count_instances(void)
{
    size_t n = 0;
    for (int kind = 0; kind < PLUGIN_KINDS; kind++) {
        struct instance *i = NULL;
        while ((i = instance_next((enum plugin_kind)kind, i))) {
            n++;
        }
    }
    return n;
}

static int add(struct arena *arena, struct degraded_view *list, size_t *n, const char *part,
               const char *reason)
{
    list[*n].part = arena_strdup(arena, part);
    list[*n].reason = arena_strdup(arena, reason);
    if (!list[*n].part || !list[*n].reason) {
        return RAGD_E_NOMEM;
    }
    (*n)++;
    return 0;
}

static int add_impaired(struct arena *arena, struct degraded_view *list, size_t *n)
{
    for (int kind = 0; kind < PLUGIN_KINDS; kind++) {
        struct instance *i = NULL;
        while ((i = instance_next((enum plugin_kind)kind, i))) {
            const char *reason = reason_of(arena, i);
            char *part = arena_printf(arena, "%s.%s",
                                      config_kind_key((enum config_kind)kind),
                                      instance_name(i));
            if (reason && (!part || add(arena, list, n, part, reason))) {
                return RAGD_E_NOMEM;
            }
        }
    }
    return 0;
}

/* A store that failed is told once, as an instance. */
static bool is_told(struct engine_part part)
{
    const struct instance *store = part.kind == PART_STORE
                                       ? instance_find(PLUGIN_STORE, ragd_cs(part.name))
                                       : NULL;
    return store && instance_problem(store);
}

int parts_degraded(const struct parts *parts, struct arena *arena,
                   struct degraded_view **out, size_t *n)
{
    struct engine_status status = {0};
    if (parts->engine) {
        engine_status(parts->engine, &status);
    }
    size_t used = 0, max = status.n_degraded + count_instances() + 2;
    struct degraded_view *list = arena_calloc(arena, max, sizeof(*list));
    int rc = list ? 0 : RAGD_E_NOMEM;
    for (size_t i = 0; rc == 0 && i < status.n_degraded; i++) {
        const struct engine_degraded *one = &status.degraded[i];
        if (!is_told(one->part)) {
            rc = add(arena, list, &used, one->part.name, one->reason);
        }
        bool owned = one->part.kind == PART_COLLECTION || one->part.kind == PART_CONTENTS;
        if (rc == 0 && used && owned) {
            list[used - 1].owned = true;
            list[used - 1].owner = one->part.owner;
        }
    }
    if (rc == 0) {
        rc = add_impaired(arena, list, &used);
    }
    struct err full;
    if (rc == 0 && state_room_told(parts->state, &full)) {
        rc = add(arena, list, &used, "disk", full.msg);
    }
    if (rc == 0 && parts->refused.id != ERR_NONE) {
        rc = add(arena, list, &used, "configuration", parts->refused.msg);
    }
    if (rc == 0) {
        *out = list;
        *n = used;
    }
    return rc;
}

static int on_status(void *arg, struct arena *arena, struct status_view *out,
                     struct err *err)
{
    struct parts *parts = arg;
    *out = (struct status_view){.socket = parts->boot->socket.p,
                                .data_dir = parts->boot->data_dir.p};
    if (parts_degraded(parts, arena, &out->degraded, &out->n_degraded)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    server_event(out->n_degraded ? LIFE_IMPAIRED : LIFE_OPENED);
    return 0;
}

static int on_settings(void *arg, struct arena *arena, struct setting_view **out, size_t *n,
                       struct err *err)
{
    const struct config *config = ((struct parts *)arg)->config;
    struct config_value value;
    size_t count = 0;
    while (config_value(config, count, &value)) {
        count++;
    }
    struct setting_view *list = arena_calloc(arena, count, sizeof(*list));
    if (!list) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    /* A reload may replace the configuration before these are sent. */
    for (size_t i = 0; i < count; i++) {
        config_value(config, i, &value);
        list[i].key = arena_strdup(arena, value.key);
        list[i].value = arena_strdup(arena, value.text);
        list[i].origin = arena_strdup(arena, value.origin);
        if (!list[i].key || !list[i].value || !list[i].origin) {
            return err_set(err, ERR_NOMEM, NULL);
        }
    }
    *out = list;
    *n = count;
    return 0;
}

static void on_reload(void *arg, struct reload *reload)
{
    parts_reload(arg, reload);
}

static void on_stop_later(struct timer *timer)
{
    (void)timer;
    server_event(LIFE_STOP);
}

/* Later, so that the answer still leaves. */
static void on_shutdown(void *arg)
{
    struct parts *parts = arg;
    timer_start(&parts->stop_later, 0, on_stop_later);
}

struct services parts_services(struct parts *parts)
{
    return (struct services){
        .engine = parts->engine,
        .arg = parts,
        .status = on_status,
        .settings = on_settings,
        .reload = on_reload,
        .shutdown = on_shutdown,
    };
}
