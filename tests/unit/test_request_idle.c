/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Calls whose caller neither brings nor takes what they cannot go on without. */
#include "session_rig.h"

enum { OK = 0, EXHAUSTED = 8, IDLE_MS = 1000 };

static int open_session(void **state)
{
    rig_set_up(state);
    rig.limits.stream_idle = IDLE_MS;
    rig_hello();
    return 0;
}

static struct request *open_call(const char *method, uint32_t credit)
{
    rig_call(1, method, credit, 0);
    return rig.held[rig.n_held - 1];
}

/* After exactly the limit, counted from now. */
static void ends_after_the_limit(const char *text)
{
    rig_advance(IDLE_MS - 1);
    rig_nothing_sent();
    assert_int_equal(rig.stops, 0);
    rig_advance(1);
    const Ragd__V1__End *end = rig_next_end(1, EXHAUSTED);
    assert_non_null(strstr(end->message, text));
    assert_non_null(strstr(end->message, "1000 ms, limits.stream_idle"));
}

static void a_caller_that_takes_no_answer_loses_it(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply(request, "b");
    rig_next_data(1, 1);
    ends_after_the_limit("nothing was read");
    assert_int_equal(rig.stops, 1);
    assert_int_equal(rig.why, STOP_CANCELLED);
    rig_end(0, NULL);
    rig_nothing_sent();
}

static void credit_begins_the_time_anew(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply(request, "b");
    rig_reply(request, "c");
    rig_next_data(1, 1);
    rig_advance(IDLE_MS - 1);
    rig_credit(1, 1);
    rig_next_data(1, 2);
    ends_after_the_limit("nothing was read");
}

static void a_handler_that_waits_for_credit_is_told_to_end(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Down", 1);
    rig_reply(request, "a");
    rig_next_data(1, 1);
    assert_false(request_ready(request));
    ends_after_the_limit("nothing was read");
    assert_int_equal(rig.stops, 1);
}

static void an_end_that_waits_for_credit_is_dropped(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply(request, "b");
    rig_reply(request, "c");
    rig_end(0, NULL);
    rig_next_data(1, 1);
    rig_credit(1, 1);
    rig_next_data(1, 2);
    ends_after_the_limit("nothing was read");
    assert_int_equal(rig.rpc->n_working, 0);
}

static void whoever_has_taken_all_is_not_idle(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Down", 1);
    rig_reply(request, "a");
    rig_next_data(1, 1);
    rig_advance(10 * IDLE_MS); /* the handler is at work */
    rig_nothing_sent();
    assert_false(request_ready(request));
    rig_credit(1, 1);
    rig_advance(10 * IDLE_MS);
    rig_nothing_sent();
}

static void a_clogged_connection_has_a_limit_of_its_own(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Down", 9);
    rig.queued = rig.limits.high_water;
    rig_reply(request, "a");
    assert_false(request_ready(request));
    rig_advance(10 * IDLE_MS);
    rig_nothing_sent();
}

static void a_caller_that_brings_nothing_loses_the_call(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Both", 1);
    request_credit(request, 1);
    rig_next(RAGD__V1__FRAME__KIND_CREDIT);
    rig_advance(10 * IDLE_MS); /* nothing is waited for */
    request_await(request, true);
    ends_after_the_limit("nothing came");
    assert_int_equal(rig.stops, 1);
    assert_int_equal(rig.why, STOP_CANCELLED);
}

static void only_what_was_waited_for_begins_the_time_anew(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Both", 1);
    request_await(request, true);
    rig_advance(IDLE_MS - 1);
    request_await(request, false);
    request_await(request, true);
    rig_advance(IDLE_MS - 1);
    rig_nothing_sent();
    request_await(request, true);
    rig_credit(1, 1);
    rig_advance(1);
    rig_next_end(1, EXHAUSTED);
}

static void a_call_that_has_ended_awaits_nothing(void **state)
{
    (void)state;
    struct request *request = open_call("t.T/Both", 1);
    request_await(request, true);
    rig_end(0, NULL);
    rig_next_end(1, OK);
    rig_advance(10 * IDLE_MS);
    rig_nothing_sent();
}

#define RIG_TEST(name) cmocka_unit_test_setup_teardown(name, open_session, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(a_caller_that_takes_no_answer_loses_it),
        RIG_TEST(credit_begins_the_time_anew),
        RIG_TEST(a_handler_that_waits_for_credit_is_told_to_end),
        RIG_TEST(an_end_that_waits_for_credit_is_dropped),
        RIG_TEST(whoever_has_taken_all_is_not_idle),
        RIG_TEST(a_clogged_connection_has_a_limit_of_its_own),
        RIG_TEST(a_caller_that_brings_nothing_loses_the_call),
        RIG_TEST(only_what_was_waited_for_begins_the_time_anew),
        RIG_TEST(a_call_that_has_ended_awaits_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
