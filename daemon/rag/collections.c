/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Collections described, listed, renamed and removed.
 *
 * happy path: describing and listing look at each one's counts in a view (one
 * that cannot be read is listed as the registry knows it, with the reason);
 * renaming takes the new name in memory, then APPLY and COMMIT the settings;
 * removing takes the collection out of the map, waits in UNUSED for the
 * operations that use it, then DROPs it.
 * failure modes: a rename or removal that the store refuses is taken back.
 * on close: once a change was begun it is not cancelled any more.
 */
#include "rag/collections.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "rag/registry.h"
#include "rag/run.h"

enum { V_BEGIN, V_VIEW, V_STATS, V_APPLY, V_COMMIT, V_UNUSED, V_DROP };

static const struct run_state VERB_STATES[] = {
    [V_BEGIN] = {"begin", RUN_NEXT(V_VIEW), 0},
    [V_VIEW] = {"view", RUN_NEXT(V_STATS), 0},
    [V_STATS] = {"stats", RUN_NEXT(V_APPLY) | RUN_NEXT(V_UNUSED), 0},
    [V_APPLY] = {"apply", RUN_NEXT(V_COMMIT), RUN_FINAL},
    [V_COMMIT] = {"commit", 0, RUN_FINAL},
    [V_UNUSED] = {"unused", RUN_NEXT(V_DROP), RUN_FINAL},
    [V_DROP] = {"drop", 0, RUN_FINAL},
};

struct verb_run {
    struct run run;
    struct collection_verb_op *req;
    struct ragd_str old_name; /* of a rename, until it is durable */
    bool entered;             /* the committer */
    struct buf blob;
    struct ragd_blob blob_ref;
    struct call_view view;
    struct call_stats stats;
    struct call_apply apply;
    struct call_coll drop;
};

static int fill(const struct collection *coll, const struct ragd_coll_stats *stats,
                struct arena *arena, struct collection_info *out)
{
    if (collection_info_fill(coll, arena, out)) {
        return RAGD_E_NOMEM;
    }
    collection_info_count(out, stats);
    return 0;
}

static void verb_begin(struct verb_run *v)
{
    struct err err = {0};
    struct collection *coll;
    struct collection_verb_op *req = v->req;
    if ((req->verb == COLLECTION_RENAME && collection_name_check(req->new_name, &err)) ||
        registry_find(v->run.engine, req->op.owner, req->name, &coll, &err)) {
        run_fail(&v->run, &err);
        return;
    }
    run_use(&v->run, coll);
    run_move(&v->run, V_VIEW);
    run_open_view(&v->run, &v->view);
}

static void verb_stats(struct verb_run *v)
{
    v->run.view = v->view.view;
    run_move(&v->run, V_STATS);
    run_wait(&v->run, &v->stats.call);
    v->stats.view = v->run.view;
    call_stats_start(&v->stats);
}

static void rename_begin(struct verb_run *v)
{
    struct err err = {0};
    struct collection *coll = v->run.coll;
    struct stored_collection renamed = coll->settings;
    renamed.name = v->req->new_name;
    v->old_name = coll->settings.name;
    if (stored_collection_encode(&renamed, &v->blob)) {
        err_set(&err, ERR_NOMEM, NULL);
    } else if (coll->removed) {
        err_set(&err, ERR_NO_COLLECTION, "collection %s is being removed", coll->name);
    } else {
        (void)registry_rename(coll, &renamed, &err);
    }
    if (err.id) {
        run_fail(&v->run, &err);
        return;
    }
    v->blob_ref = (struct ragd_blob){ragd_cs(STORED_SETTINGS), {v->blob.p, v->blob.n}};
    run_move(&v->run, V_APPLY);
    run_try(&v->run, &v->apply.call);
    v->apply.coll = coll->coll;
    v->apply.change = (struct ragd_apply){.struct_size = sizeof(v->apply.change),
                                          .blobs = &v->blob_ref,
                                          .n_blobs = 1};
    call_apply_start(&v->apply);
}

/* Takes the old name back. It was free a moment ago and its slot in the map
 * may need memory: without it the new name stays until the next start. */
