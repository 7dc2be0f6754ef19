/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "codec_internal.h"

#include <string.h>

static void *region_allocate(void *data, size_t size)
{
    return region_alloc(data, size);
}

/* Released with the region. */
static void region_free(void *data, void *pointer)
{
    (void)data, (void)pointer;
}

/*
 * protobuf-c may ask for some fifty times the bytes it reads (an empty message
 * inside is two bytes). The bytes are checksummed, so only a fault of ours gets
 * near this budget; then it is RAGD_E_CORRUPT instead of all memory.
 */
static size_t budget_of(size_t n)
{
    return 64 * n + (1u << 20);
}

void *unpack_message(struct region *region, const ProtobufCMessageDescriptor *descriptor,
                     struct ragd_bytes in, int *rc)
{
    ProtobufCAllocator allocator = {region_allocate, region_free, region};
    size_t limit = region->limit;
    region->limit = region->used + budget_of(in.n);
    void *message = protobuf_c_message_unpack(descriptor, &allocator, in.n, in.p);
    region->limit = limit;
    *rc = message ? 0 : RAGD_E_CORRUPT;
    return message;
}

static int from_scalar(const pb_scalar *in, struct ragd_value *out)
{
    *out = (struct ragd_value){.type = in->type};
    switch (in->type) {
    case RAGD_V_NULL:
    case RAGD_V_LIST: break;
    case RAGD_V_BOOL:
    case RAGD_V_INT: out->u.i = in->integer; break;
    case RAGD_V_REAL: out->u.d = in->real; break;
    case RAGD_V_STR: out->u.s = from_bytes(in->text); break;
    default: return RAGD_E_CORRUPT;
    }
    return 0;
}

static int from_items(struct region *region, const pb_pair *in, struct ragd_value *out)
{
    struct ragd_value *items = region_calloc(region, in->n_items, sizeof(*items));
    if (!items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_items; i++) {
        if (from_scalar(in->items[i], &items[i]) != 0 || items[i].type == RAGD_V_LIST) {
            return RAGD_E_CORRUPT;
        }
    }
    out->u.list.p = items;
    out->u.list.n = in->n_items;
    return 0;
}

int from_pairs(struct region *region, pb_pair *const *in, size_t n, struct ragd_kvs *out)
{
    struct ragd_kv *kvs = region_calloc(region, n, sizeof(*kvs));
    if (!kvs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        kvs[i].key = from_bytes(in[i]->key);
        int rc = in[i]->value ? from_scalar(in[i]->value, &kvs[i].val) : RAGD_E_CORRUPT;
        if (rc == 0 && kvs[i].val.type == RAGD_V_LIST) {
            rc = from_items(region, in[i], &kvs[i].val);
        }
        if (rc != 0) {
            return rc;
        }
    }
    *out = (struct ragd_kvs){kvs, n};
    return 0;
}

static struct ragd_span *from_span(struct region *region, const pb_span *in)
{
    struct ragd_span *out = region_alloc(region, sizeof(*out));
    if (out) {
        *out = (struct ragd_span){.start_index = in->start_index,
                                  .end_index = in->end_index,
                                  .start_byte = in->start_byte,
                                  .end_byte = in->end_byte,
                                  .line = in->line,
                                  .page = in->page,
                                  .flags = in->flags};
    }
    return out;
}

int from_record(struct region *region, const pb_record *in, struct ragd_record *out,
                bool *has_vector)
{
    *out = (struct ragd_record){.struct_size = sizeof(*out),
                                .id = from_bytes(in->id),
                                .doc_id = from_bytes(in->doc_id),
                                .text = from_bytes(in->text),
                                .ordinal = in->ordinal};
    *has_vector = in->has_vector;
    if (in->span) {
        out->span = from_span(region, in->span);
        if (!out->span) {
            return RAGD_E_NOMEM;
        }
    }
    return from_pairs(region, in->meta, in->n_meta, &out->meta);
}

static int from_blocks(struct region *region, const pb_document *in,
                       struct ragd_stored_doc *out)
{
    struct ragd_block *blocks = region_calloc(region, in->n_blocks, sizeof(*blocks));
    if (!blocks) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_blocks; i++) {
        const pb_block *b = in->blocks[i];
        blocks[i] = (struct ragd_block){.kind = b->kind,
                                        .level = b->level,
                                        .page = b->page,
                                        .off = b->off,
                                        .len = b->len};
    }
    out->blocks = blocks;
    out->n_blocks = in->n_blocks;
    return 0;
}

int from_document(struct region *region, const pb_document *in, struct ragd_stored_doc *out)
{
    *out = (struct ragd_stored_doc){.struct_size = sizeof(*out),
                                    .id = from_bytes(in->id),
                                    .source = from_bytes(in->source),
                                    .title = from_bytes(in->title),
                                    .mime = from_bytes(in->mime),
                                    .lang = from_bytes(in->lang),
                                    .text = from_bytes(in->text),
                                    .added_ms = in->added_ms,
                                    .n_chunks = in->n_chunks};
    int rc = from_blocks(region, in, out);
    return rc ? rc : from_pairs(region, in->meta, in->n_meta, &out->meta);
}

int codec_record_unpack(struct region *region, struct ragd_bytes in,
                        struct ragd_record *out, bool *has_vector)
{
    int rc;
    pb_record *message = unpack_message(region, &ragd__store__v1__record__descriptor, in,
                                        &rc);
    return message ? from_record(region, message, out, has_vector) : rc;
}

