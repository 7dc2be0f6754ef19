/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Scripts written without blanks, one character at a time. Internal. */
#ifndef TEXT_RUN_H
#define TEXT_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "sdk/text/analyser.h"
#include "sdk/text/lexicon.h"

enum text_run {
    TEXT_RUN_NONE, /* every other script, digits and punctuation */
    TEXT_RUN_HAN,
    TEXT_RUN_HIRAGANA,
    TEXT_RUN_KATAKANA,
    TEXT_RUN_HANGUL,
    TEXT_RUN_THAI,
    TEXT_RUN_LAO,
    TEXT_RUN_KHMER,
    TEXT_RUN_MYANMAR,
};

/* The run that a letter starts or continues. */
enum text_run text_run_of(uint32_t cp);

/*
 * Emits the words of the run at *pos, which text_run_of found, and moves *pos
 * behind it: overlapping pairs of characters (a letter with its marks), or the
 * only one. Flags are TEXT_TOKEN_BIGRAM and those of the word tables.
 *
 * Each run is of one script: the change from kanji to kana is where Japanese
 * words end and their endings and particles begin. A run of hiragana therefore
 * mostly is grammar, and a pair in it counts as a stop word when it is listed,
 * or when each of its kana belongs to a listed pair or is a particle at the
 * start; so no pair that straddles two of them passes for a word.
 *
 * Errors: RAGD_E_NOMEM, or what on_token answered.
 */
int text_run_scan(const struct text_lexicon *lex, struct ragd_str text, size_t *pos,
                  text_token_fn *on_token, void *user);

#endif
