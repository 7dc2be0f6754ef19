/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: open creates what is missing; every call is one RocksDB call.
 * failure modes: RocksDB answers with a text; db_error maps it. A torn tail of
 * the log, which is what a crash leaves, is tolerated; other damage is not. On
 * a disk that is full at the start it is opened for reading only; on one that
 * becomes full RocksDB refuses writes until there is room.
 * on close: handles first, then the database, which keeps its log for the next
 * open.
 */
#include "state/db.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "core/failpoint.h"
#include "core/mem.h"
#include "state/room.h"

/* Small on purpose: this database holds little and the daemon idles small. */
enum {
    WRITE_BUFFER_BYTES = 1 << 20,
    VECTOR_BUFFER_BYTES = 4 << 20,
    CACHE_BYTES = 1 << 20,
    WAL_BYTES_MAX = 16 << 20,
    OPEN_FILES_MAX = 64,
    THREAD_NAME_BYTES = 16, /* the kernel's */
    LOG_FILES = 1,
    TOLERATE_TORN_TAIL = 0, /* kTolerateCorruptedTailRecords */
    /* Its info log stays empty: where that does not fit on the disk, a RocksDB
     * that is built with assertions ends the process. */
    LOG_NOTHING = 6,
    TABLE_FORMAT = 5, /* what all packaged versions read */
};

static const char *const FAMILIES[DB_FAMILIES] = {"default", "vectors", "blobs"};

static bool is_full(const char *text)
{
    return strstr(text, "No space left") || strstr(text, "Disk quota exceeded");
}

int db_error(struct err *err, char *text, const char *what)
{
    enum err_id id = ERR_STORAGE_IO;
    if (is_full(text)) {
        id = ERR_STORAGE_FULL;
    } else if (strncmp(text, "Corruption", 10) == 0) {
        id = ERR_CORRUPT;
    } else if (strstr(text, "lock")) {
        id = ERR_CONFLICT;
    } else if (strstr(text, "Column families not opened")) {
        id = ERR_CORRUPT;
    }
    err_set(err, id, "the daemon's own database: %s", what);
    err_why(err, "%s", text);
    rocksdb_free(text);
    return err_info(id)->status;
}

static void set_options(rocksdb_options_t *options)
{
    rocksdb_options_set_create_if_missing(options, 1);
    rocksdb_options_set_create_missing_column_families(options, 1);
    rocksdb_options_set_wal_recovery_mode(options, TOLERATE_TORN_TAIL);
    rocksdb_options_set_max_background_jobs(options, 1);
    rocksdb_options_set_max_file_opening_threads(options, 1);
    rocksdb_options_set_max_open_files(options, OPEN_FILES_MAX);
    rocksdb_options_set_max_total_wal_size(options, WAL_BYTES_MAX);
    rocksdb_options_set_write_buffer_size(options, WRITE_BUFFER_BYTES);
    rocksdb_options_set_keep_log_file_num(options, LOG_FILES);
    rocksdb_options_set_info_log_level(options, LOG_NOTHING);
    /* No periodic work: an idle daemon does not wake up. */
    rocksdb_options_set_stats_dump_period_sec(options, 0);
    rocksdb_options_set_stats_persist_period_sec(options, 0);
    rocksdb_options_set_skip_stats_update_on_db_open(options, 1);
    rocksdb_options_set_compression(options, rocksdb_no_compression);
}

/* A file of options that nobody reads has no word for LOG_NOTHING. */
static rocksdb_options_t *make_options(void)
{
    char *text = NULL;
    rocksdb_options_t *base = rocksdb_options_create();
    rocksdb_options_t *options = rocksdb_options_create();
    set_options(base);
    rocksdb_get_options_from_string(base, "fail_if_options_file_error=false", options,
                                    &text);
    assert(!text);
    rocksdb_options_destroy(base);
    return options;
}

