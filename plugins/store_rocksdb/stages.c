/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "stages.h"

#include <stdlib.h>

#include "change.h"

static struct generation **find(struct ragd_coll *coll, uint64_t number)
{
    struct generation **at = &coll->generations;
    while (*at && (*at)->number != number) {
        at = &(*at)->next;
    }
    return at;
}

bool stage_pending(const struct ragd_coll *coll, uint64_t generation)
{
    const struct generation *g = coll->generations;
    while (g && g->number != generation) {
        g = g->next;
    }
    return g && g->stages;
}

static void forget(struct ragd_coll *coll, uint64_t number)
{
    struct generation **at = find(coll, number), *gone = *at;
    if (gone) {
        *at = gone->next;
        free(gone);
    }
}

void stage_release(struct ragd_coll *coll)
{
    while (coll->generations) {
        forget(coll, coll->generations->number);
    }
}

static struct generation *find_or_add(struct ragd_coll *coll, uint64_t number)
{
    struct generation **at = find(coll, number);
    if (!*at) {
        *at = calloc(1, sizeof(**at));
        if (*at) {
            (*at)->number = number;
        }
    }
    return *at;
}

/* Writes the change as the next stage; last also decides the generation. */
static ragd_status put_stage(struct ragd_coll *coll, struct ragd_call *call,
                             const struct ragd_apply *change, bool last)
{
    struct generation *g = find_or_add(coll, change->generation);
    struct region region = {0};
    struct ragd_bytes bytes;
    if (!g || codec_stage_pack(&region, change, coll->dim, &bytes) != 0) {
        region_release(&region);
        return db_no_memory(call);
    }
    struct db *db = &coll->store->db;
    struct key key;
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    key_stage(&key, coll->number, g->number, g->stages);
    batch_put(batch, db, CF_STAGED, &key, bytes);
    if (last) {
        unsigned char number[sizeof(uint64_t)];
        put_u64(number, g->number);
        key_numbered(&key, 'g', coll->number);
        batch_put(batch, db, CF_META, &key, (struct ragd_bytes){number, sizeof(number)});
    }
    STORE_PASSAGE("store.before_stage");
    ragd_status status = db_write(db, call, batch, false);
    STORE_PASSAGE("store.after_stage");
    g->stages += status == RAGD_OK;
    rocksdb_writebatch_destroy(batch);
    region_release(&region);
    return status;
}

ragd_status stage_add(struct ragd_coll *coll, struct ragd_call *call,
                      const struct ragd_apply *change)
{
    ragd_status status = change_check(coll, call, change);
    return status == RAGD_OK ? put_stage(coll, call, change, false) : status;
}

/* The keys of a generation, or of all with any = true. */
static void stage_range(const struct ragd_coll *coll, uint64_t generation, struct key *from,
                        struct key *to)
{
    key_seq(from, coll->number, generation);
    key_seq(to, coll->number, generation);
    key_after_prefix(to);
}

ragd_status stage_abort(struct ragd_coll *coll, struct ragd_call *call, uint64_t generation)
{
    struct db *db = &coll->store->db;
    if (!stage_pending(coll, generation)) {
        forget(coll, generation);
        return RAGD_OK;
    }
    struct key from, to;
    stage_range(coll, generation, &from, &to);
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    rocksdb_writebatch_delete_range_cf(batch, db->cf[CF_STAGED], (const char *)from.bytes,
                                       from.n, (const char *)to.bytes, to.n);
    ragd_status status = db_write(db, call, batch, false);
    rocksdb_writebatch_destroy(batch);
    if (status == RAGD_OK) {
        forget(coll, generation);
    }
    return status;
}

static ragd_status move_stage(struct ragd_coll *coll, struct ragd_call *call,
                              const struct cursor *cursor)
{
    struct ragd_bytes stored = cursor_key(cursor);
    uint64_t generation, stage;
    struct region region = {0};
    struct ragd_apply change;
    struct key key;
    int rc = key_read_stage(stored, &generation, &stage)
                 ? codec_stage_unpack(&region, cursor_value(cursor), coll->dim, &change)
                 : RAGD_E_CORRUPT;
    ragd_status status = RAGD_OK;
    if (rc == 0) {
        key_stage(&key, coll->number, generation, stage);
        status = change_apply(coll, call, &change, &key);
    } else {
        status = rc == RAGD_E_NOMEM ? db_no_memory(call) : db_corrupt(call, "stages");
    }
    region_release(&region);
    return status;
}

