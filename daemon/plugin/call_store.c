/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Collections and views of stores: their handles, apply and flush.
 *
 * Happy path: a collection has one owner, a view of it holds it; whoever is the
 * last to let go starts the operation that gives the handle back to the store,
 * behind whatever still waits for its turn.
 *
 * Failure modes: an open that succeeds after its caller was answered (the
 * store had been given up) is an orphan: its handle is given back at once. A
 * store that hangs keeps what it holds until it comes back.
 *
 * On close: giving back runs also while everything else is refused, so the
 * store is destroyed without open handles.
 */
#include "plugin/call_store.h"

#include <string.h>

#include "core/mem.h"
#include "plugin/call_store_internal.h"
#include "plugin/check.h"
#include "plugin/engine.h"
#include "plugin/store_state.h"
#include "state/state.h"

const struct ragd_store *store_table(const struct ragd_call *call)
{
    return &call->instance->iface->u.store;
}

uint32_t store_caps(const struct instance *store)
{
    if (!store->iface) {
        return 0;
    }
    const struct ragd_store *table = &store->iface->u.store;
    uint32_t caps = table->caps;
    if (RAGD_HAS(table, instance_caps) && store->inst) {
        caps &= table->instance_caps(store->inst);
    }
    return caps;
}

bool no_room(struct ragd_call *call)
{
    struct state *state = engine()->state;
    struct err err = {0};
    int rc = state ? state_room(state, &err) : 0;
    attempt_keep_fault(call, &err);
    return rc != 0;
}

bool keeps_blobs(const struct instance *store)
{
    return store_caps(store) & RAGD_STORE_BLOBS;
}

/* ---- handles -------------------------------------------------------------------- */

struct handle_args {
    void *handle;
};

static int prepare_coll_close(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct coll *coll = call->request->arg;
    ((struct handle_args *)call->args)->handle = coll->handle;
    return 0;
}

static ragd_status invoke_coll_close(struct ragd_call *call)
{
    struct handle_args *args = call->args;
    store_table(call)->coll_close(call->instance->inst, args->handle);
    return RAGD_OK;
}

static const struct op_kind coll_close_kind = {
    .function = "coll_close",
    .flags = OP_ON_WORKER | OP_ONCE | OP_GIVES_BACK,
    .args_bytes = sizeof(struct handle_args),
    .prepare = prepare_coll_close,
    .invoke = invoke_coll_close,
};

static void on_coll_closed(struct call *call)
{
    struct coll *coll = call->arg;
    call_release(call);
    mem_free(coll->name);
    mem_free(coll);
}

void coll_ref(struct coll *coll)
{
    atomic_fetch_add(&coll->refs, 1);
}

void coll_unref(struct coll *coll)
{
    if (atomic_fetch_sub(&coll->refs, 1) != 1) {
        return;
    }
    coll->closing = (struct call){.done = on_coll_closed, .arg = coll};
    struct op_target target = {.instance = coll->store};
    op_start(&coll->closing, &coll_close_kind, &target);
}

void coll_close(struct coll *coll)
{
    if (coll) {
        coll_unref(coll);
    }
}

static int prepare_view_close(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct view *view = call->request->arg;
    ((struct handle_args *)call->args)->handle = view->handle;
    return 0;
}

static ragd_status invoke_view_close(struct ragd_call *call)
{
    struct handle_args *args = call->args;
    store_table(call)->view_close(args->handle);
    return RAGD_OK;
}

static const struct op_kind view_close_kind = {
    .function = "view_close",
    .flags = OP_ON_WORKER | OP_ONCE | OP_GIVES_BACK,
    .args_bytes = sizeof(struct handle_args),
    .prepare = prepare_view_close,
    .invoke = invoke_view_close,
};

static void on_view_closed(struct call *call)
{
    struct view *view = call->arg;
    call_release(call);
    coll_unref(view->coll);
    mem_free(view);
}

void view_ref(struct view *view)
{
    atomic_fetch_add(&view->refs, 1);
}

void view_unref(struct view *view)
{
    if (atomic_fetch_sub(&view->refs, 1) != 1) {
        return;
    }
    view->closing = (struct call){.done = on_view_closed, .arg = view};
    struct op_target target = {.instance = view->coll->store};
    op_start(&view->closing, &view_close_kind, &target);
}

void view_close(struct view *view)
{
    if (view) {
        view_unref(view);
    }
}

/* ---- apply and flush ---------------------------------------------------------------- */

struct apply_args {
    struct coll *coll;
    struct ragd_coll *handle;
    struct ragd_apply change;
};

static void hold_coll(struct apply_args *args, struct coll *coll)
{
    args->coll = coll;
    args->handle = coll->handle;
    coll_ref(coll);
}

