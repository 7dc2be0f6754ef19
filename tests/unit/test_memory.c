/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* mem, arena and buf: what allocates for everyone. */
#include "core/arena.h"
#include "core/buf.h"
#include "core/mem.h"
#include "support/test.h"

static void nth_allocation_fails_once(void **state)
{
    (void)state;
    mem_fail_after(1, 0);
    void *a = mem_alloc(1), *b = mem_alloc(1), *c = mem_alloc(1);
    assert_non_null(a);
    assert_null(b);
    assert_non_null(c);
    mem_free(a);
    mem_free(c);
}

static void sticky_failure_lasts_until_switched_off(void **state)
{
    (void)state;
    mem_fail_after(0, 1);
    assert_null(mem_alloc(1));
    assert_null(mem_strdup("x"));
    mem_fail_after(-1, 0);
    void *p = mem_alloc(1);
    assert_non_null(p);
    mem_free(p);
}

static void overflowing_sizes_are_refused(void **state)
{
    (void)state;
    assert_null(mem_calloc(SIZE_MAX, 2));
    assert_null(mem_realloc(NULL, SIZE_MAX, 2));
    assert_null(mem_dup("", SIZE_MAX));
}

static void dup_ends_in_nul(void **state)
{
    (void)state;
    char *p = mem_dup("abc", 2);
    assert_string_equal(p, "ab");
    mem_free(p);
}

static void arena_memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t size = 1; size < 9000; size = size * 3 + 1) {
        unsigned char *p = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xFF, size);
    }
    arena_release(&arena);
    assert_null(arena.blocks);
}

static void arena_refuses_beyond_its_budget(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 100);
    assert_non_null(arena_alloc(&arena, 60));
    assert_false(arena.over);
    assert_null(arena_alloc(&arena, 41));
    assert_true(arena.over);
    assert_non_null(arena_alloc(&arena, 40));
    assert_null(arena_alloc(&arena, 1));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_calloc(&arena, SIZE_MAX, 2));
    arena_release(&arena);
    assert_false(arena.over);
}

static void an_arena_without_memory_is_not_over_its_budget(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 100);
    mem_fail_after(0, 0);
    assert_null(arena_alloc(&arena, 60));
    assert_false(mem_fail_after(-1, 0));
    assert_false(arena.over);
    arena_release(&arena);
}

static void arena_text_ends_in_nul(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct ragd_str s = arena_str(&arena, ragd_cs("abc"));
    assert_str_equal(s, "abc");
    assert_int_equal(s.p[3], 0);
    assert_non_null(arena_str(&arena, (struct ragd_str){NULL, 0}).p);
    assert_string_equal(arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    arena_release(&arena);
}

static struct ragd_kv text_kv(const char *key, const char *val)
{
    return (struct ragd_kv){ragd_cs(key), {.type = RAGD_V_STR, .u.s = ragd_cs(val)}};
}

static void kvs_are_sorted_and_the_last_duplicate_wins(void **state)
{
    (void)state;
    struct ragd_kv in[] = {text_kv("b", "1"), text_kv("a", "2"), text_kv("b", "3"),
                           text_kv("ab", "4"), text_kv("a", "5")};
    struct arena arena = {0};
    struct ragd_kvs out;
    assert_int_equal(arena_kvs(&arena, (struct ragd_kvs){in, 5}, &out), 0);
    assert_int_equal(out.n, 3);
    assert_str_equal(out.p[0].key, "a");
    assert_str_equal(out.p[0].val.u.s, "5");
    assert_str_equal(out.p[1].key, "ab");
    assert_str_equal(out.p[2].val.u.s, "3");
    arena_release(&arena);
}

static void values_are_copied_deeply(void **state)
{
    (void)state;
    char text[] = "abc";
    struct ragd_value items[] = {{.type = RAGD_V_STR, .u.s = {text, 3}},
                                 {.type = RAGD_V_LIST}};
    struct ragd_value list = {.type = RAGD_V_LIST, .u.list = {items, 2}}, out;
    struct arena arena = {0};
    assert_int_equal(arena_value(&arena, &list, &out), 0);
    text[0] = 'x';
    assert_str_equal(out.u.list.p[0].u.s, "abc");
    assert_int_equal(out.u.list.p[1].type, RAGD_V_NULL); /* lists do not nest */
    struct ragd_value unknown = {.type = 99};
    assert_int_equal(arena_value(&arena, &unknown, &out), 0);
    assert_int_equal(out.type, RAGD_V_NULL);
    arena_release(&arena);
}

static void failed_copy_of_kvs_leaves_out_untouched(void **state)
{
    (void)state;
    struct ragd_kv in[] = {text_kv("b", "1"), text_kv("a", "2")};
    FOR_EACH_FAILURE(n, done)
    {
        struct arena arena = {0};
        struct ragd_kvs out = {NULL, 77};
        mem_fail_after(n, 0);
        done = arena_kvs(&arena, (struct ragd_kvs){in, 2}, &out) == 0;
        mem_fail_after(-1, 0);
        assert_int_equal(out.n, done ? 2 : 77);
        arena_release(&arena);
    }
}

static void buf_grows_and_consumes(void **state)
{
    (void)state;
    struct buf buf = {0};
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(buf_printf(&buf, "%d,", i), 0);
    }
    assert_memory_equal(buf.p, "0,1,2,", 6);
    buf_consume(&buf, 4);
    assert_memory_equal(buf.p, "2,3,", 4);
    buf_consume(&buf, buf.n + 5); /* no more than there is */
    assert_int_equal(buf.n, 0);
    buf_release(&buf);
    assert_null(buf.p);
}

static void buf_keeps_its_content_when_it_cannot_grow(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_int_equal(buf_puts(&buf, "abc"), 0);
    mem_fail_after(0, 1);
    assert_int_equal(buf_reserve(&buf, 1000), RAGD_E_NOMEM);
    mem_fail_after(-1, 0);
    assert_int_equal(buf_reserve(&buf, SIZE_MAX), RAGD_E_NOMEM);
    assert_int_equal(buf.n, 3);
    assert_memory_equal(buf.p, "abc", 3);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nth_allocation_fails_once),
        TEST(sticky_failure_lasts_until_switched_off),
        TEST(overflowing_sizes_are_refused),
        TEST(dup_ends_in_nul),
        TEST(arena_memory_is_zeroed_and_aligned),
        TEST(arena_refuses_beyond_its_budget),
        TEST(an_arena_without_memory_is_not_over_its_budget),
        TEST(arena_text_ends_in_nul),
        TEST(kvs_are_sorted_and_the_last_duplicate_wins),
        TEST(values_are_copied_deeply),
        TEST(failed_copy_of_kvs_leaves_out_untouched),
        TEST(buf_grows_and_consumes),
        TEST(buf_keeps_its_content_when_it_cannot_grow),
    };
    return RUN_TESTS(tests);
}
