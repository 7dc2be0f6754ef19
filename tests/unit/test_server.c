/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* lifecycle, options, datadir, made and notify: what the server stands on. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/mem.h"
#include "datadir.h"
#include "lifecycle.h"
#include "notify.h"
#include "options.h"
#include "support/test.h"
#include "support/tmpdir.h"

/* The lifecycle. */

static void an_orderly_life(void **state)
{
    (void)state;
    enum life_state life = LIFE_STARTING;
    assert_int_equal(life_move(&life, LIFE_OPENED), LIFE_ANNOUNCE);
    assert_int_equal(life, LIFE_READY);
    assert_int_equal(life_move(&life, LIFE_IMPAIRED), LIFE_ANNOUNCE);
    assert_int_equal(life, LIFE_DEGRADED);
    assert_int_equal(life_move(&life, LIFE_OPENED), LIFE_ANNOUNCE);
    assert_int_equal(life_move(&life, LIFE_STOP), LIFE_DRAIN);
    assert_int_equal(life, LIFE_DRAINING);
    assert_int_equal(life_move(&life, LIFE_STOP), LIFE_HURRY);
    assert_int_equal(life_move(&life, LIFE_DRAINED), LIFE_CLOSE);
    assert_int_equal(life_move(&life, LIFE_CLOSED), LIFE_END);
    assert_int_equal(life, LIFE_STOPPED);
}

static void what_has_no_row_changes_nothing(void **state)
{
    (void)state;
    for (int from = 0; from < LIFE_STATES; from++) {
        for (int event = 0; event < LIFE_EVENTS; event++) {
            enum life_state life = (enum life_state)from;
            if (life_move(&life, (enum life_event)event) == LIFE_NOTHING) {
                assert_int_equal(life, from);
            }
        }
    }
    enum life_state life = LIFE_READY;
    assert_int_equal(life_move(&life, LIFE_OPENED), LIFE_NOTHING);
    assert_int_equal(life_move(&life, LIFE_CLOSED), LIFE_NOTHING);
}

static void from_every_state_a_stop_leads_to_the_end(void **state)
{
    (void)state;
    for (int from = LIFE_STARTING; from < LIFE_STOPPED; from++) {
        enum life_state life = (enum life_state)from;
        life_move(&life, LIFE_STOP);
        life_move(&life, LIFE_DRAINED);
        life_move(&life, LIFE_CLOSED);
        assert_int_equal(life, LIFE_STOPPED);
    }
    for (int event = 0; event < LIFE_EVENTS; event++) {
        enum life_state life = LIFE_STOPPED;
        assert_int_equal(life_move(&life, (enum life_event)event), LIFE_NOTHING);
    }
}

static void only_two_states_serve(void **state)
{
    (void)state;
    for (int i = 0; i < LIFE_STATES; i++) {
        const struct life_info *info = life_info((enum life_state)i);
        assert_true(info->name[0] && info->status[0]);
        assert_int_equal(info->serving, i == LIFE_READY || i == LIFE_DEGRADED);
    }
}

/* Options. */

static int parse(struct options *out, struct err *err, const char *a, const char *b)
{
    char *argv[] = {(char *)"ragd", (char *)(uintptr_t)a, (char *)(uintptr_t)b, NULL};
    return options_parse(a ? b ? 3 : 2 : 1, argv, out, err);
}

static void options_are_read_in_both_forms(void **state)
{
    (void)state;
    struct options options;
    struct err err;
    assert_ok(parse(&options, &err, "--data-dir", "/d"), &err);
    assert_int_equal(options.n_overrides, 1);
    assert_string_equal(options.overrides[0].key, "data_dir");
    assert_string_equal(options.overrides[0].value, "/d");
    assert_ok(parse(&options, &err, "--config=/c.yaml", "--user"), &err);
    assert_string_equal(options.config_file, "/c.yaml");
    assert_false(options.system);
    assert_ok(parse(&options, &err, "--check-config", "--system"), &err);
    assert_int_equal(options.run, OPTIONS_CHECK_CONFIG);
    assert_true(options.system);
    assert_ok(parse(&options, &err, NULL, NULL), &err);
    assert_int_equal(options.run, OPTIONS_SERVE);
}

static void directories_of_plugins_add_up(void **state)
{
    (void)state;
    struct options options;
    struct err err;
    char arg[] = "--plugin-dir=/p", *argv[OPTIONS_PLUGIN_DIRS_MAX + 2] = {(char[]){"ragd"}};
    for (int i = 1; i < OPTIONS_PLUGIN_DIRS_MAX + 2; i++) {
        argv[i] = arg;
    }
    assert_ok(options_parse(OPTIONS_PLUGIN_DIRS_MAX + 1, argv, &options, &err), &err);
    assert_int_equal(options.n_plugin_dirs, OPTIONS_PLUGIN_DIRS_MAX);
    assert_string_equal(options.plugin_dirs[OPTIONS_PLUGIN_DIRS_MAX - 1], "/p");
    assert_true(options_parse(OPTIONS_PLUGIN_DIRS_MAX + 2, argv, &options, &err) < 0);
    assert_string_equal(err.msg, "--plugin-dir was given too often");
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    struct options options;
    struct err err;
    assert_int_equal(parse(&options, &err, "--confg", NULL), RAGD_E_ARG);
    assert_string_equal(err.msg, "unknown option '--confg' - did you mean '--config'?");
    assert_true(parse(&options, &err, "serve", NULL) < 0);
    assert_true(parse(&options, &err, "--socket", NULL) < 0);
    assert_string_equal(err.msg, "--socket needs a value: --socket PATH");
    assert_true(parse(&options, &err, "--user=yes", NULL) < 0);
    assert_string_equal(err.msg, "--user takes no value");
}

