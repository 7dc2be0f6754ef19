/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Conditions on metadata and text: --where, --where-json, --contains.
 *
 *   expr  := and { "or" and }          and := unary { "and" unary }
 *   unary := "not" unary | "(" expr ")" | "exists" FIELD | test
 *   test  := FIELD ( = | != | < | <= | > | >= | ~ | !~ | ^= ) VALUE
 *          | FIELD [ "not" ] "in" "(" VALUE { "," VALUE } ")" | FIELD "exists"
 *
 * ~ is "contains", ^= "begins with". FIELD is a bare word, `any key` in
 * backquotes, or @text, the chunk's own text. VALUE is 'a string' or "one", a
 * number, true, false, null, or a bare word such as 2023-01-01.
 */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H

#include "option.h"

#include "ragd/v1/common.pb-c.h"

/* ragd decides how deep is too deep (limits.depth); this only bounds the
 * recursion of the parsers. */
enum { FILTER_LEVELS_MAX = 500, FILTER_ERROR_BYTES = 256 };

/* An expression under construction, in the pool. */
struct expr {
    Ragd__V1__FilterNode node;
    struct expr *first, *last; /* arguments */
    struct expr *next;         /* among its parent's arguments */
    size_t n_args;
};

struct filter_error {
    char what[FILTER_ERROR_BYTES];
    size_t at;        /* byte of the text */
    const char *path; /* in JSON: "$and[1].year"; NULL in an expression */
};

/* NULL = error says why. */
struct expr *filter_parse(const char *text, struct filter_error *error);
/* Chroma's where: several keys are AND. NULL without an error (what is empty)
 * = everything matches. */
struct expr *filter_parse_json(const char *text, struct filter_error *error);

/* Nodes, in the pool: an operator without arguments, a test of one field, and a
 * further argument. The value is borrowed. */
struct expr *expr_new(Ragd__V1__FilterOp op);
struct expr *expr_test(Ragd__V1__FilterOp op, const char *field, Ragd__V1__Value *value);
void expr_add(struct expr *parent, struct expr *arg);
/* AND of both, by adding to a where it is one; either may be NULL. */
struct expr *expr_both(struct expr *a, struct expr *b);
/* Prefix order. NULL for NULL. */
Ragd__V1__Filter *expr_filter(const struct expr *expr);

/* Values in the pool. */
Ragd__V1__Scalar *scalar_text_new(const char *text);
/* true, false, null, a number, else the text itself. */
Ragd__V1__Scalar *scalar_guess(const char *text);
Ragd__V1__Value *value_of(Ragd__V1__Scalar *scalar);
Ragd__V1__Value *value_list(Ragd__V1__Scalar **items, size_t n);

/* The options that search and ask share, and what they make. */
struct cli;
extern const struct option FILTER_OPTIONS[];
/* 0 and *out, or the exit code after the error was told. */
int filter_from_options(const struct cli *cli, Ragd__V1__Filter **out);

#endif
