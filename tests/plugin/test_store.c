/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What every store must do with records and collections; built once for each store plugin. */
#include "store_support.h"

#include <math.h>

static const float A[TEST_DIM] = {1, 0, 0, 0}, B[TEST_DIM] = {0, 1, 0, 0},
                   C[TEST_DIM] = {0, 0, 2, 0}, ZERO[TEST_DIM] = {0, 0, 0, 0};
static const struct ragd_filter NO_FILTER = {NULL, 0};

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
    assert_str_equal(r->records[0].id, "b");
    assert_str_equal(r->records[0].text, "two");
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
    assert_str_equal(got->doc_id, "doc");
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
    assert_str_equal(fake_call_results(call)->records[0].id, "c");
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
    assert_str_equal(r->specs[0].name, "b");
    assert_str_equal(r->specs[0].space, "s");
    assert_int_equal(r->specs[0].dim, TEST_DIM);
    assert_int_equal(r->specs[0].metric, RAGD_METRIC_IP);
    assert_str_equal(r->specs[1].name, "c");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(keeps_insertion_order),
        STORE_TEST(upsert_of_an_id_keeps_its_place),
        STORE_TEST(removed_and_added_again_goes_last),
        STORE_TEST(removing_what_is_absent_is_no_error),
        STORE_TEST(sequence_grows_only_with_changes),
        STORE_TEST(apply_is_all_or_nothing),
        STORE_TEST(refuses_an_id_given_twice_or_empty),
        STORE_TEST(a_view_stays_as_it_was),
        STORE_TEST(get_answers_in_the_order_asked),
        STORE_TEST(a_record_comes_back_whole),
        STORE_TEST(leaves_out_what_is_not_asked_for),
        STORE_TEST(scan_goes_on_after_a_number),
        STORE_TEST(a_sink_can_stop_a_scan),
        STORE_TEST(collections_are_listed_with_their_settings),
        STORE_TEST(a_dropped_collection_is_gone_but_for_open_views),
        STORE_TEST(collections_do_not_see_each_other),
    };
    return RUN_TESTS(tests);
}
