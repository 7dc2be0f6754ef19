/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What a child says its plugin is: made into tables like those that a plugin
 * inside the daemon has, for the same checks.
 *
 * Thread: as a child's.
 */
#ifndef PLUGIN_CHILD_DESCRIBE_H
#define PLUGIN_CHILD_DESCRIBE_H

#include "plugin/child.h"

/* Waits for Hello, at most so long (0 = for ever), and copies it into the
 * plugin's arena, described and *table. ERR_PLUGIN_REFUSED with the file in front;
 * ERR_CONFIG when only the operator's word placed it so; ERR_NOMEM. */
int child_describe(struct plugin *plugin, uint64_t ms, const struct ragd_plugin **table,
                   struct err *err);
/* Waits for the Hello of a further one: the file must be what it was. */
int child_recognise(struct child *child, const struct child_wait *wait, struct err *err);

#endif
