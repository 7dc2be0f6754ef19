/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The sentences of the sources, and which of the question's words they hold. */
#ifndef GATHER_H
#define GATHER_H

#include <ragd/ragd.h>

#include "weigh.h"

/* What one generate works on. */
struct task {
    const struct ragd_host *host;
    struct ragd_call *call;
    const struct ragd_llm_req *req;
    struct text_analyser *an;
};

struct sentence {
    uint32_t source;        /* index */
    uint32_t words;         /* stop words too */
    uint32_t content;       /* without them */
    bool heading;           /* of what follows; so is a table's first row of its others */
    bool row;               /* of a table */
    bool prose;             /* neither code nor a drawing */
    bool amount;            /* gives one, see phrase.h */
    size_t start, end;      /* bytes of the source's text */
    struct weigh_set has;   /* itself */
    struct weigh_set here;  /* with its title, headings and the sentence before */
    struct weigh_set topic; /* with all from its heading on */
};

struct sentences {
    struct sentence *at; /* in the call's memory; by source, then by place */
    size_t n;
    uint64_t words;            /* of all */
    struct weigh_set *sources; /* what each source holds, its title included */
};

/* Cuts and reads all sources; also gives w its masses.
 * Errors: RAGD_E_NOMEM, RAGD_E_CANCELLED, RAGD_E_DEADLINE. [worker] */
ragd_status gather(struct sentences *out, struct weigh *w, const struct task *task);

#endif
