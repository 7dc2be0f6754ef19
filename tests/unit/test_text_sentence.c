/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* sdk/text/sentence: where sentences end. Expectations: the sentences with a |
 * between them. */
#include "sdk/text/sentence.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"

enum { OUT_BYTES = 4096, SEED = 4711, ROUNDS = 4000 };

static void check(const char *text, const char *want)
{
    char got[OUT_BYTES] = "";
    size_t n = 0, pos = 0;
    struct text_sentence s;
    while (text_sentence_next((struct ragd_str){text, strlen(text)}, &pos, &s)) {
        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.*s", n ? "|" : "",
                              (int)(s.end - s.start), text + s.start);
    }
    assert_string_equal(got, want);
}

static void a_text_of_blanks_has_none(void **state)
{
    (void)state;
    check("", "");
    check(" \n\t \n　", "");
}

static void sentences_end_at_terminators(void **state)
{
    (void)state;
    check("One. Two! Three? Four", "One.|Two!|Three?|Four");
    check("Really?! Yes... Maybe.", "Really?!|Yes...|Maybe.");
}

static void closing_quotes_and_brackets_belong_to_the_sentence(void **state)
{
    (void)state;
    check("He said \"No.\" She left. (It rained.) End.",
          "He said \"No.\"|She left.|(It rained.)|End.");
    check("„Ja.“ Er ging. “Fine.” Then", "„Ja.“|Er ging.|“Fine.”|Then");
}

static void a_title_or_an_elided_article_starts_one_after_all(void **state)
{
    (void)state;
    check("It closes at 5 p.m. Dr. Tanaka has the key.",
          "It closes at 5 p.m.|Dr. Tanaka has the key.");
    check("Il ferme à 18 h 30. L'accueil ouvre. Le 3. C’est tout.",
          "Il ferme à 18 h 30.|L'accueil ouvre.|Le 3.|C’est tout.");
    check("The Rev. Dr. King spoke on 5 p.m. Eastern time.",
          "The Rev. Dr. King spoke on 5 p.m. Eastern time.");
}

/* As check, a # before each heading. */
static void headings_are_told_from_sentences(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"# Title\n\nText here.\n## Part\nMore", "#Title|Text here.|#Part|More"},
        {"Title line\n\nText here.", "#Title line|Text here."},
        {"Port 22\n\nPort: ssh\n\n- item\n\nlast line", "Port 22|Port: ssh|item|last line"},
        {"Two lines\nof text\n\nEnd.", "Two lines\nof text|End."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ragd_str text = {cases[i].text, strlen(cases[i].text)};
        char got[OUT_BYTES] = "";
        size_t n = 0, pos = 0;
        struct text_sentence s;
        while (text_sentence_next(text, &pos, &s)) {
            n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s%.*s", n ? "|" : "",
                                  s.heading ? "#" : "", (int)(s.end - s.start),
                                  text.p + s.start);
        }
        assert_string_equal(got, cases[i].want);
    }
}

static void a_question_inside_a_quotation_goes_on(void **state)
{
    (void)state;
    check("\"Why?\" he asked. \"Go!\" she said.", "\"Why?\" he asked.|\"Go!\" she said.");
}

static void a_number_is_never_cut(void **state)
{
    (void)state;
    check("It costs 3.14 or 1,234.56. Then .5 more.",
          "It costs 3.14 or 1,234.56.|Then .5 more.");
    check("値は３．１４です。次", "値は３．１４です。|次");
    check("Pay 3. 10. 2024 at last. Done", "Pay 3. 10. 2024 at last.|Done");
}

static void names_and_addresses_are_not_cut(void **state)
{
    (void)state;
    check("See www.example.com/a.b or main.c now. Ok",
          "See www.example.com/a.b or main.c now.|Ok");
}

static void an_abbreviation_does_not_end_one(void **state)
{
    (void)state;
    check("Dr. Smith met Prof. Lee, e.g. in Rome. Ok",
          "Dr. Smith met Prof. Lee, e.g. in Rome.|Ok");
    check("Das gilt z.B. für Wien bzw. Graz. Ja", "Das gilt z.B. für Wien bzw. Graz.|Ja");
    check("See Fig. 3 and vol. II. Next", "See Fig. 3 and vol. II.|Next");
}

static void some_abbreviations_end_one_before_a_plain_start(void **state)
{
    (void)state;
    check("Made by Acme Inc. The rest came from U.S. troops at 5 p.m. They left.",
          "Made by Acme Inc.|The rest came from U.S. troops at 5 p.m.|They left.");
    check("Äpfel, Birnen usw. Der Rest Co. KG.", "Äpfel, Birnen usw.|Der Rest Co. KG.");
}

