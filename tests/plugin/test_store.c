/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What every store must do; built once for each store plugin. */
#include "store_support.h"

#include <math.h>
#include <stdio.h>

static const float A[TEST_DIM] = {1, 0, 0, 0}, B[TEST_DIM] = {0, 1, 0, 0},
                   C[TEST_DIM] = {0, 0, 2, 0}, ZERO[TEST_DIM] = {0, 0, 0, 0};
static const struct ragd_filter NO_FILTER = {NULL, 0};

static int set_up_metric(void **state, uint32_t metric)
{
    struct store_test *st = calloc(1, sizeof(*st));
    *state = st;
    store_test_init(st, TEST_DIM, metric);
    return 0;
}

static int set_up(void **state)
{
    return set_up_metric(state, RAGD_METRIC_L2);
}

static int set_up_cosine(void **state)
{
    return set_up_metric(state, RAGD_METRIC_COSINE);
}

static int set_up_ip(void **state)
{
    return set_up_metric(state, RAGD_METRIC_IP);
}

static int tear_down(void **state)
{
    store_test_release(*state);
    free(*state);
    return 0;
}

static void keeps_insertion_order(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "b", "one", A);
    store_put(st, "a", "two", B);
    store_put(st, "c", "three", NULL);
    assert_string_equal(store_ids(st, NULL, ids), "b a c");
}

static void upsert_of_an_id_keeps_its_place(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "a", "one", A);
    store_put(st, "b", "two", B);
    store_put(st, "a", "new", C);
    assert_string_equal(store_ids(st, NULL, ids), "a b");
    assert_int_equal(store_count_now(st, NULL), 2);
    store_verify_clean(st);
}

static void removed_and_added_again_goes_last(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "a", "one", A);
    store_put(st, "b", "two", B);
    struct store_change c;
    change_init(&c);
    change_remove(&c, "a");
    change_put(&c, "a", "one", A);
    store_apply_ok(st, &c.apply);
    assert_string_equal(store_ids(st, NULL, ids), "b a");
    store_verify_clean(st);
}

static void removing_what_is_absent_is_no_error(void **state)
{
    struct store_test *st = *state;
    uint64_t before = store_stats_now(st).sequence;
    store_remove(st, "nobody");
    assert_int_equal(store_stats_now(st).sequence, before);
}

static void sequence_grows_only_with_changes(void **state)
{
    struct store_test *st = *state;
    struct store_change c;
    change_init(&c);
    change_put(&c, "a", "text", A);
    change_put_doc(&c, "d", "whole text");
    change_blob(&c, "m", "bytes");
    store_apply_ok(st, &c.apply);
    uint64_t first = store_stats_now(st).sequence;
    store_apply_ok(st, &c.apply);
    assert_int_equal(store_stats_now(st).sequence, first);
    store_put(st, "a", "text", B);
    assert_true(store_stats_now(st).sequence > first);
}

static void apply_is_all_or_nothing(void **state)
{
    struct store_test *st = *state;
    float bad[TEST_DIM] = {1, NAN, 0, 0};
    store_put(st, "old", "text", A);
    uint64_t before = store_stats_now(st).sequence;
    struct store_change c;
    change_init(&c);
    change_remove(&c, "old");
    change_put(&c, "a", "text", A);
    change_put(&c, "b", "text", bad);
    assert_int_equal(store_apply_status(st, &c.apply), RAGD_E_ARG);
    char ids[1024];
    assert_string_equal(store_ids(st, NULL, ids), "old");
    assert_int_equal(store_stats_now(st).sequence, before);
}

static void refuses_an_id_given_twice_or_empty(void **state)
{
    struct store_test *st = *state;
    struct store_change c;
    change_init(&c);
    change_put(&c, "a", "one", NULL);
    change_put(&c, "a", "two", NULL);
    assert_int_equal(store_apply_status(st, &c.apply), RAGD_E_ARG);
    change_init(&c);
    change_put(&c, "", "one", NULL);
    assert_int_equal(store_apply_status(st, &c.apply), RAGD_E_ARG);
    assert_int_equal(store_count_now(st, NULL), 0);
}

static void a_view_stays_as_it_was(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "a", "harbour", A);
    store_put(st, "b", "harbour", B);
    struct ragd_view *view = store_view(st);
    store_remove(st, "a");
    store_put(st, "c", "harbour", C);
    store_put(st, "b", "else", ZERO);
    assert_string_equal(store_ids(st, view, ids), "a b");
    struct ragd_call *call = store_call(st);
    const double q[TEST_DIM] = {0, 1, 0, 0};
    struct ragd_query query = store_query_vector(q, TEST_DIM, 10);
    query.text = ragd_cs("harbour");
    query.want_keyword = 1;
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    assert_string_equal(hit_ids(fake_call_results(call), RAGD_LIST_VECTOR, ids), "b a");
    assert_string_equal(hit_ids(fake_call_results(call), RAGD_LIST_KEYWORD, ids), "a b");
    fake_call_destroy(call);
    st->t->view_close(view);
    assert_string_equal(store_ids(st, NULL, ids), "b c");
}

