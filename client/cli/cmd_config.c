/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag config show, check, path. */
#include "commands.h"

#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "fail.h"
#include "pool.h"
#include "program.h"
#include "rpc.h"
#include "show.h"
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
    {"KEY", false, false, 0},
    {"VALUE", false, true, 0},
    {"ORIGIN", false, false, 0},
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

/* One value in force, or that would be. */
struct setting {
    const char *key, *value, *origin;
};

struct settings {
    struct setting *p;
    size_t n;
    bool running; /* a ragd told them, else its files */
};

static size_t show_json(struct cli *cli, const struct settings *settings)
{
    struct emit *emit = &cli->emit;
    size_t n = 0;
    emit_object(emit);
    emit_put_bool(emit, "running", settings->running);
    emit_key(emit, "values");
    emit_array(emit);
    for (size_t i = 0; i < settings->n; i++) {
        const struct setting *setting = &settings->p[i];
        if (asked(cli, setting->key)) {
            n++;
            emit_object(emit);
            emit_put(emit, "key", setting->key);
            emit_put(emit, "value", setting->value);
            emit_put(emit, "origin", setting->origin);
            emit_end(emit);
        }
    }
    emit_end(emit);
    emit_end(emit);
    emit_done(emit);
    return n;
}

static size_t show_table(struct cli *cli, const struct settings *settings)
{
    struct table table;
    size_t n = 0;
    table_init(&table, cli, COLUMNS, given.origin ? 3 : 2);
    for (size_t i = 0; i < settings->n; i++) {
        const struct setting *setting = &settings->p[i];
        const char *cells[] = {setting->key, setting->value, setting->origin};
        if (asked(cli, setting->key)) {
            n++;
            table_row(&table, cells);
        }
    }
    table_done(&table);
    return n;
}

static int show_settings(struct cli *cli, const struct settings *settings)
{
    size_t n = wants_json(cli) ? show_json(cli, settings) : show_table(cli, settings);
    if (n > 0 || cli->n_args == 0) {
        return EXIT_DONE;
    }
    return fail(cli, &(struct failure){.exit = EXIT_NOT_FOUND,
                                       .code = "not_found",
                                       .message = pool_printf("no setting begins with '%s'",
                                                              cli->args[0]),
                                       .hint = "rag config show"});
}

static int show_running(struct cli *cli)
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
    struct settings settings = {pool_alloc(reply->n_values * sizeof(struct setting)),
                                reply->n_values, true};
    for (size_t i = 0; i < settings.n; i++) {
        const Ragd__V1__ConfigValue *value = reply->values[i];
        settings.p[i] = (struct setting){value->key, value->value, value->origin};
    }
    return show_settings(cli, &settings);
}

static int fail_config(const struct cli *cli, const char *text)
{
    struct program_error error;
    if (!program_error(text, &error)) {
        error.why = text;
    }
    return fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                       .code = "bad_config",
                                       .message = "the configuration is not valid",
                                       .why = error.why,
                                       .hint = error.hint});
}

static const char *config_file(bool system)
{
    return system ? path_system_config() : path_user_config();
}

/* Runs ragd once, as the daemon that commands without --socket mean would be run.
 * 0, or the exit code after the error was told. */
static int ask_program(const struct cli *cli, const char *program, bool system,
                       const char *what, const char *file, struct program_output *output)
{
    const char *argv[] = {program, system ? "--system" : "--user",
                          what,    file ? "--config" : NULL,
                          file,    NULL};
    int code = program_run(argv, output);
    if (code < 0) {
        return fail_errno(cli, "cannot run %s", program);
    }
    return code ? fail_config(cli, output->err) : EXIT_DONE;
}

