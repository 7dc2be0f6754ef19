/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Text on a terminal: columns, elision, and nothing that controls it. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Columns that a terminal gives n bytes: wide characters count two, combining
 * ones none. */
size_t text_width(const char *p, size_t n);

/* The longest prefix of at most `columns` that does not cut a character or
 * separate it from its combining marks; *used is its width. */
size_t text_fit(const char *p, size_t n, size_t columns, size_t *used);

/* text in at most `columns`, with an ellipsis where it was cut. */
const char *text_elide(const char *text, size_t columns);

/* The same with the start cut off. */
const char *text_elide_start(const char *text, size_t columns);

/* One line for a table: blanks collapse, control characters and ill-formed
 * bytes become U+FFFD. At most about `max` bytes are looked at. */
const char *text_line(const char *text, size_t max);

/* A text for a terminal: line ends and tabs stay, other control characters
 * and ill-formed bytes become U+FFFD. */
const char *text_safe(const char *text, size_t n);

/* Whether all of it is well-formed. */
bool text_is_utf8(const char *text);

/* The text with each ill-formed byte as U+FFFD, all else as it is. */
const char *text_repair(const char *text);

/* Writes for a pipe: tab, line ends and backslash as \t \n \r \\, other control
 * characters as the \xHH of their bytes. */
void text_put_escaped(const char *text, FILE *to);

/* The shortest form that is read as the same number; of a float as that float. */
enum { TEXT_REAL_BYTES = 32 };
void text_real(char out[TEXT_REAL_BYTES], double value);
void text_float(char out[TEXT_REAL_BYTES], float value);

/* Decodes one character of any bytes; *size >= 1. -1 when ill-formed. */
int text_decode(const char *p, size_t n, size_t *size);

#endif
