/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What every unit test includes: cmocka with the headers it wants before it,
 * and assertions that say what a failed call said.
 */
#ifndef SUPPORT_TEST_H
#define SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A struct ragd_str or anything with p and n, against a C string. */
#define assert_str_equal(view, text)                         \
    do {                                                     \
        const char *text_ = (text);                          \
        assert_int_equal((view).n, strlen(text_));           \
        assert_memory_equal((view).p, text_, strlen(text_)); \
    } while (0)

#endif
