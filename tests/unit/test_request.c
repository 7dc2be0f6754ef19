/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Streams under credit, both ways; stops, deadlines, turns. */
#include "session_rig.h"

#include "core/mem.h"

enum { OK = 0, CANCELLED = 1, INVALID = 3, DEADLINE = 4, EXHAUSTED = 8 };

static int open_session(void **state)
{
    rig_set_up(state);
    rig_hello();
    return 0;
}

static struct request *open_call(uint64_t id, const char *method, uint32_t credit)
{
    rig_call(id, method, credit, 0);
    return rig.held[rig.n_held - 1];
}

static void messages_leave_at_once_under_credit(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 2);
    assert_true(request_ready(request));
    rig_reply(request, "a");
    rig_reply(request, "b");
    assert_string_equal(rig_next_data(1, 1), "a");
    assert_string_equal(rig_next_data(1, 2), "b");
    rig_end(0, NULL);
    assert_int_equal(rig_next_end(1, OK)->last_seq, 2);
}

static void without_a_word_the_credit_is_32(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 0);
    for (int i = 0; i < 33; i++) {
        rig_reply(request, "x");
    }
    assert_int_equal(rig.n_frames - rig.next, 32);
}

static void what_has_no_credit_waits_in_order(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply(request, "b");
    rig_reply(request, "c");
    assert_string_equal(rig_next_data(1, 1), "a");
    rig_nothing_sent();
    rig_credit(1, 1);
    assert_string_equal(rig_next_data(1, 2), "b");
    rig_nothing_sent();
    rig_credit(1, 5);
    assert_string_equal(rig_next_data(1, 3), "c");
    rig_nothing_sent();
}

static void the_end_waits_behind_the_data(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply(request, "b");
    rig_end(0, NULL);
    rig_next_data(1, 1);
    rig_nothing_sent();
    rig_credit(1, 1);
    rig_next_data(1, 2);
    assert_int_equal(rig_next_end(1, OK)->last_seq, 2);
}

static void an_error_waits_behind_the_data_too(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    struct err err = {0};
    rig_reply(request, "a");
    rig_reply(request, "b");
    err_set(&err, ERR_INVALID, "no more");
    rig.held[0] = NULL;
    request_fail(request, &err);
    rig_next_data(1, 1);
    rig_nothing_sent();
    rig_credit(1, 1);
    rig_next_data(1, 2);
    assert_string_equal(rig_next_end(1, INVALID)->message, "no more");
}

static void a_handler_that_was_told_to_wait_is_called_when_it_may_go_on(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    rig_reply(request, "a");
    assert_false(request_ready(request));
    assert_int_equal(rig.readies, 0);
    rig_credit(1, 1);
    assert_int_equal(rig.readies, 1);
    rig_credit(1, 1); /* it was not told to wait again */
    assert_int_equal(rig.readies, 1);
}

static void a_clogged_connection_holds_all_its_streams(void **state)
{
    (void)state;
    struct request *a = open_call(1, "t.T/Down", 9);
    struct request *b = open_call(2, "t.T/Down", 9);
    rig.queued = rig.limits.high_water;
    rig_reply(a, "a");
    rig_reply(b, "b");
    assert_false(request_ready(a));
    rig_nothing_sent();
    rig.queued = rig.limits.high_water - 1;
    session_writable(rig.session);
    assert_string_equal(rig_next_data(1, 1), "a");
    assert_string_equal(rig_next_data(2, 1), "b");
    assert_int_equal(rig.readies, 1);
}

static void of_progress_that_waits_only_the_newest_is_sent(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    rig_reply_latest(request, "10 %");
    rig_reply_latest(request, "20 %");
    rig_reply_latest(request, "30 %");
    assert_string_equal(rig_next_data(1, 1), "10 %");
    rig_nothing_sent();
    rig_credit(1, 5);
    assert_string_equal(rig_next_data(1, 2), "30 %");
    rig_nothing_sent();
}

