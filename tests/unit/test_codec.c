/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Decoding what strangers send: structure, strings, budget, memory. */
#include <stdio.h>

#include "core/mem.h"
#include "core/rng.h"
#include "ragd/v1/admin.pb-c.h"
#include "ragd/v1/frame.pb-c.h"
#include "ragd/v1/query.pb-c.h"
#include "support/test.h"
#include "wire/codec.h"

enum { UNPACK = 64 << 20, SEED = 20260101, MUTATIONS = 20000 };

static const ProtobufCMessageDescriptor *const FRAME = &ragd__v1__frame__descriptor;

/* Decodes; returns the error's row. */
static enum err_id decode(const ProtobufCMessageDescriptor *type, const void *p, size_t n,
                          struct err *err)
{
    struct arena arena;
    ProtobufCMessage *message = NULL;
    *err = (struct err){0};
    arena_init(&arena, codec_budget(n, UNPACK));
    int rc = codec_unpack(&arena, type, (struct ragd_bytes){p, n}, &message, err);
    assert_int_equal(rc == 0, message != NULL);
    arena_release(&arena);
    return rc ? err->id : ERR_NONE;
}

static struct buf a_search(void)
{
    Ragd__V1__SearchRequest search = RAGD__V1__SEARCH_REQUEST__INIT;
    Ragd__V1__QueryInput query = RAGD__V1__QUERY_INPUT__INIT, *queries[] = {&query, &query};
    double vector[] = {0.5, -1, 3e300};
    struct buf buf = {0};
    search.collection = "papers";
    search.n_queries = 2;
    search.queries = queries;
    query.text = "wie tief ist der Bodensee? 湖";
    query.n_vector = 3;
    query.vector = vector;
    assert_int_equal(codec_pack(&search.base, &buf), 0);
    return buf;
}

static void what_was_packed_comes_back(void **state)
{
    (void)state;
    struct buf buf = a_search();
    struct arena arena;
    ProtobufCMessage *message;
    struct err err;
    arena_init(&arena, codec_budget(buf.n, UNPACK));
    assert_ok(codec_unpack(&arena, &ragd__v1__search_request__descriptor,
                           (struct ragd_bytes){buf.p, buf.n}, &message, &err),
              &err);
    const Ragd__V1__SearchRequest *search = (const Ragd__V1__SearchRequest *)message;
    assert_string_equal(search->collection, "papers");
    assert_int_equal(search->n_queries, 2);
    assert_true(search->queries[1]->vector[2] == 3e300);
    arena_release(&arena);
    buf_release(&buf);
}

static void an_empty_message_is_one_with_all_defaults(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(decode(&ragd__v1__health_request__descriptor, NULL, 0, &err),
                     ERR_NONE);
}

static void text_that_is_not_utf8_is_refused_with_its_offset(void **state)
{
    (void)state;
    struct err err;
    static const char bytes[] = "\x0a\x03\x61\xff\x62"; /* collection */
    assert_int_equal(decode(&ragd__v1__search_request__descriptor, bytes, 5, &err),
                     ERR_DECODE);
    assert_contains(err.msg, "collection is not UTF-8 (offset 3)");
}

static void text_with_a_nul_is_refused(void **state)
{
    (void)state;
    struct err err;
    static const char bytes[] = "\x0a\x03\x61\x00\x62";
    assert_int_equal(decode(&ragd__v1__search_request__descriptor, bytes, 5, &err),
                     ERR_DECODE);
    assert_contains(err.msg, "holds a NUL");
}

static void bytes_may_hold_anything(void **state)
{
    (void)state;
    struct err err;
    static const char bytes[] = "\x12\x03\xff\x00\xfe"; /* Data.body */
    assert_int_equal(decode(&ragd__v1__data__descriptor, bytes, 5, &err), ERR_NONE);
}

static void text_is_checked_inside_inner_messages(void **state)
{
    (void)state;
    struct err err;
    static const char bytes[] = "\x22\x03\x0a\x01\xff"; /* Frame.call.method */
    assert_int_equal(decode(FRAME, bytes, 5, &err), ERR_DECODE);
    assert_contains(err.msg, "ragd.v1.Call: method");
}

static void unknown_fields_are_ignored(void **state)
{
    (void)state;
    struct err err;
    static const char bytes[] = "\xf8\x07\x05\xfa\x07\x02\xff\x00\x08\x01";
    assert_int_equal(decode(FRAME, bytes, 10, &err), ERR_NONE);
}

static void each_cut_of_a_message_is_refused_or_whole(void **state)
{
    (void)state;
    struct buf buf = a_search();
    unsigned refused = 0;
    for (size_t n = 0; n < buf.n; n++) {
        struct err err;
        uint8_t *exact = mem_alloc(n); /* so that a sanitizer sees over-reads */
        memcpy(exact, buf.p, n);
        refused += decode(&ragd__v1__search_request__descriptor, exact, n, &err) !=
                   ERR_NONE;
        mem_free(exact);
    }
    assert_true(refused > buf.n - 4); /* but between fields */
    buf_release(&buf);
}

