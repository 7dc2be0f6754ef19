/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* What a full stop after a word means. Internal to sentence.c. */
#ifndef TEXT_ABBREVIATION_H
#define TEXT_ABBREVIATION_H

#include <stdbool.h>
#include <stddef.h>

enum text_abbreviation {
    TEXT_ABBR_NO,
    /* Always followed by more of its sentence: Dr. e.g. z.B. */
    TEXT_ABBR_NEVER_ENDS,
    /* Ends one only before a word that plainly starts one: etc. Inc. U.S. */
    TEXT_ABBR_MAY_END,
    /* One only before a number, else a word like any other: No. 5, Jan. 12 */
    TEXT_ABBR_BEFORE_NUMBER,
};

/* The word before the full stop, as written, without that full stop. */
enum text_abbreviation text_abbreviation_of(const char *word, size_t n);

/* Whether a number between these words, either of which may be empty, is a German
 * ordinal: am 3. Oktober, das 2. Buch. Any case. */
bool text_abbreviation_ordinal(const char *before, size_t n_before, const char *behind,
                               size_t n_behind);

/* Whether a capitalised word plainly starts a sentence: the articles, pronouns
 * and conjunctions of English, German and French, and a title. Any case. */
bool text_abbreviation_starter(const char *word, size_t n);

#endif
