/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: made from the configuration at the start (NEW), created on a
 * worker when first asked for (CREATING), READY until the end.
 *
 * Failure modes: the plugin cannot create it: FAILED, and everyone who asks
 * is told why. An operation hangs: STUCK, nothing more is sent to it until
 * the operation comes back.
 *
 * On close: those that are READY are destroyed on workers; what a stuck one
 * holds is left to the end of the process.
 */
#include "plugin/instance.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "plugin/attempt.h"
#include "plugin/engine.h"
#include "plugin/instance_make.h"

enum { DERIVED_MAX = 64 /* of one kind: clients name the models */ };

/* Used when the configuration names none. */
static const char *const builtin_default[PLUGIN_KINDS] = {
    [PLUGIN_SOURCE] = "file",   [PLUGIN_LOADER] = "text", [PLUGIN_EMBEDDER] = "lexical",
    [PLUGIN_STORE] = "rocksdb", [PLUGIN_LLM] = "extract",
};

static struct {
    struct instances_setup setup;
    struct instance *first[PLUGIN_KINDS]; /* by name */
    struct instance *def[PLUGIN_KINDS];
    unsigned derived[PLUGIN_KINDS];
    unsigned closing; /* being destroyed */
    void (*on_closed)(void);
} instances;

/* ---- the list ---------------------------------------------------------------- */

static void insert(struct instance *instance)
{
    struct instance **at = &instances.first[instance->kind];
    while (*at && strcmp((*at)->name, instance->name) < 0) {
        at = &(*at)->next;
    }
    instance->next = *at;
    *at = instance;
}

struct instance *instance_find(enum plugin_kind kind, struct ragd_str name)
{
    for (struct instance *i = instances.first[kind]; i; i = i->next) {
        if (strlen(i->name) == name.n && memcmp(i->name, name.p, name.n) == 0) {
            return i;
        }
    }
    return NULL;
}

struct instance *instance_next(enum plugin_kind kind, const struct instance *after)
{
    return after ? after->next : instances.first[kind];
}

struct instance *instance_default(enum plugin_kind kind)
{
    return instances.def[kind];
}

const char *instance_name(const struct instance *instance)
{
    return instance->name;
}

const char *instance_plugin_name(const struct instance *instance)
{
    return instance->plugin->name;
}

const char *instance_plugin_version(const struct instance *instance)
{
    return instance->plugin->version;
}

const struct plugin *instance_plugin(const struct instance *instance)
{
    return instance->plugin;
}

enum instance_state instance_state(const struct instance *instance)
{
    return instance->state;
}

const char *instance_state_name(const struct instance *instance)
{
    static const char *const names[] = {
        [INSTANCE_NEW] = "idle",     [INSTANCE_CREATING] = "starting",
        [INSTANCE_READY] = "ready",  [INSTANCE_FAILED] = "failed",
        [INSTANCE_STUCK] = "stuck",  [INSTANCE_DISABLED] = "disabled",
        [INSTANCE_GONE] = "stopped",
    };
    return names[instance->state];
}

const struct err *instance_problem(const struct instance *instance)
{
    switch (instance->state) {
    case INSTANCE_FAILED:
    case INSTANCE_STUCK:
    case INSTANCE_DISABLED: return &instance->problem;
    default: return NULL;
    }
}

const struct err *instance_fault(const struct instance *instance)
{
    return instance->fault.id ? &instance->fault : NULL;
}

void instance_note_fault(struct instance *instance, const struct err *fault)
{
    if (fault && !instance->fault.id) {
        log_error("STORE-FAILED", "%s", fault->msg);
    }
    instance->fault = fault ? *fault : (struct err){0};
}

/* ---- looking one up ------------------------------------------------------------ */

static int unknown(enum plugin_kind kind, struct ragd_str name, struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    char all[ERR_HINT_BYTES / 2] = "";
    for (struct instance *i = instances.first[kind]; i; i = i->next) {
        suggest_try(&suggest, i->name);
        size_t n = strlen(all);
        snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "", i->name);
    }
    const char *what = plugin_kind_name(kind);
    err_set(err, ERR_NO_INSTANCE, "no %s '%.*s'", what, (int)(name.n < 80 ? name.n : 80),
            name.p);
    if (suggest.best) {
        return err_hint(err, "did you mean '%s'?", suggest.best);
    }
    return all[0] ? err_hint(err, "there is: %s", all)
                  : err_hint(err, "no %s plugin was found", what);
}

/* "NAME:MODEL": the same options with that model. */
static struct instance *derive(struct instance *base, struct ragd_str name,
                               struct ragd_str model, struct err *err)
{
    if (!instance_has_option(base, "model")) {
        err_set(err, ERR_INVALID, "%s '%s' has no models to choose from",
                plugin_kind_name(base->kind), base->name);
        err_hint(err, "use it as '%s'", base->name);
        return NULL;
    }
    if (instances.derived[base->kind] >= DERIVED_MAX) {
        err_set(err, ERR_LIMIT, "more than %d models in use", DERIVED_MAX);
        return NULL;
    }
    struct instance_recipe recipe = {.kind = base->kind,
                                     .name = name,
                                     .plugin = base->plugin,
                                     .config = base->config,
                                     .model = model};
    struct instance *instance = instance_make(&recipe, &instances.setup, err);
    if (instance) {
        instances.derived[base->kind]++;
        insert(instance);
    }
    return instance;
}

