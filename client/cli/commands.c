/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "commands.h"

const char *const GROUP_TITLES[GROUP_COUNT] = {
    [GROUP_START] = "Start here:",
    [GROUP_LOOK] = "Look and tidy:",
    [GROUP_MANAGE] = "Manage:",
    [GROUP_SERVICE] = "Service:",
};

const struct command *const COMMANDS[] = {
    &COMMAND_SEARCH,     &COMMAND_START,   &COMMAND_STOP, &COMMAND_STATUS,
    &COMMAND_COMPLETION, &COMMAND_VERSION, &COMMAND_HELP, NULL,
};
