/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "cli.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pool.h"
#include "wrap.h"

enum { COLUMNS_DEFAULT = 80, COLUMNS_LEAST = 20, COLUMNS_MOST = 10000, NOTE_INDENT = 2 };

struct globals GLOBALS;

static const char *const FORMATS[] = {"table", "tsv", "json", "ndjson", "ids", NULL};
static const char *const COLORS[] = {"auto", "always", "never", NULL};
static const char *const PROGRESSES[] = {"auto", "plain", "json", "none", NULL};

const struct option GLOBAL_OPTIONS[] = {
    {OPTION_STRING, 'c', "collection", &GLOBALS.collection, "NAME",
     "The collection to work on (default: default)", NULL},
    {OPTION_FLAG, 0, "json", &GLOBALS.json, NULL, "Print one JSON document", NULL},
    {OPTION_CHOICE, 0, "format", &GLOBALS.format, "FORMAT",
     "table on a terminal, tsv in a pipe, json, ndjson, ids", FORMATS},
    {OPTION_FLAG, 'q', "quiet", &GLOBALS.quiet, NULL, "No notes and no progress", NULL},
    {OPTION_FLAG, 'v', "verbose", &GLOBALS.verbose, NULL, "Say more on stderr", NULL},
    {OPTION_CHOICE, 0, "color", &GLOBALS.color, "WHEN", "auto, always or never", COLORS},
    {OPTION_CHOICE, 0, "progress", &GLOBALS.progress, "HOW",
     "auto (a bar on a terminal), plain, json or none", PROGRESSES},
    {OPTION_FLAG, 0, "no-input", &GLOBALS.no_input, NULL, "Never ask", NULL},
    {OPTION_DURATION, 0, "timeout", &GLOBALS.timeout_ms, "TIME",
     "Give up after this time: 30s, 500ms", NULL},
    {OPTION_PATH, 0, "socket", &GLOBALS.socket, "URL",
     "Where ragd listens: /path, ipc:///path, tcp://host:port", NULL},
    {OPTION_FLAG, 0, "no-start", &GLOBALS.no_start, NULL, "Never start a ragd of one's own",
     NULL},
    {OPTION_FLAG, 'h', "help", &GLOBALS.help, NULL, "Show help", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

struct env_read {
    struct option_error *error;
    bool failed;
};

/* The value of RAG_NAME for an option "name". */
static const char *env_of(const char *name)
{
    char *variable = pool_printf("RAG_%s", name);
    for (char *at = variable; *at; at++) {
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
    }
    const char *value = getenv(variable);
    return value && value[0] ? value : NULL;
}

static bool is_true(const char *text)
{
    return strcmp(text, "0") != 0 && strcmp(text, "false") != 0 && strcmp(text, "no") != 0;
}

static void read_env(const struct option *option, void *arg)
{
    struct env_read *read = arg;
    const char *value = option->letter == 'h' ? NULL : env_of(option->name);
    if (!value || read->failed) {
        return;
    }
    if (option->kind == OPTION_FLAG) {
        *(bool *)option->at = is_true(value);
        return;
    }
    const char *shown = pool_printf("--%s (from the environment)", option->name);
    read->failed = !option_set(option, shown, value, read->error);
}

bool globals_from_env(struct option_error *error)
{
    struct env_read read = {.error = error};
    option_each(GLOBAL_OPTIONS, read_env, &read);
    return !read.failed;
}

static bool wants_color(const char *when, bool tty)
{
    if (when && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    return tty && !(none && none[0]) && term && strcmp(term, "dumb") != 0;
}

size_t terminal_columns(int fd)
{
    struct winsize size = {0};
    if (!isatty(fd)) {
        return 0;
    }
    size_t columns = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col
                                                                      : COLUMNS_DEFAULT;
    return columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns;
}

/* Those of stdout; what goes elsewhere is laid out for $COLUMNS. */
static size_t output_columns(void)
{
    size_t columns = terminal_columns(STDOUT_FILENO);
    uint64_t wanted;
    if (columns == 0 && getenv("COLUMNS") && parse_count(getenv("COLUMNS"), &wanted) &&
        wanted <= COLUMNS_MOST) {
        columns = wanted < COLUMNS_LEAST ? COLUMNS_LEAST : (size_t)wanted;
    }
    return columns ? columns : COLUMNS_DEFAULT;
}

static enum format choose_format(const struct cli *cli)
{
    if (cli->given.json && (!cli->given.format || strcmp(cli->given.format, "ndjson"))) {
        return FORMAT_JSON;
    }
    for (size_t i = 0; cli->given.format && FORMATS[i]; i++) {
        if (strcmp(cli->given.format, FORMATS[i]) == 0) {
            return (enum format)i;
        }
    }
    return cli->tty_out ? FORMAT_TABLE : FORMAT_TSV;
}

void cli_init(struct cli *cli)
{
    cli->given = GLOBALS;
    cli->tty_in = isatty(STDIN_FILENO);
    cli->tty_out = isatty(STDOUT_FILENO);
    cli->tty_err = isatty(STDERR_FILENO);
    cli->color_out = wants_color(GLOBALS.color, cli->tty_out);
    cli->color_err = wants_color(GLOBALS.color, cli->tty_err);
    cli->columns = output_columns();
    cli->columns_err = terminal_columns(STDERR_FILENO);
    cli->format = choose_format(cli);
    cli->collection_given = GLOBALS.collection != NULL;
    emit_init(&cli->emit, stdout);
}

const char *cli_collection(const struct cli *cli)
{
    return cli->given.collection ? cli->given.collection : COLLECTION_DEFAULT;
}

static void print_line(FILE *to, size_t columns, const char *text)
{
    struct wrap wrap;
    wrap_init(&wrap, to, columns);
    wrap.indent = NOTE_INDENT;
    wrap_put(&wrap, text);
    wrap_done(&wrap);
}

void note(const struct cli *cli, const char *fmt, ...)
{
    if (cli->given.quiet) {
        return;
    }
    fflush(stdout); /* what was printed before stands before it */
    va_list args;
    va_start(args, fmt);
    print_line(stderr, cli->columns_err, pool_vprintf(fmt, args));
    va_end(args);
}

void say(const struct cli *cli, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print_line(stdout, cli->tty_out ? cli->columns : 0, pool_vprintf(fmt, args));
    va_end(args);
}

const char *bold(bool color)
{
    return color ? "\033[1m" : "";
}

const char *dim(bool color)
{
    return color ? "\033[2m" : "";
}

const char *red(bool color)
{
    return color ? "\033[31m" : "";
}

const char *plain(bool color)
{
    return color ? "\033[0m" : "";
}
