/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The items of one push of an import, checked, and as the change that they are.
 *
 * Thread: take and replace are a worker's, they hash and encode what may be as
 * large as a document; the rest [loop].
 */
#ifndef RAG_IMPORT_BATCH_H
#define RAG_IMPORT_BATCH_H

#include "core/limits.h"
#include "rag/import_expect.h"
#include "rag/record_check.h"
#include "rag/transfer.h"

struct import_batch {
    /* Over the whole import; the rules are a copy, for the worker. */
    struct limits limits;
    struct record_rules rules;
    struct import_expect expect;
    uint64_t items, records, documents, manifests, embedded;
    /* Of the push at hand. */
    struct arena push;
    struct ragd_record *recs;
    const struct ragd_record **rec_refs;
    const struct ragd_stored_doc **doc_refs;
    struct ragd_blob *blobs;
    struct ragd_str *blob_names; /* of its manifests */
    struct ragd_str *sources;    /* of its manifests; they outlive the push */
    struct ragd_str *plain_ids;  /* of records without a document */
    struct ragd_str *texts;      /* of records without a vector */
    size_t *owners;              /* whose they are */
    size_t n_recs, n_docs, n_manifests, n_plain, n_texts;
    struct ragd_str *remove_ids, *remove_docs; /* of replaced sources */
    size_t n_remove_ids, n_remove_docs;
};

/* Of a zeroed one. RAGD_E_NOMEM. */
int import_batch_init(struct import_batch *batch, const struct collection *coll);
void import_batch_release(struct import_batch *batch); /* zeroed is legal */
/* Forgets the push. */
void import_batch_clear(struct import_batch *batch);

/* Checks the items and sorts them; borrows them until clear. An error names the
 * line. [worker] */
int import_batch_take(struct import_batch *batch, const struct import_item *items, size_t n,
                      struct err *err);
/* What the collection has of the sources of the push is to go. [worker] */
int import_batch_replace(struct import_batch *batch, const struct ragd_blob *old, size_t n,
                         struct err *err);
/* rows: of its texts, in order. */
void import_batch_vectors(struct import_batch *batch, const float *rows);
/* The change that the push is; in the memory of the push. */
void import_batch_change(const struct import_batch *batch, struct ragd_apply *change);

#endif
