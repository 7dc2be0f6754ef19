/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: list the column families, open, read and write, close with the
 * write buffers flushed.
 * Failure modes: RocksDB answers with texts; db_status sorts them into statuses.
 * After a write that failed RocksDB refuses writes, reads go on; when the disk
 * was full it looks every 5 s whether there is room and goes on by itself. What
 * cannot be opened for a full disk is opened for reading only.
 * On close: killed or closed, what a flush acknowledged is in the log.
 */
#include "db.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_options.h"

const struct ragd_host *store_host;

ragd_status db_fail(struct ragd_call *call, ragd_status status, const char *code,
                    const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = status,
                               .code = ragd_cs(code),
                               .message = ragd_cs(message),
                               .retry_after_ms = -1};
    store_host->call_error(call, &error);
    return status;
}

ragd_status db_corrupt(struct ragd_call *call, const char *what)
{
    return db_fail(
        call, RAGD_E_CORRUPT, "store_corrupt",
        "The store's %s cannot be read: the data is damaged. Restore a backup, or "
        "remove the collection and add its sources again.",
        what);
}

ragd_status db_no_memory(struct ragd_call *call)
{
    return db_fail(call, RAGD_E_NOMEM, "store_memory", "The store has no memory left.");
}

static bool is_full(const char *text)
{
    return strstr(text, "No space left") || strstr(text, "Disk quota exceeded") ||
           strstr(text, "Space limit reached");
}

ragd_status db_status(struct ragd_call *call, const char *doing, char *text)
{
    if (!text) {
        return RAGD_OK;
    }
    ragd_status status = RAGD_E_INTERNAL;
    if (is_full(text)) {
        status =
            db_fail(call, RAGD_E_FULL, "store_full",
                    "The disk of the store is full (while %s). Free some space; nothing "
                    "acknowledged is lost. RocksDB says: %s",
                    doing, text);
    } else if (strncmp(text, "Corruption", 10) == 0) {
        status =
            db_fail(call, RAGD_E_CORRUPT, "store_corrupt",
                    "The store's data is damaged (while %s). Restore a backup, or remove "
                    "its directory and add everything again. RocksDB says: %s",
                    doing, text);
    } else if (strncmp(text, "IO error", 8) == 0) {
        status =
            db_fail(call, RAGD_E_IO, "store_io",
                    "The store's disk failed (while %s). Check the disk, then restart the "
                    "daemon. RocksDB says: %s",
                    doing, text);
    } else {
        db_fail(call, status, "store_failed", "RocksDB failed while %s: %s", doing, text);
    }
    rocksdb_free(text);
    return status;
}

static bool is_ours(const char *name)
{
    for (int cf = 0; cf < CF_COUNT; cf++) {
        if (strcmp(name, db_cf_name((enum cf)cf)) == 0) {
            return true;
        }
    }
    return false;
}

/* Refuses what another release wrote; the names are read without writing. */
static ragd_status check_schema(struct db *db, struct ragd_call *call, const char *dir)
{
    char *text = NULL;
    size_t n = 0;
    char **names = rocksdb_list_column_families(db->options[0], dir, &n, &text);
    if (text) {
        /* There is no database yet, or opening it will say what is wrong. */
        rocksdb_free(text);
        n = 0;
    }
    ragd_status status = RAGD_OK;
    for (size_t i = 0; i < n && status == RAGD_OK; i++) {
        if (is_ours(names[i])) {
            continue;
        }
        const char *schema = strncmp(names[i], DB_SCHEMA_PREFIX,
                                     strlen(DB_SCHEMA_PREFIX)) == 0
                                 ? names[i] + strlen(DB_SCHEMA_PREFIX)
                                 : "unknown";
        status =
            db_fail(call, RAGD_E_CONFIG, "store_schema",
                    "%s holds a database of schema %s, this store reads schema " DB_SCHEMA
                    ". Use the ragd that wrote it, or give the instance another dir.",
                    dir, schema);
    }
    rocksdb_list_column_families_destroy(names, n);
    return status;
}

