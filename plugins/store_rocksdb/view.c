/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A view is a snapshot of the database and the counters as they were in it.
 *
 * While the stages of a committed generation are moved in, new views share the
 * snapshot from before, so that nobody sees a part of them (stages.c).
 */
#include <stdlib.h>

#include "store.h"

struct shared_snapshot *snapshot_create(struct store *store)
{
    struct shared_snapshot *snapshot = malloc(sizeof(*snapshot));
    if (snapshot) {
        snapshot->rocks = rocksdb_create_snapshot(store->db.rocks);
        snapshot->refs = 1;
    }
    return snapshot;
}

void snapshot_unref(struct store *store, struct shared_snapshot *snapshot)
{
    if (snapshot && --snapshot->refs == 0) {
        rocksdb_release_snapshot(store->db.rocks, snapshot->rocks);
        free(snapshot);
    }
}

static struct shared_snapshot *current_snapshot(struct ragd_coll *coll)
{
    pthread_mutex_lock(&coll->store->lock);
    struct shared_snapshot *snapshot = coll->published;
    if (snapshot) {
        snapshot->refs++;
    } else {
        snapshot = snapshot_create(coll->store);
    }
    pthread_mutex_unlock(&coll->store->lock);
    return snapshot;
}

static ragd_status view_init(struct ragd_view *view, struct ragd_call *call)
{
    view->snapshot = current_snapshot(view->coll);
    if (!view->snapshot) {
        return db_no_memory(call);
    }
    view->read = rocksdb_readoptions_create();
    rocksdb_readoptions_set_snapshot(view->read, view->snapshot->rocks);
    struct region region = {0};
    ragd_status status = counters_read(view->coll, call, view->read, &region,
                                       &view->counters);
    view->counters.analyser = (struct ragd_str){0};
    region_release(&region);
    return status;
}

ragd_status store_view_open(struct ragd_coll *coll, struct ragd_call *call,
                            struct ragd_view **out)
{
    struct ragd_view *view = calloc(1, sizeof(*view));
    if (!view) {
        return db_no_memory(call);
    }
    view->coll = coll;
    ragd_status status = view_init(view, call);
    if (status != RAGD_OK) {
        store_view_close(view);
        return status;
    }
    *out = view;
    return RAGD_OK;
}

void store_view_close(struct ragd_view *view)
{
    struct store *store = view->coll->store;
    if (view->read) {
        rocksdb_readoptions_destroy(view->read);
    }
    pthread_mutex_lock(&store->lock);
    snapshot_unref(store, view->snapshot);
    pthread_mutex_unlock(&store->lock);
    free(view);
}

/* Bytes of a collection in tables; what is still in write buffers is not
 * counted. */
static uint64_t bytes_on_disk(struct ragd_coll *coll)
{
    struct db *db = &coll->store->db;
    struct key from, to;
    key_coll(&from, coll->number);
    key_coll(&to, coll->number + 1);
    const char *start = (const char *)from.bytes, *limit = (const char *)to.bytes;
    uint64_t total = 0;
    for (int cf = CF_RECORDS; cf < CF_STAGED; cf++) {
        uint64_t bytes = 0;
        char *text = NULL;
        rocksdb_approximate_sizes_cf(db->rocks, db->cf[cf], 1, &start, &from.n, &limit,
                                     &to.n, &bytes, &text);
        rocksdb_free(text);
        total += bytes;
    }
    return total;
}

ragd_status store_stats(struct ragd_view *view, struct ragd_call *call,
                        struct ragd_coll_stats *out)
{
    (void)call;
    struct ragd_coll *coll = view->coll;
    pthread_mutex_lock(&coll->store->rows_lock);
    uint64_t rows = coll->rows.bytes;
    pthread_mutex_unlock(&coll->store->rows_lock);
    *out = (struct ragd_coll_stats){.struct_size = sizeof(*out),
                                    .dim = coll->dim,
                                    .records = view->counters.records,
                                    .vectors = view->counters.vectors,
                                    .docs = view->counters.documents,
                                    .blobs = view->counters.blobs,
                                    .bytes_disk = bytes_on_disk(coll),
                                    .bytes_ram = rows,
                                    .sequence = view->counters.sequence,
                                    .bytes_data = view->counters.bytes};
    return RAGD_OK;
}
