/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag config show, check, path. */
#include "commands.h"

#include <string.h>

#include "fail.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"
#include "spawn.h"
#include "table.h"

#include "ragd/v1/admin.pb-c.h"

static struct {
    bool origin;
} given;

static const struct option SHOW_OPTIONS[] = {
    {OPTION_FLAG, 0, "origin", &given.origin, NULL, "Also where each value comes from",
     NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static const struct column COLUMNS[] = {
    {"KEY", false, false, false},
    {"VALUE", false, true, false},
    {"ORIGIN", false, false, false},
};

/* "limits" asks for limits.*, a full key for itself. */
static bool asked(const struct cli *cli, const char *key)
{
    if (cli->n_args == 0) {
        return true;
    }
    size_t n = strlen(cli->args[0]);
    return strncmp(key, cli->args[0], n) == 0 && (key[n] == '\0' || key[n] == '.');
}

static size_t show_json(struct cli *cli, const Ragd__V1__ConfigReply *reply)
{
    struct emit *emit = &cli->emit;
    size_t n = 0;
    emit_object(emit);
    emit_key(emit, "values");
    emit_array(emit);
    for (size_t i = 0; i < reply->n_values; i++) {
        const Ragd__V1__ConfigValue *value = reply->values[i];
        if (asked(cli, value->key)) {
            n++;
            emit_object(emit);
            emit_put(emit, "key", value->key);
            emit_put(emit, "value", value->value);
            emit_put(emit, "origin", value->origin);
            emit_end(emit);
        }
    }
    emit_end(emit);
    emit_end(emit);
    emit_done(emit);
    return n;
}

static size_t show_table(struct cli *cli, const Ragd__V1__ConfigReply *reply)
{
    struct table table;
    size_t n = 0;
    table_init(&table, cli, COLUMNS, given.origin ? 3 : 2);
    for (size_t i = 0; i < reply->n_values; i++) {
        const Ragd__V1__ConfigValue *value = reply->values[i];
        const char *cells[] = {value->key, value->value, value->origin};
        if (asked(cli, value->key)) {
            n++;
            table_row(&table, cells);
        }
    }
    table_done(&table);
    return n;
}

static int run_show(struct cli *cli)
{
    Ragd__V1__ConfigRequest request = RAGD__V1__CONFIG_REQUEST__INIT;
    Ragd__V1__ConfigReply *reply;
    struct rpc rpc;
    int rc = rpc_open(&rpc, cli, false);
    rc = rc ? rc
            : rpc_call(&rpc, "ragd.v1.Admin/Config", &request.base,
                       &ragd__v1__config_reply__descriptor, &reply);
    rpc_close(&rpc);
    if (rc) {
        return rc;
    }
    size_t n = wants_json(cli) ? show_json(cli, reply) : show_table(cli, reply);
    if (n > 0 || cli->n_args == 0) {
        return EXIT_DONE;
    }
    return fail(cli, &(struct failure){.exit = EXIT_NOT_FOUND,
                                       .code = "not_found",
                                       .message = pool_printf("no setting begins with '%s'",
                                                              cli->args[0]),
                                       .hint = "rag config show"});
}

static int report_check(struct cli *cli, const char *file, const char *output)
{
    struct emit *emit = &cli->emit;
    if (!wants_json(cli)) {
        printf("%s\n", output[0] ? output : "the configuration is good");
        return EXIT_DONE;
    }
    emit_object(emit);
    emit_put_some(emit, "file", file);
    emit_put_bool(emit, "ok", true);
    emit_end(emit);
    emit_done(emit);
    return EXIT_DONE;
}

static int fail_check(const struct cli *cli, const char *output)
{
    return fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                       .code = "bad_config",
                                       .message = "the configuration is not valid",
                                       .why = output});
}

/* Only ragd knows what its plugins' settings are called. */
static int run_check(struct cli *cli)
{
    const char *program = spawn_find_daemon();
    const char *file = cli->n_args ? cli->args[0] : NULL;
    if (!program) {
        return fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                           .code = "not_installed",
                                           .message = "cannot check the configuration",
                                           .why = "there is no program ragd beside rag or "
                                                  "in PATH"});
    }
    const char *argv[8] = {program, "--check-config", "--log-level", "error"};
    size_t n = 4;
    if (file) {
        argv[n++] = "--config";
        argv[n++] = file;
    }
    char *output;
    int code = spawn_run(argv, &output);
    if (code < 0) {
        return fail_errno(cli, "cannot run %s", program);
    }
    for (size_t end = strlen(output); end > 0 && output[end - 1] == '\n';) {
        output[--end] = '\0';
    }
    return code ? fail_check(cli, output) : report_check(cli, file, output);
}

static int run_path(struct cli *cli)
{
    struct {
        const char *name, *path;
    } rows[] = {
        {"system_config", path_system_config()}, {"user_config", path_user_config()},
        {"system_data", path_system_data()},     {"user_data", path_user_data()},
        {"system_socket", path_system_socket()}, {"user_socket", path_user_socket()},
        {"user_log", path_user_log()},
    };
    const size_t n = sizeof(rows) / sizeof(rows[0]);
    if (!wants_json(cli)) {
        struct field fields[sizeof(rows) / sizeof(rows[0])];
        for (size_t i = 0; i < n; i++) {
            fields[i] = (struct field){rows[i].name, rows[i].path};
        }
        show_fields(cli, fields, n);
        return EXIT_DONE;
    }
    emit_object(&cli->emit);
    for (size_t i = 0; i < n; i++) {
        emit_put(&cli->emit, rows[i].name, rows[i].path);
    }
    emit_end(&cli->emit);
    emit_done(&cli->emit);
    return EXIT_DONE;
}

const struct command COMMAND_CONFIG_SHOW = {
    .name = "config show",
    .summary = "The settings in force",
    .usage = "[options] [KEY]",
    .group = GROUP_MANAGE,
    .args_max = 1,
    .examples = {"config show", "config show limits --origin"},
    .options = SHOW_OPTIONS,
    .run = run_show,
};

const struct command COMMAND_CONFIG_CHECK = {
    .name = "config check",
    .summary = "Check a configuration file, without a running ragd",
    .usage = "[options] [FILE]",
    .group = GROUP_MANAGE,
    .operand = OPERAND_FILE,
    .args_max = 1,
    .examples = {"config check", "config check ./ragd.yaml"},
    .run = run_check,
};

const struct command COMMAND_CONFIG_PATH = {
    .name = "config path",
    .summary = "Where configuration, data, socket and log are",
    .usage = "[options]",
    .group = GROUP_MANAGE,
    .examples = {"config path"},
    .run = run_path,
};
