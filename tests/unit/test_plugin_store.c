/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Calls to stores. */
#include <stdio.h>

#include "store_rig.h"

static void gives_the_hits_of_a_query(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-store", "right");
    struct call_query req = store_rig_query(&f, (struct ragd_filter){0});
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_vector, 3);
    assert_int_equal(req.n_keyword, 0);
    assert_str_equal(req.vector_hits[2].rec->id, "r2");
    assert_int_equal(req.vector_plan, RAGD_PLAN_EXACT);
    assert_int_equal(req.n_terms, 1);
    assert_true(req.terms[0].idf == 1.5);
    call_release(&req.call);
    store_rig_close(&f);
}

static void refuses_query(const char *act, const char *text)
{
    struct store_rig f;
    store_rig_open(&f, "puppet-store", act);
    struct call_query req = store_rig_query(&f, (struct ragd_filter){0});
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, text);
    assert_null(req.vector_hits);
    call_release(&req.call);
    store_rig_close(&f);
}

static void refuses_hits_that_make_no_sense(void **state)
{
    (void)state;
    refuses_query("wrong_list", "hits that were not asked for");
    refuses_query("bad_rank", "gives rank 7");
    refuses_query("bad_value", "where rank 0 is due");
    refuses_query("bad_order", "hits out of order");
    refuses_query("tie_order", "hits out of order");
    refuses_query("bad_vector", "a record's vector has a number that is not finite");
    refuses_query("bad_idf", "without a finite idf");
}

static void measures_and_orders_for_a_store_that_is_not_exact(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-plain", "right");
    struct call_query req = store_rig_query(&f, (struct ragd_filter){0});
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_vector, 3);
    for (uint32_t i = 0; i < 3; i++) {
        char id[4];
        snprintf(id, sizeof(id), "r%u", i);
        assert_str_equal(req.vector_hits[i].rec->id, id);
        assert_int_equal(req.vector_hits[i].rank, i);
        assert_true(req.vector_hits[i].value == (double)((i + 1) * (i + 1)));
    }
    call_release(&req.call);
    store_rig_close(&f);
    store_rig_open(&f, "puppet-plain", "no_vector");
    req = store_rig_query(&f, (struct ragd_filter){0});
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "without its vector");
    call_release(&req.call);
    store_rig_close(&f);
}

static void gets_records_in_the_order_asked(void **state)
{
    (void)state;
    struct store_rig f;
    const struct ragd_str ids[] = {ragd_cs("r2"), ragd_cs("absent"), ragd_cs("r0")};
    store_rig_open(&f, "puppet-store", "right");
    struct call_get req = {.call = {.done = rig_done},
                           .view = f.view,
                           .ids = ids,
                           .n_ids = 3};
    call_get_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_records, 2);
    assert_str_equal(req.records[0].id, "r2");
    assert_true(req.records[0].vec[0] == 2.0f);
    assert_str_equal(req.records[1].id, "r0");
    call_release(&req.call);
    store_rig_close(&f);

    store_rig_open(&f, "puppet-store", "stranger");
    req = (struct call_get){.call = {.done = rig_done},
                            .view = f.view,
                            .ids = ids,
                            .n_ids = 3};
    call_get_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "was not asked for");
    call_release(&req.call);
    store_rig_close(&f);
}

static void scans_in_pages(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-store", "right, n: 7");
    uint64_t after = 0, n = 0;
    bool more = true;
    while (more) {
        struct call_scan req = {.call = {.done = rig_done},
                                .view = f.view,
                                .after_seq = after,
                                .max_records = 3};
        call_scan_start(&req);
        rig_wait(&req.call);
        assert_ok(req.call.status, &req.call.err);
        assert_true(req.n_records <= 3);
        n += req.n_records;
        after = req.records[req.n_records - 1].seq;
        more = req.more;
        call_release(&req.call);
    }
    assert_int_equal(n, 7);
    assert_int_equal(after, 7);
    store_rig_close(&f);

    store_rig_open(&f, "puppet-store", "backwards");
    struct call_scan req = {.call = {.done = rig_done}, .view = f.view, .max_records = 3};
    call_scan_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "scans out of order");
    call_release(&req.call);
    store_rig_close(&f);
}

