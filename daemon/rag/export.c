/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Exporting.
 *
 * happy path: a VIEW, STATS for the header, then MANIFESTS and DOCS page by
 * page and RECORDS by a sub-operation, all from that view.
 * failure modes: a manifest that cannot be read fails the export.
 * on close: cancelled at any state.
 */
#include "rag/transfer.h"

#include <string.h>

#include "rag/pages.h"
#include "rag/run.h"

enum { X_BEGIN, X_VIEW, X_STATS, X_HEADER, X_MANIFESTS, X_DOCS, X_RECORDS };

static const struct run_state STATES[] = {
    [X_BEGIN] = {"begin", RUN_NEXT(X_VIEW), 0},
    [X_VIEW] = {"view", RUN_NEXT(X_STATS), 0},
    [X_STATS] = {"stats", RUN_NEXT(X_HEADER), 0},
    [X_HEADER] = {"header", RUN_NEXT(X_MANIFESTS), 0},
    [X_MANIFESTS] = {"manifests", RUN_NEXT(X_MANIFESTS) | RUN_NEXT(X_DOCS), 0},
    [X_DOCS] = {"docs", RUN_NEXT(X_DOCS) | RUN_NEXT(X_RECORDS), 0},
    [X_RECORDS] = {"records", 0, 0},
};

enum { MANIFESTS_PAGE = 64, DOCS_PAGE = 16 }; /* documents come with their texts */

struct export_run {
    struct run run;
    struct export *req;
    struct arena arena; /* of a page, and of the cursor */
    struct ragd_str after;
    struct call_view view;
    struct call_stats stats;
    struct call_blobs blobs;
    struct call_docs docs;
    struct pages pages;
};

static void begin(struct export_run *x)
{
    struct err err = {0};
    struct collection *coll;
    if (registry_find(x->run.engine, x->req->op.owner, x->req->collection, &coll, &err)) {
        run_fail(&x->run, &err);
        return;
    }
    run_use(&x->run, coll);
    run_move(&x->run, X_VIEW);
    run_open_view(&x->run, &x->view);
}

static void read_stats(struct export_run *x)
{
    x->run.view = x->view.view;
    run_move(&x->run, X_STATS);
    run_wait(&x->run, &x->stats.call);
    x->stats.view = x->run.view;
    call_stats_start(&x->stats);
}

static void read_manifests(struct export_run *x)
{
    run_move(&x->run, X_MANIFESTS);
    run_wait(&x->run, &x->blobs.call);
    x->blobs.view = x->run.view;
    x->blobs.prefix = ragd_cs(STORED_MANIFEST);
    x->blobs.after = x->after;
    x->blobs.max_blobs = MANIFESTS_PAGE;
    call_blobs_start(&x->blobs);
}

static void tell_header(struct export_run *x)
{
    struct collection_info info;
    if (run_held(&x->run)) {
        return;
    }
    if (collection_info_fill(x->run.coll, &x->arena, &info)) {
        run_fail_id(&x->run, ERR_NOMEM);
        return;
    }
    collection_info_count(&info, &x->stats.stats);
    x->req->on_header(x->req, &info);
    x->after = ragd_cs("");
    read_manifests(x);
}

static void read_docs(struct export_run *x)
{
    run_move(&x->run, X_DOCS);
    run_wait(&x->run, &x->docs.call);
    x->docs.view = x->run.view;
    x->docs.include = RAGD_INCLUDE_TEXT | RAGD_INCLUDE_META | RAGD_INCLUDE_BLOCKS;
    x->docs.after = x->after;
    x->docs.max_docs = DOCS_PAGE;
    call_docs_start(&x->docs);
}

/* The cursor behind the last of a page; false: the run has failed. */
static bool advance(struct export_run *x, struct ragd_str last)
{
    arena_release(&x->arena);
    x->after = arena_str(&x->arena, last);
    if (!x->after.p) {
        run_fail_id(&x->run, ERR_NOMEM);
        return false;
    }
    return true;
}

static void take_manifests(struct export_run *x)
{
    struct err err = {0};
    size_t n = x->blobs.n_blobs;
    if (run_held(&x->run)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct arena arena = {0};
        struct manifest manifest;
        int rc = stored_manifest_decode(x->blobs.blobs[i].bytes, &arena, &manifest, &err);
        if (!rc) {
            x->req->on_manifest(x->req, &manifest);
        }
        arena_release(&arena);
        if (rc) {
            run_fail(&x->run, &err);
            return;
        }
    }
    if (!n || !x->blobs.more) {
        x->after = ragd_cs("");
        read_docs(x);
    } else if (advance(x, x->blobs.blobs[n - 1].name)) {
        read_manifests(x);
    }
}

static void on_page(struct pages *pages, const struct chunk_out *chunks, size_t n)
{
    struct export *req = pages->user;
    for (size_t i = 0; i < n; i++) {
        req->on_record(req, &chunks[i]);
    }
}

static void read_records(struct export_run *x)
{
    run_move(&x->run, X_RECORDS);
    run_sub(&x->run, &x->pages.op);
    x->pages.coll = x->run.coll;
    x->pages.view = x->run.view;
    x->pages.include = RAGD_INCLUDE_TEXT | RAGD_INCLUDE_META | RAGD_INCLUDE_VECTOR;
    x->pages.on_page = on_page;
    x->pages.user = x->req;
    pages_start(&x->pages);
}

static void take_docs(struct export_run *x)
{
    size_t n = x->docs.n_docs;
    if (run_held(&x->run)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        x->req->on_doc(x->req, &x->docs.docs[i]);
    }
    if (!n || !x->docs.more) {
        read_records(x);
    } else if (advance(x, x->docs.docs[n - 1].id)) {
        read_docs(x);
    }
}

static void step(struct run *run)
{
    struct export_run *x = (struct export_run *)run;
    switch (run->state) {
    case X_BEGIN: begin(x); break;
    case X_VIEW: read_stats(x); break;
    case X_STATS:
        run_move(run, X_HEADER);
        tell_header(x);
        break;
    case X_HEADER: tell_header(x); break;
    case X_MANIFESTS: take_manifests(x); break;
    case X_DOCS: take_docs(x); break;
    case X_RECORDS: run_end(run); break;
    }
}

static void release(struct run *run)
{
    struct export_run *x = (struct export_run *)run;
    operation_release(&x->pages.op);
    call_release(&x->view.call);
    call_release(&x->stats.call);
    call_release(&x->blobs.call);
    call_release(&x->docs.call);
    arena_release(&x->arena);
}

static const struct run_conf CONF = {
    .name = "export",
    .size = sizeof(struct export_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void export_start(struct export *export)
{
    struct export_run *x = run_begin(&export->op, &CONF);
    if (x) {
        x->req = export;
    }
}
