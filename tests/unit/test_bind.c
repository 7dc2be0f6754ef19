/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Sockets and tokens on disk: what is taken, made, and left alone. */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/bind.h"
#include "rpc/token.h"
#include "support/test.h"
#include "support/tmpdir.h"

static struct tmpdir dir;
static char path[TMPDIR_BYTES];
static char url[TMPDIR_BYTES + 8];

static int set_up(void **state)
{
    (void)state;
    tmpdir_init(&dir);
    tmpdir_path(&dir, "s", path);
    snprintf(url, sizeof(url), "ipc://%s", path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tmpdir_release(&dir);
    return 0;
}

static enum err_id try_bind(const char *what, struct err *err)
{
    struct bound bound;
    *err = (struct err){0};
    int rc = bind_url(&bound, what, 0600, err);
    if (rc == 0) {
        bound_release(&bound);
    }
    return rc ? err->id : ERR_NONE;
}

static void a_socket_file_has_its_mode_and_goes_with_its_owner(void **state)
{
    (void)state;
    struct bound bound;
    struct err err;
    struct stat st;
    assert_ok(bind_url(&bound, url, 0660, &err), &err);
    assert_int_equal(bound.kind, STREAM_UNIX);
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0660);
    bound_release(&bound);
    assert_int_not_equal(lstat(path, &st), 0);
}

static void the_lock_keeps_others_away_and_goes_last(void **state)
{
    (void)state;
    struct bound bound;
    struct err err;
    char lock[TMPDIR_BYTES + 8];
    snprintf(lock, sizeof(lock), "%s.lock", path);
    assert_ok(bind_url(&bound, url, 0600, &err), &err);
    assert_int_equal(access(lock, F_OK), 0);
    assert_int_equal(try_bind(url, &err), ERR_EXISTS);
    assert_int_equal(access(lock, F_OK), 0);
    bound_release(&bound);
    assert_int_not_equal(access(lock, F_OK), 0);
}

static void a_bind_that_fails_leaves_no_lock(void **state)
{
    (void)state;
    struct err err;
    char lock[TMPDIR_BYTES + 8];
    snprintf(lock, sizeof(lock), "%s.lock", path);
    tmpdir_write(&dir, "s", "mine", SIZE_MAX);
    assert_int_equal(try_bind(url, &err), ERR_CONFIG);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_not_equal(access(lock, F_OK), 0);
}

/* A socket bound to the path by somebody else. */
static int foreign_socket(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(strlen(path) < sizeof(at.sun_path));
    memcpy(at.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

static void a_stale_socket_is_replaced(void **state)
{
    (void)state;
    struct err err;
    int fd = foreign_socket();
    close(fd); /* the file stays */
    assert_int_equal(try_bind(url, &err), ERR_NONE);
}

static void a_served_socket_is_left_alone(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    int fd = foreign_socket();
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(try_bind(url, &err), ERR_EXISTS);
    assert_int_equal(lstat(path, &st), 0);
    close(fd);
}

static void two_daemons_cannot_share_a_socket(void **state)
{
    (void)state;
    struct bound bound;
    struct err err;
    assert_ok(bind_url(&bound, url, 0600, &err), &err);
    assert_int_equal(try_bind(url, &err), ERR_EXISTS);
    assert_contains(err.msg, "another ragd");
    bound_release(&bound);
}

static void what_is_no_socket_is_never_removed(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    tmpdir_write(&dir, "s", "data", SIZE_MAX);
    assert_int_equal(try_bind(url, &err), ERR_CONFIG);
    assert_contains(err.msg, "is not a socket");
    assert_int_equal(lstat(path, &st), 0);
    assert_int_equal(st.st_size, 4);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/nowhere", path), 0);
    assert_int_equal(try_bind(url, &err), ERR_CONFIG);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(try_bind(url, &err), ERR_CONFIG);
    assert_int_equal(rmdir(path), 0);
}

static void somebody_elses_file_is_not_removed_at_the_end(void **state)
{
    (void)state;
    struct bound bound;
    struct err err;
    struct stat st;
    assert_ok(bind_url(&bound, url, 0600, &err), &err);
    assert_int_equal(unlink(path), 0);
    tmpdir_write(&dir, "s", "mine", SIZE_MAX);
    bound_release(&bound);
    assert_int_equal(lstat(path, &st), 0);
}

static void a_path_that_is_too_long_is_reached_through_its_directory(void **state)
{
    (void)state;
    char deep[TMPDIR_BYTES + 128], long_url[sizeof(deep) + 16];
    struct sockaddr_un at;
    struct bound bound;
    struct err err;
    char name[101];
    memset(name, 'd', 100);
    name[100] = 0;
    snprintf(deep, sizeof(deep), "%s/%s", dir.path, name);
    assert_int_equal(mkdir(deep, 0700), 0);
    snprintf(long_url, sizeof(long_url), "ipc://%s/s", deep);
    assert_true(strlen(long_url) - 6 > sizeof(at.sun_path));
    assert_ok(bind_url(&bound, long_url, 0600, &err), &err);
    struct stat st;
    assert_int_equal(lstat(long_url + 6, &st), 0);
    bound_release(&bound);
    assert_int_not_equal(lstat(long_url + 6, &st), 0);
}

static void urls_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "/run/ragd.sock",
        "ipc://",
        "ipc://relative",
        "ipc:///run/",
        "ws://127.0.0.1:1",
        "tcp://127.0.0.1",
        "tcp://:80",
        "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:x",
        "tcp://example.org:80",
        "tcp://[::1:80",
        "tcp://0.0.0.0:80",
        "tcp://192.168.1.1:80",
        "tcp://[::]:80",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err;
        enum err_id id = try_bind(bad[i], &err);
        if (id != ERR_CONFIG) {
            fail_msg("%s gives %d", bad[i], (int)id);
        }
    }
}

