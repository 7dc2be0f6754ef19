/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Metadata, texts and errors between protobuf and plain structs. */
#include <math.h>

#include "core/mem.h"
#include "support/test.h"
#include "wire/values.h"

static struct limits limits;
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    limits_defaults(&limits);
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct ragd_value str(const char *s)
{
    return (struct ragd_value){.type = RAGD_V_STR, .u.s = ragd_cs(s)};
}

/* Out to the wire and in again. */
static int round_trip(struct ragd_kvs in, struct ragd_kvs *out, struct err *err)
{
    struct values_entries entries;
    assert_int_equal(values_out(&arena, in, &entries), 0);
    return values_in(&arena, entries, &limits, out, err);
}

static void every_type_comes_back(void **state)
{
    (void)state;
    const struct ragd_value items[] = {str("a"), str("b")};
    const struct ragd_kv in[] = {
        {ragd_cs("bool"), {.type = RAGD_V_BOOL, .u.i = 1}},
        {ragd_cs("int"), {.type = RAGD_V_INT, .u.i = INT64_MIN}},
        {ragd_cs("list"), {.type = RAGD_V_LIST, .u.list = {items, 2}}},
        {ragd_cs("null"), {.type = RAGD_V_NULL}},
        {ragd_cs("real"), {.type = RAGD_V_REAL, .u.d = 0.1}},
        {ragd_cs("text"), str("湖")},
    };
    struct ragd_kvs out;
    struct err err;
    assert_ok(round_trip((struct ragd_kvs){in, 6}, &out, &err), &err);
    assert_int_equal(out.n, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(out.p[i].key.n, in[i].key.n);
        assert_int_equal(out.p[i].val.type, in[i].val.type);
    }
    assert_int_equal(out.p[0].val.u.i, 1);
    assert_int_equal(out.p[1].val.u.i, INT64_MIN);
    assert_str_equal(out.p[2].val.u.list.p[1].u.s, "b");
    assert_true(out.p[4].val.u.d == 0.1);
    assert_str_equal(out.p[5].val.u.s, "湖");
}

static void keys_come_in_sorted(void **state)
{
    (void)state;
    const struct ragd_kv in[] = {{ragd_cs("b"), str("2")}, {ragd_cs("a"), str("1")}};
    struct ragd_kvs out;
    struct err err;
    assert_ok(round_trip((struct ragd_kvs){in, 2}, &out, &err), &err);
    assert_str_equal(out.p[0].key, "a");
    assert_str_equal(out.p[1].key, "b");
}

static void a_key_twice_or_empty_is_refused(void **state)
{
    (void)state;
    const struct ragd_kv twice[] = {{ragd_cs("a"), str("1")}, {ragd_cs("a"), str("2")}};
    const struct ragd_kv empty[] = {{ragd_cs(""), str("1")}};
    struct ragd_kvs out = {NULL, 7};
    struct err err;
    assert_int_not_equal(round_trip((struct ragd_kvs){twice, 2}, &out, &err), 0);
    assert_contains(err.msg, "a stands twice");
    assert_int_not_equal(round_trip((struct ragd_kvs){empty, 1}, &out, &err), 0);
    assert_int_equal(err.id, ERR_INVALID);
    assert_int_equal(out.n, 7);
}

static void numbers_that_are_not_finite_are_refused(void **state)
{
    (void)state;
    const double odd[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (size_t i = 0; i < 3; i++) {
        const struct ragd_kv in = {ragd_cs("x"), {.type = RAGD_V_REAL, .u.d = odd[i]}};
        struct ragd_kvs out;
        struct err err;
        assert_int_not_equal(round_trip((struct ragd_kvs){&in, 1}, &out, &err), 0);
        assert_int_equal(err.id, ERR_INVALID);
        assert_contains(err.msg, "metadata x");
    }
}

static void a_list_has_one_type(void **state)
{
    (void)state;
    const struct ragd_value items[] = {str("a"), {.type = RAGD_V_INT, .u.i = 1}};
    const struct ragd_kv in = {ragd_cs("l"), {.type = RAGD_V_LIST, .u.list = {items, 2}}};
    struct ragd_kvs out;
    struct err err;
    assert_int_not_equal(round_trip((struct ragd_kvs){&in, 1}, &out, &err), 0);
    assert_contains(err.msg, "several types");
}

static void keys_and_bytes_are_judged_at_the_bound(void **state)
{
    (void)state;
    const struct ragd_kv in[] = {{ragd_cs("aa"), str("1234")}, {ragd_cs("bb"), str("12")}};
    struct ragd_kvs kvs = {in, 2}, out;
    struct err err;
    for (uint64_t bound = 1; bound <= 3; bound++) {
        limits.metadata_keys = bound;
        assert_int_equal(round_trip(kvs, &out, &err) == 0, bound >= 2);
    }
    for (uint64_t bound = 9; bound <= 11; bound++) {
        limits.metadata = bound;
        assert_int_equal(round_trip(kvs, &out, &err) == 0, bound >= 10);
    }
    limits.metadata = 9;
    assert_int_not_equal(round_trip(kvs, &out, &err), 0);
    assert_int_equal(err.id, ERR_LIMIT);
}

static void a_nul_in_a_text_becomes_a_replacement(void **state)
{
    (void)state;
    assert_string_equal(text_out(&arena, (struct ragd_str){"a\0b\0", 4}), "a\xef\xbf\xbd"
                                                                          "b\xef\xbf\xbd");
    assert_string_equal(text_out(&arena, (struct ragd_str){NULL, 0}), "");
    assert_string_equal(text_out(&arena, (struct ragd_str){"abc", 2}), "ab");
}

static void a_text_that_was_cut_in_a_character_is_well_formed(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_INVALID, "no method %.4s", "\xe6\xb9\x96\xe6\xb9\x96");
    assert_string_equal(error_out(&arena, &err)->message, "no method \xe6\xb9\x96?");
}

