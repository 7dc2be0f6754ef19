/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Expressions, and the options that make them. */
#include "filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "pool.h"
#include "text.h"

/* Columns of an error before the expression, and one for a caret at its end. */
enum { CARET_INDENT = 10 };

static struct {
    const char *where, *where_json;
    struct strings contains;
} given;

const struct option FILTER_OPTIONS[] = {
    {OPTION_STRING, 0, "where", &given.where, "EXPR",
     "Only chunks whose metadata match: 'year >= 2023 and tag in (a, b)'", NULL},
    {OPTION_STRING, 0, "where-json", &given.where_json, "JSON",
     "The same as Chroma's where: '{\"year\": {\"$gte\": 2023}}'", NULL},
    {OPTION_LIST, 0, "contains", &given.contains, "TEXT",
     "Only chunks whose text contains TEXT", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

struct expr *expr_new(Ragd__V1__FilterOp op)
{
    struct expr *expr = pool_alloc(sizeof(*expr));
    ragd__v1__filter_node__init(&expr->node);
    expr->node.op = op;
    return expr;
}

struct expr *expr_test(Ragd__V1__FilterOp op, const char *field, Ragd__V1__Value *value)
{
    struct expr *expr = expr_new(op);
    expr->node.field = (char *)field;
    expr->node.value = value;
    return expr;
}

void expr_add(struct expr *parent, struct expr *arg)
{
    if (parent->last) {
        parent->last->next = arg;
    } else {
        parent->first = arg;
    }
    parent->last = arg;
    parent->n_args++;
}

struct expr *expr_both(struct expr *a, struct expr *b)
{
    if (!a || !b) {
        return a ? a : b;
    }
    struct expr *both = a;
    if (a->node.op != RAGD__V1__FILTER_OP__FILTER_OP_AND) {
        both = expr_new(RAGD__V1__FILTER_OP__FILTER_OP_AND);
        expr_add(both, a);
    }
    expr_add(both, b);
    return both;
}

static size_t count(const struct expr *expr)
{
    size_t n = 1;
    for (const struct expr *arg = expr->first; arg; arg = arg->next) {
        n += count(arg);
    }
    return n;
}

static void flatten(const struct expr *expr, Ragd__V1__Filter *filter)
{
    Ragd__V1__FilterNode *node = pool_alloc(sizeof(*node));
    *node = expr->node;
    node->args = (uint32_t)expr->n_args;
    filter->nodes[filter->n_nodes++] = node;
    for (const struct expr *arg = expr->first; arg; arg = arg->next) {
        flatten(arg, filter);
    }
}

Ragd__V1__Filter *expr_filter(const struct expr *expr)
{
    if (!expr) {
        return NULL;
    }
    Ragd__V1__Filter *filter = pool_alloc(sizeof(*filter));
    ragd__v1__filter__init(filter);
    filter->nodes = pool_alloc(count(expr) * sizeof(*filter->nodes));
    flatten(expr, filter);
    return filter;
}

static Ragd__V1__Scalar *scalar_new(void)
{
    Ragd__V1__Scalar *scalar = pool_alloc(sizeof(*scalar));
    ragd__v1__scalar__init(scalar);
    return scalar;
}

Ragd__V1__Scalar *scalar_text_new(const char *text)
{
    Ragd__V1__Scalar *scalar = scalar_new();
    scalar->kind_case = RAGD__V1__SCALAR__KIND_TEXT;
    scalar->text = (char *)text;
    return scalar;
}

static bool guess_word(const char *text, Ragd__V1__Scalar *scalar)
{
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        scalar->kind_case = RAGD__V1__SCALAR__KIND_BOOLEAN;
        scalar->boolean = text[0] == 't';
        return true;
    }
    if (strcmp(text, "null") == 0) {
        scalar->kind_case = RAGD__V1__SCALAR__KIND_NULL;
        scalar->null = true;
        return true;
    }
    return false;
}

/* Words such as "infinity" or "0x10" are no numbers here. */
static bool looks_numeric(const char *text)
{
    size_t sign = strspn(text, "+-") == 1 ? 1 : 0;
    return text[sign] && strspn(text + sign, "0123456789.eE+-") == strlen(text + sign);
}

Ragd__V1__Scalar *scalar_guess(const char *text)
{
    Ragd__V1__Scalar *scalar = scalar_new();
    if (guess_word(text, scalar)) {
        return scalar;
    }
    char *end;
    errno = 0;
    long long integer = strtoll(text, &end, 10);
    if (looks_numeric(text) && !*end && !errno) {
        scalar->kind_case = RAGD__V1__SCALAR__KIND_INTEGER;
        scalar->integer = integer;
        return scalar;
    }
    double real;
    if (looks_numeric(text) && parse_real(text, &real)) {
        scalar->kind_case = RAGD__V1__SCALAR__KIND_REAL;
        scalar->real = real;
        return scalar;
    }
    return scalar_text_new(text);
}

Ragd__V1__Value *value_of(Ragd__V1__Scalar *scalar)
{
    Ragd__V1__Value *value = pool_alloc(sizeof(*value));
    ragd__v1__value__init(value);
    value->kind_case = RAGD__V1__VALUE__KIND_SCALAR;
    value->scalar = scalar;
    return value;
}

Ragd__V1__Value *value_list(Ragd__V1__Scalar **items, size_t n)
{
    Ragd__V1__Value *value = pool_alloc(sizeof(*value));
    ragd__v1__value__init(value);
    value->kind_case = RAGD__V1__VALUE__KIND_LIST;
    value->list = pool_alloc(sizeof(*value->list));
    ragd__v1__scalar_list__init(value->list);
    value->list->items = items;
    value->list->n_items = n;
    return value;
}

/* A copy with blanks for line ends and the like, so that the caret fits. */
static const char *one_line(const char *text)
{
    char *copy = pool_strdup(text);
    for (char *at = copy; *at; at++) {
        *at = (unsigned char)*at < ' ' ? ' ' : *at;
    }
    return copy;
}

/* The part of text around the column *at that has room on the terminal. */
static const char *part_around(const struct cli *cli, const char *text, size_t *at)
{
    size_t n = strlen(text), skipped = 0;
    size_t room = cli->columns_err > CARET_INDENT ? cli->columns_err - CARET_INDENT : 0;
    if (room == 0 || text_width(text, n) <= room) {
        return text;
    }
    if (*at >= room) {
        text += text_fit(text, n, *at - room / 2, &skipped);
        text = pool_printf("\xE2\x80\xA6%s", text);
        *at = *at - skipped + 1;
    }
    return text_elide(text, room);
}

/* The expression with a caret below the place. */
static int fail_where(const struct cli *cli, const char *text,
                      const struct filter_error *error)
{
    size_t columns = text_width(text, error->at), characters = 1;
    for (size_t at = 0; at < error->at; at++) {
        characters += ((unsigned char)text[at] & 0xC0) != 0x80;
    }
    text = part_around(cli, one_line(text), &columns);
    return fail(cli, &(struct failure){
                         .exit = EXIT_USAGE,
                         .code = "bad_filter",
                         .message = pool_printf("--where: %s", error->what),
                         .why = pool_printf("at character %zu:\n  %s\n  %*s^", characters,
                                            text, (int)columns, ""),
                         .hint = "rag help search",
                     });
}

static int fail_where_json(const struct cli *cli, const struct filter_error *error)
{
    bool path = error->path && error->path[0];
    return fail(cli,
                &(struct failure){.exit = EXIT_USAGE,
                                  .code = "bad_filter",
                                  .message = pool_printf("--where-json: %s", error->what),
                                  .why = path ? pool_printf("at %s", error->path) : NULL,
                                  .hint = "rag help search"});
}

int filter_from_options(const struct cli *cli, Ragd__V1__Filter **out)
{
    struct expr *all = NULL;
    struct filter_error error = {0};
    if (given.where) {
        all = filter_parse(given.where, &error);
        if (!all) {
            return fail_where(cli, given.where, &error);
        }
    }
    if (given.where_json) {
        struct expr *json = filter_parse_json(given.where_json, &error);
        if (error.what[0]) {
            return fail_where_json(cli, &error);
        }
        all = expr_both(all, json);
    }
    for (size_t i = 0; i < given.contains.n; i++) {
        Ragd__V1__Value *text = value_of(scalar_text_new(given.contains.items[i]));
        all = expr_both(all, expr_test(RAGD__V1__FILTER_OP__FILTER_OP_CONTAINS, "", text));
    }
    *out = expr_filter(all);
    return EXIT_DONE;
}