static void counts_and_verifies(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-store", "right, n: 2");
    struct call_count count = {.call = {.done = rig_done}, .view = f.view};
    call_count_start(&count);
    rig_wait(&count.call);
    assert_int_equal(count.count, 2);
    struct call_verify verify = {.call = {.done = rig_done}, .view = f.view};
    call_verify_start(&verify);
    rig_wait(&verify.call);
    assert_ok(verify.call.status, &verify.call.err);
    assert_int_equal(verify.postings, 3);
    assert_int_equal(verify.n_problems, 2);
    assert_str_equal(verify.problems[1], "a record is missing");
    call_release(&verify.call);
    store_rig_close(&f);
}

static void applies_one_after_the_other(void **state)
{
    (void)state;
    struct store_rig f;
    enum { N = 4 };
    store_rig_open(&f, "puppet-store", "right");
    struct call_apply reqs[N];
    for (int i = 0; i < N; i++) {
        reqs[i] = store_rig_apply(&f);
        call_apply_start(&reqs[i]);
    }
    for (int i = 0; i < N; i++) {
        rig_wait(&reqs[i].call);
        assert_ok(reqs[i].call.status, &reqs[i].call.err);
        call_release(&reqs[i].call);
        assert_true(i == N - 1 || call_active(&reqs[N - 1].call));
    }
    assert_int_equal(store_rig_stats(&f).records, 1); /* most at once */
    store_rig_close(&f);
}

static void withdraws_what_waits_for_its_turn_only(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-store", "right");
    struct call_apply first = store_rig_apply(&f), second = store_rig_apply(&f);
    call_apply_start(&first);
    call_apply_start(&second);
    call_withdraw(&first.call);
    call_withdraw(&second.call);
    rig_wait(&second.call);
    assert_int_equal(second.call.err.id, ERR_CANCELLED);
    rig_wait(&first.call);
    assert_ok(first.call.status, &first.call.err);
    call_withdraw(&first.call); /* legal at any time */
    call_release(&first.call);
    call_release(&second.call);
    store_rig_close(&f);
}

static void closes_what_was_opened(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-store", "right");
    struct view *other = store_rig_open_view(&f);
    assert_int_equal(store_rig_stats(&f).vectors, 3); /* a collection and two views */
    view_close(other);
    struct coll *first = f.coll;
    store_rig_open_coll(&f);
    coll_close(first); /* the view keeps it */
    for (int i = 0; i < 1000 && store_rig_stats(&f).vectors != 3; i++) {
    }
    assert_int_equal(store_rig_stats(&f).vectors, 3);
    store_rig_close(&f);
}

static void drops_an_open_collection(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-store", "right");
    view_close(f.view);
    struct call_coll drop = {.call = {.done = rig_done},
                             .store = f.store,
                             .action = COLL_DROP,
                             .coll = f.coll};
    drop.spec.name = ragd_cs("c");
    call_coll_start(&drop);
    rig_wait(&drop.call);
    assert_ok(drop.call.status, &drop.call.err);
    assert_null(drop.coll);
    rig_close(&f.rig);
}

static void tells_which_collection_is_missing_or_there(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-store", "right");
    struct call_coll req = {.call = {.done = rig_done},
                            .store = f.store,
                            .action = COLL_OPEN};
    req.spec.name = ragd_cs("nowhere");
    call_coll_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.status, RAGD_E_NOT_FOUND);
    assert_null(req.coll);
    req.call = (struct call){.done = rig_done};
    req.action = COLL_CREATE;
    req.spec.name = ragd_cs("c");
    call_coll_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.status, RAGD_E_EXISTS);
    store_rig_close(&f);
}

static void refuses_handles_that_are_none(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "stores: {it: {plugin: puppet-store, act: no_handle}}", rig_puppets());
    struct call_coll req = {.call = {.done = rig_done},
                            .store = rig_instance(PLUGIN_STORE, "it"),
                            .action = COLL_OPEN};
    req.spec.name = ragd_cs("c");
    call_coll_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "without giving a handle");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_the_hits_of_a_query),
        TEST(refuses_hits_that_make_no_sense),
        TEST(measures_and_orders_for_a_store_that_is_not_exact),
        TEST(gets_records_in_the_order_asked),
        TEST(scans_in_pages),
        TEST(counts_and_verifies),
        TEST(applies_one_after_the_other),
        TEST(withdraws_what_waits_for_its_turn_only),
        TEST(closes_what_was_opened),
        TEST(drops_an_open_collection),
        TEST(tells_which_collection_is_missing_or_there),
        TEST(refuses_handles_that_are_none),
    };
    return RUN_TESTS(tests);
}
