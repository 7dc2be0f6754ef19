/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Ranking: lists of hits made exact, ordered, fused, and rid of duplicates.
 * Pure functions; everything is in the caller's arena.
 */
#ifndef RAG_RANK_H
#define RAG_RANK_H

#include <stdbool.h>

#include <ragd/record.h>

#include "core/arena.h"

enum { RANK_DISTANCE = 1, RANK_KEYWORD = 2, RANK_FUSED = 4 };

/* A record with the values it has of the kinds in has. */
struct ranked {
    const struct ragd_record *rec;
    uint32_t has; /* RANK_* */
    uint32_t n_duplicates;
    struct ragd_str *duplicates; /* ids */
    double distance, keyword, fused;
    size_t order; /* of first appearance */
};

struct ranking {
    struct ranked *p;
    size_t n;
};

/* What distances are computed with again when the store's are not exact. */
struct rank_query {
    const double *vec;
    uint32_t dim, metric;
    bool exact;  /* the store's distances are doubles of exact arithmetic */
    bool by_seq; /* ties by insertion number, else by id */
};

/* By distance ascending. Hits without a vector keep the store's distance.
 * 0 or RAGD_E_NOMEM, as the rest. */
int rank_vector(struct arena *arena, const struct rank_query *query,
                const struct ragd_hit *hits, size_t n, struct ranking *out);
/* By score descending. */
int rank_keyword(struct arena *arena, bool by_seq, const struct ragd_hit *hits, size_t n,
                 struct ranking *out);
/*
 * Reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): the sum
 * of weight / (c + rank), rank from 1, over the lists a record is in. Equal
 * sums stay in the order of first appearance, a before b.
 */
struct rank_fusion {
    double c;
    double weight_a, weight_b;
};
int rank_fuse(struct arena *arena, const struct rank_fusion *fusion,
              const struct ranking *a, const struct ranking *b, struct ranking *out);
/* Of records with the same text the first stays, the others become its
 * duplicates. */
int rank_fold(struct arena *arena, struct ranking *ranking);

/* As the metric defines it, in doubles; smaller is nearer. */
double rank_distance(uint32_t metric, const double *query, const float *vec, uint32_t dim);

#endif
