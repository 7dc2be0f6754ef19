/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Reading the configuration again.
 *
 * happy path: load, check by the plugins' declarations, apply, keep.
 * failure modes: whatever is wrong with the new one, the old one stays whole
 * and the status says so until a good one came.
 * It reads a few small local files on the loop, on an administrator's demand.
 */
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "notify.h"
#include "parts.h"
#include "plugin/instance_make.h"
#include "server.h"

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

void parts_engine_settings(const struct config *config, struct engine_settings *out)
{
    *out = (struct engine_settings){
        .embedder = ragd_cs(config->sections[CONFIG_EMBEDDERS].def),
        .store = ragd_cs(config->sections[CONFIG_STORES].def),
        .llm = ragd_cs(config->sections[CONFIG_LLMS].def),
        .splitter = {.kind = config->splitter.kind,
                     .chunk_size = (uint32_t)config->splitter.chunk_size,
                     .chunk_overlap_plus1 = (uint32_t)config->splitter.chunk_overlap + 1,
                     .separators = config->splitter.separators.p,
                     .n_separators = config->splitter.separators.n,
                     .keep_separator = config->splitter.keep_separator,
                     .no_strip = !config->splitter.strip,
                     .language = config->splitter.language},
        .k = (uint32_t)config->k,
        .prompt_system = config->prompt,
        .prompt_user = config->question,
        .prompt_tokens = (uint64_t)config->prompt_tokens,
        .answer_tokens = (uint64_t)config->answer_tokens,
        .limits = &config->limits,
    };
}

struct changes {
    struct arena *arena;
    struct reload_view view;
    size_t cap_changed, cap_restart;
    bool no_memory;
};

static void add_key(struct changes *changes, const char ***list, size_t *n, size_t *cap,
                    const char *key)
{
    if (*n == *cap) {
        size_t more = *cap ? 2 * *cap : 8;
        const char **grown = arena_calloc(changes->arena, more, sizeof(char *));
        if (!grown) {
            changes->no_memory = true;
            return;
        }
        if (*n) {
            memcpy(grown, *list, *n * sizeof(char *));
        }
        *list = grown;
        *cap = more;
    }
    const char *copy = arena_strdup(changes->arena, key);
    if (copy) {
        (*list)[(*n)++] = copy;
    } else {
        changes->no_memory = true;
    }
}

static void on_change(const struct config_value *value, void *arg)
{
    struct changes *changes = arg;
    struct reload_view *view = &changes->view;
    add_key(changes, &view->changed, &view->n_changed, &changes->cap_changed, value->key);
    if (!value->reload) {
        add_key(changes, &view->needs_restart, &view->n_needs_restart,
                &changes->cap_restart, value->key);
    }
}

static int apply(struct parts *parts, struct config *now, struct err *err)
{
    struct engine_settings settings;
    parts_engine_settings(now, &settings);
    settings.limits = &parts->boot->limits;
    int rc = parts->engine ? engine_configure(parts->engine, &settings, err) : 0;
    if (rc) {
        return rc;
    }
    log_setup(2, (enum log_format)now->log_format, (enum ragd_log_level)now->log_level);
    if (parts->config != parts->boot) {
        config_destroy(parts->config);
    }
    parts->config = now;
    return 0;
}

static int load_new(struct parts *parts, struct config **out, struct err *err)
{
    struct config_request request = server_config_request(parts->options);
    struct config *now = NULL;
    int rc = config_load(&request, &now, err);
    if (rc == 0) {
        rc = parts_check_plugins(now, err);
    }
    if (rc) {
        config_destroy(now);
        return rc;
    }
    *out = now;
    return 0;
}

static int reload(struct parts *parts, struct arena *arena, struct reload_view *out,
                  struct err *err)
{
    struct config *now;
    struct changes changes = {.arena = arena};
    int rc = load_new(parts, &now, err);
    if (rc) {
        return rc;
    }
    /* What needs a restart stays different from what the daemon began with. */
    config_diff(parts->config, now, on_change, &changes);
    rc = changes.no_memory ? err_set(err, ERR_NOMEM, NULL) : apply(parts, now, err);
    if (rc) {
        config_destroy(now);
        return rc;
    }
    *out = changes.view;
    return 0;
}

int parts_reload(struct parts *parts, struct arena *arena, struct reload_view *out,
                 struct err *err)
{
    struct err reason;
    notify_reloading();
    int rc = reload(parts, arena, out, &reason);
    if (rc) {
        log_error("RELOAD-REFUSED", "%s; the old configuration stays", reason.msg);
        parts->refused = reason;
        notify_ready("The configuration is not valid, the old one stays");
        if (err) {
            *err = reason;
        }
        return rc;
    }
    parts->refused = (struct err){.id = ERR_NONE};
    log_info("RELOADED",
             "the configuration was read again: %zu settings changed, %zu of them "
             "wait for a restart",
             out->n_changed, out->n_needs_restart);
    notify_ready(life_info(parts->life)->status);
    return 0;
}
