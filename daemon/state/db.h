/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* RocksDB as daemon/state uses it: three column families, texts of errors. */
#ifndef STATE_DB_H
#define STATE_DB_H

#include <pthread.h>
#include <rocksdb/c.h>
#include <stdatomic.h>

#include "core/buf.h"
#include "state/state.h"

/* Few and fixed: small things, vectors (large, short-lived), blobs. */
enum db_family { DB_DEFAULT, DB_VECTORS, DB_BLOBS, DB_FAMILIES };

struct state {
    rocksdb_t *db;
    rocksdb_options_t *options;
    rocksdb_block_based_table_options_t *table;
    rocksdb_cache_t *cache;
    rocksdb_column_family_handle_t *families[DB_FAMILIES];
    rocksdb_readoptions_t *read;
    rocksdb_writeoptions_t *write, *write_synced;
    bool read_only; /* the disk was full at the start */
    const struct limits *limits;
    char *dir;
    /* Of state_room: what it last told, and when the disk was last low. */
    atomic_bool low;
    _Atomic uint64_t low_ms;
    pthread_mutex_t room_lock; /* never held over a call that may wait */
    struct err room;           /* its last refusal, or none */

    pthread_mutex_t lock; /* of what follows */
    uint64_t last_job;
    bool vectors_counted;
    uint64_t vector_bytes;
};

/* Fills state, which is zeroed. Blocking. Errors: as of state_open. */
int db_open(const char *dir, struct state *state, struct err *err);
void db_close(struct state *state);

/* Frees text, RocksDB's own; says what failed. */
int db_error(struct err *err, char *text, const char *what);
/* *found tells whether it was there; out is replaced then. */
int db_get(struct state *state, enum db_family family, const struct buf *key,
           struct buf *out, bool *found, struct err *err);
int db_put(struct state *state, enum db_family family, const struct buf *key,
           struct ragd_bytes value, struct err *err);
int db_del(struct state *state, enum db_family family, const struct buf *key,
           struct err *err);
/* Takes the batch. */
int db_write(struct state *state, rocksdb_writebatch_t *batch, struct err *err);
/* All that was written survives a power failure from here on. */
int db_sync(struct state *state, struct err *err);
/* At the first key in [from, end), which it keeps a copy of; NULL: no memory. */
struct db_iter;
struct db_iter *db_iter_open(struct state *state, enum db_family family,
                             const struct buf *from, const struct buf *end);
/* false at the end. What it points at lasts until the next call. */
bool db_iter_next(struct db_iter *iter, struct ragd_bytes *key, struct ragd_bytes *value);
/* Tells whether the walk ended for an error. */
int db_iter_close(struct db_iter *iter, struct err *err);

#endif
