/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Searching a collection.
 *
 * Distances are exact doubles, ascending, ties in insertion order. Keyword
 * scores are the store's, descending. Hybrid fuses both lists by reciprocal
 * rank (Cormack, Clarke, Buettcher: SIGIR 2009). All of one search comes from
 * one view of the store.
 */
#ifndef RAG_SEARCH_H
#define RAG_SEARCH_H

#include "rag/collections.h"

enum { SEARCH_K_DEFAULT = 4, SEARCH_RRF_K = 60 };

struct search_query {
    struct ragd_str text;             /* "" when vec is given */
    const double *vec;                /* unrounded, or NULL */
    uint32_t dim;                     /* of vec */
    uint32_t k;                       /* 0 = the request's */
    const struct ragd_filter *filter; /* NULL = the request's */
};

enum score_kind { SCORE_DISTANCE = 1, SCORE_RELEVANCE, SCORE_KEYWORD, SCORE_FUSED };
enum { SCORES_MAX = 4 };

struct score {
    enum score_kind kind;
    double value;
};

struct search_hit {
    struct chunk_out chunk;
    struct ragd_str title; /* of the document, when titles were asked for */
    struct score scores[SCORES_MAX];
    uint32_t n_scores;
    uint32_t n_duplicates;
    const struct ragd_str *duplicates; /* ids of chunks with the same text */
};

/* The answer to one query. */
struct search_result {
    uint32_t query;        /* its index */
    enum search_mode mode; /* the one used */
    uint32_t metric, k;
    const struct search_hit *hits;
    size_t n_hits;
    const struct ragd_term *terms; /* of the text, as the store sees them */
    size_t n_terms;
    const char *plan; /* "exact", "postings", ... */
    double embed_ms, search_ms, total_ms;
};

/* Queries to one collection, answered from one view of it. */
struct search {
    struct operation op;
    struct ragd_str collection;
    const struct search_query *queries;
    size_t n_queries;
    uint32_t k; /* 0 = the configured default */
    enum search_mode mode;
    struct ragd_filter filter;
    uint32_t include; /* RAGD_INCLUDE_* */
    bool exact;       /* no approximation */
    bool titles;      /* look up the documents' titles */
    bool keep;        /* results live until operation_release */
    /* In order of queries. */
    void (*on_result)(struct search *search, const struct search_result *result);
    struct ragd_str name; /* out: the collection's */
};
void search_start(struct search *search);

/* "auto", "keyword", "vector", "hybrid": static. */
const char *search_mode_name(enum search_mode mode);
/* Larger is better, 1 = the same; the scale of --threshold. */
double relevance_of(uint32_t metric, double distance);

#endif
