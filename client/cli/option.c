/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "option.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "suggest.h"
#include "text.h"

void strings_add(struct strings *strings, const char *text)
{
    strings->items = pool_grow(strings->items, &strings->room, strings->n + 1,
                               sizeof(*strings->items));
    strings->items[strings->n++] = text;
}

void option_each(const struct option *table, option_fn visit, void *arg)
{
    for (const struct option *it = table; it && it->kind != OPTION_END; it++) {
        if (it->kind == OPTION_TABLE) {
            option_each(it->at, visit, arg);
        } else {
            visit(it, arg);
        }
    }
}

struct search {
    const char *name;
    size_t n;
    char letter;
    const struct option *found;
};

static void match(const struct option *option, void *arg)
{
    struct search *search = arg;
    if (search->letter ? option->letter == search->letter
                       : option->name && strlen(option->name) == search->n &&
                             memcmp(option->name, search->name, search->n) == 0) {
        search->found = option;
    }
}

const struct option *option_find(const struct option *table, const char *name, size_t n)
{
    struct search search = {.name = name, .n = n};
    option_each(table, match, &search);
    return search.found;
}

const struct option *option_letter(const struct option *table, char letter)
{
    struct search search = {.letter = letter};
    option_each(table, match, &search);
    return search.found;
}

bool parse_count(const char *text, uint64_t *out)
{
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*end || errno) {
        return false;
    }
    *out = value;
    return true;
}

bool parse_real(const char *text, double *out)
{
    char *end;
    if (!text[0] || strchr(" \t\n", text[0])) {
        return false;
    }
    double value = strtod(text, &end);
    if (*end || !isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

bool parse_duration(const char *text, uint64_t *out)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } UNITS[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"", 1000}};
    size_t digits = strspn(text, "0123456789");
    uint64_t value;
    if (digits == 0 || digits > 9 || !parse_count(pool_copy(text, digits), &value)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
        if (strcmp(text + digits, UNITS[i].unit) == 0) {
            *out = value * UNITS[i].ms;
            return true;
        }
    }
    return false;
}

static bool wrong(struct option_error *error, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(struct option_error *error, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(error->what, sizeof(error->what), fmt, args);
    va_end(args);
    return false;
}

static bool set_choice(const struct option *option, const char *shown, const char *text,
                       struct option_error *error)
{
    struct suggest suggest;
    suggest_init(&suggest, text, strlen(text));
    char all[128] = "";
    size_t n = 0;
    for (const char *const *it = option->choices; *it; it++) {
        if (strcmp(*it, text) == 0) {
            *(const char **)option->at = *it;
            return true;
        }
        suggest_try(&suggest, *it);
        n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "", *it);
        n = n < sizeof(all) ? n : sizeof(all) - 1;
    }
    if (suggest.best) {
        snprintf(error->hint, sizeof(error->hint), "%s", suggest.best);
    }
    return wrong(error, "%s cannot be '%s', only %s", shown, text, all);
}

bool option_set(const struct option *option, const char *shown, const char *text,
                struct option_error *error)
{
    error->what[0] = error->hint[0] = '\0';
    if (text && option->kind != OPTION_PATH && !text_is_utf8(text)) {
        return wrong(error, "%s is not UTF-8: '%s'", shown, text);
    }
    switch (option->kind) {
    case OPTION_FLAG: *(bool *)option->at = true; return true;
    case OPTION_PATH:
    case OPTION_STRING:
        *(const char **)option->at = text;
        return text[0] || wrong(error, "%s must not be empty", shown);
    case OPTION_LIST: strings_add(option->at, text); return true;
    case OPTION_CHOICE: return set_choice(option, shown, text, error);
    case OPTION_COUNT:
        return (parse_count(text, option->at) && *(uint64_t *)option->at > 0) ||
               wrong(error, "%s needs a whole number from 1 on, not '%s'", shown, text);
    case OPTION_REAL:
        return parse_real(text, option->at) ||
               wrong(error, "%s needs a number, not '%s'", shown, text);
    case OPTION_DURATION:
        return (parse_duration(text, option->at) && *(uint64_t *)option->at > 0) ||
               wrong(error, "%s needs a time such as 30s or 500ms, not '%s'", shown, text);
    default: return wrong(error, "%s", shown);
    }
}

