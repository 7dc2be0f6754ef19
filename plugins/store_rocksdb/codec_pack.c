/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "codec_internal.h"

#include <string.h>

int pack_message(struct region *region, const void *message, struct ragd_bytes *out)
{
    size_t n = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = region_alloc(region, n + 1);
    if (!bytes) {
        return RAGD_E_NOMEM;
    }
    protobuf_c_message_pack(message, bytes);
    *out = (struct ragd_bytes){bytes, n};
    return 0;
}

static void to_scalar(const struct ragd_value *in, pb_scalar *out)
{
    ragd__store__v1__scalar__init(out);
    out->type = in->type;
    switch (in->type) {
    case RAGD_V_BOOL: out->integer = in->u.i != 0; break;
    case RAGD_V_INT: out->integer = in->u.i; break;
    case RAGD_V_REAL: out->real = in->u.d; break;
    case RAGD_V_STR: out->text = to_bytes(in->u.s); break;
    case RAGD_V_LIST: break;
    default: out->type = RAGD_V_NULL; break;
    }
}

static int to_items(struct region *region, const struct ragd_value *in, pb_pair *pair)
{
    size_t n = in->u.list.n;
    pb_scalar *items = region_calloc(region, n, sizeof(*items));
    pb_scalar **list = region_calloc(region, n, sizeof(*list));
    if (!items || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        to_scalar(&in->u.list.p[i], &items[i]);
        list[i] = &items[i];
    }
    pair->items = list;
    pair->n_items = n;
    return 0;
}

int to_pairs(struct region *region, struct ragd_kvs in, size_t *n, pb_pair ***out)
{
    pb_pair *pairs = region_calloc(region, in.n, sizeof(*pairs));
    pb_scalar *values = region_calloc(region, in.n, sizeof(*values));
    pb_pair **list = region_calloc(region, in.n, sizeof(*list));
    if (!pairs || !values || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in.n; i++) {
        ragd__store__v1__pair__init(&pairs[i]);
        to_scalar(&in.p[i].val, &values[i]);
        pairs[i].key = to_bytes(in.p[i].key);
        pairs[i].value = &values[i];
        list[i] = &pairs[i];
        if (in.p[i].val.type == RAGD_V_LIST &&
            to_items(region, &in.p[i].val, &pairs[i]) != 0) {
            return RAGD_E_NOMEM;
        }
    }
    *n = in.n;
    *out = list;
    return 0;
}

static pb_span *to_span(struct region *region, const struct ragd_span *in)
{
    pb_span *out = region_alloc(region, sizeof(*out));
    if (out) {
        ragd__store__v1__span__init(out);
        out->start_index = in->start_index;
        out->end_index = in->end_index;
        out->start_byte = in->start_byte;
        out->end_byte = in->end_byte;
        out->line = in->line;
        out->page = in->page;
        out->flags = in->flags;
    }
    return out;
}

pb_record *to_record(struct region *region, const struct ragd_record *in)
{
    pb_record *out = region_alloc(region, sizeof(*out));
    if (!out) {
        return NULL;
    }
    ragd__store__v1__record__init(out);
    out->id = to_bytes(in->id);
    out->doc_id = to_bytes(in->doc_id);
    out->text = to_bytes(in->text);
    out->ordinal = in->ordinal;
    out->has_vector = in->vec != NULL;
    if (in->span) {
        out->span = to_span(region, in->span);
    }
    bool ok = (!in->span || out->span) &&
              to_pairs(region, in->meta, &out->n_meta, &out->meta) == 0;
    return ok ? out : NULL;
}

static int to_blocks(struct region *region, const struct ragd_stored_doc *in,
                     pb_document *out)
{
    pb_block *blocks = region_calloc(region, in->n_blocks, sizeof(*blocks));
    pb_block **list = region_calloc(region, in->n_blocks, sizeof(*list));
    if (!blocks || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_blocks; i++) {
        ragd__store__v1__block__init(&blocks[i]);
        blocks[i].kind = in->blocks[i].kind;
        blocks[i].level = in->blocks[i].level;
        blocks[i].page = in->blocks[i].page;
        blocks[i].off = in->blocks[i].off;
        blocks[i].len = in->blocks[i].len;
        list[i] = &blocks[i];
    }
    out->n_blocks = in->n_blocks;
    out->blocks = list;
    return 0;
}

pb_document *to_document(struct region *region, const struct ragd_stored_doc *in)
{
    pb_document *out = region_alloc(region, sizeof(*out));
    if (!out) {
        return NULL;
    }
    ragd__store__v1__document__init(out);
    out->id = to_bytes(in->id);
    out->source = to_bytes(in->source);
    out->title = to_bytes(in->title);
    out->mime = to_bytes(in->mime);
    out->lang = to_bytes(in->lang);
    out->text = to_bytes(in->text);
    out->added_ms = in->added_ms;
    out->n_chunks = in->n_chunks;
    bool ok = to_blocks(region, in, out) == 0 &&
              to_pairs(region, in->meta, &out->n_meta, &out->meta) == 0;
    return ok ? out : NULL;
}

int codec_record_pack(struct region *region, const struct ragd_record *in,
                      struct ragd_bytes *out)
{
    pb_record *message = to_record(region, in);
    return message ? pack_message(region, message, out) : RAGD_E_NOMEM;
}

int codec_document_pack(struct region *region, const struct ragd_stored_doc *in,
                        struct ragd_bytes *out)
{
    pb_document *message = to_document(region, in);
    return message ? pack_message(region, message, out) : RAGD_E_NOMEM;
}

