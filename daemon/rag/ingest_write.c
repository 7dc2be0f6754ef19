/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Writing a source.
 *
 * happy path: BATCH takes the next chunks, as many as one apply may hold. Where
 * the collection keeps vectors, VIEW and OLD bring those of texts that are
 * stored already, CACHED those that were paid for, EMBED the rest, block by
 * block; PAID keeps a block when more blocks follow. APPLY writes the batch, as
 * a stage when there are several; the last one brings everything else. COMMIT
 * makes it durable, FORGET drops what was kept.
 * failure modes: before the last apply nothing is visible; ABORT drops stages.
 * on close: not cancelled from the last apply on, once the store has begun it.
 */
#include <string.h>

#include "core/failpoint.h"
#include "plugin/call_state.h"
#include "rag/chunk.h"
#include "rag/ingest_write_internal.h"

#define W_FILL                                                                      \
    (RUN_NEXT(W_OLD) | RUN_NEXT(W_CACHED) | RUN_NEXT(W_EMBED) | RUN_NEXT(W_STAGE) | \
     RUN_NEXT(W_APPLY) | RUN_NEXT(W_ABORT))

static const struct run_state STATES[] = {
    [W_BATCH] = {"batch", RUN_NEXT(W_VIEW) | W_FILL, 0},
    [W_VIEW] = {"view", W_FILL, 0},
    [W_OLD] = {"old", W_FILL, 0},
    [W_CACHED] = {"cached", W_FILL, 0},
    [W_EMBED] = {"embed", W_FILL | RUN_NEXT(W_PAID), 0},
    [W_PAID] = {"paid", W_FILL, 0},
    [W_STAGE] = {"stage", RUN_NEXT(W_BATCH) | RUN_NEXT(W_ABORT), 0},
    [W_APPLY] = {"apply", RUN_NEXT(W_COMMIT) | RUN_NEXT(W_ABORT), RUN_FINAL},
    [W_COMMIT] = {"commit", RUN_NEXT(W_FORGET), RUN_FINAL},
    [W_FORGET] = {"forget", 0, RUN_FINAL},
    [W_ABORT] = {"abort", 0, RUN_FINAL},
};

enum { RECORD_BYTES = 512 }; /* of a record beside its text and vector */

static void fail(struct run *run, const struct err *err);

void write_fail_memory(struct write_run *w)
{
    struct err err = {0};
    err_set(&err, ERR_NOMEM, NULL);
    fail(&w->run, &err);
}

static uint64_t chunk_bytes(const struct write_run *w, const struct plan_chunk *chunk)
{
    uint64_t vec = w->vectors ? w->req->coll->settings.dim * sizeof(float) : 0;
    return chunk->rec.text.n + vec + RECORD_BYTES;
}

/* At least one chunk, then as many as one apply may hold. */
static void choose(struct write_run *w)
{
    const struct ingest_plan *plan = w->req->plan;
    uint64_t bytes = 0, max = w->run.engine->limits.apply;
    w->lo = w->hi;
    while (w->hi < plan->n_writes) {
        bytes += chunk_bytes(w, plan->writes[w->hi]);
        if (w->hi > w->lo && bytes > max) {
            break;
        }
        w->hi++;
    }
}

/* Applying. */

static int encode_manifest(struct write_run *w)
{
    const struct ingest_plan *plan = w->req->plan;
    struct manifest manifest = *w->req->manifest;
    struct manifest_doc *docs = arena_calloc(&w->batch, plan->n_docs, sizeof(*docs));
    if (!docs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < plan->n_docs; i++) {
        docs[i] = plan->plans[i].sum;
    }
    manifest.docs = docs;
    manifest.n_docs = plan->n_docs;
    w->blobs[0].name = ragd_cs(arena_printf(&w->batch, STORED_MANIFEST "%.*s",
                                            (int)plan->source.n, plan->source.p));
    buf_clear(&w->blob);
    if (!w->blobs[0].name.p || stored_manifest_encode(&manifest, &w->blob)) {
        return RAGD_E_NOMEM;
    }
    w->blobs[0].bytes = (struct ragd_bytes){w->blob.p, w->blob.n};
    return 0;
}

static int fill_records(struct write_run *w, struct ragd_apply *change)
{
    const struct ragd_record **records = arena_calloc(&w->batch, w->hi - w->lo,
                                                      sizeof(*records));
    if (!records) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = w->lo; i < w->hi; i++) {
        struct plan_chunk *chunk = w->req->plan->writes[i];
        chunk->rec.vec = chunk->vec;
        records[i - w->lo] = &chunk->rec;
    }
    change->records = records;
    change->n_records = w->hi - w->lo;
    return 0;
}

static int fill_rest(struct write_run *w, struct ragd_apply *change)
{
    struct ingest_plan *plan = w->req->plan;
    const struct ragd_stored_doc **docs = arena_calloc(&w->batch, plan->n_docs,
                                                       sizeof(*docs));
    if (!docs || encode_manifest(w)) {
        return RAGD_E_NOMEM;
    }
    change->docs = docs;
    for (size_t i = 0; i < plan->n_docs; i++) {
        if (plan->plans[i].write) {
            docs[change->n_docs++] = &plan->plans[i].doc;
        }
    }
    change->remove_ids = plan->remove_ids;
    change->n_remove_ids = plan->n_remove_ids;
    change->remove_docs = plan->remove_docs;
    change->n_remove_docs = plan->n_remove_docs;
    w->blobs[1] = (struct ragd_blob){.name = w->req->failure};
    change->blobs = w->blobs;
    change->n_blobs = w->req->failure.n ? 2 : 1;
    return 0;
}

