/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Frames over a socketpair: cut anywhere, larger than the socket, lying. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"
#include "ragd/host/v1/host.pb-c.h"
#include "support/test.h"
#include "wire/codec.h"
#include "wire/host_values.h"
#include "wire/pipe.h"

enum { MAX = 4 << 20 };

typedef Ragd__Host__V1__HostFrame host_frame;

struct fixture {
    struct pipe a, b; /* what is put into a comes out of b */
};

static int set_up(void **state)
{
    static struct fixture f;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    pipe_init_take(&f.a, pair[0], MAX);
    pipe_init_take(&f.b, pair[1], MAX);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    pipe_release(&f->a);
    pipe_release(&f->b);
    return 0;
}

static int put_text(struct pipe *pipe, const char *text, size_t n, int fd, struct err *err)
{
    host_frame frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__HostLog log = RAGD__HOST__V1__HOST_LOG__INIT;
    log.text = host_bytes(text, n);
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_LOG;
    frame.log = &log;
    return pipe_put(pipe, &frame.base, fd, err);
}

static void assert_frame(struct ragd_bytes bytes, const char *text, size_t n)
{
    struct arena arena = {0};
    ProtobufCMessage *message = NULL;
    struct err err;
    assert_ok(codec_unpack(&arena, &ragd__host__v1__host_frame__descriptor, bytes, &message,
                           &err),
              &err);
    const host_frame *frame = (const host_frame *)message;
    assert_int_equal(frame->kind_case, RAGD__HOST__V1__HOST_FRAME__KIND_LOG);
    assert_int_equal(frame->log->text.len, n);
    assert_memory_equal(frame->log->text.data, text, n);
    arena_release(&arena);
}

static void frames_come_out_in_order(void **state)
{
    struct fixture *f = *state;
    struct ragd_bytes bytes;
    struct err err;
    assert_ok(put_text(&f->a, "one", 3, -1, &err), &err);
    assert_ok(put_text(&f->a, "three", 5, -1, &err), &err);
    assert_int_equal(pipe_flush(&f->a, &err), PIPE_FRAME);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_FRAME);
    assert_frame(bytes, "one", 3);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_FRAME);
    assert_frame(bytes, "three", 5);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_MORE);
}

static void a_frame_comes_out_whole_at_every_cut(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct ragd_bytes bytes;
    assert_ok(put_text(&f->a, "cut me", 6, -1, &err), &err);
    for (size_t cut = 1; cut < f->a.out.n; cut++) {
        assert_int_equal(write(f->a.fd, f->a.out.p, cut), cut);
        assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_MORE);
        size_t rest = f->a.out.n - cut;
        assert_int_equal(write(f->a.fd, f->a.out.p + cut, rest), rest);
        assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_FRAME);
        assert_frame(bytes, "cut me", 6);
    }
}

static void what_the_socket_does_not_take_goes_later(void **state)
{
    struct fixture *f = *state;
    size_t n = 3 << 20;
    char *text = calloc(1, n);
    struct ragd_bytes bytes;
    struct err err;
    int sent = PIPE_MORE, got = PIPE_MORE;
    assert_non_null(text);
    memset(text, 'x', n);
    assert_ok(put_text(&f->a, text, n, -1, &err), &err);
    assert_int_equal(pipe_flush(&f->a, &err), PIPE_MORE);
    while (got == PIPE_MORE) {
        sent = sent == PIPE_MORE ? pipe_flush(&f->a, &err) : sent;
        got = pipe_read(&f->b, &bytes, &err);
    }
    assert_int_equal(sent, PIPE_FRAME);
    assert_int_equal(got, PIPE_FRAME);
    assert_frame(bytes, text, n);
    assert_true(f->b.received >= n);
    free(text);
}

static void a_frame_may_have_the_limit_and_no_more(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct ragd_bytes bytes;
    assert_ok(put_text(&f->a, "0123456789", 10, -1, &err), &err);
    uint32_t n = (uint32_t)f->a.out.n - PIPE_HEADER_BYTES;
    assert_int_equal(pipe_flush(&f->a, &err), PIPE_FRAME);
    f->b.max = n;
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_FRAME);
    f->a.max = n - 1;
    assert_int_equal(put_text(&f->a, "0123456789", 10, -1, &err), RAGD_E_LIMIT);
    assert_int_equal(f->a.out.n, 0);
    f->a.max = n;
    f->b.max = n - 1;
    assert_ok(put_text(&f->a, "0123456789", 10, -1, &err), &err);
    assert_int_equal(pipe_flush(&f->a, &err), PIPE_FRAME);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), RAGD_E_LIMIT);
}

static void a_length_costs_no_memory(void **state)
{
    struct fixture *f = *state;
    static const uint8_t lie[] = {0xff, 0xff, 0xff, 0x7f, 'x'};
    struct ragd_bytes bytes;
    struct err err;
    f->b.max = UINT32_MAX;
    assert_int_equal(write(f->a.fd, lie, sizeof(lie)), sizeof(lie));
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_MORE);
    assert_true(f->b.in.cap <= 1 << 20);
}