struct instance *instance_get(enum plugin_kind kind, struct ragd_str name, struct err *err)
{
    if (name.n == 0) {
        if (!instances.def[kind]) {
            err_set(err, ERR_NO_INSTANCE, "there is no default %s", plugin_kind_name(kind));
        }
        return instances.def[kind];
    }
    struct instance *found = instance_find(kind, name);
    if (found) {
        return found;
    }
    const char *colon = memchr(name.p, ':', name.n);
    struct ragd_str base = {name.p, colon ? (size_t)(colon - name.p) : name.n};
    found = colon ? instance_find(kind, base) : NULL;
    if (!found || base.n + 1 == name.n) {
        unknown(kind, base, err);
        return NULL;
    }
    struct ragd_str model = {colon + 1, name.n - base.n - 1};
    return derive(found, name, model, err);
}

/* ---- creating and destroying ----------------------------------------------------- */

struct create_args {
    void *inst;
};

static ragd_status invoke_create(struct ragd_call *call)
{
    struct create_args *args = call->args;
    struct err err = {0};
    if (instance_make_dirs(call->instance, &err)) {
        return attempt_fault(call, err.id, "%s", err.msg);
    }
    return call->instance->iface->life.create(&call->instance->ctx, call, &args->inst);
}

static int settle_create(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct create_args *args = call->args;
    call->instance->inst = args->inst;
    return 0;
}

static const struct op_kind create_kind = {
    .function = "create",
    .flags = OP_UNREADY | OP_ON_WORKER | OP_ONCE,
    .args_bytes = sizeof(struct create_args),
    .invoke = invoke_create,
    .settle = settle_create,
};

static void on_created(struct call *call)
{
    struct instance *instance = call->arg;
    if (call->status == 0) {
        instance->state = INSTANCE_READY;
        log_info("INSTANCE-READY", "%s %s (%s %s)", plugin_kind_name(instance->kind),
                 instance->name, instance->plugin->name, instance->plugin->version);
    } else {
        instance->state = INSTANCE_FAILED;
        instance->problem = call->err;
        log_error("INSTANCE-FAILED", "%s %s (%s): %s%s%s", plugin_kind_name(instance->kind),
                  instance->name, instance->plugin->name, call->err.msg,
                  call->err.why[0] ? ": " : "", call->err.why);
    }
    call_release(call);
    ops_wake(&instance->waiting);
}

void instance_create(struct instance *instance)
{
    if (instance->state != INSTANCE_NEW) {
        return;
    }
    instance->state = INSTANCE_CREATING;
    instance->creation = (struct call){.done = on_created, .arg = instance};
    struct op_target target = {.instance = instance};
    op_start(&instance->creation, &create_kind, &target);
}

static ragd_status invoke_destroy(struct ragd_call *call)
{
    call->instance->iface->life.destroy(call->instance->inst);
    return RAGD_OK;
}

static const struct op_kind destroy_kind = {
    .function = "destroy",
    .flags = OP_UNREADY | OP_ON_WORKER | OP_ONCE | OP_GIVES_BACK,
    .invoke = invoke_destroy,
};

static void all_destroyed(void)
{
    if (instances.closing == 0 && instances.on_closed) {
        void (*on_closed)(void) = instances.on_closed;
        instances.on_closed = NULL;
        on_closed();
    }
}

static void on_destroyed(struct call *call)
{
    struct instance *instance = call->arg;
    instance->state = INSTANCE_GONE;
    call_release(call);
    instances.closing--;
    all_destroyed();
}

/* Holds on_closed back until every one was looked at; comes later. */
static void on_looked_at(struct call *call)
{
    (void)call;
    instances.closing--;
    all_destroyed();
}

void instances_close(void (*on_closed)(void))
{
    static struct call hold;
    instances.on_closed = on_closed;
    instances.closing = 1;
    for (int kind = 0; kind < PLUGIN_KINDS; kind++) {
        for (struct instance *i = instances.first[kind]; i; i = i->next) {
            if (i->state != INSTANCE_READY && i->state != INSTANCE_DISABLED) {
                continue;
            }
            instances.closing++;
            i->creation = (struct call){.done = on_destroyed, .arg = i};
            struct op_target target = {.instance = i};
            op_start(&i->creation, &destroy_kind, &target);
        }
    }
    hold = (struct call){.done = on_looked_at};
    op_answer(&hold, NULL);
}

/* ---- failed, stuck and back ---------------------------------------------------------------- */

