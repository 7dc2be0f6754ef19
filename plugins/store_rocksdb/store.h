/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Instance, collection and view, and how they share things.
 *
 * Locks, in the order in which they are taken: store.catalogue (collections are
 * made, opened, dropped), coll.write (one change at a time), store.lock (short:
 * lists and snapshots), store.rows_lock (short: cached rows).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <pthread.h>

#include <ragd/store.h>

#include "codec.h"
#include "db.h"
#include "rows.h"
#include "sdk/text/pool.h"

struct store {
    struct db db;
    struct ragd_ctx *ctx;
    char *dir;
    pthread_mutex_t catalogue;
    pthread_mutex_t lock;
    struct ragd_coll *colls; /* open ones */
    struct text_pool *analysers;
    pthread_mutex_t rows_lock;
    size_t rows_limit, rows_bytes;
    uint64_t rows_tick;
};

/* A snapshot that several views may share. */
struct shared_snapshot {
    const rocksdb_snapshot_t *rocks;
    unsigned refs; /* under store.lock */
};

/* A generation whose stages arrive. */
struct generation {
    struct generation *next;
    uint64_t number, stages;
};

struct ragd_coll {
    struct store *store;
    struct ragd_coll *next; /* in store.colls */
    unsigned refs;          /* handles; under store.lock */
    char *name;
    uint32_t number, dim, metric;
    bool dropped; /* under write; views go on */
    pthread_mutex_t write;
    struct generation *generations; /* under write */
    /* While the stages of a committed generation are moved in, what views see:
     * the state before them. Under store.lock. */
    struct shared_snapshot *published;
    struct rows rows;
};

struct ragd_view {
    struct ragd_coll *coll;
    struct shared_snapshot *snapshot;
    rocksdb_readoptions_t *read;
    struct counters counters; /* analyser is not kept */
};

/* catalogue.c */
ragd_status store_coll_list(void *inst, struct ragd_call *call,
                            const struct ragd_coll_sink *sink);
ragd_status store_coll_create(void *inst, struct ragd_call *call,
                              const struct ragd_coll_spec *spec);
ragd_status store_coll_drop(void *inst, struct ragd_call *call, struct ragd_str name);
ragd_status store_coll_open(void *inst, struct ragd_call *call, struct ragd_str name,
                            struct ragd_coll **out);
void store_coll_close(void *inst, struct ragd_coll *coll);
/* Counters of a collection in a state of the database; strings in region. */
ragd_status counters_read(struct ragd_coll *coll, struct ragd_call *call,
                          const rocksdb_readoptions_t *read, struct region *region,
                          struct counters *out);

/* apply.c */
ragd_status store_apply(struct ragd_coll *coll, struct ragd_call *call,
                        const struct ragd_apply *change);
ragd_status store_flush(struct ragd_coll *coll, struct ragd_call *call);

/* view.c */
ragd_status store_view_open(struct ragd_coll *coll, struct ragd_call *call,
                            struct ragd_view **out);
void store_view_close(struct ragd_view *view);
ragd_status store_stats(struct ragd_view *view, struct ragd_call *call,
                        struct ragd_coll_stats *out);
/* Under store.lock. NULL: no memory. */
struct shared_snapshot *snapshot_create(struct store *store);
void snapshot_unref(struct store *store, struct shared_snapshot *snapshot);

/* records.c */
ragd_status store_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                      const struct ragd_str *ids, size_t n,
                      const struct ragd_record_sink *sink);
ragd_status store_scan(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                       const struct ragd_filter *filter, uint64_t after_seq,
                       const struct ragd_record_sink *sink);
ragd_status store_count(struct ragd_view *view, struct ragd_call *call,
                        const struct ragd_filter *filter, uint64_t *count);

/* documents.c */
ragd_status store_doc_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                          const struct ragd_str *ids, size_t n,
                          const struct ragd_doc_out *sink);
ragd_status store_doc_scan(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                           struct ragd_str after, const struct ragd_doc_out *sink);
ragd_status store_blob_get(struct ragd_view *view, struct ragd_call *call,
                           const struct ragd_str *names, size_t n,
                           const struct ragd_blob_sink *sink);
ragd_status store_blob_scan(struct ragd_view *view, struct ragd_call *call,
                            struct ragd_str prefix, struct ragd_str after,
                            const struct ragd_blob_sink *sink);

/* query.c, verify.c */
ragd_status store_query(struct ragd_view *view, struct ragd_call *call,
                        const struct ragd_query *query, const struct ragd_hit_sink *sink);
ragd_status store_verify(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_verify_sink *sink);

#endif
