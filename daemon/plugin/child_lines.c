/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/child_lines.h"

#include <pthread.h>

#include "core/clock.h"
#include "core/log.h"
#include "plugin/registry.h"

/* Enough for a traceback or a warning a document, too few to fill a disk. */
enum { LINES_MAX = 20, PERIOD_MS = 10000 };

/* Of all plugins: there are few lines. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void tell(const struct plugin *plugin, unsigned dropped)
{
    if (dropped) {
        log_warn("CHILD-LINES", "%s: %u more lines, not shown", plugin->name, dropped);
    }
}

bool child_lines_take(struct plugin *plugin)
{
    struct child_lines *l = &plugin->lines;
    uint64_t now = clock_mono_ms();
    unsigned dropped = 0;
    pthread_mutex_lock(&lock);
    if (now - l->since_ms >= PERIOD_MS) {
        dropped = l->dropped;
        *l = (struct child_lines){.since_ms = now};
    }
    bool may = l->lines < LINES_MAX;
    l->lines += may;
    l->dropped += !may;
    pthread_mutex_unlock(&lock);
    tell(plugin, dropped);
    return may;
}

void child_lines_tell(struct plugin *plugin)
{
    struct child_lines *l = &plugin->lines;
    unsigned dropped = 0;
    pthread_mutex_lock(&lock);
    if (!l->told && l->dropped) {
        dropped = l->dropped;
        l->dropped = 0;
        l->told = true;
    }
    pthread_mutex_unlock(&lock);
    tell(plugin, dropped);
}
