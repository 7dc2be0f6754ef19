/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: check, read the counters, collect records, documents, blobs and
 * postings into one batch, forget the rows it alters, write it without a sync.
 * Failure modes: whatever fails before the write has changed nothing; the write
 * itself is all or nothing.
 */
#include "change.h"

#include <stdlib.h>

#include "sdk/store/distance.h"

#ifdef RAGD_FAILPOINTS
void (*store_passage)(const char *point);
#endif

enum { BLOB_BYTES_MAX = 16 << 20 };

static ragd_status bad_name(struct ragd_call *call, const char *what, struct ragd_str name)
{
    if (name.n == 0) {
        return db_fail(call, RAGD_E_ARG, "store_argument", "A %s is empty.", what);
    }
    return db_fail(call, RAGD_E_ARG, "store_argument",
                   "A %s has %zu bytes, the most is %d.", what, name.n, KEY_TEXT_MAX);
}

static ragd_status check_name(struct ragd_call *call, const char *what, struct names *names,
                              struct ragd_str text)
{
    if (text.n == 0 || text.n > KEY_TEXT_MAX) {
        return bad_name(call, what, text);
    }
    struct name *name = names_get(names, text);
    if (name->put) {
        return db_fail(call, RAGD_E_ARG, "store_argument",
                       "One change has the %s %.*s twice. Give each once.", what,
                       (int)(text.n < 200 ? text.n : 200), text.p);
    }
    name->put = true;
    return RAGD_OK;
}

static ragd_status check_record(const struct change *c, const struct ragd_record *rec)
{
    uint32_t dim = c->coll->dim;
    if (rec->vec && dim == 0) {
        return db_fail(c->call, RAGD_E_ARG, "store_argument",
                       "The collection keeps no vectors, but a record has one.");
    }
    if (rec->vec && !distance_finite(rec->vec, dim)) {
        return db_fail(c->call, RAGD_E_ARG, "store_argument",
                       "The vector of record %.*s has a value that is not finite.",
                       (int)(rec->id.n < 200 ? rec->id.n : 200), rec->id.p);
    }
    return RAGD_OK;
}

static ragd_status check_blob(const struct change *c, const struct ragd_blob *blob)
{
    if (blob->bytes.p && blob->bytes.n > BLOB_BYTES_MAX) {
        return db_fail(c->call, RAGD_E_LIMIT, "store_argument",
                       "A blob has %zu bytes, the most is %d.", blob->bytes.n,
                       BLOB_BYTES_MAX);
    }
    return RAGD_OK;
}

static int names_of(struct change *c, const struct ragd_apply *apply)
{
    int rc = names_init(&c->ids, &c->region, apply->n_remove_ids + apply->n_records);
    rc = rc ? rc : names_init(&c->docs, &c->region, apply->n_remove_docs + apply->n_docs);
    return rc ? rc : names_init(&c->blobs, &c->region, apply->n_blobs);
}

static ragd_status check(struct change *c, const struct ragd_apply *apply)
{
    ragd_status status = names_of(c, apply) == 0 ? RAGD_OK : db_no_memory(c->call);
    for (size_t i = 0; status == RAGD_OK && i < apply->n_records; i++) {
        status = check_name(c->call, "record id", &c->ids, apply->records[i]->id);
        status = status == RAGD_OK ? check_record(c, apply->records[i]) : status;
    }
    for (size_t i = 0; status == RAGD_OK && i < apply->n_docs; i++) {
        status = check_name(c->call, "document id", &c->docs, apply->docs[i]->id);
    }
    for (size_t i = 0; status == RAGD_OK && i < apply->n_blobs; i++) {
        status = check_name(c->call, "blob name", &c->blobs, apply->blobs[i].name);
        status = status == RAGD_OK ? check_blob(c, &apply->blobs[i]) : status;
    }
    return status;
}

ragd_status change_check(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *apply)
{
    struct change c = {.coll = coll, .call = call};
    ragd_status status = check(&c, apply);
    region_release(&c.region);
    return status;
}

static ragd_status put_counters(struct change *c)
{
    struct ragd_bytes bytes;
    struct key key;
    c->counters.sequence++;
    c->counters.words += (uint64_t)c->index.words_delta;
    /* A collection from before bytes were counted has too few. */
    bool too_few = c->bytes_delta < 0 && (uint64_t)-c->bytes_delta > c->counters.bytes;
    c->counters.bytes = too_few ? 0 : c->counters.bytes + (uint64_t)c->bytes_delta;
    if (codec_counters_pack(&c->region, &c->counters, &bytes) != 0) {
        return db_no_memory(c->call);
    }
    key_numbered(&key, 'n', c->coll->number);
    batch_put(c->batch, c->db, CF_META, &key, bytes);
    return RAGD_OK;
}

static ragd_status collect(struct change *c, const struct ragd_apply *apply)
{
    ragd_status status = check(c, apply);
    if (status == RAGD_OK) {
        status = counters_read(c->coll, c->call, c->db->latest, &c->region, &c->counters);
    }
    status = status == RAGD_OK ? change_records(c, apply) : status;
    status = status == RAGD_OK ? change_documents(c, apply) : status;
    status = status == RAGD_OK ? change_blobs(c, apply) : status;
    if (status == RAGD_OK && c->changed) {
        status = index_write(&c->index, c->db, c->coll->number, c->batch) == 0
                     ? put_counters(c)
                     : db_no_memory(c->call);
    }
    return status;
}

static ragd_status write_batch(struct change *c, const struct key *done_stage)
{
    if (done_stage) {
        batch_delete(c->batch, c->db, CF_STAGED, done_stage);
    } else if (!c->changed) {
        return RAGD_OK;
    }
    if (rows_invalidate(c->coll, &c->touched, c->counters.sequence) != 0) {
        return db_no_memory(c->call);
    }
    STORE_PASSAGE("store.before_write");
    ragd_status status = db_write(c->db, c->call, c->batch, false);
    STORE_PASSAGE("store.after_write");
    return status;
}

ragd_status change_apply(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *apply, const struct key *done_stage)
{
    struct change c = {.coll = coll,
                       .call = call,
                       .db = &coll->store->db,
                       .decided = done_stage != NULL};
    c.index.analyser = text_pool_take(coll->store->analysers);
    c.batch = rocksdb_writebatch_create();
    ragd_status status = c.index.analyser ? collect(&c, apply) : db_no_memory(call);
    if (status == RAGD_OK) {
        status = write_batch(&c, done_stage);
    }
    rocksdb_writebatch_destroy(c.batch);
    text_pool_give(coll->store->analysers, c.index.analyser);
    index_release(&c.index);
    free(c.touched.blocks);
    region_release(&c.scratch);
    region_release(&c.region);
    return status;
}
