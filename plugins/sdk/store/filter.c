/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/store/filter.h"

#include <string.h>

static bool is_group(uint32_t op)
{
    return op == RAGD_F_AND || op == RAGD_F_OR || op == RAGD_F_NOT;
}

static bool wants_list(uint32_t op)
{
    return op == RAGD_F_IN || op == RAGD_F_NIN;
}

static bool wants_string(uint32_t op)
{
    return op == RAGD_F_PREFIX;
}

static const char *leaf_fault(const struct ragd_filter_node *node)
{
    bool contains = node->op == RAGD_F_CONTAINS || node->op == RAGD_F_NOT_CONTAINS;
    if (node->n_args != 0) {
        return "A comparison has no arguments.";
    }
    if (node->field.n == 0 && !contains) {
        return "Only contains and not_contains work on a chunk's text (the empty field).";
    }
    if (node->field.n == 0 && node->val.type != RAGD_V_STR) {
        return "A chunk's text can only contain a string.";
    }
    if (node->op == RAGD_F_EXISTS) {
        return NULL;
    }
    if (wants_list(node->op) != (node->val.type == RAGD_V_LIST)) {
        return "A list is the operand of in and not_in, and of nothing else.";
    }
    if (wants_string(node->op) && node->val.type != RAGD_V_STR) {
        return "A prefix is a string.";
    }
    return NULL;
}

/* Checks the expression at *at and moves behind it. */
static ragd_status check(const struct ragd_filter *filter, size_t *at, unsigned depth,
                         const char **why)
{
    if (*at >= filter->n) {
        *why = "The filter ends before its last argument.";
        return RAGD_E_ARG;
    }
    if (depth > FILTER_DEPTH_MAX) {
        *why = "The filter is nested too deep.";
        return RAGD_E_ARG;
    }
    const struct ragd_filter_node *node = &filter->nodes[(*at)++];
    if (node->op < RAGD_F_AND || node->op > RAGD_F_PREFIX) {
        *why = "The filter has an operator that this store does not know.";
        return RAGD_E_UNSUPPORTED;
    }
    if (!is_group(node->op)) {
        *why = leaf_fault(node);
        return *why ? RAGD_E_ARG : RAGD_OK;
    }
    if (node->n_args == 0 || (node->op == RAGD_F_NOT && node->n_args != 1)) {
        *why = "And and or have at least one argument, not has exactly one.";
        return RAGD_E_ARG;
    }
    for (uint32_t i = 0; i < node->n_args; i++) {
        ragd_status status = check(filter, at, depth + 1, why);
        if (status != RAGD_OK) {
            return status;
        }
    }
    return RAGD_OK;
}

ragd_status filter_check(const struct ragd_filter *filter, const char **why)
{
    if (filter->n == 0) {
        return RAGD_OK;
    }
    size_t at = 0;
    ragd_status status = check(filter, &at, 1, why);
    if (status == RAGD_OK && at != filter->n) {
        *why = "Something follows the end of the filter.";
        status = RAGD_E_ARG;
    }
    return status;
}

static const struct ragd_value *find(struct ragd_kvs meta, struct ragd_str field)
{
    for (size_t i = 0; i < meta.n; i++) {
        if (meta.p[i].key.n == field.n && memcmp(meta.p[i].key.p, field.p, field.n) == 0) {
            return &meta.p[i].val;
        }
    }
    return NULL;
}

