/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Help on stdout, examples first, made from the command and option tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"

/* All commands; one command; the commands of a group ("collection"). */
void help_overview(const struct cli *cli);
void help_command(const struct cli *cli, const struct command *command);
void help_group(const struct cli *cli, const char *word);

/* Prints help for the words of a command; the exit code. */
int help_for(struct cli *cli, const char *const *words, size_t n);

/* An example as it is typed: with "rag " in front, unless a pipe leads to it. */
const char *help_example(const char *example);

/* "-k, --keep N" of an option. */
const char *help_flags(const struct option *option);

/* The tables as JSON: all commands, or one. */
void help_json(struct cli *cli, const struct command *command);

/* An unknown command: says so and what may have been meant. */
int fail_command(const struct cli *cli, const char *name);

#endif