static ragd_status open_status(struct ragd_call *call, const char *dir, char *text)
{
    if (text && (strstr(text, "lock hold by current process") ||
                 strstr(text, "Resource temporarily unavailable"))) {
        rocksdb_free(text);
        return db_fail(
            call, RAGD_E_CONFIG, "store_in_use",
            "%s is in use by another ragd or another instance. Stop that one, or "
            "give this instance a dir of its own.",
            dir);
    }
    return db_status(call, "opening", text);
}

static char *open_rocks(struct db *db, const char *dir)
{
    const rocksdb_options_t *const *options = (const rocksdb_options_t *const *)db->options;
    const char *names[CF_COUNT];
    char *text = NULL;
    for (int cf = 0; cf < CF_COUNT; cf++) {
        names[cf] = db_cf_name((enum cf)cf);
    }
    db->rocks = rocksdb_open_column_families(db->options[0], dir, CF_COUNT, names, options,
                                             db->cf, &text);
    if (!text || !is_full(text)) {
        return text;
    }
    char *why_not = NULL;
    db->rocks = rocksdb_open_for_read_only_column_families(db->options[0], dir, CF_COUNT,
                                                           names, options, db->cf, 0,
                                                           &why_not);
    db->read_only = why_not == NULL;
    rocksdb_free(db->read_only ? text : why_not);
    return db->read_only ? NULL : text;
}

ragd_status db_open(struct db *db, struct ragd_call *call, const struct db_options *options)
{
    *db = (struct db){0};
    db->unsynced = rocksdb_writeoptions_create();
    db->synced = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(db->synced, 1);
    db->latest = rocksdb_readoptions_create();
    ragd_status status = db_options_init(db, call, options);
    if (status == RAGD_OK) {
        status = check_schema(db, call, options->dir);
    }
    if (status == RAGD_OK) {
        status = open_status(call, options->dir, open_rocks(db, options->dir));
    }
    if (status != RAGD_OK) {
        db->rocks = NULL;
        db_close(db);
    }
    return status;
}

static void flush_buffers(struct db *db)
{
    rocksdb_flushoptions_t *options = rocksdb_flushoptions_create();
    for (int cf = 0; cf < CF_COUNT; cf++) {
        /* A failure costs a replay of the log at the next start, no data. */
        char *text = NULL;
        rocksdb_flush_cf(db->rocks, options, db->cf[cf], &text);
        rocksdb_free(text);
    }
    rocksdb_flushoptions_destroy(options);
}

void db_close(struct db *db)
{
    if (db->rocks) {
        if (!db->read_only) {
            flush_buffers(db);
        }
        for (int cf = 0; cf < CF_COUNT; cf++) {
            rocksdb_column_family_handle_destroy(db->cf[cf]);
        }
        rocksdb_close(db->rocks);
    }
    for (int cf = 0; cf < CF_COUNT; cf++) {
        if (db->options[cf]) {
            rocksdb_options_destroy(db->options[cf]);
        }
    }
    if (db->drop_empty) {
        rocksdb_compactionfilter_destroy(db->drop_empty);
    }
    if (db->cache) {
        rocksdb_cache_destroy(db->cache);
    }
    if (db->unsynced) {
        rocksdb_writeoptions_destroy(db->unsynced);
        rocksdb_writeoptions_destroy(db->synced);
        rocksdb_readoptions_destroy(db->latest);
    }
    *db = (struct db){0};
}

