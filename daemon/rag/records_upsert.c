/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Records put in.
 *
 * happy path: the collection is found (or made: CREATE), all records are checked;
 * EMBEDDER and EMBED make the vectors that are missing, VIEW and GET tell which
 * ids are there, APPLY writes all at once, COMMIT makes it durable.
 * failure modes: nothing was changed by a failed one, unless COMMIT failed; a
 * collection that was made for it goes in UNDO.
 * on close: from APPLY on it is not cancelled any more.
 */
#include <string.h>

#include "core/map.h"
#include "rag/embedder.h"
#include "rag/need.h"
#include "rag/record_check.h"
#include "rag/run.h"

enum { U_BEGIN, U_CREATE, U_EMBEDDER, U_EMBED, U_VIEW, U_GET, U_APPLY, U_COMMIT, U_UNDO };

#define U_CHECKED \
    (RUN_NEXT(U_EMBEDDER) | RUN_NEXT(U_EMBED) | RUN_NEXT(U_VIEW) | RUN_NEXT(U_UNDO))

static const struct run_state STATES[] = {
    [U_BEGIN] = {"begin", RUN_NEXT(U_CREATE) | U_CHECKED, 0},
    [U_CREATE] = {"create", U_CHECKED, 0},
    [U_EMBEDDER] = {"embedder", RUN_NEXT(U_EMBED) | RUN_NEXT(U_UNDO), 0},
    [U_EMBED] = {"embed", RUN_NEXT(U_VIEW) | RUN_NEXT(U_UNDO), 0},
    [U_VIEW] = {"view", RUN_NEXT(U_GET) | RUN_NEXT(U_UNDO), 0},
    [U_GET] = {"get", RUN_NEXT(U_APPLY) | RUN_NEXT(U_UNDO), 0},
    [U_APPLY] = {"apply", RUN_NEXT(U_COMMIT) | RUN_NEXT(U_UNDO), RUN_FINAL},
    [U_COMMIT] = {"commit", RUN_NEXT(U_UNDO), RUN_FINAL},
    [U_UNDO] = {"undo", 0, RUN_FINAL},
};

struct upsert_run {
    struct run run;
    struct records_upsert *req;
    bool entered;
    uint64_t updated;
    struct arena arena;
    struct ragd_record *records;
    const struct ragd_record **refs;
    struct ragd_str *ids;
    struct ragd_str *texts; /* to embed, and whose they are */
    size_t *owners;
    size_t n_texts;
    struct need need;
    struct err err; /* what UNDO ends with */
    struct embedder_check check;
    struct call_embed embed;
    struct call_view view;
    struct call_get get;
    struct call_apply apply;
};

static void fail(struct run *run, const struct err *err)
{
    struct upsert_run *u = (struct upsert_run *)run;
    u->err = *err;
    if (need_undo(run, &u->need)) {
        run_move(run, U_UNDO);
    } else {
        run_fail(run, &u->err);
    }
}

static int alloc(struct upsert_run *u)
{
    size_t n = u->req->n;
    u->records = arena_calloc(&u->arena, n, sizeof(*u->records));
    u->refs = arena_calloc(&u->arena, n, sizeof(*u->refs));
    u->ids = arena_calloc(&u->arena, n, sizeof(*u->ids));
    u->texts = arena_calloc(&u->arena, n, sizeof(*u->texts));
    u->owners = arena_calloc(&u->arena, n, sizeof(*u->owners));
    bool made = u->records && u->refs && u->ids && u->texts && u->owners;
    return made ? 0 : RAGD_E_NOMEM;
}

static int check_unique(struct upsert_run *u, struct err *err)
{
    struct map seen = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i < u->req->n; i++) {
        struct ragd_str id = u->req->records[i].id;
        if (map_get(&seen, id)) {
            rc = err_set(err, ERR_INVALID, "the id '%.*s' is given twice",
                         (int)(id.n < 64 ? id.n : 64), id.p);
        } else if (map_put(&seen, id, u)) {
            rc = err_set(err, ERR_NOMEM, NULL);
        }
    }
    map_release(&seen);
    return rc;
}

static int check_size(const struct upsert_run *u, struct err *err)
{
    if (u->req->n > u->run.engine->limits.records) {
        err_set(err, ERR_LIMIT, "%zu records at once, limits.records is %llu", u->req->n,
                (unsigned long long)u->run.engine->limits.records);
        return err_hint(err, "send them in several parts");
    }
    return 0;
}

static int prepare(struct upsert_run *u, struct err *err)
{
    const struct record_rules rules = record_rules_of(u->run.coll);
    int rc = alloc(u) ? err_set(err, ERR_NOMEM, NULL) : check_unique(u, err);
    for (size_t i = 0; !rc && i < u->req->n; i++) {
        const struct record_in *in = &u->req->records[i];
        rc = record_check(&rules, in, err);
        u->ids[i] = in->id;
        u->refs[i] = &u->records[i];
        u->records[i] = (struct ragd_record){.struct_size = sizeof(*u->records),
                                             .id = in->id,
                                             .doc_id = ragd_cs(""),
                                             .text = in->text,
                                             .vec = in->vec};
        if (!rc && arena_kvs(&u->arena, in->meta, &u->records[i].meta)) {
            rc = err_set(err, ERR_NOMEM, NULL);
        }
        if (record_wants_vector(&rules, in)) {
            u->owners[u->n_texts] = i;
            u->texts[u->n_texts++] = in->text;
        }
    }
    return rc;
}

