/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The program ragd: where it is, and what it says when it is run to its end. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* Beside rag, where it was installed, else in PATH. NULL when there is none. */
const char *program_find(void);

/* What a run left, in the pool. */
struct program_output {
    const char *out, *err;
};
/* Runs a program with these arguments. Its exit code, -1 when it could not be run
 * (errno says why). */
int program_run(const char *const *argv, struct program_output *output);

/* What ragd says before it ends with an error, in the pool. */
struct program_error {
    const char *why;  /* what happened, and its cause behind a colon */
    const char *hint; /* NULL = it has no advice */
};
/* From all that it wrote to stderr: its last words, else the first error it
 * logged. False when it said nothing of the kind. */
bool program_error(const char *text, struct program_error *error);

#endif
