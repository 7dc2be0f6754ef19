/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Citations in an answer: markers such as [2] or [1, 3] found in a stream of
 * text, and places in sources turned into places in documents.
 */
#ifndef RAG_CITE_H
#define RAG_CITE_H

#include "plugin/call_llm.h"
#include "rag/ask.h"

enum {
    CITE_MARKS_MAX = 256, /* different numbers that are kept */
    CITE_GROUP_MAX = 8,   /* numbers in one pair of brackets */
    CITE_DIGITS_MAX = 4,
};

/* Zeroed is ready. Memory does not grow with the text. */
struct cite_scan {
    uint32_t marks[CITE_MARKS_MAX]; /* in order of first appearance */
    size_t n_marks;
    /* Private: the brackets that are open. */
    uint32_t group[CITE_GROUP_MAX], number;
    size_t n_group;
    uint32_t digits;
    bool open, blank; /* blank: a space has ended the number */
};

/* Takes the next piece of the answer; marks may be cut between pieces. */
void cite_scan(struct cite_scan *scan, struct ragd_str text);

/* What the answer's citations are checked against. */
struct cite_sources {
    const struct search_hit *hits; /* the sources that were sent */
    size_t n;
    const struct llm_cite *cites; /* as the backend gave them */
    size_t n_cites;
};

/* The backend's citations, then the marked sources that none of them names.
 * 0 or RAGD_E_NOMEM. */
int cite_resolve(struct arena *arena, const struct cite_sources *sources,
                 const struct cite_scan *scan, struct ask *out);

#endif
