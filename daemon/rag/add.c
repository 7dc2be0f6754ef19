/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Adding sources.
 *
 * happy path: BEGIN finds the collection or makes it (CREATE), EMBEDDER checks
 * its vector space (CHECK: and the one the caller named), JOB gives it a number,
 * RUN works on sources, some at a time, as they are announced or listed; when
 * all are done END writes the job's end.
 * failure modes: a source's failure is its result and nothing else's; before
 * RUN a failure ends the add. UNDO takes the collection away again that was
 * made for it, when not one source was stored.
 * on close: cancelled, it waits in RUN for the sources at work, which end soon;
 * interrupted (or the engine stops), sources that have their bytes go on.
 */
#include "rag/add.h"

#include <string.h>

#include "core/clock.h"
#include "rag/add_sources.h"
#include "rag/kvs.h"

enum { A_BEGIN, A_CREATE, A_EMBEDDER, A_CHECK, A_JOB, A_RUN, A_END, A_UNDO };

static const struct run_state STATES[] = {
    [A_BEGIN] = {"begin",
                 RUN_NEXT(A_CREATE) | RUN_NEXT(A_EMBEDDER) | RUN_NEXT(A_CHECK) |
                     RUN_NEXT(A_JOB) | RUN_NEXT(A_RUN),
                 0},
    [A_CREATE] = {"create",
                  RUN_NEXT(A_EMBEDDER) | RUN_NEXT(A_CHECK) | RUN_NEXT(A_JOB) |
                      RUN_NEXT(A_UNDO),
                  0},
    [A_EMBEDDER] = {"embedder", RUN_NEXT(A_CHECK) | RUN_NEXT(A_JOB) | RUN_NEXT(A_UNDO), 0},
    [A_CHECK] = {"check", RUN_NEXT(A_JOB) | RUN_NEXT(A_UNDO), 0},
    [A_JOB] = {"job", RUN_NEXT(A_RUN) | RUN_NEXT(A_UNDO), 0},
    [A_RUN] = {"run", RUN_NEXT(A_END), RUN_FINAL},
    [A_END] = {"end", RUN_NEXT(A_UNDO), RUN_FINAL},
    [A_UNDO] = {"undo", 0, RUN_FINAL},
};

static struct add_run *run_of(struct add *add)
{
    return (struct add_run *)add->op.run;
}

static void leave(struct add_run *a)
{
    if (a->err.id) {
        run_fail(&a->run, &a->err);
    } else {
        run_end(&a->run);
    }
}

/* Leaves, when it may be by way of UNDO. */
static void undo(struct add_run *a)
{
    if (need_undo(&a->run, &a->need)) {
        run_move(&a->run, A_UNDO);
    } else {
        leave(a);
    }
}

static void fail(struct run *run, const struct err *err)
{
    struct add_run *a = (struct add_run *)run;
    a->err = *err;
    undo(a);
}

static void end(struct add_run *a)
{
    if (a->run.coll) {
        a->req->totals.collection_chunks = a->run.coll->records;
    }
    a->req->totals.took_ms = (double)(clock_mono_ns() - a->start_ns) / 1e6;
    undo(a);
}

/* What the sources fail with that were not finished. */
static void note_cancelled(struct add_run *a)
{
    if (a->err.id) {
        return;
    }
    if (a->run.cause.id) {
        a->err = a->run.cause;
    } else {
        err_set(&a->err, ERR_CANCELLED, NULL);
    }
}

/* Once the sources are over: how many went with their collection. */
static void tell_removed(struct add_run *a)
{
    const struct add_totals *totals = &a->req->totals;
    uint64_t stored = totals->added + totals->updated + totals->unchanged;
    if (!a->run.coll || !a->run.coll->removed) {
        return;
    }
    err_set(&a->err, ERR_NO_COLLECTION,
            "collection %s was removed while sources were added to it", a->run.coll->name);
    err_why(&a->err, "%llu source%s stored before", (unsigned long long)stored,
            stored == 1 ? " was" : "s were");
}

