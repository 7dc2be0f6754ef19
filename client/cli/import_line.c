/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "import_line.h"

#include <string.h>

#include "import_field.h"
#include "pool.h"
#include "settings_options.h"

/* Texts are copied into the pool: the document is freed with the line. */

static void read_span(struct fields *in, Ragd__V1__Chunk *chunk)
{
    chunk->ordinal = field_uint(in, "ordinal");
    chunk->start_index = field_uint(in, "start_index");
    chunk->end_index = field_uint(in, "end_index");
    chunk->start_byte = field_uint(in, "start_byte");
    chunk->end_byte = field_uint(in, "end_byte");
    chunk->line = field_uint32(in, "line");
    chunk->page = field_uint32(in, "page");
    chunk->gaps = !field_bool(in, "contiguous", true);
}

static Ragd__V1__ImportItem *read_record(struct fields *in)
{
    Ragd__V1__Chunk *chunk = pool_alloc(sizeof(*chunk));
    ragd__v1__chunk__init(chunk);
    chunk->id = field_text(in, "id");
    chunk->source = field_text(in, "source");
    chunk->document = field_text(in, "document");
    chunk->text = field_text(in, "text");
    read_span(in, chunk);
    field_vector(in, "embedding", &chunk->vector, &chunk->n_vector);
    field_metadata(in, &chunk->metadata, &chunk->n_metadata);
    if (!chunk->id[0]) {
        field_wrong(in, "id", "a record needs an id");
    }
    Ragd__V1__ImportItem *item = pool_alloc(sizeof(*item));
    ragd__v1__import_item__init(item);
    item->kind_case = RAGD__V1__IMPORT_ITEM__KIND_RECORD;
    item->record = chunk;
    return item;
}

static Ragd__V1__Block *read_block(struct fields *in)
{
    Ragd__V1__Block *block = pool_alloc(sizeof(*block));
    ragd__v1__block__init(block);
    block->kind = field_text(in, "kind");
    block->level = field_uint32(in, "level");
    block->page = field_uint32(in, "page");
    block->start_byte = field_uint(in, "start_byte");
    block->end_byte = field_uint(in, "end_byte");
    return block;
}

static void read_blocks(struct fields *in, Ragd__V1__Document *document)
{
    size_t n = field_count(in, "blocks");
    document->blocks = pool_alloc(n * sizeof(*document->blocks));
    document->n_blocks = n;
    for (size_t i = 0; i < n; i++) {
        struct fields one = field_item(in, "blocks", i);
        document->blocks[i] = read_block(&one);
        field_adopt(in, &one);
    }
}

static Ragd__V1__ImportItem *read_document(struct fields *in)
{
    Ragd__V1__Document *document = pool_alloc(sizeof(*document));
    ragd__v1__document__init(document);
    document->id = field_text(in, "id");
    document->source = field_text(in, "source");
    document->title = field_text(in, "title");
    document->mime = field_text(in, "mime");
    document->language = field_text(in, "language");
    document->text = field_text(in, "text");
    document->chunks = field_uint(in, "chunks");
    document->bytes = strlen(document->text);
    document->added_ms = (int64_t)field_uint(in, "added_ms");
    field_metadata(in, &document->metadata, &document->n_metadata);
    read_blocks(in, document);
    Ragd__V1__ImportItem *item = pool_alloc(sizeof(*item));
    ragd__v1__import_item__init(item);
    item->kind_case = RAGD__V1__IMPORT_ITEM__KIND_DOCUMENT;
    item->document = document;
    return item;
}

static Ragd__V1__Splitter *read_splitter(struct fields *in)
{
    if (!field_has(in, "splitter")) {
        return NULL;
    }
    struct fields inner = field_object(in, "splitter");
    Ragd__V1__Splitter *splitter = pool_alloc(sizeof(*splitter));
    ragd__v1__splitter__init(splitter);
    splitter->kind = field_text(&inner, "kind");
    splitter->chunk_size = field_uint32(&inner, "chunk_size");
    if (field_has(&inner, "chunk_overlap")) {
        splitter->chunk_overlap_plus1 = field_uint32(&inner, "chunk_overlap") + 1;
    }
    field_strings(&inner, "separators", &splitter->separators, &splitter->n_separators);
    splitter->keep_separator = field_text(&inner, "keep_separator");
    splitter->no_strip = !field_bool(&inner, "strip", true);
    field_adopt(in, &inner);
    return splitter;
}

