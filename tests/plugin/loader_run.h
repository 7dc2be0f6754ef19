/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Where the loader under test runs: in the test itself (loader_run_here.c), or
 * in ragd-plugin-host (loader_run_child.c). The tests are the same. */
#ifndef PLUGIN_LOADER_RUN_H
#define PLUGIN_LOADER_RUN_H

#include "loader_rig.h"

/* Loads in; what comes out is in rig->call. */
ragd_status loader_run(struct loader_rig *rig, struct fake_input *in);

#endif
