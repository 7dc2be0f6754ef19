/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Choosing the loader of a source. An operation of our own: it asks the loaders
 * one after the other on a worker, because asking one in a process of its own
 * is a round trip.
 *
 * Happy path: the list of loaders is copied on the loop, those with processes of
 * their own are waited for until they have them; the one with the highest answer
 * wins, of equals the first by name.
 *
 * Failure modes: one that fails, dies or talks nonsense is not sure of anything;
 * its error is the answer when nobody else takes the source.
 */
#include "core/mem.h"
#include "plugin/attempt.h"
#include "plugin/call_load.h"
#include "plugin/child_load.h"

/* As many at once as there are cores: each may need a process of each loader. */
static struct gate picks = {.waiting = {&picks.waiting, &picks.waiting}};

static bool is_here(const struct instance *loader)
{
    return loader->plugin->placement == PLACEMENT_DAEMON;
}

/* How sure it is; 0 with err when it could not be asked. */
static int32_t ask(const struct ragd_call *call, const struct call_pick *req,
                   const struct instance *loader, struct err *err)
{
    int32_t sure = 0;
    if (is_here(loader)) {
        return loader->iface->u.loader.probe(req->name, req->mime, req->head);
    }
    if (child_probe(loader, call, req, &sure, err)) {
        err_wrap(err, "plugin %s cannot say whether it reads this", loader->plugin->name);
        return 0;
    }
    return sure;
}

static ragd_status invoke_pick(struct ragd_call *call)
{
    struct call_pick *req = (struct call_pick *)call->request;
    int32_t most = 0;
    for (size_t i = 0; i < req->n_asked && !attempt_state(call); i++) {
        struct err err = {0};
        int32_t sure = ask(call, req, req->asked[i], &err);
        if (sure > most) {
            most = sure;
            req->loader = req->asked[i];
        }
        if (err.id && !req->problem.id) {
            req->problem = err;
        }
    }
    return attempt_state(call);
}

static int settle_pick(struct ragd_call *call, struct err *err)
{
    const struct call_pick *req = (const struct call_pick *)call->request;
    if (req->loader || !req->problem.id) {
        return 0;
    }
    *err = req->problem;
    return err_status(err);
}

static const struct op_kind pick_kind = {
    .function = "probe",
    .flags = OP_OWN,
    .lane = LANE_IO, /* it waits more than it computes */
    .invoke = invoke_pick,
    .settle = settle_pick,
};

/* Leaves out those that failed. [loop] */
static void leave_out(struct call_pick *req)
{
    size_t n = 0;
    for (size_t i = 0; i < req->n_asked; i++) {
        struct instance *loader = req->asked[i];
        if (is_here(loader) || loader->state == INSTANCE_READY) {
            req->asked[n++] = loader;
        } else if (!req->problem.id) {
            req->problem = loader->problem;
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
    (void)err;
    leave_out((struct call_pick *)call->request);
    op_next(call->op, &pick_kind);
    return RAGD_AGAIN;
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
    req->asked = mem_calloc(most + 1, 2 * sizeof(struct instance *));
    req->awaited = req->asked + most;
    req->n_asked = 0;
    for (struct instance *i = instance_next(PLUGIN_LOADER, NULL); i && req->asked;
         i = instance_next(PLUGIN_LOADER, i)) {
        if (i->iface) {
            req->asked[req->n_asked++] = i;
        }
    }
    return req->asked != NULL;
}

/* Those that are not ready yet and have to be. */
static size_t list_awaited(struct call_pick *req)
{
    size_t n = 0;
    for (size_t i = 0; i < req->n_asked; i++) {
        struct instance *loader = req->asked[i];
        if (!is_here(loader) &&
            (loader->state == INSTANCE_NEW || loader->state == INSTANCE_CREATING)) {
            req->awaited[n++] = loader;
        }
    }
    return n;
}

void call_pick_start(struct call_pick *req)
{
    req->loader = NULL;
    req->problem = (struct err){0};
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
    op_start(&req->call, target.n_others ? &wait_kind : &pick_kind, &target);
}
