/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Importing.
 *
 * happy path: the collection is found or made (CREATE), its embedder checked
 * (EMBEDDER), a JOB noted, the TURN of this import has come: one at a time holds
 * locks of sources, so that two never wait for each other. In READY it takes
 * items, STAGE puts a push of them in the store under one generation; then READY
 * again. The end COMPLETEs it: every manifest's documents and chunks came; APPLY
 * makes all of it visible, COMMIT durable.
 * failure modes: anything wrong ends it; ABORT drops the stages, and a collection
 * that was made for it is removed (UNDO).
 * on close: cancelled until APPLY.
 */
#include "rag/transfer.h"

#include "core/clock.h"
#include "rag/embedder.h"
#include "rag/import_stage.h"
#include "rag/need.h"
#include "rag/run.h"

enum {
    M_BEGIN,
    M_CREATE,
    M_EMBEDDER,
    M_JOB,
    M_TURN,
    M_READY,
    M_STAGE,
    M_COMPLETE,
    M_APPLY,
    M_COMMIT,
    M_RECOUNT,
    M_STATS,
    M_ABORT,
    M_END,
    M_UNDO,
};

#define M_FAIL (RUN_NEXT(M_ABORT) | RUN_NEXT(M_END))

static const struct run_state STATES[] = {
    [M_BEGIN] = {"begin", RUN_NEXT(M_CREATE) | RUN_NEXT(M_EMBEDDER) | RUN_NEXT(M_JOB), 0},
    [M_CREATE] = {"create", RUN_NEXT(M_EMBEDDER) | RUN_NEXT(M_JOB) | RUN_NEXT(M_UNDO), 0},
    [M_EMBEDDER] = {"embedder", RUN_NEXT(M_JOB) | RUN_NEXT(M_UNDO), 0},
    [M_JOB] = {"job", RUN_NEXT(M_TURN) | RUN_NEXT(M_UNDO), 0},
    [M_TURN] = {"turn", RUN_NEXT(M_READY) | M_FAIL, 0},
    [M_READY] = {"ready", RUN_NEXT(M_STAGE) | RUN_NEXT(M_COMPLETE) | M_FAIL, 0},
    [M_STAGE] = {"stage", RUN_NEXT(M_READY) | M_FAIL, 0},
    [M_COMPLETE] = {"complete", RUN_NEXT(M_APPLY) | M_FAIL, 0},
    [M_APPLY] = {"apply", RUN_NEXT(M_COMMIT) | M_FAIL, RUN_FINAL},
    [M_COMMIT] = {"commit", RUN_NEXT(M_RECOUNT) | RUN_NEXT(M_END), RUN_FINAL},
    [M_RECOUNT] = {"recount", RUN_NEXT(M_STATS) | RUN_NEXT(M_END), RUN_FINAL},
    [M_STATS] = {"stats", RUN_NEXT(M_END), RUN_FINAL},
    [M_ABORT] = {"abort", RUN_NEXT(M_END), RUN_FINAL},
    [M_END] = {"end", RUN_NEXT(M_UNDO), RUN_FINAL},
    [M_UNDO] = {"undo", 0, RUN_FINAL},
};

/* In the table of locks, for the turn of imports: no source is named so. */
static const char TURN[] = "";

struct import_run {
    struct run run;
    struct import *req;
    struct need need;
    struct embedder_check check;
    struct run_job job;
    struct call_jobs jobs;
    struct source_lock turn;
    struct import_locks locks;
    struct import_batch batch;
    struct import_stage stage;
    const struct import_item *items; /* pushed, until on_room */
    size_t n_items;
    bool ended, entered;
    bool applied;        /* all of it is visible */
    bool staged;         /* the store may hold something of the generation */
    uint64_t generation; /* 0 = none yet */
    struct err err;      /* what it ends with */
    uint64_t start_ns;
    struct call_work work;
    struct call_view view;
    struct call_apply apply;
    struct call_stats stats;
};

/* Lets others go on; what is known of the collection stays. */
static void leave(struct import_run *m)
{
    if (!m->entered) {
        return;
    }
    struct collection *coll = m->run.coll;
    m->entered = false;
    import_locks_release(&m->locks, &coll->locks);
    lock_release(&coll->locks, &m->turn);
    commit_leave(coll);
}

static void put_job(struct import_run *m, enum job_state state)
{
    run_try(&m->run, &m->jobs.call);
    m->jobs.action = JOBS_PUT;
    m->jobs.job = (struct job_record){
        .id = m->job.id,
        .kind = ragd_cs("import"),
        .collection = m->run.coll->settings.name,
        .state = state,
        .owner = m->req->op.owner,
        .done = m->job.done,
        .total = m->job.total,
        .started_ms = m->job.started_ms,
        .ended_ms = state == JOB_RUNNING ? 0 : clock_unix_ms(),
        .error = ragd_cs(m->err.msg),
    };
    call_jobs_start(&m->jobs);
}

