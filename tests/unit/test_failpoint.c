/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <sys/wait.h>
#include <unistd.h>

#include <ragd/status.h>

#include "core/failpoint.h"
#include "support/test.h"

#ifdef RAGD_FAILPOINTS

static void unarmed_points_do_nothing(void **state)
{
    (void)state;
    assert_int_equal(failpoint_arm(NULL), 0);
    assert_int_equal(RAGD_FAILPOINT("store.before_flush"), 0);
}

static void error_names_the_status(void **state)
{
    (void)state;
    assert_int_equal(failpoint_arm("a=error(IO);b=error(FULL)"), 0);
    assert_int_equal(RAGD_FAILPOINT("a"), RAGD_E_IO);
    assert_int_equal(RAGD_FAILPOINT("a"), RAGD_E_IO);
    assert_int_equal(RAGD_FAILPOINT("b"), RAGD_E_FULL);
    assert_int_equal(RAGD_FAILPOINT("c"), 0);
}

static void only_the_nth_passage_fires(void **state)
{
    (void)state;
    assert_int_equal(failpoint_arm("a=error(IO)@3"), 0);
    assert_int_equal(RAGD_FAILPOINT("a"), 0);
    assert_int_equal(RAGD_FAILPOINT("a"), 0);
    assert_int_equal(RAGD_FAILPOINT("a"), RAGD_E_IO);
    assert_int_equal(RAGD_FAILPOINT("a"), 0);
}

static void wrong_specs_arm_nothing(void **state)
{
    (void)state;
    const char *bad[] = {"a",        "=exit",      "a=",         "a=jump",  "a=error(NOPE)",
                         "a=exit@0", "a=sleep(x)", "a=error(IO", "a=exit@x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(failpoint_arm(bad[i]), RAGD_E_ARG);
        assert_int_equal(RAGD_FAILPOINT("a"), 0);
    }
}

static int status_of_child(const char *spec)
{
    pid_t pid = fork();
    if (pid == 0) {
        failpoint_arm(spec);
        _exit(RAGD_FAILPOINT("a") == 0 ? 0 : 1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}

static void exit_and_kill_end_the_process(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(status_of_child("a=exit")), 86);
    assert_int_equal(WTERMSIG(status_of_child("a=kill")), 9);
    assert_int_equal(WEXITSTATUS(status_of_child("a=sleep(1)")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unarmed_points_do_nothing),     TEST(error_names_the_status),
        TEST(only_the_nth_passage_fires),    TEST(wrong_specs_arm_nothing),
        TEST(exit_and_kill_end_the_process),
    };
    return RUN_TESTS(tests);
}

#else

static void compiled_out_points_are_zero(void **state)
{
    (void)state;
    assert_int_equal(RAGD_FAILPOINT("any"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(compiled_out_points_are_zero)};
    return RUN_TESTS(tests);
}

#endif
