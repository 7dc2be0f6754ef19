/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * sdk/text without memory: every allocation of its own fails once. The linker
 * leads malloc and calloc of the library and of this test through the two
 * functions below; its third-party libraries keep theirs.
 */
#include <ragd/status.h>
#include <stdlib.h>

#include "sdk/text/pool.h"
#include "sdk/text/question.h"
#include "support/test.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);

static long fail_at = -1; /* allocations until one fails; < 0: none does */

static bool fails(void)
{
    return fail_at >= 0 && fail_at-- == 0;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

static void creating_fails_cleanly_at_each_allocation(void **state)
{
    (void)state;
    long failures = 0;
    for (struct text_analyser *an = NULL; !an; failures++) {
        assert_true(failures < 100);
        fail_at = failures;
        an = text_analyser_create();
        fail_at = -1;
        if (an) {
            text_analyser_destroy(an);
            break;
        }
    }
    assert_int_equal(failures, 3); /* analyser, lexicon, stemmer */
}

static void a_question_fails_cleanly_at_each_allocation(void **state)
{
    (void)state;
    struct text_analyser *an = text_analyser_create();
    assert_non_null(an);
    struct text_question q;
    int rc = RAGD_E_NOMEM;
    long failures = 0;
    for (; rc; failures++) {
        fail_at = failures;
        rc = text_question_init(&q, an, TEXT_LANG_EN, (struct ragd_str){"one two", 7});
        fail_at = -1;
        if (rc) {
            assert_int_equal(rc, RAGD_E_NOMEM);
            assert_null(q.terms);
            assert_int_equal(q.n_terms, 0);
        }
    }
    assert_true(failures > 1);
    text_question_release(&q);
    text_analyser_destroy(an);
}

static void a_pool_hands_out_what_came_back(void **state)
{
    (void)state;
    struct text_pool *pool = text_pool_create();
    assert_non_null(pool);
    struct text_analyser *first = text_pool_take(pool);
    struct text_analyser *second = text_pool_take(pool);
    assert_true(first && second && first != second);
    text_pool_give(pool, first);
    assert_ptr_equal(text_pool_take(pool), first);
    fail_at = 0;
    assert_null(text_pool_take(pool));
    fail_at = -1;
    text_pool_give(pool, NULL);
    text_pool_give(pool, first);
    text_pool_give(pool, second);
    text_pool_destroy(pool);
}

static void a_pool_keeps_only_so_many(void **state)
{
    (void)state;
    struct text_pool *pool = text_pool_create();
    struct text_analyser *taken[TEXT_POOL_IDLE_MAX + 2];
    assert_non_null(pool);
    for (size_t i = 0; i < TEXT_POOL_IDLE_MAX + 2; i++) {
        taken[i] = text_pool_take(pool);
        assert_non_null(taken[i]);
    }
    for (size_t i = 0; i < TEXT_POOL_IDLE_MAX + 2; i++) {
        text_pool_give(pool, taken[i]);
    }
    for (size_t i = 0; i < TEXT_POOL_IDLE_MAX; i++) {
        assert_ptr_equal(text_pool_take(pool), taken[TEXT_POOL_IDLE_MAX - 1 - i]);
        text_analyser_destroy(taken[TEXT_POOL_IDLE_MAX - 1 - i]);
    }
    text_pool_destroy(pool);
    fail_at = 0;
    assert_null(text_pool_create());
    fail_at = -1;
}

static void nothing_is_released_twice(void **state)
{
    (void)state;
    struct text_question q = {0};
    text_question_release(&q);
    text_analyser_destroy(NULL);
    text_pool_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creating_fails_cleanly_at_each_allocation),
        cmocka_unit_test(a_question_fails_cleanly_at_each_allocation),
        cmocka_unit_test(a_pool_hands_out_what_came_back),
        cmocka_unit_test(a_pool_keeps_only_so_many),
        cmocka_unit_test(nothing_is_released_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
