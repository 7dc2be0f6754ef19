/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Vectors that a collection does not keep, made when somebody asks for them: a
 * lexical embedder's, where the store searches words.
 */
#ifndef RAG_VECTORS_H
#define RAG_VECTORS_H

#include "rag/registry.h"

/* Whether records that are read with include (RAGD_INCLUDE_*) need it. They are
 * read with their texts then. */
bool vectors_missing(const struct collection *coll, uint32_t include);

/* Gives each record that has a text and no vector its vector, which lives in
 * op.arena. ERR_EMBEDDER_MISMATCH, or what the embedder says. */
struct vectors_fill {
    struct operation op;
    struct collection *coll;
    struct ragd_record *records;
    size_t n;
};
void vectors_fill_start(struct vectors_fill *fill);

#endif
