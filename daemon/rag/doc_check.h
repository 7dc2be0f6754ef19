/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a caller's documents must be like, and the spans of their chunks. */
#ifndef RAG_DOC_CHECK_H
#define RAG_DOC_CHECK_H

#include <stdbool.h>

#include "core/err.h"
#include "core/limits.h"
#include "ragd/record.h"

/* How far a text, or the spans of chunks in it, reach. */
struct extent {
    uint64_t bytes, points; /* points: code points */
};

/* Of well-formed text. */
struct extent extent_of(struct ragd_str text);
/* Makes it reach the span's end (NULL = none); false, and nothing is changed,
 * when the span ends before it begins. */
bool extent_reach(struct extent *extent, const struct ragd_span *span);
bool extent_holds(struct extent outer, struct extent inner);

/* A document as it may be stored: what is read back has the same bounds.
 * ERR_INVALID, ERR_LIMIT. */
int doc_check(const struct limits *limits, const struct ragd_stored_doc *doc,
              struct err *err);

#endif
