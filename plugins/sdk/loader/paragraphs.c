/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "paragraphs.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r';
}

/* Bytes of the line at at, without its end. */
static size_t line_bytes(struct ragd_str text, size_t at)
{
    const char *end = memchr(text.p + at, '\n', text.n - at);
    return end ? (size_t)(end - text.p) - at : text.n - at;
}

static bool is_blank(struct ragd_str text, size_t at, size_t n)
{
    for (size_t i = at; i < at + n; i++) {
        if (!is_space(text.p[i])) {
            return false;
        }
    }
    return true;
}

bool paragraph_next(struct ragd_str text, size_t *at, struct ragd_block *out)
{
    size_t begin = 0, end = 0;
    bool inside = false;
    while (*at < text.n) {
        size_t n = line_bytes(text, *at);
        if (is_blank(text, *at, n)) {
            if (inside) {
                break;
            }
        } else {
            begin = inside ? begin : *at;
            inside = true;
            end = *at + n;
        }
        *at += n + (*at + n < text.n);
    }
    *out =
        (struct ragd_block){.kind = RAGD_BLOCK_PARAGRAPH, .off = begin, .len = end - begin};
    return inside;
}

struct ragd_str first_line(struct ragd_str text)
{
    for (size_t at = 0; at < text.n;) {
        size_t n = line_bytes(text, at);
        if (!is_blank(text, at, n)) {
            size_t end = at + n;
            while (is_space(text.p[at])) {
                at++;
            }
            while (is_space(text.p[end - 1])) {
                end--;
            }
            return (struct ragd_str){text.p + at, end - at};
        }
        at += n + 1;
    }
    return (struct ragd_str){"", 0};
}
