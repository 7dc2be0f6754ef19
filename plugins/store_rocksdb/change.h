/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* One batch: an apply, or one stage of it, as writes that happen together. */
#ifndef STORE_CHANGE_H
#define STORE_CHANGE_H

#include "index.h"
#include "names.h"
#include "store.h"

struct change {
    struct ragd_coll *coll;
    struct ragd_call *call;
    struct db *db;
    struct region region;  /* of the whole change */
    struct region scratch; /* of one record */
    rocksdb_writebatch_t *batch;
    struct counters counters; /* as they will be, but for bytes */
    int64_t bytes_delta;
    bool changed;
    bool decided; /* a stage of a decided generation: not to be cancelled */
    struct index_change index;
    struct names ids, docs, blobs; /* met in this change */
    struct touched touched;
};

/* Refuses what must not be written: dimensions, values that are not finite,
 * names too long or empty, names given twice. */
ragd_status change_check(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *apply);

/* Applies one change in one write; done_stage (or NULL) is deleted with it. A
 * change that changes nothing writes nothing else. */
ragd_status change_apply(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *apply, const struct key *done_stage);

/* change_records.c, change_documents.c */
ragd_status change_records(struct change *c, const struct ragd_apply *apply);
ragd_status change_documents(struct change *c, const struct ragd_apply *apply);
ragd_status change_blobs(struct change *c, const struct ragd_apply *apply);

#ifdef RAGD_FAILPOINTS
/* Tests only: called before and after each write, with its name. */
extern void (*store_passage)(const char *point);
#define STORE_PASSAGE(point) (store_passage ? store_passage(point) : (void)0)
#else
#define STORE_PASSAGE(point) ((void)0)
#endif

#endif
