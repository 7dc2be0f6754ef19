/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A push of an import.
 *
 * happy path: TAKE checks the items on a worker; the sources of its manifests
 * are LOCKed; in a VIEW the OLD manifests are read and what they name is to go
 * (REPLACE, on a worker), OWNED makes sure that no record takes the id of a
 * chunk, EMBED makes missing vectors, APPLY stages all under the generation.
 * failure modes: anything wrong fails it; the import drops the stages.
 * on close: cancelled at any state.
 */
#include "rag/import_stage.h"

#include "core/mem.h"
#include "rag/run.h"

enum { S_BEGIN, S_TAKE, S_LOCK, S_VIEW, S_OLD, S_REPLACE, S_OWNED, S_EMBED, S_APPLY };

static const struct run_state STATES[] = {
    [S_BEGIN] = {"begin", RUN_NEXT(S_TAKE), 0},
    [S_TAKE] = {"take", RUN_NEXT(S_LOCK) | RUN_NEXT(S_EMBED) | RUN_NEXT(S_APPLY), 0},
    [S_LOCK] = {"lock", RUN_NEXT(S_VIEW), 0},
    [S_VIEW] = {"view", RUN_NEXT(S_OLD) | RUN_NEXT(S_OWNED), 0},
    [S_OLD] = {"old", RUN_NEXT(S_REPLACE), 0},
    [S_REPLACE] = {"replace", RUN_NEXT(S_OWNED) | RUN_NEXT(S_EMBED) | RUN_NEXT(S_APPLY), 0},
    [S_OWNED] = {"owned", RUN_NEXT(S_EMBED) | RUN_NEXT(S_APPLY), 0},
    [S_EMBED] = {"embed", RUN_NEXT(S_APPLY), 0},
    [S_APPLY] = {"apply", 0, 0},
};

struct stage_run {
    struct run run;
    struct import_stage *req;
    struct lock_block *locks; /* of this push; the import's */
    size_t n_waiting;         /* of them */
    struct call_work work;
    struct call_view view;
    struct call_blobs old;
    struct call_get owned;
    struct call_embed embed;
    struct call_apply apply;
};

struct import_lock {
    struct source_lock lock;
    struct stage_run *run; /* that waits for it */
};

struct lock_block {
    struct lock_block *next;
    size_t n;
    struct import_lock locks[];
};

void import_locks_release(struct import_locks *locks, struct source_locks *of)
{
    while (locks->blocks) {
        struct lock_block *block = locks->blocks;
        locks->blocks = block->next;
        for (size_t i = 0; i < block->n; i++) {
            lock_release(of, &block->locks[i].lock);
        }
        mem_free(block);
    }
}

static struct stage_run *run_of_work(struct call_work *work)
{
    return (struct stage_run *)((char *)work - offsetof(struct stage_run, work));
}

static void work(struct stage_run *s, int (*do_work)(struct call_work *, struct err *))
{
    run_wait(&s->run, &s->work.call);
    s->work.work = do_work;
    call_work_start(&s->work);
}

static int do_take(struct call_work *call, struct err *err)
{
    const struct import_stage *req = run_of_work(call)->req;
    return import_batch_take(req->batch, req->items, req->n, err);
}

static void begin(struct stage_run *s)
{
    run_use(&s->run, s->req->coll);
    run_move(&s->run, S_TAKE);
    work(s, do_take);
}

/* Locks. */

static void on_granted(struct source_lock *lock)
{
    struct stage_run *s = ((struct import_lock *)lock)->run;
    s->n_waiting--;
    if (!s->n_waiting) {
        run_kick(&s->run);
    }
}

static int take_locks(struct stage_run *s)
{
    const struct import_batch *batch = s->req->batch;
    struct import_locks *locks = s->req->locks;
    size_t n = batch->n_manifests;
    struct lock_block *block = mem_calloc(1, sizeof(*block) + n * sizeof(*block->locks));
    if (!block) {
        return RAGD_E_NOMEM;
    }
    block->next = locks->blocks;
    block->n = n;
    locks->blocks = s->locks = block;
    for (size_t i = 0; i < n; i++) {
        struct import_lock *lock = &block->locks[i];
        lock->run = s;
        lock->lock.granted = on_granted;
        if (lock_acquire(&s->run.coll->locks, &lock->lock, batch->sources[i])) {
            return RAGD_E_NOMEM;
        }
        s->n_waiting += !lock->lock.held;
    }
    return 0;
}

/* Nobody is told any more of those that were not granted. */
static void stop_waiting(struct stage_run *s)
{
    for (size_t i = 0; s->n_waiting && i < s->locks->n; i++) {
        struct source_lock *lock = &s->locks->locks[i].lock;
        if (lock->queued && !lock->held) {
            lock_release(&s->run.coll->locks, lock);
        }
    }
}

