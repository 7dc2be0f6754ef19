/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Collections and views of stores: their handles, apply and flush.
 *
 * Happy path: open gives a collection with one owner, a view of it holds it;
 * whoever is the last to let go starts the operation that gives the handle
 * back to the store, behind whatever still waits for its turn.
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
#include "plugin/store_state.h"

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

/* ---- the list of collections ------------------------------------------------------ */

struct list_args {
    struct pile specs;
};

static int take_spec(struct ragd_call *call, const struct ragd_coll_spec *in,
                     struct ragd_coll_spec *out)
{
    struct ragd_coll_spec spec;
    int rc = check_struct(call, "ragd_coll_spec", in, &spec, sizeof(spec));
    rc = rc ? rc : check_str(call, "a collection's name", spec.name, NAME_BYTES_MAX);
    rc = rc ? rc : check_str(call, "a collection's space", spec.space, NAME_BYTES_MAX);
    rc = rc ? rc : check_meta(call, "a collection's parameters", spec.params);
    if (rc == 0 && (spec.name.n == 0 || spec.metric > RAGD_METRIC_IP)) {
        rc = attempt_broken(call, "gives a collection without name or of metric %u",
                            spec.metric);
    }
    return rc ? rc : copy_spec(&call->results, &spec, out) ? check_too_much(call) : 0;
}

static ragd_status emit_spec(struct ragd_call *call, const struct ragd_coll_spec *in)
{
    struct list_args *args = call->args;
    struct ragd_coll_spec *spec = pile_add(&call->results, &args->specs);
    int rc = spec ? take_spec(call, in, spec) : check_too_much(call);
    return rc ? rc : attempt_state(call);
}

static const struct ragd_coll_sink spec_sink = {.struct_size = sizeof(spec_sink),
                                                .emit = emit_spec};

static ragd_status invoke_list(struct ragd_call *call)
{
    ((struct list_args *)call->args)->specs.size = sizeof(struct ragd_coll_spec);
    return store_table(call)->coll_list(call->instance->inst, call, &spec_sink);
}

static int settle_list(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_coll_list *req = (struct call_coll_list *)call->request;
    const struct list_args *args = call->args;
    req->specs = args->specs.p;
    req->n_specs = args->specs.n;
    return 0;
}

static const struct op_kind list_kind = {
    .function = "coll_list",
    .args_bytes = sizeof(struct list_args),
    .invoke = invoke_list,
    .settle = settle_list,
};

void call_coll_list_start(struct call_coll_list *req)
{
    struct op_target target = {.instance = req->store};
    req->specs = NULL;
    req->n_specs = 0;
    op_start(&req->call, &list_kind, &target);
}

/* ---- create, open, drop ------------------------------------------------------------ */

/* OPEN also looks the collection up in the list, for dimension and metric. */
struct coll_args {
    enum coll_action action;
    struct ragd_coll_spec spec, found;
    struct coll *coll; /* of OPEN, until it is handed over */
    bool opened;
};

static int prepare_coll(struct ragd_call *call, struct err *err)
{
    const struct call_coll *req = (const struct call_coll *)call->request;
    struct coll_args *args = call->args;
    args->action = req->action;
    int rc = copy_spec(&call->inputs, &req->spec, &args->spec);
    if (rc == 0 && req->action == COLL_OPEN) {
        args->coll = mem_calloc(1, sizeof(*args->coll));
        rc = args->coll ? 0 : RAGD_E_NOMEM;
        if (rc == 0) {
            args->coll->name = mem_dup(req->spec.name.p, req->spec.name.n);
            rc = args->coll->name ? 0 : RAGD_E_NOMEM;
        }
    }
    return rc ? err_set(err, ERR_NOMEM, NULL) : 0;
}

