/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Text that comes in parts, broken between words at a terminal's width. */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include <stddef.h>
#include <stdio.h>

enum { WRAP_WORD_BYTES = 256 };

struct wrap {
    FILE *to;
    size_t columns; /* 0 = never break */
    size_t indent;  /* of a line that was broken off another */
    size_t column;  /* where the next word would stand */
    size_t blanks;  /* before that word */
    char word[WRAP_WORD_BYTES];
    size_t n; /* of word: its end has not come yet */
};

/* Lines of at most so many columns go to the stream; 0 = as they come. */
void wrap_init(struct wrap *wrap, FILE *to, size_t columns);
/* Text of whole characters. Wide ones may be broken between. */
void wrap_put(struct wrap *wrap, const char *text);
/* The line holds `columns` already; lines broken off it begin below. */
void wrap_hang(struct wrap *wrap, size_t columns);
/* The last word, and a line end when the line is not empty. */
void wrap_done(struct wrap *wrap);

/* A whole text that goes on from a line of `used` columns, as wrap_hang(). */
void wrap_text(FILE *to, size_t columns, size_t used, const char *text);

#endif