static void open_view(struct stage_run *s)
{
    run_move(&s->run, S_VIEW);
    run_open_view(&s->run, &s->view);
}

/* The change. */

static void apply(struct stage_run *s)
{
    struct import_stage *req = s->req;
    run_move(&s->run, S_APPLY);
    run_wait(&s->run, &s->apply.call);
    s->apply.coll = s->run.coll->coll;
    s->apply.change = (struct ragd_apply){.struct_size = sizeof(s->apply.change),
                                          .flags = RAGD_APPLY_STAGE,
                                          .generation = req->generation};
    import_batch_change(req->batch, &s->apply.change);
    req->began = true;
    call_apply_start(&s->apply);
}

static void embed(struct stage_run *s)
{
    const struct import_batch *batch = s->req->batch;
    if (!batch->n_texts) {
        apply(s);
        return;
    }
    run_move(&s->run, S_EMBED);
    run_wait(&s->run, &s->embed.call);
    s->embed.embedder = s->run.coll->embedder;
    s->embed.purpose = RAGD_EMBED_DOCUMENT;
    s->embed.metric = s->run.coll->settings.metric;
    s->embed.dim = s->run.coll->settings.dim;
    s->embed.texts = batch->texts;
    s->embed.n = batch->n_texts;
    call_embed_start(&s->embed);
}

static void read_owned(struct stage_run *s)
{
    const struct import_batch *batch = s->req->batch;
    if (!batch->n_plain) {
        embed(s);
        return;
    }
    run_move(&s->run, S_OWNED);
    run_wait(&s->run, &s->owned.call);
    s->owned.view = s->run.view;
    s->owned.include = 0;
    s->owned.ids = batch->plain_ids;
    s->owned.n_ids = batch->n_plain;
    call_get_start(&s->owned);
}

static void read_old(struct stage_run *s)
{
    const struct import_batch *batch = s->req->batch;
    s->run.view = s->view.view;
    if (!batch->n_manifests) {
        read_owned(s);
        return;
    }
    run_move(&s->run, S_OLD);
    run_wait(&s->run, &s->old.call);
    s->old.view = s->run.view;
    s->old.names = batch->blob_names;
    s->old.n_names = batch->n_manifests;
    call_blobs_start(&s->old);
}

static int do_replace(struct call_work *call, struct err *err)
{
    struct stage_run *s = run_of_work(call);
    return import_batch_replace(s->req->batch, s->old.blobs, s->old.n_blobs, err);
}

static void replace(struct stage_run *s)
{
    run_move(&s->run, S_REPLACE);
    work(s, do_replace);
}

static void lock(struct stage_run *s)
{
    const struct import_batch *batch = s->req->batch;
    if (!batch->n_manifests && !batch->n_plain) {
        embed(s);
        return;
    }
    run_move(&s->run, S_LOCK);
    if (take_locks(s)) {
        run_fail_id(&s->run, ERR_NOMEM);
    } else if (!s->n_waiting) {
        open_view(s);
    }
}

static void take_owned(struct stage_run *s)
{
    struct err err = {0};
    if (record_check_owned(s->owned.records, s->owned.n_records, &err)) {
        run_fail(&s->run, &err);
        return;
    }
    embed(s);
}

static void step(struct run *run)
{
    struct stage_run *s = (struct stage_run *)run;
    switch (run->state) {
    case S_BEGIN: begin(s); break;
    case S_TAKE: lock(s); break;
    case S_LOCK:
        if (!s->n_waiting) {
            open_view(s);
        }
        break;
    case S_VIEW: read_old(s); break;
    case S_OLD: replace(s); break;
    case S_REPLACE: read_owned(s); break;
    case S_OWNED: take_owned(s); break;
    case S_EMBED:
        import_batch_vectors(s->req->batch, s->embed.rows);
        apply(s);
        break;
    case S_APPLY: run_end(run); break;
    }
}

static void release(struct run *run)
{
    struct stage_run *s = (struct stage_run *)run;
    stop_waiting(s);
    import_batch_clear(s->req->batch);
    call_release(&s->work.call);
    call_release(&s->view.call);
    call_release(&s->old.call);
    call_release(&s->owned.call);
    call_release(&s->embed.call);
    call_release(&s->apply.call);
}

static const struct run_conf CONF = {
    .name = "import stage",
    .size = sizeof(struct stage_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void import_stage_start(struct import_stage *stage)
{
    struct stage_run *s = run_begin(&stage->op, &CONF);
    stage->began = false;
    if (s) {
        s->req = stage;
    }
}
