/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Vectors that wait for their chunks to be applied, by space and text hash.
 *
 * They are a cache: what is too much is not kept, what nobody fetched for
 * STALE_MS goes. Their bytes are counted once per process, at the first put; a
 * row that is put twice counts twice, which errs on the small side.
 */
#include <string.h>

#include "core/clock.h"
#include "ragd/state/v1/state.pb-c.h"
#include "state/db.h"
#include "state/key.h"
#include "state/value.h"

static const int64_t STALE_MS = INT64_C(7) * 24 * 3600 * 1000;

static int vector_key(struct buf *key, const struct state_vectors *which, size_t i)
{
    return key_begin(key, KEY_VECTOR) || key_text(key, which->space) ||
                   key_bytes(key, which->hashes + i * HASH_BYTES, HASH_BYTES)
               ? RAGD_E_NOMEM
               : 0;
}

static int unpack_vector(struct arena *arena, struct ragd_bytes value,
                         Ragd__State__V1__Vector **out, struct err *err)
{
    ProtobufCMessage *message;
    int rc = value_unpack(arena, &ragd__state__v1__vector__descriptor, value, &message,
                          err);
    if (rc == 0) {
        *out = (Ragd__State__V1__Vector *)message;
    }
    return rc;
}

/* Counts one stored row; a stale or unreadable one is removed with batch. */
static void count_row(struct state *state, rocksdb_writebatch_t *batch,
                      struct ragd_bytes key, struct ragd_bytes value)
{
    struct arena arena = {0};
    Ragd__State__V1__Vector *vector;
    if (unpack_vector(&arena, value, &vector, NULL) ||
        vector->stored_ms < clock_unix_ms() - STALE_MS) {
        rocksdb_writebatch_delete_cf(batch, state->families[DB_VECTORS], key.p, key.n);
    } else {
        state->vector_bytes += value.n;
    }
    arena_release(&arena);
}

/* The lock is held. */
static int count_all(struct state *state, struct err *err)
{
    struct buf from = {0}, end = {0};
    struct db_iter *iter = NULL;
    struct ragd_bytes key, value;
    if (state->vectors_counted) {
        return 0;
    }
    if (key_begin(&from, KEY_VECTOR) == 0 && key_end_of(&from, &end) == 0) {
        iter = db_iter_open(state, DB_VECTORS, &from, &end);
    }
    buf_release(&from);
    buf_release(&end);
    if (!iter) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    rocksdb_writebatch_t *stale = rocksdb_writebatch_create();
    state->vector_bytes = 0;
    while (db_iter_next(iter, &key, &value)) {
        count_row(state, stale, key, value);
    }
    int rc = db_iter_close(iter, err);
    if (rc) {
        rocksdb_writebatch_destroy(stale);
        return rc;
    }
    rc = db_write(state, stale, err);
    state->vectors_counted = rc == 0;
    return rc;
}

/* Whether n more bytes fit; then they are taken. */
static bool reserve(struct state *state, size_t n)
{
    pthread_mutex_lock(&state->lock);
    bool fits = state->vector_bytes + n <= state->limits->pending_vectors;
    if (fits) {
        state->vector_bytes += n;
    }
    pthread_mutex_unlock(&state->lock);
    return fits;
}

static void unreserve(struct state *state, size_t n)
{
    pthread_mutex_lock(&state->lock);
    state->vector_bytes -= n < state->vector_bytes ? n : state->vector_bytes;
    pthread_mutex_unlock(&state->lock);
}

static int ensure_counted(struct state *state, struct err *err)
{
    pthread_mutex_lock(&state->lock);
    int rc = count_all(state, err);
    pthread_mutex_unlock(&state->lock);
    return rc;
}

static int pack_row(const float *row, uint32_t dim, struct buf *out, struct err *err)
{
    Ragd__State__V1__Vector vector = RAGD__STATE__V1__VECTOR__INIT;
    vector.format = VALUE_FORMAT;
    vector.stored_ms = clock_unix_ms();
    vector.n_row = dim;
    vector.row = (float *)(uintptr_t)row; /* packing only reads it */
    return value_pack(&vector.base, out, err);
}

int state_vectors_put(struct state *state, const struct state_vectors *which,
                      const float *rows, struct err *err)
{
    if (state_room(state, NULL)) {
        return 0;
    }
    int rc = ensure_counted(state, err);
    if (rc) {
        return rc;
    }
    struct buf key = {0}, value = {0};
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    size_t taken = 0;
    for (size_t i = 0; rc == 0 && i < which->n; i++) {
        rc = pack_row(rows + i * which->dim, which->dim, &value, err);
        if (rc == 0 && vector_key(&key, which, i)) {
            rc = err_set(err, ERR_NOMEM, NULL);
        }
        if (rc || !reserve(state, value.n)) {
            break;
        }
        taken += value.n;
        rocksdb_writebatch_put_cf(batch, state->families[DB_VECTORS], (char *)key.p, key.n,
                                  (char *)value.p, value.n);
    }
    buf_release(&key);
    buf_release(&value);
    if (rc) {
        rocksdb_writebatch_destroy(batch);
    } else {
        rc = db_write(state, batch, err);
    }
    if (rc) {
        unreserve(state, taken);
    }
    return rc;
}

/* A row of another dimension is none of this space's: as if it were not there. */
static int get_row(struct state *state, const struct state_vectors *which, size_t i,
                   float *row, uint8_t *there, struct err *err)
{
    struct buf key = {0}, value = {0};
    struct arena arena = {0};
    Ragd__State__V1__Vector *vector;
    bool found = false;
    int rc = vector_key(&key, which, i)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : db_get(state, DB_VECTORS, &key, &value, &found, err);
    *there = 0;
    if (rc == 0 && found) {
        rc = unpack_vector(&arena, (struct ragd_bytes){value.p, value.n}, &vector, err);
        if (rc == 0 && vector->n_row == which->dim) {
            memcpy(row, vector->row, which->dim * sizeof(float));
            *there = 1;
        }
    }
    arena_release(&arena);
    buf_release(&value);
    buf_release(&key);
    return rc;
}

int state_vectors_get(struct state *state, const struct state_vectors *which, float *rows,
                      uint8_t *found, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < which->n; i++) {
        rc = get_row(state, which, i, rows + i * which->dim, &found[i], err);
    }
    return rc;
}

/* Rows that are not there are skipped, and nothing is written for them. */
int state_vectors_drop(struct state *state, const struct state_vectors *which,
                       struct err *err)
{
    struct buf key = {0}, value = {0};
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    size_t freed = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < which->n; i++) {
        bool found = false;
        rc = vector_key(&key, which, i)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : db_get(state, DB_VECTORS, &key, &value, &found, err);
        if (rc == 0 && found) {
            freed += value.n;
            rocksdb_writebatch_delete_cf(batch, state->families[DB_VECTORS], (char *)key.p,
                                         key.n);
        }
    }
    buf_release(&key);
    buf_release(&value);
    if (rc) {
        rocksdb_writebatch_destroy(batch);
        return rc;
    }
    rc = freed ? db_write(state, batch, err) : 0;
    if (!freed) {
        rocksdb_writebatch_destroy(batch);
    }
    if (rc == 0) {
        unreserve(state, freed);
    }
    return rc;
}
