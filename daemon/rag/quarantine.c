/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Writing and listing what failed.
 *
 * happy path: APPLY writes the record (or its removal), COMMIT makes it durable.
 * A list opens a VIEW and reads page after page, each given to the caller.
 * failure modes: a record that cannot be written is logged; then the source is
 * only tried again.
 * on close: a write that has begun ends; a list is cancelled at any state.
 */
#include "rag/quarantine.h"

#include "core/buf.h"
#include "core/log.h"
#include "rag/run.h"

/* ---- what belongs there -------------------------------------------------------- */

/* Without an attempt the loader was not asked at all: it is disabled. */
bool quarantine_takes(const struct call *call)
{
    switch (call->err.id) {
    case ERR_LOADER_CRASHED:
    case ERR_LIMIT:
    case ERR_PLUGIN: return call->attempts > 0;
    default: return false;
    }
}

bool quarantine_may_pass(const struct err *err)
{
    return err->id == ERR_LOADER_CRASHED;
}

static const char AGAIN[] = "rag add --retry tries it again";

void quarantine_explain(struct err *err, uint32_t tries)
{
    if (!err->why[0] && tries > 1) {
        err_why(err, "each of %u tries ended so", tries);
    }
    err_hint_also(err, AGAIN);
}

void quarantine_error(const struct stored_failure *failure, struct err *err)
{
    err_set(err, err_by_name(failure->code.p, failure->code.n), "%.*s",
            (int)failure->message.n, failure->message.p);
    err_hint(err, "%.*s", (int)failure->hint.n, failure->hint.p);
}

int quarantine_refuse(const struct stored_failure *failure, struct err *err)
{
    quarantine_error(failure, err);
    err_why(err, "it failed before (%u %s) and has not changed since", failure->tries,
            failure->tries == 1 ? "try" : "tries");
    err_hint_also(err, AGAIN);
    return err_status(err);
}

struct ragd_str quarantine_name(struct arena *arena, struct ragd_str source)
{
    return ragd_cs(arena_printf(arena, STORED_FAILURE "%.*s", (int)source.n, source.p));
}

/* ---- writing -------------------------------------------------------------------- */

enum { Q_APPLY, Q_COMMIT, Q_END };

static const struct run_state WRITE_STATES[] = {
    [Q_APPLY] = {"apply", RUN_NEXT(Q_COMMIT), RUN_FINAL},
    [Q_COMMIT] = {"commit", RUN_NEXT(Q_END), RUN_FINAL},
    [Q_END] = {"end", 0, RUN_FINAL},
};

struct write_run {
    struct run run;
    struct quarantine_write *req;
    bool entered;
    struct arena arena;
    struct buf buf;
    struct ragd_blob blob;
    struct call_apply apply;
};

static void write_begin(struct write_run *w)
{
    const struct quarantine_write *req = w->req;
    run_use(&w->run, req->coll);
    commit_enter(req->coll);
    w->entered = true;
    w->blob.name = quarantine_name(&w->arena, req->source);
    if (!w->blob.name.p || (req->failure && stored_failure_encode(req->failure, &w->buf))) {
        run_fail_id(&w->run, ERR_NOMEM);
        return;
    }
    w->blob.bytes = (struct ragd_bytes){req->failure ? w->buf.p : NULL, w->buf.n};
    run_move(&w->run, Q_COMMIT);
    run_wait(&w->run, &w->apply.call);
    w->apply.coll = req->coll->coll;
    w->apply.change = (struct ragd_apply){.struct_size = sizeof(w->apply.change),
                                          .blobs = &w->blob,
                                          .n_blobs = 1};
    call_apply_start(&w->apply);
}

static void write_step(struct run *run)
{
    switch (run->state) {
    case Q_APPLY: write_begin((struct write_run *)run); break;
    case Q_COMMIT:
        run_move(run, Q_END);
        run_commit(run);
        break;
    case Q_END: run_end(run); break;
    }
}

static void write_fail(struct run *run, const struct err *err)
{
    const struct write_run *w = (const struct write_run *)run;
    log_warn("QUARANTINE-FAILED", "%.*s: that it %s is not remembered: %s",
             (int)w->req->source.n, w->req->source.p,
             w->req->failure ? "failed" : "does not fail any more", err->msg);
    run_fail(run, err);
}

static void write_release(struct run *run)
{
    struct write_run *w = (struct write_run *)run;
    if (w->entered) {
        commit_leave(run->coll);
    }
    call_release(&w->apply.call);
    buf_release(&w->buf);
    arena_release(&w->arena);
}

static const struct run_conf WRITE_CONF = {
    .name = "quarantine",
    .size = sizeof(struct write_run),
    .states = WRITE_STATES,
    .step = write_step,
    .fail = write_fail,
    .release = write_release,
};

