/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A document as bytes: a format number, then its members in order. A number
 * is 8 bytes little-endian, a text its length and its bytes.
 */
#include <string.h>

#include "core/utf8.h"
#include "plugin/store_state.h"

enum { DOCUMENT_FORMAT = 1 };

/* ---- out ------------------------------------------------------------------------ */

static int put_number(struct buf *out, uint64_t n)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(n >> (8 * i));
    }
    return buf_put(out, bytes, sizeof(bytes));
}

static int put_text(struct buf *out, struct ragd_str s)
{
    int rc = put_number(out, s.n);
    return rc || s.n == 0 ? rc : buf_put(out, s.p, s.n);
}

static int put_value(struct buf *out, const struct ragd_value *value)
{
    uint64_t bits = 0;
    int rc = put_number(out, value->type);
    if (rc) {
        return rc;
    }
    switch (value->type) {
    case RAGD_V_BOOL:
    case RAGD_V_INT: return put_number(out, (uint64_t)value->u.i);
    case RAGD_V_REAL:
        memcpy(&bits, &value->u.d, sizeof(bits));
        return put_number(out, bits);
    case RAGD_V_STR: return put_text(out, value->u.s);
    case RAGD_V_LIST:
        rc = put_number(out, value->u.list.n);
        for (size_t i = 0; i < value->u.list.n && rc == 0; i++) {
            rc = put_value(out, &value->u.list.p[i]);
        }
        return rc;
    default: return 0;
    }
}

static int put_meta(struct buf *out, struct ragd_kvs meta)
{
    int rc = put_number(out, meta.n);
    for (size_t i = 0; i < meta.n && rc == 0; i++) {
        rc = put_text(out, meta.p[i].key);
        rc = rc ? rc : put_value(out, &meta.p[i].val);
    }
    return rc;
}

static int put_blocks(struct buf *out, const struct ragd_block *blocks, size_t n)
{
    int rc = put_number(out, n);
    for (size_t i = 0; i < n && rc == 0; i++) {
        const uint64_t members[] = {blocks[i].kind, blocks[i].level, blocks[i].page,
                                    blocks[i].off, blocks[i].len};
        for (size_t m = 0; m < sizeof(members) / sizeof(members[0]) && rc == 0; m++) {
            rc = put_number(out, members[m]);
        }
    }
    return rc;
}

int document_encode(const struct ragd_stored_doc *doc, struct buf *out)
{
    const struct ragd_str texts[] = {doc->id,   doc->source, doc->title,
                                     doc->mime, doc->lang,   doc->text};
    size_t before = out->n;
    int rc = put_number(out, DOCUMENT_FORMAT);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && rc == 0; i++) {
        rc = put_text(out, texts[i]);
    }
    rc = rc ? rc : put_blocks(out, doc->blocks, doc->n_blocks);
    rc = rc ? rc : put_meta(out, doc->meta);
    rc = rc ? rc : put_number(out, (uint64_t)doc->added_ms);
    rc = rc ? rc : put_number(out, doc->n_chunks);
    if (rc) {
        out->n = before;
    }
    return rc;
}

/* ---- in ------------------------------------------------------------------------- */

/* Reads; rc stays at the first that went wrong. */
struct reader {
    const uint8_t *p;
    size_t n;
    struct arena *arena;
    int rc;
};

static uint64_t get_number(struct reader *in)
{
    uint64_t n = 0;
    if (in->rc || in->n < 8) {
        in->rc = in->rc ? in->rc : RAGD_E_CORRUPT;
        return 0;
    }
    for (int i = 0; i < 8; i++) {
        n |= (uint64_t)in->p[i] << (8 * i);
    }
    in->p += 8;
    in->n -= 8;
    return n;
}

static uint32_t get_small(struct reader *in)
{
    uint64_t n = get_number(in);
    if (n > UINT32_MAX) {
        in->rc = in->rc ? in->rc : RAGD_E_CORRUPT;
    }
    return (uint32_t)n;
}

