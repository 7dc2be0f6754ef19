/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Collections: listed, made, opened, removed.
 *
 * Happy path: a collection is a name with a number that is never used again;
 * opening it finishes what a kill interrupted (stages.c, reindex.c). Removing
 * it is one durable write that deletes every range of the number; compaction
 * then takes the bytes off the disk.
 * On close: the handle that goes last forgets the cached rows.
 */
#include <stdlib.h>
#include <string.h>

#include "reindex.h"
#include "sdk/text/analyser.h"
#include "stages.h"

static ragd_status from_codec(struct ragd_call *call, int rc, const char *what)
{
    return rc == 0              ? RAGD_OK
           : rc == RAGD_E_NOMEM ? db_no_memory(call)
                                : db_corrupt(call, what);
}

ragd_status counters_read(struct ragd_coll *coll, struct ragd_call *call,
                          const rocksdb_readoptions_t *read, struct region *region,
                          struct counters *out)
{
    struct key key;
    struct pinned value;
    key_numbered(&key, 'n', coll->number);
    ragd_status status = db_get(&coll->store->db, call, read, CF_META, &key, &value);
    if (status == RAGD_E_NOT_FOUND) {
        return db_fail(call, RAGD_E_NOT_FOUND, "store_dropped",
                       "The collection has been removed.");
    }
    if (status != RAGD_OK) {
        return status;
    }
    status = from_codec(call, codec_counters_unpack(region, value.bytes, out), "counters");
    pinned_release(&value);
    return status;
}

/* The specification and number of a name; RAGD_E_NOT_FOUND without a detail. */
static ragd_status spec_read(struct store *store, struct ragd_call *call,
                             struct ragd_str name, struct region *region,
                             struct ragd_coll_spec *spec, uint32_t *number)
{
    struct key key;
    struct pinned value;
    key_named(&key, 'c', name);
    ragd_status status = db_get(&store->db, call, store->db.latest, CF_META, &key, &value);
    if (status != RAGD_OK) {
        return status;
    }
    status = from_codec(call, codec_collection_unpack(region, value.bytes, spec, number),
                        "list of collections");
    pinned_release(&value);
    return status;
}

static ragd_status not_found(struct ragd_call *call, struct ragd_str name)
{
    return db_fail(call, RAGD_E_NOT_FOUND, "store_no_collection",
                   "The store has no collection %.*s.", (int)(name.n < 200 ? name.n : 200),
                   name.p);
}

ragd_status store_coll_list(void *inst, struct ragd_call *call,
                            const struct ragd_coll_sink *sink)
{
    struct store *store = inst;
    struct key from, to;
    struct cursor cursor;
    struct region region = {0};
    key_named(&from, 'c', (struct ragd_str){"", 0});
    to = from;
    key_after_prefix(&to);
    cursor_open(&cursor, &store->db, CF_META, NULL, &from, &to);
    ragd_status status = RAGD_OK;
    for (; status == RAGD_OK && cursor_valid(&cursor); cursor_next(&cursor)) {
        struct ragd_coll_spec spec;
        uint32_t number;
        region_reset(&region);
        status = from_codec(
            call, codec_collection_unpack(&region, cursor_value(&cursor), &spec, &number),
            "list of collections");
        if (status == RAGD_OK) {
            status = sink->emit(call, &spec);
        }
    }
    status = status == RAGD_OK ? cursor_status(&cursor, call) : status;
    cursor_close(&cursor);
    region_release(&region);
    return status;
}

static ragd_status check_spec(struct ragd_call *call, const struct ragd_coll_spec *spec)
{
    if (spec->name.n == 0 || spec->name.n > KEY_TEXT_MAX) {
        return db_fail(call, RAGD_E_ARG, "store_argument",
                       "A collection's name has %zu bytes; it needs 1 to %d.", spec->name.n,
                       KEY_TEXT_MAX);
    }
    if (spec->dim && (spec->metric < RAGD_METRIC_L2 || spec->metric > RAGD_METRIC_IP)) {
        return db_fail(call, RAGD_E_UNSUPPORTED, "store_metric",
                       "The store does not know metric %u.", spec->metric);
    }
    return RAGD_OK;
}

/* The number after the last one given out. */
static ragd_status next_number(struct store *store, struct ragd_call *call,
                               uint32_t *number)
{
    struct key key;
    struct pinned value;
    key_named(&key, 'x', (struct ragd_str){"", 0});
    ragd_status status = db_get(&store->db, call, store->db.latest, CF_META, &key, &value);
    if (status != RAGD_OK) {
        *number = 1;
        return status == RAGD_E_NOT_FOUND ? RAGD_OK : status;
    }
    if (value.bytes.n == sizeof(uint32_t)) {
        *number = get_u32(value.bytes.p);
    } else {
        status = db_corrupt(call, "list of collections");
    }
    pinned_release(&value);
    /* The last number's end would be no key any more. */
    if (status == RAGD_OK && *number >= UINT32_MAX - 1) {
        status = db_fail(call, RAGD_E_LIMIT, "store_collections",
                         "The store has given out all its collection numbers.");
    }
    return status;
}

