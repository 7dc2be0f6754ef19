/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Importing.
 *
 * happy path: the collection is found or made (CREATE), its embedder checked
 * (EMBEDDER), a JOB noted. In READY it takes items: they are checked, in a VIEW
 * OLD reads the manifests of sources that are replaced and OWNED makes sure that
 * no record takes the id of a chunk, EMBED makes missing vectors, STAGE applies
 * them under one generation; then READY again. The end
 * checks that every manifest's documents and chunks came, APPLY makes all of it
 * visible, COMMIT durable.
 * failure modes: anything wrong ends it; ABORT drops the stages.
 * on close: cancelled until APPLY.
 */
#include "rag/transfer.h"

#include <string.h>

#include "core/clock.h"
#include "rag/embedder.h"
#include "rag/import_batch.h"
#include "rag/need.h"
#include "rag/record_check.h"
#include "rag/run.h"

enum {
    M_BEGIN,
    M_CREATE,
    M_EMBEDDER,
    M_JOB,
    M_READY,
    M_VIEW,
    M_OLD,
    M_OWNED,
    M_EMBED,
    M_STAGE,
    M_APPLY,
    M_COMMIT,
    M_RECOUNT,
    M_STATS,
    M_ABORT,
    M_END,
};

#define M_FAIL (RUN_NEXT(M_ABORT) | RUN_NEXT(M_END))

static const struct run_state STATES[] = {
    [M_BEGIN] = {"begin", RUN_NEXT(M_CREATE) | RUN_NEXT(M_EMBEDDER) | RUN_NEXT(M_JOB), 0},
    [M_CREATE] = {"create", RUN_NEXT(M_EMBEDDER) | RUN_NEXT(M_JOB), 0},
    [M_EMBEDDER] = {"embedder", RUN_NEXT(M_JOB), 0},
    [M_JOB] = {"job", RUN_NEXT(M_READY), 0},
    [M_READY] = {"ready",
                 RUN_NEXT(M_VIEW) | RUN_NEXT(M_EMBED) | RUN_NEXT(M_STAGE) |
                     RUN_NEXT(M_APPLY) | M_FAIL,
                 0},
    [M_VIEW] = {"view", RUN_NEXT(M_OLD) | RUN_NEXT(M_OWNED) | M_FAIL, 0},
    [M_OLD] = {"old", RUN_NEXT(M_OWNED) | RUN_NEXT(M_EMBED) | RUN_NEXT(M_STAGE) | M_FAIL,
               0},
    [M_OWNED] = {"owned", RUN_NEXT(M_EMBED) | RUN_NEXT(M_STAGE) | M_FAIL, 0},
    [M_EMBED] = {"embed", RUN_NEXT(M_STAGE) | M_FAIL, 0},
    [M_STAGE] = {"stage", RUN_NEXT(M_READY) | M_FAIL, 0},
    [M_APPLY] = {"apply", RUN_NEXT(M_COMMIT) | M_FAIL, RUN_FINAL},
    [M_COMMIT] = {"commit", RUN_NEXT(M_RECOUNT) | RUN_NEXT(M_END), RUN_FINAL},
    [M_RECOUNT] = {"recount", RUN_NEXT(M_STATS) | RUN_NEXT(M_END), RUN_FINAL},
    [M_STATS] = {"stats", RUN_NEXT(M_END), RUN_FINAL},
    [M_ABORT] = {"abort", RUN_NEXT(M_END), RUN_FINAL},
    [M_END] = {"end", 0, RUN_FINAL},
};

struct import_run {
    struct run run;
    struct import *req;
    struct need need;
    struct embedder_check check;
    struct run_job job;
    struct call_jobs jobs;
    struct import_batch batch;
    const struct import_item *items; /* pushed, until on_room */
    size_t n_items;
    bool ended, entered;
    uint64_t generation; /* 0 = nothing was staged */
    struct err err;      /* what it ends with */
    uint64_t start_ns;
    struct call_view view;
    struct call_blobs old;
    struct call_get owned;
    struct call_embed embed;
    struct call_apply apply;
    struct call_stats stats;
};

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

/* Ends in failure: stages are told that nothing follows, the job that it failed. */
static void fail(struct run *run, const struct err *err)
{
    struct import_run *m = (struct import_run *)run;
    if (run->state == M_ABORT) {
        end_job(m);
        return;
    }
    m->err = *err;
    if (run->state < M_READY || run->state == M_END) {
        run_fail(run, &m->err);
    } else if (!m->generation || run->state == M_COMMIT) {
        end_job(m);
    } else {
        run_move(run, M_ABORT);
        run_wait(run, &m->apply.call);
        m->apply.coll = run->coll->coll;
        m->apply.change = (struct ragd_apply){.struct_size = sizeof(m->apply.change),
                                              .flags = RAGD_APPLY_ABORT,
                                              .generation = m->generation};
        call_apply_start(&m->apply);
    }
}

