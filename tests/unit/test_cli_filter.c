/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* --where and --where-json, compared by what they make, in prefix form. */
#include <stdio.h>

#include "support/test.h"

#include "filter.h"
#include "pool.h"
#include "show.h"

static struct filter_error error;

static int release(void **state)
{
    (void)state;
    pool_release();
    return 0;
}

/* "and(eq(a,1),not(exists(b)))"; strings are quoted. */
static const char *shown(const struct expr *expr)
{
    static const char *const NAMES[] = {"?",      "and",      "or",        "not",
                                        "eq",     "ne",       "lt",        "le",
                                        "gt",     "ge",       "in",        "nin",
                                        "exists", "contains", "ncontains", "prefix"};
    const char *args = "";
    for (const struct expr *arg = expr->first; arg; arg = arg->next) {
        args = pool_printf("%s%s%s", args, args[0] ? "," : "", shown(arg));
    }
    if (expr->n_args == 0) {
        const Ragd__V1__Value *value = expr->node.value;
        bool quoted = value && value->kind_case == RAGD__V1__VALUE__KIND_SCALAR &&
                      value->scalar->kind_case == RAGD__V1__SCALAR__KIND_TEXT;
        args = pool_printf("%s%s%s%s%s", expr->node.field, value ? "," : "",
                           quoted ? "'" : "", value ? value_text(value) : "",
                           quoted ? "'" : "");
    }
    return pool_printf("%s(%s)", NAMES[expr->node.op], args);
}

static void assert_where(const char *text, const char *want)
{
    struct expr *expr = filter_parse(text, &error);
    if (!expr) {
        fail_msg("%s: %s at %zu", text, error.what, error.at);
    }
    assert_string_equal(shown(expr), want);
}

static void assert_json(const char *text, const char *want)
{
    struct expr *expr = filter_parse_json(text, &error);
    if (!expr) {
        fail_msg("%s: %s at %s", text, error.what, error.path);
    }
    assert_string_equal(shown(expr), want);
}

static void comparisons_are_read(void **state)
{
    (void)state;
    assert_where("a = 1", "eq(a,1)");
    assert_where("a!='x'", "ne(a,'x')");
    assert_where("a<1.5", "lt(a,1.5)");
    assert_where("a >= -2", "ge(a,-2)");
    assert_where("a ~ \"x y\"", "contains(a,'x y')");
    assert_where("a !~ x", "ncontains(a,'x')");
    assert_where("a ^= 'pre'", "prefix(a,'pre')");
    assert_where("a in (1, 'b', true)", "in(a,1, b, true)");
    assert_where("a not in (1)", "nin(a,1)");
    assert_where("a in ()", "in(a,)");
    assert_where("exists a", "exists(a)");
    assert_where("a exists", "exists(a)");
}

static void values_have_types(void **state)
{
    (void)state;
    assert_where("a = true", "eq(a,true)");
    assert_where("a = 'true'", "eq(a,'true')");
    assert_where("a = null", "eq(a,null)");
    assert_where("a = 2023-01-01", "eq(a,'2023-01-01')");
    assert_where("a = infinity", "eq(a,'infinity')");
    assert_where("a = 0x10", "eq(a,'0x10')");
    assert_where("a = 1e3", "eq(a,1000)");
    assert_where("a = 9223372036854775807", "eq(a,9223372036854775807)");
}

static void quotes_keep_what_is_in_them(void **state)
{
    (void)state;
    assert_where("`a b` = 'it''s'", "eq(a b,'it's')");
    assert_where("a = \"x\\\"y\"", "eq(a,'x\"y')");
    assert_where("年 = '二〇二三'", "eq(年,'二〇二三')");
}

static void and_binds_tighter_than_or(void **state)
{
    (void)state;
    assert_where("a=1 or b=2 and c=3", "or(eq(a,1),and(eq(b,2),eq(c,3)))");
    assert_where("(a=1 or b=2) and c=3", "and(or(eq(a,1),eq(b,2)),eq(c,3))");
    assert_where("not a=1 and b=2 AND c=3", "and(not(eq(a,1)),eq(b,2),eq(c,3))");
}

