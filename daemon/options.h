/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The command line of ragd. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"

enum options_run {
    OPTIONS_SERVE,
    OPTIONS_CHECK_CONFIG,
    OPTIONS_PRINT_CONFIG,
    OPTIONS_VERSION,
    OPTIONS_HELP,
};

enum { OPTIONS_OVERRIDES_MAX = 8, OPTIONS_PLUGIN_DIRS_MAX = 16 };

struct options {
    enum options_run run;
    const char *config_file; /* NULL = the usual place */
    bool system;
    const char *plugin_dirs[OPTIONS_PLUGIN_DIRS_MAX]; /* searched first */
    size_t n_plugin_dirs;
    struct config_override overrides[OPTIONS_OVERRIDES_MAX];
    size_t n_overrides;
};

/* Borrows argv. ERR_INVALID with a suggestion. */
int options_parse(int argc, char *const *argv, struct options *out, struct err *err);
void options_help(FILE *out);

/* A row of the table, for the manual. */
struct option_text {
    const char *name, *value; /* "--socket", "PATH"; value NULL = it takes none */
    const char *help;         /* a sentence that lacks capital and full stop */
};
bool options_row(size_t i, struct option_text *out); /* false at the end */

#endif
