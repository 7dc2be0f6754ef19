/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Records read, counted and removed.
 *
 * happy path: reading is a run over pages; counting one call on a VIEW; removing
 * collects ids by reading PAGES, then APPLY and COMMIT.
 * failure modes: a record of a document among those to remove fails the removal
 * before anything is changed.
 * on close: from APPLY on a removal is not cancelled any more.
 */
#include "rag/records.h"

#include "core/mem.h"
#include "rag/pages.h"
#include "rag/run.h"

enum { G_BEGIN, G_PAGES };

static const struct run_state GET_STATES[] = {
    [G_BEGIN] = {"begin", RUN_NEXT(G_PAGES), 0},
    [G_PAGES] = {"pages", 0, 0},
};

struct get_run {
    struct run run;
    struct records_get *req;
    struct pages pages;
};

static bool use(struct run *run, struct ragd_str name)
{
    struct err err = {0};
    struct collection *coll;
    if (registry_find(run->engine, run->op->owner, name, &coll, &err)) {
        run_fail(run, &err);
        return false;
    }
    run_use(run, coll);
    return true;
}

static void on_get_page(struct pages *pages, const struct chunk_out *chunks, size_t n)
{
    struct records_get *req = pages->user;
    req->on_records(req, chunks, n);
}

static void get_begin(struct get_run *g)
{
    struct records_get *req = g->req;
    if (!use(&g->run, req->collection)) {
        return;
    }
    run_move(&g->run, G_PAGES);
    run_sub(&g->run, &g->pages.op);
    g->pages.coll = g->run.coll;
    g->pages.ids = req->ids;
    g->pages.n_ids = req->n_ids;
    g->pages.filter = req->filter;
    g->pages.after_seq = req->after_seq;
    g->pages.limit = req->limit;
    g->pages.include = req->include;
    g->pages.fill = true;
    g->pages.on_page = on_get_page;
    g->pages.user = req;
    pages_start(&g->pages);
}

static void get_step(struct run *run)
{
    if (run->state == G_BEGIN) {
        get_begin((struct get_run *)run);
    } else {
        run_end(run);
    }
}

static void get_release(struct run *run)
{
    operation_release(&((struct get_run *)run)->pages.op);
}

static const struct run_conf GET_CONF = {
    .name = "records",
    .size = sizeof(struct get_run),
    .states = GET_STATES,
    .step = get_step,
    .release = get_release,
};

void records_get_start(struct records_get *get)
{
    struct get_run *g = run_begin(&get->op, &GET_CONF);
    if (g) {
        g->req = get;
    }
}

enum { C_BEGIN, C_VIEW, C_COUNT };

static const struct run_state COUNT_STATES[] = {
    [C_BEGIN] = {"begin", RUN_NEXT(C_VIEW), 0},
    [C_VIEW] = {"view", RUN_NEXT(C_COUNT), 0},
    [C_COUNT] = {"count", 0, 0},
};

struct count_run {
    struct run run;
    struct records_count *req;
    struct call_view view;
    struct call_count count;
};

static void count_step(struct run *run)
{
    struct count_run *c = (struct count_run *)run;
    switch (run->state) {
    case C_BEGIN:
        if (use(run, c->req->collection)) {
            run_move(run, C_VIEW);
            run_open_view(run, &c->view);
        }
        break;
    case C_VIEW:
        run->view = c->view.view;
        run_move(run, C_COUNT);
        run_wait(run, &c->count.call);
        c->count.view = run->view;
        c->count.filter = c->req->filter;
        call_count_start(&c->count);
        break;
    case C_COUNT:
        c->req->count = c->count.count;
        run_end(run);
        break;
    }
}

static void count_release(struct run *run)
{
    struct count_run *c = (struct count_run *)run;
    call_release(&c->view.call);
    call_release(&c->count.call);
}

static const struct run_conf COUNT_CONF = {
    .name = "count",
    .size = sizeof(struct count_run),
    .states = COUNT_STATES,
    .step = count_step,
    .release = count_release,
};

void records_count_start(struct records_count *count)
{
    count->count = 0;
    struct count_run *c = run_begin(&count->op, &COUNT_CONF);
    if (c) {
        c->req = count;
    }
}

enum { R_BEGIN, R_PAGES, R_APPLY, R_COMMIT };

