/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What a source's documents make of a collection: their chunks, and how these
 * differ from what the source's manifest says is stored. Pure, for a worker.
 */
#ifndef RAG_INGEST_PLAN_H
#define RAG_INGEST_PLAN_H

#include "core/limits.h"
#include "plugin/stored.h"
#include "rag/split.h"

#include <ragd/loader.h>
#include <ragd/record.h>

/* One chunk. */
struct plan_chunk {
    struct ragd_record rec; /* as it is to be stored, but for vec */
    struct ragd_span span;
    struct manifest_chunk sum;
    bool write;          /* not stored like this yet */
    struct ragd_str old; /* id of a stored chunk with the same text, or "" */
    const float *vec;    /* once it is known */
};

struct plan_doc {
    struct ragd_stored_doc doc;
    struct manifest_doc sum;
    bool write;
    struct plan_chunk *chunks;
    size_t n_chunks;
    struct split_list list;
};

struct ingest_plan {
    /* Inputs, borrowed. */
    struct ragd_str source;
    const struct ragd_doc *docs;
    size_t n_docs;
    struct ragd_kvs meta; /* laid over each document's */
    const struct splitter *splitter;
    const struct limits *limits;
    const struct manifest *old; /* NULL = the source is new */
    int64_t added_ms;
    bool (*stop)(void *arg);
    void *arg;
    /* Out, in the arena and in the docs. */
    struct arena arena;
    struct plan_doc *plans;
    struct plan_chunk **writes; /* chunks to write, in order */
    size_t n_writes;
    struct ragd_str *remove_ids, *remove_docs;
    size_t n_remove_ids, n_remove_docs;
    uint64_t n_chunks, n_reused; /* texts that are stored already */
    uint64_t manifest_bytes;     /* of the limit of that name */
};

/* ERR_LIMIT, ERR_NO_TEXT, ERR_NOMEM, ERR_CANCELLED. [any] */
int ingest_plan(struct ingest_plan *plan, struct err *err);
void ingest_plan_release(struct ingest_plan *plan); /* zeroed is legal */

#endif
