/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Documents and blobs of a view. */
#include <string.h>

#include "reading.h"
#include "sdk/store/shown.h"

static ragd_status emit_doc(struct ragd_call *call, struct ragd_bytes bytes,
                            uint32_t include, struct region *region,
                            const struct ragd_doc_out *sink)
{
    struct ragd_stored_doc doc;
    region_reset(region);
    ragd_status status = reading_status(call, codec_document_unpack(region, bytes, &doc),
                                        "documents");
    if (status != RAGD_OK) {
        return status;
    }
    document_show_only(&doc, include);
    return sink->emit(call, &doc);
}

static ragd_status get_named(struct ragd_view *view, struct ragd_call *call, enum cf cf,
                             struct ragd_str name, struct pinned *out)
{
    struct key key;
    if (name.n == 0 || name.n > KEY_TEXT_MAX) {
        return RAGD_E_NOT_FOUND;
    }
    key_text(&key, view->coll->number, name);
    return db_get(&view->coll->store->db, call, view->read, cf, &key, out);
}

ragd_status store_doc_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                          const struct ragd_str *ids, size_t n,
                          const struct ragd_doc_out *sink)
{
    struct region region = {0};
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < n; i++) {
        struct pinned value;
        status = get_named(view, call, CF_DOCUMENTS, ids[i], &value);
        if (status == RAGD_OK) {
            status = emit_doc(call, value.bytes, include, &region, sink);
            pinned_release(&value);
        } else if (status == RAGD_E_NOT_FOUND) {
            status = RAGD_OK;
        }
    }
    region_release(&region);
    return status;
}

/* A cursor over the names that start with prefix, behind after. */
static void open_named(struct cursor *cursor, struct ragd_view *view, enum cf cf,
                       struct ragd_str prefix, struct ragd_str after)
{
    struct key from, first, to;
    key_text(&first, view->coll->number, prefix);
    to = first;
    key_after_prefix(&to);
    key_text(&from, view->coll->number, after);
    /* The least key behind a key is the same with a 0 at its end. */
    from.bytes[from.n++] = 0;
    size_t n = from.n < first.n ? from.n : first.n;
    int order = memcmp(from.bytes, first.bytes, n);
    bool before = after.n == 0 || order < 0 || (order == 0 && from.n < first.n);
    cursor_open(cursor, &view->coll->store->db, cf, view->snapshot->rocks,
                before ? &first : &from, &to);
}

ragd_status store_doc_scan(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                           struct ragd_str after, const struct ragd_doc_out *sink)
{
    struct cursor cursor;
    struct region region = {0};
    ragd_status status = RAGD_OK;
    open_named(&cursor, view, CF_DOCUMENTS, (struct ragd_str){"", 0}, after);
    for (; status == RAGD_OK && cursor_valid(&cursor); cursor_next(&cursor)) {
        status = emit_doc(call, cursor_value(&cursor), include, &region, sink);
        status = status == RAGD_OK ? store_host->call_state(call) : status;
    }
    status = status == RAGD_OK ? cursor_status(&cursor, call) : status;
    cursor_close(&cursor);
    region_release(&region);
    return status;
}

ragd_status store_blob_get(struct ragd_view *view, struct ragd_call *call,
                           const struct ragd_str *names, size_t n,
                           const struct ragd_blob_sink *sink)
{
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < n; i++) {
        struct pinned value;
        status = get_named(view, call, CF_BLOBS, names[i], &value);
        if (status == RAGD_OK) {
            struct ragd_blob blob = {names[i], value.bytes};
            status = sink->emit(call, &blob);
            pinned_release(&value);
        } else if (status == RAGD_E_NOT_FOUND) {
            status = RAGD_OK;
        }
    }
    return status;
}

ragd_status store_blob_scan(struct ragd_view *view, struct ragd_call *call,
                            struct ragd_str prefix, struct ragd_str after,
                            const struct ragd_blob_sink *sink)
{
    struct cursor cursor;
    ragd_status status = RAGD_OK;
    open_named(&cursor, view, CF_BLOBS, prefix, after);
    for (; status == RAGD_OK && cursor_valid(&cursor); cursor_next(&cursor)) {
        struct ragd_blob blob = {.bytes = cursor_value(&cursor)};
        if (!key_read_text(cursor_key(&cursor), &blob.name)) {
            status = db_corrupt(call, "blobs");
            break;
        }
        status = sink->emit(call, &blob);
        status = status == RAGD_OK ? store_host->call_state(call) : status;
    }
    status = status == RAGD_OK ? cursor_status(&cursor, call) : status;
    cursor_close(&cursor);
    return status;
}
