/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The sections of instances, and their settings against a plugin's options. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "config/option.h"
#include "core/log.h"
#include "core/suggest.h"

enum { NAME_BYTES_MAX = 63, KEY_BYTES = 128 };

/* [a-z0-9][a-z0-9_-]*: it stands in "INSTANCE:MODEL" and in file names. */
static bool is_name(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return n > 0 && n <= NAME_BYTES_MAX && s[n] == '\0' && s[0] != '_' && s[0] != '-' &&
           strcmp(s, "none") != 0;
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, NULL);
}

/* The texts of a scalar or of a list of scalars. */
static int node_texts(struct arena *arena, const struct node *node, const char *path,
                      struct config_setting *out, struct err *err)
{
    const struct node *first = node->type == NODE_LIST ? node->first : node;
    size_t n = 0;
    if (node->empty) {
        return node_error(err, node->mark, "%s has no value", path);
    }
    for (const struct node *item = first; item; item = item->next) {
        if (item->type != NODE_SCALAR || item->empty) {
            return node_error(err, item->mark, "%s must hold plain values", path);
        }
        n++;
        if (node->type != NODE_LIST) {
            break;
        }
    }
    struct ragd_str *texts = arena_calloc(arena, n, sizeof(*texts));
    if (!texts) {
        return no_memory(err);
    }
    for (size_t i = 0; i < n; i++, first = first->next) {
        texts[i] = first->text;
    }
    out->texts = texts;
    out->n = n;
    out->list = node->type == NODE_LIST;
    return 0;
}

struct settings {
    struct config *config;
    const char *path; /* "embedders.openai" */
    struct config_setting *p;
    size_t n;
    struct err *err;
};

static int add_setting(struct settings *all, const struct node *node, const char *key)
{
    struct arena *arena = &all->config->arena;
    struct config_setting setting = {
        .key = arena_strdup(arena, key),
        .key_where = mark_text(arena, node->key_mark, true),
        .where = mark_text(arena, node->mark, true),
        .origin = mark_text(arena, node->mark, false),
    };
    char *path = arena_printf(arena, "%s.%s", all->path, key);
    if (!setting.key || !setting.key_where || !setting.where || !setting.origin || !path) {
        return no_memory(all->err);
    }
    int rc = node_texts(arena, node, path, &setting, all->err);
    if (rc) {
        return rc;
    }
    char *text = setting.list ? list_text(arena, setting.texts, setting.n)
                              : (char *)setting.texts[0].p;
    if (!text || config_row_add(all->config, path, text, setting.origin, false)) {
        return no_memory(all->err);
    }
    all->p[all->n++] = setting;
    return 0;
}

