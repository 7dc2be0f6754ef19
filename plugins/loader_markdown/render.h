/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Markdown (CommonMark with tables, strikethrough, task lists) to text.
 *
 * PLAIN: what a reader sees, with its shape: headings and paragraphs stand
 * between blank lines, list items have their bullet or number and an indent,
 * table rows are lines with " | " between cells, code is verbatim. Marks of
 * emphasis, targets of links and HTML tags are gone.
 * SOURCE: the Markdown as it is written, with the places of its blocks.
 */
#ifndef LOADER_MARKDOWN_RENDER_H
#define LOADER_MARKDOWN_RENDER_H

#include "output.h"

enum { HEADING_BYTES = 512 };

struct render {
    const struct ragd_host *host;
    struct ragd_call *call;
    struct ragd_str source, front; /* what is rendered, and what stands before it */
    bool plain;
    struct output out;           /* text and blocks; SOURCE: blocks only */
    char heading[HEADING_BYTES]; /* the first one, cut on a character */
    size_t heading_n;

    /* While it runs. */
    char *padded; /* the source, with something behind it */
    size_t line_at;
    uint32_t line; /* of the byte line_at, in front and source together */
    size_t events, events_max;
    bool in_heading; /* the first one */
    bool in_html;
    unsigned cells;                    /* of the row so far */
    unsigned lists;                    /* depth */
    unsigned numbers[OPEN_BLOCKS_MAX]; /* next one of each list, 0 = bullets */
    int html;                          /* where in a block of HTML */
    size_t first, last; /* SOURCE: of the leaf block, its first and last byte */
    uint32_t first_line;
};

/* Fills out and heading. RAGD_E_LIMIT: too much text, or a structure that is
 * far larger than what is written; call_state's word; RAGD_E_NOMEM. */
ragd_status render_markdown(struct render *render, size_t max);
void render_release(struct render *render);

#endif
