/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The plugin under test on the host of sdk/testing: what fixtures have in common. */
#ifndef PLUGIN_FAKE_RIG_H
#define PLUGIN_FAKE_RIG_H

#include "sdk/testing/fake_host.h"
#include "support/test.h"

struct fake_rig {
    struct fake_host *host;
    struct fake_instance instance; /* made by a test or its fixture */
    struct ragd_call *call;
};

static inline void fake_rig_open(struct fake_rig *rig)
{
    *rig = (struct fake_rig){.host = fake_host_create(ragd_plugin_entry_v0)};
    assert_non_null(rig->host);
    rig->call = fake_call_create(rig->host);
}

static inline void fake_rig_close(struct fake_rig *rig)
{
    fake_call_destroy(rig->call);
    fake_instance_destroy(&rig->instance);
    fake_host_destroy(rig->host);
}

/* A call in place of the last one, whose results go. */
static inline void fake_rig_next_call(struct fake_rig *rig)
{
    fake_call_destroy(rig->call);
    rig->call = fake_call_create(rig->host);
}

/* An instance in place of the last one, with the options that are set now. */
static inline void fake_rig_make(struct fake_rig *rig, const char *interface)
{
    fake_instance_destroy(&rig->instance);
    assert_int_equal(fake_instance_create(rig->host, interface, &rig->instance), 0);
}

#endif
