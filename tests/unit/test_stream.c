/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ragd/status.h>

#include "core/mem.h"
#include "loop/loop.h"
#include "loop/stream.h"
#include "support/test.h"

struct peer {
    struct stream *stream;
    int fd; /* the test's end */
    struct buf got;
    int ends, end_status, sent, closed;
};

static void on_read(struct stream *stream, const uint8_t *p, size_t n)
{
    struct peer *peer = stream_arg(stream);
    assert_int_equal(buf_put(&peer->got, p, n), 0);
}

static void on_end(struct stream *stream, int status)
{
    struct peer *peer = stream_arg(stream);
    peer->ends++;
    peer->end_status = status;
}

static void on_sent(struct stream *stream)
{
    ((struct peer *)stream_arg(stream))->sent++;
}

static const struct stream_events EVENTS = {on_read, on_end, on_sent};

static void on_closed(void *arg)
{
    ((struct peer *)arg)->closed++;
}

static int set_up(void **state)
{
    static struct peer peer;
    int fds[2];
    struct limits limits;
    struct err err;
    limits_defaults(&limits);
    limits.callback = 1000;
    peer = (struct peer){0};
    if (loop_init(&limits, NULL) || socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) {
        return -1;
    }
    peer.fd = fds[1];
    fcntl(peer.fd, F_SETFL, O_NONBLOCK);
    assert_ok(stream_open(&peer.stream, fds[0], STREAM_UNIX, &err), &err);
    stream_attach(peer.stream, &EVENTS, &peer);
    *state = &peer;
    return 0;
}

static int tear_down(void **state)
{
    struct peer *peer = *state;
    if (!peer->closed) {
        stream_close(peer->stream, on_closed);
        loop_turn();
        assert_int_equal(peer->closed, 1);
    }
    if (peer->fd >= 0) {
        close(peer->fd);
    }
    buf_release(&peer->got);
    loop_release();
    return 0;
}

static void send_text(struct peer *peer, const char *s)
{
    assert_int_equal(write(peer->fd, s, strlen(s)), strlen(s));
    loop_turn();
}

static struct buf text_buf(const char *s)
{
    struct buf buf = {0};
    assert_int_equal(buf_puts(&buf, s), 0);
    return buf;
}

static void reading_is_off_until_started_and_can_pause(void **state)
{
    struct peer *peer = *state;
    send_text(peer, "one");
    assert_int_equal(peer->got.n, 0);
    stream_read_start(peer->stream);
    loop_turn();
    assert_int_equal(peer->got.n, 3);
    stream_read_stop(peer->stream);
    send_text(peer, "two");
    assert_int_equal(peer->got.n, 3);
    stream_read_start(peer->stream);
    loop_turn();
    assert_memory_equal(peer->got.p, "onetwo", 6);
}

static void peers_end_is_told_once(void **state)
{
    struct peer *peer = *state;
    stream_read_start(peer->stream);
    close(peer->fd);
    peer->fd = -1;
    loop_turn();
    loop_turn();
    assert_int_equal(peer->ends, 1);
    assert_int_equal(peer->end_status, 0);
    struct buf buf = text_buf("late");
    assert_int_equal(stream_write_take(peer->stream, &buf), RAGD_E_UNAVAILABLE);
    assert_int_equal(buf.n, 4);
    buf_release(&buf);
}

static void small_writes_leave_at_once(void **state)
{
    struct peer *peer = *state;
    char got[8];
    struct buf buf = text_buf("hello");
    assert_int_equal(stream_write_take(peer->stream, &buf), 0);
    assert_null(buf.p);
    assert_int_equal(stream_queued(peer->stream), 0);
    assert_int_equal(read(peer->fd, got, sizeof(got)), 5);
    loop_turn();
    assert_int_equal(peer->sent, 0);
}

static size_t drain(struct peer *peer, uint8_t want)
{
    static uint8_t got[65536];
    size_t total = 0;
    for (ssize_t n; (n = read(peer->fd, got, sizeof(got))) > 0; total += (size_t)n) {
        for (ssize_t i = 0; i < n; i++) {
            assert_int_equal(got[i], want);
        }
    }
    return total;
}

