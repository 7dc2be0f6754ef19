/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/loader/paragraphs.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCKS_FIRST = 64, CANCEL_EVERY = 4096 /* blocks */ };

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

/* Room for one more; RAGD_E_NOMEM leaves the list as it was. */
static ragd_status grow(struct ragd_block **list, size_t *cap)
{
    size_t more = *cap ? *cap * 2 : BLOCKS_FIRST;
    struct ragd_block *p = realloc(*list, more * sizeof(*p));
    if (!p) {
        return RAGD_E_NOMEM;
    }
    *list = p;
    *cap = more;
    return RAGD_OK;
}

ragd_status paragraphs_of(const struct ragd_host *host, struct ragd_call *call,
                          struct ragd_str text, struct ragd_block **out, size_t *n)
{
    ragd_status rc = RAGD_OK;
    struct ragd_block block;
    size_t at = 0, cap = 0;
    *out = NULL;
    *n = 0;
    while (rc == RAGD_OK && paragraph_next(text, &at, &block)) {
        rc = *n < cap ? RAGD_OK : grow(out, &cap);
        if (rc == RAGD_OK) {
            (*out)[(*n)++] = block;
            rc = *n % CANCEL_EVERY ? RAGD_OK : host->call_state(call);
        }
    }
    if (rc) {
        free(*out);
        *out = NULL;
    }
    return rc;
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
