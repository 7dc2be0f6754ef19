/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* sdk/text/question: the words that a question searches for. */
#include "sdk/text/question.h"

#include <stdio.h>

#include "support/test.h"

enum { OUT_BYTES = 2048 };

static int set_up(void **state)
{
    *state = text_analyser_create();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    text_analyser_destroy(*state);
    return 0;
}

/* Terms with blanks between; a variant has a / and its word's number behind. */
static void check(void **state, enum text_language lang, const char *text, const char *want)
{
    struct text_question q;
    char got[OUT_BYTES] = "";
    size_t n = 0;
    assert_int_equal(
        text_question_init(&q, *state, lang, (struct ragd_str){text, strlen(text)}), 0);
    for (size_t i = 0; i < q.n_terms; i++) {
        const struct text_term *t = &q.terms[i];
        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.*s", i ? " " : "", (int)t->len,
                              t->text);
        if (t->variant) {
            n += (size_t)snprintf(got + n, sizeof(got) - n, "/%u", t->word);
        }
        assert_true(t->word < q.n_words && t->end <= strlen(text));
    }
    text_question_release(&q);
    assert_string_equal(got, want);
}

static void stop_and_question_words_are_dropped(void **state)
{
    check(state, TEXT_LANG_AUTO, "What is the height of the tower?", "height tower");
    check(state, TEXT_LANG_AUTO, "How many people live in Rome?", "peopl live rome");
}

static void they_stay_when_nothing_else_is_there(void **state)
{
    check(state, TEXT_LANG_AUTO, "who is the who", "who is the");
    check(state, TEXT_LANG_EN, "to be or not to be", "to be or not");
}

static void each_word_counts_once(void **state)
{
    check(state, TEXT_LANG_EN, "cats, a cat and the cat's cats", "cat");
}

static void an_empty_question_has_no_words(void **state)
{
    check(state, TEXT_LANG_AUTO, "", "");
    check(state, TEXT_LANG_AUTO, " ?! ", "");
}

static void german_questions_lose_german_stop_words(void **state)
{
    check(state, TEXT_LANG_DE, "Was kostet der Mietvertrag?", "kostet mietvertrag");
}

static void a_german_question_also_gives_the_stems_of_texts_taken_for_english(void **state)
{
    check(state, TEXT_LANG_AUTO, "Wie hoch sind die Kosten?", "hoch kost kosten/1");
}

static void a_question_in_no_clear_language_gives_both_stems(void **state)
{
    check(state, TEXT_LANG_AUTO, "Kosten", "kosten kost/0");
    check(state, TEXT_LANG_AUTO, "Mietvertrag", "mietvertrag");
}

static void an_english_or_named_language_gives_one_stem(void **state)
{
    check(state, TEXT_LANG_AUTO, "where are the houses", "hous");
    check(state, TEXT_LANG_DE, "Kosten", "kost");
}

static void french_questions_lose_french_stop_words(void **state)
{
    check(state, TEXT_LANG_AUTO, "Quelle est l'altitude du mont Blanc ?",
          "altitud mont blanc");
    check(state, TEXT_LANG_AUTO, "Combien de congés ont les salariés ?",
          "cong salari cong\xC3\xA9/0 salari\xC3\xA9/1");
}

static void japanese_particles_are_dropped(void **state)
{
    check(state, TEXT_LANG_AUTO, "日本の首都はどこですか？", "日本 首都");
    check(state, TEXT_LANG_AUTO, "猫について教えて", "猫");
}

static void spanish_function_words_are_dropped(void **state)
{
    check(state, TEXT_LANG_AUTO, "¿Quién es el alcalde de Lugo?", "alcald lugo");
    check(state, TEXT_LANG_AUTO, "el faro de Lugo", "el faro de lugo"); /* is it? */
}

static void chinese_question_words_are_dropped(void **state)
{
    check(state, TEXT_LANG_AUTO, "公司总部在哪里？", "公司 司总 总部");
    check(state, TEXT_LANG_AUTO, "午餐多少钱？", "午餐");
    check(state, TEXT_LANG_AUTO, "目的地 在庫", "目的 的地 在庫"); /* no question */
}

static void korean_particles_are_dropped(void **state)
{
    check(state, TEXT_LANG_AUTO, "관장은 누구입니까?", "관장");
    check(state, TEXT_LANG_AUTO, "대출 기간은 며칠입니까?", "대출 기간");
    check(state, TEXT_LANG_AUTO, "도서관에서 고가 은행", "도서 서관 고가 은행");
}

static void a_pair_stays_when_it_asks_only_elsewhere(void **state)
{
    check(state, TEXT_LANG_AUTO, "누구입니까 구입", "구입");
}

static void a_term_knows_where_it_first_stood(void **state)
{
    struct text_question q;
    const char text[] = "the cats and cats";
    assert_int_equal(text_question_init(&q, *state, TEXT_LANG_EN,
                                        (struct ragd_str){text, sizeof(text) - 1}),
                     0);
    assert_int_equal(q.n_terms, 1);
    assert_int_equal(q.terms[0].start, 4);
    assert_int_equal(q.terms[0].end, 8);
    text_question_release(&q);
}

static void words_beyond_the_limit_are_ignored(void **state)
{
    struct text_question q;
    char text[8192];
    size_t n = 0;
    for (int i = 0; i < 1000; i++) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "w%d ", i);
    }
    assert_int_equal(
        text_question_init(&q, *state, TEXT_LANG_EN, (struct ragd_str){text, n}), 0);
    assert_int_equal(q.n_words, TEXT_QUESTION_WORDS_MAX);
    assert_int_equal(q.n_terms, TEXT_QUESTION_WORDS_MAX);
    text_question_release(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_and_question_words_are_dropped),
        cmocka_unit_test(they_stay_when_nothing_else_is_there),
        cmocka_unit_test(each_word_counts_once),
        cmocka_unit_test(an_empty_question_has_no_words),
        cmocka_unit_test(german_questions_lose_german_stop_words),
        cmocka_unit_test(a_german_question_also_gives_the_stems_of_texts_taken_for_english),
        cmocka_unit_test(a_question_in_no_clear_language_gives_both_stems),
        cmocka_unit_test(an_english_or_named_language_gives_one_stem),
        cmocka_unit_test(french_questions_lose_french_stop_words),
        cmocka_unit_test(japanese_particles_are_dropped),
        cmocka_unit_test(spanish_function_words_are_dropped),
        cmocka_unit_test(chinese_question_words_are_dropped),
        cmocka_unit_test(korean_particles_are_dropped),
        cmocka_unit_test(a_pair_stays_when_it_asks_only_elsewhere),
        cmocka_unit_test(a_term_knows_where_it_first_stood),
        cmocka_unit_test(words_beyond_the_limit_are_ignored),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
