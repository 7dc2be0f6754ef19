/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The database: options, column families, errors, reading.
 *
 * Every function with a call says in its error detail what happened.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <rocksdb/c.h>

#include <ragd/plugin.h>

#include "keys.h"

enum cf {
    CF_DEFAULT, /* RocksDB wants it; holds nothing */
    CF_META,    /* its name carries the number of the schema */
    CF_RECORDS,
    CF_IDS,
    CF_VECTORS,
    CF_DOCUMENTS,
    CF_BLOBS,
    CF_POSTINGS,
    CF_STAGED,
    CF_COUNT,
};

struct db_options {
    const char *dir;
    uint64_t cache, write_buffer; /* bytes */
};

struct db {
    rocksdb_t *rocks;
    rocksdb_column_family_handle_t *cf[CF_COUNT];
    rocksdb_options_t *options[CF_COUNT];
    rocksdb_cache_t *cache;
    rocksdb_compactionfilter_t *drop_empty; /* the options do not own it */
    rocksdb_writeoptions_t *unsynced, *synced;
    rocksdb_readoptions_t *latest; /* reads the newest state */
    bool read_only;                /* the disk was full at the start */
};

/* Opens, or creates when the directory holds no database; on a full disk for
 * reading only. The schema is checked before anything is written.
 * RAGD_E_CONFIG: in use, or of another schema. */
ragd_status db_open(struct db *db, struct ragd_call *call,
                    const struct db_options *options);
/* Writes what is in memory, so that the next open replays nothing. A zeroed one
 * is legal. */
void db_close(struct db *db);

/* What a RocksDB error text means, as status and detail; frees it. RAGD_OK when
 * text is NULL. doing: "reading", "writing". */
ragd_status db_status(struct ragd_call *call, const char *doing, char *text);
/* Sets the error's detail and returns status. The message is printf's. */
__attribute__((format(printf, 4, 5))) ragd_status db_fail(struct ragd_call *call,
                                                          ragd_status status,
                                                          const char *code,
                                                          const char *format, ...);
/* RAGD_E_CORRUPT for something that cannot be decoded. */
ragd_status db_corrupt(struct ragd_call *call, const char *what);
ragd_status db_no_memory(struct ragd_call *call);

/* A value that RocksDB keeps; release it. */
struct pinned {
    rocksdb_pinnableslice_t *slice;
    struct ragd_bytes bytes;
};

/* RAGD_E_NOT_FOUND (without a detail): bytes.p is NULL then. */
ragd_status db_get(struct db *db, struct ragd_call *call, const rocksdb_readoptions_t *read,
                   enum cf cf, const struct key *key, struct pinned *out);
void pinned_release(struct pinned *value);

/* An iterator over [from, to). */
struct cursor {
    rocksdb_iterator_t *it;
    rocksdb_readoptions_t *read;
    struct key end; /* RocksDB borrows the bound */
};

/* snapshot NULL: the newest state. sequential: a scan that should not push
 * others out of the cache. Stands at the first key >= from. */
void cursor_open(struct cursor *cursor, struct db *db, enum cf cf,
                 const rocksdb_snapshot_t *snapshot, const struct key *from,
                 const struct key *to);
void cursor_seek(struct cursor *cursor, const struct key *key);
bool cursor_valid(const struct cursor *cursor);
void cursor_next(struct cursor *cursor);
struct ragd_bytes cursor_key(const struct cursor *cursor);
struct ragd_bytes cursor_value(const struct cursor *cursor);
/* What ended it, RAGD_OK for the end of the range. */
ragd_status cursor_status(const struct cursor *cursor, struct ragd_call *call);
/* A zeroed one is legal. */
void cursor_close(struct cursor *cursor);

/* Writes a batch; synced: durable when it returns. */
ragd_status db_write(struct db *db, struct ragd_call *call, rocksdb_writebatch_t *batch,
                     bool synced);
/* All that was written is durable when it returns. It is a write itself, of
 * nothing: syncing a log whose last write failed ends RocksDB in an assertion,
 * a write is refused. */
ragd_status db_sync(struct db *db, struct ragd_call *call);
void batch_put(rocksdb_writebatch_t *batch, struct db *db, enum cf cf,
               const struct key *key, struct ragd_bytes value);
void batch_delete(rocksdb_writebatch_t *batch, struct db *db, enum cf cf,
                  const struct key *key);

/* The host, set by the entry before anything else runs. */
extern const struct ragd_host *store_host;

#endif