void quarantine_write_start(struct quarantine_write *write)
{
    struct write_run *w = run_begin(&write->op, &WRITE_CONF);
    if (w) {
        w->req = write;
    }
}

/* ---- listing --------------------------------------------------------------------- */

enum { L_BEGIN, L_VIEW, L_PAGE, L_EMIT };

enum { PAGE = 128 }; /* records of a page, some kilobytes each at most */

static const struct run_state LIST_STATES[] = {
    [L_BEGIN] = {"begin", RUN_NEXT(L_VIEW), 0},
    [L_VIEW] = {"view", RUN_NEXT(L_PAGE), 0},
    [L_PAGE] = {"page", RUN_NEXT(L_EMIT), 0},
    [L_EMIT] = {"emit", RUN_NEXT(L_PAGE), 0},
};

struct list_run {
    struct run run;
    struct quarantine_list *req;
    uint64_t given;
    struct ragd_str after; /* a blob's name, in op.arena */
    struct call_view view;
    struct call_blobs blobs;
};

static void list_begin(struct list_run *l)
{
    struct err err = {0};
    struct collection *coll;
    struct quarantine_list *req = l->req;
    if (registry_find(l->run.engine, req->op.owner, req->collection, &coll, &err)) {
        run_fail(&l->run, &err);
        return;
    }
    run_use(&l->run, coll);
    l->after = ragd_cs("");
    if (req->after.n) {
        l->after = quarantine_name(&req->op.arena, req->after);
    }
    if (!l->after.p) {
        run_fail_id(&l->run, ERR_NOMEM);
        return;
    }
    run_move(&l->run, L_VIEW);
    run_open_view(&l->run, &l->view);
}

static void list_page(struct list_run *l)
{
    uint64_t left = l->req->limit ? l->req->limit - l->given : PAGE;
    run_move(&l->run, L_PAGE);
    run_wait(&l->run, &l->blobs.call);
    l->blobs.view = l->run.view;
    l->blobs.prefix = ragd_cs(STORED_FAILURE);
    l->blobs.after = l->after;
    l->blobs.max_blobs = left < PAGE ? (size_t)left : PAGE;
    call_blobs_start(&l->blobs);
}

/* Gives the page to the caller; 0, or why not. */
static int give(struct list_run *l, struct err *err)
{
    struct arena arena = {0};
    size_t n = l->blobs.n_blobs;
    struct stored_failure *failures = arena_calloc(&arena, n, sizeof(*failures));
    int rc = failures ? 0 : err_set(err, ERR_NOMEM, NULL);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = stored_failure_decode(l->blobs.blobs[i].bytes, &arena, &failures[i], err);
    }
    if (rc == 0) {
        l->after = arena_str(&l->req->op.arena, l->blobs.blobs[n - 1].name);
        rc = l->after.p ? 0 : err_set(err, ERR_NOMEM, NULL);
    }
    if (rc == 0) {
        l->given += n;
        l->req->on_failed(l->req, failures, n);
    }
    arena_release(&arena);
    return rc;
}

static void list_emit(struct list_run *l)
{
    struct err err = {0};
    if (run_held(&l->run)) {
        return;
    }
    if (l->blobs.n_blobs && give(l, &err)) {
        run_fail(&l->run, &err);
        return;
    }
    bool more = l->blobs.more && l->blobs.n_blobs;
    if (more && !(l->req->limit && l->given >= l->req->limit)) {
        list_page(l);
        return;
    }
    if (more) {
        size_t prefix = sizeof(STORED_FAILURE) - 1;
        l->req->next = (struct ragd_str){l->after.p + prefix, l->after.n - prefix};
    }
    run_end(&l->run);
}

static void list_step(struct run *run)
{
    struct list_run *l = (struct list_run *)run;
    switch (run->state) {
    case L_BEGIN: list_begin(l); break;
    case L_VIEW:
        run->view = l->view.view;
        list_page(l);
        break;
    case L_PAGE:
        run_move(run, L_EMIT);
        list_emit(l);
        break;
    case L_EMIT: list_emit(l); break;
    }
}

static void list_release(struct run *run)
{
    struct list_run *l = (struct list_run *)run;
    call_release(&l->view.call);
    call_release(&l->blobs.call);
}

static const struct run_conf LIST_CONF = {
    .name = "failed",
    .size = sizeof(struct list_run),
    .states = LIST_STATES,
    .step = list_step,
    .release = list_release,
};

void quarantine_list_start(struct quarantine_list *list)
{
    list->next = ragd_cs("");
    struct list_run *l = run_begin(&list->op, &LIST_CONF);
    if (l) {
        l->req = list;
    }
}
