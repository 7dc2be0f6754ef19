/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Blobs of collections, by store, collection and name. */
#include "core/clock.h"
#include "ragd/state/v1/state.pb-c.h"
#include "state/db.h"
#include "state/key.h"
#include "state/value.h"

static int coll_key(struct buf *key, const struct state_coll *coll)
{
    return key_begin(key, KEY_BLOB) || key_text(key, coll->store) ||
                   key_text(key, coll->coll)
               ? RAGD_E_NOMEM
               : 0;
}

static int blob_key(struct buf *key, const struct state_coll *coll, struct ragd_str name)
{
    return coll_key(key, coll) || key_text(key, name) ? RAGD_E_NOMEM : 0;
}

static int add_to_batch(struct state *state, rocksdb_writebatch_t *batch,
                        const struct buf *key, struct ragd_bytes bytes, struct err *err)
{
    rocksdb_column_family_handle_t *family = state->families[DB_BLOBS];
    if (!bytes.p) {
        rocksdb_writebatch_delete_cf(batch, family, (char *)key->p, key->n);
        return 0;
    }
    Ragd__State__V1__Blob blob = RAGD__STATE__V1__BLOB__INIT;
    struct buf packed = {0};
    blob.format = VALUE_FORMAT;
    blob.data = (ProtobufCBinaryData){bytes.n, (uint8_t *)(uintptr_t)bytes.p};
    int rc = value_pack(&blob.base, &packed, err);
    if (rc == 0) {
        rocksdb_writebatch_put_cf(batch, family, (char *)key->p, key->n, (char *)packed.p,
                                  packed.n);
    }
    buf_release(&packed);
    return rc;
}

int state_blobs_write(struct state *state, const struct state_coll *coll,
                      const struct state_blob *blobs, size_t n, struct err *err)
{
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    struct buf key = {0};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = blob_key(&key, coll, blobs[i].name)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : add_to_batch(state, batch, &key, blobs[i].bytes, err);
    }
    buf_release(&key);
    if (rc) {
        rocksdb_writebatch_destroy(batch);
        return rc;
    }
    return db_write(state, batch, err);
}

static int blob_bytes(struct arena *arena, struct ragd_bytes value, struct ragd_bytes *out,
                      struct err *err)
{
    ProtobufCMessage *message;
    int rc = value_unpack(arena, &ragd__state__v1__blob__descriptor, value, &message, err);
    if (rc == 0) {
        const Ragd__State__V1__Blob *blob = (Ragd__State__V1__Blob *)message;
        *out = (struct ragd_bytes){blob->data.data, blob->data.len};
    }
    return rc;
}

int state_blob_get(struct state *state, const struct state_coll *coll, struct ragd_str name,
                   struct buf *out, struct err *err)
{
    struct buf key = {0}, value = {0};
    struct arena arena = {0};
    struct ragd_bytes bytes = {NULL, 0};
    bool found = false;
    int rc = blob_key(&key, coll, name)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : db_get(state, DB_BLOBS, &key, &value, &found, err);
    if (rc == 0 && !found) {
        rc = err_set(err, ERR_NOT_FOUND, "no such blob");
    }
    if (rc == 0) {
        rc = blob_bytes(&arena, (struct ragd_bytes){value.p, value.n}, &bytes, err);
    }
    if (rc == 0) {
        buf_clear(out);
        rc = buf_put(out, bytes.p, bytes.n) ? err_set(err, ERR_NOMEM, NULL) : 0;
    }
    arena_release(&arena);
    buf_release(&value);
    buf_release(&key);
    return rc;
}

/* Begins at prefix, or just behind after where that is further. */
static struct db_iter *open_walk(struct state *state, const struct state_coll *coll,
                                 const struct state_walk *walk)
{
    struct buf from = {0}, end = {0};
    struct db_iter *iter = NULL;
    /* A prefix is a text without its terminator. */
    int rc = blob_key(&from, coll, walk->prefix);
    if (rc == 0) {
        from.n -= KEY_TEXT_END_BYTES;
        rc = key_end_of(&from, &end);
    }
    if (rc == 0 && walk->after.n) {
        rc = blob_key(&from, coll, walk->after);
        rc = rc ? rc : buf_put(&from, "", 1);
    }
    if (rc == 0) {
        iter = db_iter_open(state, DB_BLOBS, &from, &end);
    }
    buf_release(&from);
    buf_release(&end);
    return iter;
}

/* The last part of a key: the name. */
static int name_of(struct ragd_bytes key, struct buf *name)
{
    key = (struct ragd_bytes){(const char *)key.p + 1, key.n - 1}; /* the tag */
    int rc = 0;
    for (int part = 0; rc == 0 && part < 3; part++) {
        rc = key_read_text(&key, name);
    }
    return rc;
}

static int visit(const struct state_walk *walk, struct ragd_bytes key,
                 struct ragd_bytes value, bool *more, struct err *err)
{
    struct buf name = {0};
    struct arena arena = {0};
    struct state_blob blob = {{NULL, 0}, {NULL, 0}};
    int rc = name_of(key, &name);
    if (rc) {
        rc = err_set(err, err_by_status(rc),
                     "the daemon's own database holds a damaged key");
    } else {
        blob.name = (struct ragd_str){(char *)name.p, name.n};
        rc = blob_bytes(&arena, value, &blob.bytes, err);
    }
    if (rc == 0) {
        *more = walk->each(walk->arg, &blob);
    }
    arena_release(&arena);
    buf_release(&name);
    return rc;
}

int state_blobs_walk(struct state *state, const struct state_coll *coll,
                     const struct state_walk *walk, struct err *err)
{
    struct db_iter *iter = open_walk(state, coll, walk);
    struct ragd_bytes key, value;
    bool more = true;
    int rc = 0;
    if (!iter) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    while (rc == 0 && more && db_iter_next(iter, &key, &value)) {
        rc = visit(walk, key, value, &more, err);
    }
    int ended = db_iter_close(iter, rc ? NULL : err);
    return rc ? rc : ended;
}

int state_coll_drop(struct state *state, const struct state_coll *coll, struct err *err)
{
    struct buf from = {0}, end = {0};
    int rc = coll_key(&from, coll) || key_end_of(&from, &end)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : 0;
    if (rc == 0) {
        rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
        rocksdb_writebatch_delete_range_cf(batch, state->families[DB_BLOBS], (char *)from.p,
                                           from.n, (char *)end.p, end.n);
        rc = db_write(state, batch, err);
    }
    buf_release(&from);
    buf_release(&end);
    return rc;
}
