/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The client library against a server that keeps, and breaks, the protocol. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/sp_server.h"
#include "support/test.h"

#include "ragclient.h"

struct fixture {
    char dir[64], path[80];
    struct sp_server *server;
    struct ragc *conn;
    struct ragc_error error;
};

static int connect_to(struct fixture *f)
{
    struct ragc_options options = {.url = f->path,
                                   .client = "test",
                                   .timeout_ms = 2000,
                                   .drain_ms = 20};
    return ragc_connect(&options, &f->conn, &f->error);
}

static int setup_dir(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    snprintf(f->dir, sizeof(f->dir), "/tmp/ragclient-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
    *state = f;
    return 0;
}

static int setup(void **state)
{
    setup_dir(state);
    struct fixture *f = *state;
    f->server = sp_server_start(f->path, "boot 1");
    assert_int_equal(connect_to(f), 0);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    ragc_close(f->conn);
    if (f->server) {
        sp_server_stop(f->server, false);
    }
    unlink(f->path);
    rmdir(f->dir);
    free(f);
    return 0;
}

static struct ragc_call *start(struct fixture *f, const char *method, const char *body)
{
    struct ragc_request request = {.method = method,
                                   .body = body,
                                   .body_bytes = strlen(body)};
    struct ragc_call *call = NULL;
    assert_int_equal(ragc_start(f->conn, &request, &call, &f->error), 0);
    return call;
}

static int next(struct fixture *f, struct ragc_call *call)
{
    const uint8_t *body;
    size_t n;
    return ragc_recv(call, 5000, &body, &n, &f->error);
}

static void says_what_the_server_said_of_itself(void **state)
{
    struct fixture *f = *state;
    const struct ragc_server *server = ragc_server(f->conn);
    assert_string_equal(server->version, "test 1");
    assert_string_equal(server->boot_id, "boot 1");
    assert_int_equal(server->max_message, 1 << 20);
}

static void unary_call_returns_the_answer(void **state)
{
    struct fixture *f = *state;
    struct ragc_request request = {.method = "t/Echo", .body = "hello", .body_bytes = 5};
    uint8_t *body;
    size_t n;
    assert_int_equal(ragc_unary(f->conn, &request, &body, &n, &f->error), 0);
    assert_int_equal(n, 5);
    assert_memory_equal(body, "hello", 5);
    free(body);
}

static void stream_arrives_complete_and_in_order(void **state)
{
    struct fixture *f = *state;
    struct ragc_request request = {.method = "t/Count",
                                   .body = "1000",
                                   .body_bytes = 4,
                                   .credit = 3};
    struct ragc_call *call;
    assert_int_equal(ragc_start(f->conn, &request, &call, &f->error), 0);
    for (int i = 1; i <= 1000; i++) {
        const uint8_t *body;
        size_t n;
        char want[32];
        snprintf(want, sizeof(want), "message %d", i);
        assert_int_equal(ragc_recv(call, 5000, &body, &n, &f->error), RAGC_MESSAGE);
        assert_int_equal(n, strlen(want));
        assert_memory_equal(body, want, n);
    }
    assert_int_equal(next(f, call), RAGC_ENDED);
    ragc_release(call);
}

static void upload_waits_for_credit(void **state)
{
    struct fixture *f = *state;
    static uint8_t piece[100000];
    struct ragc_call *call = start(f, "t/Upload", "");
    for (int i = 0; i < 50; i++) {
        assert_int_equal(ragc_send(call, piece, sizeof(piece), 0, 5000), 0);
    }
    assert_int_equal(ragc_send(call, NULL, 0, RAGC_LAST, 5000), 0);
    const uint8_t *body;
    size_t n;
    assert_int_equal(ragc_recv(call, 5000, &body, &n, &f->error), RAGC_ENDED);
    assert_memory_equal(body, "5000000", 7);
    ragc_release(call);
}

static void send_without_credit_sends_nothing(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *call = start(f, "t/Wait", "");
    assert_int_equal(ragc_send(call, "x", 1, 0, 20), RAGC_NOTHING);
    ragc_release(call);
}

static void credit_is_what_the_daemon_takes_now(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *call = start(f, "t/Upload", "");
    while (ragc_credit(call) == 0) {
        assert_int_equal(ragc_wait(f->conn, 5000, &f->error), 1);
    }
    assert_int_equal(ragc_credit(call), 4);
    assert_int_equal(ragc_send(call, "x", 1, 0, 0), 0);
    assert_int_equal(ragc_credit(call), 3);
    assert_int_equal(ragc_send(call, NULL, 0, RAGC_LAST, 0), 0);
    assert_int_equal(ragc_credit(call), 0);
    ragc_release(call);
}

/* What there is of a call now; waits for more of any call in between. */
static int poll_call(struct fixture *f, struct ragc_call *call)
{
    const uint8_t *body;
    size_t n;
    int got;
    while ((got = ragc_recv(call, 0, &body, &n, &f->error)) == RAGC_NOTHING) {
        assert_int_equal(ragc_wait(f->conn, 5000, &f->error), 1);
    }
    return got;
}

static void waiting_ends_when_any_call_has_news(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *idle = start(f, "t/Wait", ""), *call = start(f, "t/Count", "3");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(poll_call(f, call), RAGC_MESSAGE);
    }
    assert_int_equal(poll_call(f, call), RAGC_ENDED);
    while (ragc_wait(f->conn, 10, &f->error) == 1) {
    }
    assert_int_equal(ragc_wait(f->conn, 10, &f->error), 0);
    ragc_release(call);
    ragc_release(idle);
}

