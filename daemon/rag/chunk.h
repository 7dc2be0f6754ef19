/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Handing out records as chunks: whose source they are, and what to show. */
#ifndef RAG_CHUNK_H
#define RAG_CHUNK_H

#include "plugin/call_store.h"
#include "rag/operation.h"

/*
 * The documents that must be looked up to tell the sources of records: those
 * whose id is not the source itself, or all. Ids are borrowed from the records.
 */
int chunk_docs_wanted(struct arena *arena, const struct ragd_record *records, size_t n,
                      bool all, struct call_docs *docs);
/* The source of a record, borrowed from it or from docs. */
struct ragd_str chunk_source(const struct ragd_record *record,
                             const struct call_docs *docs);
struct ragd_str chunk_title(const struct ragd_record *record, const struct call_docs *docs);
/* Blanks what is not in the mask. */
void chunk_mask(struct ragd_record *record, uint32_t include);
/* A record as it is handed out; dim is of its vector, if it has one. */
struct chunk_out chunk_of(const struct ragd_record *record, uint32_t dim,
                          const struct call_docs *docs);

/* Whether both are the same bytes. */
bool str_same(struct ragd_str a, struct ragd_str b);

#endif
