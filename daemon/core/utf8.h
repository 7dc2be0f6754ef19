/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* UTF-8 as Unicode defines it: no surrogates, no overlong forms. */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offset of the first ill-formed byte, n when all is well. */
size_t utf8_check(const void *p, size_t n);
/* Code points in well-formed text. */
size_t utf8_count(const void *p, size_t n);
/* Bytes of the longest prefix of at most max bytes that ends on an edge. */
size_t utf8_cut(const void *p, size_t n, size_t max);
/* Decodes one code point of well-formed text at p; returns its bytes. */
size_t utf8_next(const void *p, size_t n, uint32_t *out);
/* Whether well-formed text has nothing but blanks (White_Space of Unicode 15). */
bool utf8_is_blank(const void *p, size_t n);

#endif