static void news_that_another_call_took_in_is_not_missed(void **state)
{
    struct fixture *f = *state;
    const uint8_t *body;
    size_t n;
    struct ragc_call *idle = start(f, "t/Wait", ""), *call = start(f, "t/Count", "1");
    assert_int_equal(ragc_recv(idle, 200, &body, &n, &f->error), RAGC_NOTHING);
    assert_int_equal(ragc_wait(f->conn, 0, &f->error), 1);
    assert_int_equal(ragc_recv(call, 0, &body, &n, &f->error), RAGC_MESSAGE);
    ragc_release(call);
    ragc_release(idle);
}

static void waiting_on_a_lost_connection_fails(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *drop = start(f, "t/Drop", "");
    int rc;
    while ((rc = ragc_wait(f->conn, 5000, &f->error)) == 1) {
    }
    assert_int_equal(rc, -RAGC_UNAVAILABLE);
    assert_int_equal(f->error.fault, RAGC_FAULT_LOST);
    ragc_release(drop);
}

static void calls_share_a_connection(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *calls[8];
    for (int i = 0; i < 8; i++) {
        calls[i] = start(f, "t/Count", "100");
    }
    for (int round = 0; round < 100; round++) {
        for (int i = 7; i >= 0; i--) {
            assert_int_equal(next(f, calls[i]), RAGC_MESSAGE);
        }
    }
    for (int i = 0; i < 8; i++) {
        assert_int_equal(next(f, calls[i]), RAGC_ENDED);
        ragc_release(calls[i]);
    }
}

static void error_carries_the_details(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *call = start(f, "t/Fail", "");
    for (int again = 0; again < 2; again++) {
        assert_int_equal(next(f, call), -RAGC_NOT_FOUND);
        assert_string_equal(f->error.code, "no_such_collection");
        assert_string_equal(f->error.message, "no collection papers");
        assert_string_equal(f->error.hint, "rag ls");
        assert_int_equal(f->error.exit, 6);
        assert_int_equal(f->error.fault, RAGC_FAULT_NONE);
    }
    ragc_release(call);
}

static void cancelled_call_ends(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *call = start(f, "t/Wait", "");
    ragc_cancel(call, "test");
    assert_int_equal(next(f, call), -RAGC_CANCELLED);
    assert_int_equal(sp_server_cancelled(f->server), 1);
    ragc_release(call);
}

static void recv_gives_up_waiting_and_can_go_on(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *call = start(f, "t/Wait", "");
    const uint8_t *body;
    size_t n;
    assert_int_equal(ragc_recv(call, 10, &body, &n, &f->error), RAGC_NOTHING);
    assert_int_equal(ragc_recv(call, 0, &body, &n, &f->error), RAGC_NOTHING);
    ragc_release(call);
}

static void deadline_holds_against_a_deaf_server(void **state)
{
    struct fixture *f = *state;
    struct ragc_request request = {.method = "t/Deaf", .timeout_ms = 1};
    struct ragc_call *call;
    assert_int_equal(ragc_start(f->conn, &request, &call, &f->error), 0);
    const uint8_t *body;
    size_t n;
    assert_int_equal(ragc_recv(call, -1, &body, &n, &f->error), -RAGC_DEADLINE_EXCEEDED);
    ragc_release(call);
}

