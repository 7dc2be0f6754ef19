/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Who is let in, and what is said between Hello and the end. */
#include "session_rig.h"

#include "core/mem.h"
#include "wire/codec.h"

enum {
    OK = 0,
    INVALID = 3,
    DEADLINE = 4,
    NOT_FOUND = 5,
    DENIED = 7,
    EXHAUSTED = 8,
    FAILED = 9,
    UNIMPLEMENTED = 12,
    UNAVAILABLE = 14,
    UNAUTHENTICATED = 16
};

static void send_hello(uint32_t major, uint64_t max_message, const char *token)
{
    Ragd__V1__Hello hello = RAGD__V1__HELLO__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    hello.major = major;
    hello.max_message = max_message;
    hello.token = (char *)token;
    frame.kind_case = RAGD__V1__FRAME__KIND_HELLO;
    frame.hello = &hello;
    rig_send(&frame, (struct ragd_bytes){0});
}

static void hello_is_answered_with_what_holds_here(void **state)
{
    (void)state;
    send_hello(SESSION_MAJOR, 100000, "");
    const Ragd__V1__HelloAck *ack = rig_next(RAGD__V1__FRAME__KIND_HELLO_ACK)->hello_ack;
    assert_string_equal(ack->boot_id, "boot");
    assert_string_equal(ack->server, "ragd test");
    assert_int_equal(ack->max_message, 100000);
    assert_int_equal(ack->max_calls, 64);
    assert_int_equal(ack->ping_ms, 0);
    assert_int_equal(ack->schema_sha256.len, HASH_BYTES);
    assert_int_equal(rig.finished, 0);
}

static void another_major_version_is_refused(void **state)
{
    (void)state;
    send_hello(SESSION_MAJOR + 1, 0, "");
    assert_contains(rig_next_go_away(FAILED)->message, "protocol 1");
    assert_int_equal(rig.finished, 1);
}

static void a_client_that_takes_no_error_is_refused(void **state)
{
    (void)state;
    send_hello(SESSION_MAJOR, SESSION_MESSAGE_BYTES_MIN - 1, "");
    rig_next_go_away(INVALID);
    assert_int_equal(rig.finished, 1);
}

static void a_call_before_hello_tells_a_reconnected_client_so(void **state)
{
    (void)state;
    rig_call(1, "t.T/Echo", 0, 0);
    rig_next_go_away(FAILED);
    assert_int_equal(rig.finished, 1);
    rig_call(2, "t.T/Echo", 0, 0); /* nothing is heard after it */
    rig_nothing_sent();
}

static void a_second_hello_is_refused(void **state)
{
    (void)state;
    rig_hello();
    send_hello(SESSION_MAJOR, 0, "");
    rig_next_go_away(INVALID);
    assert_int_equal(rig.finished, 1);
}

static void bytes_that_are_no_frame_end_the_session(void **state)
{
    (void)state;
    rig_hello();
    session_message(rig.session, (struct ragd_bytes){"\xff\xff\xff", 3});
    assert_contains(rig_next_go_away(INVALID)->message, "offset");
    assert_int_equal(rig.finished, 1);
}

static void a_frame_of_an_unknown_kind_is_ignored(void **state)
{
    (void)state;
    rig_hello();
    session_message(rig.session, (struct ragd_bytes){"\xfa\x07\x00", 3});
    rig_nothing_sent();
    rig_call(1, "t.T/Echo", 0, 0);
    rig_next_end(1, OK);
}

static void a_unary_call_ends_with_its_answer(void **state)
{
    (void)state;
    rig_hello();
    rig_call(7, "t.T/Echo", 0, 0);
    const Ragd__V1__End *end = rig_next_end(7, OK);
    assert_int_equal(end->body.len, 6); /* tag, length, "echo" */
    assert_int_equal(end->last_seq, 0);
    rig_nothing_sent();
}

static void an_error_travels_with_name_and_category(void **state)
{
    (void)state;
    rig_hello();
    rig_call(1, "t.T/Fail", 0, 0);
    const Ragd__V1__End *end = rig_next_end(1, NOT_FOUND);
    assert_string_equal(end->message, "no collection papers");
    struct err err;
    ProtobufCMessage *details;
    assert_ok(codec_unpack(&rig.arena, &ragd__v1__error__descriptor,
                           (struct ragd_bytes){end->details.data, end->details.len},
                           &details, &err),
              &err);
    const Ragd__V1__Error *error = (const Ragd__V1__Error *)details;
    assert_string_equal(error->code, "no_such_collection");
    assert_string_equal(error->category, "NOT_FOUND");
    assert_int_equal(error->exit, 6);
}

static void an_unknown_method_is_told_with_the_nearest(void **state)
{
    (void)state;
    rig_hello();
    rig_call(1, "t.T/Ecco", 0, 0);
    rig_next_end(1, UNIMPLEMENTED);
}

