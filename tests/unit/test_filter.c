/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Filters from the wire: which expressions are taken, and which are refused. */
#include "support/test.h"
#include "wire/filter.h"

enum { NODES_MAX = 64 };

static struct limits limits;
static struct arena arena;
static Ragd__V1__FilterNode nodes[NODES_MAX];
static Ragd__V1__FilterNode *list[NODES_MAX];
static Ragd__V1__Value value_of_text, value_of_number, value_of_list, value_of_flag;
static Ragd__V1__Scalar text, number, flag, *items[] = {&text, &text};
static Ragd__V1__ScalarList scalars;
static size_t n_nodes;

static void put_scalar(Ragd__V1__Value *value, Ragd__V1__Scalar *scalar,
                       Ragd__V1__Scalar__KindCase kind)
{
    ragd__v1__value__init(value);
    ragd__v1__scalar__init(scalar);
    scalar->kind_case = kind;
    value->kind_case = RAGD__V1__VALUE__KIND_SCALAR;
    value->scalar = scalar;
}

static int set_up(void **state)
{
    (void)state;
    limits_defaults(&limits);
    arena_init(&arena, 0);
    put_scalar(&value_of_text, &text, RAGD__V1__SCALAR__KIND_TEXT);
    text.text = "x";
    put_scalar(&value_of_number, &number, RAGD__V1__SCALAR__KIND_INTEGER);
    number.integer = 7;
    put_scalar(&value_of_flag, &flag, RAGD__V1__SCALAR__KIND_BOOLEAN);
    ragd__v1__scalar_list__init(&scalars);
    scalars.n_items = 2;
    scalars.items = items;
    ragd__v1__value__init(&value_of_list);
    value_of_list.kind_case = RAGD__V1__VALUE__KIND_LIST;
    value_of_list.list = &scalars;
    n_nodes = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void node(uint32_t op, uint32_t args, const char *field, Ragd__V1__Value *value)
{
    Ragd__V1__FilterNode *at = &nodes[n_nodes];
    assert_true(n_nodes < NODES_MAX);
    ragd__v1__filter_node__init(at);
    at->op = (Ragd__V1__FilterOp)op;
    at->args = args;
    at->field = (char *)field;
    at->value = value;
    list[n_nodes++] = at;
}

/* Takes the nodes so far and begins anew; the error's row. */
static enum err_id take(struct ragd_filter *out, struct err *err)
{
    Ragd__V1__Filter filter = RAGD__V1__FILTER__INIT;
    filter.n_nodes = n_nodes;
    filter.nodes = list;
    *out = (struct ragd_filter){NULL, 77};
    *err = (struct err){0};
    int rc = filter_in(&arena, &filter, &limits, out, err);
    n_nodes = 0;
    assert_true(rc == 0 || out->n == 77);
    return rc ? err->id : ERR_NONE;
}

static enum err_id one(uint32_t op, uint32_t args, const char *field,
                       Ragd__V1__Value *value)
{
    struct ragd_filter out;
    struct err err;
    node(op, args, field, value);
    return take(&out, &err);
}

static void no_filter_matches_everything(void **state)
{
    (void)state;
    struct ragd_filter out = {NULL, 77};
    struct err err;
    assert_ok(filter_in(&arena, NULL, &limits, &out, &err), &err);
    assert_int_equal(out.n, 0);
    assert_int_equal(take(&out, &err), ERR_NONE);
    assert_int_equal(out.n, 0);
}

static void an_expression_is_taken_as_it_stands(void **state)
{
    (void)state;
    struct ragd_filter out;
    struct err err;
    node(RAGD_F_OR, 2, "", NULL);
    node(RAGD_F_EQ, 0, "lang", &value_of_text);
    node(RAGD_F_NOT, 1, "", NULL);
    node(RAGD_F_GE, 0, "year", &value_of_number);
    assert_int_equal(take(&out, &err), ERR_NONE);
    assert_int_equal(out.n, 4);
    assert_int_equal(out.nodes[0].n_args, 2);
    assert_str_equal(out.nodes[1].field, "lang");
    assert_int_equal(out.nodes[3].val.u.i, 7);
}

static void every_operator_takes_its_operand_and_no_other(void **state)
{
    (void)state;
    Ragd__V1__Value *const values[] = {NULL, &value_of_text, &value_of_number,
                                       &value_of_list, &value_of_flag};
    static const struct {
        uint32_t op;
        const char *fits; /* one letter for each of values: y or n */
    } rows[] = {
        {RAGD_F_EQ, "yyyny"},     {RAGD_F_NE, "yyyny"},       {RAGD_F_LT, "nyynn"},
        {RAGD_F_LE, "nyynn"},     {RAGD_F_GT, "nyynn"},       {RAGD_F_GE, "nyynn"},
        {RAGD_F_IN, "nnnyn"},     {RAGD_F_NIN, "nnnyn"},      {RAGD_F_EXISTS, "ynnnn"},
        {RAGD_F_PREFIX, "nynnn"}, {RAGD_F_CONTAINS, "yyyny"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t k = 0; k < 5; k++) {
            enum err_id id = one(rows[i].op, 0, "f", values[k]);
            assert_int_equal(id, rows[i].fits[k] == 'y' ? ERR_NONE : ERR_INVALID);
        }
    }
}

static void only_contains_looks_into_the_text_itself(void **state)
{
    (void)state;
    assert_int_equal(one(RAGD_F_CONTAINS, 0, "", &value_of_text), ERR_NONE);
    assert_int_equal(one(RAGD_F_NOT_CONTAINS, 0, "", &value_of_text), ERR_NONE);
    assert_int_equal(one(RAGD_F_CONTAINS, 0, "", &value_of_number), ERR_INVALID);
    assert_int_equal(one(RAGD_F_EQ, 0, "", &value_of_text), ERR_INVALID);
}

static void unknown_operators_are_refused(void **state)
{
    (void)state;
    assert_int_equal(one(0, 0, "f", NULL), ERR_INVALID);
    assert_int_equal(one(16, 0, "f", NULL), ERR_INVALID);
    assert_int_equal(one(UINT32_MAX, 0, "f", NULL), ERR_INVALID);
}

static void arguments_are_counted(void **state)
{
    (void)state;
    struct ragd_filter out;
    struct err err;
    assert_int_equal(one(RAGD_F_AND, 0, "", NULL), ERR_INVALID);
    assert_int_equal(one(RAGD_F_EQ, 1, "f", &value_of_text), ERR_INVALID);
    assert_int_equal(one(RAGD_F_NOT, 2, "", NULL), ERR_INVALID);
    assert_int_equal(one(RAGD_F_AND, 1, "", NULL), ERR_INVALID); /* missing */
    assert_int_equal(one(RAGD_F_AND, UINT32_MAX, "", NULL), ERR_INVALID);
    node(RAGD_F_EXISTS, 0, "a", NULL);
    node(RAGD_F_EXISTS, 0, "b", NULL); /* one too many */
    assert_int_equal(take(&out, &err), ERR_INVALID);
    assert_contains(err.msg, "before node 1");
}

static void nesting_is_judged_at_the_bound(void **state)
{
    (void)state;
    struct ragd_filter out;
    struct err err;
    for (uint32_t depth = 31; depth <= 33; depth++) {
        for (uint32_t i = 0; i < depth; i++) {
            node(RAGD_F_NOT, 1, "", NULL);
        }
        node(RAGD_F_EXISTS, 0, "f", NULL);
        assert_int_equal(take(&out, &err), depth <= 32 ? ERR_NONE : ERR_INVALID);
    }
    assert_contains(err.msg, "limits.depth, which is 32");
}

static void a_long_expression_is_judged_at_the_bound(void **state)
{
    (void)state;
    struct ragd_filter out;
    struct err err;
    limits.filter_nodes = 10;
    for (uint32_t n = 9; n <= 11; n++) {
        node(RAGD_F_AND, n - 1, "", NULL);
        for (uint32_t i = 1; i < n; i++) {
            node(RAGD_F_EXISTS, 0, "f", NULL);
        }
        assert_int_equal(take(&out, &err), n <= 10 ? ERR_NONE : ERR_INVALID);
    }
}

#define FILTER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILTER_TEST(no_filter_matches_everything),
        FILTER_TEST(an_expression_is_taken_as_it_stands),
        FILTER_TEST(every_operator_takes_its_operand_and_no_other),
        FILTER_TEST(only_contains_looks_into_the_text_itself),
        FILTER_TEST(unknown_operators_are_refused),
        FILTER_TEST(arguments_are_counted),
        FILTER_TEST(nesting_is_judged_at_the_bound),
        FILTER_TEST(a_long_expression_is_judged_at_the_bound),
    };
    return RUN_TESTS(tests);
}