static void get_answers_in_the_order_asked(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "one", A);
    store_put(st, "b", "two", NULL);
    const struct ragd_str ids[] = {ragd_cs("b"), ragd_cs("nobody"), ragd_cs("a"),
                                   ragd_cs("")};
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    uint32_t include = RAGD_INCLUDE_TEXT | RAGD_INCLUDE_VECTOR;
    assert_status(call, st->t->get(view, call, include, ids, 4, &fake_record_sink),
                  RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    assert_int_equal(r->n_records, 2);
    assert_str(r->records[0].id, "b");
    assert_str(r->records[0].text, "two");
    assert_null(r->records[0].vec);
    assert_memory_equal(r->records[1].vec, A, sizeof(A));
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void a_record_comes_back_whole(void **state)
{
    struct store_test *st = *state;
    const struct ragd_value list[] = {{.type = RAGD_V_INT, .u.i = -3},
                                      {.type = RAGD_V_INT, .u.i = INT64_MAX}};
    const struct ragd_kv meta[] = {
        {ragd_cs("b"), {.type = RAGD_V_BOOL, .u.i = 1}},
        {ragd_cs("i"), {.type = RAGD_V_INT, .u.i = INT64_MIN}},
        {ragd_cs("l"), {.type = RAGD_V_LIST, .u.list = {list, 2}}},
        {ragd_cs("n"), {.type = RAGD_V_NULL}},
        {ragd_cs("r"), {.type = RAGD_V_REAL, .u.d = 0.1}},
        {ragd_cs("s"), {.type = RAGD_V_STR, .u.s = {"x\0y", 3}}},
    };
    const struct ragd_span span = {1, 2, 3, 4, 5, 6, RAGD_SPAN_GAPS, 0};
    struct store_change c;
    change_init(&c);
    struct ragd_record *rec = change_put(&c, "a", "", A);
    rec->text = (struct ragd_str){"nul\0 inside", 11};
    rec->doc_id = ragd_cs("doc");
    rec->meta = (struct ragd_kvs){meta, 6};
    rec->span = &span;
    rec->ordinal = 7;
    store_apply_ok(st, &c.apply);
    if (st->t->caps & RAGD_STORE_DURABLE) {
        store_flush_ok(st);
        store_test_reopen(st);
    }
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    const struct ragd_str id = ragd_cs("a");
    assert_status(call, st->t->get(view, call, UINT32_MAX, &id, 1, &fake_record_sink),
                  RAGD_OK);
    const struct ragd_record *got = &fake_call_results(call)->records[0];
    assert_int_equal(got->text.n, 11);
    assert_memory_equal(got->text.p, "nul\0 inside", 11);
    assert_str(got->doc_id, "doc");
    assert_memory_equal(got->span, &span, sizeof(span));
    assert_int_equal(got->ordinal, 7);
    assert_int_equal(got->seq, 1);
    assert_int_equal(got->meta.n, 6);
    assert_int_equal(got->meta.p[0].val.u.i, 1);
    assert_true(got->meta.p[1].val.u.i == INT64_MIN);
    assert_true(got->meta.p[2].val.u.list.p[1].u.i == INT64_MAX);
    assert_int_equal(got->meta.p[3].val.type, RAGD_V_NULL);
    assert_true(got->meta.p[4].val.u.d == 0.1);
    assert_int_equal(got->meta.p[5].val.u.s.n, 3);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void leaves_out_what_is_not_asked_for(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "one", A);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    const struct ragd_str id = ragd_cs("a");
    assert_status(call, st->t->get(view, call, 0, &id, 1, &fake_record_sink), RAGD_OK);
    const struct ragd_record *got = &fake_call_results(call)->records[0];
    assert_int_equal(got->text.n, 0);
    assert_int_equal(got->meta.n, 0);
    assert_null(got->vec);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void scan_goes_on_after_a_number(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "one", A);
    store_put(st, "b", "two", A);
    store_put(st, "c", "three", A);
    store_remove(st, "b");
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    assert_status(call, st->t->scan(view, call, 0, &NO_FILTER, 1, &fake_record_sink),
                  RAGD_OK);
    assert_int_equal(fake_call_results(call)->n_records, 1);
    assert_str(fake_call_results(call)->records[0].id, "c");
    assert_int_equal(fake_call_results(call)->records[0].seq, 3);
    fake_call_destroy(call);
    st->t->view_close(view);
}

static void a_sink_can_stop_a_scan(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "one", A);
    store_put(st, "b", "two", A);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    fake_call_stop_at(call, 1, RAGD_E_LIMIT);
    assert_status(call, st->t->scan(view, call, 0, &NO_FILTER, 0, &fake_record_sink),
                  RAGD_E_LIMIT);
    assert_int_equal(fake_call_results(call)->n_sink_calls, 1);
    fake_call_destroy(call);
    st->t->view_close(view);
}

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
    assert_str(r->hits[0].rec->id, "a");
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

