/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What every command gets: the global options and where its output goes. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "emit.h"
#include "option.h"

/* Exit codes; rag(1) publishes them, more may be added. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_PARTLY = 3,
    EXIT_UNREACHABLE = 4,
    EXIT_DENIED = 5,
    EXIT_NOT_FOUND = 6,
    EXIT_CONFLICT = 7,
    EXIT_UPSTREAM = 8,
    EXIT_EMPTY = 9,
    EXIT_INTERRUPTED = 130,
};

enum format { FORMAT_TABLE, FORMAT_TSV, FORMAT_JSON, FORMAT_NDJSON, FORMAT_IDS };

/* The global options as they were given; each also has a variable RAG_NAME. */
struct globals {
    const char *collection;
    bool json, quiet, verbose, no_input, no_start, help, version;
    const char *format, *color, *progress;
    uint64_t timeout_ms; /* 0 = none */
    const char *socket;
};

struct command;

struct cli {
    struct globals given;
    bool socket_from_env, collection_given;
    enum format format;
    bool color_out, color_err; /* colours are wanted there */
    bool tty_in, tty_out, tty_err;
    size_t columns;     /* of the terminal on stdout */
    size_t columns_err; /* of the one on stderr; 0 = none is there */
    const struct command *command;
    const char **args; /* what is no option */
    size_t n_args;
    struct emit emit; /* on stdout */
};

extern const struct option GLOBAL_OPTIONS[];
extern struct globals GLOBALS; /* where they are parsed to */

/* Reads the RAG_* variables of the global options. */
bool globals_from_env(struct option_error *error);
/* Works out the output from options, environment and terminals. */
void cli_init(struct cli *cli);

/* Either of the two JSON forms. */
static inline bool wants_json(const struct cli *cli)
{
    return cli->format == FORMAT_JSON || cli->format == FORMAT_NDJSON;
}

#define COLLECTION_DEFAULT "default"

/* The collection to work on: -c, $RAG_COLLECTION, else that one. */
const char *cli_collection(const struct cli *cli);

/* Columns of the terminal that a descriptor is; 0 = it is none. */
size_t terminal_columns(int fd);

/* A line on stderr, unless -q; broken between words on a terminal. */
void note(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A line of the result, broken in the same way. */
void say(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Escape sequences, "" without colours. */
const char *bold(bool color);
const char *dim(bool color);
const char *red(bool color);
const char *plain(bool color);

#endif