static void put_job(struct add_run *a, enum job_state state)
{
    run_try(&a->run, &a->jobs.call);
    a->jobs.action = JOBS_PUT;
    a->jobs.job = (struct job_record){
        .id = a->job.id,
        .kind = ragd_cs("add"),
        .collection = a->run.coll->settings.name,
        .state = state,
        .owner = a->req->op.owner,
        .done = a->job.done,
        .total = a->job.total,
        .started_ms = a->job.started_ms,
        .ended_ms = state == JOB_RUNNING ? 0 : clock_unix_ms(),
        .error = ragd_cs(a->err.msg),
    };
    call_jobs_start(&a->jobs);
}

static enum job_state end_state(const struct add_run *a)
{
    const struct add_totals *totals = &a->req->totals;
    if (a->err.id) {
        return a->err.id == ERR_CANCELLED ? JOB_CANCELLED : JOB_FAILED;
    }
    if (a->interrupted) {
        return JOB_INTERRUPTED;
    }
    return totals->failed && totals->failed == a->job.done ? JOB_FAILED : JOB_DONE;
}

static void run_sources(struct add_run *a)
{
    if (a->run.cancelled) {
        note_cancelled(a);
        add_drop_waiting(a, &a->err);
    }
    add_pump(a);
    add_tell_finished(a);
    add_pump(a); /* what was told made room */
    if (!add_is_idle(a)) {
        return;
    }
    if (!a->ended && !a->run.cancelled && !a->interrupted) {
        if (a->req->on_idle) {
            a->req->on_idle(a->req);
        }
        return;
    }
    tell_removed(a);
    run_move(&a->run, A_END);
    if (a->req->preview) {
        end(a);
    } else {
        put_job(a, end_state(a));
    }
}

/* Before the sources. */

static void started(struct add_run *a)
{
    run_move(&a->run, A_RUN);
    if (a->req->on_started) {
        struct add_started event = {.job = a->job.id, .created = a->need.created};
        event.collection = a->run.coll ? a->run.coll->settings.name : a->req->collection;
        a->req->on_started(a->req, &event);
    }
    add_list_start(&a->list, &a->run, a->req->sources, a->req->n_sources);
    run_sources(a);
}

static void take_job(struct add_run *a)
{
    if (a->jobs.call.status < 0) {
        fail(&a->run, &a->jobs.call.err);
        return;
    }
    a->job.id = a->jobs.job.id;
    a->run.job = &a->job;
    started(a);
}

static void begin_job(struct add_run *a)
{
    run_move(&a->run, A_JOB);
    put_job(a, JOB_RUNNING);
}

static void check_named(struct add_run *a)
{
    if (!a->req->embedder.n) {
        begin_job(a);
        return;
    }
    operation_release(&a->check.op);
    run_move(&a->run, A_CHECK);
    run_sub(&a->run, &a->check.op);
    a->check.coll = a->run.coll;
    a->check.name = a->req->embedder;
    embedder_check_start(&a->check);
}

static void check_own(struct add_run *a)
{
    struct collection *coll = a->run.coll;
    if (coll->embedder || !collection_has_vectors(coll) || !coll->settings.embedder.n) {
        check_named(a);
        return;
    }
    run_move(&a->run, A_EMBEDDER);
    run_sub(&a->run, &a->check.op);
    a->check.coll = coll;
    embedder_check_start(&a->check);
}

static int check_inputs(struct add_run *a, struct err *err)
{
    struct splitter splitter;
    const struct add *req = a->req;
    int rc = splitter_resolve(&req->splitter, &a->run.engine->splitter, &splitter, err);
    rc = rc ? rc : loader_options_check(req->loader_options, err);
    return rc ? rc : kvs_check(&a->run.engine->limits, req->meta, err);
}