static void lost_connection_fails_all_calls(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *wait = start(f, "t/Wait", ""), *drop = start(f, "t/Drop", "");
    assert_int_equal(next(f, drop), -RAGC_UNAVAILABLE);
    assert_int_equal(f->error.fault, RAGC_FAULT_LOST);
    assert_int_equal(next(f, wait), -RAGC_UNAVAILABLE);
    struct ragc_request request = {.method = "t/Echo"};
    struct ragc_call *call;
    assert_int_equal(ragc_start(f->conn, &request, &call, &f->error), -RAGC_UNAVAILABLE);
    ragc_release(wait);
    ragc_release(drop);
}

static void restart_is_recognised(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *wait = start(f, "t/Wait", "");
    sp_server_stop(f->server, true);
    assert_int_equal(next(f, wait), -RAGC_UNAVAILABLE);
    assert_true(ragc_reconnect(f->conn, &f->error) < 0);
    assert_int_equal(f->error.fault, RAGC_FAULT_STALE);
    f->server = sp_server_start(f->path, "boot 2");
    assert_int_equal(ragc_reconnect(f->conn, &f->error), 0);
    assert_int_equal(ragc_server(f->conn)->restarts, 1);
    assert_int_equal(next(f, wait), -RAGC_UNAVAILABLE);
    ragc_release(wait);
    unary_call_returns_the_answer(state);
}

static void same_daemon_after_a_blip_is_no_restart(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ragc_reconnect(f->conn, &f->error), 0);
    assert_int_equal(ragc_server(f->conn)->restarts, 0);
    unary_call_returns_the_answer(state);
}

static void missing_message_is_data_loss(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *call = start(f, "t/Skip", "");
    assert_int_equal(next(f, call), -RAGC_DATA_LOSS);
    ragc_release(call);
}

static void flood_over_the_credits_ends_the_call(void **state)
{
    struct fixture *f = *state;
    struct ragc_request request = {.method = "t/Flood", .credit = 4};
    struct ragc_call *call;
    assert_int_equal(ragc_start(f->conn, &request, &call, &f->error), 0);
    unary_call_returns_the_answer(state);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(next(f, call), RAGC_MESSAGE);
    }
    assert_int_equal(next(f, call), -RAGC_INTERNAL);
    ragc_release(call);
}

static void frame_that_does_not_decode_loses_the_connection(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *call = start(f, "t/Garbage", "");
    assert_true(next(f, call) < 0);
    assert_int_equal(f->error.fault, RAGC_FAULT_PROTOCOL);
    ragc_release(call);
}

static void go_away_fails_what_the_daemon_did_not_take(void **state)
{
    struct fixture *f = *state;
    struct ragc_call *kept = start(f, "t/Wait", ""), *call = start(f, "t/Away", "");
    assert_int_equal(next(f, call), -RAGC_UNAVAILABLE);
    ragc_cancel(kept, "test");
    assert_int_equal(next(f, kept), -RAGC_CANCELLED);
    ragc_release(call);
    ragc_release(kept);
}

static void message_over_the_limit_is_refused_here(void **state)
{
    struct fixture *f = *state;
    static uint8_t big[(1 << 20) + 1];
    struct ragc_request request = {.method = "t/Echo",
                                   .body = big,
                                   .body_bytes = sizeof(big)};
    uint8_t *body;
    size_t n;
    int rc = ragc_unary(f->conn, &request, &body, &n, &f->error);
    assert_int_equal(rc, -RAGC_RESOURCE_EXHAUSTED);
    unary_call_returns_the_answer(state);
}

static void released_calls_are_cancelled(void **state)
{
    struct fixture *f = *state;
    ragc_release(start(f, "t/Wait", ""));
    ragc_release(start(f, "t/Count", "100000"));
    unary_call_returns_the_answer(state);
    assert_int_equal(sp_server_cancelled(f->server), 2);
}

static void close_leaves_a_busy_socket_alone(void **state)
{
    struct fixture *f = *state;
    start(f, "t/Deaf", "");
    ragc_close(f->conn);
    f->conn = NULL;
}

static void absent_socket_is_told(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(connect_to(f), -RAGC_UNAVAILABLE);
    assert_int_equal(f->error.fault, RAGC_FAULT_ABSENT);
    assert_int_equal(f->error.exit, 4);
}

