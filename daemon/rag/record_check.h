/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a caller's records must be like. */
#ifndef RAG_RECORD_CHECK_H
#define RAG_RECORD_CHECK_H

#include "rag/records.h"
#include "rag/registry.h"

/* One record. ERR_INVALID, ERR_DIMENSION, ERR_LIMIT. */
int record_check(const struct collection *coll, const struct record_in *record,
                 struct err *err);
/* It has no vector, and is to get one. */
bool record_wants_vector(const struct collection *coll, const struct record_in *record);
/* None of what the ids of a caller's records found is a chunk. ERR_CONFLICT. */
int record_check_owned(const struct ragd_record *records, size_t n, struct err *err);

#endif
