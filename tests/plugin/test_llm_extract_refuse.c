/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* When llm_extract says that the sources do not answer, and what it shows then. */
#include "extract_rig.h"

static void a_word_the_store_does_not_know_weighs_as_the_rarest(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The price of bread went up again this year.", 1);
    add_term(f, "price", 1);
    const struct fake_results *r = ask(f, "price zorgon");
    assert_int_equal(r->usage.finish, RAGD_FINISH_STOP); /* 1 of 2 */
    renew(f);
    r = ask(f, "price zorgon quibble");
    assert_int_equal(r->usage.finish, RAGD_FINISH_NO_ANSWER); /* 1 of 3 */
}

static void it_says_when_the_sources_do_not_answer(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The museum opens at nine. Its garden is open all day long.", 1);
    const struct fake_results *r = ask(f, "Which roses bloom in the garden?");
    assert_int_equal(r->usage.finish, RAGD_FINISH_NO_ANSWER);
    assert_str_equal(r->text, "The documents do not answer this. The nearest passage is: "
                              "\"Its garden is open all day long.\" [1]");
    assert_cite(r, 0, 1, 26, 58);
}

static void a_sentence_without_a_word_of_the_question_is_not_near(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The museum opens at nine. Its garden is open all day long.", 1);
    const struct fake_results *r = ask(f, "What is the boiling point of tungsten?");
    assert_str_equal(r->text, "The documents do not answer this.");
    assert_int_equal(r->n_cites, 0);
}

/* Its words are kept for the search, but every text holds them. */
static void a_question_of_stop_words_has_no_answer(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *question, *said;
    } cases[] = {
        {"what is it", "The question has no word to look for."},
        {"the of and", "The question has no word to look for."},
        {"Was ist das?", "Die Frage hat kein Wort, nach dem sich suchen ließe."},
        {"それは何ですか", "質問に検索できる言葉がありません。"},
    };
    add_source(f, "What the museum is and what it is not. Was das ist, was es war.", 1);
    add_source(f, "それは何ですか。", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        renew(f);
        const struct fake_results *r = ask(f, cases[i].question);
        assert_int_equal(r->usage.finish, RAGD_FINISH_NO_ANSWER);
        assert_str_equal(r->text, cases[i].said);
        assert_int_equal(r->n_cites, 0);
    }
}

/* Each sentence holds one word of the question. */
static void what_stands_around_a_sentence_counts_too(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The dough rests for hours. Then the oven is heated.", 1);
    add_term(f, "dough", 1);
    add_term(f, "oven", 1);
    add_term(f, "pizza", 1);
    assert_int_equal(finish_of(f, "dough pizza oven"), RAGD_FINISH_STOP);
    f->sources[0].text = ragd_cs("The dough rests for hours. Then it is folded.");
    assert_int_equal(finish_of(f, "dough pizza oven"), RAGD_FINISH_NO_ANSWER);
    f->sources[0].title = ragd_cs("Pizza");
    assert_int_equal(finish_of(f, "dough pizza oven"), RAGD_FINISH_STOP);
}

static void words_strewn_over_a_source_are_no_answer(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Some dough lies there. Some oven is hot. A pizza came. One tray fell.",
               1);
    assert_int_equal(finish_of(f, "dough oven pizza tray"), RAGD_FINISH_NO_ANSWER);
    f->sources[0].text = ragd_cs("The dough lies on a tray. The oven bakes a pizza.");
    assert_int_equal(finish_of(f, "dough oven pizza tray"), RAGD_FINISH_STOP);
}

/* The idf of words in one of three documents, and in none. */
static void an_unknown_word_weighs_no_more_than_one_of_a_single_document(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The watch had lost five seconds.", 1);
    add_term(f, "second", log(1 + 2.5 / 1.5));
    add_term(f, "watch", log(1 + 2.5 / 1.5));
    add_term(f, "lose", log(1 + 3.5 / 0.5));
    assert_int_equal(finish_of(f, "How many seconds did the watch lose?"),
                     RAGD_FINISH_STOP);
    add_term(f, "mountain", log(1 + 3.5 / 0.5));
    assert_int_equal(finish_of(f, "Did the watch lose seconds on a mountain?"),
                     RAGD_FINISH_NO_ANSWER);
}

/* どこに and ある give pairs that no list has; 送信所 is what is asked for. */
static void pairs_of_hiragana_weigh_little(void **state)
{
    struct fixture *f = *state;
    add_source(f, "送信所は福島県の山の上に建つ。", 1);
    add_term(f, "送信", 6);
    add_term(f, "信所", 6);
    add_term(f, "こに", 7);
    add_term(f, "にあ", 7);
    assert_int_equal(finish_of(f, "送信所はどこにありますか"), RAGD_FINISH_STOP);
}

static void only_a_part_of_a_long_nearest_passage_is_shown(void **state)
{
    struct fixture *f = *state;
    char text[1000];
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = i % 10 == 9 ? ' ' : 'x';
    }
    text[sizeof(text) - 1] = '\0';
    add_source(f, text, 1);
    const struct fake_results *r = ask(f, "xxxxxxxxx tungsten zorgon");
    assert_cite(r, 0, 1, 0, 399);
    assert_memory_equal(r->text.p + r->text.n - 12, "xxx …\" [1]", 12);
}

static void it_says_so_without_sources_too(void **state)
{
    struct fixture *f = *state;
    const struct fake_results *r = ask(f, "What is the boiling point of tungsten?");
    assert_str_equal(r->text, "The documents do not answer this.");
    assert_int_equal(r->usage.finish, RAGD_FINISH_NO_ANSWER);
    assert_int_equal(r->n_cites, 0);
}

static void the_threshold_is_an_option(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The price of bread went up.", 1);
    add_term(f, "price", 1);
    add_term(f, "caviar", 1);
    set_option(f, "threshold", "0.7");
    assert_int_equal(ask(f, "price caviar")->usage.finish, RAGD_FINISH_NO_ANSWER);
    renew(f);
    set_option(f, "threshold", "0.6");
    assert_int_equal(ask(f, "price caviar")->usage.finish, RAGD_FINISH_STOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_word_the_store_does_not_know_weighs_as_the_rarest),
        CASE(it_says_when_the_sources_do_not_answer),
        CASE(a_sentence_without_a_word_of_the_question_is_not_near),
        CASE(a_question_of_stop_words_has_no_answer),
        CASE(what_stands_around_a_sentence_counts_too),
        CASE(words_strewn_over_a_source_are_no_answer),
        CASE(an_unknown_word_weighs_no_more_than_one_of_a_single_document),
        CASE(pairs_of_hiragana_weigh_little),
        CASE(only_a_part_of_a_long_nearest_passage_is_shown),
        CASE(it_says_so_without_sources_too),
        CASE(the_threshold_is_an_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
