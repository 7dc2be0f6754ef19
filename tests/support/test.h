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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEST(name) cmocka_unit_test(name)
#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* rc is 0; else the test fails and shows what err says: a struct err, or any
 * other with msg and why. */
#define assert_ok(rc, err)                                                     \
    do {                                                                       \
        int rc_ = (rc);                                                        \
        if (rc_ != 0) {                                                        \
            fail_msg("%s gave %d: %s (%s)", #rc, rc_, (err)->msg, (err)->why); \
        }                                                                      \
    } while (0)

/* A struct ragd_str or anything with p and n, against a C string. */
#define assert_str_equal(view, text)                                    \
    do {                                                                \
        const char *text_ = (text);                                     \
        assert_int_equal((view).n, strlen(text_));                      \
        assert_memory_equal((view).n ? (view).p : "", text_, (view).n); \
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