static void make_objects(struct state *state)
{
    state->options = make_options();
    state->table = rocksdb_block_based_options_create();
    state->cache = rocksdb_cache_create_lru(CACHE_BYTES);
    state->read = rocksdb_readoptions_create();
    state->write = rocksdb_writeoptions_create();
    state->write_synced = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(state->write_synced, 1);
    rocksdb_block_based_options_set_block_cache(state->table, state->cache);
    rocksdb_block_based_options_set_format_version(state->table, TABLE_FORMAT);
    rocksdb_options_set_block_based_table_factory(state->options, state->table);
}

static rocksdb_t *open_families(const char *dir, const rocksdb_options_t *const *options,
                                struct state *state, char **text)
{
    rocksdb_t *db = rocksdb_open_column_families(state->options, dir, DB_FAMILIES, FAMILIES,
                                                 options, state->families, text);
    if (!*text || !is_full(*text)) {
        return db;
    }
    char *why_not = NULL;
    db = rocksdb_open_for_read_only_column_families(state->options, dir, DB_FAMILIES,
                                                    FAMILIES, options, state->families, 0,
                                                    &why_not);
    state->read_only = why_not == NULL;
    rocksdb_free(state->read_only ? *text : why_not);
    *text = state->read_only ? NULL : *text;
    return db;
}

/* RocksDB's timer thread, one for the process, comes with the first database and
 * takes the name of the thread that opens it. It shall not pass for a worker. */
static rocksdb_t *open_named(const char *dir, const rocksdb_options_t *const *options,
                             struct state *state, char **text)
{
    char name[THREAD_NAME_BYTES];
    bool named = pthread_getname_np(pthread_self(), name, sizeof(name)) == 0 &&
                 pthread_setname_np(pthread_self(), "rocksdb") == 0;
    rocksdb_t *db = open_families(dir, options, state, text);
    if (named) {
        pthread_setname_np(pthread_self(), name);
    }
    return db;
}

int db_open(const char *dir, struct state *state, struct err *err)
{
    if (mkdir(dir, 0700) && errno != EEXIST) {
        return err_errno(err, errno, "cannot make the directory %s", dir);
    }
    make_objects(state);
    rocksdb_options_t *vectors = rocksdb_options_create_copy(state->options);
    rocksdb_options_set_write_buffer_size(vectors, VECTOR_BUFFER_BYTES);
    const rocksdb_options_t *options[DB_FAMILIES] = {state->options, vectors,
                                                     state->options};
    char *text = NULL;
    state->db = open_named(dir, options, state, &text);
    rocksdb_options_destroy(vectors);
    if (text) {
        state->db = NULL;
        int newer = strstr(text, "Column families not opened") != NULL;
        int rc = db_error(err, text, "cannot be opened");
        if (newer) {
            err_hint(err, "%s was written by a newer ragd: upgrade this one", dir);
        }
        return rc;
    }
    return 0;
}

void db_close(struct state *state)
{
    if (state->db) {
        for (int i = 0; i < DB_FAMILIES; i++) {
            rocksdb_column_family_handle_destroy(state->families[i]);
        }
        rocksdb_close(state->db);
        state->db = NULL;
    }
    if (state->options) {
        rocksdb_writeoptions_destroy(state->write_synced);
        rocksdb_writeoptions_destroy(state->write);
        rocksdb_readoptions_destroy(state->read);
        rocksdb_cache_destroy(state->cache);
        rocksdb_block_based_options_destroy(state->table);
        rocksdb_options_destroy(state->options);
        state->options = NULL;
    }
}

