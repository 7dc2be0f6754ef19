/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "wire/filter.h"

#include <stdbool.h>

#include "wire/values.h"

/* What an operator takes. */
enum operand { NO_VALUE, ANY_SCALAR, ORDERED, TEXT, A_LIST };

struct rule {
    const char *name;
    uint32_t args_least, args_most;
    enum operand operand;
    bool takes_text; /* the empty field, the chunk's own text, is legal */
};

/* By enum ragd_filter_op, whose values the wire shares. */
static const struct rule rules[] = {
    [RAGD_F_AND] = {"and", 1, UINT32_MAX, NO_VALUE, false},
    [RAGD_F_OR] = {"or", 1, UINT32_MAX, NO_VALUE, false},
    [RAGD_F_NOT] = {"not", 1, 1, NO_VALUE, false},
    [RAGD_F_EQ] = {"eq", 0, 0, ANY_SCALAR, false},
    [RAGD_F_NE] = {"ne", 0, 0, ANY_SCALAR, false},
    [RAGD_F_LT] = {"lt", 0, 0, ORDERED, false},
    [RAGD_F_LE] = {"le", 0, 0, ORDERED, false},
    [RAGD_F_GT] = {"gt", 0, 0, ORDERED, false},
    [RAGD_F_GE] = {"ge", 0, 0, ORDERED, false},
    [RAGD_F_IN] = {"in", 0, 0, A_LIST, false},
    [RAGD_F_NIN] = {"nin", 0, 0, A_LIST, false},
    [RAGD_F_EXISTS] = {"exists", 0, 0, NO_VALUE, false},
    [RAGD_F_CONTAINS] = {"contains", 0, 0, ANY_SCALAR, true},
    [RAGD_F_NOT_CONTAINS] = {"not_contains", 0, 0, ANY_SCALAR, true},
    [RAGD_F_PREFIX] = {"prefix", 0, 0, TEXT, false},
};
enum { N_RULES = sizeof(rules) / sizeof(rules[0]) };

static bool operand_fits(const struct rule *rule, const struct ragd_filter_node *node)
{
    uint32_t type = node->val.type;
    bool own_text = rule->takes_text && node->field.n == 0;
    switch (own_text ? TEXT : rule->operand) {
    case NO_VALUE: return type == RAGD_V_NULL;
    case ANY_SCALAR: return type != RAGD_V_LIST;
    case ORDERED: return type == RAGD_V_INT || type == RAGD_V_REAL || type == RAGD_V_STR;
    case TEXT: return type == RAGD_V_STR;
    case A_LIST: return type == RAGD_V_LIST;
    }
    return false;
}

static int node_in(struct arena *arena, const Ragd__V1__FilterNode *in,
                   struct ragd_filter_node *out, struct err *err)
{
    uint32_t op = (uint32_t)in->op;
    if (op >= N_RULES || !rules[op].name) {
        return err_set(err, ERR_INVALID, "unknown operator %u", op);
    }
    const struct rule *rule = &rules[op];
    out->op = op;
    out->n_args = in->args;
    out->field = ragd_cs(in->field);
    if (in->args < rule->args_least || in->args > rule->args_most) {
        return err_set(err, ERR_INVALID, "%s cannot have %u arguments", rule->name,
                       in->args);
    }
    bool logical = rule->args_most > 0;
    if (logical != (out->field.n == 0) && !(rule->takes_text && out->field.n == 0)) {
        return err_set(err, ERR_INVALID, logical ? "%s takes no field" : "%s needs a field",
                       rule->name);
    }
    int rc = value_in(arena, in->value, &out->val, err);
    if (rc != 0) {
        return rc;
    }
    if (!operand_fits(rule, out)) {
        return err_set(err, ERR_INVALID, "%s cannot be asked with such a value",
                       rule->name);
    }
    return 0;
}

/*
 * Whether the nodes are exactly one expression, no deeper than the limit:
 * open[] holds for each level how many arguments are still to come.
 */
static int check_shape(struct arena *arena, struct ragd_filter filter, uint64_t depth_max,
                       struct err *err)
{
    uint64_t *open = arena_calloc(arena, depth_max + 1, sizeof(*open));
    if (!open) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    size_t depth = 0;
    open[0] = 1;
    for (size_t i = 0; i < filter.n; i++) {
        while (depth > 0 && open[depth] == 0) {
            depth--;
        }
        if (open[depth] == 0) {
            return err_set(err, ERR_INVALID, "filter: the expression ends before node %zu",
                           i);
        }
        open[depth]--;
        if (filter.nodes[i].n_args == 0) {
            continue;
        }
        if (depth == depth_max) {
            return err_set(err, ERR_INVALID,
                           "filter: more levels than limits.depth, which is %llu",
                           (unsigned long long)depth_max);
        }
        open[++depth] = filter.nodes[i].n_args;
    }
    while (depth > 0 && open[depth] == 0) {
        depth--;
    }
    return open[depth] == 0 ? 0
                            : err_set(err, ERR_INVALID, "filter: arguments are missing");
}

int filter_in(struct arena *arena, const Ragd__V1__Filter *in, const struct limits *limits,
              struct ragd_filter *out, struct err *err)
{
    size_t n = in ? in->n_nodes : 0;
    if (n == 0) {
        *out = (struct ragd_filter){0};
        return 0;
    }
    if (n > limits->filter_nodes) {
        return err_set(err, ERR_INVALID, "filter of %zu nodes, limits.filter_nodes is %llu",
                       n, (unsigned long long)limits->filter_nodes);
    }
    struct ragd_filter_node *nodes = arena_calloc(arena, n, sizeof(*nodes));
    if (!nodes) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < n; i++) {
        int rc = node_in(arena, in->nodes[i], &nodes[i], err);
        if (rc != 0) {
            err_wrap(err, "filter, node %zu", i);
            return rc;
        }
    }
    struct ragd_filter filter = {nodes, n};
    int rc = check_shape(arena, filter, limits->depth, err);
    if (rc == 0) {
        *out = filter;
    }
    return rc;
}