static ragd_status create_named(struct store_test *st, const char *name)
{
    struct ragd_coll_spec spec = {.struct_size = sizeof(spec),
                                  .name = ragd_cs(name),
                                  .space = ragd_cs("s"),
                                  .dim = TEST_DIM,
                                  .metric = RAGD_METRIC_IP};
    struct ragd_call *call = store_call(st);
    ragd_status status = st->t->coll_create(st->instance.inst, call, &spec);
    fake_call_destroy(call);
    return status;
}

static void collections_are_listed_with_their_settings(void **state)
{
    struct store_test *st = *state;
    assert_int_equal(create_named(st, "b"), RAGD_OK);
    assert_int_equal(create_named(st, "b"), RAGD_E_EXISTS);
    struct ragd_call *call = store_call(st);
    assert_status(call, st->t->coll_list(st->instance.inst, call, &fake_coll_sink),
                  RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    assert_int_equal(r->n_specs, 2);
    assert_str(r->specs[0].name, "b");
    assert_str(r->specs[0].space, "s");
    assert_int_equal(r->specs[0].dim, TEST_DIM);
    assert_int_equal(r->specs[0].metric, RAGD_METRIC_IP);
    assert_str(r->specs[1].name, "c");
    fake_call_destroy(call);
}

static void a_dropped_collection_is_gone_but_for_open_views(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "a", "one", A);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    assert_status(call, st->t->coll_drop(st->instance.inst, call, ragd_cs("c")), RAGD_OK);
    assert_string_equal(store_ids(st, view, ids), "a");
    st->t->view_close(view);
    assert_status(call, st->t->coll_drop(st->instance.inst, call, ragd_cs("c")),
                  RAGD_E_NOT_FOUND);
    struct ragd_coll *other = NULL;
    assert_status(call, st->t->coll_open(st->instance.inst, call, ragd_cs("c"), &other),
                  RAGD_E_NOT_FOUND);
    struct store_change c;
    change_init(&c);
    change_put(&c, "b", "two", B);
    assert_int_equal(store_apply_status(st, &c.apply), RAGD_E_NOT_FOUND);
    assert_int_equal(create_named(st, "c"), RAGD_OK);
    assert_status(call, st->t->coll_open(st->instance.inst, call, ragd_cs("c"), &other),
                  RAGD_OK);
    st->t->coll_close(st->instance.inst, st->coll);
    st->coll = other;
    assert_string_equal(store_ids(st, NULL, ids), "");
    fake_call_destroy(call);
}

static void collections_do_not_see_each_other(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "a", "harbour", A);
    assert_int_equal(create_named(st, "d"), RAGD_OK);
    struct ragd_coll *first = st->coll, *second = NULL;
    struct ragd_call *call = store_call(st);
    assert_status(call, st->t->coll_open(st->instance.inst, call, ragd_cs("d"), &second),
                  RAGD_OK);
    fake_call_destroy(call);
    st->coll = second;
    store_put(st, "b", "harbour", B);
    assert_string_equal(store_ids(st, NULL, ids), "b");
    store_verify_clean(st);
    st->t->coll_close(st->instance.inst, second);
    st->coll = first;
    assert_string_equal(store_ids(st, NULL, ids), "a");
    store_verify_clean(st);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(keeps_insertion_order),
        CASE(upsert_of_an_id_keeps_its_place),
        CASE(removed_and_added_again_goes_last),
        CASE(removing_what_is_absent_is_no_error),
        CASE(sequence_grows_only_with_changes),
        CASE(apply_is_all_or_nothing),
        CASE(refuses_an_id_given_twice_or_empty),
        CASE(a_view_stays_as_it_was),
        CASE(get_answers_in_the_order_asked),
        CASE(a_record_comes_back_whole),
        CASE(leaves_out_what_is_not_asked_for),
        CASE(scan_goes_on_after_a_number),
        CASE(a_sink_can_stop_a_scan),
        CASE(a_cancelled_query_ends),
        CASE(squared_distances_are_exact),
        cmocka_unit_test_setup_teardown(cosine_is_one_where_a_norm_is_zero, set_up_cosine,
                                        tear_down),
        cmocka_unit_test_setup_teardown(inner_product_is_one_minus_dot, set_up_ip,
                                        tear_down),
        CASE(ties_go_by_insertion),
        CASE(k_may_be_nothing_or_more_than_all),
        CASE(refuses_a_query_of_another_dimension),
        CASE(keyword_scores_follow_the_formula),
        CASE(terms_come_without_a_keyword_list),
        CASE(filters_hold_in_both_lists_scan_and_count),
        CASE(refuses_a_malformed_filter),
        CASE(collections_are_listed_with_their_settings),
        CASE(a_dropped_collection_is_gone_but_for_open_views),
        CASE(collections_do_not_see_each_other),
    };
    return RUN_TESTS(tests);
}
