/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Records by id, in insertion order, counted. */
#include "reading.h"
#include "sdk/store/filter.h"
#include "sdk/store/shown.h"

ragd_status reading_status(struct ragd_call *call, int rc, const char *what)
{
    return rc == 0              ? RAGD_OK
           : rc == RAGD_E_NOMEM ? db_no_memory(call)
                                : db_corrupt(call, what);
}

ragd_status reading_check_filter(struct ragd_call *call, const struct ragd_filter *filter)
{
    const char *why = NULL;
    ragd_status status = filter_check(filter, &why);
    return status == RAGD_OK ? RAGD_OK : db_fail(call, status, "store_filter", "%s", why);
}

static ragd_status read_vector(struct ragd_view *view, struct ragd_call *call, uint64_t seq,
                               struct region *region, struct ragd_record *out)
{
    uint32_t dim = view->coll->dim;
    struct key key;
    struct pinned value;
    key_seq(&key, view->coll->number, seq);
    ragd_status status = db_get(&view->coll->store->db, call, view->read, CF_VECTORS, &key,
                                &value);
    if (status == RAGD_E_NOT_FOUND ||
        (status == RAGD_OK && value.bytes.n != (size_t)dim * sizeof(float))) {
        status = db_corrupt(call, "vectors");
    }
    float *row = status == RAGD_OK ? region_calloc(region, dim, sizeof(*row)) : NULL;
    if (row) {
        codec_row_read(value.bytes.p, row, dim);
        out->vec = row;
    } else if (status == RAGD_OK) {
        status = db_no_memory(call);
    }
    pinned_release(&value);
    return status;
}

static ragd_status unpack(struct ragd_view *view, struct ragd_call *call,
                          struct ragd_bytes bytes, uint32_t include, struct region *region,
                          struct ragd_record *out)
{
    uint64_t seq = out->seq;
    bool has_vector = false;
    ragd_status status = reading_status(
        call, codec_record_unpack(region, bytes, out, &has_vector), "records");
    out->seq = seq;
    if (status == RAGD_OK && has_vector && (include & RAGD_INCLUDE_VECTOR)) {
        status = read_vector(view, call, seq, region, out);
    }
    return status;
}

ragd_status reading_record(struct ragd_view *view, struct ragd_call *call, uint64_t seq,
                           uint32_t include, struct region *region, struct ragd_record *out)
{
    struct key key;
    struct pinned value;
    key_seq(&key, view->coll->number, seq);
    ragd_status status = db_get(&view->coll->store->db, call, view->read, CF_RECORDS, &key,
                                &value);
    if (status == RAGD_OK) {
        out->seq = seq;
        status = unpack(view, call, value.bytes, include, region, out);
        pinned_release(&value);
    }
    return status;
}

ragd_status reading_at(struct ragd_view *view, struct ragd_call *call,
                       const struct cursor *cursor, uint32_t include, struct region *region,
                       struct ragd_record *out)
{
    if (!key_read_seq(cursor_key(cursor), &out->seq)) {
        return db_corrupt(call, "records");
    }
    return unpack(view, call, cursor_value(cursor), include, region, out);
}

static ragd_status get_one(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                           struct ragd_str id, struct region *region,
                           struct ragd_record *out)
{
    struct key key;
    struct pinned value;
    if (id.n == 0 || id.n > KEY_TEXT_MAX) {
        return RAGD_E_NOT_FOUND;
    }
    key_text(&key, view->coll->number, id);
    ragd_status status = db_get(&view->coll->store->db, call, view->read, CF_IDS, &key,
                                &value);
    if (status != RAGD_OK) {
        return status;
    }
    bool ok = value.bytes.n == sizeof(uint64_t);
    uint64_t seq = ok ? get_u64(value.bytes.p) : 0;
    pinned_release(&value);
    status = ok ? reading_record(view, call, seq, include, region, out)
                : db_corrupt(call, "index of ids");
    return status == RAGD_E_NOT_FOUND ? db_corrupt(call, "index of ids") : status;
}

ragd_status store_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                      const struct ragd_str *ids, size_t n,
                      const struct ragd_record_sink *sink)
{
    struct region region = {0};
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < n; i++) {
        struct ragd_record rec;
        region_reset(&region);
        status = get_one(view, call, include, ids[i], &region, &rec);
        if (status == RAGD_OK) {
            record_show_only(&rec, include);
            status = sink->emit(call, &rec);
        } else if (status == RAGD_E_NOT_FOUND) {
            status = RAGD_OK;
        }
        status = status == RAGD_OK ? store_host->call_state(call) : status;
    }
    region_release(&region);
    return status;
}

typedef ragd_status record_fn(void *user, struct ragd_call *call, struct ragd_record *rec);

/* The records of a view behind after_seq that match. */
struct walk {
    struct ragd_view *view;
    struct ragd_call *call;
    uint32_t include;
    uint64_t after_seq;
    const struct ragd_filter *filter;
    record_fn *each;
    void *user;
};

static ragd_status walk_one(const struct walk *w, const struct cursor *cursor,
                            struct region *region)
{
    struct ragd_record rec;
    region_reset(region);
    ragd_status status = reading_at(w->view, w->call, cursor, w->include, region, &rec);
    if (status == RAGD_OK && filter_match(w->filter, rec.meta, rec.text)) {
        record_show_only(&rec, w->include);
        status = w->each(w->user, w->call, &rec);
    }
    return status == RAGD_OK ? store_host->call_state(w->call) : status;
}

static ragd_status walk(const struct walk *w)
{
    struct ragd_coll *coll = w->view->coll;
    ragd_status status = reading_check_filter(w->call, w->filter);
    if (status != RAGD_OK || w->after_seq == UINT64_MAX) {
        return status;
    }
    struct key from, to;
    struct cursor cursor;
    struct region region = {0};
    key_seq(&from, coll->number, w->after_seq + 1);
    key_coll(&to, coll->number + 1);
    cursor_open(&cursor, &coll->store->db, CF_RECORDS, w->view->snapshot->rocks, &from,
                &to);
    for (; status == RAGD_OK && cursor_valid(&cursor); cursor_next(&cursor)) {
        status = walk_one(w, &cursor, &region);
    }
    status = status == RAGD_OK ? cursor_status(&cursor, w->call) : status;
    cursor_close(&cursor);
    region_release(&region);
    return status;
}

static ragd_status emit(void *user, struct ragd_call *call, struct ragd_record *rec)
{
    const struct ragd_record_sink *sink = user;
    return sink->emit(call, rec);
}

ragd_status store_scan(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                       const struct ragd_filter *filter, uint64_t after_seq,
                       const struct ragd_record_sink *sink)
{
    struct walk w = {view, call, include, after_seq, filter, emit, (void *)(uintptr_t)sink};
    return walk(&w);
}

static ragd_status count_one(void *user, struct ragd_call *call, struct ragd_record *rec)
{
    (void)call, (void)rec;
    ++*(uint64_t *)user;
    return RAGD_OK;
}

ragd_status store_count(struct ragd_view *view, struct ragd_call *call,
                        const struct ragd_filter *filter, uint64_t *count)
{
    if (filter->n == 0) {
        *count = view->counters.records;
        return RAGD_OK;
    }
    uint64_t n = 0;
    struct walk w = {view, call, 0, 0, filter, count_one, &n};
    ragd_status status = walk(&w);
    if (status == RAGD_OK) {
        *count = n;
    }
    return status;
}
