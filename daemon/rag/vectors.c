/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/vectors.h"

#include "core/utf8.h"
#include "rag/embedder.h"
#include "rag/run.h"

enum { F_BEGIN, F_CHECK, F_EMBED };

static const struct run_state STATES[] = {
    [F_BEGIN] = {"begin", RUN_NEXT(F_CHECK) | RUN_NEXT(F_EMBED), 0},
    [F_CHECK] = {"check", RUN_NEXT(F_EMBED), 0},
    [F_EMBED] = {"embed", 0, 0},
};

struct fill_run {
    struct run run;
    struct vectors_fill *req;
    struct ragd_str *texts;
    size_t n;
    struct embedder_check check;
    struct call_embed embed;
};

bool vectors_missing(const struct collection *coll, uint32_t include)
{
    return include & RAGD_INCLUDE_VECTOR && coll->settings.embedder.n &&
           !collection_has_vectors(coll);
}

/* A blank text has no meaning to embed. */
static bool is_wanted(const struct ragd_record *record)
{
    return !record->vec && !utf8_is_blank(record->text.p, record->text.n);
}

static void embed(struct fill_run *f)
{
    run_move(&f->run, F_EMBED);
    run_wait(&f->run, &f->embed.call);
    f->embed.embedder = f->req->coll->embedder;
    f->embed.purpose = RAGD_EMBED_DOCUMENT;
    f->embed.metric = f->req->coll->settings.metric;
    f->embed.dim = f->req->coll->settings.dim;
    f->embed.texts = f->texts;
    f->embed.n = f->n;
    call_embed_start(&f->embed);
}

static void begin(struct fill_run *f)
{
    struct vectors_fill *req = f->req;
    f->texts = arena_calloc(&req->op.arena, req->n, sizeof(*f->texts));
    if (!f->texts) {
        run_fail_id(&f->run, ERR_NOMEM);
        return;
    }
    for (size_t i = 0; i < req->n; i++) {
        if (is_wanted(&req->records[i])) {
            f->texts[f->n++] = req->records[i].text;
        }
    }
    if (!f->n) {
        run_end(&f->run);
    } else if (req->coll->embedder) {
        embed(f);
    } else {
        run_move(&f->run, F_CHECK);
        run_sub(&f->run, &f->check.op);
        f->check.coll = req->coll;
        embedder_check_start(&f->check);
    }
}

static void take(struct fill_run *f)
{
    struct vectors_fill *req = f->req;
    const float *row = f->embed.rows;
    for (size_t i = 0; i < req->n; i++) {
        if (is_wanted(&req->records[i])) {
            req->records[i].vec = row;
            row += req->coll->settings.dim;
        }
    }
    arena_move(&req->op.arena, &f->embed.call.arena);
    run_end(&f->run);
}

static void step(struct run *run)
{
    struct fill_run *f = (struct fill_run *)run;
    switch (run->state) {
    case F_BEGIN: begin(f); break;
    case F_CHECK: embed(f); break;
    case F_EMBED: take(f); break;
    }
}

static void release(struct run *run)
{
    struct fill_run *f = (struct fill_run *)run;
    operation_release(&f->check.op);
    call_release(&f->embed.call);
}

static const struct run_conf CONF = {
    .name = "vectors",
    .size = sizeof(struct fill_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void vectors_fill_start(struct vectors_fill *fill)
{
    struct fill_run *f = run_begin(&fill->op, &CONF);
    if (f) {
        f->req = fill;
    }
}
