/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The plugins' part: where they are loaded from, what the configuration says to them. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/rng.h"
#include "parts.h"
#include "plugin/instance_make.h"
#include "plugin/plugins.h"

static int check_instance(const struct config_instance *instance, struct err *err)
{
    struct instance_recipe recipe = {.kind = (enum plugin_kind)instance->kind,
                                     .config = instance};
    int rc = instance_find_plugin(&recipe, err);
    if (rc == RAGD_E_CONFIG && instance_is_built_in(instance)) {
        return 0; /* nobody asked for a plugin that is not there */
    }
    if (rc || !recipe.plugin->loaded) {
        return rc; /* what a refused plugin would take is not known */
    }
    struct arena arena = {0};
    struct config_resolve resolve = {
        .instance = instance,
        .options = recipe.plugin->ifaces[instance->kind]->life.options,
        .arena = &arena,
        .quiet = true, /* it was told of when the instance was made */
    };
    rc = config_resolve(&resolve, err);
    arena_release(&arena);
    return rc;
}

int parts_check_plugins(const struct config *config, struct err *err)
{
    for (int kind = 0; kind < CONFIG_KINDS; kind++) {
        const struct config_section *section = &config->sections[kind];
        for (size_t i = 0; i < section->n; i++) {
            int rc = check_instance(&section->instances[i], err);
            if (rc) {
                return rc;
            }
        }
    }
    return 0;
}

/* One that was named must be there; those of the configuration may come later. */
static int check_plugin_dirs(const struct options *options, struct err *err)
{
    for (size_t i = 0; i < options->n_plugin_dirs; i++) {
        struct stat st;
        const char *dir = options->plugin_dirs[i];
        int errnum = stat(dir, &st)                  ? errno
                     : !S_ISDIR(st.st_mode)          ? ENOTDIR
                     : access(dir, R_OK | X_OK) != 0 ? errno
                                                     : 0;
        if (errnum) {
            err_set(err, ERR_CONFIG, "no plugins can be read from %s (--plugin-dir)", dir);
            return err_why(err, "%s", strerror(errnum));
        }
    }
    return 0;
}

int parts_open_plugins(const struct options *options, struct plugins_setup *setup,
                       struct err *err)
{
    int rc = check_plugin_dirs(options, err);
    if (rc) {
        return rc;
    }
    setup->plugin_dirs = options->plugin_dirs;
    setup->n_plugin_dirs = options->n_plugin_dirs;
    rng_bytes(&setup->seed, sizeof(setup->seed));
    return plugins_open(setup, err);
}
