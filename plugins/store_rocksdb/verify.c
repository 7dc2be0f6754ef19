/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Everything of a collection against its records.
 *
 * One pass over each column family. A record's postings are compared as a sum of
 * hashes over (word, how often, length): what its text should give, minus what
 * the postings hold. 40 bytes of memory for each record.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postings.h"
#include "reading.h"
#include "sdk/store/distance.h"
#include "sdk/store/words.h"

struct checked {
    uint64_t seq, id_hash;
    uint64_t postings; /* sum of hashes still to be found */
    bool has_vector, id_seen, vector_seen;
};

struct verify {
    struct ragd_view *view;
    struct ragd_call *call;
    const struct ragd_verify_sink *sink;
    struct text_analyser *analyser;
    struct words words;
    struct region region;
    struct checked *records; /* ascending by seq */
    size_t n, cap;
    uint64_t n_words, n_vectors, n_postings, n_ids, n_documents, n_blobs;
};

__attribute__((format(printf, 2, 3))) static ragd_status problem(struct verify *v,
                                                                 const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return v->sink->problem ? v->sink->problem(v->call, ragd_cs(text)) : RAGD_OK;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30; /* the finaliser of SplitMix64 */
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t hash_text(struct ragd_str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++) {
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    }
    return h;
}

static uint64_t hash_posting(struct ragd_str word, uint64_t tf, uint64_t len)
{
    return mix(mix(hash_text(word) + tf) + len);
}

static struct checked *find(struct verify *v, uint64_t seq)
{
    size_t low = 0, high = v->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (v->records[mid].seq < seq) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < v->n && v->records[low].seq == seq ? &v->records[low] : NULL;
}

typedef ragd_status step_fn(struct verify *v, struct ragd_bytes key,
                            struct ragd_bytes value);

static ragd_status pass(struct verify *v, enum cf cf, step_fn *step)
{
    struct ragd_coll *coll = v->view->coll;
    struct key from, to;
    struct cursor cursor;
    key_coll(&from, coll->number);
    key_coll(&to, coll->number + 1);
    cursor_open(&cursor, &coll->store->db, cf, v->view->snapshot->rocks, &from, &to);
    ragd_status status = RAGD_OK;
    for (; status == RAGD_OK && cursor_valid(&cursor); cursor_next(&cursor)) {
        status = step(v, cursor_key(&cursor), cursor_value(&cursor));
        status = status == RAGD_OK ? store_host->call_state(v->call) : status;
    }
    status = status == RAGD_OK ? cursor_status(&cursor, v->call) : status;
    cursor_close(&cursor);
    return status;
}

static struct checked *add(struct verify *v)
{
    if (v->n == v->cap) {
        size_t cap = v->cap ? 2 * v->cap : 1024;
        struct checked *records = realloc(v->records, cap * sizeof(*records));
        if (!records) {
            return NULL;
        }
        v->records = records;
        v->cap = cap;
    }
    v->records[v->n] = (struct checked){0};
    return &v->records[v->n++];
}

static int expect_postings(struct verify *v, struct checked *c, struct ragd_str text)
{
    struct word_counts counts;
    int rc = words_count(&v->words, v->analyser, text, &v->region, &counts);
    for (size_t i = 0; rc == 0 && i < counts.n; i++) {
        c->postings += hash_posting(words_text(&v->words, counts.p[i].word), counts.p[i].tf,
                                    counts.len);
    }
    v->n_words += rc == 0 ? counts.len : 0;
    /* The table only saves hashing; it need not hold the whole vocabulary. */
    if (v->words.n > 1u << 18) {
        words_release(&v->words);
    }
    return rc;
}

static ragd_status check_record(struct verify *v, struct ragd_bytes key,
                                struct ragd_bytes value)
{
    uint64_t seq;
    struct ragd_record rec;
    bool has_vector = false;
    region_reset(&v->region);
    int rc = key_read_seq(key, &seq)
                 ? codec_record_unpack(&v->region, value, &rec, &has_vector)
                 : RAGD_E_CORRUPT;
    if (rc == RAGD_E_CORRUPT) {
        return problem(v, "A record cannot be decoded.");
    }
    struct checked *c = rc == 0 ? add(v) : NULL;
    if (!c) {
        return db_no_memory(v->call);
    }
    c->seq = seq;
    c->id_hash = hash_text(rec.id);
    c->has_vector = has_vector;
    return expect_postings(v, c, rec.text) == 0 ? RAGD_OK : db_no_memory(v->call);
}

static ragd_status check_id(struct verify *v, struct ragd_bytes key,
                            struct ragd_bytes value)
{
    struct ragd_str id;
    v->n_ids++;
    if (!key_read_text(key, &id) || value.n != sizeof(uint64_t)) {
        return problem(v, "An entry of the index of ids cannot be decoded.");
    }
    struct checked *c = find(v, get_u64(value.p));
    if (!c || c->id_hash != hash_text(id)) {
        return problem(v, "Id %.*s leads to no record of that id.",
                       (int)(id.n < 200 ? id.n : 200), id.p);
    }
    c->id_seen = true;
    return RAGD_OK;
}

static ragd_status check_vector(struct verify *v, struct ragd_bytes key,
                                struct ragd_bytes value)
{
    uint32_t dim = v->view->coll->dim;
    uint64_t seq;
    v->n_vectors++;
    struct checked *c = key_read_seq(key, &seq) ? find(v, seq) : NULL;
    if (!c || !c->has_vector) {
        return problem(v, "There is a vector that belongs to no record.");
    }
    c->vector_seen = true;
    region_reset(&v->region);
    float *row = region_calloc(&v->region, dim, sizeof(*row));
    if (!row) {
        return db_no_memory(v->call);
    }
    bool fits = value.n == (size_t)dim * sizeof(float);
    if (fits) {
        codec_row_read(value.p, row, dim);
    }
    if (!fits || !distance_finite(row, dim)) {
        return problem(v, "The vector of record number %llu is damaged.",
                       (unsigned long long)seq);
    }
    return RAGD_OK;
}