/* A preview uses the settings of a collection that is there. */
static void begin_preview(struct add_run *a)
{
    struct collection *coll;
    if (!registry_find(a->run.engine, a->req->op.owner, a->req->collection, &coll, NULL)) {
        run_use(&a->run, coll);
    }
    started(a);
}

static void need_default(struct add_run *a)
{
    switch (need_collection(&a->run, &a->need, a->req->collection, NULL)) {
    case NEED_READY: check_own(a); break;
    case NEED_WAIT: run_move(&a->run, A_CREATE); break;
    case NEED_GONE: break;
    }
}

static void begin(struct add_run *a)
{
    struct err err = {0};
    a->start_ns = clock_mono_ns();
    a->job.kind = "add";
    a->job.started_ms = clock_unix_ms();
    if (check_inputs(a, &err)) {
        run_fail(&a->run, &err);
    } else if (a->req->preview) {
        begin_preview(a);
    } else {
        need_default(a);
    }
}

static void step(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    switch (run->state) {
    case A_BEGIN: begin(a); break;
    case A_CREATE:
        if (need_made(run, &a->need) == NEED_READY) {
            check_own(a);
        }
        break;
    case A_EMBEDDER: check_named(a); break;
    case A_CHECK: begin_job(a); break;
    case A_JOB: take_job(a); break;
    case A_RUN: run_sources(a); break;
    case A_END: end(a); break;
    case A_UNDO:
        need_undone(run, &a->need);
        leave(a);
        break;
    }
}

static void cancel(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    LIST_EACH(&a->working, node)
    {
        run_stop(&LIST_OF(node, struct add_item, link)->ingest.op, &run->cause);
    }
    add_drop_parked(a, &run->cause);
    add_list_cancel(&a->list);
    if (run->state == A_RUN) {
        run_kick(run);
    }
}

static void pause_each(struct list *items, bool on)
{
    LIST_EACH(items, node)
    {
        struct operation *op = &LIST_OF(node, struct add_item, link)->ingest.op;
        if (on) {
            operation_pause(op);
        } else {
            operation_resume(op);
        }
    }
}

static void pause(struct run *run, bool on)
{
    struct add_run *a = (struct add_run *)run;
    pause_each(&a->working, on);
    pause_each(&a->parked, on);
}

static void interrupt(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    struct err err = {0};
    err_set(&err, ERR_INTERRUPTED, NULL);
    err_hint(&err, "add it again: what is stored already is not done twice");
    a->ended = a->interrupted = true;
    LIST_EACH(&a->waiting, node)
    {
        struct add_item *item = LIST_OF(node, struct add_item, link);
        item->err = err;
        list_remove(node);
        list_push(&a->finished, node);
    }
    LIST_EACH(&a->working, node)
    {
        ingest_give_up(&LIST_OF(node, struct add_item, link)->ingest, &err);
    }
    if (run->engine->draining) {
        add_list_cancel(&a->list);
        add_drop_parked(a, &err);
    }
    if (run->state == A_RUN) {
        run_kick(run);
    }
}

static void release(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    add_items_free(a, &a->waiting);
    add_items_free(a, &a->finished);
    need_release(&a->need);
    operation_release(&a->check.op);
    call_release(&a->jobs.call);
    add_list_release(&a->list);
    map_release(&a->sources);
    map_release(&a->by_index);
}

static const struct run_conf CONF = {
    .name = "add",
    .size = sizeof(struct add_run),
    .states = STATES,
    .step = step,
    .fail = fail,
    .cancel = cancel,
    .pause = pause,
    .drain = interrupt,
    .release = release,
};

void add_start(struct add *add)
{
    struct add_run *a = run_begin(&add->op, &CONF);
    add->totals = (struct add_totals){0};
    if (a) {
        a->req = add;
        list_init(&a->waiting);
        list_init(&a->working);
        list_init(&a->finished);
        list_init(&a->parked);
    }
}