/* Nested maps become dotted keys. */
static int add_settings(struct settings *all, const struct node *map, const char *prefix)
{
    for (const struct node *node = map->first; node; node = node->next) {
        char key[KEY_BYTES];
        int n = snprintf(key, sizeof(key), "%s%s", prefix, node->key);
        int rc;
        if (n >= (int)sizeof(key) - 1) {
            return node_error(all->err, node->key_mark, "the key is too long");
        }
        if (*prefix == '\0' && strcmp(key, "plugin") == 0) {
            continue;
        }
        if (node->type == NODE_MAP) {
            memcpy(key + n, ".", 2);
            rc = add_settings(all, node, key);
        } else {
            rc = add_setting(all, node, key);
        }
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static size_t count_settings(const struct node *map)
{
    size_t n = 0;
    for (const struct node *node = map->first; node; node = node->next) {
        n += node->type == NODE_MAP ? count_settings(node) : 1;
    }
    return n;
}

static int by_setting(const void *a, const void *b)
{
    return strcmp(((const struct config_setting *)a)->key,
                  ((const struct config_setting *)b)->key);
}

/* The plugin of an instance is named by "plugin:", else like the instance. */
static int read_plugin(struct config *config, const struct node *node,
                       struct config_instance *out, struct err *err)
{
    const struct node *plugin = node_member(node, "plugin");
    out->plugin = out->name;
    if (plugin) {
        if (plugin->type != NODE_SCALAR || plugin->empty || !is_name(plugin->text.p)) {
            return node_error(err, plugin->mark, "plugin must be the name of a plugin");
        }
        out->plugin = plugin->text.p;
    }
    char *path = arena_printf(&config->arena, "%s.%s.plugin", config_kind_key(out->kind),
                              out->name);
    const char *origin = plugin ? mark_text(&config->arena, plugin->mark, false)
                                : out->origin;
    if (!path || !origin || config_row_add(config, path, out->plugin, origin, false)) {
        return no_memory(err);
    }
    return 0;
}

static int read_instance(struct config *config, const struct node *node,
                         struct config_instance *out, struct err *err)
{
    struct arena *arena = &config->arena;
    if (!is_name(node->key)) {
        return node_error(err, node->key_mark,
                          "'%s' is no name for an instance: lower-case letters, digits, - "
                          "and _, at most %d",
                          node->key, NAME_BYTES_MAX);
    }
    if (node->type != NODE_MAP && !node->empty) {
        return node_error(err, node->mark, "%s.%s must be a map of settings",
                          config_kind_key(out->kind), node->key);
    }
    out->name = node->key;
    out->where = mark_text(arena, node->key_mark, true);
    out->origin = mark_text(arena, node->key_mark, false);
    struct settings all = {
        .config = config,
        .path = arena_printf(arena, "%s.%s", config_kind_key(out->kind), node->key),
        .p = arena_calloc(arena, count_settings(node), sizeof(struct config_setting)),
        .err = err,
    };
    if (!out->where || !out->origin || !all.path || !all.p) {
        return no_memory(err);
    }
    int rc = read_plugin(config, node, out, err);
    if (rc == 0) {
        rc = add_settings(&all, node, "");
    }
    qsort(all.p, all.n, sizeof(*all.p), by_setting);
    out->settings = all.p;
    out->n_settings = all.n;
    return rc;
}

static int read_default(struct config *config, const struct node *node, const char *kind,
                        struct config_section *out, struct err *err)
{
    if (node->type != NODE_SCALAR || node->empty) {
        return node_error(err, node->mark, "%s.default must be the name of an instance",
                          kind);
    }
    out->def = node->text.p;
    out->def_where = mark_text(&config->arena, node->mark, true);
    char *path = arena_printf(&config->arena, "%s.default", kind);
    char *origin = mark_text(&config->arena, node->mark, false);
    if (!out->def_where || !path || !origin ||
        config_row_add(config, path, out->def, origin, false)) {
        return no_memory(err);
    }
    return 0;
}

static int by_instance(const void *a, const void *b)
{
    return strcmp(((const struct config_instance *)a)->name,
                  ((const struct config_instance *)b)->name);
}

static int read_section(struct config *config, enum config_kind kind,
                        const struct node *map, struct err *err)
{
    struct config_section *section = &config->sections[kind];
    size_t max = 0;
    if (map->type != NODE_MAP) {
        return node_error(err, map->mark, "%s must be a map of instances", map->key);
    }
    for (const struct node *node = map->first; node; node = node->next) {
        max++;
    }
    struct config_instance *instances = arena_calloc(&config->arena, max,
                                                     sizeof(struct config_instance));
    if (!instances) {
        return no_memory(err);
    }
    section->def = section->def_where = "";
    size_t n = 0;
    for (const struct node *node = map->first; node; node = node->next) {
        int rc;
        if (strcmp(node->key, "default") == 0) {
            rc = read_default(config, node, map->key, section, err);
        } else {
            instances[n].kind = kind;
            rc = read_instance(config, node, &instances[n++], err);
        }
        if (rc) {
            return rc;
        }
    }
    qsort(instances, n, sizeof(*instances), by_instance);
    section->instances = instances;
    section->n = n;
    return 0;
}

int instances_build(struct config *config, struct node *root, struct err *err)
{
    for (int kind = 0; kind < CONFIG_KINDS; kind++) {
        struct node *map = node_member(root, config_kind_key((enum config_kind)kind));
        int rc = map ? read_section(config, (enum config_kind)kind, map, err) : 0;
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static const struct ragd_option *option_named(const struct ragd_option *const *options,
                                              const char *name)
{
    for (size_t i = 0; options && options[i]; i++) {
        if (strcmp(options[i]->name, name) == 0) {
            return options[i];
        }
    }
    return NULL;
}

static int unknown_setting(const struct config_resolve *resolve,
                           const struct config_setting *setting, struct err *err)
{
    const struct config_instance *instance = resolve->instance;
    struct suggest suggest;
    suggest_init(&suggest, ragd_cs(setting->key));
    suggest_try(&suggest, "plugin");
    for (size_t i = 0; resolve->options && resolve->options[i]; i++) {
        suggest_try(&suggest, resolve->options[i]->name);
    }
    err_set(err, ERR_CONFIG, "%s: unknown key '%s' in %s.%s%s%s%s", setting->key_where,
            setting->key, config_kind_key(instance->kind), instance->name,
            suggest.best ? " - did you mean '" : "", suggest.best ? suggest.best : "",
            suggest.best ? "'?" : "");
    return err_why(err, "the plugin '%s' has no such option", instance->plugin);
}

static int check_unknown(const struct config_resolve *resolve, struct err *err)
{
    const struct config_instance *instance = resolve->instance;
    for (size_t i = 0; i < instance->n_settings; i++) {
        if (!option_named(resolve->options, instance->settings[i].key)) {
            return unknown_setting(resolve, &instance->settings[i], err);
        }
    }
    if (resolve->model.n && !option_named(resolve->options, "model")) {
        return err_set(err, ERR_CONFIG, "the plugin '%s' has no models to choose from",
                       instance->plugin);
    }
    return 0;
}

static const struct config_setting *setting_named(const struct config_instance *instance,
                                                  const char *name)
{
    for (size_t i = 0; i < instance->n_settings; i++) {
        if (strcmp(instance->settings[i].key, name) == 0) {
            return &instance->settings[i];
        }
    }
    return NULL;
}

static int resolve_one(const struct config_resolve *resolve,
                       const struct ragd_option *option, struct ragd_value *out,
                       struct err *err)
{
    const struct config_instance *instance = resolve->instance;
    const struct config_setting *setting = setting_named(instance, option->name);
    char path[2 * KEY_BYTES + 16];
    snprintf(path, sizeof(path), "%s.%s.%s", config_kind_key(instance->kind),
             instance->name, option->name);
    struct option_input input = {instance->where, path, &resolve->model, 1, false};
    if (!resolve->model.n || strcmp(option->name, "model") != 0) {
        if (!setting && (option->flags & RAGD_OPTF_REQUIRED)) {
            err_set(err, ERR_CONFIG, "%s: %s is missing", instance->where, path);
            return err_hint(err, "%s", option->doc);
        }
        if (!setting) {
            return option_default(option, resolve->arena, out, err);
        }
        if (option->flags & RAGD_OPTF_DEPRECATED && !resolve->quiet) {
            log_warn("CONFIG-DEPRECATED", "%s: %s is deprecated: %s", setting->where, path,
                     option->doc);
        }
        input.where = setting->where;
        input.texts = setting->texts;
        input.n = setting->n;
        input.list = setting->list;
    }
    return option_value(option, &input, resolve->arena, out, err);
}

int config_resolve(struct config_resolve *resolve, struct err *err)
{
    int rc = check_unknown(resolve, err);
    size_t n = 0;
    while (resolve->options && resolve->options[n]) {
        n++;
    }
    struct ragd_kv *values = arena_calloc(resolve->arena, n, sizeof(*values));
    if (!values && rc == 0) {
        rc = no_memory(err);
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        values[i].key = ragd_cs(resolve->options[i]->name);
        rc = resolve_one(resolve, resolve->options[i], &values[i].val, err);
    }
    struct ragd_kvs sorted = {NULL, 0};
    if (rc == 0 && arena_kvs(resolve->arena, (struct ragd_kvs){values, n}, &sorted)) {
        rc = no_memory(err);
    }
    if (rc == 0) {
        resolve->values = sorted;
    }
    return rc;
}