static void an_error_carries_all_its_texts(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_BUSY, "too much");
    err_why(&err, "512 wait");
    err_hint(&err, "later");
    err.retry_after_ms = 250;
    const Ragd__V1__Error *error = error_out(&arena, &err);
    assert_string_equal(error->code, "busy");
    assert_string_equal(error->category, "BUSY");
    assert_string_equal(error->message, "too much");
    assert_string_equal(error->why, "512 wait");
    assert_string_equal(error->hint, "later");
    assert_int_equal(error->retry_after_ms, 250);
}

static void every_row_of_the_table_has_a_code_on_the_wire(void **state)
{
    (void)state;
    for (int id = ERR_NONE + 1; id < ERR_COUNT; id++) {
        struct err err = {.id = (enum err_id)id};
        const Ragd__V1__Error *error = error_out(&arena, &err);
        const struct err_info *info = err_info((enum err_id)id);
        assert_string_equal(error->code, info->name);
        assert_true(error->message[0] != 0);
        assert_true(info->grpc >= 1 && info->grpc <= 16);
        assert_true(error->exit > 0);
    }
}

static void every_failing_allocation_is_reported(void **state)
{
    (void)state;
    const struct ragd_value items[] = {str("a"), str("b")};
    const struct ragd_kv in[] = {
        {ragd_cs("l"), {.type = RAGD_V_LIST, .u.list = {items, 2}}},
        {ragd_cs("t"), str("text")},
    };
    FOR_EACH_FAILURE(n, done)
    {
        struct arena small;
        struct values_entries entries = {NULL, 77};
        struct ragd_kvs out = {NULL, 77};
        struct err err;
        arena_init(&small, 0);
        mem_fail_after(n, 0);
        int rc = values_out(&small, (struct ragd_kvs){in, 2}, &entries);
        rc = rc ? rc : values_in(&small, entries, &limits, &out, &err);
        mem_fail_after(-1, 0);
        assert_true(rc == 0 || (rc == RAGD_E_NOMEM && out.n == 77));
        arena_release(&small);
        done = rc == 0;
    }
}

/* The arena takes large blocks, so that failures inside one are made by a
 * budget instead. */
static void every_budget_that_is_too_small_is_reported(void **state)
{
    (void)state;
    const struct ragd_value items[] = {str("a"), str("b")};
    const struct ragd_kv in[] = {
        {ragd_cs("l"), {.type = RAGD_V_LIST, .u.list = {items, 2}}},
        {ragd_cs("t"), str("text\0more")},
    };
    int rc = RAGD_E_NOMEM;
    for (size_t budget = 1; rc != 0 && budget < 10000; budget++) {
        struct arena small;
        struct values_entries entries;
        struct ragd_kvs out = {NULL, 77};
        struct err err;
        arena_init(&small, budget);
        rc = values_out(&small, (struct ragd_kvs){in, 2}, &entries);
        rc = rc ? rc : values_in(&small, entries, &limits, &out, &err);
        assert_true(rc == 0 || (rc == RAGD_E_NOMEM && out.n == 77));
        arena_release(&small);
    }
    assert_int_equal(rc, 0);
}

#define VALUE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VALUE_TEST(every_type_comes_back),
        VALUE_TEST(keys_come_in_sorted),
        VALUE_TEST(a_key_twice_or_empty_is_refused),
        VALUE_TEST(numbers_that_are_not_finite_are_refused),
        VALUE_TEST(a_list_has_one_type),
        VALUE_TEST(keys_and_bytes_are_judged_at_the_bound),
        VALUE_TEST(a_nul_in_a_text_becomes_a_replacement),
        VALUE_TEST(a_text_that_was_cut_in_a_character_is_well_formed),
        VALUE_TEST(an_error_carries_all_its_texts),
        VALUE_TEST(every_row_of_the_table_has_a_code_on_the_wire),
        VALUE_TEST(every_failing_allocation_is_reported),
        VALUE_TEST(every_budget_that_is_too_small_is_reported),
    };
    return RUN_TESTS(tests);
}
