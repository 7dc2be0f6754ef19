/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Options of the database and of each column family.
 *
 * Small and quiet: a cache and one budget for all write buffers, two background
 * threads, no statistics and no dumps of them. What remains is RocksDB's own
 * timer that flushes its info log every 10 s; nothing switches it off.
 */
#include "db_options.h"

#include <stdlib.h>

#include "postings.h"

enum { KIB = 1024, TOLERATE_CORRUPTED_TAIL = 0, LOG_WARN = 2 };

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

/* The merge operator of the postings. RocksDB frees what it returns. */
static char *merge(const char *existing, size_t existing_n, const char *const *operands,
                   const size_t *lengths, int n, bool keep, unsigned char *ok,
                   size_t *out_n)
{
    struct ragd_bytes *views = malloc(((size_t)n + 1) * sizeof(*views));
    unsigned char *out = malloc(POSTINGS_PER_BLOCK * POSTINGS_ENTRY_MAX);
    long written = -1;
    if (views && out) {
        for (int i = 0; i < n; i++) {
            views[i] = (struct ragd_bytes){operands[i], lengths[i]};
        }
        written = postings_merge((struct ragd_bytes){existing, existing_n}, views,
                                 (size_t)n, keep, out);
    }
    free(views);
    *ok = written >= 0;
    *out_n = written >= 0 ? (size_t)written : 0;
    return (char *)out;
}

static char *full_merge(void *state, const char *key, size_t key_n, const char *existing,
                        size_t existing_n, const char *const *operands,
                        const size_t *lengths, int n, unsigned char *ok, size_t *out_n)
{
    (void)state, (void)key, (void)key_n;
    return merge(existing, existing_n, operands, lengths, n, false, ok, out_n);
}

static char *partial_merge(void *state, const char *key, size_t key_n,
                           const char *const *operands, const size_t *lengths, int n,
                           unsigned char *ok, size_t *out_n)
{
    (void)state, (void)key, (void)key_n;
    return merge(NULL, 0, operands, lengths, n, true, ok, out_n);
}

static const char *merge_name(void *state)
{
    (void)state;
    return "ragd.postings.1";
}

/* Words that no record holds any more leave empty values behind. */
static unsigned char drop_empty(void *state, int level, const char *key, size_t key_n,
                                const char *value, size_t value_n, char **new_value,
                                size_t *new_n, unsigned char *changed)
{
    (void)state, (void)level, (void)key, (void)key_n, (void)value, (void)new_value;
    (void)new_n;
    *changed = 0;
    return value_n == 0;
}

static const char *drop_name(void *state)
{
    (void)state;
    return "ragd.empty.1";
}

static void no_destructor(void *state)
{
    (void)state;
}

static void set_postings(rocksdb_options_t *o, struct db *db)
{
    rocksdb_options_set_merge_operator(
        o, rocksdb_mergeoperator_create(NULL, no_destructor, full_merge, partial_merge,
                                        NULL, merge_name));
    db->drop_empty = rocksdb_compactionfilter_create(NULL, no_destructor, drop_empty,
                                                     drop_name);
    rocksdb_options_set_compaction_filter(o, db->drop_empty);
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

static void set_database(rocksdb_options_t *o, const struct db_options *options)
{
    rocksdb_options_set_create_if_missing(o, 1);
    rocksdb_options_set_create_missing_column_families(o, 1);
    rocksdb_options_set_wal_recovery_mode(o, TOLERATE_CORRUPTED_TAIL);
    rocksdb_options_set_db_write_buffer_size(o, options->write_buffer);
    rocksdb_options_set_max_total_wal_size(o, 4 * options->write_buffer);
    rocksdb_options_set_max_background_jobs(o, 2);
    rocksdb_options_set_max_open_files(o, 256);
    rocksdb_options_set_max_file_opening_threads(o, 1);
    rocksdb_options_set_stats_dump_period_sec(o, 0);
    rocksdb_options_set_stats_persist_period_sec(o, 0);
    rocksdb_options_set_skip_stats_update_on_db_open(o, 1);
    rocksdb_options_set_info_log_level(o, LOG_WARN);
    rocksdb_options_set_max_log_file_size(o, 1024 * KIB);
    rocksdb_options_set_keep_log_file_num(o, 2);
    rocksdb_options_set_is_fd_close_on_exec(o, 1);
}

ragd_status db_options_init(struct db *db, struct ragd_call *call,
                            const struct db_options *options)
{
    /* Without this a start after a kill writes tables before it serves. */
    static const char TEXT[] = "avoid_flush_during_recovery=true";
    db->cache = rocksdb_cache_create_lru(options->cache);
    for (int cf = 0; cf < CF_COUNT; cf++) {
        rocksdb_options_t *o = rocksdb_options_create();
        rocksdb_options_t *full = rocksdb_options_create();
        db->options[cf] = full;
        set_database(o, options);
        rocksdb_options_set_write_buffer_size(o, options->write_buffer);
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
            set_postings(full, db);
        }
    }
    return RAGD_OK;
}
