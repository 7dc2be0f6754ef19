/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A store as a list: what a real one must agree with. Nothing is indexed, every
 * answer is computed from all records; only the analyser is shared.
 */
#ifndef STORE_MODEL_H
#define STORE_MODEL_H

#include "store_support.h"

struct text_analyser;

enum { MODEL_RECORDS_MAX = 4000, MODEL_TEXT_MAX = 160, MODEL_META_MAX = 4 };

struct model_record {
    char id[16], text[MODEL_TEXT_MAX];
    uint64_t seq;
    bool has_vec;
    float vec[TEST_DIM];
    struct ragd_kv meta[MODEL_META_MAX];
    size_t n_meta;
};

struct model {
    struct model_record *records[MODEL_RECORDS_MAX]; /* in insertion order */
    size_t n;
    uint64_t next_seq;
    uint32_t metric;
    struct text_analyser *analyser;
};

void model_init(struct model *m, uint32_t metric);
void model_release(struct model *m);
struct model_record *model_find(struct model *m, const char *id);
/* Takes rec, which malloc gave. */
void model_upsert(struct model *m, struct model_record *rec);
void model_remove(struct model *m, const char *id);

/* Whether a record matches, by a reading of the filter's semantics of its own. */
bool model_matches(const struct ragd_filter *filter, const struct model_record *rec);

struct model_hit {
    double value;
    const struct model_record *rec;
};

/* All hits in order; out has room for MODEL_RECORDS_MAX. */
size_t model_vector(const struct model *m, const double *q,
                    const struct ragd_filter *filter, struct model_hit *out);
size_t model_keyword(const struct model *m, const char *text,
                     const struct ragd_filter *filter, struct model_hit *out);

/* xorshift64 with a seed, for tests that draw. */
struct draw {
    uint64_t state;
};
uint64_t draw_below(struct draw *d, uint64_t n);
/* A random filter over the fields that model records have; nodes has room for
 * 64. Operands live in values, with room for 256. */
size_t draw_filter(struct draw *d, struct ragd_filter_node *nodes,
                   struct ragd_value *values);
/* A random metadata map with keys among "a", "b", "c", "l". */
size_t draw_meta(struct draw *d, struct ragd_kv *meta);

#endif
