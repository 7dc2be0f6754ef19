/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Embedding: info first, for the size of a batch, then one attempt a batch.
 * Rows are poisoned with NaN, so that a row the plugin did not write is seen.
 */
#include "plugin/call_embed.h"

#include <math.h>
#include <string.h>

#include "plugin/check.h"
#include "plugin/copy.h"

enum { DIM_MAX = 65536, BATCH_MAX = 4096 };

/* Bytes of texts in one batch: what a copy of them may cost. */
static const size_t BATCH_BYTES_MAX = 8 << 20;

static const struct ragd_embedder *table(const struct ragd_call *call)
{
    return &call->instance->iface->u.embedder;
}

/* ---- info --------------------------------------------------------------------- */

struct info_args {
    uint32_t metric;
    struct ragd_embed_info info;
};

static int prepare_info(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct info_args *args = call->args;
    args->metric = ((struct call_embed_info *)call->request)->metric;
    args->info.struct_size = sizeof(args->info);
    return 0;
}

static ragd_status invoke_info(struct ragd_call *call)
{
    struct info_args *args = call->args;
    return table(call)->info(call->instance->inst, call, args->metric, &args->info);
}

static int check_info(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct info_args *args = call->args;
    struct ragd_embed_info *info = &args->info;
    int rc = check_str(call, "the model's name", info->model, NAME_BYTES_MAX);
    rc = rc ? rc : check_str(call, "the space", info->space, NAME_BYTES_MAX);
    if (rc) {
        return rc;
    }
    if (info->dim == 0 || info->dim > DIM_MAX) {
        return attempt_broken(call, "gives the dimension %u", info->dim);
    }
    if (info->metric < RAGD_METRIC_L2 || info->metric > RAGD_METRIC_IP ||
        (args->metric && info->metric != args->metric)) {
        return attempt_broken(call, "gives the metric %u when asked for %u", info->metric,
                              args->metric);
    }
    if (info->space.n == 0 || info->max_batch == 0) {
        return attempt_broken(call, "gives no %s", info->space.n ? "max_batch" : "space");
    }
    return copy_str(&call->results, info->model, &info->model) ||
                   copy_str(&call->results, info->space, &info->space)
               ? check_too_much(call)
               : 0;
}

static int settle_info(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct info_args *args = call->args;
    ((struct call_embed_info *)call->request)->info = args->info;
    return 0;
}

static const struct op_kind info_kind = {
    .function = "info",
    .args_bytes = sizeof(struct info_args),
    .prepare = prepare_info,
    .invoke = invoke_info,
    .check = check_info,
    .settle = settle_info,
};

void call_embed_info_start(struct call_embed_info *req)
{
    struct op_target target = {.instance = req->embedder};
    req->info = (struct ragd_embed_info){0};
    op_start(&req->call, &info_kind, &target);
}

/* ---- embed --------------------------------------------------------------------- */

/* A step: asking for the size of a batch, or one batch. */
struct embed_args {
    bool ask;
    uint32_t metric, dim;
    struct ragd_embed_info info;
    struct ragd_embed_req req;
};

static atomic_uint *batch_of(struct instance *embedder, uint32_t metric)
{
    return &embedder->batch[metric <= RAGD_METRIC_IP ? metric : 0];
}

/* No more than the embedder takes, and not too many bytes. */
static size_t batch_size(const struct call_embed *req, uint32_t max)
{
    size_t at = req->embedded, n = 0, bytes = 0;
    while (at + n < req->n && n < max && n < BATCH_MAX &&
           (n == 0 || bytes + req->texts[at + n].n <= BATCH_BYTES_MAX)) {
        bytes += req->texts[at + n].n;
        n++;
    }
    return n;
}

