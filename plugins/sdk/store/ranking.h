/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* The best of many candidates, ties by insertion number. */
#ifndef STORE_RANKING_H
#define STORE_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ranked {
    double value;
    uint64_t seq; /* insertion number; unique */
};

struct ranking {
    struct ranked *items; /* a heap: worst on top while adding, best after */
    size_t n, cap, k;
    bool larger_is_better;
    bool reading;
};

/* Keeps the k best; SIZE_MAX keeps all. */
void ranking_init(struct ranking *r, size_t k, bool larger_is_better);
/* false: out of memory. */
bool ranking_add(struct ranking *r, double value, uint64_t seq);
/* Takes the best of those left; false when there is none. Nothing is added
 * after the first one was taken. Costs log n each. */
bool ranking_next(struct ranking *r, struct ranked *out);
void ranking_release(struct ranking *r);

#endif