static void a_word_like_an_abbreviation_is_one_only_before_a_number(void **state)
{
    (void)state;
    check("The answer is no. Nobody came. See no. 5 there.",
          "The answer is no.|Nobody came.|See no. 5 there.");
}

static void initials_do_not_end_one(void **state)
{
    (void)state;
    check("J. R. R. Tolkien wrote it. We chose plan B. The end.",
          "J. R. R. Tolkien wrote it.|We chose plan B.|The end.");
}

static void a_german_ordinal_does_not_end_one(void **state)
{
    (void)state;
    check("Am 3. Oktober 1990. Der Tag", "Am 3. Oktober 1990.|Der Tag");
    check("Das 2. Buch, dein 3. Mai. Ende", "Das 2. Buch, dein 3. Mai.|Ende");
    check("There were 12. The rest left.", "There were 12.|The rest left.");
}

static void any_other_number_ends_one(void **state)
{
    (void)state;
    check("It has rooms numbered 1 to 12. Parking is free.",
          "It has rooms numbered 1 to 12.|Parking is free.");
    check("Badges cost 5. Visitors pay nothing.", "Badges cost 5.|Visitors pay nothing.");
    check("Ein Ausweis kostet 5. Besucher zahlen nichts.",
          "Ein Ausweis kostet 5.|Besucher zahlen nichts.");
}

static void a_small_letter_goes_on_after_a_full_stop(void **state)
{
    (void)state;
    check("The approx. value... is small. Ok", "The approx. value... is small.|Ok");
}

static void footnote_marks_stay_with_their_sentence(void **state)
{
    (void)state;
    check("It fell.[3] It rose.[12, 13] Done[x]. End",
          "It fell.[3]|It rose.[12, 13]|Done[x].|End");
}

static void japanese_needs_no_blanks(void **state)
{
    (void)state;
    check("首都は東京です。人口は？多い！以上", "首都は東京です。|人口は？|多い！|以上");
    check("全角。　次の文。", "全角。|次の文。");
}

static void a_japanese_quotation_goes_on_in_kana(void **state)
{
    (void)state;
    check("「はい。」と言った。「いいえ。」彼は去った。",
          "「はい。」と言った。|「いいえ。」|彼は去った。");
}

static void other_scripts_have_their_own_terminators(void **state)
{
    (void)state;
    check("यह है। वह है।", "यह है।|वह है।");
    check("هل هذا؟ نعم", "هل هذا؟|نعم");
}

static void a_line_break_in_a_paragraph_is_a_blank(void **state)
{
    (void)state;
    check("One line\nand the next.\r\nTwo", "One line\nand the next.|Two");
}

static void a_blank_line_ends_one(void **state)
{
    (void)state;
    check("A title\n\nThe text e.g.\n \nMore", "A title|The text e.g.|More");
    check("Page one\fPage two", "Page one|Page two");
}

static void list_items_are_sentences_without_their_markers(void **state)
{
    (void)state;
    check("Steps:\n- first one\n- second\n  * third", "Steps:|first one|second|third");
    check("1. The first. More.\n2. Second\n10) Tenth\na) Letter\n(3) Three",
          "The first.|More.|Second|Tenth|Letter|Three");
    check("・一つ目\n・二つ目\n①三つ目", "一つ目|二つ目|三つ目");
    check("- \n- x", "x");
}

static void a_hyphen_inside_a_line_is_no_marker(void **state)
{
    (void)state;
    check("a - b\n-5 degrees\nit is", "a - b\n-5 degrees\nit is");
}

static void headings_and_table_rows_are_whole_lines(void **state)
{
    (void)state;
    check("# 1. Intro. More\nText\n| a. | b |\n| c | d |\nEnd",
          "1. Intro. More|Text|| a. | b ||| c | d ||End");
    check("Title\n=====\nText", "Title|=====|Text");
    check("tier | cost\nwarm | 3 euros. Or 4\nText | of\n",
          "tier | cost|warm | 3 euros. Or 4|Text | of");
}

