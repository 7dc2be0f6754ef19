/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Documents listed and read.
 *
 * happy path: a VIEW, then pages of documents (or of chunks, by a sub-operation
 * over the same collection), each given to the caller; reading one looks for a
 * chunk of that id first, then for a document.
 * failure modes: what is not there is ERR_NO_DOCUMENT.
 * on close: cancelled at any state.
 */
#include "rag/documents.h"

#include <string.h>

#include "core/parse.h"
#include "rag/chunk.h"
#include "rag/pages.h"
#include "rag/run.h"
#include "rag/vectors.h"

enum { L_BEGIN, L_VIEW, L_DOCS, L_EMIT, L_CHUNKS };

static const struct run_state LIST_STATES[] = {
    [L_BEGIN] = {"begin", RUN_NEXT(L_VIEW) | RUN_NEXT(L_CHUNKS), 0},
    [L_VIEW] = {"view", RUN_NEXT(L_DOCS), 0},
    [L_DOCS] = {"docs", RUN_NEXT(L_EMIT), 0},
    [L_EMIT] = {"emit", RUN_NEXT(L_DOCS), 0},
    [L_CHUNKS] = {"chunks", 0, 0},
};

enum { PAGE = 128 }; /* documents */

struct list_run {
    struct run run;
    struct documents_list *req;
    uint64_t given;
    struct ragd_str after; /* in op.arena */
    struct call_view view;
    struct call_docs docs;
    struct pages pages;
};

static void list_docs(struct list_run *l)
{
    uint64_t left = l->req->limit ? l->req->limit - l->given : PAGE;
    run_move(&l->run, L_DOCS);
    run_wait(&l->run, &l->docs.call);
    l->docs.view = l->run.view;
    l->docs.include = l->req->include;
    l->docs.after = l->after;
    l->docs.max_docs = left < PAGE ? (size_t)left : PAGE;
    call_docs_start(&l->docs);
}

static void emit_docs(struct list_run *l)
{
    if (run_held(&l->run)) {
        return;
    }
    size_t n = l->docs.n_docs;
    if (n) {
        l->given += n;
        l->after = arena_str(&l->req->op.arena, l->docs.docs[n - 1].id);
        if (!l->after.p) {
            run_fail_id(&l->run, ERR_NOMEM);
            return;
        }
        l->req->on_docs(l->req, l->docs.docs, n);
    }
    bool full = l->req->limit && l->given >= l->req->limit;
    if (l->docs.more && !full && n) {
        list_docs(l);
        return;
    }
    l->req->next = l->docs.more ? l->after : ragd_cs("");
    run_end(&l->run);
}

static void on_page(struct pages *pages, const struct chunk_out *chunks, size_t n)
{
    struct documents_list *req = pages->user;
    req->on_chunks(req, chunks, n);
}

static void list_chunks(struct list_run *l)
{
    struct err err = {0};
    uint64_t after = 0;
    if (l->req->after.n && parse_uint(l->req->after, &after)) {
        err_set(&err, ERR_INVALID, "the cursor is not one that a list of chunks gave");
        run_fail(&l->run, &err);
        return;
    }
    run_move(&l->run, L_CHUNKS);
    run_sub(&l->run, &l->pages.op);
    l->pages.coll = l->run.coll;
    l->pages.filter = l->req->filter;
    l->pages.after_seq = after;
    l->pages.limit = l->req->limit;
    l->pages.include = l->req->include;
    l->pages.fill = true;
    l->pages.on_page = on_page;
    l->pages.user = l->req;
    pages_start(&l->pages);
}

static void list_begin(struct list_run *l)
{
    struct err err = {0};
    struct collection *coll;
    if (registry_find(l->run.engine, l->req->op.owner, l->req->collection, &coll, &err)) {
        run_fail(&l->run, &err);
        return;
    }
    run_use(&l->run, coll);
    if (l->req->chunks) {
        list_chunks(l);
        return;
    }
    l->after = l->req->after;
    run_move(&l->run, L_VIEW);
    run_open_view(&l->run, &l->view);
}

static void list_end_chunks(struct list_run *l)
{
    if (l->pages.more) {
        l->req->next = ragd_cs(
            arena_printf(&l->req->op.arena, "%llu", (unsigned long long)l->pages.last_seq));
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
        list_docs(l);
        break;
    case L_DOCS:
        run_move(run, L_EMIT);
        emit_docs(l);
        break;
    case L_EMIT: emit_docs(l); break;
    case L_CHUNKS: list_end_chunks(l); break;
    }
}

static void list_release(struct run *run)
{
    struct list_run *l = (struct list_run *)run;
    call_release(&l->view.call);
    call_release(&l->docs.call);
    operation_release(&l->pages.op);
}

static const struct run_conf LIST_CONF = {
    .name = "list",
    .size = sizeof(struct list_run),
    .states = LIST_STATES,
    .step = list_step,
    .release = list_release,
};

void documents_list_start(struct documents_list *list)
{
    list->next = ragd_cs("");
    struct list_run *l = run_begin(&list->op, &LIST_CONF);
    if (l) {
        l->req = list;
    }
}

enum { G_BEGIN, G_VIEW, G_CHUNK, G_VECTOR, G_SOURCE, G_DOC, G_TELL };

