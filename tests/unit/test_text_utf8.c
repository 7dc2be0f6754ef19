/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* sdk/text/utf8: what is well-formed, and positions in code points and bytes. */
#include "sdk/text/utf8.h"

#include "support/test.h"

/* One, two, three and four bytes, in turn. */
static const char MIXED[] = "a\xC3\xA4\xE6\x97\xA5\xF0\x9F\x98\x80z";

static bool valid(const char *s)
{
    return text_utf8_valid(s, strlen(s));
}

static void accepts_the_edges_of_each_length(void **state)
{
    (void)state;
    assert_true(valid(""));
    assert_true(valid("\x7F\xC2\x80\xDF\xBF"));
    assert_true(valid("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"));
    assert_true(valid("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
    assert_true(text_utf8_valid("a\0b", 3));
}

static void rejects_every_ill_formed_kind(void **state)
{
    (void)state;
    const char *texts[] = {
        "\x80",             /* a tail alone */
        "\xC0\x80",         /* overlong */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* a surrogate */
        "\xF4\x90\x80\x80", /* beyond U+10FFFF */
        "\xF5\x80\x80\x80", /* no such lead */
        "\xFF",
        "\xC3",     /* cut */
        "\xE6\x97", /* cut */
        "\xC3(",    /* the tail is missing */
        "eight ascii bytes and then\xE6\x97",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (valid(texts[i])) {
            fail_msg("text %zu passes", i);
        }
    }
}

static void decodes_what_it_encodes(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp = cp == 0xD7FF ? 0xE000 : cp + 1) {
        char bytes[TEXT_UTF8_MAX];
        uint32_t back;
        size_t len = text_utf8_put(cp, bytes);
        size_t read = text_utf8_next(bytes, len, &back);
        if (read != len || back != cp || !text_utf8_valid(bytes, len)) {
            fail_msg("U+%04X does not come back", cp);
        }
    }
}

static void an_ill_formed_byte_is_skipped_alone(void **state)
{
    (void)state;
    uint32_t cp;
    assert_int_equal(text_utf8_next("\xE6\x97"
                                    "a",
                                    3, &cp),
                     1);
    assert_int_equal(cp, TEXT_UTF8_BAD);
}

static void counts_code_points_in_words_of_eight_bytes_and_in_the_rest(void **state)
{
    (void)state;
    char text[100];
    size_t n = 0, points = 0;
    assert_int_equal(text_utf8_count("", 0), 0);
    while (n + 4 < sizeof(text)) {
        const char *from = MIXED;
        uint32_t cp;
        for (size_t i = 0; i < points % 5; i++) {
            from += text_utf8_next(from, 4, &cp);
        }
        size_t len = text_utf8_next(from, 4, &cp);
        memcpy(text + n, from, len);
        n += len;
        points++;
        assert_int_equal(text_utf8_count(text, n), points);
    }
}

static void cuts_only_between_code_points(void **state)
{
    (void)state;
    size_t n = sizeof(MIXED) - 1;
    const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t limit = 0; limit < sizeof(want) / sizeof(want[0]); limit++) {
        assert_int_equal(text_utf8_cut(MIXED, n, limit), want[limit]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_the_edges_of_each_length),
        cmocka_unit_test(rejects_every_ill_formed_kind),
        cmocka_unit_test(decodes_what_it_encodes),
        cmocka_unit_test(an_ill_formed_byte_is_skipped_alone),
        cmocka_unit_test(counts_code_points_in_words_of_eight_bytes_and_in_the_rest),
        cmocka_unit_test(cuts_only_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
