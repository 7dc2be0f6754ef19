/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Encoding: a message is built in an arena and packed. */
#include "plugin/stored.h"

#include <string.h>

#include "ragd/state/v1/stored.pb-c.h"

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
    out->format = STORED_FORMAT;
    out->owner = in->owner;
    out->name = text_in(arena, in->name);
    out->embedder = text_in(arena, in->embedder);
    out->model = text_in(arena, in->model);
    out->space = text_in(arena, in->space);
    out->dim = in->dim;
    out->metric = in->metric;
    out->lexical = in->lexical;
    out->provisional = in->provisional;
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
    out->format = STORED_FORMAT;
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

static int build_failure(struct arena *arena, const struct stored_failure *in,
                         Ragd__State__V1__StoredFailure *out)
{
    struct entries options;
    if (new_entries(arena, in->loader_options, &options)) {
        return RAGD_E_NOMEM;
    }
    out->format = STORED_FORMAT;
    out->source = text_in(arena, in->source);
    out->sha256.data = (uint8_t *)in->sha256;
    out->sha256.len = HASH_BYTES;
    out->version = text_in(arena, in->version);
    out->loader = text_in(arena, in->loader);
    out->loader_version = text_in(arena, in->loader_version);
    out->loader_options = options.p;
    out->n_loader_options = options.n;
    out->code = text_in(arena, in->code);
    out->message = text_in(arena, in->message);
    out->hint = text_in(arena, in->hint);
    out->tries = in->tries;
    out->failed_ms = in->failed_ms;
    bool made = out->source && out->version && out->loader && out->loader_version &&
                out->code && out->message && out->hint;
    return made ? 0 : RAGD_E_NOMEM;
}

int stored_failure_encode(const struct stored_failure *in, struct buf *buf)
{
    struct arena arena = {0};
    Ragd__State__V1__StoredFailure message = RAGD__STATE__V1__STORED_FAILURE__INIT;
    int rc = build_failure(&arena, in, &message);
    if (!rc) {
        rc = pack(&message.base, buf);
    }
    arena_release(&arena);
    return rc;
}
