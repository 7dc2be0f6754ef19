/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "show.h"

#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "text.h"

static void show_scalar(struct emit *emit, const Ragd__V1__Scalar *scalar)
{
    switch (scalar->kind_case) {
    case RAGD__V1__SCALAR__KIND_BOOLEAN: emit_bool(emit, scalar->boolean); break;
    case RAGD__V1__SCALAR__KIND_INTEGER: emit_int(emit, scalar->integer); break;
    case RAGD__V1__SCALAR__KIND_REAL: emit_real(emit, scalar->real); break;
    case RAGD__V1__SCALAR__KIND_TEXT: emit_string(emit, scalar->text); break;
    default: emit_null(emit); break;
    }
}

static void show_value(struct emit *emit, const Ragd__V1__Value *value)
{
    if (value && value->kind_case == RAGD__V1__VALUE__KIND_SCALAR) {
        show_scalar(emit, value->scalar);
    } else if (value && value->kind_case == RAGD__V1__VALUE__KIND_LIST) {
        emit_array(emit);
        for (size_t i = 0; i < value->list->n_items; i++) {
            show_scalar(emit, value->list->items[i]);
        }
        emit_end(emit);
    } else {
        emit_null(emit);
    }
}

static int by_key(const void *a, const void *b)
{
    const Ragd__V1__Entry *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

void show_metadata(struct emit *emit, Ragd__V1__Entry *const *entries, size_t n)
{
    Ragd__V1__Entry **sorted = must_alloc(n * sizeof(*sorted));
    if (n) {
        memcpy(sorted, entries, n * sizeof(*sorted));
        qsort(sorted, n, sizeof(*sorted), by_key);
    }
    emit_key(emit, "metadata");
    emit_object(emit);
    for (size_t i = 0; i < n; i++) {
        emit_key(emit, sorted[i]->key);
        show_value(emit, sorted[i]->value);
    }
    emit_end(emit);
    free(sorted);
}

void show_span(struct emit *emit, const Ragd__V1__Chunk *chunk)
{
    emit_put_uint(emit, "ordinal", chunk->ordinal);
    emit_put_uint(emit, "start_index", chunk->start_index);
    emit_put_uint(emit, "end_index", chunk->end_index);
    emit_put_uint(emit, "start_byte", chunk->start_byte);
    emit_put_uint(emit, "end_byte", chunk->end_byte);
    if (chunk->line) {
        emit_put_uint(emit, "line", chunk->line);
    }
    if (chunk->page) {
        emit_put_uint(emit, "page", chunk->page);
    }
    if (chunk->gaps) {
        emit_put_bool(emit, "contiguous", false);
    }
}

void show_chunk(struct emit *emit, const Ragd__V1__Chunk *chunk)
{
    emit_object(emit);
    emit_put_some(emit, "id", chunk->id);
    emit_put_some(emit, "source", chunk->source);
    emit_put_some(emit, "document", chunk->document);
    if (chunk->document[0]) {
        show_span(emit, chunk);
    }
    emit_put(emit, "text", chunk->text);
    show_metadata(emit, chunk->metadata, chunk->n_metadata);
    if (chunk->n_vector) {
        emit_key(emit, "embedding");
        show_vector(emit, chunk->vector, chunk->n_vector);
    }
    emit_end(emit);
}

void show_list_begin(struct cli *cli, const char *key)
{
    if (cli->format == FORMAT_JSON) {
        emit_object(&cli->emit);
        emit_key(&cli->emit, key);
        emit_array(&cli->emit);
    }
}

void show_list_item_end(struct cli *cli)
{
    if (cli->format == FORMAT_NDJSON) {
        emit_done(&cli->emit);
    }
}

void show_list_end(struct cli *cli)
{
    if (cli->format == FORMAT_JSON) {
        emit_end(&cli->emit);
        emit_end(&cli->emit);
        emit_done(&cli->emit);
    }
}

void show_vector(struct emit *emit, const float *v, size_t n)
{
    emit_array(emit);
    for (size_t i = 0; i < n; i++) {
        emit_float(emit, v[i]);
    }
    emit_end(emit);
}

void show_splitter(struct emit *emit, const Ragd__V1__Splitter *splitter)
{
    emit_key(emit, "splitter");
    emit_object(emit);
    emit_put(emit, "kind", splitter->kind[0] ? splitter->kind : "recursive");
    if (splitter->chunk_size) {
        emit_put_uint(emit, "chunk_size", splitter->chunk_size);
    }
    if (splitter->chunk_overlap_plus1) {
        emit_put_uint(emit, "chunk_overlap", splitter->chunk_overlap_plus1 - 1);
    }
    if (splitter->n_separators) {
        emit_put_strings(emit, "separators", splitter->separators, splitter->n_separators);
    }
    emit_put_some(emit, "keep_separator", splitter->keep_separator);
    emit_put_bool(emit, "strip", !splitter->no_strip);
    emit_end(emit);
}

void show_loader_options(struct emit *emit, Ragd__V1__LoaderOption *const *options,
                         size_t n)
{
    if (n == 0) {
        return;
    }
    emit_key(emit, "loader_options");
    emit_object(emit);
    for (size_t i = 0; i < n; i++) {
        emit_put(emit, options[i]->name, options[i]->value);
    }
    emit_end(emit);
}

void show_collection(struct emit *emit, const Ragd__V1__CollectionInfo *info)
{
    emit_put(emit, "name", info->name);
    emit_put_uint(emit, "documents", info->documents);
    emit_put_uint(emit, "chunks", info->chunks);
    emit_put(emit, "embedder", info->embedder);
    emit_put_some(emit, "model", info->model);
    if (info->dim) {
        emit_put_uint(emit, "dim", info->dim);
    }
    emit_put(emit, "metric", metric_name(info->metric));
    emit_put_some(emit, "space", info->space);
    if (info->splitter) {
        show_splitter(emit, info->splitter);
    }
    show_loader_options(emit, info->loader_options, info->n_loader_options);
    emit_put(emit, "store", info->store);
    emit_put_uint(emit, "bytes", info->bytes);
    emit_put(emit, "created_at", rfc3339(info->created_ms));
    emit_put_uint(emit, "owner", info->owner);
    emit_put_uint(emit, "sequence", info->sequence);
    emit_put(emit, "mode", mode_name(info->auto_mode));
    if (info->problem) {
        show_error(emit, "problem", info->problem);
    }
}

void show_block(struct emit *emit, const Ragd__V1__Block *block)
{
    emit_object(emit);
    emit_put(emit, "kind", block->kind);
    if (block->level) {
        emit_put_uint(emit, "level", block->level);
    }
    if (block->page) {
        emit_put_uint(emit, "page", block->page);
    }
    emit_put_uint(emit, "start_byte", block->start_byte);
    emit_put_uint(emit, "end_byte", block->end_byte);
    emit_end(emit);
}

void show_error(struct emit *emit, const char *key, const Ragd__V1__Error *error)
{
    emit_key(emit, key);
    emit_object(emit);
    emit_put(emit, "code", error->code);
    emit_put(emit, "message", error->message);
    emit_put_some(emit, "why", error->why);
    emit_put_some(emit, "hint", error->hint);
    emit_end(emit);
}

const char *metric_name(Ragd__V1__Metric metric)
{
    switch (metric) {
    case RAGD__V1__METRIC__METRIC_COSINE: return "cosine";
    case RAGD__V1__METRIC__METRIC_IP: return "ip";
    default: return "l2";
    }
}

const char *mode_name(Ragd__V1__SearchMode mode)
{
    switch (mode) {
    case RAGD__V1__SEARCH_MODE__SEARCH_MODE_VECTOR: return "vector";
    case RAGD__V1__SEARCH_MODE__SEARCH_MODE_KEYWORD: return "keyword";
    case RAGD__V1__SEARCH_MODE__SEARCH_MODE_HYBRID: return "hybrid";
    default: return "auto";
    }
}

static const char *scalar_text(const Ragd__V1__Scalar *scalar)
{
    switch (scalar->kind_case) {
    case RAGD__V1__SCALAR__KIND_BOOLEAN: return scalar->boolean ? "true" : "false";
    case RAGD__V1__SCALAR__KIND_INTEGER:
        return pool_printf("%lld", (long long)scalar->integer);
    case RAGD__V1__SCALAR__KIND_REAL: {
        char text[TEXT_REAL_BYTES];
        text_real(text, scalar->real);
        return pool_strdup(text);
    }
    case RAGD__V1__SCALAR__KIND_TEXT: return pool_strdup(scalar->text);
    default: return "null";
    }
}

const char *value_text(const Ragd__V1__Value *value)
{
    if (value && value->kind_case == RAGD__V1__VALUE__KIND_SCALAR) {
        return scalar_text(value->scalar);
    }
    const char *all = "";
    bool list = value && value->kind_case == RAGD__V1__VALUE__KIND_LIST;
    for (size_t i = 0; list && i < value->list->n_items; i++) {
        all = pool_printf("%s%s%s", all, i ? ", " : "", scalar_text(value->list->items[i]));
    }
    return all;
}