ragd_status db_get(struct db *db, struct ragd_call *call, const rocksdb_readoptions_t *read,
                   enum cf cf, const struct key *key, struct pinned *out)
{
    *out = (struct pinned){0};
    char *text = NULL;
    rocksdb_pinnableslice_t *slice = rocksdb_get_pinned_cf(db->rocks, read, db->cf[cf],
                                                           (const char *)key->bytes, key->n,
                                                           &text);
    if (text) {
        return db_status(call, "reading", text);
    }
    if (!slice) {
        return RAGD_E_NOT_FOUND;
    }
    out->slice = slice;
    out->bytes.p = rocksdb_pinnableslice_value(slice, &out->bytes.n);
    return RAGD_OK;
}

void pinned_release(struct pinned *value)
{
    if (value->slice) {
        rocksdb_pinnableslice_destroy(value->slice);
    }
    *value = (struct pinned){0};
}

void cursor_open(struct cursor *cursor, struct db *db, enum cf cf,
                 const rocksdb_snapshot_t *snapshot, const struct key *from,
                 const struct key *to)
{
    cursor->end = *to;
    cursor->read = rocksdb_readoptions_create();
    rocksdb_readoptions_set_snapshot(cursor->read, snapshot);
    rocksdb_readoptions_set_iterate_upper_bound(cursor->read,
                                                (const char *)cursor->end.bytes,
                                                cursor->end.n);
    cursor->it = rocksdb_create_iterator_cf(db->rocks, cursor->read, db->cf[cf]);
    cursor_seek(cursor, from);
}

void cursor_seek(struct cursor *cursor, const struct key *key)
{
    rocksdb_iter_seek(cursor->it, (const char *)key->bytes, key->n);
}

bool cursor_valid(const struct cursor *cursor)
{
    return rocksdb_iter_valid(cursor->it);
}

void cursor_next(struct cursor *cursor)
{
    rocksdb_iter_next(cursor->it);
}

struct ragd_bytes cursor_key(const struct cursor *cursor)
{
    struct ragd_bytes b;
    b.p = rocksdb_iter_key(cursor->it, &b.n);
    return b;
}

struct ragd_bytes cursor_value(const struct cursor *cursor)
{
    struct ragd_bytes b;
    b.p = rocksdb_iter_value(cursor->it, &b.n);
    return b;
}

ragd_status cursor_status(const struct cursor *cursor, struct ragd_call *call)
{
    char *text = NULL;
    rocksdb_iter_get_error(cursor->it, &text);
    return db_status(call, "reading", text);
}

void cursor_close(struct cursor *cursor)
{
    if (cursor->it) {
        rocksdb_iter_destroy(cursor->it);
        rocksdb_readoptions_destroy(cursor->read);
    }
    cursor->it = NULL;
    cursor->read = NULL;
}

ragd_status db_write(struct db *db, struct ragd_call *call, rocksdb_writebatch_t *batch,
                     bool synced)
{
    char *text = NULL;
    if (db->read_only) {
        return db_fail(call, RAGD_E_FULL, "store_full",
                       "The disk of the store was full when ragd started, so the store is "
                       "open for reading only. Free some space, then restart ragd.");
    }
    rocksdb_write(db->rocks, synced ? db->synced : db->unsynced, batch, &text);
    return db_status(call, "writing", text);
}

ragd_status db_sync(struct db *db, struct ragd_call *call)
{
    rocksdb_writebatch_t *nothing = rocksdb_writebatch_create();
    rocksdb_writebatch_put_log_data(nothing, "", 0);
    ragd_status status = db_write(db, call, nothing, true);
    rocksdb_writebatch_destroy(nothing);
    return status;
}

void batch_put(rocksdb_writebatch_t *batch, struct db *db, enum cf cf,
               const struct key *key, struct ragd_bytes value)
{
    rocksdb_writebatch_put_cf(batch, db->cf[cf], (const char *)key->bytes, key->n,
                              value.n ? value.p : "", value.n);
}

void batch_delete(rocksdb_writebatch_t *batch, struct db *db, enum cf cf,
                  const struct key *key)
{
    rocksdb_writebatch_delete_cf(batch, db->cf[cf], (const char *)key->bytes, key->n);
}
