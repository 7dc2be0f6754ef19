/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/lexicon.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/text/analyser.h"
#include "sdk/text/hash.h"
#include "sdk/text/words.h"

enum {
    SLOTS = 4096, /* a power of two, over twice the words of all tables */
    WORD_BYTES_MAX = 31,
};

struct slot {
    const char *word; /* in the table it came from; NULL = free */
    uint16_t flags;
    uint8_t len;
};

struct text_lexicon {
    size_t used;
    struct slot slots[SLOTS];
};

static const struct {
    const char *words;
    uint16_t flag;
} tables[] = {
    {text_words_en, TEXT_LEX_EN_STOP},      {text_words_en_question, TEXT_LEX_EN_QUESTION},
    {text_words_de, TEXT_LEX_DE_STOP},      {text_words_de_question, TEXT_LEX_DE_QUESTION},
    {text_words_fr, TEXT_LEX_FR_STOP},      {text_words_fr_question, TEXT_LEX_FR_QUESTION},
    {text_words_ja, TEXT_LEX_JA_STOP},      {text_words_ja_question, TEXT_LEX_JA_QUESTION},
    {text_words_foreign, TEXT_LEX_FOREIGN},
};

/* The slot of the word, or the free one where it belongs. */
static size_t slot_of(const struct text_lexicon *lex, const char *word, size_t n)
{
    size_t i = text_hash(word, n) % SLOTS;
    while (lex->slots[i].word &&
           (lex->slots[i].len != n || memcmp(lex->slots[i].word, word, n) != 0)) {
        i = (i + 1) % SLOTS;
    }
    return i;
}

static void add(struct text_lexicon *lex, const char *word, size_t n, uint16_t flag)
{
    struct slot *slot = &lex->slots[slot_of(lex, word, n)];
    assert(n <= WORD_BYTES_MAX);
    if (!slot->word) {
        slot->word = word;
        slot->len = (uint8_t)n;
        lex->used++;
        assert(lex->used <= SLOTS / 2);
    }
    slot->flags = (uint16_t)(slot->flags | flag);
}

static void add_table(struct text_lexicon *lex, const char *words, uint16_t flag)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        add(lex, words, n, flag);
        words += n;
        words += strspn(words, " ");
    }
}

struct text_lexicon *text_lexicon_create(void)
{
    struct text_lexicon *lex = calloc(1, sizeof(*lex));
    if (!lex) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        add_table(lex, tables[i].words, tables[i].flag);
    }
    return lex;
}

void text_lexicon_destroy(struct text_lexicon *lex)
{
    free(lex);
}

unsigned text_lexicon_find(const struct text_lexicon *lex, const char *word, size_t n)
{
    return n > WORD_BYTES_MAX ? 0 : lex->slots[slot_of(lex, word, n)].flags;
}

unsigned text_lexicon_flags(const struct text_lexicon *lex, enum text_language lang,
                            const char *word, size_t n)
{
    unsigned found = text_lexicon_find(lex, word, n);
    unsigned stop = lang == TEXT_LANG_EN ? TEXT_LEX_EN_STOP : 0;
    unsigned question = lang == TEXT_LANG_EN ? TEXT_LEX_EN_QUESTION : 0;
    if (lang == TEXT_LANG_DE) {
        stop = TEXT_LEX_DE_STOP;
        question = TEXT_LEX_DE_QUESTION;
    }
    if (lang == TEXT_LANG_FR) {
        stop = TEXT_LEX_FR_STOP;
        question = TEXT_LEX_FR_QUESTION;
    }
    stop |= TEXT_LEX_JA_STOP;
    question |= TEXT_LEX_JA_QUESTION;
    return (found & stop ? TEXT_TOKEN_STOP : 0u) |
           (found & question ? TEXT_TOKEN_QUESTION : 0u);
}
