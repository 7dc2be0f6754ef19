/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the engine answers, as messages in an arena. NULL without memory.
 * Vectors are borrowed, texts are copied.
 */
#ifndef RPC_CONVERT_OUT_H
#define RPC_CONVERT_OUT_H

#include "core/arena.h"
#include "rag/collections.h"
#include "rag/operation.h"
#include "rag/search.h"
#include "ragd/v1/collections.pb-c.h"
#include "ragd/v1/common.pb-c.h"
#include "ragd/v1/query.pb-c.h"

/* include: RAGD_INCLUDE_*, as it was asked for. */
Ragd__V1__Chunk *chunk_to_wire(struct arena *arena, const struct chunk_out *in,
                               uint32_t include);

/* With the first text_bytes of its text at most, cut on a character. */
Ragd__V1__Document *document_to_wire(struct arena *arena, const struct ragd_stored_doc *in,
                                     size_t text_bytes);

/* rank counts from 1; include as above. */
Ragd__V1__Hit *hit_to_wire(struct arena *arena, const struct search_hit *in, uint32_t rank,
                           uint32_t include);

/* With all that is in force, as explicit values. */
Ragd__V1__Splitter *splitter_to_wire(struct arena *arena, const struct splitter *in);

struct options_out {
    Ragd__V1__LoaderOption **p;
    size_t n;
};
/* 0 or RAGD_E_NOMEM. */
int loader_options_to_wire(struct arena *arena, struct ragd_kvs in,
                           struct options_out *out);

/* All that is known of it, counts included. */
Ragd__V1__CollectionInfo *collection_to_wire(struct arena *arena,
                                             const struct collection_info *in);

#endif