static void a_call_id_in_use_ends_the_session(void **state)
{
    (void)state;
    rig_hello();
    rig_call(1, "t.T/Hold", 0, 0);
    rig_call(1, "t.T/Echo", 0, 0);
    rig_next_go_away(INVALID);
    assert_int_equal(rig.finished, 1);
}

static void call_id_0_is_the_connections_own(void **state)
{
    (void)state;
    rig_hello();
    rig_call(0, "t.T/Echo", 0, 0);
    rig_next_go_away(INVALID);
}

static void frames_of_unknown_calls_are_ignored(void **state)
{
    (void)state;
    rig_hello();
    rig_data(9, 1, "x", true);
    rig_credit(9, 1);
    rig_cancel(9);
    rig_nothing_sent();
    assert_int_equal(rig.finished, 0);
}

static void the_65th_open_call_is_refused_and_the_rest_go_on(void **state)
{
    (void)state;
    rig_hello();
    for (uint64_t id = 1; id <= 64; id++) {
        rig_call(id, "t.T/Hold", 0, 0);
    }
    rig_nothing_sent();
    rig_call(65, "t.T/Echo", 0, 0);
    rig_next_end(65, EXHAUSTED);
    rig_end(0, "done");
    rig_next_end(1, OK);
    rig_call(66, "t.T/Echo", 0, 0);
    rig_next_end(66, OK);
}

static void a_ping_is_answered(void **state)
{
    (void)state;
    Ragd__V1__Ping ping = RAGD__V1__PING__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    ping.nonce = 77;
    frame.kind_case = RAGD__V1__FRAME__KIND_PING;
    frame.ping = &ping;
    rig_hello();
    rig_send(&frame, (struct ragd_bytes){0});
    assert_int_equal(rig_next(RAGD__V1__FRAME__KIND_PONG)->pong->nonce, 77);
}

static void a_remote_peer_needs_the_token(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.remote = true, .name = "tcp"});
    send_hello(SESSION_MAJOR, 0, "secret");
    const Ragd__V1__HelloAck *ack = rig_next(RAGD__V1__FRAME__KIND_HELLO_ACK)->hello_ack;
    assert_int_equal(ack->ping_ms, rig.limits.ping);
    rig_call(1, "t.T/Admin", 0, 0); /* whoever has the token is the daemon's user */
    rig_next_end(1, OK);
}

static void a_wrong_token_is_told_late_and_ends_the_session(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "secre", "secrets", "Secret"};
    for (size_t i = 0; i < 4; i++) {
        rig_peer((struct session_peer){.remote = true, .name = "tcp"});
        rig.finished = 0;
        send_hello(SESSION_MAJOR, 0, wrong[i]);
        rig_advance(rig.limits.penalty - 1);
        rig_nothing_sent();
        assert_int_equal(rig.finished, 0);
        rig_advance(1);
        rig_next_go_away(UNAUTHENTICATED);
        assert_int_equal(rig.finished, 1);
    }
    assert_int_equal(rig.rpc->counters.bad_tokens, 4);
}

static void a_silent_remote_peer_is_pinged_and_dropped(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.remote = true, .name = "tcp"});
    send_hello(SESSION_MAJOR, 0, "secret");
    rig_next(RAGD__V1__FRAME__KIND_HELLO_ACK);
    for (int i = 0; i < SESSION_PINGS_MISSED_MAX; i++) {
        rig_advance(rig.limits.ping);
        rig_next(RAGD__V1__FRAME__KIND_PING);
    }
    assert_int_equal(rig.finished, 0);
    rig_advance(rig.limits.ping);
    rig_nothing_sent();
    assert_int_equal(rig.finished, 1);
}

static void any_frame_counts_as_a_sign_of_life(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.remote = true, .name = "tcp"});
    send_hello(SESSION_MAJOR, 0, "secret");
    rig_next(RAGD__V1__FRAME__KIND_HELLO_ACK);
    for (int i = 0; i < 3 * SESSION_PINGS_MISSED_MAX; i++) {
        rig_advance(rig.limits.ping);
        rig_next(RAGD__V1__FRAME__KIND_PING);
        rig_credit(99, 1);
    }
    assert_int_equal(rig.finished, 0);
}

static void a_daemon_of_one_user_serves_that_user_and_root(void **state)
{
    (void)state;
    static const struct {
        uint32_t uid;
        bool served;
    } users[] = {{RIG_UID, true}, {0, true}, {RIG_UID + 1, false}, {UINT32_MAX, false}};
    for (size_t i = 0; i < 4; i++) {
        rig_peer((struct session_peer){.uid = users[i].uid, .name = "test"});
        send_hello(SESSION_MAJOR, 0, "");
        if (users[i].served) {
            rig_next(RAGD__V1__FRAME__KIND_HELLO_ACK);
            rig_call(1, "t.T/Hold", 0, 0);
            assert_int_equal(rig.held[rig.n_held - 1]->owner, RIG_UID);
        } else {
            rig_next_go_away(DENIED);
        }
    }
}

