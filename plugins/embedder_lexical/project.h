/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Words to vectors: feature hashing with two signed places per word, so that the
 * inner product of a question's and a document's vector is, up to the noise of
 * collisions, the sum of the document's weights of the question's words.
 */
#ifndef PROJECT_H
#define PROJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "bag.h"
#include "sdk/text/question.h"

enum {
    PROJECT_DIM = 1024,
    /* On the sphere: one more, which makes every document's length 1. */
    PROJECT_SPHERE_DIM = PROJECT_DIM + 1,
};

/* Document: BM25 saturation without idf, for a mean length that is fixed because
 * a vector must not depend on the other texts. */
void project_document(const struct bag *bag, bool sphere, float *out);

/* Question: every word 1. On the sphere the vector has length 1 as well. */
void project_question(const struct text_question *q, bool sphere, float *out);

#endif
