/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a process may reach beside its source: paths of the operator's. */
#ifndef PLUGIN_CHILD_REACH_H
#define PLUGIN_CHILD_REACH_H

#include "plugin/instance.h"
#include "ragd/host/v1/host.pb-c.h"

/* Sets create's paths from the options that the plugin's life (RAGD_LIFE_NEEDS_*)
 * asks for; their memory is arena's. ERR_CONFIG: one is not absolute; ERR_NOMEM. */
int child_reach(const struct instance *instance, struct arena *arena,
                Ragd__Host__V1__Create *create, struct err *err);

#endif
