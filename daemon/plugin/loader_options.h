/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Options of a collection for its loaders, "NAME.option" to text, and what a loader
 * gets of them; call_load.h has the check. */
#ifndef PLUGIN_LOADER_OPTIONS_H
#define PLUGIN_LOADER_OPTIONS_H

#include "plugin/instance.h"

/* All of the loader's options, typed, with defaults. ERR_INVALID, ERR_NOMEM. [any] */
int loader_options_resolve(const struct instance *loader, struct ragd_kvs options,
                           struct arena *arena, struct ragd_kvs *out, struct err *err);

#endif
