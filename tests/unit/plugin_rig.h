/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The plugins of the build tree, configured by a text, on a running loop. */
#ifndef UNIT_PLUGIN_RIG_H
#define UNIT_PLUGIN_RIG_H

#include "plugin/call.h"
#include "plugin/plugins.h"
#include "state/state.h"
#include "support/test.h"
#include "support/tmpdir.h"

struct rig {
    struct tmpdir dir;
    struct config *config;
    struct state *state;
    char data[TMPDIR_BYTES];
    int log;
    struct err err;
};

/* yaml: the configuration. Plugins of $RAGD_TEST_PLUGINS and of dir, which may
 * be NULL. The test fails when it cannot be opened. */
void rig_open(struct rig *rig, const char *yaml, const char *dir);
/* The same with an instance "it" of a puppet that does this act, in a section of
 * the configuration ("loaders"); more: the rest of it. */
void rig_open_puppet(struct rig *rig, const char *section, const char *plugin,
                     const char *act, const char *more);
/* Returns what plugins_open says; then only rig_close may follow. */
int rig_try(struct rig *rig, const char *yaml, const char *dir);
void rig_close(struct rig *rig);

/* done of a call that rig_wait waits for. */
void rig_done(struct call *call);
/* Runs the loop until the call has completed. */
void rig_wait(struct call *call);
/* Runs the loop until now and a little more: for what must not happen. */
void rig_turns(void);

/* The directory of the puppets (tests/plugin/puppets). */
const char *rig_puppets(void);
/* Fails the test unless the log has this text by now. */
void rig_assert_logged(struct rig *rig, const char *text);
/* The value of a plugin's counter; 0 when it has none of this name. */
double rig_metric(const char *instance, const char *name);

/* The instance, created; fails the test otherwise. */
struct instance *rig_instance(enum plugin_kind kind, const char *name);

/* The plugin of the loader that is chosen for it, NULL when none takes it. */
const char *rig_pick(const char *name, struct ragd_bytes head);

#endif
