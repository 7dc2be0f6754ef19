/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Snowball stems with a cache in front. Internal to the analyser. */
#ifndef TEXT_STEM_H
#define TEXT_STEM_H

#include <stddef.h>
#include <stdint.h>

#include "sdk/text/language.h"
#include "sdk/text/lexicon.h"

struct text_stemmer;

struct text_stem {
    const char *text; /* until the next call */
    uint32_t len;
    uint32_t flags; /* TEXT_TOKEN_STOP, TEXT_TOKEN_QUESTION */
};

/* NULL: out of memory. The lexicon outlives the stemmer. */
struct text_stemmer *text_stemmer_create(const struct text_lexicon *lex);
void text_stemmer_destroy(struct text_stemmer *st);

/* Stem and kind of a normalised word without NUL; lang is not AUTO. A word that
 * would stem to nothing stays whole. Errors: RAGD_E_NOMEM. */
int text_stem(struct text_stemmer *st, enum text_language lang, const char *word, size_t n,
              struct text_stem *out);

#endif