int codec_document_unpack(struct region *region, struct ragd_bytes in,
                          struct ragd_stored_doc *out)
{
    int rc;
    pb_document *message = unpack_message(region, &ragd__store__v1__document__descriptor,
                                          in, &rc);
    return message ? from_document(region, message, out) : rc;
}

int codec_collection_unpack(struct region *region, struct ragd_bytes in,
                            struct ragd_coll_spec *out, uint32_t *number)
{
    int rc;
    pb_collection *message =
        unpack_message(region, &ragd__store__v1__collection__descriptor, in, &rc);
    if (!message) {
        return rc;
    }
    *out = (struct ragd_coll_spec){.struct_size = sizeof(*out),
                                   .name = from_bytes(message->name),
                                   .space = from_bytes(message->space),
                                   .dim = message->dim,
                                   .metric = message->metric};
    *number = message->number;
    return from_pairs(region, message->params, message->n_params, &out->params);
}

int codec_counters_unpack(struct region *region, struct ragd_bytes in, struct counters *out)
{
    int rc;
    pb_counters *message = unpack_message(region, &ragd__store__v1__counters__descriptor,
                                          in, &rc);
    if (!message) {
        return rc;
    }
    *out = (struct counters){.next_seq = message->next_seq,
                             .sequence = message->sequence,
                             .records = message->records,
                             .vectors = message->vectors,
                             .documents = message->documents,
                             .blobs = message->blobs,
                             .words = message->words,
                             .bytes = message->bytes,
                             .analyser = from_bytes(message->analyser)};
    return 0;
}

static int from_names(struct region *region, const ProtobufCBinaryData *in, size_t n,
                      const struct ragd_str **out)
{
    struct ragd_str *names = region_calloc(region, n, sizeof(*names));
    for (size_t i = 0; names && i < n; i++) {
        names[i] = from_bytes(in[i]);
    }
    *out = names;
    return names ? 0 : RAGD_E_NOMEM;
}

static int from_staged_record(struct region *region, const pb_staged_record *in,
                              uint32_t dim, struct ragd_record *out)
{
    bool has_vector = false;
    int rc = in->record ? from_record(region, in->record, out, &has_vector)
                        : RAGD_E_CORRUPT;
    if (rc != 0 || !has_vector) {
        return rc;
    }
    if (in->vector.len != dim * sizeof(float)) {
        return RAGD_E_CORRUPT;
    }
    float *row = region_calloc(region, dim, sizeof(*row));
    if (!row) {
        return RAGD_E_NOMEM;
    }
    codec_row_read(in->vector.data, row, dim);
    out->vec = row;
    return 0;
}

static int from_staged_records(struct region *region, const pb_stage *in, uint32_t dim,
                               struct ragd_apply *out)
{
    struct ragd_record *recs = region_calloc(region, in->n_records, sizeof(*recs));
    const struct ragd_record **list = region_calloc(region, in->n_records, sizeof(*list));
    if (!recs || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_records; i++) {
        int rc = from_staged_record(region, in->records[i], dim, &recs[i]);
        if (rc != 0) {
            return rc;
        }
        list[i] = &recs[i];
    }
    out->records = list;
    out->n_records = in->n_records;
    return 0;
}

static int from_staged_documents(struct region *region, const pb_stage *in,
                                 struct ragd_apply *out)
{
    struct ragd_stored_doc *docs = region_calloc(region, in->n_documents, sizeof(*docs));
    const struct ragd_stored_doc **list = region_calloc(region, in->n_documents,
                                                        sizeof(*list));
    if (!docs || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_documents; i++) {
        int rc = from_document(region, in->documents[i], &docs[i]);
        if (rc != 0) {
            return rc;
        }
        list[i] = &docs[i];
    }
    out->docs = list;
    out->n_docs = in->n_documents;
    return 0;
}

static int from_staged_blobs(struct region *region, const pb_stage *in,
                             struct ragd_apply *out)
{
    struct ragd_blob *blobs = region_calloc(region, in->n_blobs, sizeof(*blobs));
    if (!blobs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_blobs; i++) {
        const pb_staged_blob *b = in->blobs[i];
        blobs[i].name = from_bytes(b->name);
        if (!b->remove) {
            blobs[i].bytes = (struct ragd_bytes){b->value.len ? (void *)b->value.data : "",
                                                 b->value.len};
        }
    }
    out->blobs = blobs;
    out->n_blobs = in->n_blobs;
    return 0;
}

int codec_stage_unpack(struct region *region, struct ragd_bytes in, uint32_t dim,
                       struct ragd_apply *out)
{
    int rc;
    pb_stage *message = unpack_message(region, &ragd__store__v1__stage__descriptor, in,
                                       &rc);
    if (!message) {
        return rc;
    }
    *out = (struct ragd_apply){.struct_size = sizeof(*out),
                               .n_remove_ids = message->n_remove_ids,
                               .n_remove_docs = message->n_remove_docs};
    rc = from_names(region, message->remove_ids, message->n_remove_ids, &out->remove_ids);
    rc = rc ? rc
            : from_names(region, message->remove_docs, message->n_remove_docs,
                         &out->remove_docs);
    rc = rc ? rc : from_staged_records(region, message, dim, out);
    rc = rc ? rc : from_staged_documents(region, message, out);
    return rc ? rc : from_staged_blobs(region, message, out);
}
