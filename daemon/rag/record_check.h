/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a caller's records must be like. */
#ifndef RAG_RECORD_CHECK_H
#define RAG_RECORD_CHECK_H

#include "rag/records.h"
#include "rag/registry.h"

/* What a collection asks of them. */
struct record_rules {
    const char *collection;
    const struct limits *limits;
    uint32_t dim;
    bool has_vectors, embeds;
};

/* Borrows from it. [loop] */
struct record_rules record_rules_of(const struct collection *coll);

/* One record. ERR_INVALID, ERR_DIMENSION, ERR_LIMIT. [any] */
int record_check(const struct record_rules *rules, const struct record_in *record,
                 struct err *err);
/* It has no vector, and is to get one. [any] */
bool record_wants_vector(const struct record_rules *rules, const struct record_in *record);
/* None of what the ids of a caller's records found is a chunk. ERR_CONFLICT. */
int record_check_owned(const struct ragd_record *records, size_t n, struct err *err);

#endif
