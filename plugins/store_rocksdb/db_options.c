/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Options of the database and of each column family.
 *
 * Small and quiet: a cache and one budget for all write buffers, two background
 * threads, no statistics and no dumps of them. What remains is RocksDB's own
 * timer that flushes its info log every 10 s; nothing switches it off. The log
 * itself stays empty: Debian builds RocksDB with assertions, and one of them
 * ends the process at the second line that does not fit on a full disk.
 */
#include "db_options.h"

#include <sys/statvfs.h>

#include "merge.h"

enum {
    KIB = 1024,
    BUFFER_LEAST = 1024 * KIB,
    BUFFERS_ON_DISK = 32,
    TOLERATE_CORRUPTED_TAIL = 0,
    LOG_NOTHING = 6,
};

static const char *const CF_NAMES[CF_COUNT] = {
    [CF_DEFAULT] = "default", [CF_META] = DB_SCHEMA_PREFIX DB_SCHEMA,
    [CF_RECORDS] = "records", [CF_IDS] = "ids",
    [CF_VECTORS] = "vectors", [CF_DOCUMENTS] = "documents",
    [CF_BLOBS] = "blobs",     [CF_POSTINGS] = "postings",
    [CF_STAGED] = "staged",
};

const char *db_cf_name(enum cf cf)
{
    return CF_NAMES[cf];
}

static void set_table(rocksdb_options_t *o, enum cf cf, rocksdb_cache_t *cache)
{
    rocksdb_block_based_table_options_t *t = rocksdb_block_based_options_create();
    rocksdb_block_based_options_set_format_version(t, 5);
    rocksdb_block_based_options_set_block_cache(t, cache);
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(t, 1);
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(t, 1);
    rocksdb_block_based_options_set_block_size(t, (cf == CF_VECTORS ? 32 : 8) * KIB);
    if (cf == CF_IDS) {
        /* Most ids that are looked up by an add are new. */
        rocksdb_block_based_options_set_filter_policy(
            t, rocksdb_filterpolicy_create_bloom_full(10));
    }
    rocksdb_options_set_block_based_table_factory(o, t);
    rocksdb_block_based_options_destroy(t);
    rocksdb_options_set_compression(o, cf == CF_VECTORS || cf == CF_IDS
                                           ? rocksdb_no_compression
                                           : rocksdb_lz4_compression);
}

/* A full buffer must fit on the disk once more, as a table, and the log may be
 * four of them: on a small disk they are smaller. */
static uint64_t buffer_bytes(const struct db_options *options)
{
    struct statvfs disk;
    if (statvfs(options->dir, &disk)) {
        return options->write_buffer;
    }
    uint64_t part = (uint64_t)disk.f_blocks * disk.f_frsize / BUFFERS_ON_DISK;
    part = part < BUFFER_LEAST ? BUFFER_LEAST : part;
    return part < options->write_buffer ? part : options->write_buffer;
}

static void set_database(rocksdb_options_t *o, uint64_t buffer)
{
    rocksdb_options_set_create_if_missing(o, 1);
    rocksdb_options_set_create_missing_column_families(o, 1);
    rocksdb_options_set_wal_recovery_mode(o, TOLERATE_CORRUPTED_TAIL);
    rocksdb_options_set_db_write_buffer_size(o, buffer);
    rocksdb_options_set_max_total_wal_size(o, 4 * buffer);
    rocksdb_options_set_max_background_jobs(o, 2);
    rocksdb_options_set_max_open_files(o, 256);
    rocksdb_options_set_max_file_opening_threads(o, 1);
    rocksdb_options_set_stats_dump_period_sec(o, 0);
    rocksdb_options_set_stats_persist_period_sec(o, 0);
    rocksdb_options_set_skip_stats_update_on_db_open(o, 1);
    rocksdb_options_set_info_log_level(o, LOG_NOTHING);
    rocksdb_options_set_keep_log_file_num(o, 1);
    rocksdb_options_set_is_fd_close_on_exec(o, 1);
}

ragd_status db_options_init(struct db *db, struct ragd_call *call,
                            const struct db_options *options)
{
    /* Without the first a start after a kill writes tables before it serves;
     * the second is about a file of options that nobody reads and that has no
     * word for LOG_NOTHING. */
    static const char TEXT[] =
        "avoid_flush_during_recovery=true;fail_if_options_file_error=false";
    uint64_t buffer = buffer_bytes(options);
    db->cache = rocksdb_cache_create_lru(options->cache);
    for (int cf = 0; cf < CF_COUNT; cf++) {
        rocksdb_options_t *o = rocksdb_options_create();
        rocksdb_options_t *full = rocksdb_options_create();
        db->options[cf] = full;
        set_database(o, buffer);
        rocksdb_options_set_write_buffer_size(o, buffer);
        rocksdb_options_set_arena_block_size(o, 256 * KIB);
        rocksdb_options_set_level_compaction_dynamic_level_bytes(o, 1);
        char *text = NULL;
        rocksdb_get_options_from_string(o, TEXT, full, &text);
        rocksdb_options_destroy(o);
        ragd_status status = db_status(call, "setting up", text);
        if (status != RAGD_OK) {
            return status;
        }
        set_table(full, (enum cf)cf, db->cache);
        if (cf == CF_POSTINGS) {
            set_merge(db, full);
        }
    }
    return RAGD_OK;
}
