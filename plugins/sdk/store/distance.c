/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Eight accumulators, lane i sums elements i, i + 8, ...; the rest that fills no
 * eight goes to the first lanes; then the lanes are added pairwise. The compiler
 * turns the eight into vectors of whatever width the target has, and products
 * are never fused with sums (-ffp-contract=off), so width changes no bit.
 */
#include "sdk/store/distance.h"

#include <math.h>

#include <ragd/types.h>

enum { LANES = 8 };

typedef double kernel_fn(const double *query, const float *row, size_t n);

static inline double add_lanes(const double lane[LANES])
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

__attribute__((always_inline)) static inline double dot(const double *query,
                                                        const float *row, size_t n)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += query[i + j] * (double)row[i + j];
        }
    }
    for (size_t j = 0; i < n; i++, j++) {
        lane[j] += query[i] * (double)row[i];
    }
    return add_lanes(lane);
}

__attribute__((always_inline)) static inline double l2(const double *query,
                                                       const float *row, size_t n)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            double d = query[i + j] - (double)row[i + j];
            lane[j] += d * d;
        }
    }
    for (size_t j = 0; i < n; i++, j++) {
        double d = query[i] - (double)row[i];
        lane[j] += d * d;
    }
    return add_lanes(lane);
}

double distance_dot_portable(const double *query, const float *row, size_t n)
{
    return dot(query, row, n);
}

double distance_l2_portable(const double *query, const float *row, size_t n)
{
    return l2(query, row, n);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static double dot_avx2(const double *query,
                                                       const float *row, size_t n)
{
    return dot(query, row, n);
}

__attribute__((target("avx2"))) static double l2_avx2(const double *query, const float *row,
                                                      size_t n)
{
    return l2(query, row, n);
}

static kernel_fn *choose(bool squared)
{
    if (__builtin_cpu_supports("avx2")) {
        return squared ? l2_avx2 : dot_avx2;
    }
    return squared ? distance_l2_portable : distance_dot_portable;
}
#else
static kernel_fn *choose(bool squared)
{
    return squared ? distance_l2_portable : distance_dot_portable;
}
#endif

static double sum_of_squares(const double *v, size_t n)
{
    double lane[LANES] = {0};
    for (size_t i = 0; i < n; i++) {
        lane[i % LANES] += v[i] * v[i];
    }
    return add_lanes(lane);
}

void distance_init(struct distance *d, uint32_t metric, const double *query, uint32_t dim)
{
    *d = (struct distance){metric, dim, query, sqrt(sum_of_squares(query, dim))};
}

double distance_norm(const float *row, uint32_t dim)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= dim; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += (double)row[i + j] * (double)row[i + j];
        }
    }
    for (size_t j = 0; i < dim; i++, j++) {
        lane[j] += (double)row[i] * (double)row[i];
    }
    return sqrt(add_lanes(lane));
}

static double cosine(double product, double norms)
{
    return norms > 0 ? 1.0 - product / norms : 1.0;
}

void distance_rows(const struct distance *d, const float *rows, const double *norms,
                   size_t n, double *out)
{
    kernel_fn *kernel = choose(d->metric == RAGD_METRIC_L2);
    for (size_t i = 0; i < n; i++) {
        double value = kernel(d->query, rows + i * d->dim, d->dim);
        switch (d->metric) {
        case RAGD_METRIC_L2: break;
        case RAGD_METRIC_COSINE: value = cosine(value, d->norm * norms[i]); break;
        default: value = 1.0 - value; break;
        }
        out[i] = value;
    }
}

bool distance_finite(const float *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(row[i])) {
            return false;
        }
    }
    return true;
}