static void ready(struct import_run *m)
{
    m->items = NULL;
    import_batch_clear(&m->batch);
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

static void take_job(struct import_run *m)
{
    if (m->jobs.call.status < 0) {
        struct err err = m->jobs.call.err;
        run_fail(&m->run, &err);
        return;
    }
    m->job.id = m->jobs.job.id;
    m->run.job = &m->job;
    import_batch_init(&m->batch, m->run.coll);
    commit_enter(m->run.coll);
    m->entered = true;
    if (m->req->on_started) {
        m->req->on_started(m->req, m->run.coll->settings.name, m->job.id, m->need.created);
    }
    ready(m);
}

/* Applying. */

static void stage(struct import_run *m)
{
    struct ragd_apply change = {.struct_size = sizeof(change), .flags = RAGD_APPLY_STAGE};
    import_batch_change(&m->batch, &change);
    if (!m->generation) {
        m->generation = ++m->run.engine->generation;
    }
    change.generation = m->generation;
    run_move(&m->run, M_STAGE);
    run_wait(&m->run, &m->apply.call);
    m->apply.coll = m->run.coll->coll;
    m->apply.change = change;
    call_apply_start(&m->apply);
}

static void finish(struct import_run *m)
{
    struct err err = {0};
    if (import_batch_complete(&m->batch, &err)) {
        fail(&m->run, &err);
        return;
    }
    if (!m->generation) {
        end_job(m); /* nothing came */
        return;
    }
    run_move(&m->run, M_APPLY);
    run_wait(&m->run, &m->apply.call);
    m->apply.coll = m->run.coll->coll;
    m->apply.change = (struct ragd_apply){.struct_size = sizeof(m->apply.change),
                                          .generation = m->generation};
    call_apply_start(&m->apply);
}

/* The items of a push. */

static void embed(struct import_run *m)
{
    if (!m->batch.n_texts) {
        stage(m);
        return;
    }
    run_move(&m->run, M_EMBED);
    run_wait(&m->run, &m->embed.call);
    m->embed.embedder = m->run.coll->embedder;
    m->embed.purpose = RAGD_EMBED_DOCUMENT;
    m->embed.metric = m->run.coll->settings.metric;
    m->embed.dim = m->run.coll->settings.dim;
    m->embed.texts = m->batch.texts;
    m->embed.n = m->batch.n_texts;
    call_embed_start(&m->embed);
}

static void read_owned(struct import_run *m)
{
    if (!m->batch.n_plain) {
        embed(m);
        return;
    }
    run_move(&m->run, M_OWNED);
    run_wait(&m->run, &m->owned.call);
    m->owned.view = m->run.view;
    m->owned.include = 0;
    m->owned.ids = m->batch.plain_ids;
    m->owned.n_ids = m->batch.n_plain;
    call_get_start(&m->owned);
}

static void read_old(struct import_run *m)
{
    if (!m->batch.n_manifests) {
        read_owned(m);
        return;
    }
    run_move(&m->run, M_OLD);
    run_wait(&m->run, &m->old.call);
    m->old.view = m->run.view;
    m->old.names = m->batch.blob_names;
    m->old.n_names = m->batch.n_manifests;
    call_blobs_start(&m->old);
}

static void take_items(struct import_run *m)
{
    struct err err = {0};
    if (import_batch_take(&m->batch, m->items, m->n_items, &err)) {
        fail(&m->run, &err);
    } else if (!m->batch.n_manifests && !m->batch.n_plain) {
        embed(m);
    } else {
        run_move(&m->run, M_VIEW);
        run_open_view(&m->run, &m->view);
    }
}

static void take_old(struct import_run *m)
{
    struct err err = {0};
    if (import_batch_replace(&m->batch, m->old.blobs, m->old.n_blobs, &err)) {
        fail(&m->run, &err);
        return;
    }
    read_owned(m);
}

static void take_owned(struct import_run *m)
{
    struct err err = {0};
    if (record_check_owned(m->owned.records, m->owned.n_records, &err)) {
        fail(&m->run, &err);
        return;
    }
    embed(m);
}

static void staged(struct import_run *m)
{
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
        take_items(m);
    } else if (m->ended) {
        finish(m);
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
        run_fail(&m->run, &m->err);
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
    case M_READY: wake(m); break;
    case M_VIEW:
        run->view = m->view.view;
        read_old(m);
        break;
    case M_OLD: take_old(m); break;
    case M_OWNED: take_owned(m); break;
    case M_EMBED:
        import_batch_vectors(&m->batch, m->embed.rows);
        stage(m);
        break;
    case M_STAGE: staged(m); break;
    case M_APPLY:
        run_move(run, M_COMMIT);
        run_commit(run);
        break;
    case M_COMMIT:
        run_move(run, M_RECOUNT);
        run_open_view(run, &m->view);
        run->trying = true;
        break;
    case M_RECOUNT: recount(m); break;
    case M_STATS: recounted(m); break;
    case M_ABORT: end_job(m); break;
    case M_END: end(m); break;
    }
}

static void drain(struct run *run)
{
    operation_cancel(run->op);
}

static void release(struct run *run)
{
    struct import_run *m = (struct import_run *)run;
    if (m->entered) {
        commit_leave(run->coll);
    }
    import_batch_release(&m->batch);
    need_release(&m->need);
    operation_release(&m->check.op);
    call_release(&m->jobs.call);
    call_release(&m->view.call);
    call_release(&m->old.call);
    call_release(&m->owned.call);
    call_release(&m->embed.call);
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
