/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Encoding: a message is built in an arena and packed; decoding: it is
 * unpacked by a budgeted allocator and copied out. */
#include "plugin/stored.h"

#include <string.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "ragd/state/v1/stored.pb-c.h"

enum {
    FORMAT = 1,         /* newest that is understood and written */
    UNPACK_FACTOR = 64, /* memory of a message against its bytes */
    UNPACK_BYTES_MIN = 64 * 1024,
};

static char *text_in(struct arena *arena, struct ragd_str s)
{
    return (char *)arena_str(arena, s).p;
}

static int bytes_in(struct arena *arena, struct ragd_str s, ProtobufCBinaryData *out)
{
    out->data = (uint8_t *)arena_str(arena, s).p;
    out->len = s.n;
    return out->data ? 0 : RAGD_E_NOMEM;
}

static Ragd__State__V1__StoredEntry *new_entry(struct arena *arena,
                                               const struct ragd_kv *kv)
{
    Ragd__State__V1__StoredEntry *entry = arena_alloc(arena, sizeof(*entry));
    const struct ragd_value *items = &kv->val;
    size_t n = 1;
    if (!entry) {
        return NULL;
    }
    ragd__state__v1__stored_entry__init(entry);
    entry->type = kv->val.type;
    if (kv->val.type == RAGD_V_LIST) {
        items = kv->val.u.list.p;
        n = kv->val.u.list.n;
        entry->item_type = n ? items[0].type : RAGD_V_NULL;
    }
    entry->integers = arena_calloc(arena, n, sizeof(*entry->integers));
    entry->reals = arena_calloc(arena, n, sizeof(*entry->reals));
    entry->texts = arena_calloc(arena, n, sizeof(*entry->texts));
    if (bytes_in(arena, kv->key, &entry->key) || !entry->integers || !entry->reals ||
        !entry->texts) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        switch (items[i].type) {
        case RAGD_V_BOOL:
        case RAGD_V_INT: entry->integers[entry->n_integers++] = items[i].u.i; break;
        case RAGD_V_REAL: entry->reals[entry->n_reals++] = items[i].u.d; break;
        case RAGD_V_STR:
            if (bytes_in(arena, items[i].u.s, &entry->texts[entry->n_texts++])) {
                return NULL;
            }
            break;
        default: break;
        }
    }
    return entry;
}

struct entries {
    Ragd__State__V1__StoredEntry **p;
    size_t n;
};

static int new_entries(struct arena *arena, struct ragd_kvs kvs, struct entries *out)
{
    out->n = kvs.n;
    out->p = arena_calloc(arena, kvs.n, sizeof(Ragd__State__V1__StoredEntry *));
    for (size_t i = 0; out->p && i < kvs.n; i++) {
        if (!(out->p[i] = new_entry(arena, &kvs.p[i]))) {
            return RAGD_E_NOMEM;
        }
    }
    return out->p ? 0 : RAGD_E_NOMEM;
}

static Ragd__State__V1__StoredSplitter *new_splitter(struct arena *arena,
                                                     const struct splitter *in)
{
    Ragd__State__V1__StoredSplitter *out = arena_alloc(arena, sizeof(*out));
    if (!out) {
        return NULL;
    }
    ragd__state__v1__stored_splitter__init(out);
    out->kind = in->kind;
    out->chunk_size = in->chunk_size;
    out->chunk_overlap = in->chunk_overlap;
    out->keep = in->keep;
    out->strip = in->strip;
    out->n_separators = in->n_separators;
    out->separators = arena_calloc(arena, in->n_separators, sizeof(*out->separators));
    for (size_t i = 0; out->separators && i < in->n_separators; i++) {
        if (bytes_in(arena, in->separators[i], &out->separators[i])) {
            return NULL;
        }
    }
    return out->separators ? out : NULL;
}

static int pack(const ProtobufCMessage *message, struct buf *buf)
{
    size_t n = protobuf_c_message_get_packed_size(message);
    if (buf_reserve(buf, n)) {
        return RAGD_E_NOMEM;
    }
    buf->n += protobuf_c_message_pack(message, buf->p + buf->n);
    return 0;
}

static int build_collection(struct arena *arena, const struct stored_collection *in,
                            Ragd__State__V1__StoredCollection *out)
{
    struct entries options;
    if (new_entries(arena, in->loader_options, &options)) {
        return RAGD_E_NOMEM;
    }
    out->format = FORMAT;
    out->owner = in->owner;
    out->name = text_in(arena, in->name);
    out->embedder = text_in(arena, in->embedder);
    out->model = text_in(arena, in->model);
    out->space = text_in(arena, in->space);
    out->dim = in->dim;
    out->metric = in->metric;
    out->lexical = in->lexical;
    out->splitter = new_splitter(arena, &in->splitter);
    out->loader_options = options.p;
    out->n_loader_options = options.n;
    out->created_ms = in->created_ms;
    bool made = out->name && out->embedder && out->model && out->space && out->splitter;
    return made ? 0 : RAGD_E_NOMEM;
}

