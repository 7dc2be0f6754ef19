/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ragd/status.h>

#include "config/secret.h"
#include "support/test.h"
#include "support/tmpdir.h"

struct fixture {
    struct tmpdir dir;
    char path[TMPDIR_BYTES]; /* of the file written last */
    struct buf secret;
    struct err err;
};

static const char *write_file(struct fixture *f, const char *name, const char *text)
{
    tmpdir_write(&f->dir, name, text, SIZE_MAX);
    tmpdir_path(&f->dir, name, f->path);
    chmod(f->path, 0600);
    return f->path;
}

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.secret = {0}};
    *state = &f;
    tmpdir_init(&f.dir);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    buf_release(&f->secret);
    tmpdir_release(&f->dir);
    return 0;
}

static int read_reference(struct fixture *f, const char *prefix, const char *rest)
{
    char text[600];
    snprintf(text, sizeof(text), "%s%s", prefix, rest);
    return secret_read(ragd_cs(text), &f->secret, &f->err);
}

static void only_three_forms_are_references(void **state)
{
    (void)state;
    assert_true(secret_is_reference(ragd_cs("cred:openai_api_key")));
    assert_true(secret_is_reference(ragd_cs("file:/etc/key")));
    assert_true(secret_is_reference(ragd_cs("env:KEY")));
    const char * not [] = {"sk-123",  "cred:", "cred:../x", "file:relative", "file:/",
                           "env:A B", "",      "env:",      "cred:.x",       "keyring:x"};
    for (size_t i = 0; i < sizeof(not ) / sizeof(not [0]); i++) {
        assert_false(secret_is_reference(ragd_cs(not [i])));
    }
}

static void a_private_file_is_read_without_its_line_end(void **state)
{
    struct fixture *f = *state;
    assert_ok(read_reference(f, "file:", write_file(f, "key", "s3cret\r\n")), &f->err);
    assert_int_equal(f->secret.n, 6);
    assert_memory_equal(f->secret.p, "s3cret", 6);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
    struct fixture *f = *state;
    const char *path = write_file(f, "key", "s3cret");
    chmod(path, 0640);
    assert_int_equal(read_reference(f, "file:", path), RAGD_E_CONFIG);
    assert_contains(f->err.hint, "chmod 600 ");
    assert_null(strstr(f->err.msg, "s3cret"));
    assert_null(f->secret.p);
}

static void the_environment_and_credentials_are_read(void **state)
{
    struct fixture *f = *state;
    setenv("TEST_KEY", "from env", 1);
    assert_ok(read_reference(f, "env:", "TEST_KEY"), &f->err);
    assert_memory_equal(f->secret.p, "from env", 8);
    write_file(f, "openai", "from cred\n");
    setenv("CREDENTIALS_DIRECTORY", f->dir.path, 1);
    assert_ok(read_reference(f, "cred:", "openai"), &f->err);
    assert_int_equal(f->secret.n, 9);
    assert_memory_equal(f->secret.p, "from cred", 9);
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void what_is_not_there_says_what_to_do(void **state)
{
    struct fixture *f = *state;
    assert_true(read_reference(f, "env:", "TEST_NOT_SET") < 0);
    assert_contains(f->err.hint, "TEST_NOT_SET");
    assert_true(read_reference(f, "cred:", "x") < 0);
    assert_contains(f->err.why, "not started by systemd");
    assert_int_equal(read_reference(f, "file:", "/nonexistent"), RAGD_E_NOT_FOUND);
}

#define SECRET_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SECRET_TEST(only_three_forms_are_references),
        SECRET_TEST(a_private_file_is_read_without_its_line_end),
        SECRET_TEST(a_file_that_others_may_read_is_refused),
        SECRET_TEST(the_environment_and_credentials_are_read),
        SECRET_TEST(what_is_not_there_says_what_to_do),
    };
    return RUN_TESTS(tests);
}
