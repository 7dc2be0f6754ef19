/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What processes of loaders say beside documents: lines, reasons, refusals. */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faulty_rig.h"
#include "plugin/child_layers.h"

static void what_it_writes_to_stderr_is_in_the_log_at_a_bounded_rate(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    faulty_assert_fails(loader, "chatter", ERR_PARSE, "faulty: load failed");
    rig_settle();
    rig_assert_logged(&rig, "CHILD-STDERR faulty: a line of its own 0");
    rig_assert_logged(&rig, "CHILD-LINES faulty: 980 more lines, not shown");
    rig_close(&rig);
}

static size_t count_in_log(struct rig *rig, const char *text)
{
    static char all[256 * 1024];
    ssize_t n = pread(rig->log, all, sizeof(all) - 1, 0);
    size_t found = 0;
    all[n > 0 ? n : 0] = '\0';
    for (const char *p = all; (p = strstr(p, text)); p++) {
        found++;
    }
    return found;
}

static void further_processes_have_no_further_lines(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    for (int i = 0; i < 3; i++) {
        faulty_assert_fails(loader, "chatter", ERR_PARSE, "faulty: load failed");
        rig_settle();
    }
    assert_int_equal(count_in_log(&rig, "CHILD-STDERR"), 20);
    assert_int_equal(count_in_log(&rig, "CHILD-LINES"), 1);
    rig_close(&rig);
}

static void what_it_logs_is_bounded_likewise(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    struct instance *loader = faulty_open(&rig, "");
    assert_string_equal(faulty_load(loader, "log", &err), "well");
    assert_int_equal(count_in_log(&rig, "PLUGIN-LOG"), 20);
    rig_close(&rig);
}

static void a_reason_that_is_no_text_is_not_handed_on(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    faulty_assert_fails(loader, "forge", ERR_PLUGIN, "says why in what is no text");
    rig_close(&rig);
}

static void an_open_wall_has_its_own_reason(void **state)
{
    (void)state;
    Ragd__Host__V1__Layers in = RAGD__HOST__V1__LAYERS__INIT;
    char *open[] = {(char *)(uintptr_t) "address space: not limited",
                    (char *)(uintptr_t) "seccomp: Operation not permitted"};
    struct child_layers out;
    struct err err = {0};
    in.no_new_privs = in.no_capabilities = in.not_dumpable = in.parent_death = 1;
    in.session = in.descriptors = in.rlimits = in.landlock_files = 1;
    in.landlock_abi = 1;
    in.open = open;
    in.n_open = 2;
    assert_int_not_equal(
        child_layers_take(&in, PLACEMENT_SANDBOX, SANDBOX_REQUIRE, &out, &err), 0);
    assert_contains(err.msg, "system calls (seccomp)");
    assert_string_equal(err.why, "seccomp: Operation not permitted");
    in.n_open = 1;
    assert_int_not_equal(
        child_layers_take(&in, PLACEMENT_SANDBOX, SANDBOX_REQUIRE, &out, &err), 0);
    assert_string_equal(err.why, "it does not say why");
}

static void copy_plugin(const struct tmpdir *dir, char path[TMPDIR_BYTES])
{
    static char bytes[1 << 20];
    char from[PATH_MAX];
    snprintf(from, sizeof(from), "%s/loader_faulty.so", faulty_dir());
    FILE *in = fopen(from, "rb");
    assert_non_null(in);
    size_t n = fread(bytes, 1, sizeof(bytes), in);
    fclose(in);
    assert_true(n > 0 && n < sizeof(bytes));
    tmpdir_write(dir, "loader_faulty.so", bytes, n);
    tmpdir_path(dir, "loader_faulty.so", path);
}

static void change_plugin(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_true(fputc('x', file) != EOF);
    fclose(file);
}

static void a_file_that_was_replaced_is_not_run(void **state)
{
    (void)state;
    struct rig rig;
    struct tmpdir dir;
    struct err err;
    char path[TMPDIR_BYTES];
    tmpdir_init(&dir);
    copy_plugin(&dir, path);
    rig_open(&rig, "limits: {child_documents: 1}\n", dir.path);
    struct instance *loader = rig_instance(PLUGIN_LOADER, "faulty");
    faulty_assert_well(loader);
    assert_int_equal(chmod(path, 0600), 0); /* other rights, the same bytes */
    faulty_assert_well(loader);
    change_plugin(path, "ab");
    assert_string_equal(faulty_load(loader, "anything", &err), "");
    assert_int_equal(err.id, ERR_PLUGIN_REFUSED);
    assert_contains(err.msg, "is not the file it was at the start");
    assert_int_equal(chmod(path, 0666), 0);
    assert_string_equal(faulty_load(loader, "anything", &err), "");
    assert_int_equal(err.id, ERR_PLUGIN_REFUSED);
    assert_contains(err.msg, "may be written by everybody");
    rig_close(&rig);
    tmpdir_release(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(further_processes_have_no_further_lines),
        TEST(what_it_logs_is_bounded_likewise),
        TEST(a_reason_that_is_no_text_is_not_handed_on),
        TEST(an_open_wall_has_its_own_reason),
        TEST(a_file_that_was_replaced_is_not_run),
        TEST(what_it_writes_to_stderr_is_in_the_log_at_a_bounded_rate),
    };
    return RUN_TESTS(tests);
}