int stored_collection_encode(const struct stored_collection *in, struct buf *buf)
{
    struct arena arena = {0};
    Ragd__State__V1__StoredCollection message = RAGD__STATE__V1__STORED_COLLECTION__INIT;
    int rc = build_collection(&arena, in, &message);
    if (!rc) {
        rc = pack(&message.base, buf);
    }
    arena_release(&arena);
    return rc;
}

static Ragd__State__V1__StoredDocument *new_document(struct arena *arena,
                                                     const struct manifest_doc *in)
{
    Ragd__State__V1__StoredDocument *out = arena_alloc(arena, sizeof(*out));
    if (!out) {
        return NULL;
    }
    ragd__state__v1__stored_document__init(out);
    out->id = text_in(arena, in->id);
    out->mark = in->mark;
    out->text_hashes.len = in->n_chunks * HASH_BYTES;
    out->text_hashes.data = arena_alloc(arena, out->text_hashes.len);
    out->n_marks = in->n_chunks;
    out->marks = arena_calloc(arena, in->n_chunks, sizeof(*out->marks));
    if (!out->id || !out->text_hashes.data || !out->marks) {
        return NULL;
    }
    for (size_t i = 0; i < in->n_chunks; i++) {
        memcpy(out->text_hashes.data + i * HASH_BYTES, in->chunks[i].text_hash, HASH_BYTES);
        out->marks[i] = in->chunks[i].mark;
    }
    return out;
}

static int build_documents(struct arena *arena, const struct manifest *in,
                           Ragd__State__V1__StoredManifest *out)
{
    out->n_documents = in->n_docs;
    out->documents = arena_calloc(arena, in->n_docs, sizeof(*out->documents));
    for (size_t i = 0; out->documents && i < in->n_docs; i++) {
        if (!(out->documents[i] = new_document(arena, &in->docs[i]))) {
            return RAGD_E_NOMEM;
        }
    }
    return out->documents ? 0 : RAGD_E_NOMEM;
}

static int build_manifest(struct arena *arena, const struct manifest *in,
                          Ragd__State__V1__StoredManifest *out)
{
    struct entries options, meta;
    if (new_entries(arena, in->loader_options, &options) ||
        new_entries(arena, in->meta, &meta) || build_documents(arena, in, out)) {
        return RAGD_E_NOMEM;
    }
    out->format = FORMAT;
    out->source = text_in(arena, in->source);
    out->sha256.data = (uint8_t *)in->sha256;
    out->sha256.len = HASH_BYTES;
    out->size = in->size;
    out->version = text_in(arena, in->version);
    out->loader = text_in(arena, in->loader);
    out->loader_version = text_in(arena, in->loader_version);
    out->loader_options = options.p;
    out->n_loader_options = options.n;
    out->splitter = new_splitter(arena, &in->splitter);
    out->own_splitter = in->own_splitter;
    out->own_options = in->own_options;
    out->meta = meta.p;
    out->n_meta = meta.n;
    out->added_ms = in->added_ms;
    bool made = out->source && out->version && out->loader && out->loader_version &&
                out->splitter;
    return made ? 0 : RAGD_E_NOMEM;
}

int stored_manifest_encode(const struct manifest *in, struct buf *buf)
{
    struct arena arena = {0};
    Ragd__State__V1__StoredManifest message = RAGD__STATE__V1__STORED_MANIFEST__INIT;
    int rc = build_manifest(&arena, in, &message);
    if (!rc) {
        rc = pack(&message.base, buf);
    }
    arena_release(&arena);
    return rc;
}

/* protobuf-c's allocator over an arena, so that damaged bytes cannot ask for
 * more than the budget. */
