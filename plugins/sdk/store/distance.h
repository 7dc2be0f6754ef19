/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Exact distances: float32 rows against a float64 query, accumulated in
 * float64. The sums are done in one fixed order, so every machine and every
 * kernel gives the same bits.
 */
#ifndef STORE_DISTANCE_H
#define STORE_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct distance {
    uint32_t metric; /* enum ragd_metric */
    uint32_t dim;
    const double *query; /* borrowed */
    double norm;         /* of the query */
};

/* Borrows the query, and computes what all rows share. */
void distance_init(struct distance *d, uint32_t metric, const double *query, uint32_t dim);

/* Euclidean norm of a row. */
double distance_norm(const float *row, uint32_t dim);

/* out[i] = distance of row i; rows are dim floats apart. norms: of the rows, only
 * read for the cosine, where a zero norm gives 1. */
void distance_rows(const struct distance *d, const float *rows, const double *norms,
                   size_t n, double *out);

/* The portable kernel, whatever the machine has; for tests. */
double distance_dot_portable(const double *query, const float *row, size_t n);
double distance_l2_portable(const double *query, const float *row, size_t n);

/* Whether no value is infinite or not a number. */
bool distance_finite(const float *row, size_t n);

#endif
