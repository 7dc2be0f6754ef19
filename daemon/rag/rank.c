/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"

double rank_distance(uint32_t metric, const double *query, const float *vec, uint32_t dim)
{
    double dot = 0, squares = 0, norm_query = 0, norm_vec = 0;
    for (uint32_t i = 0; i < dim; i++) {
        double q = query[i], v = (double)vec[i], d = q - v;
        dot += q * v;
        squares += d * d;
        norm_query += q * q;
        norm_vec += v * v;
    }
    if (metric == RAGD_METRIC_L2) {
        return squares;
    }
    if (metric == RAGD_METRIC_IP) {
        return 1 - dot;
    }
    return norm_query > 0 && norm_vec > 0 ? 1 - dot / (sqrt(norm_query) * sqrt(norm_vec))
                                          : 1;
}

static int compare_ids(struct ragd_str a, struct ragd_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int by_seq(const struct ranked *a, const struct ranked *b)
{
    return (a->rec->seq > b->rec->seq) - (a->rec->seq < b->rec->seq);
}

static int by_distance(const struct ranked *a, const struct ranked *b)
{
    return (a->distance > b->distance) - (a->distance < b->distance);
}

static int by_keyword(const struct ranked *a, const struct ranked *b)
{
    return (a->keyword < b->keyword) - (a->keyword > b->keyword);
}

static int distance_seq(const void *a, const void *b)
{
    int c = by_distance(a, b);
    return c ? c : by_seq(a, b);
}

static int distance_id(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int c = by_distance(x, y);
    return c ? c : compare_ids(x->rec->id, y->rec->id);
}

static int keyword_seq(const void *a, const void *b)
{
    int c = by_keyword(a, b);
    return c ? c : by_seq(a, b);
}

static int keyword_id(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int c = by_keyword(x, y);
    return c ? c : compare_ids(x->rec->id, y->rec->id);
}

static int fused_order(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->fused != y->fused) {
        return x->fused > y->fused ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

static int alloc(struct arena *arena, size_t n, struct ranking *out)
{
    out->p = arena_calloc(arena, n, sizeof(*out->p));
    out->n = n;
    return out->p ? 0 : RAGD_E_NOMEM;
}

static void sort(struct ranking *ranking, int (*compare)(const void *, const void *))
{
    if (ranking->n > 1) {
        qsort(ranking->p, ranking->n, sizeof(*ranking->p), compare);
    }
}

int rank_vector(struct arena *arena, const struct rank_query *query,
                const struct ragd_hit *hits, size_t n, struct ranking *out)
{
    if (alloc(arena, n, out)) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const struct ragd_record *rec = hits[i].rec;
        double distance = hits[i].value;
        if (!query->exact && rec->vec) {
            distance = rank_distance(query->metric, query->vec, rec->vec, query->dim);
        }
        out->p[i] = (struct ranked){.rec = rec, .has = RANK_DISTANCE, .distance = distance};
    }
    sort(out, query->by_seq ? distance_seq : distance_id);
    return 0;
}

int rank_keyword(struct arena *arena, bool seq, const struct ragd_hit *hits, size_t n,
                 struct ranking *out)
{
    if (alloc(arena, n, out)) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        out->p[i] = (struct ranked){.rec = hits[i].rec,
                                    .has = RANK_KEYWORD,
                                    .keyword = hits[i].value};
    }
    sort(out, seq ? keyword_seq : keyword_id);
    return 0;
}

static int fuse_list(struct map *by_id, const struct ranking *in, double weight, double c,
                     struct ranking *out)
{
    for (size_t i = 0; i < in->n; i++) {
        const struct ranked *from = &in->p[i];
        struct ranked *to = map_get(by_id, from->rec->id);
        if (!to) {
            to = &out->p[out->n];
            *to = (struct ranked){.rec = from->rec, .order = out->n++};
            if (map_put(by_id, from->rec->id, to)) {
                return RAGD_E_NOMEM;
            }
        }
        to->has |= from->has | RANK_FUSED;
        if (from->has & RANK_DISTANCE) {
            to->distance = from->distance;
        }
        if (from->has & RANK_KEYWORD) {
            to->keyword = from->keyword;
        }
        to->fused += weight / (c + (double)(i + 1));
    }
    return 0;
}

int rank_fuse(struct arena *arena, const struct rank_fusion *fusion,
              const struct ranking *a, const struct ranking *b, struct ranking *out)
{
    struct map by_id = {0};
    if (alloc(arena, a->n + b->n, out)) {
        return RAGD_E_NOMEM;
    }
    out->n = 0;
    int rc = fuse_list(&by_id, a, fusion->weight_a, fusion->c, out);
    if (!rc) {
        rc = fuse_list(&by_id, b, fusion->weight_b, fusion->c, out);
    }
    map_release(&by_id);
    sort(out, fused_order);
    return rc;
}

static int add_duplicate(struct arena *arena, struct ranked *first, struct ragd_str id)
{
    /* Room grows by doubling: full when the count is a power of two. */
    uint32_t n = first->n_duplicates;
    if ((n & (n - 1)) == 0) {
        struct ragd_str *grown = arena_calloc(arena, n ? 2 * n : 1, sizeof(*grown));
        if (!grown) {
            return RAGD_E_NOMEM;
        }
        if (n) {
            memcpy(grown, first->duplicates, n * sizeof(*grown));
        }
        first->duplicates = grown;
    }
    first->duplicates[first->n_duplicates++] = id;
    return 0;
}

int rank_fold(struct arena *arena, struct ranking *ranking)
{
    struct map by_text = {0};
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; !rc && i < ranking->n; i++) {
        struct ranked *first = map_get(&by_text, ranking->p[i].rec->text);
        if (first) {
            rc = add_duplicate(arena, first, ranking->p[i].rec->id);
            continue;
        }
        ranking->p[kept] = ranking->p[i];
        rc = map_put(&by_text, ranking->p[kept].rec->text, &ranking->p[kept]);
        kept++;
    }
    map_release(&by_text);
    if (!rc) {
        ranking->n = kept;
    }
    return rc;
}
