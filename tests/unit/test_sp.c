/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The SP mapping: every cut of the bytes, every bound of the length. */
#include "core/mem.h"
#include "support/test.h"
#include "wire/sp.h"

enum { MAX = 1000 };

static const uint8_t PAIR[] = {0, 'S', 'P', 0, 0, 0x10, 0, 0};

/* All messages that come out of the bytes, joined with '|'. */
static int read_all(struct sp_reader *reader, const uint8_t *p, size_t n, struct buf *out)
{
    struct ragd_bytes in = {p, n}, message;
    struct err err;
    for (;;) {
        int event = sp_reader_next(reader, &in, &message, &err);
        if (event <= 0) {
            return event < 0 ? (int)err.id : 0;
        }
        if (event == SP_MESSAGE) {
            assert_int_equal(buf_put(out, message.p, message.n), 0);
            assert_int_equal(buf_puts(out, "|"), 0);
        }
    }
}

static void put_message(struct buf *buf, enum sp_transport transport, const char *text)
{
    uint8_t header[SP_HEADER_BYTES_MAX];
    size_t n = sp_header(transport, strlen(text), header);
    assert_int_equal(buf_put(buf, header, n), 0);
    assert_int_equal(buf_puts(buf, text), 0);
}

static struct buf conversation(enum sp_transport transport)
{
    struct buf buf = {0};
    assert_int_equal(buf_put(&buf, PAIR, sizeof(PAIR)), 0);
    put_message(&buf, transport, "first");
    put_message(&buf, transport, "");
    put_message(&buf, transport, "third message");
    return buf;
}

static void messages_come_out_whole_at_every_cut_of_the_bytes(void **state)
{
    (void)state;
    for (int transport = SP_IPC; transport <= SP_TCP; transport++) {
        struct buf bytes = conversation((enum sp_transport)transport);
        for (size_t a = 0; a <= bytes.n; a++) {
            for (size_t b = a; b <= bytes.n; b++) {
                struct sp_reader reader;
                struct buf out = {0};
                sp_reader_init(&reader, (enum sp_transport)transport, MAX);
                assert_int_equal(read_all(&reader, bytes.p, a, &out), 0);
                assert_int_equal(read_all(&reader, bytes.p + a, b - a, &out), 0);
                assert_int_equal(read_all(&reader, bytes.p + b, bytes.n - b, &out), 0);
                assert_str_equal(((struct ragd_str){(char *)out.p, out.n}),
                                 "first||third message|");
                assert_int_equal(reader.peer, SP_PAIR0);
                buf_release(&out);
                sp_reader_release(&reader);
            }
        }
        buf_release(&bytes);
    }
}

static void the_header_is_that_of_the_mapping(void **state)
{
    (void)state;
    uint8_t header[SP_HEADER_BYTES_MAX], hello[SP_HANDSHAKE_BYTES];
    assert_int_equal(sp_header(SP_IPC, 0x0102030405060708, header), 9);
    assert_memory_equal(header, "\x01\x01\x02\x03\x04\x05\x06\x07\x08", 9);
    assert_int_equal(sp_header(SP_TCP, 0x0102030405060708, header), 8);
    assert_memory_equal(header, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    sp_handshake(SP_REP0, hello);
    assert_memory_equal(hello, "\0SP\0\0\x31\0\0", 8);
    assert_int_equal(sp_answer(SP_REQ0), SP_REP0);
    assert_int_equal(sp_answer(SP_PAIR0), SP_PAIR0);
}

static int claim(uint64_t max, uint64_t n)
{
    struct sp_reader reader;
    struct buf out = {0};
    uint8_t header[SP_HEADER_BYTES_MAX];
    sp_reader_init(&reader, SP_IPC, max);
    assert_int_equal(read_all(&reader, PAIR, sizeof(PAIR), &out), 0);
    size_t n_header = sp_header(SP_IPC, n, header);
    int rc = read_all(&reader, header, n_header, &out);
    assert_int_equal(reader.body.cap, 0); /* nothing on the word of a length */
    buf_release(&out);
    sp_reader_release(&reader);
    return rc;
}

static void lengths_are_judged_at_the_bound(void **state)
{
    (void)state;
    static const uint64_t bounds[] = {1, 4 << 20, 1ull << 30, UINT64_MAX - 1};
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        assert_int_equal(claim(bounds[i], bounds[i] - 1), 0);
        assert_int_equal(claim(bounds[i], bounds[i]), 0);
        assert_int_equal(claim(bounds[i], bounds[i] + 1), ERR_LIMIT);
    }
    assert_int_equal(claim(MAX, (1ull << 63) + 5), ERR_LIMIT);
    assert_int_equal(claim(MAX, UINT64_MAX), ERR_LIMIT);
}

static void memory_grows_with_the_bytes_that_came(void **state)
{
    (void)state;
    struct sp_reader reader;
    struct buf out = {0};
    uint8_t header[SP_HEADER_BYTES_MAX];
    sp_reader_init(&reader, SP_TCP, 1ull << 40);
    assert_int_equal(read_all(&reader, PAIR, sizeof(PAIR), &out), 0);
    size_t n = sp_header(SP_TCP, 1ull << 40, header);
    assert_int_equal(read_all(&reader, header, n, &out), 0);
    assert_int_equal(read_all(&reader, (const uint8_t *)"0123456789", 10, &out), 0);
    assert_true(reader.body.cap < 4096);
    sp_reader_release(&reader);
}