static struct ragd_str get_text(struct reader *in)
{
    struct ragd_str none = {"", 0};
    uint64_t n = get_number(in);
    if (in->rc || n > in->n || utf8_check(in->p, (size_t)n) != n) {
        in->rc = in->rc ? in->rc : RAGD_E_CORRUPT;
        return none;
    }
    struct ragd_str s = arena_str(in->arena,
                                  (struct ragd_str){(const char *)in->p, (size_t)n});
    in->p += n;
    in->n -= (size_t)n;
    if (!s.p) {
        in->rc = RAGD_E_NOMEM;
        return none;
    }
    return s;
}

/* n elements of which each takes at least so many bytes; NULL with rc set, or
 * for none. */
static void *get_array(struct reader *in, uint64_t n, size_t least, size_t size)
{
    if (in->rc || n == 0) {
        return NULL;
    }
    if (n > in->n / least) {
        in->rc = RAGD_E_CORRUPT;
        return NULL;
    }
    void *p = arena_calloc(in->arena, (size_t)n, size);
    in->rc = p ? 0 : RAGD_E_NOMEM;
    return p;
}

static void get_scalar(struct reader *in, uint64_t type, struct ragd_value *out)
{
    uint64_t bits;
    out->type = (uint32_t)type;
    switch (type) {
    case RAGD_V_NULL: break;
    case RAGD_V_BOOL:
    case RAGD_V_INT: out->u.i = (int64_t)get_number(in); break;
    case RAGD_V_REAL:
        bits = get_number(in);
        memcpy(&out->u.d, &bits, sizeof(bits));
        break;
    case RAGD_V_STR: out->u.s = get_text(in); break;
    default: in->rc = in->rc ? in->rc : RAGD_E_CORRUPT;
    }
}

static void get_value(struct reader *in, struct ragd_value *out)
{
    uint64_t type = get_number(in);
    if (type != RAGD_V_LIST) {
        get_scalar(in, type, out);
        return;
    }
    uint64_t n = get_number(in);
    struct ragd_value *items = get_array(in, n, 8, sizeof(*items));
    for (uint64_t i = 0; items && i < n && in->rc == 0; i++) {
        get_scalar(in, get_number(in), &items[i]);
    }
    out->type = RAGD_V_LIST;
    out->u.list.p = items;
    out->u.list.n = items ? (size_t)n : 0;
}

static struct ragd_kvs get_meta(struct reader *in)
{
    uint64_t n = get_number(in);
    struct ragd_kv *kvs = get_array(in, n, 16, sizeof(*kvs));
    for (uint64_t i = 0; kvs && i < n && in->rc == 0; i++) {
        kvs[i].key = get_text(in);
        get_value(in, &kvs[i].val);
    }
    return (struct ragd_kvs){kvs, kvs ? (size_t)n : 0};
}

static void get_blocks(struct reader *in, struct ragd_stored_doc *doc)
{
    uint64_t n = get_number(in);
    struct ragd_block *blocks = get_array(in, n, 40, sizeof(*blocks));
    for (uint64_t i = 0; blocks && i < n; i++) {
        blocks[i].kind = get_small(in);
        blocks[i].level = get_small(in);
        blocks[i].page = get_small(in);
        blocks[i].off = get_number(in);
        blocks[i].len = get_number(in);
        if (blocks[i].off > doc->text.n || blocks[i].len > doc->text.n - blocks[i].off) {
            in->rc = in->rc ? in->rc : RAGD_E_CORRUPT;
        }
    }
    doc->blocks = blocks;
    doc->n_blocks = blocks ? (size_t)n : 0;
}

int document_decode(struct ragd_bytes bytes, struct arena *arena,
                    struct ragd_stored_doc *out)
{
    struct reader in = {bytes.p, bytes.n, arena, 0};
    struct ragd_stored_doc doc = {.struct_size = sizeof(doc)};
    if (get_number(&in) != DOCUMENT_FORMAT) {
        return RAGD_E_CORRUPT;
    }
    struct ragd_str *const texts[] = {&doc.id,   &doc.source, &doc.title,
                                      &doc.mime, &doc.lang,   &doc.text};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        *texts[i] = get_text(&in);
    }
    get_blocks(&in, &doc);
    doc.meta = get_meta(&in);
    doc.added_ms = (int64_t)get_number(&in);
    doc.n_chunks = get_number(&in);
    if (in.rc == 0 && in.n) {
        in.rc = RAGD_E_CORRUPT;
    }
    if (in.rc == 0) {
        *out = doc;
    }
    return in.rc;
}
