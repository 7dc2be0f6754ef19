/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How documents are loaded and cut: options of add and collection create. */
#ifndef CLI_SPLITTER_OPTIONS_H
#define CLI_SPLITTER_OPTIONS_H

#include "cli.h"

#include "ragd/v1/common.pb-c.h"

extern const struct option SPLITTER_OPTIONS[];

/* What was given. *splitter is NULL when nothing was. 0 or the exit code. */
struct loading {
    Ragd__V1__Splitter *splitter;
    Ragd__V1__LoaderOption **options;
    size_t n_options;
};
int splitter_from_options(const struct cli *cli, struct loading *out);

/* "key=value" apart; false when there is no key. */
bool split_pair(const char *text, const char **key, const char **value);
/* \n \t \r \\ as what they stand for. */
const char *unescape(const char *text);

#endif
