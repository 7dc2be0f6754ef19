/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/utf8.h"
#include "support/test.h"
#include "support/virtual_clock.h"

struct target {
    int out; /* what the log writes to */
    int in;  /* what the test reads */
    char text[8192];
    struct virtual_clock clock;
};

static int set_up(void **state)
{
    static struct target target;
    int fds[2];
    target = (struct target){.clock = {.unix_ms = 1700000000123}};
    if (pipe2(fds, O_CLOEXEC)) {
        return -1;
    }
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    target.in = fds[0];
    target.out = fds[1];
    virtual_clock_install(&target.clock);
    *state = &target;
    return 0;
}

static int tear_down(void **state)
{
    struct target *target = *state;
    log_setup(2, LOG_AUTO, RAGD_LOG_INFO);
    clock_install(NULL);
    close(target->in);
    close(target->out);
    return 0;
}

static const char *lines(struct target *target)
{
    ssize_t n = read(target->in, target->text, sizeof(target->text) - 1);
    target->text[n > 0 ? n : 0] = '\0';
    return target->text;
}

static void text_has_time_level_and_id(void **state)
{
    struct target *target = *state;
    log_setup(target->out, LOG_TEXT, RAGD_LOG_INFO);
    log_warn("TEST-ID", "hello %d", 7);
    assert_string_equal(lines(target), "2023-11-14T22:13:20.123Z warn  TEST-ID hello 7\n");
}

static void levels_above_the_set_one_are_dropped(void **state)
{
    struct target *target = *state;
    log_setup(target->out, LOG_TEXT, RAGD_LOG_WARN);
    log_info("TEST-ID", "no");
    log_debug("TEST-ID", "no");
    assert_string_equal(lines(target), "");
    assert_int_equal(log_level(), RAGD_LOG_WARN);
}

static void journal_lines_begin_with_the_priority(void **state)
{
    struct target *target = *state;
    log_setup(target->out, LOG_JOURNAL, RAGD_LOG_DEBUG);
    log_error("A", "x");
    log_warn("B", "x");
    log_info("C", "x");
    log_debug("D", "x");
    assert_string_equal(lines(target), "<3>A x\n<4>B x\n<6>C x\n<7>D x\n");
}

static void auto_is_the_journal_only_on_its_own_stream(void **state)
{
    struct target *target = *state;
    struct stat st;
    char text[64];
    fstat(target->out, &st);
    snprintf(text, sizeof(text), "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    setenv("JOURNAL_STREAM", text, 1);
    log_setup(target->out, LOG_AUTO, RAGD_LOG_INFO);
    log_info("A", "x");
    assert_string_equal(lines(target), "<6>A x\n");
    setenv("JOURNAL_STREAM", "1:1", 1);
    log_setup(target->out, LOG_AUTO, RAGD_LOG_INFO);
    log_info("A", "x");
    assert_contains(lines(target), "Z info  A x");
    unsetenv("JOURNAL_STREAM");
}

static const struct ragd_value LIST[] = {{.type = RAGD_V_INT, .u.i = 1},
                                         {.type = RAGD_V_INT, .u.i = 2}};
static const struct ragd_kv FIELDS[] = {
    {{"n", 1}, {.type = RAGD_V_INT, .u.i = -5}},
    {{"s", 1}, {.type = RAGD_V_STR, .u.s = {"a \"b\"\n", 6}}},
    {{"b", 1}, {.type = RAGD_V_BOOL, .u.i = 1}},
    {{"l", 1}, {.type = RAGD_V_LIST, .u.list = {LIST, 2}}},
};

static void json_is_one_object_a_line(void **state)
{
    struct target *target = *state;
    log_setup(target->out, LOG_JSON, RAGD_LOG_INFO);
    log_fields(RAGD_LOG_INFO, "ID", (struct ragd_str){"m\\", 2},
               (struct ragd_kvs){FIELDS, 4});
    assert_string_equal(
        lines(target),
        "{\"ts\":\"2023-11-14T22:13:20.123Z\",\"level\":\"info\",\"id\":\"ID\","
        "\"msg\":\"m\\\\\",\"n\":-5,\"s\":\"a \\\"b\\\"\\u000a\",\"b\":true,"
        "\"l\":[1,2]}\n");
}

static void fields_follow_the_message_in_text(void **state)
{
    struct target *target = *state;
    log_setup(target->out, LOG_JOURNAL, RAGD_LOG_INFO);
    log_fields(RAGD_LOG_INFO, "ID", (struct ragd_str){"m", 1},
               (struct ragd_kvs){FIELDS, 2});
    assert_string_equal(lines(target), "<6>ID m n=-5 s=\"a \"b\"\\x0a\"\n");
}

static void strangers_bytes_make_no_new_line(void **state)
{
    struct target *target = *state;
    log_setup(target->out, LOG_JOURNAL, RAGD_LOG_INFO);
    log_info("ID", "a\n<3>FAKE \xFF\x1B[31m \xE6\x97\xA5");
    assert_string_equal(lines(target), "<6>ID a\\x0a<3>FAKE ?\\x1b[31m \xE6\x97\xA5\n");
}

static void long_lines_are_cut_and_say_so(void **state)
{
    struct target *target = *state;
    char text[6000];
    memset(text, 'x', sizeof(text));
    struct ragd_kv field = {{"f", 1}, {.type = RAGD_V_STR, .u.s = {text, sizeof(text)}}};
    log_setup(target->out, LOG_JOURNAL, RAGD_LOG_INFO);
    log_fields(RAGD_LOG_INFO, "ID", (struct ragd_str){"m", 1},
               (struct ragd_kvs){&field, 1});
    const char *line = lines(target);
    assert_in_range(strlen(line), 4000, 4096);
    assert_string_equal(line + strlen(line) - 5, " ...\n");

    log_setup(target->out, LOG_JSON, RAGD_LOG_INFO);
    log_fields(RAGD_LOG_INFO, "ID", (struct ragd_str){"m", 1},
               (struct ragd_kvs){&field, 1});
    line = lines(target);
    assert_string_equal(line + strlen(line) - 11, "\"msg\":\"m\"}\n");
}

static void stalled_reader_costs_lines_not_time(void **state)
{
    struct target *target = *state;
    log_setup(target->out, LOG_JOURNAL, RAGD_LOG_INFO);
    for (int i = 0; i < 20000; i++) {
        log_info("ID", "line number %d of many", i);
    }
    size_t arrived = 0;
    for (const char *text = lines(target); *text; text = lines(target)) {
        for (; *text; text++) {
            arrived += *text == '\n';
        }
    }
    assert_in_range(arrived, 1, 19000);
    log_info("ID", "again");
    assert_string_equal(lines(target), "<6>ID again\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_has_time_level_and_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_above_the_set_one_are_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(journal_lines_begin_with_the_priority, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(auto_is_the_journal_only_on_its_own_stream, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(json_is_one_object_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fields_follow_the_message_in_text, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(strangers_bytes_make_no_new_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(long_lines_are_cut_and_say_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stalled_reader_costs_lines_not_time, set_up,
                                        tear_down),
    };
    return RUN_TESTS(tests);
}
