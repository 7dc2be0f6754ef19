/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Which walls stand round a child, by its own report, and whether they are
 * enough for what the operator asked.
 *
 * Thread: [any].
 */
#ifndef PLUGIN_CHILD_LAYERS_H
#define PLUGIN_CHILD_LAYERS_H

#include "config/config.h"
#include "core/err.h"
#include "plugin/instance.h"
#include "ragd/host/v1/host.pb-c.h"

/* 0, or ERR_PLUGIN_REFUSED when one is missing that sandbox wants. */
int child_layers_take(const Ragd__Host__V1__Layers *in, enum placement placement,
                      enum config_sandbox sandbox, struct child_layers *out,
                      struct err *err);

#endif
