/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What is loaded, what is refused, and what is said about it. */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mem.h"
#include "plugin/op.h"
#include "plugin/registry.h"
#include "support/test.h"
#include "support/tmpdir.h"

static char bad_dir[PATH_MAX];
static struct tmpdir scratch;

static int set_up_all(void **state)
{
    (void)state;
    char here[PATH_MAX - 8];
    assert_non_null(getcwd(here, sizeof(here))); /* where the tests are built */
    snprintf(bad_dir, sizeof(bad_dir), "%s/bad", here);
    log_setup(2, LOG_TEXT, RAGD_LOG_ERROR);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    tmpdir_init(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    registry_close();
    tmpdir_release(&scratch);
    return 0;
}

static void open_dir(const char *dir, bool system)
{
    const char *const dirs[] = {dir, NULL};
    struct registry_setup setup = {.dirs = dirs, .system = system};
    struct err err = {0};
    assert_ok(registry_open(&setup, &err), &err);
}

/* The listed plugin of this file; the test fails without. */
static const struct plugin *listed(const char *file)
{
    for (const struct plugin *p = plugin_next(NULL); p; p = plugin_next(p)) {
        const char *slash = strrchr(p->path, '/');
        if (strcmp(slash + 1, file) == 0) {
            return p;
        }
    }
    fail_msg("%s is not listed", file);
    return NULL;
}

static void copy_to_scratch(const char *name)
{
    static char bytes[1 << 20];
    char path[PATH_MAX + 16];
    snprintf(path, sizeof(path), "%s/bad_0.so", bad_dir);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    tmpdir_write(&scratch, name, bytes, n);
}

static void assert_refused(const char *file, const char *text)
{
    const struct plugin *p = listed(file);
    char all[ERR_MSG_BYTES + ERR_WHY_BYTES + 8];
    snprintf(all, sizeof(all), "%s: %s", p->problem.msg, p->problem.why);
    assert_false(p->loaded);
    assert_int_equal(p->problem.id, ERR_PLUGIN_REFUSED);
    assert_contains(all, file);
    assert_contains(all, text);
}

static void refuses_each_bad_plugin_by_its_rule(void **state)
{
    (void)state;
    open_dir(bad_dir, false);
    assert_true(listed("bad_0.so")->loaded);
    assert_refused("bad_1.so", "exports no ragd_plugin_entry_v0");
    assert_refused("bad_2.so", "built for plugin ABI 1, this ragd speaks 0");
    assert_refused("bad_3.so", "its table ragd_plugin has 16 bytes, at least ");
    assert_refused("bad_4.so", "refuses to work with this ragd");
    assert_refused("bad_5.so", "its id is ill-formed");
    assert_refused("bad_6.so", "its name is ill-formed");
    assert_refused("bad_7.so", "it has no version");
    assert_refused("bad_8.so", "needs plugin ABI 0.99 or later, this ragd speaks 0.1");
    assert_refused("bad_9.so", "needs the service ragd.http/1");
    assert_refused("bad_10.so", "has no interface that ragd knows");
    assert_refused("bad_11.so", "its table ragd.embedder/1 lacks embed");
    assert_refused("bad_12.so", "its table ragd.embedder/1 has 24 bytes");
    assert_refused("bad_13.so", "its table ragd.embedder/1 lacks life");
    assert_refused("bad_14.so", "its table ragd_life lacks create");
    assert_refused("bad_15.so", "must run in a process of its own");
    assert_refused("bad_16.so", "the default of option size is not valid");
    assert_refused("bad_17.so", "option size has the unknown type 99");
    assert_refused("bad_18.so", "its init failed: unavailable");
    assert_refused("bad_19.so", "its id org.ragd.test.bad0 is taken");
    assert_refused("bad_20.so", "its name bad0 is taken");
    assert_refused("bad_21.so", "asks for the service ragd.state/1");
    assert_refused("bad_22.so", "values unknown here");
}

static void takes_tables_of_other_minors(void **state)
{
    (void)state;
    open_dir(bad_dir, false);
    const struct plugin *longer = listed("bad_23.so"), *least = listed("bad_24.so");
    assert_true(longer->loaded && least->loaded);
    assert_non_null(longer->ifaces[PLUGIN_EMBEDDER]->u.embedder.count);
    assert_non_null(least->ifaces[PLUGIN_EMBEDDER]->u.embedder.embed);
    assert_null(least->ifaces[PLUGIN_EMBEDDER]->u.embedder.count);
}

static void tells_all_about_a_loaded_one(void **state)
{
    (void)state;
    open_dir(bad_dir, false);
    const struct plugin *p = plugin_find(ragd_cs("org.ragd.test.bad0"));
    assert_non_null(p);
    assert_ptr_equal(plugin_find(ragd_cs("bad0")), p);
    assert_ptr_equal(plugin_of(PLUGIN_EMBEDDER, ragd_cs("bad0")), p);
    assert_null(plugin_of(PLUGIN_STORE, ragd_cs("bad0")));
    assert_null(plugin_of(PLUGIN_EMBEDDER, ragd_cs("bad1")));
    assert_string_equal(plugin_near(PLUGIN_EMBEDDER, ragd_cs("bda0")), "bad0");
    assert_string_equal(p->abi, "0.1");
    assert_string_equal(p->version, "0.1.0");
    assert_int_equal(strlen(p->sha256), 64);
    assert_int_equal(p->kinds, 1u << PLUGIN_EMBEDDER);
    assert_string_equal(p->needs[0], RAGD_SVC_CONFIG);
    assert_null(p->wants[0]);
}

static void lists_in_order_of_the_file_names(void **state)
{
    (void)state;
    open_dir(bad_dir, false);
    const char *before = "";
    for (const struct plugin *p = plugin_next(NULL); p; p = plugin_next(p)) {
        assert_true(strcmp(before, p->path) < 0);
        before = p->path;
    }
}

static void loads_only_what_is_named(void **state)
{
    (void)state;
    const char *const dirs[] = {"/nowhere/at/all", bad_dir, NULL};
    const struct ragd_str load[] = {ragd_cs("bad_0"), ragd_cs("11")};
    struct registry_setup setup = {.dirs = dirs, .load = load, .n_load = 2};
    struct err err = {0};
    assert_ok(registry_open(&setup, &err), &err);
    const struct plugin *p = plugin_next(NULL);
    assert_true(p->loaded);
    assert_refused("bad_11.so", "lacks embed");
    assert_null(plugin_next(plugin_next(p)));
}

static void names_a_plugin_that_is_not_there(void **state)
{
    (void)state;
    const char *const dirs[] = {bad_dir, NULL};
    const struct ragd_str load[] = {ragd_cs("bad_0"), ragd_cs("embeder")};
    struct registry_setup setup = {.dirs = dirs, .load = load, .n_load = 2};
    struct err err = {0};
    int rc = registry_open(&setup, &err);
    assert_int_equal(rc, RAGD_E_CONFIG);
    assert_contains(err.msg, "'embeder'");
    assert_null(plugin_next(NULL));
}

static void refuses_what_is_no_plugin_file(void **state)
{
    (void)state;
    char path[TMPDIR_BYTES], target[PATH_MAX + 16];
    tmpdir_write(&scratch, "text.so", "not an object", SIZE_MAX);
    tmpdir_write(&scratch, "empty.so", "", 0);
    tmpdir_write(&scratch, "ignored.txt", "", 0);
    assert_int_equal(mkdir(tmpdir_path(&scratch, "dir.so", path), 0700), 0);
    assert_int_equal(mkfifo(tmpdir_path(&scratch, "pipe.so", path), 0600), 0);
    snprintf(target, sizeof(target), "%s/bad_0.so", bad_dir);
    assert_int_equal(symlink(target, tmpdir_path(&scratch, "link.so", path)), 0);
    open_dir(scratch.path, false);
    assert_refused("text.so", "cannot be loaded");
    assert_refused("empty.so", "cannot be loaded");
    assert_refused("dir.so", "is not a regular file");
    assert_refused("pipe.so", "is not a regular file");
    assert_refused("link.so", "is a symbolic link");
    size_t n = 0;
    for (const struct plugin *p = plugin_next(NULL); p; p = plugin_next(p)) {
        n++;
    }
    assert_int_equal(n, 5);
}

static void refuses_a_file_that_others_may_write(void **state)
{
    (void)state;
    char path[TMPDIR_BYTES];
    copy_to_scratch("open.so");
    chmod(tmpdir_path(&scratch, "open.so", path), 0646);
    open_dir(scratch.path, false);
    assert_refused("open.so", "may be written by everybody (mode 0646)");
    assert_contains(listed("open.so")->problem.hint, "chmod go-w ");
}

static void refuses_a_directory_that_others_may_write(void **state)
{
    (void)state;
    char dir[TMPDIR_BYTES], path[TMPDIR_BYTES + 64];
    mkdir(tmpdir_path(&scratch, "loose", dir), 0700);
    copy_to_scratch("loose/one.so");
    chmod(dir, 0757);
    open_dir(dir, false);
    const struct plugin *p = plugin_next(NULL);
    snprintf(path, sizeof(path), "%s may be written by everybody", dir);
    assert_contains(p->problem.msg, path);
    assert_false(p->loaded);
}

/* Others can add to it, but not replace what is in it. */
static void takes_a_directory_below_a_sticky_one(void **state)
{
    (void)state;
    char sticky[TMPDIR_BYTES], dir[TMPDIR_BYTES];
    mkdir(tmpdir_path(&scratch, "sticky", sticky), 0700);
    mkdir(tmpdir_path(&scratch, "sticky/inner", dir), 0700);
    copy_to_scratch("sticky/inner/one.so");
    chmod(sticky, 01777);
    open_dir(dir, false);
    assert_true(plugin_next(NULL)->loaded);
}

static void a_systems_daemon_takes_nothing_below_a_sticky_directory(void **state)
{
    (void)state;
    char sticky[TMPDIR_BYTES], dir[TMPDIR_BYTES], text[TMPDIR_BYTES + 64];
    if (geteuid() != 0) {
        skip(); /* one's own is someone else's in system mode */
    }
    mkdir(tmpdir_path(&scratch, "sticky", sticky), 0700);
    mkdir(tmpdir_path(&scratch, "sticky/inner", dir), 0700);
    copy_to_scratch("sticky/inner/one.so");
    chmod(sticky, 01777);
    open_dir(dir, true);
    const struct plugin *p = plugin_next(NULL);
    snprintf(text, sizeof(text), "%s may be written by everybody (mode 1777)", sticky);
    assert_false(p->loaded);
    assert_string_equal(p->problem.msg, text);
    assert_contains(p->problem.hint, "ragd --user");
}

static void refuses_a_file_of_someone_else(void **state)
{
    (void)state;
    char path[TMPDIR_BYTES];
    copy_to_scratch("theirs.so");
    tmpdir_path(&scratch, "theirs.so", path);
    if (geteuid() != 0) { /* one's own is someone else's in system mode */
        open_dir(scratch.path, true);
        assert_refused("theirs.so", "belongs to");
        return;
    }
    assert_int_equal(chown(path, 54321, 0), 0);
    open_dir(scratch.path, false);
    assert_refused("theirs.so", "belongs to user 54321");
}

static void skips_directories_that_are_not_there(void **state)
{
    (void)state;
    open_dir("/nowhere/at/all", false);
    assert_null(plugin_next(NULL));
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    const char *const dirs[] = {bad_dir, NULL};
    const struct ragd_str load[] = {ragd_cs("bad_0")};
    struct registry_setup setup = {.dirs = dirs, .load = load, .n_load = 1};
    FOR_EACH_FAILURE(n, done)
    {
        struct err err = {0};
        mem_fail_after(n, 0);
        int rc = registry_open(&setup, &err);
        mem_fail_after(-1, 0);
        done = rc == 0 && plugin_next(NULL)->loaded;
        registry_close();
    }
}

int main(void)
{
#define REGISTRY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        REGISTRY_TEST(refuses_each_bad_plugin_by_its_rule),
        REGISTRY_TEST(takes_tables_of_other_minors),
        REGISTRY_TEST(tells_all_about_a_loaded_one),
        REGISTRY_TEST(lists_in_order_of_the_file_names),
        REGISTRY_TEST(loads_only_what_is_named),
        REGISTRY_TEST(names_a_plugin_that_is_not_there),
        REGISTRY_TEST(refuses_what_is_no_plugin_file),
        REGISTRY_TEST(refuses_a_file_that_others_may_write),
        REGISTRY_TEST(refuses_a_directory_that_others_may_write),
        REGISTRY_TEST(takes_a_directory_below_a_sticky_one),
        REGISTRY_TEST(a_systems_daemon_takes_nothing_below_a_sticky_directory),
        REGISTRY_TEST(refuses_a_file_of_someone_else),
        REGISTRY_TEST(skips_directories_that_are_not_there),
        REGISTRY_TEST(survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, set_up_all, NULL);
}
