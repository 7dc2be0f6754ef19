/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the files of daemon/plugin share. */
#ifndef PLUGIN_ENGINE_H
#define PLUGIN_ENGINE_H

#include "core/limits.h"
#include "plugin/plugins.h"

struct engine {
    struct limits limits;
    const struct config *config; /* as at the start */
    struct state *state;         /* NULL = none */
    const char *spool_dir;       /* of unnamed files; NULL = in memory */
    bool open, closing;
};

/* The one of this process. Limits may be read on any thread. */
struct engine *engine(void);

#endif
