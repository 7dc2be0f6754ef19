/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Removals and upserts of records, with their vectors and postings. */
#include <string.h>

#include "change.h"

static const struct ragd_str NO_TEXT = {NULL, 0};

/* A text as index_text wants it: not NULL, also when it is empty. */
static struct ragd_str text_of(const struct ragd_record *rec)
{
    return (struct ragd_str){rec->text.n ? rec->text.p : "", rec->text.n};
}

/* Insertion number of an id that is stored. RAGD_E_NOT_FOUND. */
static ragd_status find_seq(struct change *c, struct ragd_str id, uint64_t *seq)
{
    struct key key;
    struct pinned value;
    key_text(&key, c->coll->number, id);
    ragd_status status = db_get(c->db, c->call, c->db->latest, CF_IDS, &key, &value);
    if (status != RAGD_OK) {
        return status;
    }
    if (value.bytes.n == sizeof(uint64_t)) {
        *seq = get_u64(value.bytes.p);
    } else {
        status = db_corrupt(c->call, "index of ids");
    }
    pinned_release(&value);
    return status;
}

/* The stored record of a number; bytes as stored, all in scratch. */
static ragd_status load_old(struct change *c, uint64_t seq, struct ragd_record *rec,
                            bool *has_vector, struct ragd_bytes *bytes)
{
    struct key key;
    struct pinned value;
    key_seq(&key, c->coll->number, seq);
    ragd_status status = db_get(c->db, c->call, c->db->latest, CF_RECORDS, &key, &value);
    if (status == RAGD_E_NOT_FOUND) {
        return db_corrupt(c->call, "records");
    }
    if (status != RAGD_OK) {
        return status;
    }
    struct ragd_str copy = region_dup(&c->scratch,
                                      (struct ragd_str){value.bytes.p, value.bytes.n});
    pinned_release(&value);
    if (!copy.p) {
        return db_no_memory(c->call);
    }
    *bytes = (struct ragd_bytes){copy.p, copy.n};
    int rc = codec_record_unpack(&c->scratch, *bytes, rec, has_vector);
    return rc == 0              ? RAGD_OK
           : rc == RAGD_E_NOMEM ? db_no_memory(c->call)
                                : db_corrupt(c->call, "records");
}

static ragd_status touch(struct change *c, uint64_t seq)
{
    return rows_touch(&c->touched, seq) == 0 ? RAGD_OK : db_no_memory(c->call);
}

static ragd_status reindex(struct change *c, uint64_t seq, struct ragd_str old_text,
                           struct ragd_str new_text)
{
    int rc = index_text(&c->index, &c->scratch, seq, old_text, new_text);
    return rc == 0 ? RAGD_OK : db_no_memory(c->call);
}

static ragd_status delete_vector(struct change *c, uint64_t seq)
{
    struct key key;
    key_seq(&key, c->coll->number, seq);
    batch_delete(c->batch, c->db, CF_VECTORS, &key);
    c->counters.vectors--;
    c->bytes_delta -= (int64_t)(c->coll->dim * sizeof(float));
    return touch(c, seq);
}

static ragd_status remove_stored(struct change *c, struct ragd_str id, uint64_t seq)
{
    struct ragd_record old;
    struct ragd_bytes bytes;
    bool has_vector = false;
    ragd_status status = load_old(c, seq, &old, &has_vector, &bytes);
    if (status == RAGD_OK) {
        status = reindex(c, seq, text_of(&old), NO_TEXT);
    }
    if (status == RAGD_OK && has_vector) {
        status = delete_vector(c, seq);
    }
    if (status != RAGD_OK) {
        return status;
    }
    struct key key;
    key_text(&key, c->coll->number, id);
    batch_delete(c->batch, c->db, CF_IDS, &key);
    key_seq(&key, c->coll->number, seq);
    batch_delete(c->batch, c->db, CF_RECORDS, &key);
    c->counters.records--;
    c->bytes_delta -= (int64_t)bytes.n;
    c->changed = true;
    return RAGD_OK;
}

static ragd_status remove_id(struct change *c, struct ragd_str id)
{
    if (id.n == 0 || id.n > KEY_TEXT_MAX) {
        return RAGD_OK; /* no record can have it */
    }
    struct name *name = names_get(&c->ids, id);
    if (name->removed) {
        return RAGD_OK;
    }
    uint64_t seq = 0;
    ragd_status status = find_seq(c, id, &seq);
    if (status == RAGD_OK) {
        status = remove_stored(c, id, seq);
        name->removed = true;
    }
    return status == RAGD_E_NOT_FOUND ? RAGD_OK : status;
}

