/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The commands; commands.c orders them. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "command.h"

extern const struct command COMMAND_ADD, COMMAND_ASK, COMMAND_SEARCH;
extern const struct command COMMAND_LS, COMMAND_GET, COMMAND_RM, COMMAND_EMBED;
extern const struct command COMMAND_COLLECTION_CREATE, COMMAND_COLLECTION_LS,
    COMMAND_COLLECTION_SHOW, COMMAND_COLLECTION_RENAME, COMMAND_COLLECTION_RM,
    COMMAND_COLLECTION_EXPORT, COMMAND_COLLECTION_IMPORT;
extern const struct command COMMAND_PLUGIN_LS, COMMAND_PLUGIN_SHOW;
extern const struct command COMMAND_CONFIG_SHOW, COMMAND_CONFIG_CHECK, COMMAND_CONFIG_PATH;
extern const struct command COMMAND_START, COMMAND_STOP, COMMAND_STATUS, COMMAND_VERIFY;
extern const struct command COMMAND_COMPLETION, COMMAND_VERSION, COMMAND_HELP;

#endif
