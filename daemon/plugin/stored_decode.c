/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Decoding: a message is unpacked by a budgeted allocator and copied out. */
#include "plugin/stored.h"

#include <string.h>

#include "core/utf8.h"
#include "ragd/state/v1/stored.pb-c.h"

enum {
    UNPACK_FACTOR = 64, /* memory of a message against its bytes */
    UNPACK_BYTES_MIN = 64 * 1024,
};

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
    if (format > STORED_FORMAT) {
        err_set(err, ERR_CORRUPT, "the stored %s has format %u, this ragd knows up to %d",
                what, format, STORED_FORMAT);
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

static int kvs_out(struct arena *arena, Ragd__State__V1__StoredEntry *const *in, size_t n,
                   struct ragd_kvs *out)
{
    struct ragd_kv *kvs = arena_calloc(arena, n, sizeof(*kvs));
    if (!kvs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const Ragd__State__V1__StoredEntry *entry = in[i];
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
    *out = (struct ragd_kvs){kvs, n};
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
    int rc = str_out(arena, in->name, &out->name);
    rc = rc ? rc : str_out(arena, in->embedder, &out->embedder);
    rc = rc ? rc : str_out(arena, in->model, &out->model);
    rc = rc ? rc : str_out(arena, in->space, &out->space);
    rc = rc ? rc : splitter_out(arena, in->splitter, &out->splitter);
    rc = rc ? rc
            : kvs_out(arena, in->loader_options, in->n_loader_options,
                      &out->loader_options);
    out->owner = in->owner;
    out->dim = in->dim;
    out->metric = in->metric;
    out->lexical = in->lexical;
    out->provisional = in->provisional;
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
    if (in->sha256.len != HASH_BYTES) {
        return RAGD_E_CORRUPT;
    }
    memcpy(out->sha256, in->sha256.data, HASH_BYTES);
    int rc = str_out(arena, in->source, &out->source);
    rc = rc ? rc : str_out(arena, in->version, &out->version);
    rc = rc ? rc : str_out(arena, in->loader, &out->loader);
    rc = rc ? rc : str_out(arena, in->loader_version, &out->loader_version);
    rc = rc ? rc : splitter_out(arena, in->splitter, &out->splitter);
    rc = rc ? rc
            : kvs_out(arena, in->loader_options, in->n_loader_options,
                      &out->loader_options);
    rc = rc ? rc : kvs_out(arena, in->meta, in->n_meta, &out->meta);
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

static int failure_out(struct arena *arena, const Ragd__State__V1__StoredFailure *in,
                       struct stored_failure *out)
{
    if (in->sha256.len != HASH_BYTES) {
        return RAGD_E_CORRUPT;
    }
    memcpy(out->sha256, in->sha256.data, HASH_BYTES);
    int rc = str_out(arena, in->source, &out->source);
    rc = rc ? rc : str_out(arena, in->version, &out->version);
    rc = rc ? rc : str_out(arena, in->loader, &out->loader);
    rc = rc ? rc : str_out(arena, in->loader_version, &out->loader_version);
    rc = rc ? rc
            : kvs_out(arena, in->loader_options, in->n_loader_options,
                      &out->loader_options);
    rc = rc ? rc : str_out(arena, in->code, &out->code);
    rc = rc ? rc : str_out(arena, in->message, &out->message);
    rc = rc ? rc : str_out(arena, in->hint, &out->hint);
    out->tries = in->tries;
    out->failed_ms = in->failed_ms;
    return rc;
}

int stored_failure_decode(struct ragd_bytes bytes, struct arena *arena,
                          struct stored_failure *out, struct err *err)
{
    static const char WHAT[] = "reason of a failed source";
    struct arena scratch;
    struct stored_failure copy = {0};
    unpack_init(&scratch, bytes.n);
    ProtobufCAllocator allocator = {arena_malloc, arena_free, &scratch};
    Ragd__State__V1__StoredFailure *message =
        ragd__state__v1__stored_failure__unpack(&allocator, bytes.n, bytes.p);
    int rc = message ? check_format(message->format, WHAT, err) : corrupt(err, WHAT);
    if (!rc) {
        rc = finish(failure_out(arena, message, &copy), WHAT, err);
    }
    arena_release(&scratch);
    if (!rc) {
        *out = copy;
    }
    return rc;
}
