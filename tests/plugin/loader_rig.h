/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Loading bytes with the loader that is linked in, as the daemon does; where
 * loader_run.h says. */
#ifndef PLUGIN_LOADER_RIG_H
#define PLUGIN_LOADER_RIG_H

#include "sdk/testing/fake_host.h"
#include "support/test.h"

struct loader_rig {
    struct fake_host *host;
    const struct ragd_host *table; /* of host */
    struct fake_instance instance;
    struct ragd_call *call;
    struct ragd_kv options[4];
    size_t n_options;
    const char *name; /* of the file */
    bool as_map;
    size_t read_max;
    uint64_t text_max; /* 0 = the default */
};

int loader_set_up(void **state);
int loader_tear_down(void **state);

/* Text options; those that are not set have no value. */
void loader_set(struct loader_rig *rig, const char *name, const char *value);
ragd_status loader_load(struct loader_rig *rig, const void *bytes, size_t n);
ragd_status loader_load_text(struct loader_rig *rig, const char *text);
/* The one document; fails the test when there is not exactly one. */
const struct ragd_doc *loader_doc(struct loader_rig *rig);
/* Its metadata value by key, NULL when it has none. */
const struct ragd_value *loader_meta(struct loader_rig *rig, const char *key);
/* The text of block i. */
struct ragd_str loader_block(struct loader_rig *rig, size_t i);
/* Blocks are ordered, inside the text, on characters, not blank at the ends. */
void loader_check_blocks(struct loader_rig *rig);

#endif