static const struct run_state REMOVE_STATES[] = {
    [R_BEGIN] = {"begin", RUN_NEXT(R_PAGES), 0},
    [R_PAGES] = {"pages", RUN_NEXT(R_APPLY), 0},
    [R_APPLY] = {"apply", RUN_NEXT(R_COMMIT), RUN_FINAL},
    [R_COMMIT] = {"commit", 0, RUN_FINAL},
};

struct remove_run {
    struct run run;
    struct records_remove *req;
    bool entered;
    struct err err; /* of a page */
    struct arena arena;
    struct ragd_str *ids;
    size_t n, cap;
    struct pages pages;
    struct call_apply apply;
};

static int add_id(struct remove_run *r, const struct ragd_record *rec)
{
    if (rec->doc_id.n) {
        err_set(&r->err, ERR_CONFLICT, "'%.*s' is a chunk of document '%.*s'",
                (int)(rec->id.n < 64 ? rec->id.n : 64), rec->id.p,
                (int)(rec->doc_id.n < 64 ? rec->doc_id.n : 64), rec->doc_id.p);
        return err_hint(&r->err, "remove the document");
    }
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct ragd_str *ids = mem_realloc(r->ids, cap, sizeof(*ids));
        if (!ids) {
            return err_set(&r->err, ERR_NOMEM, NULL);
        }
        r->ids = ids;
        r->cap = cap;
    }
    r->ids[r->n] = arena_str(&r->arena, rec->id);
    return r->ids[r->n++].p ? 0 : err_set(&r->err, ERR_NOMEM, NULL);
}

static void on_remove_page(struct pages *pages, const struct chunk_out *chunks, size_t n)
{
    struct remove_run *r = pages->user;
    for (size_t i = 0; i < n; i++) {
        if (add_id(r, chunks[i].rec)) {
            operation_cancel(&pages->op);
            return;
        }
    }
}

static void remove_begin(struct remove_run *r)
{
    struct records_remove *req = r->req;
    if (!req->n_ids && !req->filter.n) {
        struct err err = {0};
        err_set(&err, ERR_INVALID, "neither ids nor a filter say what to remove");
        err_hint(&err, "to remove everything, remove the collection");
        run_fail(&r->run, &err);
        return;
    }
    if (!use(&r->run, req->collection)) {
        return;
    }
    run_move(&r->run, R_PAGES);
    run_try_sub(&r->run, &r->pages.op);
    r->pages.coll = r->run.coll;
    r->pages.ids = req->ids;
    r->pages.n_ids = req->n_ids;
    r->pages.filter = req->filter;
    r->pages.on_page = on_remove_page;
    r->pages.user = r;
    pages_start(&r->pages);
}

static void remove_apply(struct remove_run *r)
{
    if (r->err.id || r->pages.op.status < 0) {
        run_fail(&r->run, r->err.id ? &r->err : &r->pages.op.err);
        return;
    }
    if (!r->n) {
        run_end(&r->run);
        return;
    }
    commit_enter(r->run.coll);
    r->entered = true;
    run_move(&r->run, R_APPLY);
    run_wait(&r->run, &r->apply.call);
    r->apply.coll = r->run.coll->coll;
    r->apply.change = (struct ragd_apply){.struct_size = sizeof(r->apply.change),
                                          .remove_ids = r->ids,
                                          .n_remove_ids = r->n};
    call_apply_start(&r->apply);
}

static void remove_step(struct run *run)
{
    struct remove_run *r = (struct remove_run *)run;
    switch (run->state) {
    case R_BEGIN: remove_begin(r); break;
    case R_PAGES: remove_apply(r); break;
    case R_APPLY:
        run_move(run, R_COMMIT);
        run_commit(run);
        break;
    case R_COMMIT:
        r->req->removed = r->n;
        run->coll->records -= r->n < run->coll->records ? r->n : run->coll->records;
        run_end(run);
        break;
    }
}

static void remove_release(struct run *run)
{
    struct remove_run *r = (struct remove_run *)run;
    if (r->entered) {
        commit_leave(run->coll);
    }
    operation_release(&r->pages.op);
    call_release(&r->apply.call);
    mem_free(r->ids);
    call_memory_release(&r->arena);
}

static const struct run_conf REMOVE_CONF = {
    .name = "records-remove",
    .size = sizeof(struct remove_run),
    .states = REMOVE_STATES,
    .step = remove_step,
    .release = remove_release,
};

void records_remove_start(struct records_remove *remove)
{
    remove->removed = 0;
    struct remove_run *r = run_begin(&remove->op, &REMOVE_CONF);
    if (r) {
        r->req = remove;
    }
}
