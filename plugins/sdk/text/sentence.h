/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Sentences of a text, as byte spans without the blanks around them.
 *
 * libunistring has word, line and grapheme breaks but none for sentences, so
 * these are rules of our own in the spirit of UAX #29: see sentence.c.
 */
#ifndef TEXT_SENTENCE_H
#define TEXT_SENTENCE_H

#include <ragd/types.h>
#include <stdbool.h>
#include <stddef.h>

/* A text without any end of sentence (Thai, a table, a log) is cut before this
 * many bytes, at a blank when there is one. */
enum { TEXT_SENTENCE_BYTES_MAX = 4096 };

struct text_sentence {
    size_t start, end; /* bytes of the text */
    bool heading;      /* # in front, or a short line alone, without a stop or digit */
    bool row;          /* cells with a | between them */
};

/* The next sentence from *pos on, which moves behind it; false at the end.
 * Start with *pos = 0. Linear over all calls, no memory. */
bool text_sentence_next(struct ragd_str text, size_t *pos, struct text_sentence *out);

#endif
