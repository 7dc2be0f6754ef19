/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What every cmocka test includes: cmocka, and assertions of the project. */
#ifndef SUPPORT_CHECK_H
#define SUPPORT_CHECK_H

/* cmocka.h needs these four in front of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define TEST(name) cmocka_unit_test(name)
#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* rc of an operation that fills err: shows its texts when it failed. */
#define assert_ok(rc, error)                                                       \
    do {                                                                           \
        int got_ = (rc);                                                           \
        if (got_ != 0) {                                                           \
            fail_msg("status %d: %s (why: %s)", got_, (error)->msg, (error)->why); \
        }                                                                          \
    } while (0)

/* A ragd_str against a literal. */
#define assert_str(got, want)                                    \
    do {                                                         \
        struct ragd_str got_ = (got);                            \
        assert_int_equal(got_.n, strlen(want));                  \
        assert_memory_equal(got_.n ? got_.p : "", want, got_.n); \
    } while (0)

#define assert_contains(text, part)                              \
    do {                                                         \
        if (!strstr((text), (part))) {                           \
            fail_msg("\"%s\" is not in \"%s\"", (part), (text)); \
        }                                                        \
    } while (0)

/*
 * Runs the block with the first allocation failing, then the second, and so
 * on, until a run in which none failed, which sets done. Needs core/mem.h.
 *
 *   FOR_EACH_FAILURE(n, done) {
 *       mem_fail_after(n, 0);
 *       int rc = operation();
 *       mem_fail_after(-1, 0);
 *       done = rc == 0;
 *   }
 */
#define FOR_EACH_FAILURE(n, done) for (long n = 0, done = 0; !done && n < 100000; n++)

#endif
