/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The insides of the fake store, for the parts of it. */
#ifndef SUPPORT_FAKE_STORE_H
#define SUPPORT_FAKE_STORE_H

#include "support/fake_calls.h"

/* Memory that no test makes fail. */
struct heap {
    void **blocks;
    size_t n;
};

struct shelf {
    struct heap heap; /* of everything in it; grows, is never cleaned */
    struct ragd_record *records;
    struct ragd_stored_doc *docs;
    struct ragd_blob *blobs;
    size_t n_records, n_docs, n_blobs;
    uint64_t seq, sequence;
};

struct coll {
    struct list link;
    char name[64];
    uint32_t dim, metric;
    struct shelf now, durable, staged;
    uint64_t generation;
    size_t handles;
};

struct view {
    struct coll *coll;
    struct shelf *shelf;
    struct shelf copy;
};

/* Open collections and views. */
extern size_t fake_handles;

bool fake_same(struct ragd_str a, struct ragd_str b);
void fake_shelf_copy(const struct shelf *in, uint32_t dim, struct shelf *out);
void fake_shelf_clear(struct shelf *shelf);
/* Of the store's name of a collection. */
void fake_mark_drop(struct ragd_str coll);

#endif