static void progress_older_than_a_result_is_dropped(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply_latest(request, "99 %");
    rig_reply(request, "done");
    rig_credit(1, 5);
    rig_next_data(1, 1);
    assert_string_equal(rig_next_data(1, 2), "done");
    rig_nothing_sent();
}

static void a_message_above_what_the_peer_takes_ends_the_call(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 9);
    rig.session->max_message = SESSION_MESSAGE_BYTES_MIN;
    char *text = mem_calloc(1, SESSION_MESSAGE_BYTES_MIN);
    size_t most = request_max_bytes(request) - 3; /* tag and length of the field */
    memset(text, 'x', most);
    rig_reply(request, text);
    rig_next_data(1, 1);
    text[most] = 'x';
    rig_reply(request, text);
    rig_next_end(1, EXHAUSTED);
    assert_int_equal(rig.stops, 0); /* not from inside the handler */
    rig_advance(0);
    assert_int_equal(rig.stops, 1);
    rig_end(0, NULL);
    rig_nothing_sent();
    mem_free(text);
}

static void cancelling_ends_the_call_at_once_and_tells_the_handler(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply(request, "b");
    rig_next_data(1, 1);
    rig_cancel(1);
    rig_next_end(1, CANCELLED);
    assert_int_equal(rig.stops, 1);
    assert_int_equal(rig.why, STOP_CANCELLED);
    assert_true(request_ready(request)); /* a muted one need not wait */
    rig_reply(request, "c");
    rig_cancel(1);
    rig_credit(1, 9);
    rig_end(0, NULL);
    rig_nothing_sent(); /* exactly one End */
    assert_int_equal(rig.stops, 1);
}

static void cancelling_a_call_whose_end_waits_drops_the_data(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Down", 1);
    rig_reply(request, "a");
    rig_reply(request, "b");
    rig_end(0, NULL);
    rig_next_data(1, 1);
    rig_cancel(1);
    rig_next_end(1, CANCELLED);
    rig_credit(1, 9);
    rig_nothing_sent();
    assert_int_equal(rig.stops, 0);
}

static void the_deadline_counts_from_receipt(void **state)
{
    (void)state;
    rig_call(1, "t.T/Hold", 0, 500);
    assert_int_equal(rig.held[0]->deadline_ms, 1500);
    rig_advance(499);
    rig_nothing_sent();
    rig_advance(1);
    rig_next_end(1, DEADLINE);
    assert_int_equal(rig.why, STOP_DEADLINE);
    rig_end(0, "late");
    rig_nothing_sent();
}

static void an_answer_in_time_leaves_no_timer(void **state)
{
    (void)state;
    rig_call(1, "t.T/Hold", 0, 500);
    rig_end(0, "x");
    rig_next_end(1, OK);
    rig_advance(1000);
    rig_nothing_sent();
}

static void a_timeout_beyond_all_measure_is_none(void **state)
{
    (void)state;
    rig_call(1, "t.T/Hold", 0, UINT64_MAX);
    assert_int_equal(rig.held[0]->deadline_ms, 0);
    rig_call(2, "t.T/Hold", 0, 1ull << 53);
    assert_int_equal(rig.held[1]->deadline_ms, 0);
    rig_call(3, "t.T/Hold", 0, (1ull << 53) - 1);
    assert_true(rig.held[2]->deadline_ms > 0);
}

/* Uploads. */

static void an_upload_waits_for_the_first_credit(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Both", 0);
    request_credit(request, 2);
    assert_int_equal(rig_next(RAGD__V1__FRAME__KIND_CREDIT)->credit->messages, 2);
    rig_data(1, 1, "one", false);
    rig_data(1, 2, "two", false);
    assert_int_equal(rig.pieces, 2);
    assert_string_equal(((const Ragd__V1__HealthReply *)rig.piece->message)->state, "two");
    rig_data(1, 3, "three", false);
    assert_contains(rig_next_end(1, INVALID)->message, "without credit");
    assert_int_equal(rig.stops, 1);
}