/* Writes a vector unless an equal one is stored. had: one is stored. */
static ragd_status put_vector(struct change *c, uint64_t seq, const float *vec, bool had)
{
    struct key key;
    key_seq(&key, c->coll->number, seq);
    struct ragd_bytes row = codec_row_bytes(&c->scratch, vec, c->coll->dim);
    if (!row.p) {
        return db_no_memory(c->call);
    }
    if (had) {
        struct pinned old;
        ragd_status status = db_get(c->db, c->call, c->db->latest, CF_VECTORS, &key, &old);
        bool equal = status == RAGD_OK && old.bytes.n == row.n &&
                     memcmp(old.bytes.p, row.p, row.n) == 0;
        pinned_release(&old);
        if (equal || (status != RAGD_OK && status != RAGD_E_NOT_FOUND)) {
            return equal ? RAGD_OK : status;
        }
    }
    batch_put(c->batch, c->db, CF_VECTORS, &key, row);
    c->counters.vectors += !had;
    c->bytes_delta += had ? 0 : (int64_t)row.n;
    c->changed = true;
    return touch(c, seq);
}

/* old_n: bytes of the value it takes the place of. */
static ragd_status put_record(struct change *c, uint64_t seq, struct ragd_bytes bytes,
                              size_t old_n)
{
    struct key key;
    key_seq(&key, c->coll->number, seq);
    batch_put(c->batch, c->db, CF_RECORDS, &key, bytes);
    c->bytes_delta += (int64_t)bytes.n - (int64_t)old_n;
    c->changed = true;
    return RAGD_OK;
}

static ragd_status pack(struct change *c, const struct ragd_record *rec,
                        struct ragd_bytes *bytes)
{
    int rc = codec_record_pack(&c->scratch, rec, bytes);
    return rc == 0 ? RAGD_OK : db_no_memory(c->call);
}

static ragd_status insert(struct change *c, const struct ragd_record *rec)
{
    uint64_t seq = c->counters.next_seq++;
    struct ragd_bytes bytes;
    ragd_status status = pack(c, rec, &bytes);
    if (status == RAGD_OK) {
        status = put_record(c, seq, bytes, 0);
    }
    if (status == RAGD_OK && rec->vec) {
        status = put_vector(c, seq, rec->vec, false);
    }
    if (status == RAGD_OK) {
        status = reindex(c, seq, NO_TEXT, text_of(rec));
    }
    if (status == RAGD_OK) {
        struct key key;
        unsigned char number[sizeof(uint64_t)];
        put_u64(number, seq);
        key_text(&key, c->coll->number, rec->id);
        batch_put(c->batch, c->db, CF_IDS, &key,
                  (struct ragd_bytes){number, sizeof(number)});
        c->counters.records++;
    }
    return status;
}

/* A record keeps its number; only what differs is written. */
static ragd_status update(struct change *c, const struct ragd_record *rec, uint64_t seq)
{
    struct ragd_record old;
    struct ragd_bytes old_bytes, bytes;
    bool had = false;
    ragd_status status = load_old(c, seq, &old, &had, &old_bytes);
    if (status == RAGD_OK) {
        status = pack(c, rec, &bytes);
    }
    if (status == RAGD_OK &&
        (bytes.n != old_bytes.n || memcmp(bytes.p, old_bytes.p, bytes.n) != 0)) {
        status = put_record(c, seq, bytes, old_bytes.n);
    }
    bool same_text = status == RAGD_OK && old.text.n == rec->text.n &&
                     (old.text.n == 0 || memcmp(old.text.p, rec->text.p, old.text.n) == 0);
    if (status == RAGD_OK && !same_text) {
        status = reindex(c, seq, text_of(&old), text_of(rec));
    }
    if (status == RAGD_OK && rec->vec) {
        status = put_vector(c, seq, rec->vec, had);
    } else if (status == RAGD_OK && had) {
        status = delete_vector(c, seq);
    }
    return status;
}

static ragd_status upsert(struct change *c, const struct ragd_record *rec)
{
    uint64_t seq = 0;
    ragd_status status = names_get(&c->ids, rec->id)->removed ? RAGD_E_NOT_FOUND
                                                              : find_seq(c, rec->id, &seq);
    if (status == RAGD_OK) {
        return update(c, rec, seq);
    }
    return status == RAGD_E_NOT_FOUND ? insert(c, rec) : status;
}

ragd_status change_records(struct change *c, const struct ragd_apply *apply)
{
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < apply->n_remove_ids; i++) {
        region_reset(&c->scratch);
        status = remove_id(c, apply->remove_ids[i]);
    }
    for (size_t i = 0; status == RAGD_OK && i < apply->n_records; i++) {
        region_reset(&c->scratch);
        status = c->decided ? RAGD_OK : store_host->call_state(c->call);
        if (status == RAGD_OK) {
            status = upsert(c, apply->records[i]);
        }
    }
    return status;
}
