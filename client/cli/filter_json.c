/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Chroma's where (and where_document) as JSON. */
#include "filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pool.h"
#include "scalar_json.h"
#include "suggest.h"

#define OP(name) RAGD__V1__FILTER_OP__FILTER_OP_##name

struct op_row {
    const char *key;
    Ragd__V1__FilterOp op;
    enum { TAKES_SCALAR, TAKES_LIST, TAKES_BOOL, TAKES_STRING } takes;
};

static const struct op_row OPS[] = {
    {"$eq", OP(EQ), TAKES_SCALAR},
    {"$ne", OP(NE), TAKES_SCALAR},
    {"$gt", OP(GT), TAKES_SCALAR},
    {"$gte", OP(GE), TAKES_SCALAR},
    {"$lt", OP(LT), TAKES_SCALAR},
    {"$lte", OP(LE), TAKES_SCALAR},
    {"$in", OP(IN), TAKES_LIST},
    {"$nin", OP(NIN), TAKES_LIST},
    {"$contains", OP(CONTAINS), TAKES_SCALAR},
    {"$not_contains", OP(NOT_CONTAINS), TAKES_SCALAR},
    {"$prefix", OP(PREFIX), TAKES_STRING},
    {"$exists", OP(EXISTS), TAKES_BOOL},
};

struct reader {
    struct filter_error *error;
    int depth;
};

static struct expr *wrong(struct reader *reader, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static struct expr *wrong(struct reader *reader, const char *path, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(reader->error->what, sizeof(reader->error->what), fmt, args);
    va_end(args);
    reader->error->path = path;
    return NULL;
}

static const char *below(const char *path, const char *key)
{
    return path[0] ? pool_printf("%s.%s", path, key) : pool_strdup(key);
}

static struct expr *read_list(struct reader *reader, const char *path,
                              const struct op_row *row, const char *field, json_t *json)
{
    size_t n = json_array_size(json);
    if (!json_is_array(json)) {
        return wrong(reader, path, "%s needs an array", row->key);
    }
    Ragd__V1__Scalar **items = pool_alloc(n * sizeof(*items));
    for (size_t i = 0; i < n; i++) {
        items[i] = scalar_of_json(json_array_get(json, i));
        if (!items[i]) {
            return wrong(reader, pool_printf("%s[%zu]", path, i),
                         "only strings, numbers, booleans and null can be compared");
        }
    }
    return expr_test(row->op, field, value_list(items, n));
}

static struct expr *read_test(struct reader *reader, const char *path,
                              const struct op_row *row, const char *field, json_t *json)
{
    if (row->takes == TAKES_LIST) {
        return read_list(reader, path, row, field, json);
    }
    if (row->takes == TAKES_BOOL) {
        if (!json_is_boolean(json)) {
            return wrong(reader, path, "%s needs true or false", row->key);
        }
        struct expr *exists = expr_test(row->op, field, NULL);
        if (json_is_true(json)) {
            return exists;
        }
        struct expr *negated = expr_new(OP(NOT));
        expr_add(negated, exists);
        return negated;
    }
    bool text_only = row->takes == TAKES_STRING || !field[0];
    Ragd__V1__Scalar *scalar = scalar_of_json(json);
    if (!scalar || (text_only && !json_is_string(json))) {
        return wrong(reader, path, "%s needs %s", row->key,
                     text_only ? "a string" : "a string, a number, a boolean or null");
    }
    return expr_test(row->op, field, value_of(scalar));
}

static const struct op_row *find_op(const char *key)
{
    for (size_t i = 0; i < sizeof(OPS) / sizeof(OPS[0]); i++) {
        if (strcmp(OPS[i].key, key) == 0) {
            return &OPS[i];
        }
    }
    return NULL;
}

static struct expr *unknown_op(struct reader *reader, const char *path, const char *key)
{
    struct suggest suggest;
    suggest_init(&suggest, key, strlen(key));
    for (size_t i = 0; i < sizeof(OPS) / sizeof(OPS[0]); i++) {
        suggest_try(&suggest, OPS[i].key);
    }
    suggest_try(&suggest, "$and");
    suggest_try(&suggest, "$or");
    return wrong(reader, path, "unknown operator '%s'%s%s%s", key,
                 suggest.best ? " \xE2\x80\x93 did you mean '" : "",
                 suggest.best ? suggest.best : "", suggest.best ? "'?" : "");
}

/* {"$gt": 1, "$lt": 5} of a field, or a bare value. */
static struct expr *read_field(struct reader *reader, const char *path, const char *field,
                               json_t *json)
{
    static const struct op_row EQ = {"$eq", OP(EQ), TAKES_SCALAR};
    if (!json_is_object(json)) {
        return read_test(reader, path, &EQ, field, json);
    }
    struct expr *all = NULL;
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        const struct op_row *row = find_op(key);
        const char *place = below(path, key);
        struct expr *test = row ? read_test(reader, place, row, field, value)
                                : unknown_op(reader, place, key);
        if (!test) {
            return NULL;
        }
        all = expr_both(all, test);
    }
    return all ? all : wrong(reader, path, "no operator: {\"$eq\": value} or a value");
}

