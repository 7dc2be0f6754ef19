/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Scripts written without blanks, one character at a time. Internal. */
#ifndef TEXT_RUN_H
#define TEXT_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* A letter with the marks on it, normalised. */
struct text_character {
    char text[48];
    size_t len; /* may be 0: only invisible code points */
    size_t start, end;
};

/* The character at *pos when it belongs to a run of this kind; then *pos moves
 * behind it. 1: got one, 0: the run ends here. Errors: RAGD_E_NOMEM. */
int text_run_next(const char *text, size_t n, size_t *pos, enum text_run run,
                  struct text_character *out);

#endif