static void end_job(struct import_run *m)
{
    enum job_state state = m->err.id == ERR_CANCELLED     ? JOB_CANCELLED
                           : m->err.id == ERR_INTERRUPTED ? JOB_INTERRUPTED
                           : m->err.id                    ? JOB_FAILED
                                                          : JOB_DONE;
    run_move(&m->run, M_END);
    put_job(m, state);
}

/* The last of a failure: what was made for it goes. */
static void undo(struct import_run *m)
{
    leave(m);
    if (!m->applied && need_undo(&m->run, &m->need)) {
        run_move(&m->run, M_UNDO);
    } else {
        run_fail(&m->run, &m->err);
    }
}

static void apply(struct import_run *m, uint32_t flags)
{
    run_wait(&m->run, &m->apply.call);
    m->apply.coll = m->run.coll->coll;
    m->apply.change = (struct ragd_apply){.struct_size = sizeof(m->apply.change),
                                          .flags = flags,
                                          .generation = m->generation};
    call_apply_start(&m->apply);
}

/* Ends in failure: stages are told that nothing follows, the job that it failed. */
static void fail(struct run *run, const struct err *err)
{
    struct import_run *m = (struct import_run *)run;
    if (run->state == M_ABORT) {
        end_job(m);
        return;
    }
    m->err = *err;
    m->staged = m->staged || m->stage.began;
    if (run->state < M_TURN) {
        undo(m);
    } else if (!m->staged || run->state == M_COMMIT) {
        end_job(m);
    } else {
        run_move(run, M_ABORT);
        apply(m, RAGD_APPLY_ABORT);
    }
}

static void ready(struct import_run *m)
{
    m->items = NULL;
    run_move(&m->run, M_READY);
    if (m->req->on_room) {
        m->req->on_room(m->req);
    }
}

static void begin_job(struct import_run *m)
{
    run_move(&m->run, M_JOB);
    put_job(m, JOB_RUNNING);
}

static void begin_checked(struct import_run *m)
{
    struct collection *coll = m->run.coll;
    if (coll->embedder || !collection_has_vectors(coll) || !coll->settings.embedder.n) {
        begin_job(m);
        return;
    }
    run_move(&m->run, M_EMBEDDER);
    run_sub(&m->run, &m->check.op);
    m->check.coll = coll;
    embedder_check_start(&m->check);
}

static void begin(struct import_run *m)
{
    m->start_ns = clock_mono_ns();
    m->job.kind = "import";
    m->job.started_ms = clock_unix_ms();
    switch (need_collection(&m->run, &m->need, m->req->collection, m->req->settings)) {
    case NEED_READY: begin_checked(m); break;
    case NEED_WAIT: run_move(&m->run, M_CREATE); break;
    case NEED_GONE: break;
    }
}

static void on_turn(struct source_lock *lock)
{
    run_kick((struct run *)((char *)lock - offsetof(struct import_run, turn)));
}

static int begin_turn(struct import_run *m)
{
    struct collection *coll = m->run.coll;
    m->turn.granted = on_turn;
    return import_batch_init(&m->batch, coll) ||
                   lock_acquire(&coll->locks, &m->turn, ragd_cs(TURN))
               ? RAGD_E_NOMEM
               : 0;
}

static void take_turn(struct import_run *m)
{
    if (m->turn.held) {
        ready(m);
    }
}

static void take_job(struct import_run *m)
{
    if (m->jobs.call.status < 0) {
        struct err err = m->jobs.call.err;
        fail(&m->run, &err);
        return;
    }
    m->job.id = m->jobs.job.id;
    m->run.job = &m->job;
    run_move(&m->run, M_TURN);
    commit_enter(m->run.coll);
    m->entered = true;
    if (begin_turn(m)) {
        struct err err = {0};
        err_set(&err, ERR_NOMEM, NULL);
        fail(&m->run, &err);
        return;
    }
    if (m->req->on_started) {
        m->req->on_started(m->req, m->run.coll->settings.name, m->job.id, m->need.created);
    }
    take_turn(m);
}

/* A push, and the end of them. */

static void begin_stage(struct import_run *m)
{
    if (!m->generation) {
        m->generation = ++m->run.engine->generation;
    }
    run_move(&m->run, M_STAGE);
    run_sub(&m->run, &m->stage.op);
    m->stage.coll = m->run.coll;
    m->stage.batch = &m->batch;
    m->stage.locks = &m->locks;
    m->stage.items = m->items;
    m->stage.n = m->n_items;
    m->stage.generation = m->generation;
    import_stage_start(&m->stage);
}

