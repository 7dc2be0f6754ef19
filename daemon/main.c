/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* ragd: reads the command line and the configuration, then serves. */
#include <stdio.h>

#include "build_info.h"
#include "core/log.h"
#include "core/mem.h"
#include "options.h"
#include "server.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

static void print_error(const struct err *err)
{
    fprintf(stderr, "ragd: %s\n", err->msg);
    if (err->why[0]) {
        fprintf(stderr, "  why: %s\n", err->why);
    }
    if (err->hint[0]) {
        fprintf(stderr, "  try: %s\n", err->hint);
    }
}

static int print_config(const struct config *config, struct err *err)
{
    char *json = config_json(config);
    if (!json) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    puts(json);
    mem_free(json);
    return 0;
}

static int run(const struct options *options, struct err *err)
{
    struct config *config;
    struct config_request request = server_config_request(options);
    int rc = config_load(&request, &config, err);
    if (rc) {
        return rc;
    }
    /* A check tells problems only, and all of them. */
    bool serve = options->run == OPTIONS_SERVE;
    log_setup(2, (enum log_format)config->log_format,
              serve ? (enum ragd_log_level)config->log_level : RAGD_LOG_WARN);
    if (serve) {
        return server_run(options, config, err);
    }
    rc = options->run == OPTIONS_PRINT_CONFIG ? print_config(config, err)
                                              : server_check(options, config, err);
    config_destroy(config);
    if (rc == 0 && options->run == OPTIONS_CHECK_CONFIG) {
        puts("ragd: the configuration is valid");
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct options options;
    struct err err = {.id = ERR_NONE};
    mem_setup();
    if (options_parse(argc, argv, &options, &err)) {
        print_error(&err);
        return EXIT_USAGE;
    }
    switch (options.run) {
    case OPTIONS_VERSION: puts("ragd " BUILD_VERSION); return 0;
    case OPTIONS_HELP: options_help(stdout); return 0;
    default: break;
    }
    if (run(&options, &err)) {
        print_error(&err);
        return err_info(err.id)->exit; /* rag tells by it that another ragd runs */
    }
    return 0;
}
