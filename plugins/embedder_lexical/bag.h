/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The content words of a text and how often each occurs. */
#ifndef BAG_H
#define BAG_H

#include <stddef.h>
#include <stdint.h>

#include "sdk/text/analyser.h"

struct bag_word {
    uint64_t hash; /* text_hash of the word, which stands for it */
    uint32_t count;
};

/* Zeroed is empty. Words are in the order in which they first came, so that a
 * text gives the same sums whatever the bag held before. */
struct bag {
    struct bag_word *words;
    size_t n_words, room;
    uint32_t *slots; /* index into words + 1, 0 = free */
    size_t n_slots;  /* a power of two, at least twice n_words */
    uint64_t length; /* all occurrences */
    uint64_t n_all;  /* stop words too */
};

/* Fills the bag with a document's words. Errors: RAGD_E_NOMEM. */
int bag_fill(struct bag *bag, struct text_analyser *an, enum text_language lang,
             struct ragd_str text);

/* Frees its memory; it is empty then. */
void bag_release(struct bag *bag);

#endif