int db_get(struct state *state, enum db_family family, const struct buf *key,
           struct buf *out, bool *found, struct err *err)
{
    char *text = NULL;
    rocksdb_pinnableslice_t *value =
        rocksdb_get_pinned_cf(state->db, state->read, state->families[family],
                              (const char *)key->p, key->n, &text);
    if (text) {
        return db_error(err, text, "cannot read");
    }
    *found = value != NULL;
    if (!value) {
        return 0;
    }
    size_t n;
    const char *p = rocksdb_pinnableslice_value(value, &n);
    buf_clear(out);
    int rc = buf_put(out, p, n) ? err_set(err, ERR_NOMEM, NULL) : 0;
    rocksdb_pinnableslice_destroy(value);
    return rc;
}

static int write_batch(struct state *state, const rocksdb_writeoptions_t *how,
                       rocksdb_writebatch_t *batch, struct err *err)
{
    char *text = NULL;
    int rc = RAGD_FAILPOINT("state.write");
    if (rc) {
        rc = err_set(err, err_by_status(rc), "the daemon's own database: cannot write");
    } else if (state->read_only) {
        rc = room_read_only(err);
    } else {
        rocksdb_write(state->db, how, batch, &text);
        rc = text ? db_error(err, text, "cannot write") : 0;
    }
    rocksdb_writebatch_destroy(batch);
    return rc;
}

int db_write(struct state *state, rocksdb_writebatch_t *batch, struct err *err)
{
    return write_batch(state, state->write, batch, err);
}

/* A write of nothing: syncing a log whose last write failed ends RocksDB in an
 * assertion, a write is refused. */
int db_sync(struct state *state, struct err *err)
{
    rocksdb_writebatch_t *nothing = rocksdb_writebatch_create();
    rocksdb_writebatch_put_log_data(nothing, "", 0);
    return write_batch(state, state->write_synced, nothing, err);
}

int db_put(struct state *state, enum db_family family, const struct buf *key,
           struct ragd_bytes value, struct err *err)
{
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    rocksdb_writebatch_put_cf(batch, state->families[family], (const char *)key->p, key->n,
                              value.p, value.n);
    return db_write(state, batch, err);
}

int db_del(struct state *state, enum db_family family, const struct buf *key,
           struct err *err)
{
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    rocksdb_writebatch_delete_cf(batch, state->families[family], (const char *)key->p,
                                 key->n);
    return db_write(state, batch, err);
}

struct db_iter {
    rocksdb_iterator_t *it;
    rocksdb_readoptions_t *options;
    struct buf end; /* RocksDB keeps a pointer to the bound */
    bool started;
};

struct db_iter *db_iter_open(struct state *state, enum db_family family,
                             const struct buf *from, const struct buf *end)
{
    struct db_iter *iter = mem_calloc(1, sizeof(*iter));
    if (!iter || buf_put(&iter->end, end->p, end->n)) {
        mem_free(iter);
        return NULL;
    }
    iter->options = rocksdb_readoptions_create();
    rocksdb_readoptions_set_iterate_upper_bound(iter->options, (const char *)iter->end.p,
                                                iter->end.n);
    rocksdb_readoptions_set_fill_cache(iter->options, 0);
    iter->it = rocksdb_create_iterator_cf(state->db, iter->options,
                                          state->families[family]);
    rocksdb_iter_seek(iter->it, (const char *)from->p, from->n);
    return iter;
}

bool db_iter_next(struct db_iter *iter, struct ragd_bytes *key, struct ragd_bytes *value)
{
    if (iter->started) {
        rocksdb_iter_next(iter->it);
    }
    iter->started = true;
    if (!rocksdb_iter_valid(iter->it)) {
        return false;
    }
    key->p = rocksdb_iter_key(iter->it, &key->n);
    value->p = rocksdb_iter_value(iter->it, &value->n);
    return true;
}

int db_iter_close(struct db_iter *iter, struct err *err)
{
    char *text = NULL;
    rocksdb_iter_get_error(iter->it, &text);
    rocksdb_iter_destroy(iter->it);
    rocksdb_readoptions_destroy(iter->options);
    buf_release(&iter->end);
    mem_free(iter);
    return text ? db_error(err, text, "cannot read") : 0;
}
