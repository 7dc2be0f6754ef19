/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The table of functions and the services that plugins are given.
 *
 * Thread: what a plugin calls is as ragd/host.h tags it; the rest [any].
 */
#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include <ragd/host.h>

extern const struct ragd_host HOST;

/* Whether this daemon has the service at all. */
bool service_known(const char *id);

extern const struct ragd_config_svc CONFIG_SERVICE;
extern const struct ragd_task_svc TASK_SERVICE;
extern const struct ragd_state_svc STATE_SERVICE;
extern const struct ragd_metric_svc METRIC_SERVICE;

/* A plugin's counter or gauge. Names live as long as the process. */
struct plugin_metric {
    const char *plugin, *instance; /* instance "" = of the plugin itself */
    const char *name, *unit, *help;
    uint32_t kind; /* enum ragd_metric_kind */
    double value;
};
/* In the order of definition; false at the end. [any] */
bool plugin_metric(size_t i, struct plugin_metric *out);
/* Forgets all. At the end. */
void plugin_metrics_release(void);

#endif
