/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What every store must do with queries: distances, words, filters. */
#include "store_support.h"

#include <math.h>

static const float A[TEST_DIM] = {1, 0, 0, 0}, B[TEST_DIM] = {0, 1, 0, 0},
                   C[TEST_DIM] = {0, 0, 2, 0}, ZERO[TEST_DIM] = {0, 0, 0, 0};

static void a_cancelled_query_ends(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "harbour", A);
    store_put(st, "b", "harbour", B);
    const double q[TEST_DIM] = {0};
    for (uint64_t n = 0; n < 6; n++) {
        struct ragd_view *view = store_view(st);
        struct ragd_call *call = store_call(st);
        struct ragd_query query = store_query_vector(q, TEST_DIM, 10);
        query.text = ragd_cs("harbour");
        query.want_keyword = 1;
        fake_call_cancel_at(call, n);
        assert_status(call, st->t->query(view, call, &query, &fake_hit_sink),
                      RAGD_E_CANCELLED);
        assert_true(fake_call_results(call)->n_sink_calls <= (n ? n : 3));
        fake_call_destroy(call);
        st->t->view_close(view);
    }
}

static double distance_to(struct store_test *st, const double *q, const char *id)
{
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    struct ragd_query query = store_query_vector(q, TEST_DIM, 10);
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    assert_int_equal(r->plans[RAGD_LIST_VECTOR], RAGD_PLAN_EXACT);
    double value = NAN;
    for (size_t i = 0; i < r->n_hits; i++) {
        if (r->hits[i].rec->id.n == strlen(id) &&
            memcmp(r->hits[i].rec->id.p, id, strlen(id)) == 0) {
            value = r->hits[i].value;
        }
    }
    fake_call_destroy(call);
    st->t->view_close(view);
    return value;
}

static void squared_distances_are_exact(void **state)
{
    struct store_test *st = *state;
    const double q[TEST_DIM] = {0.1, 0.2, 0.3, 0.4};
    store_put(st, "a", "", A);
    assert_true(fabs(distance_to(st, q, "a") - (0.9 * 0.9 + 0.04 + 0.09 + 0.16)) < 1e-15);
}

static void cosine_is_one_where_a_norm_is_zero(void **state)
{
    struct store_test *st = *state;
    const double q[TEST_DIM] = {3, 4, 0, 0}, none[TEST_DIM] = {0};
    store_put(st, "a", "", A);
    store_put(st, "z", "", ZERO);
    assert_true(fabs(distance_to(st, q, "a") - 0.4) < 1e-15);
    assert_true(distance_to(st, q, "z") == 1.0);
    assert_true(distance_to(st, none, "a") == 1.0);
}

static void inner_product_is_one_minus_dot(void **state)
{
    struct store_test *st = *state;
    const double q[TEST_DIM] = {0, 0, 3, 0};
    store_put(st, "c", "", C);
    assert_true(distance_to(st, q, "c") == -5.0);
}

static void ties_go_by_insertion(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "b", "same words", A);
    store_put(st, "c", "same words", A);
    store_put(st, "a", "same words", A);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    const double q[TEST_DIM] = {1, 0, 0, 0};
    struct ragd_query query = store_query_vector(q, TEST_DIM, 2);
    query.text = ragd_cs("words");
    query.want_keyword = 1;
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    assert_string_equal(hit_ids(r, RAGD_LIST_VECTOR, ids), "b c");
    assert_string_equal(hit_ids(r, RAGD_LIST_KEYWORD, ids), "b c");
    assert_int_equal(r->hits[1].rank, 1);
    assert_int_equal(r->hits[2].rank, 0);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void k_may_be_nothing_or_more_than_all(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "", A);
    store_put(st, "b", "", NULL);
    const double q[TEST_DIM] = {0};
    struct ragd_view *view = store_view(st);
    const uint64_t ks[] = {0, 1000, UINT64_MAX}, hits[] = {0, 1, 1};
    for (size_t i = 0; i < 3; i++) {
        struct ragd_call *call = store_call(st);
        struct ragd_query query = store_query_vector(q, TEST_DIM, ks[i]);
        assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
        assert_int_equal(fake_call_results(call)->n_hits, hits[i]);
        fake_call_destroy(call);
    }
    st->t->view_close(view);
}

static void refuses_a_query_of_another_dimension(void **state)
{
    struct store_test *st = *state;
    const double q[TEST_DIM + 1] = {0}, nan[TEST_DIM] = {NAN, 0, 0, 0};
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    struct ragd_query query = store_query_vector(q, TEST_DIM + 1, 1);
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_E_ARG);
    assert_contains(fake_call_message(call), "5");
    query = store_query_vector(nan, TEST_DIM, 1);
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_E_ARG);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static double bm25(double n, double df, double tf, double len, double mean)
{
    return log(1 + (n - df + 0.5) / (df + 0.5)) * tf * 1.9 /
           (tf + 0.9 * (1 - 0.4 + 0.4 * len / mean));
}

