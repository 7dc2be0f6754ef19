/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag plugin ls, show. */
#include "commands.h"

#include "pool.h"
#include "rpc.h"
#include "show.h"
#include "table.h"

#include "ragd/v1/plugins.pb-c.h"

static const struct column COLUMNS[] = {
    {"NAME", false, false, 0},      {"KIND", false, false, 0},
    {"VERSION", false, false, 0},   {"STATE", false, false, 0},
    {"PLACEMENT", false, false, 0}, {"WHAT", false, true, 0},
};

static void show_info(struct emit *emit, const Ragd__V1__PluginInfo *info)
{
    emit_put(emit, "id", info->id);
    emit_put(emit, "name", info->name);
    emit_put(emit, "version", info->version);
    emit_put_strings(emit, "kinds", info->kinds, info->n_kinds);
    emit_put(emit, "abi", info->abi);
    emit_put(emit, "licence", info->licence);
    emit_put(emit, "path", info->path);
    emit_put(emit, "state", info->state);
    emit_put(emit, "placement", info->placement);
    emit_put_some(emit, "summary", info->summary);
    emit_put_some(emit, "problem", info->problem);
}

static const char *joined(char *const *items, size_t n)
{
    const char *all = "";
    for (size_t i = 0; i < n; i++) {
        all = pool_printf("%s%s%s", all, i ? ", " : "", items[i]);
    }
    return all;
}

static void list_json(struct cli *cli, const Ragd__V1__PluginsListReply *reply)
{
    show_list_begin(cli, "plugins");
    for (size_t i = 0; i < reply->n_plugins; i++) {
        emit_object(&cli->emit);
        show_info(&cli->emit, reply->plugins[i]);
        emit_end(&cli->emit);
        show_list_item_end(cli);
    }
    show_list_end(cli);
}

static void list_table(struct cli *cli, const Ragd__V1__PluginsListReply *reply)
{
    struct table table;
    table_init(&table, cli, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0]));
    for (size_t i = 0; i < reply->n_plugins; i++) {
        const Ragd__V1__PluginInfo *info = reply->plugins[i];
        const char *cells[] = {info->name[0] ? info->name : info->path,
                               joined(info->kinds, info->n_kinds),
                               info->version,
                               info->state,
                               info->placement,
                               info->problem[0] ? info->problem : info->summary};
        table_row(&table, cells);
    }
    table_done(&table);
    if (reply->n_plugins == 0) {
        note(cli, "no plugins: rag config show plugins.dirs");
    }
}

static int run_ls(struct cli *cli)
{
    Ragd__V1__PluginsListRequest request = RAGD__V1__PLUGINS_LIST_REQUEST__INIT;
    Ragd__V1__PluginsListReply *reply;
    struct rpc rpc;
    int rc = rpc_open(&rpc, cli, true);
    rc = rc ? rc
            : rpc_call(&rpc, "ragd.v1.Plugins/List", &request.base,
                       &ragd__v1__plugins_list_reply__descriptor, &reply);
    if (rc == EXIT_DONE && wants_json(cli)) {
        list_json(cli, reply);
    } else if (rc == EXIT_DONE) {
        list_table(cli, reply);
    }
    rpc_close(&rpc);
    return rc;
}

static void show_option(struct emit *emit, const Ragd__V1__PluginOption *option)
{
    emit_object(emit);
    emit_put(emit, "name", option->name);
    emit_put(emit, "type", option->type);
    emit_put_some(emit, "default", option->default_value);
    emit_put_some(emit, "unit", option->unit);
    emit_put_some(emit, "doc", option->doc);
    if (option->n_choices) {
        emit_put_strings(emit, "choices", option->choices, option->n_choices);
    }
    emit_put_bool(emit, "required", option->required);
    emit_put_bool(emit, "per_collection", option->per_collection);
    emit_end(emit);
}

