/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/convert_out.h"

#include "core/utf8.h"
#include "wire/values.h"

static void put_span(Ragd__V1__Chunk *chunk, const struct ragd_span *span)
{
    if (span) {
        chunk->start_index = span->start_index;
        chunk->end_index = span->end_index;
        chunk->start_byte = span->start_byte;
        chunk->end_byte = span->end_byte;
        chunk->line = span->line;
        chunk->page = span->page;
        chunk->gaps = (span->flags & RAGD_SPAN_GAPS) != 0;
    }
}

static int put_metadata(struct arena *arena, struct ragd_kvs meta, size_t *n,
                        Ragd__V1__Entry ***out)
{
    struct values_entries entries;
    int rc = values_out(arena, meta, &entries);
    if (rc == 0) {
        *n = entries.n;
        *out = entries.p;
    }
    return rc;
}

Ragd__V1__Chunk *chunk_to_wire(struct arena *arena, const struct chunk_out *in,
                               uint32_t include)
{
    const struct ragd_record *rec = in->rec;
    Ragd__V1__Chunk *chunk = arena_alloc(arena, sizeof(*chunk));
    if (!chunk) {
        return NULL;
    }
    ragd__v1__chunk__init(chunk);
    chunk->id = text_out(arena, rec->id);
    chunk->source = text_out(arena, in->source);
    chunk->document = text_out(arena, rec->doc_id);
    chunk->ordinal = rec->ordinal;
    chunk->seq = rec->seq;
    put_span(chunk, rec->span);
    if (include & RAGD_INCLUDE_TEXT) {
        chunk->text = text_out(arena, rec->text);
    }
    if (!chunk->id || !chunk->source || !chunk->document || !chunk->text ||
        ((include & RAGD_INCLUDE_META) &&
         put_metadata(arena, rec->meta, &chunk->n_metadata, &chunk->metadata) != 0)) {
        return NULL;
    }
    if ((include & RAGD_INCLUDE_VECTOR) && rec->vec) {
        chunk->n_vector = in->dim;
        chunk->vector = (float *)rec->vec;
    }
    return chunk;
}

static const char *block_kind(uint32_t kind)
{
    switch (kind) {
    case RAGD_BLOCK_HEADING: return "heading";
    case RAGD_BLOCK_CODE: return "code";
    case RAGD_BLOCK_TABLE: return "table";
    case RAGD_BLOCK_LIST: return "list";
    case RAGD_BLOCK_QUOTE: return "quote";
    case RAGD_BLOCK_PAGE: return "page";
    default: return "paragraph";
    }
}

static int put_blocks(struct arena *arena, const struct ragd_stored_doc *in,
                      Ragd__V1__Document *out)
{
    Ragd__V1__Block *blocks = arena_calloc(arena, in->n_blocks, sizeof(*blocks));
    Ragd__V1__Block **list = arena_calloc(arena, in->n_blocks, sizeof(Ragd__V1__Block *));
    if (!blocks || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_blocks; i++) {
        const struct ragd_block *block = &in->blocks[i];
        ragd__v1__block__init(&blocks[i]);
        blocks[i].kind = (char *)block_kind(block->kind);
        blocks[i].level = block->level;
        blocks[i].page = block->page;
        blocks[i].start_byte = block->off;
        blocks[i].end_byte = block->off + block->len;
        list[i] = &blocks[i];
    }
    out->n_blocks = in->n_blocks;
    out->blocks = list;
    return 0;
}

Ragd__V1__Document *document_to_wire(struct arena *arena, const struct ragd_stored_doc *in,
                                     size_t text_bytes)
{
    Ragd__V1__Document *doc = arena_alloc(arena, sizeof(*doc));
    if (!doc) {
        return NULL;
    }
    ragd__v1__document__init(doc);
    struct ragd_str text = {in->text.p, utf8_cut(in->text.p, in->text.n, text_bytes)};
    doc->id = text_out(arena, in->id);
    doc->source = text_out(arena, in->source);
    doc->title = text_out(arena, in->title);
    doc->mime = text_out(arena, in->mime);
    doc->language = text_out(arena, in->lang);
    doc->text = text_out(arena, text);
    doc->chunks = in->n_chunks;
    doc->bytes = in->text.n;
    doc->added_ms = in->added_ms;
    bool complete = doc->id && doc->source && doc->title && doc->mime && doc->language &&
                    doc->text &&
                    put_metadata(arena, in->meta, &doc->n_metadata, &doc->metadata) == 0 &&
                    put_blocks(arena, in, doc) == 0;
    return complete ? doc : NULL;
}

_Static_assert(RAGD__V1__SCORE_KIND__SCORE_KIND_DISTANCE == (int)SCORE_DISTANCE,
               "scores agree");
_Static_assert(RAGD__V1__SCORE_KIND__SCORE_KIND_FUSED == (int)SCORE_FUSED, "scores agree");