static void text_of_the_chunk_has_its_own_name(void **state)
{
    (void)state;
    assert_where("@text ~ 'x'", "contains(,'x')");
    assert_null(filter_parse("@text = 'x'", &error));
    assert_null(filter_parse("@text ~ 1", &error));
}

static void mistakes_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
    } BAD[] = {
        {"", 0},        {"a", 1},         {"a =", 3},        {"a = 1 b", 6}, {"(a = 1", 6},
        {"a in 1", 5},  {"a = 'x", 4},    {"a in (1 2)", 8}, {"= 1", 0},     {"a ! 1", 2},
        {"'a' = 1", 0}, {"a = 1 and", 9}, {"not", 3},        {"a ^= 1", 5},  {"a not 1", 6},
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        assert_null(filter_parse(BAD[i].text, &error));
        if (error.at != BAD[i].at || !error.what[0]) {
            fail_msg("%s: at %zu, not %zu", BAD[i].text, error.at, BAD[i].at);
        }
    }
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    char deep[2 * FILTER_LEVELS_MAX + 16] = "";
    memset(deep, '(', FILTER_LEVELS_MAX + 1);
    assert_null(filter_parse(deep, &error));
    assert_non_null(strstr(error.what, "levels"));
}

static void prefix_order_counts_arguments(void **state)
{
    (void)state;
    Ragd__V1__Filter *filter =
        expr_filter(filter_parse("a=1 and (b=2 or not c=3)", &error));
    static const uint32_t ARGS[] = {2, 0, 2, 0, 1, 0};
    assert_int_equal(filter->n_nodes, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(filter->nodes[i]->args, ARGS[i]);
    }
}

static void chroma_conditions_are_read(void **state)
{
    (void)state;
    assert_json("{\"a\": 1}", "eq(a,1)");
    assert_json("{\"a\": \"x\", \"b\": true}", "and(eq(a,'x'),eq(b,true))");
    assert_json("{\"a\": {\"$gt\": 1, \"$lte\": 2.5}}", "and(gt(a,1),le(a,2.5))");
    assert_json("{\"$or\": [{\"a\": 1}, {\"b\": {\"$in\": [1, 2]}}]}",
                "or(eq(a,1),in(b,1, 2))");
    assert_json("{\"$and\": [{\"a\": 1}, {\"b\": {\"$ne\": 2}}]}", "and(eq(a,1),ne(b,2))");
    assert_json("{\"$contains\": \"x\"}", "contains(,'x')");
    assert_json("{\"a\": {\"$exists\": false}}", "not(exists(a))");
}

static void empty_condition_is_none(void **state)
{
    (void)state;
    assert_null(filter_parse_json("{}", &error));
    assert_string_equal(error.what, "");
}

static void mistakes_in_json_have_a_path(void **state)
{
    (void)state;
    static const char *const BAD[][2] = {
        {"{\"$and\": [{\"a\": 1}, {\"year\": {\"$gtt\": 1}}]}", "$and[1].year.$gtt"},
        {"{\"a\": {\"$in\": 1}}", "a.$in"},
        {"{\"a\": {\"$in\": [[1]]}}", "a.$in[0]"},
        {"{\"a\": [1]}", "a"},
        {"{\"a\": {}}", "a"},
        {"{\"$or\": {}}", "$or"},
        {"{\"$or\": [{}]}", "$or[0]"},
        {"[1]", ""},
        {"{\"$contains\": 1}", "$contains"},
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        assert_null(filter_parse_json(BAD[i][0], &error));
        assert_true(error.what[0] != '\0');
        assert_string_equal(error.path, BAD[i][1]);
    }
    assert_null(filter_parse_json("{", &error));
    assert_true(error.what[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_are_read),
        cmocka_unit_test(values_have_types),
        cmocka_unit_test(quotes_keep_what_is_in_them),
        cmocka_unit_test(and_binds_tighter_than_or),
        cmocka_unit_test(text_of_the_chunk_has_its_own_name),
        cmocka_unit_test(mistakes_have_a_place),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(prefix_order_counts_arguments),
        cmocka_unit_test(chroma_conditions_are_read),
        cmocka_unit_test(empty_condition_is_none),
        cmocka_unit_test(mistakes_in_json_have_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
