/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Making an instance's struct: its plugin, options, directories, gate.
 *
 * Thread: [loop], but for instance_make_dirs [worker].
 */
#ifndef PLUGIN_INSTANCE_MAKE_H
#define PLUGIN_INSTANCE_MAKE_H

#include "config/config.h"
#include "plugin/instance.h"

struct instance_recipe {
    enum plugin_kind kind;
    struct ragd_str name;
    struct plugin *plugin;
    const struct config_instance *config; /* NULL = only defaults */
    struct ragd_str model;                /* of a derived one, or empty */
};

/* Sets recipe->plugin to what the configuration names, a refused one too.
 * ERR_CONFIG with the place and a suggestion. */
int instance_find_plugin(struct instance_recipe *recipe, struct err *err);
/* Not in any list yet. One of a refused plugin is FAILED from the start.
 * ERR_CONFIG with the place of a setting that its plugin does not take. */
struct instance *instance_make(const struct instance_recipe *recipe,
                               const struct instances_setup *setup, struct err *err);
void instance_free(struct instance *instance);

/* Whether it stands in no file. */
bool instance_is_built_in(const struct config_instance *config);
bool instance_has_option(const struct instance *instance, const char *name);
/* Whether the plugin has required options without a default. */
bool instance_needs_options(const struct plugin *plugin, enum plugin_kind kind);
/* Creates its directories, mode 0700. Blocking. */
int instance_make_dirs(const struct instance *instance, struct err *err);

#endif
