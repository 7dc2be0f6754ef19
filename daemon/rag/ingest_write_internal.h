/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A writing's inside, for ingest_write.c (batches and their applies) and
 * ingest_vectors.c (where a batch's vectors come from).
 *
 * Thread: [loop].
 */
#ifndef RAG_INGEST_WRITE_INTERNAL_H
#define RAG_INGEST_WRITE_INTERNAL_H

#include "plugin/call_state.h"
#include "rag/ingest_write.h"
#include "rag/run.h"

enum {
    W_BATCH,
    W_VIEW,
    W_OLD,
    W_CACHED,
    W_EMBED,
    W_PAID,
    W_STAGE,
    W_APPLY,
    W_COMMIT,
    W_FORGET,
    W_ABORT,
};

struct write_run {
    struct run run;
    struct ingest_write *req;
    bool vectors, entered, paid;
    size_t lo, hi;            /* the batch: plan->writes[lo, hi) */
    struct arena batch;       /* of its vectors and lists */
    struct plan_chunk **todo; /* of the batch, without a vector yet */
    size_t n_todo, at;
    uint64_t generation; /* 0 = no stage was applied */
    struct err err;      /* what ABORT ends with */
    struct buf blob;
    struct ragd_blob blobs[2]; /* the manifest, and a failure that is over */
    struct call_view view;
    struct call_get old;
    struct call_vectors cache;
    struct call_embed embed;
    struct call_apply apply;
};

/* The batch has all that it needs: to STAGE or APPLY. */
void write_apply(struct write_run *w);
void write_fail_memory(struct write_run *w);

/* From BATCH: fills in the batch's vectors, then write_apply. */
void vectors_fill(struct write_run *w);
/* From VIEW, OLD, CACHED, EMBED and PAID. */
void vectors_get_old(struct write_run *w);
void vectors_take_old(struct write_run *w);
void vectors_take_cached(struct write_run *w);
void vectors_take_embedded(struct write_run *w);
void vectors_embed_next(struct write_run *w);
/* In FORGET: what was kept against a crash goes; false without memory. */
bool vectors_drop_paid(struct write_run *w);

#endif
