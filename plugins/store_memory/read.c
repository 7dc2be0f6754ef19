/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Reading everything but queries. */
#include <string.h>

#include "sdk/store/filter.h"
#include "sdk/store/shown.h"
#include "store.h"

struct state *view_state(struct ragd_view *view)
{
    if (view->state) {
        return state_ref(view->state);
    }
    pthread_mutex_lock(&view->coll->lock);
    struct state *state = state_ref(view->coll->state);
    pthread_mutex_unlock(&view->coll->lock);
    return state;
}

ragd_status memory_check_filter(struct ragd_call *call, const struct ragd_filter *filter)
{
    const char *why = NULL;
    ragd_status status = filter_check(filter, &why);
    return status == RAGD_OK ? RAGD_OK : memory_fail(call, status, why);
}

struct ragd_record memory_shown(const struct ragd_view *view, const struct item *item,
                                uint32_t include)
{
    struct ragd_record rec = item->u.rec;
    record_show_only(&rec, include);
    if (!(view->coll->store->caps & RAGD_STORE_SEQ)) {
        rec.seq = 0;
    }
    return rec;
}

ragd_status memory_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                       const struct ragd_str *ids, size_t n,
                       const struct ragd_record_sink *sink)
{
    struct state *state = view_state(view);
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < n; i++) {
        size_t at = records_find(&state->records, ids[i]);
        if (at < state->records.n) {
            struct ragd_record rec = memory_shown(view, state->records.p[at], include);
            status = sink->emit(call, &rec);
        }
    }
    state_unref(state);
    return status;
}

/* Without SEQ after_seq counts the records already seen. */
static bool is_after(const struct ragd_view *view, const struct item *item, size_t at,
                     uint64_t after_seq)
{
    bool seq = view->coll->store->caps & RAGD_STORE_SEQ;
    return seq ? item->u.rec.seq > after_seq : at >= after_seq;
}

ragd_status memory_scan(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                        const struct ragd_filter *filter, uint64_t after_seq,
                        const struct ragd_record_sink *sink)
{
    ragd_status status = memory_check_filter(call, filter);
    if (status != RAGD_OK) {
        return status;
    }
    struct state *state = view_state(view);
    for (size_t i = 0; status == RAGD_OK && i < state->records.n; i++) {
        const struct item *item = state->records.p[i];
        if (is_after(view, item, i, after_seq) &&
            filter_match(filter, item->u.rec.meta, item->u.rec.text)) {
            struct ragd_record rec = memory_shown(view, item, include);
            status = sink->emit(call, &rec);
        }
    }
    state_unref(state);
    return status;
}

ragd_status memory_count(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_filter *filter, uint64_t *count)
{
    ragd_status status = memory_check_filter(call, filter);
    if (status != RAGD_OK) {
        return status;
    }
    struct state *state = view_state(view);
    *count = 0;
    for (size_t i = 0; i < state->records.n; i++) {
        const struct ragd_record *rec = &state->records.p[i]->u.rec;
        *count += filter_match(filter, rec->meta, rec->text);
    }
    state_unref(state);
    return RAGD_OK;
}

static uint64_t count_vectors(const struct state *state)
{
    uint64_t n = 0;
    for (size_t i = 0; i < state->records.n; i++) {
        n += state->records.p[i]->u.rec.vec != NULL;
    }
    return n;
}

static uint64_t bytes_of(const struct items *items)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < items->n; i++) {
        bytes += items->p[i]->region.used;
    }
    return bytes;
}

ragd_status memory_stats(struct ragd_view *view, struct ragd_call *call,
                         struct ragd_coll_stats *out)
{
    (void)call;
    struct state *state = view_state(view);
    *out = (struct ragd_coll_stats){.struct_size = sizeof(*out),
                                    .dim = view->coll->spec.dim,
                                    .records = state->records.n,
                                    .vectors = count_vectors(state),
                                    .docs = state->docs.n,
                                    .blobs = state->blobs.n,
                                    .sequence = state->sequence};
    out->bytes_ram = bytes_of(&state->records);
    out->bytes_data = out->bytes_ram + bytes_of(&state->docs) + bytes_of(&state->blobs);
    state_unref(state);
    return RAGD_OK;
}

static ragd_status emit_doc(struct ragd_call *call, const struct item *item,
                            uint32_t include, const struct ragd_doc_out *sink)
{
    struct ragd_stored_doc doc = item->u.doc;
    document_show_only(&doc, include);
    return sink->emit(call, &doc);
}

ragd_status memory_doc_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                           const struct ragd_str *ids, size_t n,
                           const struct ragd_doc_out *sink)
{
    struct state *state = view_state(view);
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < n; i++) {
        bool found;
        size_t at = docs_find(&state->docs, ids[i], &found);
        status = found ? emit_doc(call, state->docs.p[at], include, sink) : RAGD_OK;
    }
    state_unref(state);
    return status;
}

ragd_status memory_doc_scan(struct ragd_view *view, struct ragd_call *call,
                            uint32_t include, struct ragd_str after,
                            const struct ragd_doc_out *sink)
{
    struct state *state = view_state(view);
    bool found = false;
    size_t at = docs_find(&state->docs, after, &found);
    ragd_status status = RAGD_OK;
    for (at += found; status == RAGD_OK && at < state->docs.n; at++) {
        status = emit_doc(call, state->docs.p[at], include, sink);
    }
    state_unref(state);
    return status;
}

ragd_status memory_blob_get(struct ragd_view *view, struct ragd_call *call,
                            const struct ragd_str *names, size_t n,
                            const struct ragd_blob_sink *sink)
{
    struct state *state = view_state(view);
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < n; i++) {
        bool found;
        size_t at = blobs_find(&state->blobs, names[i], &found);
        status = found ? sink->emit(call, &state->blobs.p[at]->u.blob) : RAGD_OK;
    }
    state_unref(state);
    return status;
}

static bool starts_with(struct ragd_str s, struct ragd_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

ragd_status memory_blob_scan(struct ragd_view *view, struct ragd_call *call,
                             struct ragd_str prefix, struct ragd_str after,
                             const struct ragd_blob_sink *sink)
{
    struct state *state = view_state(view);
    bool found = false;
    size_t at = blobs_find(&state->blobs, after, &found);
    ragd_status status = RAGD_OK;
    for (at += found; status == RAGD_OK && at < state->blobs.n; at++) {
        if (starts_with(state->blobs.p[at]->u.blob.name, prefix)) {
            status = sink->emit(call, &state->blobs.p[at]->u.blob);
        }
    }
    state_unref(state);
    return status;
}

/* There is nothing beside the records that could disagree with them. */
ragd_status memory_verify(struct ragd_view *view, struct ragd_call *call,
                          const struct ragd_verify_sink *sink)
{
    struct state *state = view_state(view);
    ragd_status status = RAGD_OK;
    if (sink->counts) {
        status = sink->counts(call, state->records.n, count_vectors(state), 0);
    }
    state_unref(state);
    return status;
}
