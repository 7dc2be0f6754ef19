/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Choosing the loader of a source. An operation of our own: it asks the loaders
 * one after the other on a worker, away from the loop.
 *
 * Happy path: the list of loaders is copied on the loop; the one with the
 * highest answer wins, of equals the first by name.
 *
 * Failure modes: none takes the source; that is an answer, too.
 */
#include "core/mem.h"
#include "plugin/attempt.h"
#include "plugin/call_load.h"

static ragd_status invoke_pick(struct ragd_call *call)
{
    struct call_pick *req = (struct call_pick *)call->request;
    int32_t most = 0;
    for (size_t i = 0; i < req->n_asked; i++) {
        const struct iface *iface = req->asked[i]->iface;
        int32_t sure = iface->u.loader.probe(req->name, req->mime, req->head);
        if (sure > most) {
            most = sure;
            req->loader = req->asked[i];
        }
    }
    return RAGD_OK;
}

static const struct op_kind pick_kind = {
    .function = "probe",
    .flags = OP_OWN,
    .lane = LANE_CPU,
    .invoke = invoke_pick,
};

static void drop_pick(struct call *call)
{
    mem_free(((struct call_pick *)call)->asked);
}

/* Those that have tables: a refused plugin cannot be asked. */
static size_t list_loaders(struct instance **out)
{
    size_t n = 0;
    for (struct instance *i = instance_next(PLUGIN_LOADER, NULL); i;
         i = instance_next(PLUGIN_LOADER, i)) {
        if (i->iface) {
            if (out) {
                out[n] = i;
            }
            n++;
        }
    }
    return n;
}

void call_pick_start(struct call_pick *req)
{
    struct op_target target = {0};
    req->loader = NULL;
    req->n_asked = list_loaders(NULL);
    req->asked = mem_calloc(req->n_asked ? req->n_asked : 1, sizeof(struct instance *));
    if (!req->asked) {
        struct err err;
        err_set(&err, ERR_NOMEM, NULL);
        op_answer(&req->call, &err);
        return;
    }
    list_loaders(req->asked);
    req->call.drop = drop_pick;
    if (req->head.n > CONTENT_HEAD_BYTES) {
        req->head.n = CONTENT_HEAD_BYTES;
    }
    op_start(&req->call, &pick_kind, &target);
}