static ragd_status emit_wanted(struct ragd_call *call, const struct ragd_coll_spec *in)
{
    struct coll_args *args = call->args;
    struct ragd_coll_spec spec;
    int rc = take_spec(call, in, &spec);
    if (rc == 0 && spec.name.n == args->spec.name.n &&
        memcmp(spec.name.p, args->spec.name.p, spec.name.n) == 0) {
        args->found = spec;
    }
    return rc ? rc : attempt_state(call);
}

static const struct ragd_coll_sink wanted_sink = {.struct_size = sizeof(wanted_sink),
                                                  .emit = emit_wanted};

static ragd_status open_coll(struct ragd_call *call)
{
    struct coll_args *args = call->args;
    void *inst = call->instance->inst;
    int rc = store_table(call)->coll_list(inst, call, &wanted_sink);
    if (rc) {
        return rc;
    }
    if (args->found.struct_size == 0) {
        return RAGD_E_NOT_FOUND;
    }
    args->coll->dim = args->found.dim;
    args->coll->metric = args->found.metric;
    rc = store_table(call)->coll_open(inst, call, args->spec.name, &args->coll->handle);
    args->opened = rc == 0;
    if (rc == 0 && !args->coll->handle) {
        args->opened = false;
        rc = attempt_broken(call, "opens a collection without giving a handle");
    }
    return rc;
}

static ragd_status invoke_coll(struct ragd_call *call)
{
    struct coll_args *args = call->args;
    void *inst = call->instance->inst;
    switch (args->action) {
    case COLL_CREATE: return store_table(call)->coll_create(inst, call, &args->spec);
    case COLL_DROP: return store_table(call)->coll_drop(inst, call, args->spec.name);
    default: return open_coll(call);
    }
}

/* The handle becomes a collection with one owner. */
static struct coll *take_coll(struct ragd_call *call)
{
    struct coll_args *args = call->args;
    struct coll *coll = args->coll;
    args->coll = NULL;
    coll->store = call->instance;
    atomic_store(&coll->refs, 1);
    gate_init(&coll->serial, 1);
    return coll;
}

static int settle_coll(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_coll *req = (struct call_coll *)call->request;
    if (req->action == COLL_OPEN) {
        req->coll = take_coll(call);
    } else if (req->action == COLL_DROP) {
        op_leave_serial(call->op); /* it is the collection's */
        coll_close(req->coll);
        req->coll = NULL;
        if (!keeps_blobs(req->store)) {
            op_next(call->op, &state_drop_kind);
            return RAGD_AGAIN;
        }
    }
    return 0;
}

static void orphan_coll(struct ragd_call *call)
{
    if (((struct coll_args *)call->args)->opened) {
        coll_unref(take_coll(call));
    }
}

static void drop_coll(struct ragd_call *call)
{
    struct coll_args *args = call->args;
    if (args->coll) {
        mem_free(args->coll->name);
        mem_free(args->coll);
    }
}

static const struct op_kind coll_kinds[] = {
#define COLL_KIND(name)                                                                    \
    {                                                                                      \
        .function = name, .args_bytes = sizeof(struct coll_args), .prepare = prepare_coll, \
        .invoke = invoke_coll, .settle = settle_coll, .drop = drop_coll,                   \
        .orphan = orphan_coll                                                              \
    }
    [COLL_CREATE] = COLL_KIND("coll_create"),
    [COLL_OPEN] = COLL_KIND("coll_open"),
    [COLL_DROP] = COLL_KIND("coll_drop"),
#undef COLL_KIND
};

void call_coll_start(struct call_coll *req)
{
    struct op_target target = {.instance = req->store};
    if (req->action == COLL_DROP && req->coll) {
        target.serial = &req->coll->serial;
    } else {
        req->coll = NULL;
    }
    op_start(&req->call, &coll_kinds[req->action], &target);
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

static const struct op_kind apply_kind = {
    .function = "apply",
    .args_bytes = sizeof(struct apply_args),
    .prepare = prepare_apply,
    .invoke = invoke_apply,
    .settle = settle_apply,
    .drop = drop_apply,
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