static void open_view(struct upsert_run *u)
{
    run_move(&u->run, U_VIEW);
    run_open_view(&u->run, &u->view);
}

static void embed(struct upsert_run *u)
{
    run_move(&u->run, U_EMBED);
    run_wait(&u->run, &u->embed.call);
    u->embed.embedder = u->run.coll->embedder;
    u->embed.purpose = RAGD_EMBED_DOCUMENT;
    u->embed.metric = u->run.coll->settings.metric;
    u->embed.dim = u->run.coll->settings.dim;
    u->embed.texts = u->texts;
    u->embed.n = u->n_texts;
    call_embed_start(&u->embed);
}

static void begin_checked(struct upsert_run *u)
{
    struct err err = {0};
    if (prepare(u, &err)) {
        fail(&u->run, &err);
    } else if (!u->n_texts) {
        open_view(u);
    } else if (u->run.coll->embedder) {
        embed(u);
    } else {
        run_move(&u->run, U_EMBEDDER);
        run_sub(&u->run, &u->check.op);
        u->check.coll = u->run.coll;
        embedder_check_start(&u->check);
    }
}

static void begin(struct upsert_run *u)
{
    struct err err = {0};
    if (check_size(u, &err)) {
        run_fail(&u->run, &err);
        return;
    }
    switch (need_collection(&u->run, &u->need, u->req->collection, NULL)) {
    case NEED_READY: begin_checked(u); break;
    case NEED_WAIT: run_move(&u->run, U_CREATE); break;
    case NEED_GONE: break;
    }
}

static void take_vectors(struct upsert_run *u)
{
    for (size_t i = 0; i < u->n_texts; i++) {
        u->records[u->owners[i]].vec = u->embed.rows +
                                       i * (size_t)u->run.coll->settings.dim;
    }
    open_view(u);
}

static void get(struct upsert_run *u)
{
    u->run.view = u->view.view;
    run_move(&u->run, U_GET);
    run_wait(&u->run, &u->get.call);
    u->get.view = u->run.view;
    u->get.include = 0;
    u->get.ids = u->ids;
    u->get.n_ids = u->req->n;
    call_get_start(&u->get);
}

static void apply(struct upsert_run *u)
{
    struct err err = {0};
    if (record_check_owned(u->get.records, u->get.n_records, &err)) {
        fail(&u->run, &err);
        return;
    }
    u->updated = u->get.n_records;
    commit_enter(u->run.coll);
    u->entered = true;
    run_move(&u->run, U_APPLY);
    run_wait(&u->run, &u->apply.call);
    u->apply.coll = u->run.coll->coll;
    u->apply.change = (struct ragd_apply){.struct_size = sizeof(u->apply.change),
                                          .records = u->refs,
                                          .n_records = u->req->n};
    call_apply_start(&u->apply);
}

static void committed(struct upsert_run *u)
{
    struct records_upsert *req = u->req;
    req->updated = u->updated;
    req->inserted = req->n - u->updated;
    req->embedded = u->n_texts;
    u->run.coll->records += req->inserted;
    run_end(&u->run);
}

static void step(struct run *run)
{
    struct upsert_run *u = (struct upsert_run *)run;
    switch (run->state) {
    case U_BEGIN: begin(u); break;
    case U_CREATE:
        if (need_made(run, &u->need) == NEED_READY) {
            begin_checked(u);
        }
        break;
    case U_EMBEDDER: embed(u); break;
    case U_EMBED: take_vectors(u); break;
    case U_VIEW: get(u); break;
    case U_GET: apply(u); break;
    case U_APPLY:
        run_move(run, U_COMMIT);
        run_commit(run);
        break;
    case U_COMMIT: committed(u); break;
    case U_UNDO:
        need_undone(run, &u->need);
        run_fail(run, &u->err);
        break;
    }
}

static void release(struct run *run)
{
    struct upsert_run *u = (struct upsert_run *)run;
    if (u->entered) {
        commit_leave(run->coll);
    }
    need_release(&u->need);
    operation_release(&u->check.op);
    call_release(&u->embed.call);
    call_release(&u->view.call);
    call_release(&u->get.call);
    call_release(&u->apply.call);
    call_memory_release(&u->arena);
}

static const struct run_conf CONF = {
    .name = "upsert",
    .size = sizeof(struct upsert_run),
    .states = STATES,
    .step = step,
    .fail = fail,
    .release = release,
};

void records_upsert_start(struct records_upsert *upsert)
{
    upsert->inserted = upsert->updated = upsert->embedded = 0;
    struct upsert_run *u = run_begin(&upsert->op, &CONF);
    if (u) {
        u->req = upsert;
    }
}