static void the_last_piece_closes_the_callers_half(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Both", 0);
    request_credit(request, 2);
    rig_next(RAGD__V1__FRAME__KIND_CREDIT);
    rig_data(1, 1, "one", true);
    assert_int_equal(rig.pieces, 1);
    assert_int_equal(rig.half_closes, 1);
    rig_data(1, 2, "two", false);
    rig_next_end(1, INVALID);
    assert_int_equal(rig.pieces, 1);
}

static void an_empty_last_needs_no_credit_and_is_no_piece(void **state)
{
    (void)state;
    open_call(1, "t.T/Both", 0);
    rig_data(1, 1, "", true);
    assert_int_equal(rig.pieces, 0);
    assert_int_equal(rig.half_closes, 1);
    rig_nothing_sent();
}

static void pieces_out_of_order_are_refused(void **state)
{
    (void)state;
    static const uint64_t wrong[] = {0, 2, UINT64_MAX};
    for (uint64_t i = 0; i < 3; i++) {
        struct request *request = open_call(i + 1, "t.T/Both", 0);
        request_credit(request, 2);
        rig_next(RAGD__V1__FRAME__KIND_CREDIT);
        rig_data(i + 1, wrong[i], "x", false);
        rig_next_end(i + 1, INVALID);
    }
    assert_int_equal(rig.pieces, 0);
}

static void data_for_a_method_that_takes_none_is_refused(void **state)
{
    (void)state;
    open_call(1, "t.T/Down", 0);
    rig_data(1, 1, "x", false);
    rig_next_end(1, INVALID);
}

static void a_piece_that_cannot_be_decoded_ends_the_call_alone(void **state)
{
    (void)state;
    struct request *request = open_call(1, "t.T/Both", 0);
    request_credit(request, 1);
    rig_next(RAGD__V1__FRAME__KIND_CREDIT);
    rig_data(1, 1, "\xff\xff", false);
    rig_next_end(1, INVALID);
    assert_int_equal(rig.finished, 0);
}

/* Turns. */

static void calls_beyond_the_places_wait_their_turn(void **state)
{
    (void)state;
    rig.limits.in_flight = 2;
    rig.limits.queue = 1;
    for (uint64_t id = 1; id <= 3; id++) {
        rig_call(id, "t.T/Hold", 0, 0);
    }
    assert_int_equal(rig.n_held, 2);
    rig_call(4, "t.T/Hold", 0, 0);
    const Ragd__V1__End *end = rig_next_end(4, EXHAUSTED);
    assert_contains(end->message, "too many calls at once, limits.queue is");
    assert_int_equal(rig.rpc->counters.busy, 1);
    rig_end(0, "x");
    rig_next_end(1, OK);
    assert_int_equal(rig.n_held, 2); /* later, not from inside the end */
    rig_advance(0);
    assert_int_equal(rig.n_held, 3);
    assert_int_equal(rig.held[2]->call_id, 3);
}

static void light_calls_need_no_place(void **state)
{
    (void)state;
    rig.limits.in_flight = 1;
    rig.limits.queue = 1;
    rig_call(1, "t.T/Hold", 0, 0);
    rig_call(2, "t.T/Hold", 0, 0);
    rig_call(3, "t.T/Light", 0, 0);
    assert_int_equal(rig.n_held, 2);
    assert_int_equal(rig.held[1]->call_id, 3);
}

static void a_call_whose_time_ends_in_the_queue_never_starts(void **state)
{
    (void)state;
    rig.limits.in_flight = 1;
    rig_call(1, "t.T/Hold", 0, 0);
    rig_call(2, "t.T/Hold", 0, 100);
    rig_call(3, "t.T/Hold", 0, 0);
    rig_advance(100);
    rig_next_end(2, DEADLINE);
    rig_cancel(3);
    rig_next_end(3, CANCELLED);
    rig_end(0, "x");
    rig_next_end(1, OK);
    rig_advance(0);
    assert_int_equal(rig.n_held, 1);
}

