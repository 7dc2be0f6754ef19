/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "reindex.h"

#include <string.h>

#include "index.h"
#include "sdk/text/analyser.h"

/* Texts whose postings go into one batch. */
enum { REINDEX_BYTES = 4 << 20 };

struct reindex {
    struct ragd_coll *coll;
    struct ragd_call *call;
    struct db *db;
    struct index_change index;
    struct region scratch;
    struct cursor records;
    int64_t words;
};

static ragd_status drop_postings(struct reindex *r)
{
    struct key from, to;
    key_coll(&from, r->coll->number);
    key_coll(&to, r->coll->number + 1);
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    rocksdb_writebatch_delete_range_cf(batch, r->db->cf[CF_POSTINGS],
                                       (const char *)from.bytes, from.n,
                                       (const char *)to.bytes, to.n);
    ragd_status status = db_write(r->db, r->call, batch, false);
    rocksdb_writebatch_destroy(batch);
    return status;
}

static ragd_status add_record(struct reindex *r, size_t *bytes)
{
    struct ragd_record rec;
    uint64_t seq;
    bool has_vector;
    region_reset(&r->scratch);
    int rc = key_read_seq(cursor_key(&r->records), &seq)
                 ? codec_record_unpack(&r->scratch, cursor_value(&r->records), &rec,
                                       &has_vector)
                 : RAGD_E_CORRUPT;
    if (rc == 0) {
        struct ragd_str text = {rec.text.n ? rec.text.p : "", rec.text.n};
        *bytes += text.n;
        rc = index_text(&r->index, &r->scratch, seq, (struct ragd_str){NULL, 0}, text);
    }
    return rc == 0                ? store_host->call_state(r->call)
           : rc == RAGD_E_CORRUPT ? db_corrupt(r->call, "records")
                                  : db_no_memory(r->call);
}

/* Postings of the next records, until the cursor ends or a batch is full. */
static ragd_status one_batch(struct reindex *r)
{
    ragd_status status = RAGD_OK;
    size_t bytes = 0;
    for (; status == RAGD_OK && bytes < REINDEX_BYTES && cursor_valid(&r->records);
         cursor_next(&r->records)) {
        status = add_record(r, &bytes);
    }
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    if (status == RAGD_OK && index_write(&r->index, r->db, r->coll->number, batch) != 0) {
        status = db_no_memory(r->call);
    }
    if (status == RAGD_OK) {
        status = db_write(r->db, r->call, batch, false);
    }
    rocksdb_writebatch_destroy(batch);
    r->words += r->index.words_delta;
    struct text_analyser *analyser = r->index.analyser;
    index_release(&r->index);
    r->index.analyser = analyser;
    return status;
}

static ragd_status make_postings(struct reindex *r)
{
    struct key from, to;
    key_coll(&from, r->coll->number);
    key_coll(&to, r->coll->number + 1);
    cursor_open(&r->records, r->db, CF_RECORDS, NULL, &from, &to);
    ragd_status status = RAGD_OK;
    while (status == RAGD_OK && cursor_valid(&r->records)) {
        status = one_batch(r);
    }
    if (status == RAGD_OK) {
        status = cursor_status(&r->records, r->call);
    }
    cursor_close(&r->records);
    return status;
}

static ragd_status note_version(struct reindex *r, struct counters *counters)
{
    struct ragd_bytes bytes;
    struct key key;
    counters->words = (uint64_t)r->words;
    counters->analyser = ragd_cs(text_analyser_version());
    region_reset(&r->scratch);
    if (codec_counters_pack(&r->scratch, counters, &bytes) != 0) {
        return db_no_memory(r->call);
    }
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    key_numbered(&key, 'n', r->coll->number);
    batch_put(batch, r->db, CF_META, &key, bytes);
    ragd_status status = db_write(r->db, r->call, batch, true);
    rocksdb_writebatch_destroy(batch);
    return status;
}

static void say(const struct ragd_coll *coll, const struct counters *counters)
{
    struct ragd_kv fields[] = {
        {ragd_cs("records"), {.type = RAGD_V_INT, .u.i = (int64_t)counters->records}},
        {ragd_cs("old"), {.type = RAGD_V_STR, .u.s = counters->analyser}},
        {ragd_cs("new"), {.type = RAGD_V_STR, .u.s = ragd_cs(text_analyser_version())}},
    };
    store_host->log(coll->store->ctx, RAGD_LOG_INFO,
                    ragd_cs(
                        "The keyword index of a collection is made again: the analyser of "
                        "words has changed"),
                    (struct ragd_kvs){fields, sizeof(fields) / sizeof(fields[0])});
}

ragd_status reindex_if_needed(struct ragd_coll *coll, struct ragd_call *call)
{
    struct region region = {0};
    struct counters counters;
    ragd_status status = counters_read(coll, call, coll->store->db.latest, &region,
                                       &counters);
    struct ragd_str version = ragd_cs(text_analyser_version());
    bool current = status == RAGD_OK && counters.analyser.n == version.n &&
                   memcmp(counters.analyser.p, version.p, version.n) == 0;
    if (status == RAGD_OK && !current) {
        struct reindex r = {.coll = coll, .call = call, .db = &coll->store->db};
        say(coll, &counters);
        r.index.analyser = text_pool_take(coll->store->analysers);
        status = r.index.analyser ? drop_postings(&r) : db_no_memory(call);
        status = status == RAGD_OK ? make_postings(&r) : status;
        status = status == RAGD_OK ? note_version(&r, &counters) : status;
        text_pool_give(coll->store->analysers, r.index.analyser);
        index_release(&r.index);
        region_release(&r.scratch);
    }
    region_release(&region);
    return status;
}
