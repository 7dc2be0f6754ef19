/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * All plugins of the process, from start to end, for the server.
 *
 *   plugins_open     finds, checks and loads them, makes the instances
 *   plugins_start    creates those that must be there before serving
 *   plugins_close    stops what runs, destroys the instances
 *   plugins_release  ends the plugins
 *
 * Thread: [loop].
 */
#ifndef PLUGIN_PLUGINS_H
#define PLUGIN_PLUGINS_H

#include "config/config.h"
#include "core/err.h"

struct state;

/* What it points to lives until plugins_release. */
struct plugins_setup {
    const struct config *config;
    struct state *state; /* the daemon's database; NULL = none */
    /* Searched first; then, in per-user mode, what RAGD_PLUGIN_DIR says, which
     * is for build trees and authors; then those of the configuration. */
    const char *const *plugin_dirs;
    size_t n_plugin_dirs;
    const char *data_dir, *cache_dir; /* of instances; NULL = none get any */
    uint64_t seed;                    /* of the waits between attempts */
};

/* After loop_init and workers_init. 0; ERR_CONFIG when an instance names a
 * plugin that is not there or sets what it does not take; ERR_NOMEM. A file
 * that is refused is no error: it is listed with its problem. */
int plugins_open(const struct plugins_setup *setup, struct err *err);
/* Creates the configured instances, those with processes of their own and the
 * default store. on_started comes
 * later, when each of them is ready or has failed (see instance_next). */
void plugins_start(void (*on_started)(void));
/* What was disabled because it went wrong too often gets another chance. */
void plugins_enable(void);
/* No new operation begins, open ones are stopped; on_closed comes later. One
 * that hangs in a plugin is waited for no longer than the limit "grace". */
void plugins_close(void (*on_closed)(void));
/* After the workers were joined. A zeroed state is legal. */
void plugins_release(void);

#endif
