/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Exporting.
 *
 * happy path: a VIEW, STATS for the header, then MANIFESTS page by page, each
 * DECODEd on a worker and told (EMIT), DOCS likewise with their texts in parts,
 * and RECORDS by a sub-operation, all from that view. Telling takes a part of a
 * turn of the loop, however large a document is.
 * failure modes: a manifest that cannot be read fails the export.
 * on close: cancelled at any state.
 */
#include "rag/transfer.h"

#include <string.h>

#include "rag/pages.h"
#include "rag/run.h"

enum {
    X_BEGIN,
    X_VIEW,
    X_STATS,
    X_HEADER,
    X_MANIFESTS,
    X_DECODE,
    X_EMIT_MANIFESTS,
    X_DOCS,
    X_EMIT_DOCS,
    X_RECORDS,
};

static const struct run_state STATES[] = {
    [X_BEGIN] = {"begin", RUN_NEXT(X_VIEW), 0},
    [X_VIEW] = {"view", RUN_NEXT(X_STATS), 0},
    [X_STATS] = {"stats", RUN_NEXT(X_HEADER), 0},
    [X_HEADER] = {"header", RUN_NEXT(X_MANIFESTS), 0},
    [X_MANIFESTS] = {"manifests", RUN_NEXT(X_DECODE), 0},
    [X_DECODE] = {"decode", RUN_NEXT(X_EMIT_MANIFESTS), 0},
    [X_EMIT_MANIFESTS] = {"emit manifests", RUN_NEXT(X_MANIFESTS) | RUN_NEXT(X_DOCS), 0},
    [X_DOCS] = {"docs", RUN_NEXT(X_EMIT_DOCS), 0},
    [X_EMIT_DOCS] = {"emit docs", RUN_NEXT(X_DOCS) | RUN_NEXT(X_RECORDS), 0},
    [X_RECORDS] = {"records", 0, 0},
};

enum {
    MANIFESTS_PAGE = 64,
    DOCS_PAGE = 16,         /* documents come with their texts */
    TURN_BYTES = 128 << 10, /* told in one turn of the loop, and what passes it */
};

struct export_run {
    struct run run;
    struct export *req;
    struct arena arena; /* of a page, and of the cursor */
    struct ragd_str after;
    struct manifest *manifests; /* of the page */
    size_t at;                  /* item of the page that is told next */
    bool in_text;               /* its text is told from text_at on */
    size_t text_at;
    struct call_work work;
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
    call_memory_release(&x->arena);
    x->after = arena_str(&x->arena, last);
    if (!x->after.p) {
        run_fail_id(&x->run, ERR_NOMEM);
        return false;
    }
    return true;
}

static int do_decode(struct call_work *work, struct err *err)
{
    struct export_run *x =
        (struct export_run *)((char *)work - offsetof(struct export_run, work));
    size_t n = x->blobs.n_blobs;
    x->manifests = arena_calloc(&x->arena, n, sizeof(*x->manifests));
    int rc = x->manifests ? 0 : err_set(err, ERR_NOMEM, NULL);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = stored_manifest_decode(x->blobs.blobs[i].bytes, &x->arena, &x->manifests[i],
                                    err);
    }
    return rc;
}

static void decode(struct export_run *x)
{
    x->at = 0;
    run_move(&x->run, X_DECODE);
    run_wait(&x->run, &x->work.call);
    x->work.work = do_decode;
    call_work_start(&x->work);
}

static size_t manifest_bytes(const struct manifest *manifest)
{
    size_t n = 0;
    for (size_t i = 0; i < manifest->n_docs; i++) {
        n += manifest->docs[i].n_chunks * sizeof(*manifest->docs->chunks);
    }
    return n;
}

static void emit_manifests(struct export_run *x)
{
    size_t n = x->blobs.n_blobs, bytes = 0;
    for (; x->at < n; x->at++) {
        if (run_held(&x->run)) {
            return;
        }
        if (bytes >= TURN_BYTES) {
            run_kick(&x->run); /* the next turn goes on */
            return;
        }
        bytes += manifest_bytes(&x->manifests[x->at]);
        x->req->on_manifest(x->req, &x->manifests[x->at]);
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

/* The document at hand, or the next part of its text; the bytes told. */
static size_t emit_doc(struct export_run *x)
{
    const struct ragd_stored_doc *doc = &x->docs.docs[x->at];
    struct ragd_str rest = {doc->text.p + x->text_at, doc->text.n - x->text_at};
    size_t n = x->in_text ? x->req->on_text(x->req, rest) : x->req->on_doc(x->req, doc);
    x->text_at += n;
    x->in_text = n > 0 && x->text_at < doc->text.n;
    if (!x->in_text) {
        x->text_at = 0;
        x->at++;
    }
    return n;
}

static void emit_docs(struct export_run *x)
{
    size_t n = x->docs.n_docs, bytes = 0;
    while (x->at < n) {
        if (run_held(&x->run)) {
            return;
        }
        if (bytes >= TURN_BYTES) {
            run_kick(&x->run); /* the next turn goes on */
            return;
        }
        bytes += emit_doc(x);
    }
    if (!n || !x->docs.more) {
        read_records(x);
    } else if (advance(x, x->docs.docs[n - 1].id)) {
        read_docs(x);
    }
}

static void take_docs(struct export_run *x)
{
    x->at = 0;
    run_move(&x->run, X_EMIT_DOCS);
    emit_docs(x);
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
    case X_MANIFESTS: decode(x); break;
    case X_DECODE:
        run_move(run, X_EMIT_MANIFESTS);
        emit_manifests(x);
        break;
    case X_EMIT_MANIFESTS: emit_manifests(x); break;
    case X_DOCS: take_docs(x); break;
    case X_EMIT_DOCS: emit_docs(x); break;
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
    call_release(&x->work.call);
    call_memory_release(&x->arena);
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
