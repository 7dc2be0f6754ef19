/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What rag reads of files, of what is no file, and of stdin. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"
#include "pool.h"

#include "support/test.h" /* behind fail.h: cmocka has a macro of that name */
#include "support/tmpdir.h"

static bool tmpfile_refused;

/* Instead of libc's: a file system that makes no files without a name. */
int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (tmpfile_refused && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return openat(AT_FDCWD, path, flags, mode);
}

struct fixture {
    struct tmpdir dir;
    char path[TMPDIR_BYTES];
    struct source_file file;
    struct stat st;
    struct failure failure;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof(*f));
    tmpdir_init(&f->dir);
    tmpdir_path(&f->dir, "source", f->path);
    f->file = (struct source_file){.path = f->path, .shown = "source", .fd = -1};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    tmpfile_refused = false;
    tmpdir_release(&f->dir);
    test_free(f);
    pool_release();
    return 0;
}

static void a_pipe_is_refused_without_waiting_for_its_writer(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(content_open(&f->file, &f->st, &f->failure), -1);
    assert_int_equal(f->failure.exit, EXIT_USAGE);
    assert_string_equal(f->failure.message, "cannot add source: it is a pipe");
}

static void a_file_that_is_missing_is_told_as_such(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(content_open(&f->file, &f->st, &f->failure), -1);
    assert_int_equal(f->failure.exit, EXIT_NOT_FOUND);
    assert_string_equal(f->failure.code, "no_such_file");
}

static void a_file_is_opened_so_that_reading_it_does_not_wait(void **state)
{
    struct fixture *f = *state;
    tmpdir_write(&f->dir, "source", "text", SIZE_MAX);
    int fd = content_open(&f->file, &f->st, &f->failure);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    uint8_t text[8];
    assert_int_equal(content_read(&f->file, fd, text, sizeof(text), &f->failure), 4);
    assert_memory_equal(text, "text", 4);
    close(fd);
}

/* A pipe without a writer's bytes stands for the files of /proc that wait. */
static void what_would_wait_is_a_failure(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    uint8_t text[8];
    assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    assert_int_equal(content_read(&f->file, ends[0], text, sizeof(text), &f->failure), -1);
    assert_string_equal(f->failure.message, "cannot read source");
    assert_non_null(strstr(f->failure.why, "does not wait"));
    close(ends[0]);
    close(ends[1]);
}

static void assert_spooled(void)
{
    const struct cli cli = {0};
    int ends[2], fd = -1;
    char text[8];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    close(ends[1]);
    assert_int_equal(content_spool(&cli, ends[0], &fd), EXIT_DONE);
    close(ends[0]);
    assert_int_equal(pread(fd, text, sizeof(text), 0), 3);
    assert_memory_equal(text, "abc", 3);
    close(fd);
}

static void stdin_is_kept_without_a_name_whatever_the_file_system_can(void **state)
{
    struct fixture *f = *state;
    char *before = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
    setenv("TMPDIR", f->dir.path, 1);
    assert_spooled();
    tmpfile_refused = true;
    assert_spooled();
    /* Nothing is left in the directory. */
    assert_int_equal(rmdir(f->dir.path), 0);
    assert_int_equal(mkdir(f->dir.path, 0700), 0);
    if (before) {
        setenv("TMPDIR", before, 1);
    } else {
        unsetenv("TMPDIR");
    }
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pipe_is_refused_without_waiting_for_its_writer,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_missing_is_told_as_such, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_opened_so_that_reading_it_does_not_wait,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_would_wait_is_a_failure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            stdin_is_kept_without_a_name_whatever_the_file_system_can, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
