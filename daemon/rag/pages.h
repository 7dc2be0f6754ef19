/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Records read page by page, each with its source: by their ids, or all that
 * match a filter in insertion order. An operation that others are made of.
 */
#ifndef RAG_PAGES_H
#define RAG_PAGES_H

#include "rag/registry.h"

/* One reading: the records of ids, or else those that match. */
struct pages {
    struct operation op;
    /* Inputs. */
    struct collection *coll;
    struct view *view; /* borrowed, NULL = it opens its own */
    const struct ragd_str *ids;
    size_t n_ids;
    struct ragd_filter filter;
    uint64_t after_seq;
    uint64_t limit; /* 0 = all */
    uint32_t include;
    bool fill; /* computes the vectors that are not kept */
    /* op.arg is the parent run's; user is the caller's. */
    void (*on_page)(struct pages *pages, const struct chunk_out *chunks, size_t n);
    void *user;
    /* Out. */
    bool more;         /* the limit ended it */
    uint64_t last_seq; /* of the last record given */
};
void pages_start(struct pages *pages);

#endif