static void try_name(const struct option *option, void *arg)
{
    if (option->name) {
        suggest_try(arg, option->name);
    }
}

static bool unknown(const struct option *table, const char *name, size_t n,
                    struct option_error *error)
{
    struct suggest suggest;
    suggest_init(&suggest, name, n);
    option_each(table, try_name, &suggest);
    wrong(error, "unknown option '--%.*s'", (int)(n < 200 ? n : 200), name);
    if (suggest.best) {
        snprintf(error->hint, sizeof(error->hint), "--%s", suggest.best);
    }
    return false;
}

/* What is left of a command line. */
struct line {
    int argc;
    char **argv;
    int at;
};

static bool next_value(struct line *line, const char *shown, const char **out,
                       struct option_error *error)
{
    if (line->at + 1 >= line->argc) {
        return wrong(error, "%s needs a value", shown);
    }
    *out = line->argv[++line->at];
    return true;
}

static bool parse_long(const struct option *table, struct line *line,
                       struct option_error *error)
{
    const char *name = line->argv[line->at] + 2;
    size_t n = strcspn(name, "=");
    const struct option *option = option_find(table, name, n);
    if (!option) {
        return unknown(table, name, n, error);
    }
    const char *shown = pool_printf("--%s", option->name);
    const char *value = name[n] ? name + n + 1 : NULL;
    if (option->kind == OPTION_FLAG && value) {
        return wrong(error, "%s takes no value", shown);
    }
    if (option->kind != OPTION_FLAG && !value && !next_value(line, shown, &value, error)) {
        return false;
    }
    return option_set(option, shown, value, error);
}

/* "-qk5" is -q -k 5. */
static bool parse_letters(const struct option *table, struct line *line,
                          struct option_error *error)
{
    for (const char *at = line->argv[line->at] + 1; *at; at++) {
        const struct option *option = option_letter(table, *at);
        const char *shown = pool_printf("-%c", *at);
        if (!option) {
            return wrong(error, "unknown option '%s'", shown);
        }
        if (option->kind == OPTION_FLAG) {
            option_set(option, shown, NULL, error);
            continue;
        }
        const char *value = at[1] == '=' ? at + 2 : at + 1;
        if (!at[1] && !next_value(line, shown, &value, error)) {
            return false;
        }
        return option_set(option, shown, value, error);
    }
    return true;
}

static bool parse_one(const struct option *table, struct line *line,
                      struct option_error *error)
{
    error->what[0] = error->hint[0] = '\0';
    return line->argv[line->at][1] == '-' ? parse_long(table, line, error)
                                          : parse_letters(table, line, error);
}

static bool is_option(const char *arg)
{
    return arg[0] == '-' && arg[1];
}

bool option_parse(const struct option *table, int argc, char **argv, struct strings *rest,
                  struct option_error *error)
{
    bool only_rest = false;
    struct line line = {argc, argv, 0};
    for (; line.at < argc; line.at++) {
        const char *arg = argv[line.at];
        if (only_rest || !is_option(arg)) {
            strings_add(rest, arg);
        } else if (strcmp(arg, "--") == 0) {
            only_rest = true;
        } else if (!parse_one(table, &line, error)) {
            return false;
        }
    }
    return true;
}

int option_parse_head(const struct option *table, int argc, char **argv,
                      struct option_error *error)
{
    struct line line = {argc, argv, 0};
    for (; line.at < argc && is_option(argv[line.at]); line.at++) {
        if (strcmp(argv[line.at], "--") == 0) {
            return line.at + 1;
        }
        if (!parse_one(table, &line, error)) {
            return -1;
        }
    }
    return line.at;
}
