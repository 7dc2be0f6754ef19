/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A store of the puppets (tests/plugin/puppets), with its collection "c" open. */
#ifndef UNIT_STORE_RIG_H
#define UNIT_STORE_RIG_H

#include "plugin/call_store.h"
#include "plugin_rig.h"

struct store_rig {
    struct rig rig;
    struct instance *store;
    struct coll *coll;
    struct view *view;
};

/* A store of this plugin with this act, its collection and a view of it. */
void store_rig_open(struct store_rig *f, const char *plugin, const char *act);
void store_rig_close(struct store_rig *f);
/* Opens the collection (again). */
void store_rig_open_coll(struct store_rig *f);
/* One more view; view_close gives it back. */
struct view *store_rig_open_view(struct store_rig *f);
struct ragd_coll_stats store_rig_stats(struct store_rig *f);
/* The nearest three by a vector and a word; the caller releases the call. */
struct call_query store_rig_query(struct store_rig *f, struct ragd_filter filter);
/* An empty change, to be filled in and started. */
struct call_apply store_rig_apply(struct store_rig *f);

#endif