static void stale_socket_is_told(void **state)
{
    struct fixture *f = *state;
    sp_server_stop(sp_server_start(f->path, "boot"), true);
    assert_int_equal(connect_to(f), -RAGC_UNAVAILABLE);
    assert_int_equal(f->error.fault, RAGC_FAULT_STALE);
}

static void forbidden_socket_is_told(void **state)
{
    struct fixture *f = *state;
    if (geteuid() == 0) {
        skip(); /* root may connect to anything */
    }
    f->server = sp_server_start(f->path, "boot");
    chmod(f->path, 0);
    assert_true(connect_to(f) < 0);
    assert_int_equal(f->error.fault, RAGC_FAULT_PERMISSION);
    assert_int_equal(f->error.exit, 5);
}

static void other_protocol_is_told(void **state)
{
    struct fixture *f = *state;
    f->server = sp_server_start(f->path, "boot");
    sp_server_refuse(f->server, RAGC_FAILED_PRECONDITION);
    assert_true(connect_to(f) < 0);
    assert_int_equal(f->error.fault, RAGC_FAULT_PROTOCOL);
    assert_int_equal(f->error.exit, 7);
}

static void refused_token_is_a_permission_fault(void **state)
{
    struct fixture *f = *state;
    f->server = sp_server_start(f->path, "boot");
    sp_server_refuse(f->server, RAGC_UNAUTHENTICATED);
    assert_true(connect_to(f) < 0);
    assert_int_equal(f->error.fault, RAGC_FAULT_PERMISSION);
}

static void silent_server_is_a_timeout(void **state)
{
    struct fixture *f = *state;
    f->server = sp_server_start(f->path, "boot");
    sp_server_mute(f->server, true);
    struct ragc_options options = {.url = f->path, .timeout_ms = 50};
    assert_true(ragc_connect(&options, &f->conn, &f->error) < 0);
    assert_int_equal(f->error.fault, RAGC_FAULT_TIMEOUT);
}

static void senseless_address_is_told(void **state)
{
    struct fixture *f = *state;
    static const char *const URLS[] = {"",       "x",          "http://a:1",
                                       "tcp://", "tcp://host", "ipc://x"};
    for (size_t i = 0; i < sizeof(URLS) / sizeof(URLS[0]); i++) {
        struct ragc_options options = {.url = URLS[i], .timeout_ms = 50};
        assert_true(ragc_connect(&options, &f->conn, &f->error) < 0);
        assert_int_equal(f->error.fault, RAGC_FAULT_ADDRESS);
    }
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define ALONE(test) cmocka_unit_test_setup_teardown(test, setup_dir, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(says_what_the_server_said_of_itself),
        WITH_SERVER(unary_call_returns_the_answer),
        WITH_SERVER(stream_arrives_complete_and_in_order),
        WITH_SERVER(upload_waits_for_credit),
        WITH_SERVER(send_without_credit_sends_nothing),
        WITH_SERVER(credit_is_what_the_daemon_takes_now),
        WITH_SERVER(waiting_ends_when_any_call_has_news),
        WITH_SERVER(news_that_another_call_took_in_is_not_missed),
        WITH_SERVER(waiting_on_a_lost_connection_fails),
        WITH_SERVER(calls_share_a_connection),
        WITH_SERVER(error_carries_the_details),
        WITH_SERVER(cancelled_call_ends),
        WITH_SERVER(recv_gives_up_waiting_and_can_go_on),
        WITH_SERVER(deadline_holds_against_a_deaf_server),
        WITH_SERVER(lost_connection_fails_all_calls),
        WITH_SERVER(restart_is_recognised),
        WITH_SERVER(same_daemon_after_a_blip_is_no_restart),
        WITH_SERVER(missing_message_is_data_loss),
        WITH_SERVER(flood_over_the_credits_ends_the_call),
        WITH_SERVER(frame_that_does_not_decode_loses_the_connection),
        WITH_SERVER(go_away_fails_what_the_daemon_did_not_take),
        WITH_SERVER(message_over_the_limit_is_refused_here),
        WITH_SERVER(released_calls_are_cancelled),
        WITH_SERVER(close_leaves_a_busy_socket_alone),
        ALONE(absent_socket_is_told),
        ALONE(stale_socket_is_told),
        ALONE(forbidden_socket_is_told),
        ALONE(other_protocol_is_told),
        ALONE(refused_token_is_a_permission_fault),
        ALONE(silent_server_is_a_timeout),
        ALONE(senseless_address_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