/* One document of a manifest: its id, and its chunks' hashes behind the others. */
static void read_manifest_document(struct fields *in, Ragd__V1__Manifest *manifest,
                                   size_t *room)
{
    size_t n = field_count(in, "chunk_sha256");
    manifest->documents[manifest->n_documents++] = field_text(in, "document");
    manifest->chunk_counts[manifest->n_chunk_counts++] = n;
    manifest->chunk_sha256 = pool_grow(manifest->chunk_sha256, room,
                                       manifest->n_chunk_sha256 + n,
                                       sizeof(*manifest->chunk_sha256));
    for (size_t i = 0; i < n; i++) {
        manifest->chunk_sha256[manifest->n_chunk_sha256++] =
            field_hex_item(in, "chunk_sha256", i);
    }
}

static void read_manifest_documents(struct fields *in, Ragd__V1__Manifest *manifest)
{
    size_t n = field_count(in, "documents"), room = 0;
    manifest->documents = pool_alloc(n * sizeof(char *));
    manifest->chunk_counts = pool_alloc(n * sizeof(uint64_t));
    for (size_t i = 0; i < n; i++) {
        struct fields one = field_item(in, "documents", i);
        read_manifest_document(&one, manifest, &room);
        field_adopt(in, &one);
    }
}

static Ragd__V1__ImportItem *read_manifest(struct fields *in)
{
    Ragd__V1__Manifest *manifest = pool_alloc(sizeof(*manifest));
    ragd__v1__manifest__init(manifest);
    manifest->source = field_text(in, "source");
    manifest->sha256 = field_hex(in, "sha256");
    manifest->size = field_uint(in, "size");
    manifest->version = field_text(in, "version");
    manifest->loader = field_text(in, "loader");
    manifest->loader_version = field_text(in, "loader_version");
    field_options(in, &manifest->loader_options, &manifest->n_loader_options);
    manifest->splitter = read_splitter(in);
    manifest->own_splitter = field_bool(in, "own_splitter", false);
    manifest->own_options = field_bool(in, "own_options", false);
    manifest->added_ms = (int64_t)field_uint(in, "added_ms");
    field_metadata(in, &manifest->metadata, &manifest->n_metadata);
    read_manifest_documents(in, manifest);
    Ragd__V1__ImportItem *item = pool_alloc(sizeof(*item));
    ragd__v1__import_item__init(item);
    item->kind_case = RAGD__V1__IMPORT_ITEM__KIND_MANIFEST;
    item->manifest = manifest;
    return item;
}

static Ragd__V1__CollectionSettings *read_header(struct fields *in)
{
    Ragd__V1__CollectionSettings *settings = pool_alloc(sizeof(*settings));
    ragd__v1__collection_settings__init(settings);
    settings->name = field_text(in, "name");
    settings->embedder = field_text(in, "embedder");
    /* Other embedders know their own. */
    if (strcmp(settings->embedder, "none") == 0) {
        settings->dim = field_uint32(in, "dim");
    }
    settings->metric = metric_by_name(field_text(in, "metric"));
    settings->splitter = read_splitter(in);
    field_options(in, &settings->loader_options, &settings->n_loader_options);
    return settings;
}

const char *import_line_read(const char *text, size_t n, struct import_line *out)
{
    struct fields in;
    *out = (struct import_line){0};
    if (!fields_init(&in, text, n)) {
        return in.why;
    }
    const char *type = field_text(&in, "type");
    if (!type[0] || strcmp(type, "record") == 0) {
        out->item = read_record(&in);
    } else if (strcmp(type, "collection") == 0) {
        out->settings = read_header(&in);
    } else if (strcmp(type, "source") == 0) {
        out->item = read_manifest(&in);
    } else if (strcmp(type, "document") == 0) {
        out->item = read_document(&in);
    } else {
        field_wrong(&in, "type", pool_printf("'%s' is unknown", type));
    }
    fields_release(&in);
    return in.why;
}