static ragd_status create_write(struct store *store, struct ragd_call *call,
                                const struct ragd_coll_spec *spec, uint32_t number)
{
    struct region region = {0};
    struct ragd_bytes packed_spec, packed_counters;
    struct counters counters = {.next_seq = 1,
                                .analyser = ragd_cs(text_analyser_version())};
    if (codec_collection_pack(&region, spec, number, &packed_spec) != 0 ||
        codec_counters_pack(&region, &counters, &packed_counters) != 0) {
        region_release(&region);
        return db_no_memory(call);
    }
    struct key key;
    unsigned char next[sizeof(uint32_t)];
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    key_named(&key, 'c', spec->name);
    batch_put(batch, &store->db, CF_META, &key, packed_spec);
    key_numbered(&key, 'n', number);
    batch_put(batch, &store->db, CF_META, &key, packed_counters);
    put_u32(next, number + 1);
    key_named(&key, 'x', (struct ragd_str){"", 0});
    batch_put(batch, &store->db, CF_META, &key, (struct ragd_bytes){next, sizeof(next)});
    ragd_status status = db_write(&store->db, call, batch, true);
    rocksdb_writebatch_destroy(batch);
    region_release(&region);
    return status;
}

static ragd_status create_locked(struct store *store, struct ragd_call *call,
                                 const struct ragd_coll_spec *spec)
{
    struct region region = {0};
    struct ragd_coll_spec old;
    uint32_t number;
    ragd_status status = spec_read(store, call, spec->name, &region, &old, &number);
    region_release(&region);
    if (status == RAGD_OK) {
        return db_fail(call, RAGD_E_EXISTS, "store_collection_exists",
                       "The store has a collection of this name already.");
    }
    if (status == RAGD_E_NOT_FOUND) {
        status = next_number(store, call, &number);
    }
    return status == RAGD_OK ? create_write(store, call, spec, number) : status;
}

ragd_status store_coll_create(void *inst, struct ragd_call *call,
                              const struct ragd_coll_spec *spec)
{
    struct store *store = inst;
    ragd_status status = check_spec(call, spec);
    if (status == RAGD_OK) {
        pthread_mutex_lock(&store->catalogue);
        status = create_locked(store, call, spec);
        pthread_mutex_unlock(&store->catalogue);
    }
    return status;
}

/* The open collection of this name with one more reference, or NULL. */
static struct ragd_coll *find_open(struct store *store, struct ragd_str name)
{
    pthread_mutex_lock(&store->lock);
    struct ragd_coll *coll = store->colls;
    while (coll && (coll->dropped || strlen(coll->name) != name.n ||
                    memcmp(coll->name, name.p, name.n) != 0)) {
        coll = coll->next;
    }
    if (coll) {
        coll->refs++;
    }
    pthread_mutex_unlock(&store->lock);
    return coll;
}

static void coll_destroy(struct ragd_coll *coll)
{
    struct store *store = coll->store;
    rows_release(coll);
    stage_release(coll);
    pthread_mutex_lock(&store->lock);
    snapshot_unref(store, coll->published);
    pthread_mutex_unlock(&store->lock);
    pthread_mutex_destroy(&coll->write);
    free(coll->name);
    free(coll);
}

static struct ragd_coll *coll_new(struct store *store, const struct ragd_coll_spec *spec,
                                  uint32_t number)
{
    struct ragd_coll *coll = calloc(1, sizeof(*coll));
    if (!coll) {
        return NULL;
    }
    coll->store = store;
    coll->refs = 1;
    coll->number = number;
    coll->dim = spec->dim;
    coll->metric = spec->metric;
    coll->name = strndup(spec->name.p, spec->name.n);
    pthread_mutex_init(&coll->write, NULL);
    if (!coll->name) {
        coll_destroy(coll);
        return NULL;
    }
    return coll;
}