static ragd_status check_postings(struct verify *v, struct ragd_bytes key,
                                  struct ragd_bytes value)
{
    struct ragd_str word;
    uint32_t block;
    if (!key_read_posting(key, &word, &block)) {
        return problem(v, "A key of the postings cannot be decoded.");
    }
    struct posting p = {.slot = UINT32_MAX};
    bool bad = false;
    ragd_status status = RAGD_OK;
    for (size_t at = 0; status == RAGD_OK && posting_read(value, &at, &p, &bad);) {
        uint64_t seq = (uint64_t)block * POSTINGS_PER_BLOCK + p.slot;
        struct checked *c = p.tf ? find(v, seq) : NULL;
        v->n_postings += p.tf > 0;
        if (c) {
            c->postings -= hash_posting(word, p.tf, p.len);
        } else if (p.tf) {
            status =
                problem(v,
                        "The word %.*s has a posting of number %llu, which is no record.",
                        (int)word.n, word.p, (unsigned long long)seq);
        }
    }
    if (status == RAGD_OK && bad) {
        status = problem(v, "The postings of the word %.*s cannot be decoded.", (int)word.n,
                         word.p);
    }
    return status;
}

static ragd_status check_document(struct verify *v, struct ragd_bytes key,
                                  struct ragd_bytes value)
{
    struct ragd_str id;
    struct ragd_stored_doc doc;
    v->n_documents++;
    region_reset(&v->region);
    bool ok = key_read_text(key, &id) &&
              codec_document_unpack(&v->region, value, &doc) == 0 && doc.id.n == id.n &&
              memcmp(doc.id.p, id.p, id.n) == 0;
    return ok ? RAGD_OK : problem(v, "A document cannot be decoded.");
}

static ragd_status count_blob(struct verify *v, struct ragd_bytes key,
                              struct ragd_bytes value)
{
    (void)key, (void)value;
    v->n_blobs++;
    return RAGD_OK;
}

static ragd_status report(struct verify *v, const struct checked *c)
{
    struct ragd_record rec = {0};
    region_reset(&v->region);
    ragd_status status = reading_record(v->view, v->call, c->seq, 0, &v->region, &rec);
    if (status != RAGD_OK) {
        return status;
    }
    int n = (int)(rec.id.n < 200 ? rec.id.n : 200);
    if (!c->id_seen) {
        status = problem(v, "Record %.*s is not in the index of ids.", n, rec.id.p);
    }
    if (status == RAGD_OK && c->has_vector && !c->vector_seen) {
        status = problem(v, "Record %.*s has lost its vector.", n, rec.id.p);
    }
    if (status == RAGD_OK && c->postings) {
        status = problem(v, "The postings of record %.*s are not those of its text.", n,
                         rec.id.p);
    }
    return status;
}

static ragd_status compare_counts(struct verify *v)
{
    const struct counters *c = &v->view->counters;
    const struct {
        const char *what;
        uint64_t counted, noted;
    } counts[] = {
        {"records", v->n, c->records},         {"ids", v->n_ids, c->records},
        {"vectors", v->n_vectors, c->vectors}, {"documents", v->n_documents, c->documents},
        {"blobs", v->n_blobs, c->blobs},       {"words", v->n_words, c->words}};
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < sizeof(counts) / sizeof(counts[0]); i++) {
        if (counts[i].counted != counts[i].noted) {
            status = problem(v, "There are %llu %s, the counter says %llu.",
                             (unsigned long long)counts[i].counted, counts[i].what,
                             (unsigned long long)counts[i].noted);
        }
    }
    if (status == RAGD_OK && v->n && v->records[v->n - 1].seq >= c->next_seq) {
        status = problem(v, "The next insertion number has been given out already.");
    }
    return status;
}

static ragd_status compare_records(struct verify *v)
{
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < v->n; i++) {
        const struct checked *c = &v->records[i];
        if (!c->id_seen || c->postings || (c->has_vector && !c->vector_seen)) {
            status = report(v, c);
        }
    }
    return status;
}

static ragd_status verify_all(struct verify *v)
{
    ragd_status status = pass(v, CF_RECORDS, check_record);
    status = status == RAGD_OK ? pass(v, CF_IDS, check_id) : status;
    status = status == RAGD_OK ? pass(v, CF_VECTORS, check_vector) : status;
    status = status == RAGD_OK ? pass(v, CF_POSTINGS, check_postings) : status;
    status = status == RAGD_OK ? pass(v, CF_DOCUMENTS, check_document) : status;
    status = status == RAGD_OK ? pass(v, CF_BLOBS, count_blob) : status;
    status = status == RAGD_OK ? compare_records(v) : status;
    status = status == RAGD_OK ? compare_counts(v) : status;
    if (status == RAGD_OK && v->sink->counts) {
        status = v->sink->counts(v->call, v->n, v->n_vectors, v->n_postings);
    }
    return status;
}

ragd_status store_verify(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_verify_sink *sink)
{
    struct store *store = view->coll->store;
    struct verify v = {.view = view, .call = call, .sink = sink};
    v.analyser = text_pool_take(store->analysers);
    ragd_status status = v.analyser ? verify_all(&v) : db_no_memory(call);
    text_pool_give(store->analysers, v.analyser);
    words_release(&v.words);
    region_release(&v.region);
    free(v.records);
    return status;
}