static void a_daemon_of_many_users_keeps_them_apart(void **state)
{
    (void)state;
    rig.rpc->settings.many_users = true;
    rig_peer((struct session_peer){.uid = 1234, .name = "test"});
    rig_hello();
    rig_call(1, "t.T/Hold", 0, 0);
    assert_int_equal(rig.held[0]->owner, 1234);
    assert_false(rig.held[0]->admin);
    rig_call(2, "t.T/Admin", 0, 0);
    rig_next_end(2, DENIED);
    rig_peer((struct session_peer){.uid = 0, .name = "test"});
    rig_hello();
    rig_call(3, "t.T/Admin", 0, 0);
    rig_next_end(3, OK);
    rig_call(4, "t.T/Hold", 0, 0);
    assert_true(rig.held[1]->admin);
}

static void one_connection_too_many_is_told_why(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.uid = RIG_UID, .refused = true, .name = "test"});
    send_hello(SESSION_MAJOR, 0, "");
    assert_contains(rig_next_go_away(EXHAUSTED)->message,
                    "too many connections, limits.connections_per_uid is");
    assert_int_equal(rig.finished, 1);
}

/* REQ0 peers. */

static const struct ragd_bytes TRACE = {"\0\0\0\5\x80\0\0\1", 8};

static void send_request(const char *method, const char *token)
{
    Ragd__V1__Call call = RAGD__V1__CALL__INIT;
    Ragd__V1__Call__MetadataEntry entry = RAGD__V1__CALL__METADATA_ENTRY__INIT;
    Ragd__V1__Call__MetadataEntry *entries[] = {&entry};
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    entry.key = "token";
    entry.value = (char *)token;
    call.method = (char *)method;
    call.n_metadata = token ? 1 : 0;
    call.metadata = entries;
    frame.call_id = 1;
    frame.kind_case = RAGD__V1__FRAME__KIND_CALL;
    frame.call = &call;
    rig_send(&frame, TRACE);
}

static void a_request_is_answered_with_its_backtrace(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.requests = true, .uid = RIG_UID, .name = "req"});
    send_request("t.T/Echo", NULL);
    rig_next_end(1, OK);
    assert_int_equal(rig.traces[0].n, TRACE.n);
    assert_memory_equal(rig.traces[0].p, TRACE.p, TRACE.n);
}

static void two_requests_of_one_call_id_may_be_open(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.requests = true, .uid = RIG_UID, .name = "req"});
    send_request("t.T/Hold", NULL);
    send_request("t.T/Hold", NULL);
    rig_end(1, "b");
    rig_end(0, "a");
    rig_next_end(1, OK);
    rig_next_end(1, OK);
}

static void requests_may_only_read_and_only_once(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.requests = true, .uid = RIG_UID, .name = "req"});
    send_request("t.T/Write", NULL);
    rig_next_end(1, UNIMPLEMENTED);
    send_request("t.T/Down", NULL);
    rig_next_end(1, UNIMPLEMENTED);
    send_request("t.T/Both", NULL);
    rig_next_end(1, UNIMPLEMENTED);
}

static void a_remote_request_shows_its_token_in_the_metadata(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.remote = true, .requests = true, .name = "req"});
    send_request("t.T/Open", NULL);
    rig_next_end(1, OK);
    send_request("t.T/Echo", NULL);
    rig_next_end(1, UNAUTHENTICATED);
    send_request("t.T/Echo", "guess");
    rig_next_end(1, UNAUTHENTICATED);
    send_request("t.T/Echo", "secret");
    rig_next_end(1, OK);
}

static void a_request_that_cannot_be_decoded_is_answered(void **state)
{
    (void)state;
    rig_peer((struct session_peer){.requests = true, .uid = RIG_UID, .name = "req"});
    session_message(rig.session, (struct ragd_bytes){"\x80\0\0\1\xff", 5});
    rig_next_end(0, INVALID);
    assert_int_equal(rig.finished, 0);
    session_message(rig.session, (struct ragd_bytes){"\0\0\0\1", 4});
    rig_nothing_sent(); /* without an id nobody can be answered */
    assert_int_equal(rig.finished, 1);
}

/* Ends. */

