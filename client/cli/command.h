/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A command is a row of COMMANDS (commands.c). To add one: write cmd_name.c
 * with its options and its function, declare the row there, name it in
 * CMakeLists.txt. Help, completions and the manual follow by themselves.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli.h"

enum group { GROUP_START, GROUP_LOOK, GROUP_MANAGE, GROUP_SERVICE, GROUP_COUNT };

/* Completion of a command's arguments. */
enum operand { OPERAND_NONE, OPERAND_FILE, OPERAND_COLLECTION, OPERAND_WORD };

enum { EXAMPLES_MAX = 6, WORDS_MAX = 8, ARGS_ANY = 1 << 20 };

struct command {
    const char *name;    /* "add", "collection create" */
    const char *summary; /* one line, no full stop */
    const char *usage;   /* after the name: "[options] SOURCE..." */
    const char *text;    /* for the manual and --help; may be NULL */
    enum group group;
    enum operand operand;
    size_t args_min, args_max;
    const char *examples[EXAMPLES_MAX]; /* without "rag " */
    const char *words[WORDS_MAX];       /* operands to complete */
    const struct option *options;       /* may be NULL */
    int (*run)(struct cli *cli);        /* returns the exit code */
    const char *listed; /* in the overview: its name and text, when they differ */
    const char *listed_text;
    bool hidden; /* not in the overview */
};

extern const struct command *const COMMANDS[]; /* ends with NULL */
extern const char *const GROUP_TITLES[GROUP_COUNT];

/* By full name; NULL when there is none. */
const struct command *command_find(const char *name);
/* Whether commands of two words begin with this one. */
bool command_is_group(const char *word);

/* The program, and the function of one command. */
int cli_main(int argc, char **argv);

#endif
