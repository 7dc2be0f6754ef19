/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* The word tables as one hash table. Internal to the analyser. */
#ifndef TEXT_LEXICON_H
#define TEXT_LEXICON_H

#include <stddef.h>

#include "sdk/text/language.h"

enum {
    TEXT_LEX_EN_STOP = 1,
    TEXT_LEX_EN_QUESTION = 2,
    TEXT_LEX_DE_STOP = 4,
    TEXT_LEX_DE_QUESTION = 8,
    TEXT_LEX_JA_STOP = 16,
    TEXT_LEX_JA_QUESTION = 32,
    TEXT_LEX_FOREIGN = 64,
    TEXT_LEX_FR_STOP = 128,
    TEXT_LEX_FR_QUESTION = 256,

    TEXT_LEX_EN = TEXT_LEX_EN_STOP | TEXT_LEX_EN_QUESTION,
    TEXT_LEX_DE = TEXT_LEX_DE_STOP | TEXT_LEX_DE_QUESTION,
    TEXT_LEX_FR = TEXT_LEX_FR_STOP | TEXT_LEX_FR_QUESTION,
};

struct text_lexicon;

/* NULL: out of memory. Read-only afterwards. */
struct text_lexicon *text_lexicon_create(void);
void text_lexicon_destroy(struct text_lexicon *lex);

/* The TEXT_LEX_* of a normalised, unstemmed word; 0 for a word not listed. */
unsigned text_lexicon_find(const struct text_lexicon *lex, const char *word, size_t n);

/* The same as TEXT_TOKEN_STOP and TEXT_TOKEN_QUESTION in a text of lang. */
unsigned text_lexicon_flags(const struct text_lexicon *lex, enum text_language lang,
                            const char *word, size_t n);

#endif
