/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/convert_manifest.h"

#include <string.h>

#include "rpc/convert_in.h"
#include "rpc/convert_out.h"
#include "wire/values.h"

/* Out. */

static size_t count_chunks(const struct manifest *in)
{
    size_t n = 0;
    for (size_t i = 0; i < in->n_docs; i++) {
        n += in->docs[i].n_chunks;
    }
    return n;
}

/* Documents, their numbers of chunks, and the hashes of all chunks in a row. */
static int put_docs(struct arena *arena, const struct manifest *in, Ragd__V1__Manifest *out)
{
    size_t n_chunks = count_chunks(in), at = 0;
    out->documents = arena_calloc(arena, in->n_docs, sizeof(char *));
    out->chunk_counts = arena_calloc(arena, in->n_docs, sizeof(uint64_t));
    out->chunk_sha256 = arena_calloc(arena, n_chunks, sizeof(ProtobufCBinaryData));
    if (!out->documents || !out->chunk_counts || !out->chunk_sha256) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_docs; i++) {
        const struct manifest_doc *doc = &in->docs[i];
        out->documents[i] = text_out(arena, doc->id);
        out->chunk_counts[i] = doc->n_chunks;
        if (!out->documents[i]) {
            return RAGD_E_NOMEM;
        }
        for (size_t k = 0; k < doc->n_chunks; k++) {
            out->chunk_sha256[at++] =
                (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)doc->chunks[k].text_hash};
        }
    }
    out->n_documents = out->n_chunk_counts = in->n_docs;
    out->n_chunk_sha256 = n_chunks;
    return 0;
}

Ragd__V1__Manifest *manifest_to_wire(struct arena *arena, const struct manifest *in)
{
    Ragd__V1__Manifest *manifest = arena_alloc(arena, sizeof(*manifest));
    struct options_out options;
    struct values_entries meta;
    if (!manifest || loader_options_to_wire(arena, in->loader_options, &options) != 0 ||
        values_out(arena, in->meta, &meta) != 0) {
        return NULL;
    }
    ragd__v1__manifest__init(manifest);
    manifest->source = text_out(arena, in->source);
    manifest->sha256 = (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)in->sha256};
    manifest->loader = text_out(arena, in->loader);
    manifest->loader_version = text_out(arena, in->loader_version);
    manifest->n_loader_options = options.n;
    manifest->loader_options = options.p;
    manifest->splitter = splitter_to_wire(arena, &in->splitter);
    manifest->own_splitter = in->own_splitter;
    manifest->own_options = in->own_options;
    manifest->added_ms = in->added_ms;
    manifest->size = in->size;
    manifest->version = text_out(arena, in->version);
    manifest->n_metadata = meta.n;
    manifest->metadata = meta.p;
    bool complete = manifest->source && manifest->loader && manifest->loader_version &&
                    manifest->splitter && manifest->version &&
                    put_docs(arena, in, manifest) == 0;
    return complete ? manifest : NULL;
}

/* In. */

static int hash_in(ProtobufCBinaryData in, uint8_t out[HASH_BYTES], struct err *err)
{
    if (in.len != HASH_BYTES) {
        return err_set(err, ERR_INVALID, "a SHA-256 has %d bytes, not %zu", HASH_BYTES,
                       in.len);
    }
    memcpy(out, in.data, HASH_BYTES);
    return 0;
}

static int chunks_in(const Ragd__V1__Manifest *in, size_t from, size_t n,
                     struct manifest_chunk *out, struct err *err)
{
    for (size_t k = 0; k < n; k++) {
        int rc = hash_in(in->chunk_sha256[from + k], out[k].text_hash, err);
        if (rc != 0) {
            return rc;
        }
    }
    return 0;
}

static int docs_in(struct arena *arena, const Ragd__V1__Manifest *in, struct manifest *out,
                   struct err *err)
{
    struct manifest_doc *docs = arena_calloc(arena, in->n_documents, sizeof(*docs));
    struct manifest_chunk *chunks = arena_calloc(arena, in->n_chunk_sha256,
                                                 sizeof(*chunks));
    size_t at = 0;
    if (!docs || !chunks) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    if (in->n_chunk_counts != in->n_documents) {
        return err_set(err, ERR_INVALID, "%zu documents, but %zu numbers of chunks",
                       in->n_documents, in->n_chunk_counts);
    }
    for (size_t i = 0; i < in->n_documents; i++) {
        if (in->chunk_counts[i] > in->n_chunk_sha256 - at) {
            return err_set(err, ERR_INVALID, "hashes of chunks are missing");
        }
        size_t n = (size_t)in->chunk_counts[i];
        docs[i] = (struct manifest_doc){ragd_cs(in->documents[i]), 0, chunks + at, n};
        int rc = chunks_in(in, at, n, chunks + at, err);
        if (rc != 0) {
            return rc;
        }
        at += n;
    }
    if (at != in->n_chunk_sha256) {
        return err_set(err, ERR_INVALID, "more hashes than chunks");
    }
    out->docs = docs;
    out->n_docs = in->n_documents;
    return 0;
}

