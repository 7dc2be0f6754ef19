/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What stores share: filters, distances, rankings. */
#include "store_model.h"

#include <math.h>

#include "sdk/store/distance.h"
#include "sdk/store/filter.h"
#include "sdk/store/ranking.h"

static bool matches(const struct ragd_filter_node *nodes, size_t n, struct ragd_value field)
{
    const struct ragd_kv kv = {ragd_cs("f"), field};
    const struct ragd_filter filter = {nodes, n};
    const char *why = NULL;
    assert_int_equal(filter_check(&filter, &why), RAGD_OK);
    return filter_match(&filter, (struct ragd_kvs){&kv, 1}, ragd_cs("The text"));
}

static struct ragd_filter_node leaf(uint32_t op, struct ragd_value val)
{
    return (struct ragd_filter_node){.op = op, .field = ragd_cs("f"), .val = val};
}

static struct ragd_value of_int(int64_t i)
{
    return (struct ragd_value){.type = RAGD_V_INT, .u.i = i};
}

static struct ragd_value of_real(double d)
{
    return (struct ragd_value){.type = RAGD_V_REAL, .u.d = d};
}

static struct ragd_value of_str(const char *s)
{
    return (struct ragd_value){.type = RAGD_V_STR, .u.s = ragd_cs(s)};
}

static void ints_and_reals_compare_without_rounding(void **state)
{
    (void)state;
    const int64_t odd = (1ll << 53) + 1;
    struct ragd_filter_node eq = leaf(RAGD_F_EQ, of_real(9007199254740992.0));
    assert_false(matches(&eq, 1, of_int(odd)));
    assert_true(matches(&eq, 1, of_int(odd - 1)));
    struct ragd_filter_node lt = leaf(RAGD_F_LT, of_real(1.5));
    assert_true(matches(&lt, 1, of_int(1)));
    assert_false(matches(&lt, 1, of_int(2)));
    struct ragd_filter_node huge = leaf(RAGD_F_LT, of_real(9223372036854775808.0));
    assert_true(matches(&huge, 1, of_int(INT64_MAX)));
}

static void a_string_is_never_a_number(void **state)
{
    (void)state;
    struct ragd_filter_node eq = leaf(RAGD_F_EQ, of_str("1")),
                            ne = leaf(RAGD_F_NE, of_str("1"));
    struct ragd_filter_node lt = leaf(RAGD_F_LT, of_str("2"));
    assert_false(matches(&eq, 1, of_int(1)));
    assert_true(matches(&ne, 1, of_int(1)));
    assert_false(matches(&lt, 1, of_int(1)));
}

static void strings_order_by_code_point(void **state)
{
    (void)state;
    struct ragd_filter_node lt = leaf(RAGD_F_LT, of_str("\xf0\x9f\x9a\xa2"));
    assert_true(matches(&lt, 1, of_str("\xef\xbf\xbd")));
    assert_true(matches(&lt, 1, of_str("")));
}

static void agrees_with_another_evaluator_on_random_trees(void **state)
{
    (void)state;
    struct draw draw = {.state = 987654321};
    struct ragd_filter_node nodes[64];
    struct ragd_value values[256];
    struct model_record rec = {.text = "ab \xc3\xa9 10"};
    unsigned held = 0;
    for (int i = 0; i < 50000; i++) {
        struct ragd_filter filter = {nodes, draw_filter(&draw, nodes, values)};
        const char *why = "";
        rec.n_meta = draw_meta(&draw, rec.meta);
        if (filter_check(&filter, &why) != RAGD_OK) {
            fail_msg("%s", why);
        }
        bool want = model_matches(&filter, &rec);
        bool got = filter_match(&filter, (struct ragd_kvs){rec.meta, rec.n_meta},
                                ragd_cs(rec.text));
        assert_int_equal(got, want);
        held += want;
    }
    assert_in_range(held, 5000, 45000);
}

static void cut_and_overlong_filters_are_refused(void **state)
{
    (void)state;
    struct ragd_filter_node nodes[FILTER_DEPTH_MAX + 2];
    const char *why = NULL;
    for (size_t i = 0; i <= FILTER_DEPTH_MAX; i++) {
        nodes[i] = (struct ragd_filter_node){.op = RAGD_F_NOT, .n_args = 1};
    }
    nodes[FILTER_DEPTH_MAX + 1] = leaf(RAGD_F_EXISTS, of_int(0));
    struct ragd_filter filter = {nodes, FILTER_DEPTH_MAX + 2};
    assert_int_equal(filter_check(&filter, &why), RAGD_E_ARG);
    filter = (struct ragd_filter){nodes + 2, FILTER_DEPTH_MAX};
    assert_int_equal(filter_check(&filter, &why), RAGD_OK);
    filter.n--;
    assert_int_equal(filter_check(&filter, &why), RAGD_E_ARG);
    nodes[0] = nodes[1] = leaf(RAGD_F_EXISTS, of_int(0));
    filter = (struct ragd_filter){nodes, 2};
    assert_int_equal(filter_check(&filter, &why), RAGD_E_ARG);
}

static void every_kernel_gives_the_same_bits(void **state)
{
    (void)state;
    struct draw draw = {.state = 42};
    double query[100], norm, got;
    float row[100];
    for (uint32_t dim = 1; dim <= 100; dim++) {
        for (uint32_t i = 0; i < dim; i++) {
            query[i] = (double)draw_below(&draw, 1000000) / 7.0;
            row[i] = (float)draw_below(&draw, 1000000) / 3.0f;
        }
        struct distance d;
        distance_init(&d, RAGD_METRIC_L2, query, dim);
        distance_rows(&d, row, &norm, 1, &got);
        assert_true(got == distance_l2_portable(query, row, dim));
        distance_init(&d, RAGD_METRIC_IP, query, dim);
        distance_rows(&d, row, &norm, 1, &got);
        assert_true(got == 1.0 - distance_dot_portable(query, row, dim));
    }
}

static void keeps_the_best_in_order(void **state)
{
    (void)state;
    for (size_t k = 0; k <= 60; k++) {
        struct draw draw = {.state = 7};
        struct ranking all, some;
        ranking_init(&all, SIZE_MAX, k % 2);
        ranking_init(&some, k, k % 2);
        for (uint64_t seq = 0; seq < 50; seq++) {
            double value = (double)draw_below(&draw, 10);
            assert_true(ranking_add(&all, value, seq) && ranking_add(&some, value, seq));
        }
        struct ranked a, b;
        size_t n = 0;
        for (; ranking_next(&some, &b); n++) {
            assert_true(ranking_next(&all, &a));
            assert_true(a.value == b.value && a.seq == b.seq);
        }
        assert_int_equal(n, k < 50 ? k : 50);
        ranking_release(&all);
        ranking_release(&some);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ints_and_reals_compare_without_rounding),
        TEST(a_string_is_never_a_number),
        TEST(strings_order_by_code_point),
        TEST(agrees_with_another_evaluator_on_random_trees),
        TEST(cut_and_overlong_filters_are_refused),
        TEST(every_kernel_gives_the_same_bits),
        TEST(keeps_the_best_in_order),
    };
    return RUN_TESTS(tests);
}
