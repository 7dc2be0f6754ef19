/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The plugin of this process: its file opened, its tables copied. What the
 * tables say is the daemon's to judge; here they only become safe to read.
 */
#ifndef HOST_OBJECT_H
#define HOST_OBJECT_H

#include <stdbool.h>

#include <ragd/ragd.h>

#include "core/arena.h"
#include "core/err.h"
#include "ragd/host/v1/host.pb-c.h"

struct object {
    const char *path; /* borrowed */
    struct ragd_plugin plugin;
    struct ragd_loader loader;
    struct ragd_life life; /* of the loader */
    bool has_loader;
};

/* Opens the file and runs the entry with host, nothing else. ERR_PLUGIN_REFUSED. */
int object_open(struct object *object, const char *path, const struct ragd_host *host,
                struct err *err);
/* Its description; strings are borrowed. 0 or RAGD_E_NOMEM. */
int object_describe(const struct object *object, struct arena *arena,
                    Ragd__Host__V1__HostPlugin *out);
/* Whether the plugin declared the service in needs or wants. */
bool object_wants(const struct object *object, const char *service);

#endif