static void broken_structure_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *what;
    } cases[] = {
        {"\x00", 1, "broken tag"},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, "broken tag"},
        {"\xf8\xff\xff\xff\xff\x01\x00", 7, "broken tag"},
        {"\x08", 1, "broken number"},
        {"\x12\x80", 2, "broken length"},
        {"\x12\x05\x01", 3, "longer than the message"},
        {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, "longer than the message"},
        {"\x0b", 1, "wire type"},
        {"\x0c", 1, "wire type"},
        {"\x0f", 1, "wire type"},
        {"\x09\x00\x00", 3, "cut off"},
        {"\x0d\x00", 2, "cut off"},
        {"\x0a\x01\x00", 3, "another type"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err;
        assert_int_equal(decode(FRAME, cases[i].bytes, cases[i].n, &err), ERR_DECODE);
        assert_contains(err.msg, cases[i].what);
    }
}

static void the_budget_is_a_factor_with_a_cap(void **state)
{
    (void)state;
    assert_int_equal(codec_budget(0, UNPACK), 1 << 20);
    assert_int_equal(codec_budget(1000, UNPACK), 16000 + (1 << 20));
    size_t edge = (UNPACK - (1 << 20)) / 16;
    assert_int_equal(codec_budget(edge - 1, UNPACK), UNPACK - 16);
    assert_int_equal(codec_budget(edge, UNPACK), UNPACK);
    assert_int_equal(codec_budget(edge + 1, UNPACK), UNPACK);
    assert_int_equal(codec_budget(SIZE_MAX, UNPACK), UNPACK);
}

static void a_message_that_swells_is_refused(void **state)
{
    (void)state;
    enum { N = 2 << 20 };
    struct err err;
    uint8_t *bytes = mem_alloc(2 * N); /* 2 Mi empty queries of 64 bytes or more */
    for (size_t i = 0; i < N; i++) {
        bytes[2 * i] = 0x12;
        bytes[2 * i + 1] = 0;
    }
    assert_int_equal(decode(&ragd__v1__search_request__descriptor, bytes, 2 * N, &err),
                     ERR_LIMIT);
    assert_non_null(strstr(err.msg, "16 times its size and 1 MiB, or limits.unpack"));
    mem_free(bytes);
}

static void every_failing_allocation_is_reported(void **state)
{
    (void)state;
    struct buf buf = a_search();
    long failures = -1;
    FOR_EACH_FAILURE(n, done)
    {
        struct err err;
        mem_fail_after(n, 0);
        enum err_id id = decode(&ragd__v1__search_request__descriptor, buf.p, buf.n, &err);
        mem_fail_after(-1, 0);
        assert_true(id == ERR_NONE || id == ERR_NOMEM);
        done = id == ERR_NONE;
        failures++;
    }
    assert_true(failures > 0);
    buf_release(&buf);
}

static void packing_without_memory_leaves_the_buffer(void **state)
{
    (void)state;
    Ragd__V1__Cancel cancel = RAGD__V1__CANCEL__INIT;
    struct buf buf = {0};
    cancel.reason = "why not";
    mem_fail_after(0, 1);
    int rc = codec_pack(&cancel.base, &buf);
    mem_fail_after(-1, 0);
    assert_int_equal(rc, RAGD_E_NOMEM);
    assert_int_equal(buf.n, 0);
}

/* Whatever is accepted can be packed again: the check lets nothing through
 * that protobuf-c then reads as something else. */
static void mutations_are_refused_or_survive_a_round_trip(void **state)
{
    (void)state;
    struct buf buf = a_search();
    struct rng rng;
    rng_seed(&rng, SEED);
    print_message("seed %d\n", SEED);
    for (int i = 0; i < MUTATIONS; i++) {
        uint8_t *copy = mem_alloc(buf.n);
        memcpy(copy, buf.p, buf.n);
        for (uint64_t edits = 1 + rng_below(&rng, 3); edits > 0; edits--) {
            copy[rng_below(&rng, buf.n)] = (uint8_t)rng_next(&rng);
        }
        struct arena arena;
        struct err err;
        struct buf again = {0};
        ProtobufCMessage *message = NULL;
        arena_init(&arena, codec_budget(buf.n, UNPACK));
        int rc = codec_unpack(&arena, &ragd__v1__search_request__descriptor,
                              (struct ragd_bytes){copy, buf.n}, &message, &err);
        if (rc == 0) {
            assert_int_equal(codec_pack(message, &again), 0);
            assert_ok(codec_check(&ragd__v1__search_request__descriptor,
                                  (struct ragd_bytes){again.p, again.n}, &err),
                      &err);
        }
        buf_release(&again);
        arena_release(&arena);
        mem_free(copy);
    }
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_packed_comes_back),
        TEST(an_empty_message_is_one_with_all_defaults),
        TEST(text_that_is_not_utf8_is_refused_with_its_offset),
        TEST(text_with_a_nul_is_refused),
        TEST(bytes_may_hold_anything),
        TEST(text_is_checked_inside_inner_messages),
        TEST(unknown_fields_are_ignored),
        TEST(each_cut_of_a_message_is_refused_or_whole),
        TEST(broken_structure_is_refused),
        TEST(the_budget_is_a_factor_with_a_cap),
        TEST(a_message_that_swells_is_refused),
        TEST(every_failing_allocation_is_reported),
        TEST(packing_without_memory_leaves_the_buffer),
        TEST(mutations_are_refused_or_survive_a_round_trip),
    };
    return RUN_TESTS(tests);
}