/* {"values": [{"key", "value", "origin"}, ...]} of ragd --print-config. */
static bool read_settings(const char *text, struct settings *out)
{
    json_t *root = json_loads(text, 0, NULL);
    const json_t *values = json_object_get(root, "values");
    bool good = json_is_array(values);
    *out = (struct settings){pool_alloc(json_array_size(values) * sizeof(struct setting)),
                             json_array_size(values), false};
    for (size_t i = 0; good && i < out->n; i++) {
        const char *key, *value, *origin;
        good = json_unpack(json_array_get(values, i), "{s:s, s:s, s:s}", "key", &key,
                           "value", &value, "origin", &origin) == 0;
        if (good) {
            out->p[i] = (struct setting){pool_strdup(key), pool_strdup(value),
                                         pool_strdup(origin)};
        }
    }
    json_decref(root);
    return good;
}

static int show_files(struct cli *cli, const char *program, bool system)
{
    struct program_output output;
    struct settings settings;
    int rc = ask_program(cli, program, system, "--print-config", NULL, &output);
    if (rc) {
        return rc;
    }
    if (!read_settings(output.out, &settings)) {
        return fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                           .code = "protocol_version",
                                           .message = "cannot read what ragd prints",
                                           .why = "rag and ragd are of different versions",
                                           .hint = program});
    }
    note(cli, "rag: no ragd is running; these are the values of %s and the defaults",
         config_file(system));
    return show_settings(cli, &settings);
}

static int run_show(struct cli *cli)
{
    struct endpoint endpoint;
    endpoint_find(cli, &endpoint);
    const char *program = endpoint_stopped(&endpoint) ? program_find() : NULL;
    return program ? show_files(cli, program, endpoint_is_system(&endpoint))
                   : show_running(cli);
}

static int report_check(struct cli *cli, const char *file, bool system)
{
    struct emit *emit = &cli->emit;
    bool there = access(file, F_OK) == 0;
    if (!wants_json(cli)) {
        printf("%s: %s\n", file,
               there ? "the configuration is valid"
                     : "no such file, the defaults are used");
        return EXIT_DONE;
    }
    emit_object(emit);
    emit_put(emit, "file", file);
    emit_put(emit, "mode", system ? "system" : "user");
    emit_put_bool(emit, "ok", true);
    emit_end(emit);
    emit_done(emit);
    return EXIT_DONE;
}

/* Only ragd knows what its plugins' settings are called. */
static int run_check(struct cli *cli)
{
    const char *program = program_find();
    const char *file = cli->n_args ? cli->args[0] : NULL;
    if (file && access(file, R_OK) != 0) {
        return fail_errno(cli, "cannot check %s", file);
    }
    if (!program) {
        return fail(cli, &(struct failure){.exit = EXIT_FAILED,
                                           .code = "not_installed",
                                           .message = "cannot check the configuration",
                                           .why = "there is no program ragd beside rag or "
                                                  "in PATH"});
    }
    struct endpoint endpoint;
    endpoint_find(cli, &endpoint);
    bool system = endpoint_is_system(&endpoint);
    struct program_output output;
    int rc = ask_program(cli, program, system, "--check-config", file, &output);
    /* What is valid may still lack something. */
    if (rc == EXIT_DONE && output.err[0]) {
        size_t n = strlen(output.err);
        note(cli, "%.*s", (int)(output.err[n - 1] == '\n' ? n - 1 : n), output.err);
    }
    return rc ? rc : report_check(cli, file ? file : config_file(system), system);
}

static int run_path(struct cli *cli)
{
    struct endpoint endpoint;
    endpoint_find(cli, &endpoint);
    struct {
        const char *name, *path;
    } rows[] = {
        {"mode", endpoint_is_system(&endpoint) ? "system" : "user"},
        {"system_config", path_system_config()},
        {"user_config", path_user_config()},
        {"system_data", path_system_data()},
        {"user_data", path_user_data()},
        {"system_socket", path_system_socket()},
        {"user_socket", path_user_socket()},
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
    .text =
        "Without a running ragd they are read from its files, as it would at its start.",
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
    .text = "The mode says whose files count here: those of a system's ragd when the\n"
            "machine has one and none of your own is running, else yours.",
    .group = GROUP_MANAGE,
    .examples = {"config path"},
    .run = run_path,
};
