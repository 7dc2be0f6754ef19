/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the files of the calls to stores share: handles and their counts. */
#ifndef PLUGIN_CALL_STORE_INTERNAL_H
#define PLUGIN_CALL_STORE_INTERNAL_H

#include "plugin/attempt.h"
#include "plugin/call_store.h"
#include "plugin/copy.h"

/* Kept until its owner, its views and the calls on it have let go. */
struct coll {
    struct instance *store;
    struct ragd_coll *handle;
    char *name;
    uint32_t dim, metric; /* dim 0 = no vectors */
    atomic_uint refs;
    struct gate serial; /* one apply at a time */
    struct call closing;
};

struct view {
    struct coll *coll;
    struct ragd_view *handle;
    atomic_uint refs;
    struct call closing;
};

/* The last unref gives it back to the store. ref: [any], unref: [loop]. */
void coll_ref(struct coll *coll);
void coll_unref(struct coll *coll);
void view_ref(struct view *view);
void view_unref(struct view *view);

/* An operation on a view: what every one of them does. The attempt holds the
 * view until the plugin lets go of it. */
struct view_args {
    struct view *view;
    struct ragd_view *handle;
};
void view_args_take(struct ragd_call *call, struct view *view);
void view_args_drop(struct ragd_call *call);

/* The table of the call's store. */
const struct ragd_store *store_table(const struct ragd_call *call);

/* Starts kind on view. */
void start_on_view(struct call *call, const struct op_kind *kind, struct view *view);

/* A record of the store, checked but still the plugin's memory. */
int check_record(struct ragd_call *call, const struct ragd_record *in, uint32_t dim,
                 struct ragd_record *out);
/* Checked and copied to the results. */
int take_record(struct ragd_call *call, const struct ragd_record *in, uint32_t dim,
                struct ragd_record *out);

/* Who evaluates a filter: the store, or this side where it lacks an operator.
 * Then everything is asked for with metadata and text, and looked at here. */
struct filter_plan {
    struct ragd_filter store; /* what the store is given */
    struct ragd_filter own;   /* what is left to do; n 0 = nothing */
};
/* Copies and checks. ERR_INVALID, ERR_NOMEM. include: gets what own needs. */
int filter_plan_make(struct ragd_call *call, struct ragd_filter in, struct filter_plan *out,
                     uint32_t *include, struct err *err);
bool filter_plan_match(const struct filter_plan *plan, const struct ragd_record *rec);

/* Whether the daemon's disk is too full for more; then it is the call's fault. */
bool no_room(struct ragd_call *call);

/* Blobs and documents of a store that keeps none: in the daemon's state. */
bool keeps_blobs(const struct instance *store);

#endif
