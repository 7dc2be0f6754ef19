/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Which sentences answer the question. */
#ifndef PICK_H
#define PICK_H

#include "gather.h"

enum { PICK_MAX = 20 };

struct picks {
    const struct sentence *at[PICK_MAX]; /* in the order of the answer */
    size_t n;
    /* Share of the question's mass, 0 to 1, that a source holds, its title included,
     * or twice what one of its sentences does where that is less; of the best. */
    double share;
    const struct sentence *nearest; /* NULL: none holds a word of the question */
};

/* Picks up to max (<= PICK_MAX) sentences that hold a word of the question. */
void pick(struct picks *out, const struct sentences *sentences, const struct weigh *w,
          const struct ragd_llm_req *req, size_t max);

#endif
