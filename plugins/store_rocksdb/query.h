/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The parts of a query: its words, its two lists. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "sdk/store/ranking.h"
#include "sdk/text/question.h"
#include "store.h"

/* Postings of one word of one block, in the list's bytes. */
struct posting_block {
    uint32_t number;
    size_t off, n;
};

/* A word of the question with all its postings. */
struct posting_list {
    struct ragd_str word; /* borrowed from the question */
    bool shown;           /* reported as a term */
    uint64_t df;
    double idf;
    unsigned char *bytes;
    size_t n_bytes, cap_bytes;
    struct posting_block *blocks;
    size_t n_blocks, cap_blocks;
};

struct question {
    struct text_question text;
    struct posting_list *lists; /* one for each term of text */
    size_t n;
};

/* Finds the words of a text and reads their postings. */
ragd_status question_open(struct question *q, struct ragd_view *view,
                          struct ragd_call *call, struct ragd_str text);
/* Scores every record that holds one of the words. */
ragd_status question_rank(const struct question *q, struct ragd_view *view,
                          struct ragd_call *call, struct ranking *ranking);
/* A zeroed one is legal. */
void question_release(struct question *q);

/* Distances of all rows. */
ragd_status vector_rank(struct ragd_view *view, struct ragd_call *call,
                        const struct ragd_query *query, struct ranking *ranking);

#endif