static int prepare_apply(struct ragd_call *call, struct err *err)
{
    const struct call_apply *req = (const struct call_apply *)call->request;
    struct apply_args *args = call->args;
    hold_coll(args, req->coll);
    struct ragd_apply change = req->change;
    if (!keeps_blobs(call->instance)) {
        change.n_blobs = change.n_docs = change.n_remove_docs = 0;
    }
    return copy_apply(&call->inputs, &change, req->coll->dim, &args->change)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

static ragd_status invoke_apply(struct ragd_call *call)
{
    struct apply_args *args = call->args;
    const struct ragd_apply *change = &args->change;
    if (change->n_records + change->n_docs && !(change->flags & RAGD_APPLY_ABORT) &&
        no_room(call)) {
        return RAGD_E_FULL;
    }
    return store_table(call)->apply(args->handle, call, &args->change);
}

/* Of a store that keeps no documents and blobs, those go to the state after
 * the records: a crash between leaves an old manifest, and the next add of
 * the source does the records again. */
static int settle_apply(struct ragd_call *call, struct err *err)
{
    (void)err;
    const struct call_apply *req = (const struct call_apply *)call->request;
    const struct ragd_apply *change = &req->change;
    if (keeps_blobs(call->instance) ||
        change->n_blobs + change->n_docs + change->n_remove_docs == 0) {
        return 0;
    }
    op_next(call->op, &state_apply_kind);
    return RAGD_AGAIN;
}

static void drop_apply(struct ragd_call *call)
{
    struct apply_args *args = call->args;
    if (args->coll) {
        coll_unref(args->coll);
    }
}

/* After an error of its disk a store may refuse every change until it is opened
 * again: that is told until it takes one. A full disk is told by its room. */
static void note_change(struct instance *store, int status, const struct err *err)
{
    if (status == RAGD_E_IO) {
        instance_note_fault(store, err);
    } else if (status >= 0) {
        instance_note_fault(store, NULL);
    }
}

static const struct op_kind apply_kind = {
    .function = "apply",
    .args_bytes = sizeof(struct apply_args),
    .prepare = prepare_apply,
    .invoke = invoke_apply,
    .settle = settle_apply,
    .drop = drop_apply,
    .ended = note_change,
};

void call_apply_start(struct call_apply *req)
{
    struct op_target target = {.instance = req->coll->store, .serial = &req->coll->serial};
    op_start(&req->call, &apply_kind, &target);
}

static int prepare_flush(struct ragd_call *call, struct err *err)
{
    (void)err;
    hold_coll(call->args, ((const struct call_flush *)call->request)->coll);
    return 0;
}

static ragd_status invoke_flush(struct ragd_call *call)
{
    struct apply_args *args = call->args;
    return store_table(call)->flush(args->handle, call);
}

static const struct op_kind flush_kind = {
    .function = "flush",
    .args_bytes = sizeof(struct apply_args),
    .prepare = prepare_flush,
    .invoke = invoke_flush,
    .drop = drop_apply,
    .ended = note_change,
};

void call_flush_start(struct call_flush *req)
{
    struct op_target target = {.instance = req->coll->store};
    op_start(&req->call, &flush_kind, &target);
}

/* ---- views --------------------------------------------------------------------------- */

struct view_open_args {
    struct apply_args base;
    struct view *view; /* until it is handed over */
    bool opened;
};

static int prepare_view(struct ragd_call *call, struct err *err)
{
    struct view_open_args *args = call->args;
    hold_coll(&args->base, ((const struct call_view *)call->request)->coll);
    args->view = mem_calloc(1, sizeof(*args->view));
    return args->view ? 0 : err_set(err, ERR_NOMEM, NULL);
}

static ragd_status invoke_view(struct ragd_call *call)
{
    struct view_open_args *args = call->args;
    int rc = store_table(call)->view_open(args->base.handle, call, &args->view->handle);
    args->opened = rc == 0 && args->view->handle;
    return rc == 0 && !args->opened
               ? attempt_broken(call, "opens a view without giving a handle")
               : rc;
}

static struct view *take_view(struct ragd_call *call)
{
    struct view_open_args *args = call->args;
    struct view *view = args->view;
    args->view = NULL;
    view->coll = args->base.coll;
    coll_ref(view->coll);
    atomic_store(&view->refs, 1);
    return view;
}

static int settle_view(struct ragd_call *call, struct err *err)
{
    (void)err;
    ((struct call_view *)call->request)->view = take_view(call);
    return 0;
}

static void orphan_view(struct ragd_call *call)
{
    if (((struct view_open_args *)call->args)->opened) {
        view_unref(take_view(call));
    }
}

static void drop_view(struct ragd_call *call)
{
    struct view_open_args *args = call->args;
    mem_free(args->view);
    drop_apply(call);
}

static const struct op_kind view_kind = {
    .function = "view_open",
    .args_bytes = sizeof(struct view_open_args),
    .prepare = prepare_view,
    .invoke = invoke_view,
    .settle = settle_view,
    .drop = drop_view,
    .orphan = orphan_view,
};

void call_view_start(struct call_view *req)
{
    struct op_target target = {.instance = req->coll->store};
    req->view = NULL;
    op_start(&req->call, &view_kind, &target);
}
