/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Completion scripts, made from the command and option tables. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "command.h"

/* Prints the script of a shell; the exit code. */
int completion_print(const struct cli *cli, const char *shell);

#endif
