/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/text/utf8.h"

enum { TEXT_FIRST = 4096, BLOCKS_FIRST = 64 };

/* Of a block whose first text has not come yet, and of one that is not kept. */
static const uint64_t NOWHERE = UINT64_MAX;
static const size_t NOT_KEPT = SIZE_MAX;

void output_init(struct output *out, size_t max)
{
    *out = (struct output){.max = max};
}

void output_release(struct output *out)
{
    free(out->p);
    free(out->blocks);
    *out = (struct output){0};
}

static void append(struct output *out, const char *p, size_t n)
{
    if (out->status || n == 0) {
        return;
    }
    if (n > out->max - out->n) {
        out->status = RAGD_E_LIMIT;
        return;
    }
    if (n > out->cap - out->n) {
        size_t cap = out->cap * 2 + TEXT_FIRST + n;
        char *grown = realloc(out->p, cap);
        if (!grown) {
            out->status = RAGD_E_NOMEM;
            return;
        }
        out->p = grown;
        out->cap = cap;
    }
    memcpy(out->p + out->n, p, n);
    out->n += n;
}

void output_lines(struct output *out, unsigned n)
{
    if (!out->mark[0] && n > out->owed_lines) { /* the first block of an item goes on */
        out->owed_lines = n;
    }
}

void output_soft_break(struct output *out)
{
    out->owed_space = true;
}

void output_mark(struct output *out, const char *mark)
{
    snprintf(out->mark, sizeof(out->mark), "%s", mark);
}

/* Han, Kana, their punctuation and full-width forms: no blanks between words. */
static bool is_spaceless(uint32_t cp)
{
    return (cp >= 0x2e80 && cp <= 0xa4cf && cp != 0x3000) ||
           (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0xff00 && cp <= 0xffef) ||
           (cp >= 0x20000 && cp <= 0x3ffff);
}

static uint32_t last_char(const struct output *out)
{
    size_t at = out->n;
    uint32_t cp = 0;
    while (at > 0 && ((unsigned char)out->p[at - 1] & 0xc0) == 0x80) {
        at--;
    }
    if (at > 0) {
        text_utf8_next(out->p + at - 1, out->n - at + 1, &cp);
    }
    return cp;
}

static void pay_space(struct output *out, const char *next, size_t n)
{
    uint32_t cp = 0;
    text_utf8_next(next, n, &cp);
    if (out->n && !(is_spaceless(last_char(out)) && is_spaceless(cp))) {
        append(out, " ", 1);
    }
    out->owed_space = false;
}

/* Writes what is owed; open blocks without text begin here. */
static void pay(struct output *out, const char *next, size_t n)
{
    if (out->owed_lines) {
        out->owed_space = false;
        for (unsigned i = 0; out->n && i < out->owed_lines; i++) {
            append(out, "\n", 1);
        }
        out->owed_lines = 0;
    }
    if (out->owed_space) {
        pay_space(out, next, n);
    }
    for (size_t i = out->depth < OPEN_BLOCKS_MAX ? out->depth : OPEN_BLOCKS_MAX; i-- > 0;) {
        size_t block = out->open[i];
        if (block != NOT_KEPT && out->blocks[block].off != NOWHERE) {
            break;
        }
        if (block != NOT_KEPT) {
            out->blocks[block].off = out->n;
        }
    }
    append(out, out->mark, strlen(out->mark));
    out->mark[0] = '\0';
}

/* Open blocks that have begun: those without a line yet, since they began with
 * text that has none, such as the blank lines and the indent of code, are found
 * from here. */
static void note_line(struct output *out)
{
    uint32_t line = out->line;
    uint64_t end = out->n;
    size_t depth = out->depth < OPEN_BLOCKS_MAX ? out->depth : OPEN_BLOCKS_MAX;
    for (size_t i = depth; line && i-- > 0;) {
        if (out->open[i] == NOT_KEPT) {
            continue;
        }
        struct ragd_block *block = &out->blocks[out->open[i]];
        if (block->line) {
            break;
        }
        while (end > block->off) {
            if (out->p[--end] == '\n' && line > 1) {
                line--;
            }
        }
        block->line = line;
    }
}

void output_text(struct output *out, const char *p, size_t n)
{
    if (n && out->status == RAGD_OK) {
        pay(out, p, n);
        note_line(out);
        append(out, p, n);
    }
}

/* Where the innermost open block began, or 0. */
static uint64_t innermost(const struct output *out)
{
    size_t block = out->depth && out->depth <= OPEN_BLOCKS_MAX ? out->open[out->depth - 1]
                                                               : NOT_KEPT;
    bool begun = block != NOT_KEPT && out->blocks[block].off != NOWHERE;
    return begun ? out->blocks[block].off : out->n;
}

void output_trim(struct output *out)
{
    uint64_t begin = innermost(out);
    while (out->n > begin && out->p[out->n - 1] == '\n') {
        out->n--;
    }
}

static size_t add_block(struct output *out, uint32_t kind, uint32_t level)
{
    if (out->n_blocks == out->cap_blocks) {
        size_t cap = out->cap_blocks ? out->cap_blocks * 2 : BLOCKS_FIRST;
        struct ragd_block *grown = realloc(out->blocks, cap * sizeof(*grown));
        if (!grown) {
            out->status = RAGD_E_NOMEM;
            return NOT_KEPT;
        }
        out->blocks = grown;
        out->cap_blocks = cap;
    }
    out->blocks[out->n_blocks] =
        (struct ragd_block){.kind = kind, .level = level, .off = NOWHERE};
    return out->n_blocks++;
}

void output_open(struct output *out, uint32_t kind, uint32_t level)
{
    if (out->depth < OPEN_BLOCKS_MAX) {
        out->open[out->depth] = out->status ? NOT_KEPT : add_block(out, kind, level);
    }
    out->depth++;
}

void output_close(struct output *out)
{
    size_t block = --out->depth < OPEN_BLOCKS_MAX ? out->open[out->depth] : NOT_KEPT;
    if (block == NOT_KEPT) {
        return;
    }
    if (out->blocks[block].off == NOWHERE || out->blocks[block].off >= out->n) {
        out->n_blocks = block; /* no text, so none inside it either */
    } else {
        out->blocks[block].len = out->n - out->blocks[block].off;
    }
}