static void rename_undo(struct verb_run *v)
{
    struct stored_collection old = v->run.coll->settings;
    struct err err = v->apply.call.err;
    old.name = v->old_name;
    (void)registry_rename(v->run.coll, &old, NULL);
    run_fail(&v->run, &err);
}

static void rename_commit(struct verb_run *v)
{
    if (v->apply.call.status < 0) {
        rename_undo(v);
        return;
    }
    run_move(&v->run, V_COMMIT);
    commit_enter(v->run.coll);
    v->entered = true;
    run_commit(&v->run);
}

static void on_unused(void *arg)
{
    run_kick(arg);
}

static void remove_begin(struct verb_run *v)
{
    struct collection *coll = v->run.coll;
    if (coll->removed) {
        struct err err = {0};
        err_set(&err, ERR_NO_COLLECTION, "collection %s is being removed", coll->name);
        run_fail(&v->run, &err);
        return;
    }
    struct err why = {0};
    err_set(&why, ERR_NO_COLLECTION, "collection %s was removed meanwhile", coll->name);
    view_close(v->run.view);
    v->run.view = NULL;
    registry_drop(coll);
    run_move(&v->run, V_UNUSED);
    coll->on_unused = on_unused;
    coll->unused_arg = &v->run;
    LIST_EACH(&v->run.engine->runs, node)
    {
        struct run *run = LIST_OF(node, struct run, link);
        if (run->coll == coll && run != &v->run && !run->is_sub) {
            run_stop(run->op, &why);
        }
    }
    run_kick(&v->run);
}

static void remove_drop(struct verb_run *v)
{
    struct collection *coll = v->run.coll;
    if (coll->refs > 1) {
        return; /* on_unused tells */
    }
    coll->on_unused = NULL;
    run_move(&v->run, V_DROP);
    run_try(&v->run, &v->drop.call);
    collection_drop_start(coll, &v->drop);
}

static void remove_end(struct verb_run *v)
{
    struct err err = v->drop.call.err;
    collection_dropped(v->run.coll, &v->drop);
    if (v->drop.call.status < 0) {
        run_fail(&v->run, &err);
    } else {
        run_end(&v->run);
    }
}

static void verb_act(struct verb_run *v)
{
    if (fill(v->run.coll, &v->stats.stats, &v->req->op.arena, &v->req->info)) {
        run_fail_id(&v->run, ERR_NOMEM);
    } else if (v->req->verb == COLLECTION_RENAME) {
        rename_begin(v);
    } else if (v->req->verb == COLLECTION_REMOVE) {
        remove_begin(v);
    } else {
        run_end(&v->run);
    }
}

static void verb_step(struct run *run)
{
    struct verb_run *v = (struct verb_run *)run;
    switch (run->state) {
    case V_BEGIN: verb_begin(v); break;
    case V_VIEW: verb_stats(v); break;
    case V_STATS: verb_act(v); break;
    case V_APPLY: rename_commit(v); break;
    case V_COMMIT:
        v->req->info.name = arena_str(&v->req->op.arena, v->req->new_name);
        run_end(run);
        break;
    case V_UNUSED: remove_drop(v); break;
    case V_DROP: remove_end(v); break;
    }
}

static void verb_release(struct run *run)
{
    struct verb_run *v = (struct verb_run *)run;
    if (v->entered) {
        commit_leave(run->coll);
    }
    buf_release(&v->blob);
    call_release(&v->view.call);
    call_release(&v->stats.call);
    call_release(&v->apply.call);
    call_release(&v->drop.call);
}

static const struct run_conf VERB_CONF = {
    .name = "collection",
    .size = sizeof(struct verb_run),
    .states = VERB_STATES,
    .step = verb_step,
    .release = verb_release,
};

void collection_verb_start(struct collection_verb_op *req)
{
    struct verb_run *v = run_begin(&req->op, &VERB_CONF);
    if (v) {
        v->req = req;
    }
}

enum { L_BEGIN, L_VIEW, L_STATS };

static const struct run_state LIST_STATES[] = {
    [L_BEGIN] = {"begin", RUN_NEXT(L_VIEW), 0},
    [L_VIEW] = {"view", RUN_NEXT(L_VIEW) | RUN_NEXT(L_STATS), 0},
    [L_STATS] = {"stats", RUN_NEXT(L_VIEW), 0},
};

