/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One table per command: it parses the command line, checks it, prints help,
 * suggests, and makes the completions and the manual.
 */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
    OPTION_END = 0,
    OPTION_FLAG,     /* bool: takes no value */
    OPTION_STRING,   /* const char *: not empty; NULL = not given */
    OPTION_PATH,     /* the same, that names a file: may be no UTF-8 */
    OPTION_CHOICE,   /* const char *: one of choices */
    OPTION_COUNT,    /* uint64_t: a whole number, at least 1; 0 = not given */
    OPTION_REAL,     /* double: NAN = not given */
    OPTION_DURATION, /* uint64_t, milliseconds, not 0: "500ms", "30s", "2m" */
    OPTION_LIST,     /* struct strings: may be given several times */
    OPTION_TABLE,    /* at is another table that counts as part of this one */
};

struct strings {
    const char **items;
    size_t n, room;
};

/* Appends; the text is borrowed, the array is in the pool. */
void strings_add(struct strings *strings, const char *text);

struct option {
    enum option_kind kind;
    char letter;                /* 0 = none */
    const char *name;           /* without the dashes */
    void *at;                   /* what kind says */
    const char *value;          /* its name in help: "N" */
    const char *help;           /* one line */
    const char *const *choices; /* ends with NULL */
};

#define OPTION_SUB(table)                   \
    {                                       \
        .kind = OPTION_TABLE, .at = (table) \
    }

/* Where a command line went wrong. */
struct option_error {
    char what[256];
    char hint[128]; /* "" = none */
};

/* The option by its name or letter; NULL when there is none. */
const struct option *option_find(const struct option *table, const char *name, size_t n);
const struct option *option_letter(const struct option *table, char letter);

/* Stores a value, checked. false: error says why. `shown` is how the user
 * wrote the option. */
bool option_set(const struct option *option, const char *shown, const char *text,
                struct option_error *error);

/*
 * Parses argv[0..argc): options of the table go to their places, the rest to
 * rest; all after "--" is rest. false: error says why.
 */
bool option_parse(const struct option *table, int argc, char **argv, struct strings *rest,
                  struct option_error *error);

/* As option_parse() for what stands before a command's name: stops at the
 * first argument that is no option. Returns how many were taken, -1 on error. */
int option_parse_head(const struct option *table, int argc, char **argv,
                      struct option_error *error);

/* Whole text a number, a duration (milliseconds). */
bool parse_count(const char *text, uint64_t *out);
bool parse_real(const char *text, double *out);
bool parse_duration(const char *text, uint64_t *out);

/* Visits the options of a table and of those inside it, in order. */
typedef void (*option_fn)(const struct option *option, void *arg);
void option_each(const struct option *table, option_fn visit, void *arg);

#endif