static void a_slow_reader_makes_writes_wait_in_order(void **state)
{
    struct peer *peer = *state;
    enum { PIECE = 1 << 20 };
    size_t total = 0;
    for (int i = 0; i < 4; i++) {
        struct buf buf = {0};
        assert_int_equal(buf_reserve(&buf, PIECE), 0);
        memset(buf.p, 'x', PIECE);
        buf.n = PIECE;
        assert_int_equal(stream_write_take(peer->stream, &buf), 0);
    }
    assert_true(stream_queued(peer->stream) > 3 * PIECE);
    while (total < 4 * PIECE) {
        total += drain(peer, 'x');
        loop_turn();
    }
    assert_int_equal(total, 4 * PIECE);
    loop_turn();
    assert_int_equal(stream_queued(peer->stream), 0);
    assert_int_equal(peer->sent, 4);
}

static void want_of_memory_leaves_the_buffer_and_sends_nothing(void **state)
{
    struct peer *peer = *state;
    struct buf buf = text_buf("hello");
    mem_fail_after(0, 1);
    assert_int_equal(stream_write_take(peer->stream, &buf), RAGD_E_NOMEM);
    mem_fail_after(-1, 0);
    assert_int_equal(buf.n, 5);
    buf_release(&buf);
    assert_int_equal(drain(peer, 0), 0);
}

static void close_drops_what_is_queued_and_is_the_last_event(void **state)
{
    struct peer *peer = *state;
    struct buf buf = {0};
    assert_int_equal(buf_reserve(&buf, 4 << 20), 0);
    buf.n = 4 << 20;
    memset(buf.p, 0, buf.n);
    stream_read_start(peer->stream);
    assert_int_equal(stream_write_take(peer->stream, &buf), 0);
    stream_close(peer->stream, on_closed);
    assert_int_equal(peer->closed, 0);
    close(peer->fd);
    peer->fd = -1;
    loop_turn();
    assert_int_equal(peer->closed, 1);
    assert_int_equal(peer->ends, 0);
    assert_int_equal(peer->sent, 0);
}

static void unix_peer_is_known_by_the_kernels_word(void **state)
{
    struct peer *peer = *state;
    const struct stream_peer *who = stream_peer(peer->stream);
    assert_int_equal(who->kind, STREAM_UNIX);
    assert_int_equal(who->uid, geteuid());
    assert_int_equal(who->pid, getpid());
    assert_true(who->loopback);
    assert_contains(who->name, "uid ");
}

static int accepted;

static void on_accept(struct listener *listener, struct stream *stream)
{
    struct peer *peer = listener_arg(listener);
    accepted++;
    const struct stream_peer *who = stream_peer(stream);
    assert_int_equal(who->kind, STREAM_TCP);
    assert_true(who->loopback);
    assert_contains(who->name, "127.0.0.1:");
    stream_close(stream, NULL);
    (void)peer;
}

static int bound_socket(struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t n = sizeof(*at);
    *at = (struct sockaddr_in){.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(fd, (struct sockaddr *)at, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)at, &n), 0);
    return fd;
}

static int dial(const struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)at, sizeof(*at)), 0);
    return fd;
}

static void listener_accepts_tcp_and_recovers_from_want_of_memory(void **state)
{
    struct peer *peer = *state;
    struct sockaddr_in at;
    struct listener *listener;
    accepted = 0;
    assert_int_equal(
        listener_open(&listener, bound_socket(&at), STREAM_TCP, on_accept, peer), 0);
    int first = dial(&at);
    mem_fail_after(0, 0);
    loop_turn();
    mem_fail_after(-1, 0);
    assert_int_equal(accepted, 0);
    int second = dial(&at);
    while (accepted < 2) {
        loop_turn();
    }
    close(first);
    close(second);
    listener_close(listener, NULL);
    listener_close(listener, NULL); /* twice is harmless */
    loop_turn();
}

static void a_descriptor_that_is_no_socket_is_refused(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_RDWR);
    struct listener *listener = NULL;
    assert_true(listener_open(&listener, fd, STREAM_UNIX, on_accept, NULL) < 0);
    assert_null(listener);
    loop_turn();
}

#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(reading_is_off_until_started_and_can_pause),
        STREAM_TEST(peers_end_is_told_once),
        STREAM_TEST(small_writes_leave_at_once),
        STREAM_TEST(a_slow_reader_makes_writes_wait_in_order),
        STREAM_TEST(want_of_memory_leaves_the_buffer_and_sends_nothing),
        STREAM_TEST(close_drops_what_is_queued_and_is_the_last_event),
        STREAM_TEST(unix_peer_is_known_by_the_kernels_word),
        STREAM_TEST(listener_accepts_tcp_and_recovers_from_want_of_memory),
        STREAM_TEST(a_descriptor_that_is_no_socket_is_refused),
    };
    return RUN_TESTS(tests);
}
