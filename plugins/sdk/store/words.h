/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* How often each word stands in a text, words as small numbers. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include <ragd/types.h>

#include "sdk/store/region.h"
#include "sdk/text/analyser.h"

struct word_count {
    uint32_t word; /* number in the table */
    uint32_t tf;   /* how often, >= 1 */
};

/* The words of one text. */
struct word_counts {
    struct word_count *p; /* in the order of their first appearance */
    size_t n;
    uint64_t len; /* words of the text, repeated ones again */
};

/* All words met so far. A zeroed one is empty and legal. */
struct words {
    struct region region; /* the words' bytes */
    struct words_entry *entries;
    size_t n, cap;
    uint32_t *slots; /* hash table of entry numbers + 1 */
    size_t n_slots;
    uint32_t text; /* number of the text being counted */
};

/* Counts the words of text; the counts live in region. The same text gives the
 * same counts whatever was counted before: the language is found by its words.
 * RAGD_E_NOMEM. */
int words_count(struct words *words, struct text_analyser *analyser, struct ragd_str text,
                struct region *region, struct word_counts *out);
/* Bytes of a word by its number; valid until the table is released. */
struct ragd_str words_text(const struct words *words, uint32_t word);
/* The number of a word, UINT32_MAX when it was never met. */
uint32_t words_find(const struct words *words, struct ragd_str word);
void words_release(struct words *words);

#endif
