/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/limits.h"

#include <string.h>

#define LIMITS_ROW(name, unit, def, least, doc) \
    {#name, doc, LIMIT_##unit, def, least, offsetof(struct limits, name)},

const struct limit_info LIMITS[] = {LIMITS_LIST(LIMITS_ROW)};
const size_t LIMITS_N = sizeof(LIMITS) / sizeof(LIMITS[0]);

void limits_defaults(struct limits *limits)
{
    for (size_t i = 0; i < LIMITS_N; i++) {
        *limits_at(limits, &LIMITS[i]) = LIMITS[i].def;
    }
}

const struct limit_info *limits_find(const char *name)
{
    for (size_t i = 0; i < LIMITS_N; i++) {
        if (strcmp(LIMITS[i].name, name) == 0) {
            return &LIMITS[i];
        }
    }
    return NULL;
}

uint64_t *limits_at(struct limits *limits, const struct limit_info *info)
{
    return (uint64_t *)(void *)((char *)limits + info->offset);
}
