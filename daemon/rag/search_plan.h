/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a query is going to be: its mode, size and vector; or why not. */
#ifndef RAG_SEARCH_PLAN_H
#define RAG_SEARCH_PLAN_H

#include "rag/registry.h"
#include "rag/search.h"

/* A query with all decided. */
struct search_plan {
    enum search_mode mode;
    uint32_t k;
    double *vec; /* NULL = no vector list */
    bool embed;  /* its text is to become vec */
};

struct search_settling {
    const struct search *req;
    const struct collection *coll;
    struct arena *arena; /* of the vectors */
};

/* ERR_MODE, ERR_DIMENSION, ERR_INVALID, ERR_NOMEM. */
int search_plan(const struct search_settling *settling, const struct search_query *query,
                struct search_plan *out, struct err *err);

#endif