static ragd_status move_stages(struct ragd_coll *coll, struct ragd_call *call,
                               uint64_t generation)
{
    struct key from, to;
    struct cursor cursor;
    stage_range(coll, generation, &from, &to);
    cursor_open(&cursor, &coll->store->db, CF_STAGED, NULL, &from, &to);
    ragd_status status = RAGD_OK;
    for (; status == RAGD_OK && cursor_valid(&cursor); cursor_next(&cursor)) {
        status = move_stage(coll, call, &cursor);
    }
    if (status == RAGD_OK) {
        status = cursor_status(&cursor, call);
    }
    cursor_close(&cursor);
    return status;
}

static ragd_status end_redo(struct ragd_coll *coll, struct ragd_call *call)
{
    struct db *db = &coll->store->db;
    struct key key;
    key_numbered(&key, 'g', coll->number);
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    batch_delete(batch, db, CF_META, &key);
    ragd_status status = db_write(db, call, batch, false);
    rocksdb_writebatch_destroy(batch);
    return status;
}

static ragd_status publish(struct ragd_coll *coll, struct ragd_call *call)
{
    pthread_mutex_lock(&coll->store->lock);
    if (!coll->published) {
        coll->published = snapshot_create(coll->store);
    }
    bool ok = coll->published != NULL;
    pthread_mutex_unlock(&coll->store->lock);
    return ok ? RAGD_OK : db_no_memory(call);
}

static void unpublish(struct ragd_coll *coll)
{
    pthread_mutex_lock(&coll->store->lock);
    snapshot_unref(coll->store, coll->published);
    coll->published = NULL;
    pthread_mutex_unlock(&coll->store->lock);
}

/* Number of the generation that was decided and not yet moved in. */
static ragd_status decided(struct ragd_coll *coll, struct ragd_call *call,
                           uint64_t *generation)
{
    struct key key;
    struct pinned value;
    key_numbered(&key, 'g', coll->number);
    ragd_status status = db_get(&coll->store->db, call, coll->store->db.latest, CF_META,
                                &key, &value);
    if (status != RAGD_OK) {
        return status;
    }
    if (value.bytes.n == sizeof(uint64_t)) {
        *generation = get_u64(value.bytes.p);
    } else {
        status = db_corrupt(call, "stages");
    }
    pinned_release(&value);
    return status;
}

ragd_status stage_redo(struct ragd_coll *coll, struct ragd_call *call)
{
    uint64_t generation = 0;
    ragd_status status = decided(coll, call, &generation);
    if (status != RAGD_OK) {
        return status == RAGD_E_NOT_FOUND ? RAGD_OK : status;
    }
    status = publish(coll, call);
    status = status == RAGD_OK ? move_stages(coll, call, generation) : status;
    if (status == RAGD_OK) {
        unpublish(coll);
        status = end_redo(coll, call);
    }
    return status;
}

ragd_status stage_commit(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *change)
{
    ragd_status status = change_check(coll, call, change);
    /* Views opened from here on see the state before, until all is moved. */
    status = status == RAGD_OK ? publish(coll, call) : status;
    if (status == RAGD_OK) {
        status = put_stage(coll, call, change, true);
        if (status != RAGD_OK) {
            unpublish(coll);
        }
    }
    if (status == RAGD_OK) {
        forget(coll, change->generation);
        status = stage_redo(coll, call);
    }
    return status;
}

static bool is_decided(struct store *store, struct ragd_call *call, struct ragd_bytes key,
                       ragd_status *status)
{
    uint64_t generation = 0, stage, number = 0;
    struct ragd_coll coll = {.store = store};
    if (!key_read_coll(key, &coll.number) || !key_read_stage(key, &generation, &stage)) {
        return false;
    }
    ragd_status found = decided(&coll, call, &number);
    if (found != RAGD_OK && found != RAGD_E_NOT_FOUND) {
        *status = found;
    }
    return found == RAGD_OK && number == generation;
}

ragd_status stage_drop_leftovers(struct store *store, struct ragd_call *call)
{
    struct db *db = &store->db;
    struct key from, to;
    struct cursor cursor;
    ragd_status status = RAGD_OK;
    if (db->read_only) {
        return RAGD_OK; /* the next start drops them */
    }
    key_coll(&from, 0);
    key_coll(&to, UINT32_MAX);
    cursor_open(&cursor, db, CF_STAGED, NULL, &from, &to);
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    for (; status == RAGD_OK && cursor_valid(&cursor); cursor_next(&cursor)) {
        struct ragd_bytes key = cursor_key(&cursor);
        if (!is_decided(store, call, key, &status)) {
            rocksdb_writebatch_delete_cf(batch, db->cf[CF_STAGED], key.p, key.n);
        }
    }
    if (status == RAGD_OK) {
        status = cursor_status(&cursor, call);
    }
    cursor_close(&cursor);
    if (status == RAGD_OK && rocksdb_writebatch_count(batch)) {
        status = db_write(db, call, batch, false);
    }
    rocksdb_writebatch_destroy(batch);
    return status;
}
