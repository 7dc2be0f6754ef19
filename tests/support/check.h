/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* support/test.h, and assertions for tests that do not see core/err.h's. */
#ifndef SUPPORT_CHECK_H
#define SUPPORT_CHECK_H

#include "support/test.h"

#define TEST(name) cmocka_unit_test(name)
#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* rc of an operation that fills error: shows its texts when it failed. */
#ifndef assert_ok
#define assert_ok(rc, error)                                                       \
    do {                                                                           \
        int got_ = (rc);                                                           \
        if (got_ != 0) {                                                           \
            fail_msg("status %d: %s (why: %s)", got_, (error)->msg, (error)->why); \
        }                                                                          \
    } while (0)
#endif

/* A ragd_str against a literal. */
#define assert_str(got, want)                                    \
    do {                                                         \
        struct ragd_str got_ = (got);                            \
        assert_int_equal(got_.n, strlen(want));                  \
        assert_memory_equal(got_.n ? got_.p : "", want, got_.n); \
    } while (0)

#endif
