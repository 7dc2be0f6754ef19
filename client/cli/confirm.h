/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Questions before something is lost. */
#ifndef CLI_CONFIRM_H
#define CLI_CONFIRM_H

#include "cli.h"

/* Whether somebody is there who can answer. */
bool confirm_can_ask(const struct cli *cli);

/* Asks on the terminal, unless `yes`. 0 = go on; else the exit code, after a
 * message: nobody to ask, or the answer was no. */
int confirm(const struct cli *cli, bool yes, const char *question);

#endif
