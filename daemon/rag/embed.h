/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Vectors of texts. */
#ifndef RAG_EMBED_H
#define RAG_EMBED_H

#include "rag/operation.h"

/* embedder "" = the collection's, with its metric; collection "" too = the
 * default embedder. A blank text is refused (INVALID). */
struct embed {
    struct operation op;
    struct ragd_str collection, embedder;
    const struct ragd_str *texts;
    size_t n;
    bool query; /* as questions, not as documents */
    /* Out. */
    struct ragd_str name; /* the instance's */
    struct ragd_str model, space;
    uint32_t dim;
    const float *rows;      /* n rows of dim floats */
    const uint32_t *tokens; /* n counts, 0 = not said */
};
void embed_start(struct embed *embed);

#endif
