/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The question's words and what each is worth.
 *
 * The weights are those of the request, which knows the whole collection. A word
 * may have several forms (stems, see sdk/text/question.h): it is worth its
 * most frequent form. Without weights that fit, the sentences at hand serve as
 * the collection: see weigh_by_counts.
 */
#ifndef WEIGH_H
#define WEIGH_H

#include <ragd/llm.h>
#include <stdbool.h>

#include "sdk/text/question.h"

enum {
    WEIGH_WORDS_MAX = TEXT_QUESTION_WORDS_MAX,
    WEIGH_FORMS_MAX = 4 * WEIGH_WORDS_MAX,
    WEIGH_SLOTS = 8 * WEIGH_WORDS_MAX,
    WEIGH_SET_WORDS = WEIGH_WORDS_MAX / 64,
};

/* A set of question words. */
struct weigh_set {
    uint64_t bits[WEIGH_SET_WORDS];
};

struct weigh_form {
    struct ragd_str text; /* of the question or the request */
    uint32_t word;
    bool open; /* one with the same end is as good */
};

struct weigh {
    struct text_question question;
    size_t n_words, n_forms;
    bool counted; /* masses come from weigh_by_counts */
    bool asks;    /* there is a word that is no stop or question word, nor a number */
    double part[WEIGH_WORDS_MAX]; /* of the idf that a word weighs */
    double idf[WEIGH_WORDS_MAX];
    double mass[WEIGH_WORDS_MAX], total; /* by weigh_settle */
    struct weigh_form forms[WEIGH_FORMS_MAX];
    uint16_t slots[WEIGH_SLOTS]; /* index into forms + 1, 0 = free */
};

/* Reads the question and the request's terms, which it borrows. *w is zeroed.
 * Errors: RAGD_E_NOMEM; nothing is to be released then. */
int weigh_init(struct weigh *w, struct text_analyser *an, struct ragd_str question,
               const struct ragd_llm_req *req);
void weigh_release(struct weigh *w);

/* The number of the question's word with this form, -1: of none. */
int weigh_find(const struct weigh *w, const char *text, size_t n);

/* The same for a word of a text that may have another beginning. */
int weigh_find_related(const struct weigh *w, const char *text, size_t n);

/* Of a pair with 何 (which, how many): 1, or 2 when 何 is its second character; 0 of
 * any other word. Its other character alone is a form of it. */
int weigh_asks(struct ragd_str pair);

/* Whether the set holds the question's word. */
bool weigh_has(const struct weigh_set *set, size_t word);

/* Idf from the number of sentences that hold each word, as BM25 has it. */
void weigh_by_counts(struct weigh *w, const uint32_t *counts, size_t n_sentences);

/*
 * The masses, from idf; held: what the sources hold.
 *
 * The rarest words that no source holds are in no document: they weigh as much as
 * one that a single document holds, ln 3 less. In a handful of documents they would
 * else outweigh all that was found. A pair of hiragana weighs a quarter: most are
 * endings and particles that no list of stop words has.
 */
void weigh_settle(struct weigh *w, const struct weigh_set *held);

/* Mass of the words in the set, those in covered at a discount. */
double weigh_sum(const struct weigh *w, const struct weigh_set *set,
                 const struct weigh_set *covered);

#endif
