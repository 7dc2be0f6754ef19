/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Plugins: which files were found, and what they offer. */
#include <string.h>

#include "core/suggest.h"
#include "plugin/instance.h"
#include "plugin/registry.h"
#include "ragd/v1/plugins.pb-c.h"
#include "rpc/handle.h"
#include "rpc/request.h"

enum { OPTIONS_MAX = 1024 /* of one plugin: more are not shown */ };

static char *text(const char *s)
{
    return (char *)(s ? s : "");
}

static int put_kinds(struct arena *arena, const struct plugin *plugin,
                     Ragd__V1__PluginInfo *info)
{
    info->kinds = arena_calloc(arena, PLUGIN_KINDS, sizeof(char *));
    if (!info->kinds) {
        return RAGD_E_NOMEM;
    }
    for (int kind = 0; kind < PLUGIN_KINDS; kind++) {
        if (plugin->kinds & 1u << kind) {
            info->kinds[info->n_kinds++] = text(plugin_kind_name((enum plugin_kind)kind));
        }
    }
    return 0;
}

/* The next instance of a plugin, of any kind; NULL begins and ends. */
static const struct instance *next_instance(const struct plugin *plugin, int *kind,
                                            const struct instance *after)
{
    const struct instance *at = after;
    while (*kind < PLUGIN_KINDS) {
        at = instance_next((enum plugin_kind) * kind, at);
        if (at && instance_plugin(at) == plugin) {
            return at;
        }
        *kind += at ? 0 : 1;
    }
    return NULL;
}

/* Why it is of no use as it is; NULL when it is. */
static const struct err *problem_of(const struct plugin *plugin)
{
    const struct instance *at = NULL;
    int kind = 0;
    if (!plugin->loaded) {
        return &plugin->problem;
    }
    while ((at = next_instance(plugin, &kind, at))) {
        if (instance_state(at) == INSTANCE_DISABLED) {
            return instance_problem(at);
        }
    }
    return NULL;
}

static Ragd__V1__PluginInfo *info_of(struct arena *arena, const struct plugin *plugin)
{
    Ragd__V1__PluginInfo *info = arena_alloc(arena, sizeof(*info));
    const struct err *problem = problem_of(plugin);
    if (!info) {
        return NULL;
    }
    ragd__v1__plugin_info__init(info);
    info->id = text(plugin->id);
    info->name = text(plugin->name);
    info->version = text(plugin->version);
    info->abi = (char *)plugin->abi;
    info->licence = text(plugin->license);
    info->path = text(plugin->path);
    info->state = text(!plugin->loaded ? "refused" : problem ? "disabled" : "loaded");
    info->placement = text(plugin->loaded ? placement_name(plugin->placement) : "");
    info->summary = text(plugin->summary);
    if (problem) {
        info->problem = arena_printf(arena, "%s%s%s", problem->msg,
                                     problem->why[0] ? ": " : "", problem->why);
    }
    return info->problem && put_kinds(arena, plugin, info) == 0 ? info : NULL;
}

void handle_plugins_list(struct request *request)
{
    Ragd__V1__PluginsListReply reply = RAGD__V1__PLUGINS_LIST_REPLY__INIT;
    struct arena *arena = &request->arena;
    size_t n = 0;
    for (const struct plugin *plugin = NULL; (plugin = plugin_next(plugin));) {
        n++;
    }
    reply.plugins = arena_calloc(arena, n, sizeof(Ragd__V1__PluginInfo *));
    for (const struct plugin *plugin = NULL;
         reply.plugins && (plugin = plugin_next(plugin));) {
        Ragd__V1__PluginInfo *info = info_of(arena, plugin);
        reply.plugins[reply.n_plugins++] = info;
        reply.plugins = info ? reply.plugins : NULL;
    }
    if (reply.plugins) {
        request_end(request, &reply.base);
    } else {
        request_refuse(request, ERR_NOMEM, "no memory for the list");
    }
}

/* Describe. */

static const char *type_name(uint32_t type)
{
    static const char *const names[] = {
        [RAGD_OPT_BOOL] = "bool",     [RAGD_OPT_INT] = "int",   [RAGD_OPT_REAL] = "real",
        [RAGD_OPT_STR] = "text",      [RAGD_OPT_SIZE] = "size", [RAGD_OPT_MS] = "duration",
        [RAGD_OPT_PATH] = "path",     [RAGD_OPT_URL] = "url",   [RAGD_OPT_STRLIST] = "list",
        [RAGD_OPT_SECRET] = "secret",
    };
    return type < sizeof(names) / sizeof(names[0]) && names[type] ? names[type] : "text";
}

static size_t count_texts(const char *const *list)
{
    size_t n = 0;
    while (list && list[n]) {
        n++;
    }
    return n;
}

static Ragd__V1__PluginOption *option_of(struct arena *arena, const struct ragd_option *in,
                                         bool per_collection)
{
    Ragd__V1__PluginOption *option = arena_alloc(arena, sizeof(*option));
    if (!option) {
        return NULL;
    }
    ragd__v1__plugin_option__init(option);
    option->name = text(in->name);
    option->type = text(type_name(in->type));
    option->default_value = text(in->def);
    option->unit = text(in->unit);
    option->doc = text(in->doc);
    option->n_choices = count_texts(in->choices);
    option->choices = (char **)in->choices;
    option->required = (in->flags & RAGD_OPTF_REQUIRED) != 0;
    option->per_collection = per_collection;
    return option;
}

