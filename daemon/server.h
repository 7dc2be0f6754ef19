/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The running daemon: starts the parts, serves, stops them again. */
#ifndef SERVER_H
#define SERVER_H

#include "config/config.h"
#include "options.h"

/*
 * Serves until it is told to stop. Takes config. 0 after an orderly end; else
 * err says why it could not start. Once per process.
 */
int server_run(const struct options *options, struct config *config, struct err *err);

/* Loads the plugins and checks their settings, without serving. */
int server_check(const struct options *options, const struct config *config,
                 struct err *err);

/* The request that reads the configuration of these options. */
struct config_request server_config_request(const struct options *options);

#endif
