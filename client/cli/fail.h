/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Errors as a person or a script reads them. Each function prints to stderr,
 * one object with --json, else
 *
 *   rag: what
 *     why: the cause
 *     try: what to do
 *
 * and returns the exit code, so that "return fail_usage(...)" works.
 */
#ifndef CLI_FAIL_H
#define CLI_FAIL_H

#include "cli.h"
#include "ragclient_error.h"

struct failure {
    int exit;
    const char *code; /* stable word */
    const char *message;
    const char *why;   /* NULL or "" = not said */
    const char *hint;  /* what to try; a line each; NULL = nothing */
    const char *meant; /* "did you mean"; NULL = nothing is near */
    size_t line;       /* of the input; 0 = of none */
};

/* Its object, for a failure that stands among results. */
void failure_show(struct emit *emit, const struct failure *failure);

/* Tells it on stderr, or as the JSON form of an error; returns the exit code. */
int fail(const struct cli *cli, const struct failure *failure);

/* The command line was wrong. */
int fail_usage(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int fail_option(const struct cli *cli, const struct option_error *error);

/* Something on this machine, with errno's text as the reason. */
struct failure failure_of_errno(int errnum, const char *message);
/* The same, told: "cannot open a.md: " and errno's text. */
int fail_errno(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What a call ended with. */
int fail_call(const struct cli *cli, const struct ragc_error *error);
struct failure failure_of_call(const struct ragc_error *error);
int exit_of_status(int status);

/* Refuses an argument that is not UTF-8; what: "the id". 0 or the exit code. */
int check_utf8(const struct cli *cli, const char *what, const char *text);

#endif
