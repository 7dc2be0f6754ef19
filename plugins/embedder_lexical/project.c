/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "project.h"

#include <math.h>

#include "sdk/text/hash.h"

static const double K1 = 0.9, B = 0.4; /* as the keyword search's */
static const double MEAN_LENGTH = 60;  /* content words */

/* Longest document vector that is not clipped on the sphere. With the weights
 * above, texts of words that occur once stay below 10. */
static const double LENGTH_MAX = 12;

/* Adds the word's weight in its two places, halved in square. They never fall on
 * each other, where opposite signs would lose the word. */
static void add_word(double *sum, uint64_t hash, double weight)
{
    uint32_t first = (uint32_t)(hash & (PROJECT_DIM - 1));
    uint32_t step = 1 + (uint32_t)(hash >> 16 & 0xFFFFFF) % (PROJECT_DIM - 1);
    uint32_t second = (first + step) & (PROJECT_DIM - 1);
    double part = weight * 0.70710678118654752440;
    sum[first] += hash >> 62 & 1 ? part : -part;
    sum[second] += hash >> 63 ? part : -part;
}

static double length_of(const double *v)
{
    double square = 0;
    for (int i = 0; i < PROJECT_DIM; i++) {
        square += v[i] * v[i];
    }
    return sqrt(square);
}

static void write_scaled(const double *v, double scale, float *out)
{
    for (int i = 0; i < PROJECT_DIM; i++) {
        out[i] = (float)(v[i] * scale);
    }
}

void project_document(const struct bag *bag, bool sphere, float *out)
{
    double sum[PROJECT_DIM] = {0};
    double norm = K1 * (1 - B + B * (double)bag->length / MEAN_LENGTH);
    for (size_t i = 0; i < bag->n_words; i++) {
        double tf = bag->words[i].count;
        add_word(sum, bag->words[i].hash, tf * (K1 + 1) / (tf + norm));
    }
    if (!sphere) {
        write_scaled(sum, 1, out);
        return;
    }
    double length = length_of(sum) / LENGTH_MAX;
    double clip = length > 1 ? 1 / length : 1;
    write_scaled(sum, clip / LENGTH_MAX, out);
    out[PROJECT_DIM] = length < 1 ? (float)sqrt(1 - length * length) : 0;
}

void project_question(const struct text_question *q, bool sphere, float *out)
{
    double sum[PROJECT_DIM] = {0};
    for (size_t i = 0; i < q->n_terms; i++) {
        add_word(sum, text_hash(q->terms[i].text, q->terms[i].len), 1);
    }
    double length = length_of(sum);
    write_scaled(sum, sphere && length > 0 ? 1 / length : 1, out);
    if (sphere) {
        out[PROJECT_DIM] = 0;
    }
}