/* A manifest's splitter is complete: what it leaves out takes the defaults. */
static int whole_splitter_in(struct arena *arena, const Ragd__V1__Splitter *in,
                             struct splitter *out, struct err *err)
{
    struct splitter_spec spec;
    int rc = splitter_in(arena, in, &spec, err);
    return rc ? rc : splitter_resolve(&spec, NULL, out, err);
}

int manifest_in(struct arena *arena, const Ragd__V1__Manifest *in,
                const struct limits *limits, struct manifest *out, struct err *err)
{
    struct options_in options = {in->loader_options, in->n_loader_options};
    struct values_entries meta = {in->metadata, in->n_metadata};
    *out = (struct manifest){
        .source = ragd_cs(in->source),
        .size = in->size,
        .version = ragd_cs(in->version),
        .loader = ragd_cs(in->loader),
        .loader_version = ragd_cs(in->loader_version),
        .own_splitter = in->own_splitter != 0,
        .own_options = in->own_options != 0,
        .added_ms = in->added_ms,
    };
    int rc = hash_in(in->sha256, out->sha256, err);
    rc = rc ? rc : loader_options_in(arena, options, &out->loader_options, err);
    rc = rc ? rc : values_in(arena, meta, limits, &out->meta, err);
    rc = rc ? rc : whole_splitter_in(arena, in->splitter, &out->splitter, err);
    rc = rc ? rc : docs_in(arena, in, out, err);
    if (rc != 0) {
        err_wrap(err, "manifest of %.128s", in->source);
    }
    return rc;
}

static uint32_t block_kind(const char *name)
{
    static const char *const names[] = {
        [RAGD_BLOCK_HEADING] = "heading", [RAGD_BLOCK_CODE] = "code",
        [RAGD_BLOCK_TABLE] = "table",     [RAGD_BLOCK_LIST] = "list",
        [RAGD_BLOCK_QUOTE] = "quote",     [RAGD_BLOCK_PAGE] = "page",
    };
    for (uint32_t kind = RAGD_BLOCK_HEADING; kind <= RAGD_BLOCK_PAGE; kind++) {
        if (strcmp(names[kind], name) == 0) {
            return kind;
        }
    }
    return RAGD_BLOCK_PARAGRAPH;
}

static int blocks_in(struct arena *arena, const Ragd__V1__Document *in,
                     struct ragd_stored_doc *out, struct err *err)
{
    struct ragd_block *blocks = arena_calloc(arena, in->n_blocks, sizeof(*blocks));
    if (!blocks) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < in->n_blocks; i++) {
        const Ragd__V1__Block *block = in->blocks[i];
        if (block->end_byte < block->start_byte) {
            return err_set(err, ERR_INVALID, "a block that ends before it begins");
        }
        blocks[i] = (struct ragd_block){
            .kind = block_kind(block->kind),
            .level = block->level,
            .page = block->page,
            .off = block->start_byte,
            .len = block->end_byte - block->start_byte,
        };
    }
    out->blocks = blocks;
    out->n_blocks = in->n_blocks;
    return 0;
}

int document_in(struct arena *arena, const Ragd__V1__Document *in,
                const struct limits *limits, struct ragd_stored_doc *out, struct err *err)
{
    struct values_entries meta = {in->metadata, in->n_metadata};
    *out = (struct ragd_stored_doc){
        .struct_size = sizeof(*out),
        .id = ragd_cs(in->id),
        .source = ragd_cs(in->source),
        .title = ragd_cs(in->title),
        .mime = ragd_cs(in->mime),
        .lang = ragd_cs(in->language),
        .text = ragd_cs(in->text),
        .added_ms = in->added_ms,
        .n_chunks = in->chunks,
    };
    int rc = values_in(arena, meta, limits, &out->meta, err);
    rc = rc ? rc : blocks_in(arena, in, out, err);
    if (rc != 0) {
        err_wrap(err, "document %.128s", in->id);
    }
    return rc;
}

int chunk_in(struct arena *arena, const Ragd__V1__Chunk *in, const struct limits *limits,
             struct import_item *out, struct err *err)
{
    struct values_entries meta = {in->metadata, in->n_metadata};
    struct ragd_record *record = arena_alloc(arena, sizeof(*record));
    struct ragd_span *span = arena_alloc(arena, sizeof(*span));
    if (!record || !span) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    *span = (struct ragd_span){
        .start_index = in->start_index,
        .end_index = in->end_index,
        .start_byte = in->start_byte,
        .end_byte = in->end_byte,
        .line = in->line,
        .page = in->page,
        .flags = in->gaps ? RAGD_SPAN_GAPS : 0,
    };
    *record = (struct ragd_record){
        .struct_size = sizeof(*record),
        .id = ragd_cs(in->id),
        .doc_id = ragd_cs(in->document),
        .text = ragd_cs(in->text),
        .vec = in->n_vector ? in->vector : NULL,
        .span = in->document[0] ? span : NULL,
        .ordinal = in->ordinal,
    };
    out->record = record;
    out->source = ragd_cs(in->source);
    int rc = dim_in(in->n_vector, &out->vec_dim, err);
    rc = rc ? rc : values_in(arena, meta, limits, &record->meta, err);
    if (rc != 0) {
        err_wrap(err, "record %.128s", in->id);
    }
    return rc;
}
