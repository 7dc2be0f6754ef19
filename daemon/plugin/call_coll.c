/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Collections of stores: listed, created, opened, dropped.
 *
 * Happy path: open gives a collection with one owner, who closes it (call_store.c).
 * Failure modes: an open that succeeds after its caller was answered is an
 * orphan, given back at once. A dropped one is closed whether or not that works.
 * On close: nothing is held between calls.
 */
#include "plugin/call_store.h"

#include <string.h>

#include "core/mem.h"
#include "plugin/call_store_internal.h"
#include "plugin/check.h"
#include "plugin/store_state.h"

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
    rc = rc ? rc : check_stored_meta(call, "a collection's parameters", spec.params);
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
    case COLL_CREATE:
        return no_room(call) ? RAGD_E_FULL
                             : store_table(call)->coll_create(inst, call, &args->spec);
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

#define COLL_KIND(name)                                                                    \
    {                                                                                      \
        .function = name, .args_bytes = sizeof(struct coll_args), .prepare = prepare_coll, \
        .invoke = invoke_coll, .settle = settle_coll, .drop = drop_coll,                   \
        .orphan = orphan_coll                                                              \
    }
static const struct op_kind coll_create_kind = COLL_KIND("coll_create");
static const struct op_kind coll_open_kind = COLL_KIND("coll_open");
const struct op_kind coll_drop_kind = COLL_KIND("coll_drop");
#undef COLL_KIND

/* The first step of each. */
static const struct op_kind *const coll_kinds[] = {
    [COLL_CREATE] = &coll_create_kind,
    [COLL_OPEN] = &coll_open_kind,
    [COLL_DROP] = &state_forget_kind,
};

void call_coll_start(struct call_coll *req)
{
    struct op_target target = {.instance = req->store};
    if (req->action == COLL_DROP && req->coll) {
        target.serial = &req->coll->serial;
    } else {
        req->coll = NULL;
    }
    op_start(&req->call, coll_kinds[req->action], &target);
}