struct list_run {
    struct run run;
    struct collection_list *req;
    struct collection **colls; /* references */
    size_t n, at;
    struct call_view view;
    struct call_stats stats;
};

static int by_name(const void *a, const void *b)
{
    const struct collection *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int list_collect(struct list_run *l)
{
    size_t n = 0;
    LIST_EACH(&l->run.engine->collections, node)
    {
        n++;
    }
    l->colls = mem_calloc(n, sizeof(struct collection *));
    l->req->infos = arena_calloc(&l->req->op.arena, n, sizeof(*l->req->infos));
    if (!l->colls || !l->req->infos) {
        return RAGD_E_NOMEM;
    }
    LIST_EACH(&l->run.engine->collections, node)
    {
        struct collection *coll = LIST_OF(node, struct collection, link);
        if (coll->settings.owner == l->req->op.owner) {
            l->colls[l->n++] = collection_ref(coll);
        }
    }
    qsort(l->colls, l->n, sizeof(struct collection *), by_name);
    return 0;
}

static void list_next(struct list_run *l)
{
    if (l->at == l->n) {
        l->req->n = l->n;
        run_end(&l->run);
        return;
    }
    run_move(&l->run, L_VIEW);
    collection_unref(l->run.coll);
    l->run.coll = collection_ref(l->colls[l->at]);
    run_try_view(&l->run, &l->view);
}

static void list_begin(struct list_run *l)
{
    if (engine_check_complete(l->run.engine, &l->req->incomplete) == 0) {
        (void)engine_check_gone(l->run.engine, l->req->op.owner, &l->req->incomplete);
    }
    if (list_collect(l)) {
        run_fail_id(&l->run, ERR_NOMEM);
        return;
    }
    list_next(l);
}

static void list_stats(struct list_run *l)
{
    l->run.view = l->view.view;
    run_move(&l->run, L_STATS);
    run_try(&l->run, &l->stats.call);
    l->stats.view = l->run.view;
    call_stats_start(&l->stats);
}

/* What the registry knows, and why that is all. */
static int fill_broken(struct list_run *l, const struct err *err)
{
    struct arena *arena = &l->req->op.arena;
    struct collection_info *info = &l->req->infos[l->at];
    struct err *problem = arena_alloc(arena, sizeof(*problem));
    if (!problem || collection_info_fill(l->run.coll, arena, info)) {
        return RAGD_E_NOMEM;
    }
    *problem = *err;
    info->problem = problem;
    return 0;
}

/* What ends the listing and not only an entry of it. */
static bool is_fatal(const struct call *call)
{
    return call->err.id == ERR_CANCELLED || call->err.id == ERR_DEADLINE ||
           call->err.id == ERR_NOMEM;
}

static void list_take(struct list_run *l, const struct call *call)
{
    struct collection_info *info = &l->req->infos[l->at];
    if (call->status < 0 && is_fatal(call)) {
        run_fail(&l->run, &call->err);
        return;
    }
    if (call->status < 0 ? fill_broken(l, &call->err)
                         : fill(l->run.coll, &l->stats.stats, &l->req->op.arena, info)) {
        run_fail_id(&l->run, ERR_NOMEM);
        return;
    }
    l->at++;
    list_next(l);
}

static void list_step(struct run *run)
{
    struct list_run *l = (struct list_run *)run;
    switch (run->state) {
    case L_BEGIN: list_begin(l); break;
    case L_VIEW:
        if (l->view.call.status < 0) {
            list_take(l, &l->view.call);
        } else {
            list_stats(l);
        }
        break;
    case L_STATS: list_take(l, &l->stats.call); break;
    }
}

static void list_release(struct run *run)
{
    struct list_run *l = (struct list_run *)run;
    for (size_t i = 0; i < l->n; i++) {
        collection_unref(l->colls[i]);
    }
    mem_free(l->colls);
    call_release(&l->view.call);
    call_release(&l->stats.call);
}

static const struct run_conf LIST_CONF = {
    .name = "collections",
    .size = sizeof(struct list_run),
    .states = LIST_STATES,
    .step = list_step,
    .release = list_release,
};

void collection_list_start(struct collection_list *req)
{
    struct list_run *l = run_begin(&req->op, &LIST_CONF);
    if (l) {
        l->req = req;
    }
}