static void *arena_malloc(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void arena_free(void *arena, void *p)
{
    (void)arena;
    (void)p;
}

static int corrupt(struct err *err, const char *what)
{
    err_set(err, ERR_CORRUPT, "the stored %s cannot be read", what);
    return err_hint(err, "rag verify tells what is damaged");
}

static int check_format(uint32_t format, const char *what, struct err *err)
{
    if (format > FORMAT) {
        err_set(err, ERR_CORRUPT, "the stored %s has format %u, this ragd knows up to %d",
                what, format, FORMAT);
        return err_hint(err, "it was written by a newer ragd; use that one");
    }
    return format ? 0 : corrupt(err, what);
}

static int view_out(struct arena *arena, struct ragd_str in, struct ragd_str *out)
{
    if (utf8_check(in.p, in.n) != in.n) {
        return RAGD_E_CORRUPT;
    }
    *out = arena_str(arena, in);
    return out->p ? 0 : RAGD_E_NOMEM;
}

static int str_out(struct arena *arena, const char *s, struct ragd_str *out)
{
    return view_out(arena, ragd_cs(s), out);
}

static int bytes_out(struct arena *arena, ProtobufCBinaryData in, struct ragd_str *out)
{
    return view_out(arena, (struct ragd_str){(char *)in.data, in.len}, out);
}

/* Items are kept in one of three arrays by type, in order. */
static int value_out(struct arena *arena, const Ragd__State__V1__StoredEntry *in,
                     uint32_t type, size_t i, struct ragd_value *out)
{
    *out = (struct ragd_value){.type = type};
    switch (type) {
    case RAGD_V_NULL: return 0;
    case RAGD_V_BOOL:
    case RAGD_V_INT:
        if (i >= in->n_integers) {
            return RAGD_E_CORRUPT;
        }
        out->u.i = in->integers[i];
        return 0;
    case RAGD_V_REAL:
        if (i >= in->n_reals) {
            return RAGD_E_CORRUPT;
        }
        out->u.d = in->reals[i];
        return 0;
    case RAGD_V_STR:
        return i < in->n_texts ? bytes_out(arena, in->texts[i], &out->u.s) : RAGD_E_CORRUPT;
    default: return RAGD_E_CORRUPT;
    }
}

static int list_out(struct arena *arena, const Ragd__State__V1__StoredEntry *in,
                    struct ragd_value *out)
{
    size_t n = in->n_integers + in->n_reals + in->n_texts;
    struct ragd_value *items = arena_calloc(arena, n, sizeof(*items));
    if (!items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        int rc = value_out(arena, in, in->item_type, i, &items[i]);
        if (rc) {
            return rc;
        }
    }
    *out = (struct ragd_value){.type = RAGD_V_LIST, .u.list = {items, n}};
    return 0;
}

static int kvs_out(struct arena *arena, struct entries in, struct ragd_kvs *out)
{
    struct ragd_kv *kvs = arena_calloc(arena, in.n, sizeof(*kvs));
    if (!kvs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in.n; i++) {
        const Ragd__State__V1__StoredEntry *entry = in.p[i];
        int rc = bytes_out(arena, entry->key, &kvs[i].key);
        if (!rc) {
            rc = entry->type == RAGD_V_LIST
                     ? list_out(arena, entry, &kvs[i].val)
                     : value_out(arena, entry, entry->type, 0, &kvs[i].val);
        }
        if (rc) {
            return rc;
        }
    }
    *out = (struct ragd_kvs){kvs, in.n};
    return 0;
}

static int splitter_out(struct arena *arena, const Ragd__State__V1__StoredSplitter *in,
                        struct splitter *out)
{
    if (!in || in->kind < SPLITTER_RECURSIVE || in->kind > SPLITTER_CHARACTER ||
        in->keep < SPLITTER_KEEP_NONE || in->keep > SPLITTER_KEEP_END || !in->chunk_size ||
        !in->n_separators) {
        return RAGD_E_CORRUPT;
    }
    struct ragd_str *separators = arena_calloc(arena, in->n_separators,
                                               sizeof(*separators));
    for (size_t i = 0; separators && i < in->n_separators; i++) {
        int rc = bytes_out(arena, in->separators[i], &separators[i]);
        if (rc) {
            return rc;
        }
    }
    *out = (struct splitter){
        .kind = (enum splitter_kind)in->kind,
        .chunk_size = in->chunk_size,
        .chunk_overlap = in->chunk_overlap,
        .separators = separators,
        .n_separators = in->n_separators,
        .keep = (enum splitter_keep)in->keep,
        .strip = in->strip,
    };
    return separators ? 0 : RAGD_E_NOMEM;
}

static int collection_out(struct arena *arena, const Ragd__State__V1__StoredCollection *in,
                          struct stored_collection *out)
{
    struct entries options = {in->loader_options, in->n_loader_options};
    int rc = str_out(arena, in->name, &out->name);
    rc = rc ? rc : str_out(arena, in->embedder, &out->embedder);
    rc = rc ? rc : str_out(arena, in->model, &out->model);
    rc = rc ? rc : str_out(arena, in->space, &out->space);
    rc = rc ? rc : splitter_out(arena, in->splitter, &out->splitter);
    rc = rc ? rc : kvs_out(arena, options, &out->loader_options);
    out->owner = in->owner;
    out->dim = in->dim;
    out->metric = in->metric;
    out->lexical = in->lexical;
    out->created_ms = in->created_ms;
    return rc;
}

static int finish(int rc, const char *what, struct err *err)
{
    if (rc == RAGD_E_NOMEM) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    return rc ? corrupt(err, what) : 0;
}

static void unpack_init(struct arena *arena, size_t bytes)
{
    arena_init(arena, bytes * UNPACK_FACTOR + UNPACK_BYTES_MIN);
}

int stored_collection_decode(struct ragd_bytes bytes, struct arena *arena,
                             struct stored_collection *out, struct err *err)
{
    struct arena scratch;
    struct stored_collection copy = {0};
    unpack_init(&scratch, bytes.n);
    ProtobufCAllocator allocator = {arena_malloc, arena_free, &scratch};
    Ragd__State__V1__StoredCollection *message =
        ragd__state__v1__stored_collection__unpack(&allocator, bytes.n, bytes.p);
    int rc = message ? check_format(message->format, "settings", err)
                     : corrupt(err, "settings");
    if (!rc) {
        rc = finish(collection_out(arena, message, &copy), "settings", err);
    }
    arena_release(&scratch);
    if (!rc) {
        *out = copy;
    }
    return rc;
}

static int document_out(struct arena *arena, const Ragd__State__V1__StoredDocument *in,
                        struct manifest_doc *out)
{
    size_t n = in->text_hashes.len / HASH_BYTES;
    struct manifest_chunk *chunks = arena_calloc(arena, n, sizeof(*chunks));
    if (in->text_hashes.len % HASH_BYTES || in->n_marks != n) {
        return RAGD_E_CORRUPT;
    }
    for (size_t i = 0; chunks && i < n; i++) {
        memcpy(chunks[i].text_hash, in->text_hashes.data + i * HASH_BYTES, HASH_BYTES);
        chunks[i].mark = in->marks[i];
    }
    out->mark = in->mark;
    out->chunks = chunks;
    out->n_chunks = n;
    return chunks ? str_out(arena, in->id, &out->id) : RAGD_E_NOMEM;
}

static int documents_out(struct arena *arena, const Ragd__State__V1__StoredManifest *in,
                         struct manifest *out)
{
    struct manifest_doc *docs = arena_calloc(arena, in->n_documents, sizeof(*docs));
    for (size_t i = 0; docs && i < in->n_documents; i++) {
        int rc = document_out(arena, in->documents[i], &docs[i]);
        if (rc) {
            return rc;
        }
    }
    out->docs = docs;
    out->n_docs = in->n_documents;
    return docs ? 0 : RAGD_E_NOMEM;
}

static int manifest_out(struct arena *arena, const Ragd__State__V1__StoredManifest *in,
                        struct manifest *out)
{
    struct entries options = {in->loader_options, in->n_loader_options};
    struct entries meta = {in->meta, in->n_meta};
    if (in->sha256.len != HASH_BYTES) {
        return RAGD_E_CORRUPT;
    }
    memcpy(out->sha256, in->sha256.data, HASH_BYTES);
    int rc = str_out(arena, in->source, &out->source);
    rc = rc ? rc : str_out(arena, in->version, &out->version);
    rc = rc ? rc : str_out(arena, in->loader, &out->loader);
    rc = rc ? rc : str_out(arena, in->loader_version, &out->loader_version);
    rc = rc ? rc : splitter_out(arena, in->splitter, &out->splitter);
    rc = rc ? rc : kvs_out(arena, options, &out->loader_options);
    rc = rc ? rc : kvs_out(arena, meta, &out->meta);
    rc = rc ? rc : documents_out(arena, in, out);
    out->size = in->size;
    out->own_splitter = in->own_splitter;
    out->own_options = in->own_options;
    out->added_ms = in->added_ms;
    return rc;
}

int stored_manifest_decode(struct ragd_bytes bytes, struct arena *arena,
                           struct manifest *out, struct err *err)
{
    struct arena scratch;
    struct manifest copy = {0};
    unpack_init(&scratch, bytes.n);
    ProtobufCAllocator allocator = {arena_malloc, arena_free, &scratch};
    Ragd__State__V1__StoredManifest *message =
        ragd__state__v1__stored_manifest__unpack(&allocator, bytes.n, bytes.p);
    int rc = message ? check_format(message->format, "manifest", err)
                     : corrupt(err, "manifest");
    if (!rc) {
        rc = finish(manifest_out(arena, message, &copy), "manifest", err);
    }
    arena_release(&scratch);
    if (!rc) {
        *out = copy;
    }
    return rc;
}
