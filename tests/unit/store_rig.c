/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "store_rig.h"

void store_rig_open_coll(struct store_rig *f)
{
    struct call_coll open = {.call = {.done = rig_done},
                             .store = f->store,
                             .action = COLL_OPEN};
    open.spec.name = ragd_cs("c");
    call_coll_start(&open);
    rig_wait(&open.call);
    assert_ok(open.call.status, &open.call.err);
    call_release(&open.call);
    f->coll = open.coll;
}

struct view *store_rig_open_view(struct store_rig *f)
{
    struct call_view view = {.call = {.done = rig_done}, .coll = f->coll};
    call_view_start(&view);
    rig_wait(&view.call);
    assert_ok(view.call.status, &view.call.err);
    call_release(&view.call);
    return view.view;
}

void store_rig_open(struct store_rig *f, const char *plugin, const char *act)
{
    *f = (struct store_rig){0};
    rig_open_puppet(&f->rig, "stores", plugin, act, "");
    f->store = rig_instance(PLUGIN_STORE, "it");
    store_rig_open_coll(f);
    f->view = store_rig_open_view(f);
}

void store_rig_close(struct store_rig *f)
{
    view_close(f->view);
    coll_close(f->coll);
    rig_close(&f->rig);
}

struct ragd_coll_stats store_rig_stats(struct store_rig *f)
{
    struct call_stats req = {.call = {.done = rig_done}, .view = f->view};
    call_stats_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    call_release(&req.call);
    return req.stats;
}

struct call_query store_rig_query(struct store_rig *f, struct ragd_filter filter)
{
    static const double vec[] = {-1.0, 0.0};
    struct call_query req = {.call = {.done = rig_done},
                             .view = f->view,
                             .query = {.struct_size = sizeof(req.query),
                                       .dim = 2,
                                       .k = 3,
                                       .vec = vec,
                                       .text = {"word", 4},
                                       .filter = filter}};
    call_query_start(&req);
    rig_wait(&req.call);
    return req;
}

struct call_apply store_rig_apply(struct store_rig *f)
{
    return (struct call_apply){.call = {.done = rig_done},
                               .coll = f->coll,
                               .change = {.struct_size = 8}};
}
