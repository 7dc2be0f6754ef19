/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "fail.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "command.h"
#include "document_id.h"
#include "pool.h"
#include "text.h"
#include "wrap.h"

enum { LABEL_COLUMNS = 5 };

/* Names as people read them, and nothing that controls the terminal. */
static const char *readable(const struct cli *cli, const char *text)
{
    text = document_shown_in(cli, text);
    return text_safe(text, strlen(text));
}

void failure_show(struct emit *emit, const struct failure *failure)
{
    emit_object(emit);
    emit_put(emit, "type", "error");
    if (failure->line) {
        emit_put_uint(emit, "line", failure->line);
    }
    emit_put(emit, "code", failure->code);
    emit_put_uint(emit, "exit", (uint64_t)failure->exit);
    emit_put(emit, "message", failure->message);
    emit_put_some(emit, "why", failure->why);
    if (failure->meant) {
        emit_put(emit, "hint", pool_printf("did you mean '%s'?", failure->meant));
    } else {
        emit_put_some(emit, "hint", failure->hint);
    }
    emit_end(emit);
    emit_done(emit);
}

static void print_json(const struct failure *failure)
{
    struct emit emit;
    emit_init(&emit, stderr);
    failure_show(&emit, failure);
}

/* One line, whatever names are in it: a newline could forge the others. */
static const char *one_line(const struct cli *cli, const char *text)
{
    char *line = pool_strdup(readable(cli, text));
    for (char *at = line; (at = strchr(at, '\n'));) {
        *at = ' ';
    }
    return line;
}

/* The first line after its label, the others below it. */
static void print_part(const struct cli *cli, const char *label, const char *text)
{
    for (text = readable(cli, text); *text; label = "") {
        size_t n = strcspn(text, "\n");
        fprintf(stderr, "  %-*s", LABEL_COLUMNS, label);
        wrap_text(stderr, cli->columns_err, 2 + LABEL_COLUMNS, pool_copy(text, n));
        text += n + (text[n] == '\n');
    }
}

static void print_text(const struct cli *cli, const struct failure *failure)
{
    bool color = cli->color_err;
    const char *meant = failure->meant ? pool_printf(" \xE2\x80\x93 did you mean '%s'?",
                                                     failure->meant)
                                       : "";
    fprintf(stderr, "%srag:%s ", red(color), plain(color));
    wrap_text(stderr, cli->columns_err, strlen("rag: "),
              pool_printf("%s%s", one_line(cli, failure->message), meant));
    print_part(cli, "why:", failure->why ? failure->why : "");
    print_part(cli, "try:", failure->hint ? failure->hint : "");
}

int fail(const struct cli *cli, const struct failure *failure)
{
    fflush(stdout);
    if (wants_json(cli)) {
        print_json(failure);
    } else {
        print_text(cli, failure);
    }
    return failure->exit;
}

static const char *usage_hint(const struct cli *cli)
{
    if (!cli->command) {
        return "rag help";
    }
    return pool_printf("rag help %s", cli->command->name);
}

int fail_usage(const struct cli *cli, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *message = pool_vprintf(fmt, args);
    va_end(args);
    return fail(cli, &(struct failure){.exit = EXIT_USAGE,
                                       .code = "usage",
                                       .message = message,
                                       .hint = usage_hint(cli)});
}

int check_utf8(const struct cli *cli, const char *what, const char *text)
{
    return text_is_utf8(text) ? EXIT_DONE
                              : fail_usage(cli, "%s is not UTF-8: '%s'", what, text);
}

int fail_option(const struct cli *cli, const struct option_error *error)
{
    bool meant = error->hint[0] != '\0';
    return fail(cli, &(struct failure){.exit = EXIT_USAGE,
                                       .code = "usage",
                                       .message = error->what,
                                       .hint = meant ? NULL : usage_hint(cli),
                                       .meant = meant ? error->hint : NULL});
}

struct failure failure_of_errno(int errnum, const char *message)
{
    struct failure failure = {.exit = EXIT_FAILED,
                              .code = "io",
                              .message = message,
                              .why = strerror(errnum)};
    if (errnum == ENOENT) {
        failure.exit = EXIT_NOT_FOUND;
        failure.code = "no_such_file";
    } else if (errnum == EACCES || errnum == EPERM) {
        failure.exit = EXIT_DENIED;
        failure.code = "denied";
    }
    return failure;
}

int fail_errno(const struct cli *cli, const char *fmt, ...)
{
    int errnum = errno;
    va_list args;
    va_start(args, fmt);
    const char *message = pool_vprintf(fmt, args);
    va_end(args);
    struct failure failure = failure_of_errno(errnum, message);
    return fail(cli, &failure);
}

int exit_of_status(int status)
{
    switch (status) {
    case RAGC_OK: return EXIT_DONE;
    case RAGC_CANCELLED: return EXIT_INTERRUPTED;
    case RAGC_INVALID_ARGUMENT:
    case RAGC_OUT_OF_RANGE: return EXIT_USAGE;
    case RAGC_NOT_FOUND: return EXIT_NOT_FOUND;
    case RAGC_ALREADY_EXISTS:
    case RAGC_FAILED_PRECONDITION: return EXIT_CONFLICT;
    case RAGC_PERMISSION_DENIED:
    case RAGC_UNAUTHENTICATED: return EXIT_DENIED;
    case RAGC_UNAVAILABLE: return EXIT_UNREACHABLE;
    default: return EXIT_FAILED;
    }
}

/* A refusal that names the setting and gives no advice: "..., limits.k is 1000". */
static const char *hint_of_limit(const struct ragc_error *error)
{
    static const char SECTION[] = "limits.";
    const char *name = strstr(error->message, SECTION);
    name = name ? name : strstr(error->why, SECTION);
    if (!name || error->hint[0]) {
        return error->hint;
    }
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz_.");
    return pool_printf("less of it, or a higher %s in ragd.yaml (rag config path)",
                       pool_copy(name, n));
}

struct failure failure_of_call(const struct ragc_error *error)
{
    return (struct failure){
        .exit = error->exit ? (int)error->exit : exit_of_status(error->status),
        .code = error->code[0] ? error->code : "failed",
        .message = error->message,
        .why = error->why,
        .hint = hint_of_limit(error),
    };
}

int fail_call(const struct cli *cli, const struct ragc_error *error)
{
    struct failure failure = failure_of_call(error);
    return fail(cli, &failure);
}
