/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Words of a text as they are indexed and searched: the one analyser of every
 * store, embedder and extractor, so that all of them agree on what a word is.
 *
 * UAX #29 word breaks, NFKC, lower case, possessive 's and elided articles
 * dropped, Snowball stems; numbers with , and . stay whole; runs of Han, kana,
 * Hangul, Thai, Lao, Khmer and Myanmar give overlapping pairs of characters.
 * README.md has the rules.
 */
#ifndef TEXT_ANALYSER_H
#define TEXT_ANALYSER_H

#include <ragd/types.h>
#include <stddef.h>
#include <stdint.h>

#include "sdk/text/language.h"

enum {
    /* A longer word is cut to this many bytes, on a code point's edge; texts and
     * questions alike, so that it is still found. */
    TEXT_WORD_BYTES_MAX = 128,
    /* Longer runs without a break (base64, minified code) are read in pieces of
     * this many bytes, each a word of its own. Bounds the work per byte. */
    TEXT_PIECE_BYTES_MAX = 4096,
};

enum {
    TEXT_TOKEN_STOP = 1,     /* a stop word of the text's language */
    TEXT_TOKEN_QUESTION = 2, /* a question word: what, which, how many */
    TEXT_TOKEN_NUMBER = 4,   /* digits, with , and . between them */
    TEXT_TOKEN_BIGRAM = 8,   /* part of a run without blanks; not stemmed */
    TEXT_TOKEN_SYMBOL = 16,  /* an emoji or other pictograph */
};

/* One word. text lives until the callback returns. */
struct text_token {
    const char *text; /* normalised and stemmed, valid UTF-8, never empty */
    uint32_t len;
    uint32_t flags;    /* TEXT_TOKEN_* */
    size_t start, end; /* bytes of the analysed text it was made of */
};

/* 0 goes on; anything else ends the analysis, which returns it. */
typedef int text_token_fn(void *user, const struct text_token *token);

struct text_analyser;

/* Changes whenever any text gives other tokens; stores keep it with their index. */
const char *text_analyser_version(void);

/* Stemmers and buffers, about 300 KiB. NULL: out of memory.
 * Thread: one at a time per object; different objects are independent. */
struct text_analyser *text_analyser_create(void);
void text_analyser_destroy(struct text_analyser *an);

/*
 * Emits the words of the text in order. Linear in its bytes. Ill-formed bytes separate
 * words; nothing else is done about them.
 *
 * lang: AUTO detects it (text_detect), which falls back to English.
 *
 * Errors: RAGD_E_NOMEM, or what on_token answered. on_token may not use an.
 */
int text_analyse(struct text_analyser *an, enum text_language lang, struct ragd_str text,
                 text_token_fn *on_token, void *user);

/*
 * English, German or French by the function words among the first ones of the text,
 * AUTO when none clearly leads. A word that two have ("in", "was", "des") says
 * nothing; words of other languages count against all; ä ö ü ß count as German.
 */
enum text_language text_detect(const struct text_analyser *an, struct ragd_str text);

#endif