static void help_names_every_option(void **state)
{
    (void)state;
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof(text) - 1, "w");
    options_help(out);
    fclose(out);
    assert_contains(text, "--check-config");
    assert_contains(text, "--data-dir DIR");
    assert_contains(text, "SIGHUP");
}

/* The data directory. */

struct fixture {
    struct tmpdir dir;
    char path[TMPDIR_BYTES];
    int fd;
    struct made made;
    struct err err;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.fd = -1, .made = {.above = 0755}};
    tmpdir_init(&f.dir);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    close(f->fd);
    made_release(&f->made);
    tmpdir_release(&f->dir);
    return 0;
}

static void data_directory_is_made_private_and_locked(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    char text[64] = "", want[64];
    tmpdir_path(&f->dir, "a/b/data", f->path);
    assert_ok(datadir_lock(&f->made, f->path, &f->fd, &f->err), &f->err);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    snprintf(want, sizeof(want), "%d\n", (int)getpid());
    assert_true(pread(f->fd, text, sizeof(text) - 1, 0) > 0);
    assert_string_equal(text, want);
}

static void second_lock_names_its_holder(void **state)
{
    struct fixture *f = *state;
    int second = -1;
    char pid[32];
    tmpdir_path(&f->dir, "data", f->path);
    assert_ok(datadir_lock(&f->made, f->path, &f->fd, &f->err), &f->err);
    assert_int_equal(datadir_lock(&f->made, f->path, &second, &f->err), RAGD_E_EXISTS);
    assert_int_equal(second, -1);
    snprintf(pid, sizeof(pid), "the process %d holds", (int)getpid());
    assert_contains(f->err.why, pid);
    close(f->fd); /* as the kernel does when the process dies */
    assert_ok(datadir_lock(&f->made, f->path, &f->fd, &f->err), &f->err);
}

static void open_data_directory_becomes_private(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    tmpdir_path(&f->dir, "data", f->path);
    mkdir(f->path, 0755);
    assert_ok(datadir_lock(&f->made, f->path, &f->fd, &f->err), &f->err);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void what_is_no_directory_is_left_alone(void **state)
{
    struct fixture *f = *state;
    tmpdir_write(&f->dir, "data", "mine", SIZE_MAX);
    tmpdir_path(&f->dir, "data", f->path);
    assert_int_equal(datadir_lock(&f->made, f->path, &f->fd, &f->err), RAGD_E_CONFIG);
    assert_contains(f->err.msg, "is not a directory");
    assert_int_equal(access(f->path, F_OK), 0);
}

static void socket_directory_must_be_ours_alone(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    char dir[TMPDIR_BYTES];
    tmpdir_path(&f->dir, "run", dir);
    tmpdir_path(&f->dir, "run/ragd.sock", f->path);
    assert_ok(datadir_socket_dir(&f->made, f->path, false, &f->err), &f->err);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    chmod(dir, 0777);
    assert_int_equal(datadir_socket_dir(&f->made, f->path, false, &f->err), RAGD_E_DENIED);
    rmdir(dir);
    assert_int_equal(symlink("/", dir), 0);
    assert_int_equal(datadir_socket_dir(&f->made, f->path, false, &f->err), RAGD_E_DENIED);
    unlink(dir);
}

static unsigned mode_of(struct fixture *f, const char *name)
{
    char path[TMPDIR_BYTES];
    struct stat st;
    return stat(tmpdir_path(&f->dir, name, path), &st) ? 0 : st.st_mode & 07777;
}

static void what_is_made_on_the_way_has_its_own_mode_whatever_the_umask(void **state)
{
    struct fixture *f = *state;
    mode_t before = umask(077);
    tmpdir_path(&f->dir, "a//b/data", f->path);
    assert_ok(datadir_lock(&f->made, f->path, &f->fd, &f->err), &f->err);
    tmpdir_path(&f->dir, "run/ragd/ragd.sock", f->path);
    assert_ok(datadir_socket_dir(&f->made, f->path, true, &f->err), &f->err);
    umask(before);
    assert_int_equal(mode_of(f, "a"), 0755);
    assert_int_equal(mode_of(f, "a/b"), 0755);
    assert_int_equal(mode_of(f, "a/b/data"), 0700);
    assert_int_equal(mode_of(f, "run/ragd"), 0755);
    assert_int_equal(f->made.n, 5);
}

static void undo_removes_what_was_made_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    char path[TMPDIR_BYTES];
    mkdir(tmpdir_path(&f->dir, "old", path), 0755);
    tmpdir_path(&f->dir, "old/new/data", f->path);
    assert_ok(datadir_lock(&f->made, f->path, &f->fd, &f->err), &f->err);
    assert_ok(made_directory(&f->made, tmpdir_path(&f->dir, "old/new/theirs", path), 0755,
                             &f->err),
              &f->err);
    tmpdir_write(&f->dir, "old/new/theirs/file", "x", SIZE_MAX);
    mkdir(tmpdir_path(&f->dir, "old/new/data/state", path), 0700);
    tmpdir_write(&f->dir, "old/new/data/state/file", "x", SIZE_MAX);
    made_undo(&f->made, f->path);
    assert_int_equal(mode_of(f, "old/new/data"), 0);
    assert_int_equal(mode_of(f, "old/new/theirs"), 0755);
    assert_int_not_equal(mode_of(f, "old/new/theirs/file"), 0);
}

