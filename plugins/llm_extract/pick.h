/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Which sentences answer the question. */
#ifndef PICK_H
#define PICK_H

#include "gather.h"
#include "units.h"

enum { PICK_MAX = 20 };

struct pick_limits {
    size_t sentences; /* of an answer, <= PICK_MAX */
    double threshold; /* see units_share: of one that answers */
};

struct picks {
    const struct sentence *at[PICK_MAX]; /* in the order of the answer */
    size_t n;                            /* 0: the sources do not answer */
    const struct sentence *nearest;      /* NULL: none holds a word of the question */
};

/* Picks the sentences that answer. */
void pick(struct picks *out, const struct sentences *sentences, const struct weigh *w,
          const struct units *units, const struct ragd_llm_req *req,
          const struct pick_limits *limits);

#endif