static struct expr *read_where(struct reader *reader, const char *path, json_t *json);

/* An empty condition matches everything: in $and it is left out, in $or it
 * decides, so it is refused there. */
static struct expr *read_branches(struct reader *reader, const char *path,
                                  Ragd__V1__FilterOp op, json_t *json)
{
    if (!json_is_array(json) || json_array_size(json) == 0) {
        return wrong(reader, path, "needs an array of conditions");
    }
    struct expr *all = expr_new(op);
    for (size_t i = 0; i < json_array_size(json); i++) {
        const char *place = pool_printf("%s[%zu]", path, i);
        struct expr *arg = read_where(reader, place, json_array_get(json, i));
        if (!arg) {
            return reader->error->what[0] ? NULL
                                          : wrong(reader, place, "an empty condition");
        }
        expr_add(all, arg);
    }
    return all->n_args == 1 ? all->first : all;
}

static struct expr *read_member(struct reader *reader, const char *place, const char *key,
                                json_t *value)
{
    if (strcmp(key, "$and") == 0) {
        return read_branches(reader, place, OP(AND), value);
    }
    if (strcmp(key, "$or") == 0) {
        return read_branches(reader, place, OP(OR), value);
    }
    if (strcmp(key, "$contains") == 0 || strcmp(key, "$not_contains") == 0) {
        return read_test(reader, place, find_op(key), "", value);
    }
    if (strcmp(key, "#document") == 0) {
        return read_field(reader, place, "", value);
    }
    if (key[0] == '$') {
        return unknown_op(reader, place, key);
    }
    return key[0] ? read_field(reader, place, pool_strdup(key), value)
                  : wrong(reader, place, "the name of a field is empty");
}

static struct expr *read_where(struct reader *reader, const char *path, json_t *json)
{
    if (!json_is_object(json)) {
        return wrong(reader, path, "needs an object");
    }
    if (reader->depth++ >= FILTER_LEVELS_MAX) {
        return wrong(reader, path, "more than %d levels, rag reads no deeper",
                     FILTER_LEVELS_MAX);
    }
    struct expr *all = NULL;
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        struct expr *next = read_member(reader, below(path, key), key, value);
        if (!next) {
            return NULL;
        }
        all = expr_both(all, next);
    }
    reader->depth--;
    return all;
}

struct expr *filter_parse_json(const char *text, struct filter_error *error)
{
    *error = (struct filter_error){0};
    struct reader reader = {.error = error};
    json_error_t why;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    if (!json) {
        return wrong(&reader, pool_printf("column %d", why.column), "%s", why.text);
    }
    struct expr *expr = read_where(&reader, "", json);
    json_decref(json);
    return expr;
}
