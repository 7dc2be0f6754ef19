/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Calls to stores: collections, changes, views. call_read.h has those that read
 * a view.
 *
 * What a store cannot do is made up for behind these: blobs and documents of a
 * store without BLOBS are kept in the daemon's own state.
 *
 * Thread: all functions [loop]. Ownership: as plugin/call.h says.
 */
#ifndef PLUGIN_CALL_STORE_H
#define PLUGIN_CALL_STORE_H

#include "plugin/call.h"
#include "plugin/call_read.h"

struct coll; /* an open collection */
struct view; /* an open read view */

/* enum ragd_store_cap bits of the store itself. */
uint32_t store_caps(const struct instance *store);

/* The collections that a store has, its own and those that others made. */
struct call_coll_list {
    struct call call;
    struct instance *store;
    struct ragd_coll_spec *specs; /* out */
    size_t n_specs;
};
void call_coll_list_start(struct call_coll_list *req);

enum coll_action { COLL_CREATE, COLL_OPEN, COLL_DROP };
/* Makes, opens or removes a collection of the store. */
struct call_coll {
    struct call call;
    struct instance *store;
    enum coll_action action;
    struct ragd_coll_spec spec; /* DROP, OPEN: the name only */
    /* Out for OPEN; in for DROP of an open one, which it closes. */
    struct coll *coll;
};
void call_coll_start(struct call_coll *req);
/* Gives it up once its calls and views are done. NULL is legal. */
void coll_close(struct coll *coll);

/* One at a time per collection, in order. */
struct call_apply {
    struct call call;
    struct coll *coll;
    struct ragd_apply change;
};
void call_apply_start(struct call_apply *req);

/* Makes durable what was applied to the collection before. */
struct call_flush {
    struct call call;
    struct coll *coll;
};
void call_flush_start(struct call_flush *req);

/* Opens a view: the collection as it is now, whatever is applied later. */
struct call_view {
    struct call call;
    struct coll *coll;
    struct view *view; /* out; give back with view_close */
};
void call_view_start(struct call_view *req);
void view_close(struct view *view); /* once its calls are done; NULL is legal */

#endif
