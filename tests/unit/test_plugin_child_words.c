/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What processes of loaders say beside documents: lines, reasons, refusals. */
#include <unistd.h>

#include "faulty_rig.h"

static void what_it_writes_to_stderr_is_in_the_log_at_a_bounded_rate(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    faulty_assert_fails(loader, "chatter", ERR_PARSE, "");
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
        faulty_assert_fails(loader, "chatter", ERR_PARSE, "");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(further_processes_have_no_further_lines),
        TEST(what_it_logs_is_bounded_likewise),
        TEST(what_it_writes_to_stderr_is_in_the_log_at_a_bounded_rate),
    };
    return RUN_TESTS(tests);
}
