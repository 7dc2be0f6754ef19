/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/loader_options.h"

#include <stdio.h>
#include <string.h>

#include "config/option.h"
#include "core/suggest.h"
#include "plugin/call_load.h"

enum { LIST_ITEMS_MAX = 64 };

static const struct ragd_loader *table_of(const struct instance *instance)
{
    return instance->iface ? &instance->iface->u.loader : NULL;
}

static bool equal(struct ragd_str s, const char *text)
{
    return strlen(text) == s.n && memcmp(text, s.p, s.n) == 0;
}

/* "NAME.option" into its two parts. */
static bool split_key(struct ragd_str key, struct ragd_str *loader, struct ragd_str *option)
{
    const char *dot = key.n ? memchr(key.p, '.', key.n) : NULL;
    if (!dot) {
        return false;
    }
    *loader = (struct ragd_str){key.p, (size_t)(dot - key.p)};
    *option = (struct ragd_str){dot + 1, key.n - loader->n - 1};
    return loader->n && option->n;
}

static bool is_named(const struct instance *instance, struct ragd_str name)
{
    return equal(name, instance_name(instance)) || equal(name, instance->plugin->name);
}

static struct instance *loader_named(struct ragd_str name)
{
    struct instance *i = instance_next(PLUGIN_LOADER, NULL);
    while (i && !is_named(i, name)) {
        i = instance_next(PLUGIN_LOADER, i);
    }
    return i;
}

static const struct ragd_option *option_named(const struct ragd_loader *loader,
                                              struct ragd_str name)
{
    const struct ragd_option *const *options = loader->load_options;
    while (options && *options && !equal(name, (*options)->name)) {
        options++;
    }
    return options ? *options : NULL;
}

/* Text to the option's type. Items of a list are separated by commas. */
static int parse_option(const struct ragd_option *option, const struct ragd_kv *kv,
                        struct arena *arena, struct ragd_value *out, struct err *err)
{
    struct ragd_str items[LIST_ITEMS_MAX] = {kv->val.u.s};
    char path[128];
    snprintf(path, sizeof(path), "%.*s", (int)(kv->key.n < 100 ? kv->key.n : 100),
             kv->key.p);
    struct option_input input = {.where = "loader option",
                                 .path = path,
                                 .texts = items,
                                 .n = 1};
    if (kv->val.type != RAGD_V_STR) {
        return err_set(err, ERR_INVALID, "loader option %s: its value must be a text",
                       path);
    }
    if (option->type == RAGD_OPT_STRLIST) {
        struct ragd_str rest = kv->val.u.s;
        input.list = true;
        for (input.n = 0; rest.n && input.n < LIST_ITEMS_MAX; input.n++) {
            const char *comma = memchr(rest.p, ',', rest.n);
            size_t n = comma ? (size_t)(comma - rest.p) : rest.n;
            items[input.n] = (struct ragd_str){rest.p, n};
            n += comma != NULL;
            rest = (struct ragd_str){rest.p + n, rest.n - n};
        }
    }
    int rc = option_value(option, &input, arena, out, err);
    if (rc && err && err->id == ERR_CONFIG) {
        err->id = ERR_INVALID;
        rc = err_status(err);
    }
    return rc;
}

static int unknown_loader(struct ragd_str key, struct ragd_str name, struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (struct instance *i = instance_next(PLUGIN_LOADER, NULL); i;
         i = instance_next(PLUGIN_LOADER, i)) {
        suggest_try(&suggest, instance_name(i));
    }
    int shown = (int)(key.n < 100 ? key.n : 100);
    int rc = err_set(err, ERR_INVALID, "loader option %.*s: no loader '%.*s'", shown, key.p,
                     (int)(name.n < 60 ? name.n : 60), name.p);
    return suggest.best ? err_hint(err, "did you mean '%s'?", suggest.best) : rc;
}

static int unknown_option(const struct ragd_loader *loader, struct ragd_str key,
                          struct ragd_str name, struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    const struct ragd_option *const *options = loader->load_options;
    for (; options && *options; options++) {
        suggest_try(&suggest, (*options)->name);
    }
    int rc = err_set(err, ERR_INVALID, "loader option %.*s is not known",
                     (int)(key.n < 100 ? key.n : 100), key.p);
    return suggest.best ? err_hint(err, "did you mean '%s'?", suggest.best) : rc;
}

int loader_options_check(struct ragd_kvs options, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < options.n && rc == 0; i++) {
        const struct ragd_kv *kv = &options.p[i];
        struct ragd_str loader, name;
        if (!split_key(kv->key, &loader, &name)) {
            return err_set(err, ERR_INVALID,
                           "loader option %.*s: it must be written LOADER.OPTION",
                           (int)(kv->key.n < 100 ? kv->key.n : 100), kv->key.p);
        }
        struct instance *instance = loader_named(loader);
        if (!instance || !instance->iface) {
            return unknown_loader(kv->key, loader, err);
        }
        const struct ragd_option *option = option_named(table_of(instance), name);
        if (!option) {
            return unknown_option(table_of(instance), kv->key, name, err);
        }
        struct arena arena = {0};
        struct ragd_value value;
        rc = parse_option(option, kv, &arena, &value, err);
        arena_release(&arena);
    }
    return rc;
}

/* What was given for one of the loader's options, NULL when nothing was. */
static const struct ragd_kv *given(const struct instance *instance, struct ragd_kvs options,
                                   const char *option)
{
    for (size_t i = 0; i < options.n; i++) {
        struct ragd_str loader, name;
        if (split_key(options.p[i].key, &loader, &name) && is_named(instance, loader) &&
            equal(name, option)) {
            return &options.p[i];
        }
    }
    return NULL;
}

int loader_options_resolve(const struct instance *loader, struct ragd_kvs options,
                           struct arena *arena, struct ragd_kvs *out, struct err *err)
{
    const struct ragd_option *const *declared = table_of(loader)->load_options;
    size_t n = 0;
    while (declared && declared[n]) {
        n++;
    }
    struct ragd_kv *kvs = arena_calloc(arena, n, sizeof(*kvs));
    if (!kvs) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct ragd_kv *kv = given(loader, options, declared[i]->name);
        kvs[i].key = ragd_cs(declared[i]->name);
        rc = kv ? parse_option(declared[i], kv, arena, &kvs[i].val, err)
                : option_default(declared[i], arena, &kvs[i].val, err);
    }
    *out = (struct ragd_kvs){kvs, n};
    return rc;
}
