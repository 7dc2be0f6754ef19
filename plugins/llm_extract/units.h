/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What a text must hold to answer the question.
 *
 * The question is read as units: a word, adjacent names as one ("Anna Schmidt"),
 * a run of kanji or katakana as one. What only gives the question its form ("how
 * long", "what port", どのくらい) counts little. What names the one thing that is
 * asked about must be there, however much else is: without it, the office hours
 * of Lyon would be those of Berlin.
 */
#ifndef UNITS_H
#define UNITS_H

#include "kind.h"
#include "weigh.h"

enum {
    UNITS_MAX = 64, /* of a question; further ones are ignored */
    UNIT_WORDS_MAX = 512,
    /* A question of no more units, those of form not counted, wants them all. */
    UNITS_SHORT = 4,
};

enum unit_kind {
    UNIT_WORD,
    UNIT_NAME,  /* capitals inside a sentence, a number, what is counted: must be there */
    UNIT_RUN,   /* kanji: its first pair must be there when another is */
    UNIT_WHOLE, /* katakana: all of it must be there */
};

struct unit {
    enum unit_kind kind;
    double part;     /* of its weight that counts */
    size_t first, n; /* in units.words */
    bool whose;      /* of the *grinder*: must be there, if only further above */
    bool number;
};

struct units {
    struct unit at[UNITS_MAX];
    size_t n, n_words;
    bool asks;                      /* it is a question, not a few words to look for */
    enum kind kind;                 /* of the answer */
    bool amount;                    /* the answer gives one: how long, how many */
    uint16_t words[UNIT_WORDS_MAX]; /* of the question, see weigh_find */
};

/* Errors: RAGD_E_NOMEM. */
int units_read(struct units *u, const struct weigh *w, struct text_analyser *an,
               struct ragd_str question);

/* Share of the units' weight that held has, 0 to 1. A name of which it has a part is
 * there when the topic has all of it. */
double units_share(const struct units *u, const struct weigh *w,
                   const struct weigh_set *held, const struct weigh_set *topic);

/* Share of the units that held has any part of, and had none. */
double units_new(const struct units *u, const struct weigh *w, const struct weigh_set *held,
                 const struct weigh_set *had);

/* Whether the things asked about are here (a sentence and what stands around it),
 * and every word of their names somewhere in its source. */
bool units_named(const struct units *u, const struct weigh_set *here,
                 const struct weigh_set *source);

/* Whether all that a short question is about is in the topic, and what somebody does or
 * is (who *wrote* it) in the sentence itself: two of three words may well be about
 * something else. Of a longer one, and of words that are no question, units_share
 * decides alone. */
bool units_complete(const struct units *u, const struct weigh_set *has,
                    const struct weigh_set *topic);

/* Whether held has the question's numbers that first has: version 1 is not version 2. */
bool units_same_numbers(const struct units *u, const struct weigh_set *first,
                        const struct weigh_set *held);

#endif
