/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Global options, the command table, dispatch. */
#include "command.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "help.h"
#include "pool.h"

static const struct option HEAD_OPTIONS[] = {
    OPTION_SUB((void *)GLOBAL_OPTIONS),
    {OPTION_FLAG, 'V', "version", &GLOBALS.version, NULL, "Show the version", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static bool is_json(const char *format)
{
    return strcmp(format, "json") == 0 || strcmp(format, "ndjson") == 0;
}

/* An error in the command line must know --json, wherever it stands. */
static bool line_wants_json(int argc, char **argv)
{
    static const char NAME[] = "--format";
    const size_t n = sizeof(NAME) - 1;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool named = strncmp(argv[i], NAME, n) == 0;
        if (strcmp(argv[i], "--json") == 0 ||
            (named && argv[i][n] == '=' && is_json(argv[i] + n + 1)) ||
            (named && !argv[i][n] && i + 1 < argc && is_json(argv[i + 1]))) {
            return true;
        }
    }
    return false;
}

/* How the usage of most commands begins. */
#define OPTIONAL "[options] "

static int check_count(struct cli *cli)
{
    const struct command *command = cli->command;
    if (cli->n_args < command->args_min) {
        const char *usage = command->usage;
        size_t skipped = strncmp(usage, OPTIONAL, strlen(OPTIONAL)) ? 0 : strlen(OPTIONAL);
        return fail_usage(cli, "rag %s needs %s", command->name, usage + skipped);
    }
    if (cli->n_args > command->args_max) {
        return fail_usage(cli, "rag %s: one argument too many: '%s'", command->name,
                          cli->args[command->args_max]);
    }
    return EXIT_DONE;
}

/* Names of files may have any bytes; what takes them looks for itself. */
static int check_texts(struct cli *cli)
{
    int rc = EXIT_DONE;
    bool files = cli->command->operand == OPERAND_FILE;
    for (size_t i = 0; i < cli->n_args && !files && rc == EXIT_DONE; i++) {
        rc = check_utf8(cli, "an argument", cli->args[i]);
    }
    return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct option table[] = {
        OPTION_SUB((void *)GLOBAL_OPTIONS),
        OPTION_SUB((void *)cli->command->options),
        {.kind = OPTION_END},
    };
    struct strings rest = {0};
    struct option_error error;
    const char *socket = GLOBALS.socket;
    if (!option_parse(table, argc, argv, &rest, &error)) {
        return fail_option(cli, &error);
    }
    cli_init(cli);
    cli->socket_from_env = cli->socket_from_env && GLOBALS.socket == socket;
    cli->args = rest.items;
    cli->n_args = rest.n;
    if (cli->given.help) {
        help_command(cli, cli->command);
        return EXIT_DONE;
    }
    int rc = check_count(cli);
    rc = rc ? rc : check_texts(cli);
    return rc ? rc : cli->command->run(cli);
}

/* The command named by the first words; *used counts them. */
static const struct command *look_up(int argc, char **argv, int *used)
{
    if (argc > 1 && command_is_group(argv[0])) {
        const struct command *command =
            command_find(pool_printf("%s %s", argv[0], argv[1]));
        *used = 2;
        return command;
    }
    *used = 1;
    return command_find(argv[0]);
}

static int dispatch(struct cli *cli, int argc, char **argv)
{
    if (GLOBALS.version) {
        return command_find("version")->run(cli);
    }
    if (argc == 0) {
        help_overview(cli);
        return EXIT_DONE;
    }
    bool alone = argc == 1 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    if (alone && command_is_group(argv[0])) {
        help_group(cli, argv[0]);
        return EXIT_DONE;
    }
    int used;
    cli->command = look_up(argc, argv, &used);
    if (!cli->command) {
        return fail_command(cli,
                            used == 2 ? pool_printf("%s %s", argv[0], argv[1]) : argv[0]);
    }
    if (cli->given.help) {
        help_command(cli, cli->command);
        return EXIT_DONE;
    }
    return run(cli, argc - used, argv + used);
}

static int start(struct cli *cli, int argc, char **argv)
{
    struct option_error error = {0};
    bool good = globals_from_env(&error);
    const char *from_env = GLOBALS.socket;
    int head = good ? option_parse_head(HEAD_OPTIONS, argc - 1, argv + 1, &error) : -1;
    cli_init(cli);
    cli->socket_from_env = from_env && GLOBALS.socket == from_env;
    if (line_wants_json(argc, argv)) {
        cli->format = FORMAT_JSON;
    }
    if (head < 0) {
        return fail_option(cli, &error);
    }
    return dispatch(cli, argc - 1 - head, argv + 1 + head);
}

/* A standard stream that came closed would be the next file or socket, and get
 * the result; now reading or writing it fails. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            open("/dev/null", (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
        }
    }
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {0};
    hold_standard_streams();
    signal(SIGPIPE, SIG_DFL);
    int code = start(&cli, argc, argv);
    emit_abort(&cli.emit);
    if ((fflush(stdout) || ferror(stdout)) && code == EXIT_DONE) {
        code = fail_errno(&cli, "cannot write the result");
    }
    pool_release();
    return code;
}
