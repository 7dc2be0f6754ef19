/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Value types shared by every interface of the plugin ABI.
 *
 * The types of this header are frozen: they never change within an ABI major,
 * so they may be embedded by value and put in arrays. Every other struct of
 * the ABI starts with struct_size, is passed by pointer only and grows at its
 * tail. No struct has implicit padding on LP64; members named reserved are 0.
 */
#ifndef RAGD_TYPES_H
#define RAGD_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Text: UTF-8, n bytes, may contain NUL, need not end in NUL. */
struct ragd_str {
    const char *p;
    size_t n;
};

struct ragd_bytes {
    const void *p;
    size_t n;
};

enum ragd_value_type {
    RAGD_V_NULL = 0,
    RAGD_V_BOOL = 1, /* u.i is 0 or 1 */
    RAGD_V_INT = 2,  /* u.i */
    RAGD_V_REAL = 3, /* u.d, finite */
    RAGD_V_STR = 4,  /* u.s */
    RAGD_V_LIST = 5, /* u.list: scalars of one type, not nested */
};

/* A metadata value, an option's value or a filter's operand. */
struct ragd_value {
    uint32_t type; /* enum ragd_value_type; readers treat unknown ones as null */
    uint32_t reserved;
    union {
        int64_t i;
        double d;
        struct ragd_str s;
        struct {
            const struct ragd_value *p;
            size_t n;
        } list;
    } u;
};

struct ragd_kv {
    struct ragd_str key; /* not empty */
    struct ragd_value val;
};

/* A map: keys are unique; the daemon hands it out sorted by key (bytes). */
struct ragd_kvs {
    const struct ragd_kv *p;
    size_t n;
};

/*
 * Where a chunk stands in its document's text. Positions are counted in code
 * points (index) and bytes, start inclusive, end exclusive. line is of the
 * source where the loader said so (struct ragd_block), else of the text, from
 * 1; page counts from 1, 0 where the format has none.
 */
struct ragd_span {
    uint64_t start_index, end_index;
    uint64_t start_byte, end_byte;
    uint32_t line, page;
    uint32_t flags; /* RAGD_SPAN_* */
    uint32_t reserved;
};

enum {
    /* The chunk's text is not literally the span: dropped separators. */
    RAGD_SPAN_GAPS = 1,
};

enum ragd_block_kind {
    RAGD_BLOCK_PARAGRAPH = 1,
    RAGD_BLOCK_HEADING = 2,
    RAGD_BLOCK_CODE = 3,
    RAGD_BLOCK_TABLE = 4,
    RAGD_BLOCK_LIST = 5,
    RAGD_BLOCK_QUOTE = 6,
    RAGD_BLOCK_PAGE = 7,
};

/*
 * A structural part of a document's text; bytes, on code-point edges.
 *
 * line: where the block's text begins in the file, which a text without front
 * matter, or with joined lines, does not show. Chunks are cited by it: theirs is
 * that of the last block that begins at or before them, and the line ends between.
 * No block has one when the text has the lines of the file. It is of use while
 * chunks are made; a store need not keep it.
 */
struct ragd_block {
    uint32_t kind;  /* enum ragd_block_kind; unknown ones read as paragraph */
    uint32_t level; /* heading or list depth from 1, else 0 */
    uint32_t page;  /* from 1, 0 = the format has no pages */
    uint32_t line;  /* of the source, from 1, 0 = unknown */
    uint64_t off, len;
};

/*
 * A filter is an expression in prefix order: a node with n_args > 0 is
 * followed by its arguments, each a complete expression. Fields are metadata
 * keys; the empty field means the chunk's own text (CONTAINS only).
 *
 * Semantics, the same in every store: a record without the field matches
 * only NE, NIN, NOT_CONTAINS and what NOT makes of the rest. Int and real
 * compare by value without rounding; a string never equals or orders against
 * a number; bool is a type of its own; strings order by code point. A list
 * field matches EQ, IN and CONTAINS when one of its elements does. CONTAINS
 * on a string is a case-sensitive substring test.
 */
enum ragd_filter_op {
    RAGD_F_AND = 1, /* n_args >= 1 */
    RAGD_F_OR = 2,  /* n_args >= 1 */
    RAGD_F_NOT = 3, /* n_args == 1 */
    RAGD_F_EQ = 4,
    RAGD_F_NE = 5,
    RAGD_F_LT = 6,
    RAGD_F_LE = 7,
    RAGD_F_GT = 8,
    RAGD_F_GE = 9,
    RAGD_F_IN = 10,  /* val is a list */
    RAGD_F_NIN = 11, /* val is a list */
    RAGD_F_EXISTS = 12,
    RAGD_F_CONTAINS = 13,
    RAGD_F_NOT_CONTAINS = 14,
    RAGD_F_PREFIX = 15, /* string prefix, bytewise */
};

struct ragd_filter_node {
    uint32_t op; /* enum ragd_filter_op; an unknown one is RAGD_E_UNSUPPORTED */
    uint32_t n_args;
    struct ragd_str field;
    struct ragd_value val;
};

/* n == 0: no filter, everything matches. */
struct ragd_filter {
    const struct ragd_filter_node *nodes;
    size_t n;
};

/* Distance functions; in each, smaller is nearer. */
enum ragd_metric {
    RAGD_METRIC_L2 = 1,     /* squared Euclidean */
    RAGD_METRIC_COSINE = 2, /* 1 - cosine; 1 where a norm is 0 */
    RAGD_METRIC_IP = 3,     /* 1 - inner product */
};

/* Host side of one plugin or of one configured instance. */
struct ragd_ctx;
/* Host side of one operation. */
struct ragd_call;

/* A ragd_str of a NUL-terminated string. */
static inline struct ragd_str ragd_cs(const char *s)
{
    struct ragd_str r = {s, 0};
    while (s && s[r.n]) {
        r.n++;
    }
    return r;
}

#ifdef __cplusplus
}
#endif
#endif
