/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Configurations out of texts, in a directory of their own. What must not happen
 * fails the test. */
#ifndef UNIT_CONFIG_RIG_H
#define UNIT_CONFIG_RIG_H

#include "config/config.h"
#include "support/test.h"
#include "support/tmpdir.h"

struct config_rig {
    struct tmpdir dir;
    char path[TMPDIR_BYTES]; /* of the file written last */
    struct config *config;
    struct err err;
};

#define CONFIG_TEST(name) \
    cmocka_unit_test_setup_teardown(name, config_rig_set_up, config_rig_tear_down)

int config_rig_set_up(void **state);
int config_rig_tear_down(void **state);

/* A file that only its owner may write; its path, until the next one is written. */
const char *config_rig_write(struct config_rig *f, const char *name, const char *text);
/* Loads a ragd.yaml of this text as a system daemon does, in place of what was
 * loaded before; what config_load says. */
int config_rig_try(struct config_rig *f, const char *text);
/* The same, and it must work. */
void config_rig_load(struct config_rig *f, const char *text);

/* The row of this key as text; "no such row" without one. */
const char *config_rig_text(const struct config *config, const char *key);
/* NULL when there is none. */
const struct config_instance *config_rig_find(const struct config_rig *f,
                                              enum config_kind kind, const char *name);

#endif