static void a_last_that_came_in_the_queue_is_told_at_the_start(void **state)
{
    (void)state;
    rig.limits.in_flight = 1;
    rig_call(1, "t.T/Hold", 0, 0);
    rig_call(2, "t.T/Both", 0, 0);
    rig_data(2, 1, "", true);
    assert_int_equal(rig.half_closes, 0);
    rig_end(0, "x");
    rig_advance(0);
    assert_int_equal(rig.half_closes, 1);
}

static void large_calls_share_a_budget(void **state)
{
    (void)state;
    rig.limits.decoded = 100;
    rig_call(1, "t.T/Hold", 0, 0);
    rig.limits.decoded = rig.rpc->decoded_bytes;
    rig_call(2, "t.T/Hold", 0, 0);
    rig_next_end(2, EXHAUSTED);
    rig.limits.decoded *= 2;
    rig_call(3, "t.T/Hold", 0, 0);
    assert_int_equal(rig.n_held, 2);
}

static void a_peer_is_waited_for_only_where_it_has_to_act(void **state)
{
    (void)state;
    assert_true(session_waits_for_peer(rig.session)); /* nothing is open */
    struct request *down = open_call(1, "t.T/Down", 1);
    assert_false(session_waits_for_peer(rig.session)); /* we are at work */
    rig_reply(down, "a");
    rig_reply(down, "b");
    assert_true(session_waits_for_peer(rig.session)); /* it owes credit */
    struct request *both = open_call(2, "t.T/Both", 1);
    request_credit(both, 1);
    assert_false(session_waits_for_peer(rig.session)); /* it may, but need not */
    request_await(both, true);
    assert_true(session_waits_for_peer(rig.session)); /* it owes a piece */
}

#define RIG_TEST(name) cmocka_unit_test_setup_teardown(name, open_session, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(messages_leave_at_once_under_credit),
        RIG_TEST(without_a_word_the_credit_is_32),
        RIG_TEST(what_has_no_credit_waits_in_order),
        RIG_TEST(the_end_waits_behind_the_data),
        RIG_TEST(an_error_waits_behind_the_data_too),
        RIG_TEST(a_handler_that_was_told_to_wait_is_called_when_it_may_go_on),
        RIG_TEST(a_clogged_connection_holds_all_its_streams),
        RIG_TEST(of_progress_that_waits_only_the_newest_is_sent),
        RIG_TEST(progress_older_than_a_result_is_dropped),
        RIG_TEST(a_message_above_what_the_peer_takes_ends_the_call),
        RIG_TEST(cancelling_ends_the_call_at_once_and_tells_the_handler),
        RIG_TEST(cancelling_a_call_whose_end_waits_drops_the_data),
        RIG_TEST(the_deadline_counts_from_receipt),
        RIG_TEST(an_answer_in_time_leaves_no_timer),
        RIG_TEST(a_timeout_beyond_all_measure_is_none),
        RIG_TEST(an_upload_waits_for_the_first_credit),
        RIG_TEST(the_last_piece_closes_the_callers_half),
        RIG_TEST(an_empty_last_needs_no_credit_and_is_no_piece),
        RIG_TEST(pieces_out_of_order_are_refused),
        RIG_TEST(data_for_a_method_that_takes_none_is_refused),
        RIG_TEST(a_piece_that_cannot_be_decoded_ends_the_call_alone),
        RIG_TEST(calls_beyond_the_places_wait_their_turn),
        RIG_TEST(light_calls_need_no_place),
        RIG_TEST(a_call_whose_time_ends_in_the_queue_never_starts),
        RIG_TEST(a_last_that_came_in_the_queue_is_told_at_the_start),
        RIG_TEST(large_calls_share_a_budget),
        RIG_TEST(a_peer_is_waited_for_only_where_it_has_to_act),
    };
    return RUN_TESTS(tests);
}