static int put_options(struct arena *arena, const struct ragd_option *const *list,
                       bool per_collection, Ragd__V1__PluginDescription *out)
{
    for (; list && *list && out->n_options < OPTIONS_MAX; list++) {
        Ragd__V1__PluginOption *option = option_of(arena, *list, per_collection);
        if (!option) {
            return RAGD_E_NOMEM;
        }
        out->options[out->n_options++] = option;
    }
    return 0;
}

/* The options of all its kinds; a loader's own ones are set per collection. */
static int put_all_options(struct arena *arena, const struct plugin *plugin,
                           Ragd__V1__PluginDescription *out)
{
    out->options = arena_calloc(arena, OPTIONS_MAX, sizeof(Ragd__V1__PluginOption *));
    if (!out->options) {
        return RAGD_E_NOMEM;
    }
    for (int kind = 0; kind < PLUGIN_KINDS; kind++) {
        const struct iface *iface = plugin->ifaces[kind];
        if (iface && put_options(arena, iface->life.options, false, out) != 0) {
            return RAGD_E_NOMEM;
        }
        if (iface && kind == PLUGIN_LOADER &&
            put_options(arena, iface->u.loader.load_options, true, out) != 0) {
            return RAGD_E_NOMEM;
        }
    }
    return 0;
}

static int put_names(struct arena *arena, const struct layer_names *in, char ***out,
                     size_t *n)
{
    *out = arena_calloc(arena, in->n, sizeof(char *));
    for (size_t i = 0; *out && i < in->n; i++) {
        (*out)[(*n)++] = text(in->p[i]);
    }
    return *out ? 0 : RAGD_E_NOMEM;
}

static Ragd__V1__PluginInstance *instance_of(struct arena *arena, const struct instance *in,
                                             int kind)
{
    struct child_layers layers;
    const struct err *problem = instance_problem(in);
    Ragd__V1__PluginInstance *out = arena_alloc(arena, sizeof(*out));
    if (out) {
        ragd__v1__plugin_instance__init(out);
        out->kind = text(plugin_kind_name((enum plugin_kind)kind));
        out->name = text(instance_name(in));
        out->state = text(instance_state_name(in));
        out->problem = text(problem ? problem->msg : "");
    }
    if (out && instance_layers(in, &layers) &&
        (put_names(arena, &layers.closed, &out->closed, &out->n_closed) ||
         put_names(arena, &layers.missing, &out->missing, &out->n_missing))) {
        return NULL;
    }
    return out;
}

static int put_instances(struct arena *arena, const struct plugin *plugin,
                         Ragd__V1__PluginDescription *out)
{
    const struct instance *at = NULL;
    size_t n = 0;
    int kind = 0;
    while ((at = next_instance(plugin, &kind, at))) {
        n++;
    }
    out->instances = arena_calloc(arena, n, sizeof(Ragd__V1__PluginInstance *));
    kind = 0;
    while (out->instances && (at = next_instance(plugin, &kind, at))) {
        Ragd__V1__PluginInstance *instance = instance_of(arena, at, kind);
        out->instances[out->n_instances++] = instance;
        out->instances = instance ? out->instances : NULL;
    }
    return out->instances ? 0 : RAGD_E_NOMEM;
}

static int no_plugin(const char *name, struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, ragd_cs(name));
    for (const struct plugin *plugin = NULL; (plugin = plugin_next(plugin));) {
        suggest_try(&suggest, text(plugin->name));
        suggest_try(&suggest, text(plugin->id));
    }
    err_set(err, ERR_NO_PLUGIN, "no plugin '%.64s'", name);
    return suggest.best ? err_hint(err, "did you mean '%s'?", suggest.best)
                        : err_hint(err, "rag plugin ls shows what there is");
}

void handle_plugins_describe(struct request *request)
{
    const char *name = ((const Ragd__V1__PluginRequest *)request->message)->name;
    Ragd__V1__PluginDescription reply = RAGD__V1__PLUGIN_DESCRIPTION__INIT;
    struct arena *arena = &request->arena;
    const struct plugin *plugin = plugin_find(ragd_cs(name));
    if (!plugin) {
        struct err err = {0};
        no_plugin(name, &err);
        request_fail(request, &err);
        return;
    }
    reply.info = info_of(arena, plugin);
    reply.url = text(plugin->url);
    reply.sha256 = (char *)plugin->sha256;
    reply.n_needs = count_texts(plugin->needs);
    reply.needs = (char **)plugin->needs;
    reply.n_wants = count_texts(plugin->wants);
    reply.wants = (char **)plugin->wants;
    if (reply.info && put_all_options(arena, plugin, &reply) == 0 &&
        put_instances(arena, plugin, &reply) == 0) {
        request_end(request, &reply.base);
    } else {
        request_refuse(request, ERR_NOMEM, "no memory for the description");
    }
}