static void keyword_scores_follow_the_formula(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "the harbour of the old harbour", NULL); /* 6 words */
    store_put(st, "b", "a lighthouse", NULL);
    store_put(st, "c", "harbour lights", NULL);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    struct ragd_query query = store_query_text("where is the harbour?", 10);
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    assert_int_equal(r->n_hits, 2);
    assert_int_equal(r->plans[RAGD_LIST_KEYWORD], RAGD_PLAN_POSTINGS);
    double mean = 10.0 / 3;
    assert_str_equal(r->hits[0].rec->id, "a");
    assert_true(fabs(r->hits[0].value - bm25(3, 2, 2, 6, mean)) < 1e-12);
    assert_true(fabs(r->hits[1].value - bm25(3, 2, 1, 2, mean)) < 1e-12);
    assert_int_equal(r->n_terms, 1);
    assert_int_equal(r->terms[0].df, 2);
    assert_true(fabs(r->terms[0].idf - log(1 + 1.5 / 2.5)) < 1e-12);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void terms_come_without_a_keyword_list(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "a harbour", A);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    struct ragd_query query = store_query_text("the harbour at nightfall", 10);
    query.want_keyword = 0;
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    assert_int_equal(r->n_hits, 0);
    assert_int_equal(r->n_terms, 2);
    assert_int_equal(r->terms[0].df, 1);
    assert_int_equal(r->terms[1].df, 0);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void filters_hold_in_both_lists_scan_and_count(void **state)
{
    struct store_test *st = *state;
    const char *const names[] = {"a", "b", "c", "d"};
    struct ragd_kv meta[4];
    struct store_change c;
    change_init(&c);
    for (int i = 0; i < 4; i++) {
        meta[i] = (struct ragd_kv){ragd_cs("year"), {.type = RAGD_V_INT, .u.i = 2000 + i}};
        struct ragd_record *rec = change_put(&c, names[i], "harbour", A);
        rec->meta = (struct ragd_kvs){&meta[i], 1};
    }
    store_apply_ok(st, &c.apply);
    const struct ragd_filter_node node = {.op = RAGD_F_GT,
                                          .field = ragd_cs("year"),
                                          .val = {.type = RAGD_V_REAL, .u.d = 2001.5}};
    const struct ragd_filter filter = {&node, 1};
    assert_int_equal(store_count_now(st, &filter), 2);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    const double q[TEST_DIM] = {0};
    char ids[1024];
    struct ragd_query query = store_query_vector(q, TEST_DIM, 1);
    query.text = ragd_cs("harbour");
    query.want_keyword = 1;
    query.filter = filter;
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    assert_string_equal(hit_ids(fake_call_results(call), RAGD_LIST_VECTOR, ids), "c");
    assert_string_equal(hit_ids(fake_call_results(call), RAGD_LIST_KEYWORD, ids), "c");
    assert_status(call, st->t->scan(view, call, 0, &filter, 0, &fake_record_sink), RAGD_OK);
    assert_int_equal(fake_call_results(call)->n_records, 2);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void refuses_a_malformed_filter(void **state)
{
    struct store_test *st = *state;
    const struct ragd_filter_node node = {.op = RAGD_F_AND, .n_args = 2};
    const struct ragd_filter_node unknown = {.op = 99, .field = ragd_cs("x")};
    const struct ragd_filter cut = {&node, 1}, odd = {&unknown, 1};
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    uint64_t n = 7;
    assert_status(call, st->t->count(view, call, &cut, &n), RAGD_E_ARG);
    assert_status(call, st->t->count(view, call, &odd, &n), RAGD_E_UNSUPPORTED);
    assert_int_equal(n, 7);
    fake_call_destroy(call);
    st->t->view_close(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_cancelled_query_ends),
        STORE_TEST(squared_distances_are_exact),
        cmocka_unit_test_setup_teardown(cosine_is_one_where_a_norm_is_zero,
                                        store_set_up_cosine, store_tear_down),
        cmocka_unit_test_setup_teardown(inner_product_is_one_minus_dot, store_set_up_ip,
                                        store_tear_down),
        STORE_TEST(ties_go_by_insertion),
        STORE_TEST(k_may_be_nothing_or_more_than_all),
        STORE_TEST(refuses_a_query_of_another_dimension),
        STORE_TEST(keyword_scores_follow_the_formula),
        STORE_TEST(terms_come_without_a_keyword_list),
        STORE_TEST(filters_hold_in_both_lists_scan_and_count),
        STORE_TEST(refuses_a_malformed_filter),
    };
    return RUN_TESTS(tests);
}
