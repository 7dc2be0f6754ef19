/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Choosing the loader of a source: the loaders are asked one after the other on a
 * worker, because asking one in a process of its own is a round trip.
 *
 * Happy path: the list of loaders is copied on the loop, they are waited for until
 * they are ready; those with processes of their own are asked by steps that are our
 * own, some in each, one inside the daemon by a step of its plugin; the one with
 * the highest answer wins, of equals the first by name.
 *
 * Failure modes: one that fails, dies or talks nonsense is not sure of anything;
 * its error is the answer when nobody else takes the source, or when it is the one
 * for such names or types: what another makes of these would be stored as if it
 * were all there is in them. One inside the daemon that does not come back is given
 * up with the call, and is stuck.
 */
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "plugin/attempt.h"
#include "plugin/call_load.h"
#include "plugin/child_load.h"
#include "plugin/copy.h"
#include "plugin/engine.h"

/* As many at once as there are cores: each may need a process of each loader. */
static struct gate picks = {.waiting = {&picks.waiting, &picks.waiting}};

static bool is_here(const struct instance *loader)
{
    return loader->plugin->placement == PLACEMENT_DAEMON;
}

static int next_step(struct call_op *op, struct call_pick *req, struct err *err);

static void note_sure(struct call_pick *req, int32_t sure)
{
    if (sure > req->most) {
        req->most = sure;
        req->loader = req->asked[req->at];
    }
}

static bool ends_in(struct ragd_str name, const char *suffix)
{
    size_t n = strlen(suffix);
    return name.n >= n && strncasecmp(name.p + name.n - n, suffix, n) == 0;
}

/* It says that such names or types are its own. */
static bool is_for(const struct call_pick *req, const struct instance *loader)
{
    const struct ragd_loader *table = &loader->iface->u.loader;
    for (const char *const *s = table->suffixes; s && *s; s++) {
        if (ends_in(req->name, *s)) {
            return true;
        }
    }
    for (const char *const *m = table->mimes; m && *m; m++) {
        if (req->mime.n == strlen(*m) && strncasecmp(req->mime.p, *m, req->mime.n) == 0) {
            return true;
        }
    }
    return false;
}

/* The error of the one that the source is for, else the first. It is the culprit
 * when it was asked. */
static void note_problem(struct call_pick *req, struct instance *loader,
                         const struct err *err, bool was_asked)
{
    bool is_its = is_for(req, loader);
    if (!req->problem.id || (is_its && !req->stands)) {
        req->problem = *err;
        req->culprit = was_asked ? loader : NULL;
        req->stands = is_its;
    }
}

/* ---- in processes of their own ---------------------------------------------------- */

static void ask_child(const struct ragd_call *call, struct call_pick *req)
{
    struct instance *loader = req->asked[req->at];
    struct err err = {0};
    int32_t sure = 0;
    if (child_probe(loader, call, req, &sure, &err)) {
        err_wrap(&err, "plugin %s cannot say whether it reads this", loader->plugin->name);
        note_problem(req, loader, &err, true);
    } else {
        note_sure(req, sure);
    }
}

/* Up to the next one inside the daemon. */
static ragd_status invoke_children(struct ragd_call *call)
{
    struct call_pick *req = (struct call_pick *)call->request;
    while (req->at < req->n_asked && !is_here(req->asked[req->at]) &&
           !attempt_state(call)) {
        ask_child(call, req);
        req->at++;
    }
    return attempt_state(call);
}

static int settle_children(struct ragd_call *call, struct err *err)
{
    return next_step(call->op, (struct call_pick *)call->request, err);
}

static const struct op_kind children_kind = {
    .function = "probe",
    .flags = OP_OWN,
    .lane = LANE_IO, /* it waits more than it computes */
    .invoke = invoke_children,
    .settle = settle_children,
};

/* ---- inside the daemon ------------------------------------------------------------ */

struct probe_args {
    struct ragd_str name, mime, head;
    int32_t sure;
};

