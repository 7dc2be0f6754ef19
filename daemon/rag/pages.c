/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/pages.h"

#include "rag/chunk.h"
#include "rag/run.h"
#include "rag/vectors.h"

enum { P_BEGIN, P_VIEW, P_READ, P_VECTORS, P_DOCS, P_EMIT };

static const struct run_state STATES[] = {
    [P_BEGIN] = {"begin", RUN_NEXT(P_VIEW) | RUN_NEXT(P_READ), 0},
    [P_VIEW] = {"view", RUN_NEXT(P_READ), 0},
    [P_READ] = {"read", RUN_NEXT(P_VECTORS) | RUN_NEXT(P_DOCS) | RUN_NEXT(P_EMIT), 0},
    [P_VECTORS] = {"vectors", RUN_NEXT(P_DOCS) | RUN_NEXT(P_EMIT), 0},
    [P_DOCS] = {"docs", RUN_NEXT(P_EMIT), 0},
    [P_EMIT] = {"emit", RUN_NEXT(P_READ), 0},
};

enum { PAGE = 256 }; /* records; the store may end a page earlier */

struct pages_run {
    struct run run;
    struct pages *req;
    struct view *view;
    size_t at;      /* of the ids */
    uint64_t given; /* records so far */
    struct ragd_record *records;
    size_t n;
    bool more;
    bool fills;         /* vectors are to be made of the texts */
    struct arena arena; /* of the page */
    struct call_view open;
    struct call_get get;
    struct call_scan scan;
    struct vectors_fill fill;
    struct call_docs docs;
};

static size_t page_size(const struct pages_run *p)
{
    uint64_t left = p->req->limit ? p->req->limit - p->given : PAGE;
    return left < PAGE ? (size_t)left : PAGE;
}

static uint32_t include_of(const struct pages_run *p)
{
    return p->req->include | (p->fills ? RAGD_INCLUDE_TEXT : 0);
}

static void read_ids(struct pages_run *p)
{
    size_t left = p->req->n_ids - p->at, n = page_size(p);
    n = n < left ? n : left;
    run_wait(&p->run, &p->get.call);
    p->get.view = p->view;
    p->get.include = include_of(p);
    p->get.ids = p->req->ids + p->at;
    p->get.n_ids = n;
    p->at += n;
    call_get_start(&p->get);
}

static void read_page(struct pages_run *p)
{
    run_move(&p->run, P_READ);
    if (p->req->n_ids) {
        read_ids(p);
        return;
    }
    run_wait(&p->run, &p->scan.call);
    p->scan.view = p->view;
    p->scan.include = include_of(p);
    p->scan.filter = p->req->filter;
    p->scan.after_seq = p->given ? p->req->last_seq : p->req->after_seq;
    p->scan.max_records = page_size(p);
    call_scan_start(&p->scan);
}

static void emit(struct pages_run *p);

/* Sources of those whose ids do not tell them. */
static void read_docs(struct pages_run *p)
{
    for (size_t i = 0; p->fills && i < p->n; i++) {
        chunk_mask(&p->records[i], p->req->include);
    }
    if (chunk_docs_wanted(&p->arena, p->records, p->n, false, &p->docs)) {
        run_fail_id(&p->run, ERR_NOMEM);
        return;
    }
    if (!p->docs.n_ids) {
        run_move(&p->run, P_EMIT);
        emit(p);
        return;
    }
    run_move(&p->run, P_DOCS);
    run_wait(&p->run, &p->docs.call);
    p->docs.view = p->view;
    call_docs_start(&p->docs);
}

static void take_page(struct pages_run *p)
{
    bool by_id = p->req->n_ids > 0;
    p->records = by_id ? p->get.records : p->scan.records;
    p->n = by_id ? p->get.n_records : p->scan.n_records;
    p->more = by_id ? p->at < p->req->n_ids : p->scan.more;
    call_memory_release(&p->arena);
    call_release(&p->docs.call);
    if (!p->fills) {
        read_docs(p);
        return;
    }
    operation_release(&p->fill.op); /* of the page before */
    run_move(&p->run, P_VECTORS);
    run_sub(&p->run, &p->fill.op);
    p->fill.coll = p->run.coll;
    p->fill.records = p->records;
    p->fill.n = p->n;
    vectors_fill_start(&p->fill);
}

static void emit(struct pages_run *p)
{
    if (run_held(&p->run)) {
        return;
    }
    struct chunk_out *chunks = arena_calloc(&p->arena, p->n, sizeof(*chunks));
    if (!chunks) {
        run_fail_id(&p->run, ERR_NOMEM);
        return;
    }
    for (size_t i = 0; i < p->n; i++) {
        chunks[i] = chunk_of(&p->records[i], p->run.coll->settings.dim, &p->docs);
    }
    if (p->n) {
        p->given += p->n;
        p->req->last_seq = p->records[p->n - 1].seq;
        p->req->on_page(p->req, chunks, p->n);
    }
    bool full = p->req->limit && p->given >= p->req->limit;
    if (!p->more || full) {
        p->req->more = p->more;
        run_end(&p->run);
        return;
    }
    read_page(p);
}

static void begin(struct pages_run *p)
{
    run_use(&p->run, p->req->coll);
    p->fills = p->req->fill && vectors_missing(p->req->coll, p->req->include);
    if (p->req->view) {
        p->view = p->req->view;
        read_page(p);
        return;
    }
    run_move(&p->run, P_VIEW);
    run_open_view(&p->run, &p->open);
}

static void step(struct run *run)
{
    struct pages_run *p = (struct pages_run *)run;
    switch (run->state) {
    case P_BEGIN: begin(p); break;
    case P_VIEW:
        run->view = p->view = p->open.view;
        read_page(p);
        break;
    case P_READ: take_page(p); break;
    case P_VECTORS: read_docs(p); break;
    case P_DOCS:
        run_move(run, P_EMIT);
        emit(p);
        break;
    case P_EMIT: emit(p); break;
    }
}

static void release(struct run *run)
{
    struct pages_run *p = (struct pages_run *)run;
    call_memory_release(&p->arena);
    call_release(&p->open.call);
    call_release(&p->get.call);
    call_release(&p->scan.call);
    operation_release(&p->fill.op);
    call_release(&p->docs.call);
}

static const struct run_conf CONF = {
    .name = "pages",
    .size = sizeof(struct pages_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void pages_start(struct pages *pages)
{
    struct pages_run *p = run_begin(&pages->op, &CONF);
    if (p) {
        p->req = pages;
    }
}
