/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What an import has been given: the items of one push as a change, and over
 * the whole import which documents and chunks its manifests still wait for.
 *
 * Thread: all functions [loop].
 */
#ifndef RAG_IMPORT_BATCH_H
#define RAG_IMPORT_BATCH_H

#include "core/map.h"
#include "rag/registry.h"
#include "rag/transfer.h"

struct import_batch {
    struct collection *coll;
    /* Over the whole import. */
    struct arena arena;
    struct map docs; /* of its manifests, by id */
    uint64_t records, documents, manifests, embedded;
    /* Of the push at hand. */
    struct arena push;
    struct ragd_record *recs;
    const struct ragd_record **rec_refs;
    const struct ragd_stored_doc **doc_refs;
    struct ragd_blob *blobs;
    const struct manifest **manifest_refs;
    struct ragd_str *blob_names; /* of its manifests */
    struct ragd_str *plain_ids;  /* of records without a document */
    struct ragd_str *texts;      /* of records without a vector */
    size_t *owners;              /* whose they are */
    size_t n_recs, n_docs, n_manifests, n_plain, n_texts;
    struct ragd_str *remove_ids, *remove_docs; /* of replaced sources */
    size_t n_remove_ids, n_remove_docs;
};

/* Empty; coll is borrowed, and its run holds it. */
void import_batch_init(struct import_batch *batch, struct collection *coll);
void import_batch_release(struct import_batch *batch); /* zeroed is legal */
/* Forgets the push. */
void import_batch_clear(struct import_batch *batch);

/* Checks the items and sorts them; borrows them until clear. */
int import_batch_take(struct import_batch *batch, const struct import_item *items, size_t n,
                      struct err *err);
/* What the collection has of the sources of the push is to go. */
int import_batch_replace(struct import_batch *batch, const struct ragd_blob *old, size_t n,
                         struct err *err);
/* Gives the texts without a vector theirs: rows, n_texts of them, are borrowed
 * until clear. */
void import_batch_vectors(struct import_batch *batch, const float *rows);
/* The change that the push is; in the memory of the push. */
void import_batch_change(const struct import_batch *batch, struct ragd_apply *change);
/* Every document and chunk of the manifests came, and they fit together. */
int import_batch_complete(const struct import_batch *batch, struct err *err);
#endif