static void directory_that_cannot_be_noted_is_not_made(void **state)
{
    struct fixture *f = *state;
    tmpdir_path(&f->dir, "a/b", f->path);
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        int rc = made_directory(&f->made, f->path, 0700, &f->err);
        mem_fail_after(-1, 0);
        done = rc == 0;
        if (rc) {
            made_undo(&f->made, NULL);
            assert_int_equal(mode_of(f, "a"), 0);
        }
    }
}

/* systemd. */

static int notify_socket(struct fixture *f)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    tmpdir_path(&f->dir, "notify", f->path);
    assert_true(strlen(f->path) < sizeof(at.sun_path));
    memcpy(at.sun_path, f->path, strlen(f->path));
    f->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    setenv("NOTIFY_SOCKET", f->path, 1);
    return bind(f->fd, (struct sockaddr *)&at, sizeof(at));
}

static const char *received(struct fixture *f)
{
    static char text[512];
    ssize_t n = recv(f->fd, text, sizeof(text) - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void systemd_is_told_in_its_words(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(notify_socket(f), 0);
    notify_ready("Ready");
    assert_string_equal(received(f), "READY=1\nSTATUS=Ready");
    notify_reloading();
    assert_contains(received(f), "RELOADING=1\nMONOTONIC_USEC=");
    unsetenv("NOTIFY_SOCKET");
    notify_ready("Ready");
    assert_string_equal(received(f), "");
    setenv("NOTIFY_SOCKET", "relative", 1);
    notify_ready("Ready");
    assert_string_equal(received(f), "");
    unsetenv("NOTIFY_SOCKET");
}

static void watchdog_and_descriptors_of_another_process_are_not_ours(void **state)
{
    (void)state;
    char pid[32];
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(notify_watchdog_ms(), 30000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(notify_watchdog_ms(), 30000);

    setenv("LISTEN_PID", "1", 1);
    setenv("LISTEN_FDS", "2", 1);
    assert_int_equal(notify_listen_fds(), 0);
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "nonsense", 1);
    assert_int_equal(notify_listen_fds(), 0);
    assert_null(getenv("LISTEN_FDS"));
}

static void descriptors_handed_over_are_not_inherited_further(void **state)
{
    (void)state;
    char pid[32];
    int fd = open("/dev/null", O_RDONLY);
    dup2(fd, NOTIFY_FIRST_FD);
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    assert_int_equal(notify_listen_fds(), 1);
    assert_true(fcntl(NOTIFY_FIRST_FD, F_GETFD) & FD_CLOEXEC);
    if (fd != NOTIFY_FIRST_FD) {
        close(fd);
    }
}

#define DIR_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_orderly_life),
        TEST(what_has_no_row_changes_nothing),
        TEST(from_every_state_a_stop_leads_to_the_end),
        TEST(only_two_states_serve),
        TEST(options_are_read_in_both_forms),
        TEST(directories_of_plugins_add_up),
        TEST(wrong_options_are_named),
        TEST(help_names_every_option),
        DIR_TEST(data_directory_is_made_private_and_locked),
        DIR_TEST(second_lock_names_its_holder),
        DIR_TEST(open_data_directory_becomes_private),
        DIR_TEST(what_is_no_directory_is_left_alone),
        DIR_TEST(socket_directory_must_be_ours_alone),
        DIR_TEST(what_is_made_on_the_way_has_its_own_mode_whatever_the_umask),
        DIR_TEST(undo_removes_what_was_made_and_nothing_else),
        DIR_TEST(directory_that_cannot_be_noted_is_not_made),
        DIR_TEST(systemd_is_told_in_its_words),
        TEST(watchdog_and_descriptors_of_another_process_are_not_ours),
        TEST(descriptors_handed_over_are_not_inherited_further),
    };
    return RUN_TESTS(tests);
}
