/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The text that is being made, and its blocks.
 *
 * Line ends and the mark of a list item are owed, not written, until text
 * follows; so no block begins or ends with white space, and what turns out
 * empty leaves no trace.
 */
#ifndef LOADER_MARKDOWN_OUTPUT_H
#define LOADER_MARKDOWN_OUTPUT_H

#include <stdbool.h>

#include <ragd/ragd.h>

enum {
    MARK_BYTES = 64,
    /* Deeper ones are read, but not kept as blocks of their own. */
    OPEN_BLOCKS_MAX = 64,
};

struct output {
    char *p;
    size_t n, cap, max; /* bytes */
    struct ragd_block *blocks;
    size_t n_blocks, cap_blocks;
    size_t open[OPEN_BLOCKS_MAX]; /* indices of blocks that are not closed */
    size_t depth;                 /* open ones, those not kept included */
    unsigned owed_lines;          /* line ends in front of the next text */
    bool owed_space;              /* a soft line break */
    uint32_t line;                /* of the next text's source, 0 = it has none */
    char mark[MARK_BYTES];        /* of a list item, "" = none is owed */
    ragd_status status;           /* the first failure; then nothing happens */
};

/* max: bytes of text; what goes beyond fails the output. Zeroed is released. */
void output_init(struct output *out, size_t max);
void output_release(struct output *out);

/* At least so many line ends in front of the next text; none at the start. */
void output_lines(struct output *out, unsigned n);
/* A blank, unless it would stand between two characters of a script that is
 * written without them. */
void output_soft_break(struct output *out);
void output_mark(struct output *out, const char *mark);
void output_text(struct output *out, const char *p, size_t n);
/* Takes line ends at the end of the innermost block away again. */
void output_trim(struct output *out);

/* A block from the next text on, until it is closed. */
void output_open(struct output *out, uint32_t kind, uint32_t level);
void output_close(struct output *out);

#endif
