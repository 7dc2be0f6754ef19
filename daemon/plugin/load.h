/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One file of the search path: opening it and looking at its tables.
 *
 * Thread: [worker], while the plugins are loaded.
 */
#ifndef PLUGIN_LOAD_H
#define PLUGIN_LOAD_H

#include "plugin/registry.h"

typedef int (*plugin_check_fn)(const struct plugin *plugin, struct err *err);

/* Checks the file, and starts the process of one that has one of its own; what is
 * wrong is plugin->problem, and load_plugin's answer. */
void load_begin(struct plugin *plugin, bool system);
/* Whether the file is still what was checked, before another process opens it: the
 * same bytes, under the same rules. ERR_PLUGIN_REFUSED. [any] */
int load_again(const struct plugin *plugin, struct err *err);
/*
 * Opens plugin->path, or hears what its process says, and fills in the rest. 0:
 * loaded and initialised. ERR_PLUGIN_REFUSED names file and rule; what is known by
 * then is filled in all the same. unique: asked before anything but the entry has
 * run.
 */
int load_plugin(struct plugin *plugin, uint64_t start_ms, plugin_check_fn unique,
                struct err *err);
void unload_plugin(struct plugin *plugin); /* frees the memory, never the code */

/* Copies and checks the plugin's own table and those of its kinds. */
int load_tables(struct plugin *plugin, const struct ragd_plugin *table, struct err *err);

#endif
