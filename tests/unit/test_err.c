/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <errno.h>

#include "core/err.h"
#include "core/utf8.h"
#include "support/test.h"

static void every_row_is_complete(void **state)
{
    (void)state;
    for (int i = ERR_NONE + 1; i < ERR_COUNT; i++) {
        const struct err_info *info = err_info((enum err_id)i);
        assert_non_null(info->name);
        assert_true(info->text[0]);
        assert_true(info->status < 0);
        assert_in_range(info->grpc, 1, 16);
        assert_in_range(info->exit, 1, 130);
        assert_int_equal(err_by_name(info->name, strlen(info->name)), i);
        for (int k = ERR_NONE + 1; k < i; k++) {
            assert_string_not_equal(err_info((enum err_id)k)->name, info->name);
        }
    }
}

static void every_status_of_the_abi_has_a_row_with_that_status(void **state)
{
    (void)state;
#define CHECK_STATUS(name, value, retry, text) \
    assert_int_equal(err_info(err_by_status(value))->status, value);
    RAGD_STATUS_LIST(CHECK_STATUS)
#undef CHECK_STATUS
    assert_int_equal(err_by_status(-9999), ERR_INTERNAL);
    assert_int_equal(err_by_name("no such name", 2), ERR_INTERNAL);
}

static void set_fills_and_returns_the_status(void **state)
{
    (void)state;
    struct err err = {.why = "old", .hint = "old", .retry_after_ms = 9};
    assert_int_equal(err_set(&err, ERR_NO_COLLECTION, "no collection %s", "x"),
                     RAGD_E_NOT_FOUND);
    assert_string_equal(err.msg, "no collection x");
    assert_string_equal(err.why, "");
    assert_string_equal(err.hint, "");
    assert_int_equal(err.retry_after_ms, 0);
    assert_int_equal(err_status(&err), RAGD_E_NOT_FOUND);
    assert_int_equal(err_why(&err, "because %d", 1), RAGD_E_NOT_FOUND);
    assert_int_equal(err_hint(&err, "try %d", 2), RAGD_E_NOT_FOUND);
    assert_string_equal(err.why, "because 1");
    assert_string_equal(err.hint, "try 2");
    assert_int_equal(err_hint_also(&err, "or rest"), RAGD_E_NOT_FOUND);
    assert_string_equal(err.hint, "try 2; or rest");
}

static void null_err_is_legal(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_LIMIT, "%s", "x"), RAGD_E_LIMIT);
    assert_int_equal(err_errno(NULL, ENOENT, "%s", "x"), RAGD_E_NOT_FOUND);
    assert_true(err_why(NULL, "x") < 0);
    err_wrap(NULL, "x");
    assert_int_equal(err_status(NULL), 0);
}

static void without_text_the_rows_text_is_said(void **state)
{
    (void)state;
    struct err err;
    err_set(&err, ERR_NOMEM, NULL);
    assert_string_equal(err.msg, "out of memory");
}

static void set_may_print_what_err_holds(void **state)
{
    (void)state;
    struct err err;
    err_set(&err, ERR_IO, "inner");
    err_set(&err, ERR_IO, "outer %s", err.msg);
    assert_string_equal(err.msg, "outer inner");
}

static void wrap_puts_the_context_in_front(void **state)
{
    (void)state;
    struct err err;
    err_set(&err, ERR_IO, "disk");
    err_wrap(&err, "open %s", "x");
    assert_string_equal(err.msg, "open x: disk");
}

static void long_texts_are_cut_on_a_character(void **state)
{
    (void)state;
    char text[1000];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', sizeof(text));
        for (size_t i = shift; i + 4 < sizeof(text); i += 4) {
            memcpy(text + i, "\xF0\x9F\x98\x80", 4);
        }
        text[sizeof(text) - 1] = '\0';
        struct err err;
        err_set(&err, ERR_IO, "%s", text);
        assert_int_equal(utf8_check(err.msg, strlen(err.msg)), strlen(err.msg));
        assert_true(strlen(err.msg) > ERR_MSG_BYTES - 6);
    }
}

static void errno_picks_the_row_and_names_the_cause(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(err_errno(&err, ENOSPC, "write"), RAGD_E_FULL);
    assert_int_equal(err.id, ERR_STORAGE_FULL);
    assert_int_equal(err_errno(&err, EACCES, "open %s", "f"), RAGD_E_DENIED);
    assert_string_equal(err.msg, "open f");
    assert_string_equal(err.why, "Permission denied");
    assert_int_equal(err_errno(&err, EIO, "read"), RAGD_E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_is_complete),
        TEST(every_status_of_the_abi_has_a_row_with_that_status),
        TEST(set_fills_and_returns_the_status),
        TEST(null_err_is_legal),
        TEST(without_text_the_rows_text_is_said),
        TEST(set_may_print_what_err_holds),
        TEST(wrap_puts_the_context_in_front),
        TEST(long_texts_are_cut_on_a_character),
        TEST(errno_picks_the_row_and_names_the_cause),
    };
    return RUN_TESTS(tests);
}
