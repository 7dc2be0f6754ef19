/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Sinks of a store's operations. */
#include "sdk/testing/internal.h"

#include <string.h>

/* Adds a copy of item at the end of an array of the results. */
#define APPEND(call, array, count, item)                                                 \
    do {                                                                                 \
        void *grown_ = fake_grow(&(call)->memory, (call)->results.array,                 \
                                 (call)->results.count, sizeof(*(call)->results.array)); \
        memcpy((char *)grown_ + (call)->results.count * sizeof(*(call)->results.array),  \
               &(item), sizeof(item));                                                   \
        (call)->results.array = grown_;                                                  \
        (call)->results.count++;                                                         \
    } while (0)

static struct ragd_record copy_record(struct ragd_call *call, const struct ragd_record *rec)
{
    struct ragd_record copy = *rec;
    copy.id = fake_copy_str(&call->memory, rec->id);
    copy.doc_id = fake_copy_str(&call->memory, rec->doc_id);
    copy.text = fake_copy_str(&call->memory, rec->text);
    copy.meta = fake_copy_kvs(&call->memory, rec->meta);
    if (rec->vec) {
        float *vec = fake_alloc(&call->memory, call->dim * sizeof(*vec));
        memcpy(vec, rec->vec, call->dim * sizeof(*vec));
        copy.vec = vec;
    }
    if (rec->span) {
        struct ragd_span *span = fake_alloc(&call->memory, sizeof(*span));
        *span = *rec->span;
        copy.span = span;
    }
    return copy;
}

static ragd_status on_spec(struct ragd_call *call, const struct ragd_coll_spec *spec)
{
    struct ragd_coll_spec copy = *spec;
    copy.name = fake_copy_str(&call->memory, spec->name);
    copy.space = fake_copy_str(&call->memory, spec->space);
    copy.params = fake_copy_kvs(&call->memory, spec->params);
    APPEND(call, specs, n_specs, copy);
    return fake_call_step(call);
}

static ragd_status on_term(struct ragd_call *call, const struct ragd_term *term)
{
    struct ragd_term copy = *term;
    copy.word = fake_copy_str(&call->memory, term->word);
    APPEND(call, terms, n_terms, copy);
    return fake_call_step(call);
}

static ragd_status on_plan(struct ragd_call *call, uint32_t list, uint32_t plan)
{
    if (list < 3) {
        call->results.plans[list] = plan;
    }
    return fake_call_step(call);
}

static ragd_status on_hit(struct ragd_call *call, const struct ragd_hit *hit)
{
    struct ragd_hit copy = *hit;
    struct ragd_record *rec = fake_alloc(&call->memory, sizeof(*rec));
    *rec = copy_record(call, hit->rec);
    copy.rec = rec;
    APPEND(call, hits, n_hits, copy);
    return fake_call_step(call);
}

static ragd_status on_record(struct ragd_call *call, const struct ragd_record *rec)
{
    struct ragd_record copy = copy_record(call, rec);
    APPEND(call, records, n_records, copy);
    return fake_call_step(call);
}

static ragd_status on_stored_doc(struct ragd_call *call, const struct ragd_stored_doc *doc)
{
    struct ragd_stored_doc copy = *doc;
    copy.id = fake_copy_str(&call->memory, doc->id);
    copy.source = fake_copy_str(&call->memory, doc->source);
    copy.title = fake_copy_str(&call->memory, doc->title);
    copy.mime = fake_copy_str(&call->memory, doc->mime);
    copy.lang = fake_copy_str(&call->memory, doc->lang);
    copy.text = fake_copy_str(&call->memory, doc->text);
    copy.meta = fake_copy_kvs(&call->memory, doc->meta);
    size_t size = doc->n_blocks * sizeof(*doc->blocks);
    copy.blocks = fake_copy_bytes(&call->memory, (struct ragd_bytes){doc->blocks, size}).p;
    APPEND(call, stored_docs, n_stored_docs, copy);
    return fake_call_step(call);
}

static ragd_status on_blob(struct ragd_call *call, const struct ragd_blob *blob)
{
    struct ragd_blob copy = {fake_copy_str(&call->memory, blob->name),
                             fake_copy_bytes(&call->memory, blob->bytes)};
    APPEND(call, blobs, n_blobs, copy);
    return fake_call_step(call);
}

static ragd_status on_counts(struct ragd_call *call, uint64_t records, uint64_t vectors,
                             uint64_t postings)
{
    call->results.verified_records = records;
    call->results.verified_vectors = vectors;
    call->results.verified_postings = postings;
    return fake_call_step(call);
}

static ragd_status on_problem(struct ragd_call *call, struct ragd_str text)
{
    struct ragd_str copy = fake_copy_str(&call->memory, text);
    APPEND(call, problems, n_problems, copy);
    return fake_call_step(call);
}

const struct ragd_coll_sink fake_coll_sink = {sizeof(fake_coll_sink), 0, on_spec};
const struct ragd_hit_sink fake_hit_sink = {sizeof(fake_hit_sink), 0, on_term, on_plan,
                                            on_hit};
const struct ragd_record_sink fake_record_sink = {sizeof(fake_record_sink), 0, on_record};
const struct ragd_doc_out fake_stored_doc_sink = {sizeof(fake_stored_doc_sink), 0,
                                                  on_stored_doc};
const struct ragd_blob_sink fake_blob_sink = {sizeof(fake_blob_sink), 0, on_blob};
const struct ragd_verify_sink fake_verify_sink = {sizeof(fake_verify_sink), 0, on_counts,
                                                  on_problem};
