/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "settings_options.h"

#include <string.h>

#include "fail.h"

static struct {
    const char *embedder, *metric, *store;
    uint64_t dim;
} given;

/* In the order of the protocol's numbers, which count from 1. */
static const char *const METRICS[] = {"l2", "cosine", "ip", NULL};

const struct option SETTINGS_OPTIONS[] = {
    {OPTION_STRING, 0, "embedder", &given.embedder, "NAME",
     "INSTANCE, INSTANCE:MODEL, or none for own vectors", NULL},
    {OPTION_COUNT, 0, "dim", &given.dim, "N", "Dimension of own vectors", NULL},
    {OPTION_CHOICE, 0, "metric", &given.metric, "METRIC", "l2 (squared), cosine or ip",
     METRICS},
    {OPTION_STRING, 0, "store", &given.store, "NAME", "The store's instance", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

Ragd__V1__Metric metric_by_name(const char *name)
{
    for (int i = 0; METRICS[i]; i++) {
        if (strcmp(name, METRICS[i]) == 0) {
            return (Ragd__V1__Metric)(RAGD__V1__METRIC__METRIC_L2 + i);
        }
    }
    return RAGD__V1__METRIC__METRIC_UNSPECIFIED;
}

int settings_check(const struct cli *cli)
{
    bool none = given.embedder && strcmp(given.embedder, "none") == 0;
    if (given.dim > UINT32_MAX || (given.dim > 0 && !none)) {
        return fail_usage(cli, "--dim N goes with --embedder none");
    }
    return EXIT_DONE;
}

void settings_apply(Ragd__V1__CollectionSettings *settings)
{
    if (given.embedder && strcmp(given.embedder, settings->embedder) != 0) {
        /* Metric and dimension were those of another embedder. */
        settings->embedder = (char *)given.embedder;
        settings->metric = RAGD__V1__METRIC__METRIC_UNSPECIFIED;
        settings->dim = 0;
    }
    if (given.dim > 0) {
        settings->dim = (uint32_t)given.dim;
    }
    if (given.metric) {
        settings->metric = metric_by_name(given.metric);
    }
    if (given.store) {
        settings->store = (char *)given.store;
    }
}