static int prepare_probe(struct ragd_call *call, struct err *err)
{
    const struct call_pick *req = (const struct call_pick *)call->request;
    struct ragd_str head = {req->head.p, req->head.n};
    struct probe_args *args = call->args;
    if (copy_str(&call->inputs, req->name, &args->name) ||
        copy_str(&call->inputs, req->mime, &args->mime) ||
        copy_str(&call->inputs, head, &args->head)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    return 0;
}

static ragd_status invoke_probe(struct ragd_call *call)
{
    struct probe_args *args = call->args;
    struct ragd_bytes head = {args->head.p, args->head.n};
    args->sure = call->instance->iface->u.loader.probe(args->name, args->mime, head);
    return attempt_state(call);
}

static int settle_probe(struct ragd_call *call, struct err *err)
{
    struct call_pick *req = (struct call_pick *)call->request;
    note_sure(req, ((const struct probe_args *)call->args)->sure);
    req->at++;
    return next_step(call->op, req, err);
}

static const struct op_kind probe_kind = {
    .function = "probe",
    .flags = OP_BESIDE,
    .lane = LANE_IO,
    .args_bytes = sizeof(struct probe_args),
    .prepare = prepare_probe,
    .invoke = invoke_probe,
    .settle = settle_probe,
};

/* ---- one after the other ---------------------------------------------------------- */

/* One may have got stuck since it was listed. */
static void skip_unready(struct call_pick *req)
{
    while (req->at < req->n_asked && req->asked[req->at]->state != INSTANCE_READY) {
        struct instance *loader = req->asked[req->at++];
        note_problem(req, loader, &loader->problem, false);
    }
}

static int next_step(struct call_op *op, struct call_pick *req, struct err *err)
{
    skip_unready(req);
    if (req->at < req->n_asked) {
        struct instance *loader = req->asked[req->at];
        if (is_here(loader)) {
            op_next_of(op, &probe_kind, loader, engine()->limits.parse);
        } else {
            op_next_of(op, &children_kind, NULL, 0);
        }
        return RAGD_AGAIN;
    }
    if (!req->problem.id || (req->loader && !req->stands)) {
        return 0;
    }
    req->loader = NULL;
    *err = req->problem;
    return err_status(err);
}

/* Leaves out those that failed. [loop] */
static void leave_out(struct call_pick *req)
{
    size_t n = 0;
    for (size_t i = 0; i < req->n_asked; i++) {
        struct instance *loader = req->asked[i];
        if (loader->state == INSTANCE_READY) {
            req->asked[n++] = loader;
        } else {
            note_problem(req, loader, &loader->problem, false);
        }
    }
    req->n_asked = n;
}

static ragd_status invoke_wait(struct ragd_call *call)
{
    return attempt_state(call);
}

static int settle_wait(struct ragd_call *call, struct err *err)
{
    struct call_pick *req = (struct call_pick *)call->request;
    leave_out(req);
    return next_step(call->op, req, err);
}

static const struct op_kind wait_kind = {
    .function = "create",
    .flags = OP_OWN,
    .lane = LANE_IO,
    .invoke = invoke_wait,
    .settle = settle_wait,
};

static void drop_pick(struct call *call)
{
    mem_free(((struct call_pick *)call)->asked);
}

/* Those that have tables: a refused plugin cannot be asked. */
static bool list_loaders(struct call_pick *req)
{
    size_t most = 0;
    for (struct instance *i = instance_next(PLUGIN_LOADER, NULL); i;
         i = instance_next(PLUGIN_LOADER, i)) {
        most++;
    }
    req->n_asked = 0;
    req->asked = mem_calloc(most + 1, 2 * sizeof(struct instance *));
    if (!req->asked) {
        return false;
    }
    req->awaited = req->asked + most;
    for (struct instance *i = instance_next(PLUGIN_LOADER, NULL); i;
         i = instance_next(PLUGIN_LOADER, i)) {
        if (i->iface) {
            req->asked[req->n_asked++] = i;
        }
    }
    return true;
}

/* Those that are not ready yet and have to be. */
static size_t list_awaited(struct call_pick *req)
{
    size_t n = 0;
    for (size_t i = 0; i < req->n_asked; i++) {
        struct instance *loader = req->asked[i];
        if (loader->state == INSTANCE_NEW || loader->state == INSTANCE_CREATING) {
            req->awaited[n++] = loader;
        }
    }
    return n;
}

void call_pick_start(struct call_pick *req)
{
    req->loader = req->culprit = NULL;
    req->problem = (struct err){0};
    req->stands = false;
    req->at = 0;
    req->most = 0;
    if (!list_loaders(req)) {
        struct err err;
        err_set(&err, ERR_NOMEM, NULL);
        op_answer(&req->call, &err);
        return;
    }
    req->call.drop = drop_pick;
    if (req->head.n > CONTENT_HEAD_BYTES) {
        req->head.n = CONTENT_HEAD_BYTES;
    }
    picks.limit = workers_threads(LANE_CPU);
    struct op_target target = {.serial = &picks,
                               .others = req->awaited,
                               .n_others = list_awaited(req)};
    if (!target.n_others) {
        leave_out(req);
    }
    op_start(&req->call, target.n_others ? &wait_kind : &children_kind, &target);
}
