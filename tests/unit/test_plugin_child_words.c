/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What processes of loaders say beside documents: lines, reasons, refusals. */
#include "faulty_rig.h"

static void what_it_writes_to_stderr_is_in_the_log_at_a_bounded_rate(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    faulty_assert_fails(loader, "chatter", ERR_PARSE, "");
    rig_settle();
    rig_assert_logged(&rig, "CHILD-STDERR faulty: a line of its own 0");
    rig_assert_logged(&rig, "CHILD-STDERR faulty: 980 more lines, not shown");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_it_writes_to_stderr_is_in_the_log_at_a_bounded_rate),
    };
    return RUN_TESTS(tests);
}