static int do_complete(struct call_work *work, struct err *err)
{
    const struct import_run *m =
        (struct import_run *)((char *)work - offsetof(struct import_run, work));
    return expect_complete(&m->batch.expect, err);
}

static void complete(struct import_run *m)
{
    run_move(&m->run, M_COMPLETE);
    run_wait(&m->run, &m->work.call);
    m->work.work = do_complete;
    call_work_start(&m->work);
}

static void completed(struct import_run *m)
{
    if (!m->staged) {
        end_job(m); /* nothing came */
        return;
    }
    run_move(&m->run, M_APPLY);
    apply(m, 0);
}

static void staged(struct import_run *m)
{
    m->staged = true;
    m->job.done = m->batch.records;
    if (m->req->on_progress && !m->run.paused) {
        m->req->on_progress(m->req, m->batch.records);
    }
    ready(m);
}

/* How much the collection holds after what was replaced; only counts. */
static void recount(struct import_run *m)
{
    if (m->view.call.status < 0) {
        end_job(m);
        return;
    }
    m->run.view = m->view.view;
    run_move(&m->run, M_STATS);
    run_try(&m->run, &m->stats.call);
    m->stats.view = m->run.view;
    call_stats_start(&m->stats);
}

static void recounted(struct import_run *m)
{
    if (m->stats.call.status == 0) {
        m->run.coll->records = m->stats.stats.records;
        m->run.coll->documents = m->stats.stats.docs;
    }
    end_job(m);
}

static void wake(struct import_run *m)
{
    if (m->items) {
        begin_stage(m);
    } else if (m->ended) {
        complete(m);
    }
}

static void count(struct import_run *m)
{
    struct import *req = m->req;
    req->records = m->batch.records;
    req->documents = m->batch.documents;
    req->manifests = m->batch.manifests;
    req->embedded = m->batch.embedded;
    req->took_ms = (double)(clock_mono_ns() - m->start_ns) / 1e6;
}

static void end(struct import_run *m)
{
    if (m->err.id) {
        undo(m);
        return;
    }
    count(m);
    run_end(&m->run);
}

static void step(struct run *run)
{
    struct import_run *m = (struct import_run *)run;
    switch (run->state) {
    case M_BEGIN: begin(m); break;
    case M_CREATE:
        if (need_made(run, &m->need) == NEED_READY) {
            begin_checked(m);
        }
        break;
    case M_EMBEDDER: begin_job(m); break;
    case M_JOB: take_job(m); break;
    case M_TURN: take_turn(m); break;
    case M_READY: wake(m); break;
    case M_STAGE: staged(m); break;
    case M_COMPLETE: completed(m); break;
    case M_APPLY:
        m->applied = true;
        run_move(run, M_COMMIT);
        run_commit(run);
        break;
    case M_COMMIT:
        run_move(run, M_RECOUNT);
        run_try_view(run, &m->view);
        break;
    case M_RECOUNT: recount(m); break;
    case M_STATS: recounted(m); break;
    case M_ABORT: end_job(m); break;
    case M_END: end(m); break;
    case M_UNDO:
        need_undone(run, &m->need);
        run_fail(run, &m->err);
        break;
    }
}

static void drain(struct run *run)
{
    operation_cancel(run->op);
}

static void release(struct run *run)
{
    struct import_run *m = (struct import_run *)run;
    leave(m);
    import_batch_release(&m->batch);
    need_release(&m->need);
    operation_release(&m->check.op);
    operation_release(&m->stage.op);
    call_release(&m->jobs.call);
    call_release(&m->work.call);
    call_release(&m->view.call);
    call_release(&m->apply.call);
    call_release(&m->stats.call);
}

static const struct run_conf CONF = {
    .name = "import",
    .size = sizeof(struct import_run),
    .states = STATES,
    .step = step,
    .fail = fail,
    .drain = drain,
    .release = release,
};

void import_start(struct import *import)
{
    import->records = import->documents = import->manifests = import->embedded = 0;
    import->took_ms = 0;
    struct import_run *m = run_begin(&import->op, &CONF);
    if (m) {
        m->req = import;
    }
}

static struct import_run *run_of(struct import *import)
{
    struct run *run = import->op.run;
    return run && run->conf == &CONF ? (struct import_run *)run : NULL;
}

void import_push(struct import *import, const struct import_item *items, size_t n)
{
    struct import_run *m = run_of(import);
    if (m && m->run.state == M_READY && n) {
        m->items = items;
        m->n_items = n;
        run_kick(&m->run);
    }
}

void import_end(struct import *import)
{
    struct import_run *m = run_of(import);
    if (m) {
        m->ended = true;
        if (m->run.state == M_READY) {
            run_kick(&m->run);
        }
    }
}