static const struct run_state GET_STATES[] = {
    [G_BEGIN] = {"begin", RUN_NEXT(G_VIEW), 0},
    [G_VIEW] = {"view", RUN_NEXT(G_CHUNK), 0},
    [G_CHUNK] = {"chunk", RUN_NEXT(G_VECTOR) | RUN_NEXT(G_SOURCE) | RUN_NEXT(G_DOC), 0},
    [G_VECTOR] = {"vector", RUN_NEXT(G_SOURCE), 0},
    [G_SOURCE] = {"source", 0, 0},
    [G_DOC] = {"doc", RUN_NEXT(G_TELL), 0},
    [G_TELL] = {"tell", 0, 0},
};

struct get_run {
    struct run run;
    struct documents_get *req;
    bool begun;  /* the document was told, but for its text from told on */
    size_t told; /* bytes */
    struct call_view view;
    struct call_get get;
    struct vectors_fill fill;
    struct call_docs docs;
};

static void get_begin(struct get_run *g)
{
    struct err err = {0};
    struct collection *coll;
    if (registry_find(g->run.engine, g->req->op.owner, g->req->collection, &coll, &err)) {
        run_fail(&g->run, &err);
        return;
    }
    run_use(&g->run, coll);
    run_move(&g->run, G_VIEW);
    run_open_view(&g->run, &g->view);
}

static void get_chunk(struct get_run *g)
{
    g->run.view = g->view.view;
    run_move(&g->run, G_CHUNK);
    run_wait(&g->run, &g->get.call);
    g->get.view = g->run.view;
    g->get.include = g->req->include;
    g->get.ids = &g->req->id;
    g->get.n_ids = 1;
    call_get_start(&g->get);
}

static void get_docs(struct get_run *g, int state)
{
    run_move(&g->run, state);
    run_wait(&g->run, &g->docs.call);
    g->docs.view = g->run.view;
    call_docs_start(&g->docs);
}

static void get_take_chunk(struct get_run *g)
{
    struct documents_get *req = g->req;
    req->chunk = chunk_of(&g->get.records[0], g->run.coll->settings.dim, &g->docs);
    arena_move(&req->op.arena, &g->get.call.arena);
    arena_move(&req->op.arena, &g->fill.op.arena);
    arena_move(&req->op.arena, &g->docs.call.arena);
    run_end(&g->run);
}

static void get_source(struct get_run *g)
{
    if (chunk_docs_wanted(&g->req->op.arena, g->get.records, 1, false, &g->docs)) {
        run_fail_id(&g->run, ERR_NOMEM);
    } else if (g->docs.n_ids) {
        get_docs(g, G_SOURCE);
    } else {
        get_take_chunk(g);
    }
}

static void get_chunk_found(struct get_run *g)
{
    if (!g->get.n_records) {
        g->docs.ids = &g->req->id;
        g->docs.n_ids = 1;
        g->docs.include = g->req->include | RAGD_INCLUDE_BLOCKS;
        get_docs(g, G_DOC);
        return;
    }
    if (!vectors_missing(g->run.coll, g->req->include)) {
        get_source(g);
        return;
    }
    run_move(&g->run, G_VECTOR);
    run_sub(&g->run, &g->fill.op);
    g->fill.coll = g->run.coll;
    g->fill.records = g->get.records;
    g->fill.n = 1;
    vectors_fill_start(&g->fill);
}

/* A part of the document in each turn of the loop. */
static void get_tell(struct get_run *g)
{
    struct documents_get *req = g->req;
    if (run_held(&g->run)) {
        return;
    }
    struct ragd_str rest = {req->doc->text.p + g->told, req->doc->text.n - g->told};
    size_t n = g->begun ? req->on_text(req, rest) : req->on_doc(req, req->doc);
    g->begun = true;
    g->told += n;
    if (n && g->told < req->doc->text.n) {
        run_kick(&g->run);
    } else {
        run_end(&g->run);
    }
}

static void get_doc_found(struct get_run *g)
{
    struct err err = {0};
    if (!g->docs.n_docs) {
        err_set(&err, ERR_NO_DOCUMENT, "no document or chunk '%.*s' in collection %s",
                (int)(g->req->id.n < 256 ? g->req->id.n : 256), g->req->id.p,
                g->run.coll->name);
        err_hint(&err, "rag ls -c %s lists them", g->run.coll->name);
        run_fail(&g->run, &err);
        return;
    }
    g->req->doc = &g->docs.docs[0];
    arena_move(&g->req->op.arena, &g->docs.call.arena);
    run_move(&g->run, G_TELL);
    get_tell(g);
}

static void get_step(struct run *run)
{
    struct get_run *g = (struct get_run *)run;
    switch (run->state) {
    case G_BEGIN: get_begin(g); break;
    case G_VIEW: get_chunk(g); break;
    case G_CHUNK: get_chunk_found(g); break;
    case G_VECTOR: get_source(g); break;
    case G_SOURCE: get_take_chunk(g); break;
    case G_DOC: get_doc_found(g); break;
    case G_TELL: get_tell(g); break;
    }
}

static void get_release(struct run *run)
{
    struct get_run *g = (struct get_run *)run;
    call_release(&g->view.call);
    call_release(&g->get.call);
    operation_release(&g->fill.op);
    call_release(&g->docs.call);
}

static const struct run_conf GET_CONF = {
    .name = "get",
    .size = sizeof(struct get_run),
    .states = GET_STATES,
    .step = get_step,
    .release = get_release,
};

void documents_get_start(struct documents_get *get)
{
    get->doc = NULL;
    get->chunk = (struct chunk_out){0};
    struct get_run *g = run_begin(&get->op, &GET_CONF);
    if (g) {
        g->req = get;
    }
}