static int prepare_embed(struct ragd_call *call, struct err *err)
{
    const struct call_embed *req = (const struct call_embed *)call->request;
    struct embed_args *args = call->args;
    uint32_t max = atomic_load(batch_of(call->instance, req->metric));
    args->metric = req->metric;
    args->dim = req->dim;
    args->info.struct_size = sizeof(args->info);
    args->ask = max == 0;
    if (args->ask) {
        return 0;
    }
    size_t n = batch_size(req, max);
    const struct ragd_str *texts = NULL;
    float *rows = arena_calloc(&call->results, n, req->dim * sizeof(*rows));
    uint32_t *tokens = arena_calloc(&call->results, n, sizeof(*tokens));
    if (!rows || !tokens ||
        copy_strs(&call->inputs, req->texts + req->embedded, n, &texts)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < n * req->dim; i++) {
        rows[i] = NAN;
    }
    args->req = (struct ragd_embed_req){.struct_size = sizeof(args->req),
                                        .purpose = req->purpose,
                                        .metric = req->metric,
                                        .dim = req->dim,
                                        .n = n,
                                        .texts = texts,
                                        .out = rows,
                                        .out_stride = req->dim,
                                        .tokens = tokens};
    return 0;
}

static ragd_status invoke_embed(struct ragd_call *call)
{
    struct embed_args *args = call->args;
    void *inst = call->instance->inst;
    return args->ask ? table(call)->info(inst, call, args->metric, &args->info)
                     : table(call)->embed(inst, call, &args->req);
}

static int check_embed(struct ragd_call *call, struct err *err)
{
    (void)err;
    const struct embed_args *args = call->args;
    if (!args->ask) {
        return check_finite(call, "a vector", args->req.out, args->req.n * args->dim);
    }
    if (args->info.dim != args->dim) {
        return attempt_broken(call, "gives vectors of dimension %u, %u were expected",
                              args->info.dim, args->dim);
    }
    return args->info.max_batch ? 0 : attempt_broken(call, "gives no max_batch");
}

/* Of several batches, the rows are gathered in one place. */
static int gather(struct ragd_call *call, struct call_embed *req)
{
    const struct embed_args *args = call->args;
    if (req->embedded == 0) {
        struct arena *arena = op_keep(call->op);
        req->rows = arena_calloc(arena, req->n, req->dim * sizeof(*req->rows));
        req->tokens = arena_calloc(arena, req->n, sizeof(*req->tokens));
        if (!req->rows || !req->tokens) {
            return RAGD_E_NOMEM;
        }
    }
    float *rows = (float *)req->rows + req->embedded * req->dim;
    uint32_t *tokens = (uint32_t *)req->tokens + req->embedded;
    memcpy(rows, args->req.out, args->req.n * req->dim * sizeof(*rows));
    memcpy(tokens, args->req.tokens, args->req.n * sizeof(*tokens));
    return 0;
}

static int settle_embed(struct ragd_call *call, struct err *err)
{
    struct call_embed *req = (struct call_embed *)call->request;
    const struct embed_args *args = call->args;
    if (args->ask) {
        atomic_store(batch_of(call->instance, req->metric), args->info.max_batch);
        return RAGD_AGAIN;
    }
    if (args->req.n == req->n) {
        req->rows = args->req.out;
        req->tokens = args->req.tokens;
    } else if (gather(call, req)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    req->embedded += args->req.n;
    op_progress(call->op, req->embedded, req->n);
    return req->embedded < req->n ? RAGD_AGAIN : 0;
}

static const struct op_kind embed_kind = {
    .function = "embed",
    .args_bytes = sizeof(struct embed_args),
    .prepare = prepare_embed,
    .invoke = invoke_embed,
    .check = check_embed,
    .settle = settle_embed,
};

void call_embed_start(struct call_embed *req)
{
    struct op_target target = {.instance = req->embedder};
    req->rows = NULL;
    req->tokens = NULL;
    req->embedded = 0;
    if (req->n == 0) {
        op_answer(&req->call, NULL);
    } else {
        op_start(&req->call, &embed_kind, &target);
    }
}