static void leaving_lets_open_calls_end_and_refuses_new_ones(void **state)
{
    (void)state;
    rig_hello();
    rig_call(3, "t.T/Hold", 0, 0);
    session_leave(rig.session, ERR_DRAINING, NULL, 5000);
    const Ragd__V1__GoAway *away = rig_next_go_away(UNAVAILABLE);
    assert_int_equal(away->last_call_id, 3);
    assert_int_equal(away->drain_ms, 5000);
    rig_call(4, "t.T/Echo", 0, 0);
    rig_next_end(4, UNAVAILABLE);
    assert_int_equal(rig.finished, 0);
    rig_end(0, "late");
    rig_next_end(3, OK);
    assert_int_equal(rig.finished, 1);
}

static void leaving_without_calls_finishes_at_once(void **state)
{
    (void)state;
    rig_hello();
    session_leave(rig.session, ERR_DRAINING, NULL, 0);
    rig_next_go_away(UNAVAILABLE);
    assert_int_equal(rig.finished, 1);
}

static void a_lost_connection_stops_its_calls(void **state)
{
    (void)state;
    rig_hello();
    rig_call(1, "t.T/Hold", 0, 0);
    rig_peer((struct session_peer){.uid = RIG_UID, .name = "next"});
    assert_int_equal(rig.stops, 1);
    assert_int_equal(rig.why, STOP_LOST);
    rig_end(0, "to nobody");
    rig_nothing_sent();
}

static void every_failing_allocation_ends_in_an_answer_or_the_end(void **state)
{
    (void)state;
    rig_hello();
    long failures = -1;
    uint64_t id = 0;
    FOR_EACH_FAILURE(n, done)
    {
        size_t held = rig.n_held;
        mem_fail_after(n, 0);
        rig.limits.calls = 1000;
        Ragd__V1__Call call = RAGD__V1__CALL__INIT;
        Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
        uint8_t bytes[64];
        call.method = "t.T/Hold";
        frame.call_id = ++id;
        frame.kind_case = RAGD__V1__FRAME__KIND_CALL;
        frame.call = &call;
        size_t size = protobuf_c_message_pack(&frame.base, bytes);
        size_t sent = rig.n_frames;
        session_message(rig.session, (struct ragd_bytes){bytes, size});
        mem_fail_after(-1, 0);
        done = rig.n_held > held;
        assert_true(done || rig.n_frames == sent + 1); /* End or GoAway */
        failures++;
        if (rig.finished) {
            rig.next = rig.n_frames;
            rig.finished = 0;
            rig_peer((struct session_peer){.uid = RIG_UID, .name = "next"});
            rig_hello();
        }
    }
    assert_true(failures > 0);
}

#define RIG_TEST(name) cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(hello_is_answered_with_what_holds_here),
        RIG_TEST(another_major_version_is_refused),
        RIG_TEST(a_client_that_takes_no_error_is_refused),
        RIG_TEST(a_call_before_hello_tells_a_reconnected_client_so),
        RIG_TEST(a_second_hello_is_refused),
        RIG_TEST(bytes_that_are_no_frame_end_the_session),
        RIG_TEST(a_frame_of_an_unknown_kind_is_ignored),
        RIG_TEST(a_unary_call_ends_with_its_answer),
        RIG_TEST(an_error_travels_with_name_and_category),
        RIG_TEST(an_unknown_method_is_told_with_the_nearest),
        RIG_TEST(a_call_id_in_use_ends_the_session),
        RIG_TEST(call_id_0_is_the_connections_own),
        RIG_TEST(frames_of_unknown_calls_are_ignored),
        RIG_TEST(the_65th_open_call_is_refused_and_the_rest_go_on),
        RIG_TEST(a_ping_is_answered),
        RIG_TEST(a_remote_peer_needs_the_token),
        RIG_TEST(a_wrong_token_is_told_late_and_ends_the_session),
        RIG_TEST(a_silent_remote_peer_is_pinged_and_dropped),
        RIG_TEST(any_frame_counts_as_a_sign_of_life),
        RIG_TEST(a_daemon_of_one_user_serves_that_user_and_root),
        RIG_TEST(a_daemon_of_many_users_keeps_them_apart),
        RIG_TEST(one_connection_too_many_is_told_why),
        RIG_TEST(a_request_is_answered_with_its_backtrace),
        RIG_TEST(two_requests_of_one_call_id_may_be_open),
        RIG_TEST(requests_may_only_read_and_only_once),
        RIG_TEST(a_remote_request_shows_its_token_in_the_metadata),
        RIG_TEST(a_request_that_cannot_be_decoded_is_answered),
        RIG_TEST(leaving_lets_open_calls_end_and_refuses_new_ones),
        RIG_TEST(leaving_without_calls_finishes_at_once),
        RIG_TEST(a_lost_connection_stops_its_calls),
        RIG_TEST(every_failing_allocation_ends_in_an_answer_or_the_end),
    };
    return RUN_TESTS(tests);
}