static void an_endless_sentence_is_cut_at_a_blank(void **state)
{
    (void)state;
    enum { N = 4 * TEXT_SENTENCE_BYTES_MAX };
    char *text = malloc(N);
    assert_non_null(text);
    size_t pos = 0;
    struct text_sentence s;
    for (size_t i = 0; i < N; i++) {
        text[i] = i % 10 == 9 ? ' ' : 'x';
    }
    while (text_sentence_next((struct ragd_str){text, N}, &pos, &s)) {
        assert_true((s.end - s.start) % 10 == 9 || s.end == N);
        assert_true(s.end - s.start <= TEXT_SENTENCE_BYTES_MAX);
    }
    memset(text, 'x', N);
    pos = 0;
    assert_true(text_sentence_next((struct ragd_str){text, N}, &pos, &s));
    assert_int_equal(s.end, TEXT_SENTENCE_BYTES_MAX);
    free(text);
}

/* --- Random texts ---------------------------------------------------------------- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)(random_state * UINT64_C(2685821657736338717) >> 33) % n;
}

static void sentences_cover_everything_but_the_blanks_in_order(void **state)
{
    (void)state;
    static const char *const parts[] = {"a",  "B",  "Dr", "The", "1234", ".",
                                        ".",  "!",  "?",  " ",   " ",    "\n",
                                        "。", "」", "\"", "é",   "猫",   "の"};
    random_state = SEED;
    for (int round = 0; round < ROUNDS; round++) {
        char text[256];
        size_t n = 0, pos = 0, last = 0;
        for (uint32_t i = random_below(60); i > 0; i--) {
            const char *part = parts[random_below(sizeof(parts) / sizeof(parts[0]))];
            memcpy(text + n, part, strlen(part));
            n += strlen(part);
        }
        struct text_sentence s;
        while (text_sentence_next((struct ragd_str){text, n}, &pos, &s)) {
            assert_true(s.start >= last && s.end > s.start && s.end <= n);
            assert_int_equal(strspn(text + last, " \n") >= s.start - last, 1);
            assert_null(strchr(" \n", text[s.start]));
            assert_null(strchr(" \n", text[s.end - 1]));
            last = s.end;
        }
        for (; last < n; last++) {
            assert_non_null(strchr(" \n", text[last]));
        }
    }
}

static void any_bytes_end(void **state)
{
    (void)state;
    random_state = SEED + 1;
    for (int round = 0; round < ROUNDS; round++) {
        char text[64];
        size_t n = random_below(sizeof(text) + 1), pos = 0, last = 0;
        for (size_t i = 0; i < n; i++) {
            text[i] = random_below(2) ? (char)random_below(256)
                                      : ".\n- 1#|)"[random_below(8)];
        }
        struct text_sentence s;
        while (text_sentence_next((struct ragd_str){text, n}, &pos, &s)) {
            assert_true(s.start >= last && s.end > s.start && s.end <= n && pos >= s.end);
            last = s.end;
        }
        assert_int_equal(pos, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_of_blanks_has_none),
        cmocka_unit_test(sentences_end_at_terminators),
        cmocka_unit_test(closing_quotes_and_brackets_belong_to_the_sentence),
        cmocka_unit_test(a_title_or_an_elided_article_starts_one_after_all),
        cmocka_unit_test(headings_are_told_from_sentences),
        cmocka_unit_test(a_question_inside_a_quotation_goes_on),
        cmocka_unit_test(a_number_is_never_cut),
        cmocka_unit_test(names_and_addresses_are_not_cut),
        cmocka_unit_test(an_abbreviation_does_not_end_one),
        cmocka_unit_test(some_abbreviations_end_one_before_a_plain_start),
        cmocka_unit_test(a_word_like_an_abbreviation_is_one_only_before_a_number),
        cmocka_unit_test(initials_do_not_end_one),
        cmocka_unit_test(a_german_ordinal_does_not_end_one),
        cmocka_unit_test(any_other_number_ends_one),
        cmocka_unit_test(a_small_letter_goes_on_after_a_full_stop),
        cmocka_unit_test(footnote_marks_stay_with_their_sentence),
        cmocka_unit_test(japanese_needs_no_blanks),
        cmocka_unit_test(a_japanese_quotation_goes_on_in_kana),
        cmocka_unit_test(other_scripts_have_their_own_terminators),
        cmocka_unit_test(a_line_break_in_a_paragraph_is_a_blank),
        cmocka_unit_test(a_blank_line_ends_one),
        cmocka_unit_test(list_items_are_sentences_without_their_markers),
        cmocka_unit_test(a_hyphen_inside_a_line_is_no_marker),
        cmocka_unit_test(headings_and_table_rows_are_whole_lines),
        cmocka_unit_test(an_endless_sentence_is_cut_at_a_blank),
        cmocka_unit_test(sentences_cover_everything_but_the_blanks_in_order),
        cmocka_unit_test(any_bytes_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
