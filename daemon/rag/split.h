/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Splitting a text into chunks, each a span of it.
 *
 * The recursive splitter cuts at the first separator of its list that occurs,
 * recurses with the rest of the list into pieces that are too long, and joins
 * short pieces up to the chunk size, with whole pieces as overlap. The
 * character splitter knows one separator and leaves long pieces long. Sizes
 * count code points. Time is linear in the text for a fixed list.
 */
#ifndef RAG_SPLIT_H
#define RAG_SPLIT_H

#include <stdbool.h>

#include <ragd/types.h>

#include "core/err.h"
#include "plugin/stored.h"

enum {
    SPLITTER_SEPARATORS_MAX = 64,       /* bounds the work per character */
    SPLITTER_SEPARATOR_BYTES_MAX = 256, /* of one */
    SPLITTER_CHUNK_SIZE_MAX = 1 << 24,  /* code points; positions fit 32 bits */
};

/* As a caller says it; zeroed and empty members are unset. */
struct splitter_spec {
    struct ragd_str kind;         /* "recursive", "character" */
    uint32_t chunk_size;          /* code points */
    uint32_t chunk_overlap_plus1; /* one more than the overlap */
    const struct ragd_str *separators;
    size_t n_separators;
    struct ragd_str keep_separator; /* "start", "end", "none" */
    bool no_strip;
};

/*
 * Fills out from spec, taking what it leaves unset from base (NULL = the
 * built-in defaults). out borrows strings of either. ERR_INVALID.
 */
int splitter_resolve(const struct splitter_spec *spec, const struct splitter *base,
                     struct splitter *out, struct err *err);
bool splitter_spec_empty(const struct splitter_spec *spec);
bool splitter_equal(const struct splitter *a, const struct splitter *b);
const char *splitter_kind_name(enum splitter_kind kind);
const char *splitter_keep_name(enum splitter_keep keep);

/* text is the chunk; it points into the text that was split, or, where span
 * has RAGD_SPAN_GAPS, into memory of the list. span.page is 0. */
struct split_chunk {
    struct ragd_str text;
    struct ragd_span span;
};

struct split_list {
    struct split_chunk *chunks;
    size_t n;
    /* Private. */
    size_t cap;
    struct arena joined; /* texts of chunks with gaps */
};

/*
 * Splits well-formed UTF-8. The list borrows text. ERR_NOMEM, ERR_LIMIT when
 * these and the `before` chunks of the source's earlier documents would be more
 * than max (0 = any number), ERR_CANCELLED when stop (may be NULL) is true at one
 * of the times it is looked at.
 *
 * span.line is of the source where blocks have lines: that of the last such block
 * that begins at or before the chunk, and the line ends between; else of the text.
 * Blocks lie in the text, in order.
 * Thread: [any].
 */
struct split_job {
    const struct splitter *splitter;
    struct ragd_str text;
    const struct ragd_block *blocks;
    size_t n_blocks;
    size_t max, before;
    bool (*stop)(void *arg);
    void *arg;
};
int split(const struct split_job *job, struct split_list *out, struct err *err);
void split_list_release(struct split_list *list); /* zeroed is legal */

#endif