static int compare_int_real(int64_t i, double d)
{
    /* 2^63 is exact as a double; within these bounds the cast is, too. */
    if (d >= 9223372036854775808.0) {
        return -1;
    }
    if (d < -9223372036854775808.0) {
        return 1;
    }
    int64_t whole = (int64_t)d;
    if (i != whole) {
        return i < whole ? -1 : 1;
    }
    double rest = d - (double)whole;
    return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

static int compare_str(struct ragd_str a, struct ragd_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    /* The order of UTF-8's bytes is the order of its code points. */
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static bool is_number(const struct ragd_value *v)
{
    return v->type == RAGD_V_INT || v->type == RAGD_V_REAL;
}

static int compare_numbers(const struct ragd_value *a, const struct ragd_value *b)
{
    if (a->type == RAGD_V_INT) {
        return b->type == RAGD_V_INT ? (a->u.i > b->u.i) - (a->u.i < b->u.i)
                                     : compare_int_real(a->u.i, b->u.d);
    }
    return b->type == RAGD_V_REAL ? (a->u.d > b->u.d) - (a->u.d < b->u.d)
                                  : -compare_int_real(b->u.i, a->u.d);
}

/* Whether two scalars have an order, and which. */
static bool compare(const struct ragd_value *a, const struct ragd_value *b, int *order)
{
    if (is_number(a) && is_number(b)) {
        *order = compare_numbers(a, b);
        return true;
    }
    if (a->type == RAGD_V_STR && b->type == RAGD_V_STR) {
        *order = compare_str(a->u.s, b->u.s);
        return true;
    }
    return false;
}

static bool equal(const struct ragd_value *a, const struct ragd_value *b)
{
    int order;
    if (compare(a, b, &order)) {
        return order == 0;
    }
    if (a->type != b->type) {
        return false;
    }
    return a->type == RAGD_V_BOOL ? (a->u.i != 0) == (b->u.i != 0) : a->type == RAGD_V_NULL;
}

static bool has_substring(struct ragd_str text, struct ragd_str part)
{
    return part.n == 0 || (text.n && memmem(text.p, text.n, part.p, part.n));
}

static bool scalar_contains(const struct ragd_value *v, const struct ragd_value *part)
{
    if (v->type == RAGD_V_STR && part->type == RAGD_V_STR) {
        return has_substring(v->u.s, part->u.s);
    }
    return false;
}

/* An element that is no string contains exactly itself. */
static bool element_contains(const struct ragd_value *v, const struct ragd_value *part)
{
    return v->type == RAGD_V_STR ? scalar_contains(v, part) : equal(v, part);
}

static bool scalar_in(const struct ragd_value *v, const struct ragd_value *list)
{
    for (size_t i = 0; i < list->u.list.n; i++) {
        if (equal(v, &list->u.list.p[i])) {
            return true;
        }
    }
    return false;
}

typedef bool test_fn(const struct ragd_value *v, const struct ragd_value *operand);

static bool any_element(const struct ragd_value *v, const struct ragd_value *operand,
                        test_fn *test)
{
    for (size_t i = 0; i < v->u.list.n; i++) {
        if (test(&v->u.list.p[i], operand)) {
            return true;
        }
    }
    return false;
}

static bool test_value(const struct ragd_value *v, const struct ragd_value *operand,
                       test_fn *scalar, test_fn *element)
{
    return v->type == RAGD_V_LIST ? any_element(v, operand, element) : scalar(v, operand);
}

static bool in_order(uint32_t op, const struct ragd_value *v,
                     const struct ragd_value *operand)
{
    int order;
    if (!compare(v, operand, &order)) {
        return false;
    }
    switch (op) {
    case RAGD_F_LT: return order < 0;
    case RAGD_F_LE: return order <= 0;
    case RAGD_F_GT: return order > 0;
    default: return order >= 0;
    }
}

static bool has_prefix(const struct ragd_value *v, const struct ragd_value *prefix)
{
    return v->type == RAGD_V_STR && v->u.s.n >= prefix->u.s.n &&
           (prefix->u.s.n == 0 || memcmp(v->u.s.p, prefix->u.s.p, prefix->u.s.n) == 0);
}

static bool match_present(uint32_t op, const struct ragd_value *v,
                          const struct ragd_value *operand)
{
    switch (op) {
    case RAGD_F_EQ: return test_value(v, operand, equal, equal);
    case RAGD_F_NE: return !test_value(v, operand, equal, equal);
    case RAGD_F_IN: return test_value(v, operand, scalar_in, scalar_in);
    case RAGD_F_NIN: return !test_value(v, operand, scalar_in, scalar_in);
    case RAGD_F_EXISTS: return true;
    case RAGD_F_CONTAINS: return test_value(v, operand, scalar_contains, element_contains);
    case RAGD_F_NOT_CONTAINS:
        return !test_value(v, operand, scalar_contains, element_contains);
    case RAGD_F_PREFIX: return has_prefix(v, operand);
    default: return in_order(op, v, operand);
    }
}

static bool match_leaf(const struct ragd_filter_node *node, struct ragd_kvs meta,
                       struct ragd_str text)
{
    bool negative = node->op == RAGD_F_NE || node->op == RAGD_F_NIN ||
                    node->op == RAGD_F_NOT_CONTAINS;
    if (node->field.n == 0) {
        return has_substring(text, node->val.u.s) != negative;
    }
    const struct ragd_value *v = find(meta, node->field);
    return v ? match_present(node->op, v, &node->val) : negative;
}

/* All arguments are walked, also when the result is known: *at has to end up
 * behind them. */
static bool match(const struct ragd_filter_node *nodes, size_t *at, struct ragd_kvs meta,
                  struct ragd_str text)
{
    const struct ragd_filter_node *node = &nodes[(*at)++];
    if (!is_group(node->op)) {
        return match_leaf(node, meta, text);
    }
    bool all = true, any = false;
    for (uint32_t i = 0; i < node->n_args; i++) {
        bool one = match(nodes, at, meta, text);
        all = all && one;
        any = any || one;
    }
    return node->op == RAGD_F_AND ? all : node->op == RAGD_F_OR ? any : !any;
}

bool filter_match(const struct ragd_filter *filter, struct ragd_kvs meta,
                  struct ragd_str text)
{
    size_t at = 0;
    return filter->n == 0 || match(filter->nodes, &at, meta, text);
}
