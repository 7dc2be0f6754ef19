/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Every method of the daemon, in the order of the services' files. */
#include "ragd/v1/admin.pb-c.h"
#include "rpc/dispatch.h"
#include "rpc/handle.h"

#define MESSAGE(name) &ragd__v1__##name##__descriptor
#define READ METHOD_READ_ONLY
#define LIGHT METHOD_LIGHT

/* clang-format off */
static const struct method rows[] = {
    {"ragd.v1.Health/Check", METHOD_UNARY, ACCESS_NONE, READ | LIGHT,
     MESSAGE(health_request), NULL, MESSAGE(health_reply), handle_health_check},
    {"ragd.v1.Health/Watch", METHOD_DOWN, ACCESS_NONE, READ | LIGHT,
     MESSAGE(health_request), NULL, MESSAGE(health_reply), handle_health_watch},
    {"ragd.v1.Reflection/Schema", METHOD_UNARY, ACCESS_NONE, READ | LIGHT,
     MESSAGE(schema_request), NULL, MESSAGE(schema_reply), handle_reflection_schema},
};
/* clang-format on */

const struct method_table METHODS = {rows, sizeof(rows) / sizeof(rows[0])};
