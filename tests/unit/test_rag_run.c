/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/run.h"

#include "rag/search.h"
#include "support/rag_add.h"

static struct world world;
static size_t handles; /* that are open when nothing runs */

static int setup(void **state)
{
    world_setup(state);
    add_text(&world, "a.txt", "one two");
    handles = fake_open_handles();
    return 0;
}

static void on_result(struct search *search, const struct search_result *result)
{
    (void)search;
    (void)result;
}

/* Ends a search after so many calls; false when it was over before. */
static bool search_stopped(int turns, const struct err *why)
{
    struct search_query query = {.text = ragd_cs("one")};
    struct search search = {.queries = &query, .n_queries = 1, .on_result = on_result};
    world_op(&world, &search.op);
    search_start(&search);
    for (int i = 0; i < turns && world.done == 0; i++) {
        fake_turn();
    }
    bool over = world.done;
    run_stop(&search.op, why);
    fake_settle();
    assert_int_equal(world.done, 1);
    assert_int_equal(search.op.err.id, over ? ERR_NONE : why ? why->id : ERR_CANCELLED);
    operation_release(&search.op);
    assert_int_equal(fake_open_handles(), handles);
    return !over;
}

static void closes_its_view_when_a_call_fails(void **state)
{
    (void)state;
    const enum err_id ids[] = {ERR_STORAGE_IO, ERR_DEADLINE};
    for (size_t i = 0; i < 2; i++) {
        int rc = -1;
        for (long n = 0; rc; n++) {
            struct search_query query = {.text = ragd_cs("one")};
            struct search search = {.queries = &query,
                                    .n_queries = 1,
                                    .on_result = on_result};
            world_op(&world, &search.op);
            fake_fault(n, ids[i]);
            search_start(&search);
            rc = world_end(&world, &search.op);
            fake_fault(-1, ERR_NONE);
            assert_true(rc == 0 || search.op.err.id == ids[i]);
            operation_release(&search.op);
            assert_int_equal(fake_open_handles(), handles);
            assert_true(n < 40);
        }
    }
}

static void closes_its_view_when_cancelled(void **state)
{
    (void)state;
    int turns = 0;
    while (search_stopped(turns, NULL)) {
        turns++;
    }
    assert_true(turns > 3);
}

static void closes_a_view_that_opened_for_a_cancelled_search(void **state)
{
    (void)state;
    int turns = 0;
    fake.late_cancel = true;
    while (search_stopped(turns, NULL)) {
        turns++;
    }
    assert_true(turns > 3);
}

static void fails_with_the_reason_it_was_stopped_for(void **state)
{
    (void)state;
    struct err why = {0};
    int turns = 0;
    err_set(&why, ERR_NO_COLLECTION, "it went away");
    while (search_stopped(turns, &why)) {
        turns++;
    }
    assert_true(turns > 3);
}

#define SEARCH_TEST(name) \
    cmocka_unit_test_prestate_setup_teardown(name, setup, world_teardown, &world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEARCH_TEST(closes_its_view_when_a_call_fails),
        SEARCH_TEST(closes_its_view_when_cancelled),
        SEARCH_TEST(closes_a_view_that_opened_for_a_cancelled_search),
        SEARCH_TEST(fails_with_the_reason_it_was_stopped_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
