/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Each wall of the sandbox alone, and what its profiles leave open. What is
 * tried runs in a process of its own and answers by its exit code. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/sandbox.h"
#include "support/test.h"
#include "support/tmpdir.h"

enum { YES = 10, NO = 11, NOT_CLOSED = 12, MEMORY_BYTES = 64 << 20 };

struct fixture {
    struct tmpdir dir;
    char inside[TMPDIR_BYTES];
    char *paths[1];
};

static int set_up(void **state)
{
    static struct fixture f;
    tmpdir_init(&f.dir);
    tmpdir_write(&f.dir, "inside", "x", 1);
    tmpdir_path(&f.dir, "inside", f.inside);
    f.paths[0] = f.dir.path;
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    tmpdir_release(&f->dir);
    return 0;
}

/* What came of trying it: an exit code, or minus the signal. */
static int attempt(int (*try)(const struct fixture *f), const struct fixture *f)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(try(f));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int can_open(const char *path, int flags)
{
    return open(path, flags | O_CLOEXEC) >= 0 ? YES : NO;
}

static int landlock_opens_nothing(const struct fixture *f)
{
    struct sandbox_want want = {.profile = SANDBOX_CLOSED};
    struct sandbox_report report = {0};
    sandbox_landlock(&want, &report);
    return report.landlock_files ? can_open(f->inside, O_RDONLY) : NOT_CLOSED;
}

static void landlock_alone_opens_nothing(void **state)
{
    assert_int_equal(attempt(landlock_opens_nothing, *state), NO);
}

static int reads_inside(const struct fixture *f)
{
    struct sandbox_want want = {.profile = SANDBOX_CLOSED,
                                .read = {(char *const *)f->paths, 1}};
    struct sandbox_report report = {0};
    sandbox_close(&want, &report);
    return !report.landlock_files || !report.seccomp  ? NOT_CLOSED
           : can_open("/etc/passwd", O_RDONLY) == YES ? NO
                                                      : can_open(f->inside, O_RDONLY);
}

static void a_directory_that_is_allowed_can_be_read(void **state)
{
    assert_int_equal(attempt(reads_inside, *state), YES);
}

static int writes_inside(const struct fixture *f)
{
    struct sandbox_want want = {.profile = SANDBOX_CLOSED,
                                .read = {(char *const *)f->paths, 1}};
    struct sandbox_report report = {0};
    sandbox_close(&want, &report);
    return can_open(f->inside, O_WRONLY);
}

static void a_directory_that_is_allowed_cannot_be_written(void **state)
{
    int rc = attempt(writes_inside, *state);
    assert_true(rc == -SIGSYS || (SANDBOX_SANITIZER && rc == NO));
}

static int filter_kills(const struct fixture *f)
{
    (void)f;
    struct sandbox_want want = {.profile = SANDBOX_CLOSED};
    struct sandbox_report report = {0};
    sandbox_filter(&want, &report);
    return report.seccomp ? (chdir("/") == 0 ? YES : NO) : NOT_CLOSED;
}

static void the_filter_alone_ends_who_leaves_it(void **state)
{
    assert_int_equal(attempt(filter_kills, *state), -SIGSYS);
}

static void *run(void *arg)
{
    *(int *)arg = YES;
    return NULL;
}

static int start_thread(const struct fixture *f, bool threads)
{
    (void)f;
    struct sandbox_want want = {.profile = SANDBOX_CLOSED, .threads = threads};
    struct sandbox_report report = {0};
    pthread_t thread;
    int answer = NO;
    sandbox_preload(threads);
    sandbox_close(&want, &report);
    if (pthread_create(&thread, NULL, run, &answer) == 0) {
        pthread_join(thread, NULL);
    }
    return answer;
}

static int starts_thread(const struct fixture *f)
{
    return start_thread(f, true);
}

static int starts_thread_unasked(const struct fixture *f)
{
    return start_thread(f, false);
}

static void threads_start_where_they_are_declared(void **state)
{
    if (!SANDBOX_SANITIZER) { /* whose runtime does more for a thread */
        assert_int_equal(attempt(starts_thread, *state), YES);
    }
    assert_int_not_equal(attempt(starts_thread_unasked, *state), YES);
}

static int takes_memory(size_t bytes)
{
    struct sandbox_want want = {.profile = SANDBOX_CHILD, .memory_bytes = MEMORY_BYTES};
    struct sandbox_report report = {0};
    sandbox_close(&want, &report);
    void *p = malloc(bytes);
    int rc = !report.address_space ? NOT_CLOSED : p ? YES : NO;
    free(p);
    return rc;
}