static void strangers_are_refused_at_their_first_wrong_byte(void **state)
{
    (void)state;
    static const char *const strangers[] = {
        "GET / HTTP/1.1\r\n", "\x16\x03\x01", "\0SQ",           "\0SP\x01",
        "\0SP\0\0\x11",       "\0SP\0\1\x10", "\0SP\0\0\x10\1", "\0SP\0\0\x10\0\1"};
    static const size_t bytes[] = {1, 1, 3, 4, 6, 6, 7, 8};
    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        struct sp_reader reader;
        struct buf out = {0};
        sp_reader_init(&reader, SP_IPC, MAX);
        const uint8_t *p = (const uint8_t *)strangers[i];
        assert_int_equal(read_all(&reader, p, bytes[i] - 1, &out), 0);
        assert_int_equal(read_all(&reader, p + bytes[i] - 1, 1, &out), ERR_PROTOCOL);
        sp_reader_release(&reader);
    }
}

static void an_unknown_ipc_message_type_is_refused(void **state)
{
    (void)state;
    struct sp_reader reader;
    struct buf out = {0};
    sp_reader_init(&reader, SP_IPC, MAX);
    assert_int_equal(read_all(&reader, PAIR, sizeof(PAIR), &out), 0);
    assert_int_equal(read_all(&reader, (const uint8_t *)"\x02", 1, &out), ERR_PROTOCOL);
    sp_reader_release(&reader);
}

static void a_body_without_memory_is_an_error(void **state)
{
    (void)state;
    struct sp_reader reader;
    struct buf out = {0};
    uint8_t header[SP_HEADER_BYTES_MAX];
    sp_reader_init(&reader, SP_IPC, MAX);
    assert_int_equal(read_all(&reader, PAIR, sizeof(PAIR), &out), 0);
    assert_int_equal(read_all(&reader, header, sp_header(SP_IPC, 100, header), &out), 0);
    mem_fail_after(0, 1);
    int rc = read_all(&reader, (const uint8_t *)"half", 4, &out);
    mem_fail_after(-1, 0);
    assert_int_equal(rc, ERR_NOMEM);
    sp_reader_release(&reader);
}

static void a_large_buffer_is_given_back(void **state)
{
    (void)state;
    enum { LARGE = 1 << 20 };
    struct sp_reader reader;
    struct buf out = {0};
    uint8_t header[SP_HEADER_BYTES_MAX];
    uint8_t *body = mem_calloc(1, LARGE);
    assert_non_null(body);
    sp_reader_init(&reader, SP_IPC, LARGE);
    assert_int_equal(read_all(&reader, PAIR, sizeof(PAIR), &out), 0);
    assert_int_equal(read_all(&reader, header, sp_header(SP_IPC, LARGE, header), &out), 0);
    assert_int_equal(read_all(&reader, body, LARGE / 2, &out), 0);
    assert_int_equal(read_all(&reader, body, LARGE / 2, &out), 0);
    assert_int_equal(out.n, LARGE + 1);
    assert_int_equal(reader.body.cap, 0);
    buf_release(&out);
    mem_free(body);
    sp_reader_release(&reader);
}

static void a_request_is_split_from_its_backtrace(void **state)
{
    (void)state;
    struct ragd_bytes trace, body;
    struct err err;
    static const uint8_t one[] = {0x80, 0, 0, 7, 'x'};
    assert_ok(sp_request_split((struct ragd_bytes){one, 5}, &trace, &body, &err), &err);
    assert_int_equal(trace.n, 4);
    assert_int_equal(body.n, 1);
    static const uint8_t hops[] = {0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0, 0, 3};
    assert_ok(sp_request_split((struct ragd_bytes){hops, 12}, &trace, &body, &err), &err);
    assert_int_equal(trace.n, 12);
    assert_int_equal(body.n, 0);
    assert_int_not_equal(
        sp_request_split((struct ragd_bytes){hops, 11}, &trace, &body, &err), 0);
    assert_int_not_equal(
        sp_request_split((struct ragd_bytes){hops, 0}, &trace, &body, &err), 0);
}

static void a_backtrace_has_a_bound(void **state)
{
    (void)state;
    uint8_t bytes[(SP_HOPS_MAX + 1) * 4] = {0};
    struct ragd_bytes trace, body;
    struct err err;
    bytes[(SP_HOPS_MAX - 1) * 4] = 0x80;
    assert_ok(sp_request_split((struct ragd_bytes){bytes, sizeof(bytes)}, &trace, &body,
                               &err),
              &err);
    assert_int_equal(trace.n, SP_HOPS_MAX * 4);
    bytes[(SP_HOPS_MAX - 1) * 4] = 0;
    bytes[SP_HOPS_MAX * 4] = 0x80;
    assert_int_not_equal(sp_request_split((struct ragd_bytes){bytes, sizeof(bytes)}, &trace,
                                          &body, &err),
                         0);
    assert_int_equal(err.id, ERR_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_come_out_whole_at_every_cut_of_the_bytes),
        TEST(the_header_is_that_of_the_mapping),
        TEST(lengths_are_judged_at_the_bound),
        TEST(memory_grows_with_the_bytes_that_came),
        TEST(strangers_are_refused_at_their_first_wrong_byte),
        TEST(an_unknown_ipc_message_type_is_refused),
        TEST(a_body_without_memory_is_an_error),
        TEST(a_large_buffer_is_given_back),
        TEST(a_request_is_split_from_its_backtrace),
        TEST(a_backtrace_has_a_bound),
    };
    return RUN_TESTS(tests);
}