static int put_scores(struct arena *arena, const struct search_hit *in, Ragd__V1__Hit *out)
{
    Ragd__V1__Score *scores = arena_calloc(arena, in->n_scores, sizeof(*scores));
    Ragd__V1__Score **list = arena_calloc(arena, in->n_scores, sizeof(Ragd__V1__Score *));
    if (!scores || !list) {
        return RAGD_E_NOMEM;
    }
    for (uint32_t i = 0; i < in->n_scores; i++) {
        ragd__v1__score__init(&scores[i]);
        scores[i].kind = (Ragd__V1__ScoreKind)in->scores[i].kind;
        scores[i].value = in->scores[i].value;
        list[i] = &scores[i];
    }
    out->n_scores = in->n_scores;
    out->scores = list;
    return 0;
}

Ragd__V1__Hit *hit_to_wire(struct arena *arena, const struct search_hit *in, uint32_t rank,
                           uint32_t include)
{
    Ragd__V1__Hit *hit = arena_alloc(arena, sizeof(*hit));
    char **duplicates = arena_calloc(arena, in->n_duplicates, sizeof(char *));
    if (!hit || !duplicates) {
        return NULL;
    }
    ragd__v1__hit__init(hit);
    hit->rank = rank;
    hit->duplicates = duplicates;
    for (; hit->n_duplicates < in->n_duplicates; hit->n_duplicates++) {
        duplicates[hit->n_duplicates] = text_out(arena, in->duplicates[hit->n_duplicates]);
        if (!duplicates[hit->n_duplicates]) {
            return NULL;
        }
    }
    hit->chunk = chunk_to_wire(arena, &in->chunk, include);
    hit->title = text_out(arena, in->title);
    return hit->chunk && hit->title && put_scores(arena, in, hit) == 0 ? hit : NULL;
}

Ragd__V1__Splitter *splitter_to_wire(struct arena *arena, const struct splitter *in)
{
    Ragd__V1__Splitter *splitter = arena_alloc(arena, sizeof(*splitter));
    char **separators = arena_calloc(arena, in->n_separators, sizeof(char *));
    if (!splitter || !separators) {
        return NULL;
    }
    ragd__v1__splitter__init(splitter);
    splitter->kind = (char *)splitter_kind_name(in->kind);
    splitter->chunk_size = in->chunk_size;
    splitter->chunk_overlap_plus1 = in->chunk_overlap + 1;
    splitter->keep_separator = (char *)splitter_keep_name(in->keep);
    splitter->no_strip = !in->strip;
    splitter->separators = separators;
    for (; splitter->n_separators < in->n_separators; splitter->n_separators++) {
        size_t i = splitter->n_separators;
        separators[i] = text_out(arena, in->separators[i]);
        if (!separators[i]) {
            return NULL;
        }
    }
    return splitter;
}

int loader_options_to_wire(struct arena *arena, struct ragd_kvs in, struct options_out *out)
{
    Ragd__V1__LoaderOption *options = arena_calloc(arena, in.n, sizeof(*options));
    Ragd__V1__LoaderOption **list = arena_calloc(arena, in.n,
                                                 sizeof(Ragd__V1__LoaderOption *));
    if (!options || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in.n; i++) {
        struct ragd_str value = in.p[i].val.type == RAGD_V_STR ? in.p[i].val.u.s
                                                               : ragd_cs("");
        ragd__v1__loader_option__init(&options[i]);
        options[i].name = text_out(arena, in.p[i].key);
        options[i].value = text_out(arena, value);
        if (!options[i].name || !options[i].value) {
            return RAGD_E_NOMEM;
        }
        list[i] = &options[i];
    }
    *out = (struct options_out){list, in.n};
    return 0;
}

Ragd__V1__CollectionInfo *collection_to_wire(struct arena *arena,
                                             const struct collection_info *in)
{
    Ragd__V1__CollectionInfo *info = arena_alloc(arena, sizeof(*info));
    struct options_out options;
    if (!info || loader_options_to_wire(arena, in->loader_options, &options) != 0) {
        return NULL;
    }
    ragd__v1__collection_info__init(info);
    info->name = text_out(arena, in->name);
    info->documents = in->documents;
    info->chunks = in->chunks;
    info->embedder = text_out(arena, in->embedder);
    info->model = text_out(arena, in->model);
    info->dim = in->dim;
    info->metric = (Ragd__V1__Metric)in->metric;
    info->space = text_out(arena, in->space);
    info->splitter = splitter_to_wire(arena, &in->splitter);
    info->n_loader_options = options.n;
    info->loader_options = options.p;
    info->store = text_out(arena, in->store);
    info->bytes = in->bytes;
    info->created_ms = in->created_ms;
    info->owner = in->owner;
    info->sequence = in->sequence;
    info->auto_mode = (Ragd__V1__SearchMode)in->auto_mode;
    info->problem = in->problem ? error_out(arena, in->problem) : NULL;
    bool complete = info->name && !info->problem == !in->problem && info->embedder &&
                    info->model && info->space && info->splitter && info->store;
    return complete ? info : NULL;
}