static int takes_less(const struct fixture *f)
{
    (void)f;
    return takes_memory(MEMORY_BYTES / 2);
}

static int takes_more(const struct fixture *f)
{
    (void)f;
    return takes_memory(MEMORY_BYTES + 1);
}

static void memory_is_what_was_given(void **state)
{
    assert_int_equal(attempt(takes_less, *state), SANDBOX_SANITIZER ? NOT_CLOSED : YES);
    assert_int_equal(attempt(takes_more, *state), SANDBOX_SANITIZER ? NOT_CLOSED : NO);
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int sorts_and_tells_time(const struct fixture *f)
{
    (void)f;
    static int numbers[1 << 20];
    struct sandbox_want want = {.profile = SANDBOX_CLOSED};
    struct sandbox_report report = {0};
    time_t now = 1;
    struct tm tm;
    sandbox_preload(false);
    sandbox_close(&want, &report);
    qsort(numbers, sizeof(numbers) / sizeof(numbers[0]), sizeof(numbers[0]), compare);
    return gmtime_r(&now, &tm) && localtime_r(&now, &tm) ? YES : NO;
}

static void the_library_opens_nothing_late(void **state)
{
    assert_int_equal(attempt(sorts_and_tells_time, *state), YES);
}

static int aborts(const struct fixture *f)
{
    (void)f;
    struct sandbox_want want = {.profile = SANDBOX_CLOSED};
    struct sandbox_report report = {0};
    sandbox_close(&want, &report);
    abort();
}

static void an_abort_is_seen_as_one(void **state)
{
    assert_int_equal(attempt(aborts, *state), -SIGABRT);
}

/* Closes as for a command: the libraries' places and one more may be run. */
static bool close_for(const char *program)
{
    static char lib[] = "/lib", lib64[] = "/lib64", usr_lib[] = "/usr/lib";
    static char cache[] = "/etc/ld.so.cache";
    char *read[] = {cache}, *exec[] = {lib, lib64, usr_lib, (char *)(uintptr_t)program};
    struct sandbox_want want = {.profile = SANDBOX_EXEC,
                                .read = {read, 1},
                                .exec = {exec, 4}};
    struct sandbox_report report = {0};
    sandbox_close(&want, &report);
    return report.landlock_files && report.seccomp;
}

static int execute(const char *program)
{
    char *argv[] = {(char *)(uintptr_t)program, NULL};
    if (!close_for("/usr/bin/true")) {
        return NOT_CLOSED;
    }
    execv(program, argv);
    return errno == EACCES ? NO : NOT_CLOSED;
}

static int executes_allowed(const struct fixture *f)
{
    (void)f;
    return execute("/usr/bin/true");
}

static int executes_other(const struct fixture *f)
{
    (void)f;
    return execute("/usr/bin/false");
}

static void a_command_is_one_of_those_allowed(void **state)
{
    assert_int_equal(attempt(executes_allowed, *state), 0);
    assert_int_equal(attempt(executes_other, *state), NO);
}

/* A shell that reads what it is given and writes what it makes of it. */
static int runs_a_script(const struct fixture *f)
{
    (void)f;
    char *argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
                    (char *)(uintptr_t) "read x; (echo \"$x$x\")", NULL};
    char got[16] = "";
    int in[2], out[2], status = 0;
    pid_t pid = -1;
    posix_spawn_file_actions_t actions;
    if (!close_for("/usr/bin/dash") || pipe(in) != 0 || pipe(out) != 0) {
        return NOT_CLOSED;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    int rc = posix_spawn(&pid, "/usr/bin/dash", &actions, NULL, argv, argv + 3);
    posix_spawn_file_actions_destroy(&actions);
    if (rc != 0 || write(in[1], "ab\n", 3) != 3 || waitpid(pid, &status, 0) != pid ||
        read(out[0], got, sizeof(got) - 1) != 5) {
        return NO;
    }
    return status == 0 && strcmp(got, "abab\n") == 0 ? YES : NO;
}

static void a_script_runs_and_is_waited_for(void **state)
{
    assert_int_equal(attempt(runs_a_script, *state), YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(landlock_alone_opens_nothing),
        TEST(a_directory_that_is_allowed_can_be_read),
        TEST(a_directory_that_is_allowed_cannot_be_written),
        TEST(the_filter_alone_ends_who_leaves_it),
        TEST(threads_start_where_they_are_declared),
        TEST(memory_is_what_was_given),
        TEST(the_library_opens_nothing_late),
        TEST(an_abort_is_seen_as_one),
        TEST(a_command_is_one_of_those_allowed),
        TEST(a_script_runs_and_is_waited_for),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