static void the_end_between_two_frames_is_the_end(void **state)
{
    struct fixture *f = *state;
    struct ragd_bytes bytes;
    struct err err;
    pipe_release(&f->a);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_END);
    put_text(&f->b, "nobody", 6, -1, &err);
    assert_int_equal(pipe_flush(&f->b, &err), RAGD_E_UNAVAILABLE);
    assert_int_equal(err.id, ERR_INTERRUPTED);
}

static void the_end_inside_a_frame_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct ragd_bytes bytes;
    struct err err;
    assert_int_equal(write(f->a.fd, "\x05\0\0\0ab", 6), 6);
    pipe_release(&f->a);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), RAGD_E_CONFLICT);
    assert_int_equal(err.id, ERR_PROTOCOL);
}

static void a_descriptor_comes_with_its_frame(void **state)
{
    struct fixture *f = *state;
    struct ragd_bytes bytes;
    struct err err;
    int sent = open("/dev/null", O_RDONLY | O_CLOEXEC);
    f->b.takes_fd = true;
    assert_ok(put_text(&f->a, "with", 4, sent, &err), &err);
    assert_int_equal(pipe_flush(&f->a, &err), PIPE_FRAME);
    assert_ok(put_text(&f->a, "without", 7, -1, &err), &err);
    assert_int_equal(pipe_flush(&f->a, &err), PIPE_FRAME);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_FRAME);
    int fd = pipe_take_fd(&f->b);
    assert_true(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    close(fd);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), PIPE_FRAME);
    assert_int_equal(pipe_take_fd(&f->b), -1);
    close(sent);
}

static void a_descriptor_that_nobody_asked_for_is_refused(void **state)
{
    struct fixture *f = *state;
    struct ragd_bytes bytes;
    struct err err;
    assert_ok(put_text(&f->a, "gift", 4, STDERR_FILENO, &err), &err);
    assert_int_equal(pipe_flush(&f->a, &err), PIPE_FRAME);
    assert_int_equal(pipe_read(&f->b, &bytes, &err), RAGD_E_CONFLICT);
    assert_int_equal(pipe_take_fd(&f->b), -1);
}

static void values_survive_the_way(void **state)
{
    (void)state;
    struct ragd_value items[] = {{RAGD_V_STR, 0, {.s = {"a\0b", 3}}},
                                 {RAGD_V_INT, 0, {.i = INT64_MIN}},
                                 {.type = RAGD_V_LIST}};
    struct ragd_kv kvs[] = {
        {ragd_cs("list"), {RAGD_V_LIST, 0, {.list = {items, 3}}}},
        {ragd_cs(""), {RAGD_V_REAL, 0, {.d = 0.1}}},
        {{"k\xff", 2}, {RAGD_V_BOOL, 0, {.i = 1}}},
        {ragd_cs("null"), {.type = RAGD_V_NULL}},
    };
    struct arena arena = {0};
    struct host_entries entries;
    struct ragd_kvs back;
    assert_int_equal(host_kvs_out(&arena, (struct ragd_kvs){kvs, 4}, &entries), 0);
    assert_int_equal(host_kvs_in(&arena, entries, &back), 0);
    assert_int_equal(back.n, 4);
    assert_int_equal(back.p[0].val.u.list.n, 3);
    assert_memory_equal(back.p[0].val.u.list.p[0].u.s.p, "a\0b", 3);
    assert_int_equal(back.p[0].val.u.list.p[1].u.i, INT64_MIN);
    assert_int_equal(back.p[0].val.u.list.p[2].type, RAGD_V_LIST);
    assert_int_equal(back.p[0].val.u.list.p[2].u.list.n, 0);
    assert_int_equal(back.p[1].key.n, 0);
    assert_true(back.p[1].val.u.d == 0.1);
    assert_memory_equal(back.p[2].key.p, "k\xff", 2);
    assert_int_equal(back.p[3].val.type, RAGD_V_NULL);
    arena_release(&arena);
}

static void without_memory_nothing_is_sent(void **state)
{
    struct fixture *f = *state;
    struct err err;
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        int rc = put_text(&f->a, "text", 4, -1, &err);
        mem_fail_after(-1, 0);
        done = rc == 0;
        assert_true(done || f->a.out.n == 0);
    }
}

#define PIPE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIPE_TEST(frames_come_out_in_order),
        PIPE_TEST(a_frame_comes_out_whole_at_every_cut),
        PIPE_TEST(what_the_socket_does_not_take_goes_later),
        PIPE_TEST(a_frame_may_have_the_limit_and_no_more),
        PIPE_TEST(a_length_costs_no_memory),
        PIPE_TEST(the_end_between_two_frames_is_the_end),
        PIPE_TEST(the_end_inside_a_frame_is_an_error),
        PIPE_TEST(a_descriptor_comes_with_its_frame),
        PIPE_TEST(a_descriptor_that_nobody_asked_for_is_refused),
        TEST(values_survive_the_way),
        PIPE_TEST(without_memory_nothing_is_sent),
    };
    return RUN_TESTS(tests);
}
