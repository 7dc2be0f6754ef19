/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A check: what a start would refuse, without serving. */
#include "core/log.h"
#include "loop/loop.h"
#include "loop/workers.h"
#include "parts.h"
#include "plugin/instance.h"
#include "plugin/plugins.h"
#include "rag/split.h"
#include "server.h"

/* Without these ragd starts, but there is little that it can do. */
static void warn_missing(void)
{
    static const struct {
        enum plugin_kind kind;
        const char *word, *effect;
    } NEEDED[] = {
        {PLUGIN_STORE, "store", "nothing can be kept, and what was kept is not found"},
        {PLUGIN_LOADER, "loader", "no document can be read"},
        {PLUGIN_SOURCE, "source", "ragd reads no directory by itself"},
    };
    for (size_t i = 0; i < sizeof(NEEDED) / sizeof(NEEDED[0]); i++) {
        if (!instance_next(NEEDED[i].kind, NULL)) {
            log_warn("NO-PLUGIN",
                     "no %s plugin is loaded: %s; see plugins.load and plugins.dirs",
                     NEEDED[i].word, NEEDED[i].effect);
        }
    }
}

int server_check(const struct options *options, const struct config *config,
                 struct err *err)
{
    int rc = loop_init(&config->limits, err);
    if (rc) {
        return rc;
    }
    workers_init(&config->limits);
    struct plugins_setup setup = {.config = config}; /* it makes no directories */
    struct engine_settings settings;
    struct splitter splitter;
    parts_engine_settings(config, &settings);
    rc = engine_splitter(&settings, &splitter, err);
    rc = rc ? rc : parts_check_listen(config, err);
    rc = rc ? rc : parts_open_plugins(options, &setup, err);
    if (rc == 0) {
        warn_missing();
    }
    workers_stop();
    workers_join(PARTS_JOIN_MS);
    plugins_release();
    loop_release();
    return rc;
}