static bool is_running(const struct add *add)
{
    return add->op.run && add->op.run->conf == &CONF;
}

static int check_announce(struct add_run *a, const struct add_announce *announce,
                          struct err *err)
{
    const struct limits *limits = &a->run.engine->limits;
    if (a->ended) {
        return err_set(err, ERR_INVALID, "a source was announced after the end");
    }
    if (map_get(&a->by_index, add_index_key(&announce->index))) {
        return err_set(err, ERR_INVALID, "index %u was announced twice", announce->index);
    }
    if (map_get(&a->sources, announce->source)) {
        return err_set(err, ERR_INVALID, "the source %.*s was given twice",
                       (int)(announce->source.n < 256 ? announce->source.n : 256),
                       announce->source.p);
    }
    if (a->n_items >= limits->sources) {
        err_set(err, ERR_LIMIT, "more than %llu sources in one add, limits.sources",
                (unsigned long long)limits->sources);
        return err_hint(err, "add them in several parts");
    }
    return add_check_source(announce->source, err);
}

int add_announce(struct add *add, const struct add_announce *announce, struct err *err)
{
    if (!is_running(add)) {
        return err_set(err, ERR_INVALID, "the add is over");
    }
    struct add_run *a = run_of(add);
    int rc = check_announce(a, announce, err);
    if (rc) {
        return rc;
    }
    struct add_item *item = add_item_new(a, announce->source);
    if (!item) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    item->index = announce->index;
    if (add_item_hints(item, announce->name, announce->mime) ||
        map_put(&a->by_index, add_index_key(&item->index), item)) {
        map_del(&a->sources, announce->source);
        a->n_items--;
        a->job.total--;
        add_item_free(a, item);
        return err_set(err, ERR_NOMEM, NULL);
    }
    item->announced = true;
    item->ingest.size = announce->size;
    memcpy(item->ingest.sha256, announce->sha256, HASH_BYTES);
    list_push(&a->waiting, &item->link);
    if (announce->size > a->run.engine->limits.document_raw) {
        err_set(&item->err, ERR_LIMIT, "%llu bytes, limits.document_raw is %llu",
                (unsigned long long)announce->size,
                (unsigned long long)a->run.engine->limits.document_raw);
        list_remove(&item->link);
        list_push(&a->finished, &item->link);
    }
    if (a->run.state == A_RUN) {
        run_kick(&a->run);
    }
    return 0;
}

static struct add_item *wanted_item(struct add *add, uint32_t index)
{
    struct add_item *item = is_running(add)
                                ? map_get(&run_of(add)->by_index, add_index_key(&index))
                                : NULL;
    return item && item->wanted ? item : NULL;
}

int add_content_take(struct add *add, uint32_t index, struct add_content content,
                     struct err *err)
{
    struct add_item *item = wanted_item(add, index);
    int rc = 0;
    if (!item) {
        rc = err_set(err, ERR_INVALID, "the bytes of source %u were not asked for", index);
    } else if (content.content.size != item->ingest.size) {
        rc = err_set(err, ERR_CHANGED, "%llu bytes came, %llu were announced",
                     (unsigned long long)content.content.size,
                     (unsigned long long)item->ingest.size);
    }
    if (rc) {
        if (content.release) {
            content.release(content.arg);
        }
        return rc;
    }
    item->wanted = false;
    ingest_content(&item->ingest, &content);
    return 0;
}

void add_content_abort(struct add *add, uint32_t index, const struct err *err)
{
    struct add_item *item = wanted_item(add, index);
    if (item) {
        item->wanted = false;
        ingest_give_up(&item->ingest, err);
    }
}

void add_end(struct add *add)
{
    if (is_running(add)) {
        run_of(add)->ended = true;
        if (add->op.run->state == A_RUN) {
            run_kick(add->op.run);
        }
    }
}

void add_interrupt(struct add *add)
{
    if (is_running(add)) {
        interrupt(add->op.run);
    }
}