void write_apply(struct write_run *w)
{
    struct ragd_apply change = {.struct_size = sizeof(change)};
    bool last = w->hi == w->req->plan->n_writes;
    if (!last && !w->generation) {
        w->generation = ++w->run.engine->generation;
    }
    change.generation = w->generation;
    change.flags = last ? 0 : RAGD_APPLY_STAGE;
    if (fill_records(w, &change) || (last && fill_rest(w, &change))) {
        write_fail_memory(w);
        return;
    }
    (void)RAGD_FAILPOINT("add.before_apply");
    run_move(&w->run, last ? W_APPLY : W_STAGE);
    run_wait(&w->run, &w->apply.call);
    w->apply.coll = w->req->coll->coll;
    w->apply.change = change;
    call_apply_start(&w->apply);
}

static void batch(struct write_run *w)
{
    call_memory_release(&w->batch);
    choose(w);
    if (!w->vectors) {
        write_apply(w);
    } else {
        vectors_fill(w);
    }
}

static void begin(struct write_run *w)
{
    run_use(&w->run, w->req->coll);
    commit_enter(w->run.coll);
    w->entered = true;
    w->vectors = collection_has_vectors(w->run.coll) && w->run.coll->embedder;
    batch(w);
}

/* Ends in failure; stages must be told first that nothing follows. */
static void fail(struct run *run, const struct err *err)
{
    struct write_run *w = (struct write_run *)run;
    if (!w->generation || run->state >= W_COMMIT) {
        run_fail(run, run->state == W_ABORT ? &w->err : err);
        return;
    }
    w->err = *err;
    run_move(run, W_ABORT);
    run_wait(run, &w->apply.call);
    w->apply.coll = w->req->coll->coll;
    w->apply.change = (struct ragd_apply){.struct_size = sizeof(w->apply.change),
                                          .flags = RAGD_APPLY_ABORT,
                                          .generation = w->generation};
    call_apply_start(&w->apply);
}

static void staged(struct write_run *w)
{
    for (size_t i = w->lo; i < w->hi; i++) {
        w->req->plan->writes[i]->vec = NULL; /* they go with the batch */
    }
    run_move(&w->run, W_BATCH);
    batch(w);
}

static void note_sizes(struct write_run *w)
{
    struct collection *coll = w->run.coll;
    const struct ingest_plan *plan = w->req->plan;
    uint64_t old_chunks = 0, old_docs = plan->old ? plan->old->n_docs : 0;
    for (size_t i = 0; i < old_docs; i++) {
        old_chunks += plan->old->docs[i].n_chunks;
    }
    coll->records += plan->n_chunks - old_chunks;
    coll->documents += plan->n_docs - old_docs;
}

static void committed(struct write_run *w)
{
    (void)RAGD_FAILPOINT("add.after_commit");
    note_sizes(w);
    if (!w->paid) {
        run_end(&w->run);
        return;
    }
    run_move(&w->run, W_FORGET);
    if (!vectors_drop_paid(w)) {
        run_end(&w->run); /* they only take room, for a while */
    }
}

static void step(struct run *run)
{
    struct write_run *w = (struct write_run *)run;
    switch (run->state) {
    case W_BATCH: begin(w); break;
    case W_VIEW:
        run->view = w->view.view;
        vectors_get_old(w);
        break;
    case W_OLD: vectors_take_old(w); break;
    case W_CACHED: vectors_take_cached(w); break;
    case W_EMBED: vectors_take_embedded(w); break;
    case W_PAID: vectors_embed_next(w); break;
    case W_STAGE: staged(w); break;
    case W_APPLY:
        (void)RAGD_FAILPOINT("add.before_commit");
        run_move(run, W_COMMIT);
        run_commit(run);
        break;
    case W_COMMIT: committed(w); break;
    case W_FORGET: run_end(run); break;
    case W_ABORT: run_fail(run, &w->err); break;
    }
}

static void release(struct run *run)
{
    struct write_run *w = (struct write_run *)run;
    if (w->entered) {
        commit_leave(run->coll);
    }
    call_release(&w->view.call);
    call_release(&w->old.call);
    call_release(&w->cache.call);
    call_release(&w->embed.call);
    call_release(&w->apply.call);
    call_memory_release(&w->batch);
    buf_release(&w->blob);
}

/* The last apply is not cancelled once the store has it; behind those of other
 * sources it may have to wait for long. */
static void cancel(struct run *run)
{
    if (run->state == W_APPLY) {
        call_withdraw(&((struct write_run *)run)->apply.call);
    }
}

static const struct run_conf CONF = {
    .name = "write",
    .size = sizeof(struct write_run),
    .states = STATES,
    .step = step,
    .fail = fail,
    .cancel = cancel,
    .release = release,
};

void ingest_write_start(struct ingest_write *write)
{
    struct write_run *w = run_begin(&write->op, &CONF);
    if (w) {
        w->req = write;
    }
}