static ragd_status open_locked(struct store *store, struct ragd_call *call,
                               struct ragd_str name, struct ragd_coll **out)
{
    struct region region = {0};
    struct ragd_coll_spec spec;
    uint32_t number;
    ragd_status status = spec_read(store, call, name, &region, &spec, &number);
    struct ragd_coll *coll = status == RAGD_OK ? coll_new(store, &spec, number) : NULL;
    region_release(&region);
    if (!coll) {
        return status == RAGD_OK            ? db_no_memory(call)
               : status == RAGD_E_NOT_FOUND ? not_found(call, name)
                                            : status;
    }
    status = reindex_if_needed(coll, call);
    status = status == RAGD_OK ? stage_redo(coll, call) : status;
    if (status != RAGD_OK) {
        coll_destroy(coll);
        return status;
    }
    pthread_mutex_lock(&store->lock);
    coll->next = store->colls;
    store->colls = coll;
    pthread_mutex_unlock(&store->lock);
    *out = coll;
    return RAGD_OK;
}

ragd_status store_coll_open(void *inst, struct ragd_call *call, struct ragd_str name,
                            struct ragd_coll **out)
{
    struct store *store = inst;
    ragd_status status = RAGD_OK;
    pthread_mutex_lock(&store->catalogue);
    *out = find_open(store, name);
    if (!*out) {
        status = open_locked(store, call, name, out);
    }
    pthread_mutex_unlock(&store->catalogue);
    return status;
}

void store_coll_close(void *inst, struct ragd_coll *coll)
{
    struct store *store = inst;
    pthread_mutex_lock(&store->lock);
    bool last = --coll->refs == 0;
    for (struct ragd_coll **at = &store->colls; last && *at; at = &(*at)->next) {
        if (*at == coll) {
            *at = coll->next;
            break;
        }
    }
    pthread_mutex_unlock(&store->lock);
    if (last) {
        coll_destroy(coll);
    }
}

static void delete_collection(struct store *store, rocksdb_writebatch_t *batch,
                              struct ragd_str name, uint32_t number)
{
    struct key key, from, to;
    key_named(&key, 'c', name);
    batch_delete(batch, &store->db, CF_META, &key);
    key_numbered(&key, 'n', number);
    batch_delete(batch, &store->db, CF_META, &key);
    key_numbered(&key, 'g', number);
    batch_delete(batch, &store->db, CF_META, &key);
    key_coll(&from, number);
    key_coll(&to, number + 1);
    for (int cf = CF_RECORDS; cf < CF_COUNT; cf++) {
        rocksdb_writebatch_delete_range_cf(batch, store->db.cf[cf],
                                           (const char *)from.bytes, from.n,
                                           (const char *)to.bytes, to.n);
    }
}

/* Takes the deleted ranges off the disk; a failure only leaves that to RocksDB's
 * own compactions. */
static void compact_collection(struct store *store, uint32_t number)
{
    struct key from, to;
    key_coll(&from, number);
    key_coll(&to, number + 1);
    for (int cf = CF_RECORDS; cf < CF_COUNT; cf++) {
        rocksdb_compact_range_cf(store->db.rocks, store->db.cf[cf],
                                 (const char *)from.bytes, from.n, (const char *)to.bytes,
                                 to.n);
    }
}

static ragd_status drop_write(struct store *store, struct ragd_call *call,
                              struct ragd_str name, uint32_t number)
{
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    delete_collection(store, batch, name, number);
    ragd_status status = db_write(&store->db, call, batch, true);
    rocksdb_writebatch_destroy(batch);
    return status;
}

/* The same while somebody has it open: behind the change he is at. */
static ragd_status drop_open(struct ragd_coll *coll, struct ragd_call *call,
                             struct ragd_str name)
{
    pthread_mutex_lock(&coll->write);
    ragd_status status = drop_write(coll->store, call, name, coll->number);
    if (status == RAGD_OK) {
        pthread_mutex_lock(&coll->store->lock);
        coll->dropped = true;
        pthread_mutex_unlock(&coll->store->lock);
    }
    pthread_mutex_unlock(&coll->write);
    return status;
}

static ragd_status drop_locked(struct store *store, struct ragd_call *call,
                               struct ragd_str name, uint32_t *number)
{
    struct region region = {0};
    struct ragd_coll_spec spec;
    ragd_status status = spec_read(store, call, name, &region, &spec, number);
    region_release(&region);
    if (status != RAGD_OK) {
        return status == RAGD_E_NOT_FOUND ? not_found(call, name) : status;
    }
    struct ragd_coll *coll = find_open(store, name);
    if (!coll) {
        return drop_write(store, call, name, *number);
    }
    status = drop_open(coll, call, name);
    store_coll_close(store, coll);
    return status;
}

ragd_status store_coll_drop(void *inst, struct ragd_call *call, struct ragd_str name)
{
    struct store *store = inst;
    uint32_t number = 0;
    pthread_mutex_lock(&store->catalogue);
    ragd_status status = drop_locked(store, call, name, &number);
    pthread_mutex_unlock(&store->catalogue);
    if (status == RAGD_OK) {
        compact_collection(store, number);
    }
    return status;
}