int codec_collection_pack(struct region *region, const struct ragd_coll_spec *in,
                          uint32_t number, struct ragd_bytes *out)
{
    pb_collection message = RAGD__STORE__V1__COLLECTION__INIT;
    message.name = to_bytes(in->name);
    message.number = number;
    message.space = to_bytes(in->space);
    message.dim = in->dim;
    message.metric = in->metric;
    int rc = to_pairs(region, in->params, &message.n_params, &message.params);
    return rc ? rc : pack_message(region, &message, out);
}

int codec_counters_pack(struct region *region, const struct counters *in,
                        struct ragd_bytes *out)
{
    pb_counters message = RAGD__STORE__V1__COUNTERS__INIT;
    message.next_seq = in->next_seq;
    message.sequence = in->sequence;
    message.records = in->records;
    message.vectors = in->vectors;
    message.documents = in->documents;
    message.blobs = in->blobs;
    message.words = in->words;
    message.bytes = in->bytes;
    message.analyser = to_bytes(in->analyser);
    return pack_message(region, &message, out);
}

static int to_names(struct region *region, const struct ragd_str *in, size_t n,
                    ProtobufCBinaryData **out)
{
    *out = region_calloc(region, n, sizeof(**out));
    for (size_t i = 0; *out && i < n; i++) {
        (*out)[i] = to_bytes(in[i]);
    }
    return *out ? 0 : RAGD_E_NOMEM;
}

static int to_staged_records(struct region *region, const struct ragd_apply *in,
                             uint32_t dim, pb_stage *out)
{
    pb_staged_record *staged = region_calloc(region, in->n_records, sizeof(*staged));
    out->records = region_calloc(region, in->n_records, sizeof(*out->records));
    if (!staged || !out->records) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_records; i++) {
        const struct ragd_record *rec = in->records[i];
        ragd__store__v1__staged_record__init(&staged[i]);
        staged[i].record = to_record(region, rec);
        struct ragd_bytes row = {"", 0};
        if (rec->vec) {
            row = codec_row_bytes(region, rec->vec, dim);
        }
        if (!staged[i].record || !row.p) {
            return RAGD_E_NOMEM;
        }
        staged[i].vector = to_bytes((struct ragd_str){row.p, row.n});
        out->records[out->n_records++] = &staged[i];
    }
    return 0;
}

static int to_staged_documents(struct region *region, const struct ragd_apply *in,
                               pb_stage *out)
{
    out->documents = region_calloc(region, in->n_docs, sizeof(*out->documents));
    for (size_t i = 0; out->documents && i < in->n_docs; i++) {
        pb_document *doc = to_document(region, in->docs[i]);
        if (!doc) {
            return RAGD_E_NOMEM;
        }
        out->documents[out->n_documents++] = doc;
    }
    return out->documents ? 0 : RAGD_E_NOMEM;
}

static int to_staged_blobs(struct region *region, const struct ragd_apply *in,
                           pb_stage *out)
{
    pb_staged_blob *blobs = region_calloc(region, in->n_blobs, sizeof(*blobs));
    out->blobs = region_calloc(region, in->n_blobs, sizeof(*out->blobs));
    if (!blobs || !out->blobs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_blobs; i++) {
        ragd__store__v1__staged_blob__init(&blobs[i]);
        blobs[i].name = to_bytes(in->blobs[i].name);
        blobs[i].remove = in->blobs[i].bytes.p == NULL;
        if (in->blobs[i].bytes.p) {
            struct ragd_bytes value = in->blobs[i].bytes;
            blobs[i].value = to_bytes((struct ragd_str){value.p, value.n});
        }
        out->blobs[out->n_blobs++] = &blobs[i];
    }
    return 0;
}

int codec_stage_pack(struct region *region, const struct ragd_apply *in, uint32_t dim,
                     struct ragd_bytes *out)
{
    pb_stage message = RAGD__STORE__V1__STAGE__INIT;
    message.n_remove_ids = in->n_remove_ids;
    message.n_remove_docs = in->n_remove_docs;
    int rc = to_names(region, in->remove_ids, in->n_remove_ids, &message.remove_ids);
    rc = rc ? rc
            : to_names(region, in->remove_docs, in->n_remove_docs, &message.remove_docs);
    rc = rc ? rc : to_staged_records(region, in, dim, &message);
    rc = rc ? rc : to_staged_documents(region, in, &message);
    rc = rc ? rc : to_staged_blobs(region, in, &message);
    return rc ? rc : pack_message(region, &message, out);
}

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
static uint32_t swapped(uint32_t v)
{
    return __builtin_bswap32(v);
}
#else
static uint32_t swapped(uint32_t v)
{
    return v;
}
#endif

struct ragd_bytes codec_row_bytes(struct region *region, const float *row, uint32_t dim)
{
    uint32_t *out = region_calloc(region, dim, sizeof(*out));
    for (uint32_t i = 0; out && i < dim; i++) {
        uint32_t bits;
        memcpy(&bits, &row[i], sizeof(bits));
        out[i] = swapped(bits);
    }
    return (struct ragd_bytes){out, out ? dim * sizeof(*out) : 0};
}

void codec_row_read(const void *bytes, float *row, uint32_t dim)
{
    const unsigned char *p = bytes;
    for (uint32_t i = 0; i < dim; i++) {
        uint32_t bits;
        memcpy(&bits, p + (size_t)i * sizeof(bits), sizeof(bits));
        bits = swapped(bits);
        memcpy(&row[i], &bits, sizeof(bits));
    }
}
