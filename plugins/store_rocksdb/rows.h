/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Vectors in memory, for scans.
 *
 * Rows are kept in blocks of 1024 insertion numbers, read when a query first
 * wants them and only for the newest state: a cached block holds for every view
 * whose sequence is not before the last change of that block, and a change
 * drops it. Older views, and blocks beyond the limit, read from the database
 * each time. When the limit is reached, the blocks of the collection that was
 * searched longest ago go; those of the same collection stay, because a scan
 * that evicts what it needs next time gains nothing.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <ragd/status.h>

#include "db.h"

struct ragd_coll;
struct ragd_view;

enum { ROWS_PER_BLOCK = 1024 };

/* Rows of one block, ascending by insertion number; read-only once made. */
struct row_block {
    unsigned refs; /* under rows_lock; the cache holds one */
    uint32_t n;
    size_t bytes;
    uint64_t *seqs;
    double *norms;
    float *rows;
};

/* Of one collection, under rows_lock. */
struct rows {
    struct row_block **blocks; /* NULL where none is cached */
    uint64_t *changed;         /* sequence of each block's last change */
    size_t n;
    size_t bytes;
    uint64_t used; /* when it was last searched */
};

/* A scan over the rows of a view. */
struct row_scan {
    struct ragd_view *view;
    struct ragd_call *call;
    struct cursor cursor; /* opened when a block has to be read */
    uint64_t next, end;   /* blocks */
};

/* Nothing is read before the first row_scan_next. */
void row_scan_open(struct row_scan *scan, struct ragd_view *view, struct ragd_call *call);
/* The next block with rows, to be given back with rows_unref; *out is NULL at
 * the end. */
ragd_status row_scan_next(struct row_scan *scan, struct row_block **out);
void row_scan_close(struct row_scan *scan);
void rows_unref(struct ragd_coll *coll, struct row_block *block);

/* Blocks that the change with this sequence is about to alter. */
struct touched {
    uint64_t *blocks;
    size_t n, cap;
};
int rows_touch(struct touched *touched, uint64_t seq);
/* Before the change is written. RAGD_E_NOMEM: nothing happened. */
int rows_invalidate(struct ragd_coll *coll, const struct touched *touched,
                    uint64_t sequence);

/* Drops what is cached. */
void rows_release(struct ragd_coll *coll);

#endif
