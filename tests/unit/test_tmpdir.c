/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The scratch directories of the other tests. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmpdir.h"

/* A process makes the directory and ends without releasing it. */
static void in_a_child(struct tmpdir *lost)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        tmpdir_init(lost);
        tmpdir_write(lost, "a", "text", SIZE_MAX);
        exit(write(ends[1], lost, sizeof(*lost)) == sizeof(*lost) ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], lost, sizeof(*lost)), sizeof(*lost));
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void what_was_not_released_goes_with_its_process(void **state)
{
    (void)state;
    struct tmpdir mine, lost;
    unsetenv("RAGD_TEST_KEEP");
    tmpdir_init(&mine);
    in_a_child(&lost);
    assert_int_not_equal(access(lost.path, F_OK), 0);
    assert_int_equal(access(mine.path, F_OK), 0); /* it is not the child's */
    tmpdir_release(&mine);
}

static void what_is_to_be_kept_stays(void **state)
{
    (void)state;
    struct tmpdir kept;
    setenv("RAGD_TEST_KEEP", "1", 1);
    in_a_child(&kept);
    unsetenv("RAGD_TEST_KEEP");
    assert_int_equal(access(kept.path, F_OK), 0);
    tmpdir_release(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_released_goes_with_its_process),
        cmocka_unit_test(what_is_to_be_kept_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
