/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Configured uses of plugins: "openai", or derived with a model of its own,
 * "openai:MODEL". Every loaded plugin that needs no option also has one of
 * its own name without being configured.
 *
 * Created on a worker, on first use or at the start; never freed while the
 * daemon runs. Thread: [loop] but where said.
 */
#ifndef PLUGIN_INSTANCE_H
#define PLUGIN_INSTANCE_H

#include "plugin/op.h"
#include "plugin/registry.h"

enum instance_state {
    INSTANCE_NEW,
    INSTANCE_CREATING,
    INSTANCE_READY,
    INSTANCE_FAILED,
    INSTANCE_STUCK,    /* an operation does not come back */
    INSTANCE_DISABLED, /* it went wrong too often */
    INSTANCE_GONE,
};

struct config_instance;

/* Host side of a plugin or of an instance, as the plugin knows it. */
struct ragd_ctx {
    struct plugin *plugin;
    struct instance *instance; /* NULL = the plugin's own */
    struct ragd_kvs options;   /* resolved, all of them */
    char *dirs[3];             /* by enum ragd_dir, NULL = none */
};

struct instance {
    struct ragd_ctx ctx;
    enum plugin_kind kind;
    char *name;
    struct plugin *plugin;
    const struct iface *iface;
    const struct config_instance *config; /* NULL = built in */
    struct arena arena;                   /* its options */
    void *inst;                           /* the plugin's */
    enum instance_state state;
    struct err problem; /* of a failed, stuck or disabled one */
    struct err fault;   /* of a ready one: what its last change failed for */
    unsigned stuck;     /* operations given up and not come back */
    struct gate own;
    struct gate *gate; /* its own, or its plugin's */
    struct list waiting;
    struct call creation;
    /* Of embedders, as info said last, by enum ragd_metric; 0 = not asked yet.
     * Written on the loop, read on workers. */
    atomic_uint batch[4];
    struct instance *next; /* of its kind, by name */
};

/* Where instances keep what is theirs; NULL = no directories. */
struct instances_setup {
    const struct config *config;
    const char *data_dir, *cache_dir;
};

/* Makes the configured and the built-in ones, without creating any yet.
 * A setting that its plugin refuses is ERR_CONFIG: then the whole
 * configuration is. */
int instances_open(const struct instances_setup *setup, struct err *err);
/* Destroys those that are not stuck; on_closed comes later. */
void instances_close(void (*on_closed)(void));
void instances_release(void);

/* The kind's default, NULL when there is none ("none", or no plugin). */
struct instance *instance_default(enum plugin_kind kind);
/* By name; derives "NAME:MODEL". err suggests near names. */
struct instance *instance_get(enum plugin_kind kind, struct ragd_str name, struct err *err);
/* Begins to create it when that was not done yet. */
void instance_create(struct instance *instance);

/* Where it is between idle and closed. */
enum instance_state instance_state(const struct instance *instance);
/* "ready", "failed", "stuck", "disabled", "starting", "idle". */
const char *instance_state_name(const struct instance *instance);
/* Why it is failed, stuck or disabled; NULL when it is not. */
const struct err *instance_problem(const struct instance *instance);
/* Of a ready store: why its disk did not take its last change; NULL when it did. */
const struct err *instance_fault(const struct instance *instance);
/* NULL: a change was taken. */
void instance_note_fault(struct instance *instance, const struct err *fault);
const struct plugin *instance_plugin(const struct instance *instance);

/* A ready one is not used any more, and why, until it is enabled again. */
void instance_disable(struct instance *instance, const struct err *problem);
void instance_enable(struct instance *instance);
/* An operation was given up, or came back after all. */
void instance_stuck(struct instance *instance, const char *function);
void instance_recovered(struct instance *instance);

/* The walls round the processes of one that has such. */
enum { LAYERS_MAX = 16 };

/* Names for people. Static. */
struct layer_names {
    const char *p[LAYERS_MAX];
    size_t n;
};

struct child_layers {
    struct layer_names closed, missing; /* missing: of those that its placement has */
};

/* Of an instance with processes of its own that is ready: their walls. false:
 * it has none. [loop] */
bool instance_layers(const struct instance *instance, struct child_layers *out);

/* The plugin's context, with the services it declared. NULL: no memory. */
struct ragd_ctx *ctx_create(struct plugin *plugin);

#endif