static void loopback_addresses_are_bound(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(try_bind("tcp://127.0.0.1:0", &err), ERR_NONE);
    assert_int_equal(try_bind("tcp://localhost:0", &err), ERR_NONE);
    assert_int_equal(try_bind("tcp://127.9.9.9:0", &err), ERR_NONE);
}

static void an_inherited_socket_must_be_local(void **state)
{
    (void)state;
    struct sockaddr_in any = {.sin_family = AF_INET};
    struct bound bound;
    struct err err;
    int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(tcp, (struct sockaddr *)&any, sizeof(any)), 0);
    assert_int_not_equal(bind_inherited(&bound, tcp, &err), 0);
    assert_int_not_equal(bind_inherited(&bound, udp, &err), 0);
    assert_int_not_equal(bind_inherited(&bound, -1, &err), 0);
    assert_int_equal(err.id, ERR_CONFIG);
    close(tcp);
    close(udp);
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_ok(bind_inherited(&bound, local, &err), &err);
    assert_int_equal(bound.kind, STREAM_UNIX);
    bound_release(&bound);
}

/* Tokens. */

static void a_token_is_made_private_and_kept(void **state)
{
    (void)state;
    struct token token = {0}, again = {0};
    struct err err;
    struct stat st;
    char text[128] = {0};
    assert_ok(token_load(&token, path, &err), &err);
    assert_int_equal(lstat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    FILE *file = fopen(path, "r");
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    text[strcspn(text, "\n")] = 0;
    assert_int_equal(strlen(text), TOKEN_CHARS);
    assert_true(token_matches(&token, text));
    assert_ok(token_load(&again, path, &err), &err);
    assert_true(token_matches(&again, text));
}

static void a_token_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct token token = {0};
    struct err err;
    tmpdir_write(&dir, "s", "secret\n", SIZE_MAX);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_not_equal(token_load(&token, path, &err), 0);
    assert_int_equal(err.id, ERR_CONFIG);
    assert_contains(err.hint, "chmod 600");
    assert_int_equal(chmod(path, 0600), 0);
    assert_ok(token_load(&token, path, &err), &err);
    assert_true(token_matches(&token, "secret"));
}

static void an_empty_token_or_one_behind_a_link_is_refused(void **state)
{
    (void)state;
    struct token token = {0};
    struct err err;
    tmpdir_write(&dir, "s", " \n", SIZE_MAX);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_not_equal(token_load(&token, path, &err), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_int_not_equal(token_load(&token, path, &err), 0);
    assert_int_equal(unlink(path), 0);
    assert_false(token_matches(&token, ""));
}

static void nothing_matches_a_token_that_is_not_set(void **state)
{
    (void)state;
    struct token token = {0};
    assert_false(token_matches(&token, ""));
    assert_int_equal(token_set(&token, "abc"), 0);
    assert_true(token_matches(&token, "abc"));
    assert_false(token_matches(&token, "abd"));
    assert_false(token_matches(&token, "abcd"));
    assert_false(token_matches(&token, ""));
}

#define DISK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISK_TEST(a_socket_file_has_its_mode_and_goes_with_its_owner),
        DISK_TEST(the_lock_keeps_others_away_and_goes_last),
        DISK_TEST(a_bind_that_fails_leaves_no_lock),
        DISK_TEST(a_stale_socket_is_replaced),
        DISK_TEST(a_served_socket_is_left_alone),
        DISK_TEST(two_daemons_cannot_share_a_socket),
        DISK_TEST(what_is_no_socket_is_never_removed),
        DISK_TEST(somebody_elses_file_is_not_removed_at_the_end),
        DISK_TEST(a_path_that_is_too_long_is_reached_through_its_directory),
        DISK_TEST(urls_that_are_none_are_refused),
        DISK_TEST(loopback_addresses_are_bound),
        DISK_TEST(an_inherited_socket_must_be_local),
        DISK_TEST(a_token_is_made_private_and_kept),
        DISK_TEST(a_token_that_others_may_read_is_refused),
        DISK_TEST(an_empty_token_or_one_behind_a_link_is_refused),
        DISK_TEST(nothing_matches_a_token_that_is_not_set),
    };
    return RUN_TESTS(tests);
}