void instance_disable(struct instance *instance, const struct err *problem)
{
    if (instance->state != INSTANCE_READY) {
        return;
    }
    instance->state = INSTANCE_DISABLED;
    instance->problem = *problem;
    log_error("INSTANCE-DISABLED", "%s: %s", problem->msg, problem->why);
    gate_refuse(instance->gate, instance);
}

void instance_enable(struct instance *instance)
{
    if (instance->state == INSTANCE_DISABLED) {
        instance->state = INSTANCE_READY;
        log_info("INSTANCE-ENABLED", "%s '%s' is used again",
                 plugin_kind_name(instance->kind), instance->name);
    }
}

void instance_stuck(struct instance *instance, const char *function)
{
    instance->stuck++;
    if (instance->state != INSTANCE_READY) {
        return;
    }
    instance->state = INSTANCE_STUCK;
    err_set(&instance->problem, ERR_PLUGIN,
            "%s '%s' is stuck: %s of plugin %s does not return",
            plugin_kind_name(instance->kind), instance->name, function,
            instance->plugin->name);
    err_hint(&instance->problem, "it goes on when that call comes back; else restart ragd");
    log_error("INSTANCE-STUCK", "%s", instance->problem.msg);
    gate_refuse(instance->gate, instance);
}

void instance_recovered(struct instance *instance)
{
    instance->stuck--;
    if (instance->stuck || instance->state != INSTANCE_STUCK) {
        return;
    }
    instance->state = INSTANCE_READY;
    log_warn("INSTANCE-BACK", "%s '%s' came back", plugin_kind_name(instance->kind),
             instance->name);
    ops_wake(&instance->waiting);
}

/* ---- all of them --------------------------------------------------------------------- */

static int add(const struct instance_recipe *recipe, struct err *err)
{
    struct instance *instance = instance_make(recipe, &instances.setup, err);
    if (!instance) {
        return err_status(err);
    }
    insert(instance);
    return 0;
}

static int add_configured(const struct config_section *section, enum plugin_kind kind,
                          struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < section->n && rc == 0; i++) {
        const struct config_instance *config = &section->instances[i];
        struct instance_recipe recipe = {.kind = kind,
                                         .name = ragd_cs(config->name),
                                         .config = config};
        rc = instance_find_plugin(&recipe, err);
        if (rc == RAGD_E_CONFIG && instance_is_built_in(config)) {
            *err = (struct err){0}; /* nobody asked for a plugin that is not there */
            rc = 0;
            continue;
        }
        rc = rc ? rc : add(&recipe, err);
    }
    return rc;
}

static int add_builtin(enum plugin_kind kind, struct err *err)
{
    int rc = 0;
    for (const struct plugin *p = plugin_next(NULL); p && rc == 0; p = plugin_next(p)) {
        if (!p->loaded || !p->ifaces[kind] || instance_find(kind, ragd_cs(p->name)) ||
            instance_needs_options(p, kind)) {
            continue;
        }
        struct instance_recipe recipe = {.kind = kind,
                                         .name = ragd_cs(p->name),
                                         .plugin = plugin_of(kind, ragd_cs(p->id))};
        rc = add(&recipe, err);
    }
    return rc;
}

/* The named one. Without the built-in one, which nobody named, any will do. */
static int choose_default(const struct config_section *section, enum plugin_kind kind,
                          struct err *err)
{
    bool named = section && section->def && section->def[0];
    const char *name = named ? section->def : builtin_default[kind];
    if (strcmp(name, "none") == 0) {
        return 0;
    }
    if (strcmp(name, builtin_default[kind]) != 0) {
        instances.def[kind] = instance_get(kind, ragd_cs(name), err);
        if (!instances.def[kind]) {
            err_wrap(err, "%s.default", config_kind_key((enum config_kind)kind));
            err->id = ERR_CONFIG;
            return err_status(err);
        }
        return 0;
    }
    struct instance *found = instance_find(kind, ragd_cs(name));
    instances.def[kind] = found ? found : instances.first[kind];
    return 0;
}

int instances_open(const struct instances_setup *setup, struct err *err)
{
    instances.setup = *setup;
    int rc = 0;
    for (int k = 0; k < PLUGIN_KINDS && rc == 0; k++) {
        enum plugin_kind kind = (enum plugin_kind)k;
        const struct config_section *section = setup->config ? &setup->config->sections[k]
                                                             : NULL;
        rc = section ? add_configured(section, kind, err) : 0;
        rc = rc ? rc : add_builtin(kind, err);
        rc = rc ? rc : choose_default(section, kind, err);
    }
    if (rc) {
        instances_release();
    }
    return rc;
}

void instances_release(void)
{
    for (int kind = 0; kind < PLUGIN_KINDS; kind++) {
        struct instance *instance = instances.first[kind];
        instances.first[kind] = instances.def[kind] = NULL;
        instances.derived[kind] = 0;
        while (instance) {
            struct instance *next = instance->next;
            if (instance->stuck == 0) { /* else the plugin may still use it */
                instance_free(instance);
            }
            instance = next;
        }
    }
}
