/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* UTF-8: validity, one code point at a time, positions in code points and bytes. */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What text_utf8_next reports for bytes that are not UTF-8. No code point. */
#define TEXT_UTF8_BAD UINT32_MAX

/* Bytes of the longest encoded code point. */
enum { TEXT_UTF8_MAX = 4 };

/* Whether all n bytes are well-formed (no surrogates, no overlong forms). */
bool text_utf8_valid(const char *s, size_t n);

/* Decodes the code point at s and returns its bytes, 1 to 4. Ill-formed bytes
 * give TEXT_UTF8_BAD and 1, so that every caller moves on. n is at least 1. */
size_t text_utf8_next(const char *s, size_t n, uint32_t *cp);

/* Encodes a scalar value and returns its bytes. */
size_t text_utf8_put(uint32_t cp, char out[TEXT_UTF8_MAX]);

/* Code points in s; an ill-formed byte counts like the code point it starts. */
size_t text_utf8_count(const char *s, size_t n);

/* The largest length <= limit at which s can be cut between code points. */
size_t text_utf8_cut(const char *s, size_t n, size_t limit);

#endif
