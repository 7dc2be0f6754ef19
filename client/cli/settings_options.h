/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a collection keeps for its life: options of collection create, import. */
#ifndef CLI_SETTINGS_OPTIONS_H
#define CLI_SETTINGS_OPTIONS_H

#include "cli.h"

#include "ragd/v1/collections.pb-c.h"

extern const struct option SETTINGS_OPTIONS[]; /* --embedder, --dim, --metric, --store */

/* 0 or the exit code. */
int settings_check(const struct cli *cli);
/* Writes what was given over what the settings say. */
void settings_apply(Ragd__V1__CollectionSettings *settings);

/* By the names of metric_name(); UNSPECIFIED for all others. */
Ragd__V1__Metric metric_by_name(const char *name);

#endif
