/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * The words a question searches for: stop and question words dropped unless
 * nothing is left, each word once, in the order of the question. See asking.h for
 * the languages whose words the analyser does not mark.
 *
 * A short question often does not show its language, and a short text neither
 * (its words are then stemmed as English). So with AUTO a question that is not
 * clearly English also gives the other stems of its words, as variants: a text
 * holds one or the other. Variants share the `word` number of the first form.
 */
#ifndef TEXT_QUESTION_H
#define TEXT_QUESTION_H

#include <stdbool.h>

#include "sdk/text/analyser.h"

/* Words of a question beyond this many are ignored. */
enum { TEXT_QUESTION_WORDS_MAX = 256 };

struct text_term {
    const char *text; /* owned by the question */
    uint32_t len;
    uint32_t flags;    /* TEXT_TOKEN_* */
    uint32_t word;     /* number of the question's word, from 0 */
    bool variant;      /* another stem of a word that came before */
    size_t start, end; /* bytes of the question, where it first appears */
};

struct text_question {
    struct text_term *terms;
    size_t n_terms;
    uint32_t n_words; /* distinct values of text_term.word */
    char *pool;
};

/* Fills *out. Errors: RAGD_E_NOMEM; *out is then empty. */
int text_question_init(struct text_question *out, struct text_analyser *an,
                       enum text_language lang, struct ragd_str text);
void text_question_release(struct text_question *q);

#endif
