/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/embed.h"

#include "core/utf8.h"
#include "rag/embedder.h"
#include "rag/registry.h"
#include "rag/run.h"

enum { E_BEGIN, E_CHECK, E_INSTANCE, E_INFO, E_EMBED };

static const struct run_state STATES[] = {
    [E_BEGIN] = {"begin", RUN_NEXT(E_CHECK) | RUN_NEXT(E_INSTANCE) | RUN_NEXT(E_INFO), 0},
    [E_CHECK] = {"check", RUN_NEXT(E_INFO), 0},
    [E_INSTANCE] = {"instance", RUN_NEXT(E_INFO), 0},
    [E_INFO] = {"info", RUN_NEXT(E_EMBED), 0},
    [E_EMBED] = {"embed", 0, 0},
};

struct embed_run {
    struct run run;
    struct embed *req;
    struct instance *embedder;
    uint32_t metric; /* of the collection, 0 = the embedder's own */
    struct embedder_check check;
    struct call_instance instance;
    struct call_embed_info info;
    struct call_embed embed;
};

static void ask_info(struct embed_run *e, struct instance *embedder)
{
    e->embedder = embedder;
    run_move(&e->run, E_INFO);
    run_wait(&e->run, &e->info.call);
    e->info.embedder = embedder;
    e->info.metric = e->metric;
    call_embed_info_start(&e->info);
}

static void begin_collection(struct embed_run *e)
{
    struct err err = {0};
    struct collection *coll;
    if (registry_find(e->run.engine, e->req->op.owner, e->req->collection, &coll, &err)) {
        run_fail(&e->run, &err);
        return;
    }
    run_use(&e->run, coll);
    e->metric = coll->settings.metric;
    if (coll->embedder) {
        ask_info(e, coll->embedder);
        return;
    }
    run_move(&e->run, E_CHECK);
    run_sub(&e->run, &e->check.op);
    e->check.coll = coll;
    embedder_check_start(&e->check);
}

/* A blank text has no meaning to embed; some models refuse it, others make one up. */
static int check_texts(const struct embed *req, struct err *err)
{
    for (size_t i = 0; i < req->n; i++) {
        if (utf8_is_blank(req->texts[i].p, req->texts[i].n)) {
            err_set(err, ERR_INVALID, "text %zu of %zu is blank", i + 1, req->n);
            return err_hint(err, "leave it out, or give it a word");
        }
    }
    return 0;
}

static void begin(struct embed_run *e)
{
    struct err err = {0};
    if (check_texts(e->req, &err)) {
        run_fail(&e->run, &err);
        return;
    }
    if (!e->req->embedder.n && e->req->collection.n) {
        begin_collection(e);
        return;
    }
    run_move(&e->run, E_INSTANCE);
    run_wait(&e->run, &e->instance.call);
    e->instance.kind = PLUGIN_EMBEDDER;
    e->instance.name = e->req->embedder.n ? e->req->embedder
                                          : e->run.engine->settings.embedder;
    call_instance_start(&e->instance);
}

static void embed(struct embed_run *e)
{
    run_move(&e->run, E_EMBED);
    run_wait(&e->run, &e->embed.call);
    e->embed.embedder = e->embedder;
    e->embed.purpose = e->req->query ? RAGD_EMBED_QUERY : RAGD_EMBED_DOCUMENT;
    e->embed.metric = e->metric;
    e->embed.dim = e->info.info.dim;
    e->embed.texts = e->req->texts;
    e->embed.n = e->req->n;
    call_embed_start(&e->embed);
}

static void take(struct embed_run *e)
{
    struct embed *req = e->req;
    req->name = ragd_cs(instance_name(e->embedder));
    req->model = e->info.info.model;
    req->space = e->info.info.space;
    req->dim = e->info.info.dim;
    req->rows = e->embed.rows;
    req->tokens = e->embed.tokens;
    arena_move(&req->op.arena, &e->info.call.arena);
    arena_move(&req->op.arena, &e->embed.call.arena);
    run_end(&e->run);
}

static void step(struct run *run)
{
    struct embed_run *e = (struct embed_run *)run;
    switch (run->state) {
    case E_BEGIN: begin(e); break;
    case E_CHECK: ask_info(e, run->coll->embedder); break;
    case E_INSTANCE: ask_info(e, e->instance.instance); break;
    case E_INFO: embed(e); break;
    case E_EMBED: take(e); break;
    }
}

static void release(struct run *run)
{
    struct embed_run *e = (struct embed_run *)run;
    operation_release(&e->check.op);
    call_release(&e->instance.call);
    call_release(&e->info.call);
    call_release(&e->embed.call);
}

static const struct run_conf CONF = {
    .name = "embed",
    .size = sizeof(struct embed_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void embed_start(struct embed *embed)
{
    struct embed_run *e = run_begin(&embed->op, &CONF);
    if (e) {
        e->req = embed;
    }
}