static void show_json(struct cli *cli, const Ragd__V1__PluginDescription *about)
{
    struct emit *emit = &cli->emit;
    emit_object(emit);
    if (about->info) {
        show_info(emit, about->info);
    }
    emit_put_some(emit, "url", about->url);
    emit_put_some(emit, "sha256", about->sha256);
    emit_put_strings(emit, "needs", about->needs, about->n_needs);
    emit_put_strings(emit, "wants", about->wants, about->n_wants);
    emit_key(emit, "options");
    emit_array(emit);
    for (size_t i = 0; i < about->n_options; i++) {
        show_option(emit, about->options[i]);
    }
    emit_end(emit);
    emit_key(emit, "instances");
    emit_array(emit);
    for (size_t i = 0; i < about->n_instances; i++) {
        const Ragd__V1__PluginInstance *instance = about->instances[i];
        emit_object(emit);
        emit_put(emit, "kind", instance->kind);
        emit_put(emit, "name", instance->name);
        emit_put(emit, "state", instance->state);
        emit_put_some(emit, "problem", instance->problem);
        if (instance->n_closed + instance->n_missing) {
            emit_put_strings(emit, "closed", instance->closed, instance->n_closed);
            emit_put_strings(emit, "missing", instance->missing, instance->n_missing);
        }
        emit_end(emit);
    }
    emit_end(emit);
    emit_end(emit);
    emit_done(emit);
}

static void show_instance(struct cli *cli, const Ragd__V1__PluginInstance *instance)
{
    const struct field fields[] = {
        {pool_printf("%s %s", instance->kind, instance->name),
         pool_printf("%s%s%s", instance->state, instance->problem[0] ? ": " : "",
                     instance->problem)},
        {"closed", joined(instance->closed, instance->n_closed)},
        {"missing", joined(instance->missing, instance->n_missing)},
    };
    show_fields(cli, fields, sizeof(fields) / sizeof(fields[0]));
}

static void show_text(struct cli *cli, const Ragd__V1__PluginDescription *about)
{
    const Ragd__V1__PluginInfo *info = about->info;
    const struct field fields[] = {
        {"id", info->id},
        {"name", info->name},
        {"what", info->summary},
        {"version", info->version},
        {"kinds", joined(info->kinds, info->n_kinds)},
        {"state", info->state},
        {"problem", info->problem},
        {"placement", info->placement},
        {"abi", info->abi},
        {"licence", info->licence},
        {"path", info->path},
        {"needs", joined(about->needs, about->n_needs)},
        {"wants", joined(about->wants, about->n_wants)},
        {"url", about->url},
    };
    show_fields(cli, fields, sizeof(fields) / sizeof(fields[0]));
    for (size_t i = 0; i < about->n_options; i++) {
        const Ragd__V1__PluginOption *option = about->options[i];
        const char *name = pool_printf("option %s", option->name);
        const char *value = option->default_value[0]
                                ? pool_printf("%s%s%s (%s)", option->default_value,
                                              option->unit[0] ? " " : "", option->unit,
                                              option->type)
                                : pool_printf("(%s)", option->type);
        const struct field field = {name, pool_printf("%s  %s", value, option->doc)};
        show_fields(cli, &field, 1);
    }
    for (size_t i = 0; i < about->n_instances; i++) {
        show_instance(cli, about->instances[i]);
    }
}

static int run_show(struct cli *cli)
{
    Ragd__V1__PluginRequest request = RAGD__V1__PLUGIN_REQUEST__INIT;
    Ragd__V1__PluginDescription *about;
    request.name = (char *)cli->args[0];
    struct rpc rpc;
    int rc = rpc_open(&rpc, cli, true);
    rc = rc ? rc
            : rpc_call(&rpc, "ragd.v1.Plugins/Describe", &request.base,
                       &ragd__v1__plugin_description__descriptor, &about);
    if (rc == EXIT_DONE && (wants_json(cli) || !about->info)) {
        show_json(cli, about);
    } else if (rc == EXIT_DONE) {
        show_text(cli, about);
    }
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_PLUGIN_LS = {
    .name = "plugin ls",
    .summary = "List plugins, also those that were refused",
    .usage = "[options]",
    .group = GROUP_MANAGE,
    .examples = {"plugin ls", "plugin ls --json"},
    .run = run_ls,
};

const struct command COMMAND_PLUGIN_SHOW = {
    .name = "plugin show",
    .summary = "Show one with its options and instances",
    .usage = "[options] NAME",
    .group = GROUP_MANAGE,
    .args_min = 1,
    .args_max = 1,
    .examples = {"plugin show markdown"},
    .run = run_show,
};
