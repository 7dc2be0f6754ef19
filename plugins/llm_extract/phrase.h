/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What single words do in a question, or in an answer. Thread: any. */
#ifndef PHRASE_H
#define PHRASE_H

#include <stdbool.h>

#include <ragd/ragd.h>

enum phrase {
    PHRASE_WHAT,     /* asks for what follows: what (port), how (long) */
    PHRASE_COUNTING, /* asks for a number of what follows: how many (books) */
    PHRASE_MEASURE,  /* behind how: the answer is an amount */
    PHRASE_FORM,     /* an answer gives it without saying so, or a verb of such questions */
    PHRASE_KIND,     /* pairs with 何 that ask for no amount */
    PHRASE_ORDINAL,  /* one of several: as telling as a name */
    PHRASE_OF,       /* what follows says whose: of, de, von */
    PHRASE_AMOUNT,   /* a numeral in letters, or what stands in its place */
};

/* Whether the word, as it is written, is one of these; ASCII case does not matter. */
bool phrase_is(enum phrase phrase, struct ragd_str word);

/* Whether a word of an answer gives an amount: in digits, letters or kanji. */
bool phrase_is_amount(struct ragd_str word);

/* Whether a Japanese, Chinese, Korean or Spanish question asks for an amount: いくら,
 * 多少, 얼마, cuánto. */
bool phrase_asks_amount(struct ragd_str question);

/* The stems of an English verb with irregular forms, of which this is one, with a blank
 * between them; NULL: none is known. A question has "did it lose", its answer "lost". */
const char *phrase_verb(struct ragd_str stem);

#endif
