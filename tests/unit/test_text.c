/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* utf8, parse and suggest: what reads people's words. */
#include <ragd/status.h>

#include "core/parse.h"
#include "core/suggest.h"
#include "core/utf8.h"
#include "support/test.h"

static size_t check(const char *s)
{
    return utf8_check(s, strlen(s));
}

static void well_formed_text_passes(void **state)
{
    (void)state;
    const char *texts[] = {"",
                           "plain ascii that is longer than a word",
                           "gr\xC3\xBC\xC3\x9F",
                           "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
                           "\xF0\x9F\x98\x80",
                           "\xEF\xBF\xBF",
                           "\xF4\x8F\xBF\xBF",
                           "\xED\x9F\xBF"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(check(texts[i]), strlen(texts[i]));
    }
}

static void ill_formed_text_is_found_at_its_first_byte(void **state)
{
    (void)state;
    const char *tails[] = {"\x80",
                           "\xC0\x80",
                           "\xC1\xBF",
                           "\xE0\x9F\xBF",
                           "\xED\xA0\x80",
                           "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80",
                           "\xFF",
                           "\xC3",
                           "\xE6\x97",
                           "\xE6\x41\x41"};
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        char text[32] = "nine bytes";
        memcpy(text + 10, tails[i], strlen(tails[i]) + 1);
        assert_int_equal(check(text), 10);
    }
}

static void cut_ends_on_an_edge(void **state)
{
    (void)state;
    const char *s = "a\xE6\x97\xA5z";
    assert_int_equal(utf8_cut(s, 5, 9), 5);
    assert_int_equal(utf8_cut(s, 5, 4), 4);
    assert_int_equal(utf8_cut(s, 5, 3), 1);
    assert_int_equal(utf8_cut(s, 5, 1), 1);
    assert_int_equal(utf8_cut(s, 5, 0), 0);
}

static void next_decodes_each_length(void **state)
{
    (void)state;
    const char *s = "A\xC3\x9F\xE6\x97\xA5\xF0\x9F\x98\x80";
    const uint32_t want[] = {0x41, 0xDF, 0x65E5, 0x1F600};
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t got;
        at += utf8_next(s + at, strlen(s) - at, &got);
        assert_int_equal(got, want[i]);
    }
    assert_int_equal(at, strlen(s));
    assert_int_equal(utf8_count(s, at), 4);
}

static void blanks_are_those_of_unicode(void **state)
{
    (void)state;
    static const char blanks[] = " \t\r\n\xC2\xA0\xE2\x80\x83\xE3\x80\x80";
    assert_true(utf8_is_blank(NULL, 0));
    assert_true(utf8_is_blank(blanks, sizeof(blanks) - 1));
    assert_false(utf8_is_blank("  .", 3));
    assert_false(utf8_is_blank("\xE2\x80\x8B", 3)); /* no width, no White_Space */
    assert_false(utf8_is_blank("\0", 1));
}

static void sizes_have_units(void **state)
{
    (void)state;
    uint64_t v = 0;
    assert_int_equal(parse_size(ragd_cs("512"), &v), 0);
    assert_int_equal(v, 512);
    assert_int_equal(parse_size(ragd_cs("64KiB"), &v), 0);
    assert_int_equal(v, 65536);
    assert_int_equal(parse_size(ragd_cs("2GB"), &v), 0);
    assert_int_equal(v, 2000000000);
    const char *bad[] = {"",
                         "KiB",
                         "-1",
                         "1.5MiB",
                         "1 KiB",
                         "1kib",
                         "99999999999999999999",
                         "18446744073709551615KiB"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(parse_size(ragd_cs(bad[i]), &v), RAGD_E_ARG);
    }
    assert_int_equal(v, 2000000000);
}

static void durations_need_units(void **state)
{
    (void)state;
    uint64_t v = 7;
    assert_int_equal(parse_duration(ragd_cs("250ms"), &v), 0);
    assert_int_equal(v, 250);
    assert_int_equal(parse_duration(ragd_cs("10min"), &v), 0);
    assert_int_equal(v, 600000);
    assert_int_equal(parse_duration(ragd_cs("5"), &v), RAGD_E_ARG);
    assert_int_equal(parse_duration(ragd_cs("5m"), &v), RAGD_E_ARG);
    assert_int_equal(v, 600000);
    assert_int_equal(parse_duration(ragd_cs("0"), &v), 0);
    assert_int_equal(v, 0);
}

static void integers_cover_their_whole_range(void **state)
{
    (void)state;
    int64_t v = 0;
    assert_int_equal(parse_int(ragd_cs("-9223372036854775808"), &v), 0);
    assert_true(v == INT64_MIN);
    assert_int_equal(parse_int(ragd_cs("9223372036854775807"), &v), 0);
    assert_true(v == INT64_MAX);
    assert_int_equal(parse_int(ragd_cs("9223372036854775808"), &v), RAGD_E_ARG);
    assert_int_equal(parse_int(ragd_cs("-"), &v), RAGD_E_ARG);
    assert_int_equal(parse_int(ragd_cs("0x10"), &v), RAGD_E_ARG);
    assert_int_equal(parse_int(ragd_cs("1 "), &v), RAGD_E_ARG);
}

static void reals_are_finite(void **state)
{
    (void)state;
    double v = 0;
    assert_int_equal(parse_real(ragd_cs("-1.5e3"), &v), 0);
    assert_true(v == -1500.0);
    const char *bad[] = {"", "nan", "inf", "1e999", "0x1p3", "1,5", "1.5.2", "e"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(parse_real(ragd_cs(bad[i]), &v), RAGD_E_ARG);
    }
}

static void booleans_are_words(void **state)
{
    (void)state;
    int v = -1;
    assert_int_equal(parse_bool(ragd_cs("on"), &v), 0);
    assert_int_equal(v, 1);
    assert_int_equal(parse_bool(ragd_cs("no"), &v), 0);
    assert_int_equal(v, 0);
    assert_int_equal(parse_bool(ragd_cs("1"), &v), RAGD_E_ARG);
}

static const char *const NAMES[] = {"search", "model", NULL, "add", "base_url", "get"};

static const char *nearest(const char *word)
{
    return suggest_of(ragd_cs(word), NAMES, sizeof(NAMES) / sizeof(NAMES[0]));
}

static void slips_of_the_finger_are_recognised(void **state)
{
    (void)state;
    assert_string_equal(nearest("serach"), "search");
    assert_string_equal(nearest("modle"), "model");
    assert_string_equal(nearest("ad"), "add");
    assert_string_equal(nearest("baseurl"), "base_url");
}

static void far_words_get_no_suggestion(void **state)
{
    (void)state;
    assert_null(nearest("x"));
    assert_null(nearest("temperature"));
    assert_null(nearest(""));
    char huge[500];
    memset(huge, 'a', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = '\0';
    assert_null(nearest(huge));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(well_formed_text_passes),
        TEST(ill_formed_text_is_found_at_its_first_byte),
        TEST(cut_ends_on_an_edge),
        TEST(next_decodes_each_length),
        TEST(blanks_are_those_of_unicode),
        TEST(sizes_have_units),
        TEST(durations_need_units),
        TEST(integers_cover_their_whole_range),
        TEST(reals_are_finite),
        TEST(booleans_are_words),
        TEST(slips_of_the_finger_are_recognised),
        TEST(far_words_get_no_suggestion),
    };
    return RUN_TESTS(tests);
}
