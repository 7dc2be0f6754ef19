/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* llm_extract, through the interface as the daemon calls it. */
#include <math.h>
#include <stdlib.h>

#include "sdk/testing/fake_host.h"
#include "support/test.h"

enum { SOURCES_MAX = 8, TERMS_MAX = 8 };

struct fixture {
    struct fake_host *host;
    struct fake_instance instance;
    struct ragd_call *call;
    /* The request, filled by a test. */
    struct ragd_llm_req req;
    struct ragd_llm_source sources[SOURCES_MAX];
    const struct ragd_llm_source *source_list[SOURCES_MAX];
    struct ragd_llm_term terms[TERMS_MAX];
};

static void open_instance(struct fixture *f)
{
    assert_int_equal(fake_instance_create(f->host, RAGD_IF_LLM, &f->instance), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->host = fake_host_create(ragd_plugin_entry_v0);
    assert_non_null(f->host);
    open_instance(f);
    f->call = fake_call_create(f->host);
    f->req = (struct ragd_llm_req){.struct_size = sizeof(f->req),
                                   .sources = f->source_list,
                                   .terms = f->terms,
                                   .temperature = NAN,
                                   .top_p = NAN,
                                   .seed = -1};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    fake_call_destroy(f->call);
    fake_instance_destroy(&f->instance);
    fake_host_destroy(f->host);
    free(f);
    return 0;
}

static void set_option(struct fixture *f, const char *name, const char *text)
{
    fake_instance_destroy(&f->instance);
    fake_host_set(f->host, name, text);
    open_instance(f);
}

static void add_source(struct fixture *f, const char *text, double score)
{
    size_t n = f->req.n_sources++;
    assert_true(n < SOURCES_MAX);
    f->sources[n] = (struct ragd_llm_source){.struct_size = sizeof(f->sources[n]),
                                             .id = ragd_cs("doc#0"),
                                             .text = ragd_cs(text),
                                             .score = score};
    f->source_list[n] = &f->sources[n];
}

static void add_term(struct fixture *f, const char *word, double weight)
{
    assert_true(f->req.n_terms < TERMS_MAX);
    f->terms[f->req.n_terms++] = (struct ragd_llm_term){ragd_cs(word), weight};
}

/* For the next question of a test. */
static void renew(struct fixture *f)
{
    fake_call_destroy(f->call);
    f->call = fake_call_create(f->host);
}

static ragd_status generate(struct fixture *f, const char *question)
{
    const struct ragd_llm *llm = f->instance.table;
    f->req.question = ragd_cs(question);
    return llm->generate(f->instance.inst, f->call, &f->req, &fake_token_sink);
}

static const struct fake_results *ask(struct fixture *f, const char *question)
{
    assert_int_equal(generate(f, question), 0);
    const struct fake_results *r = fake_call_results(f->call);
    assert_int_equal(r->n_usages, 1);
    return r;
}

static uint32_t finish_of(struct fixture *f, const char *question)
{
    renew(f);
    return ask(f, question)->usage.finish;
}

static void check_answer(struct fixture *f, const char *question, const char *want)
{
    const struct fake_results *r = ask(f, question);
    assert_str_equal(r->text, want);
}

static void assert_cite(const struct fake_results *r, size_t i, uint32_t source,
                        uint64_t start, uint64_t end)
{
    assert_true(i < r->n_cites);
    assert_int_equal(r->cites[i].source, source);
    assert_int_equal(r->cites[i].start, start);
    assert_int_equal(r->cites[i].end, end);
}

static void the_sentence_with_the_words_of_the_question_answers(void **state)
{
    struct fixture *f = *state;
    set_option(f, "sentences", "1");
    add_source(f, "The plant has two towers. The reactor is cooled with heavy water. Ok.",
               2);
    add_source(f, "Nothing about it stands here at all.", 1);
    const struct fake_results *r = ask(f, "How is the reactor cooled?");
    assert_str_equal(r->text, "The reactor is cooled with heavy water. [1]");
    assert_int_equal(r->n_cites, 1);
    assert_cite(r, 0, 1, 26, 65);
    assert_int_equal(r->usage.finish, RAGD_FINISH_STOP);
    assert_str_equal(r->usage.model, "extract");
    assert_int_equal(r->usage.output_tokens, 7);
    assert_int_equal(r->usage.prompt_tokens, 5 + 7 + 1 + 7);
}

static void citations_count_code_points(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Überall schön. Der Käse reift drei Monate lang im Keller.", 1);
    const struct fake_results *r = ask(f, "Wie lange reift der Käse?");
    assert_int_equal(r->n_cites, 1);
    assert_cite(r, 0, 1, 15, 57);
}

static void new_words_count_more_than_those_the_answer_has(void **state)
{
    struct fixture *f = *state;
    set_option(f, "sentences", "2");
    add_source(f,
               "The harbour of the town was built of stone. "
               "The harbour and its stone are grey and old. "
               "Its lighthouse burned down one winter night.",
               1);
    add_term(f, "harbour", 2);
    add_term(f, "stone", 2);
    add_term(f, "lighthous", 2);
    const struct fake_results *r = ask(f, "harbour stone lighthouse");
    assert_str_equal(r->text, "The harbour of the town was built of stone. [1] "
                              "Its lighthouse burned down one winter night. [1]");
}

static void the_answer_follows_the_text_not_the_scores(void **state)
{
    struct fixture *f = *state;
    add_source(f,
               "The ferry was painted green last year by the owner. "
               "Ticket prices of the ferry and its timetable hang at the pier.",
               1);
    add_source(f, "An older timetable of the ferry lies in the archive of the town.", 3);
    const struct fake_results *r = ask(f, "ferry timetable prices");
    assert_int_equal(r->n_cites, 3);
    /* Wherever the first pick is, the two of source 1 come in their order. */
    size_t first = r->cites[0].source == 1 ? 0 : 1;
    assert_cite(r, first, 1, 0, 51);
    assert_cite(r, first + 1, 1, 52, 114);
}

static void the_weights_of_the_request_decide(void **state)
{
    struct fixture *f = *state;
    set_option(f, "sentences", "1");
    add_source(f, "A rare quokka sleeps under bushes. The common beach opens every day.",
               1);
    add_term(f, "quokka", 0.5);
    add_term(f, "beach", 4);
    check_answer(f, "quokka beach", "The common beach opens every day. [1]");
}

static void weights_of_a_foreign_analyser_are_not_used(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water.", 1);
    add_term(f, "REACTOR#n", 7);
    add_term(f, "", 3);
    const struct fake_results *r = ask(f, "Which reactor?");
    assert_int_equal(r->usage.finish, RAGD_FINISH_STOP);
}

static void useless_weights_are_ignored(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water.", 1);
    add_term(f, "reactor", NAN);
    add_term(f, "water", -1);
    assert_int_equal(ask(f, "reactor water")->usage.finish, RAGD_FINISH_STOP);
}

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

static void german_questions_find_inflected_words(void **state)
{
    struct fixture *f = *state;
    set_option(f, "sentences", "1");
    add_source(
        f,
        "Das Haus steht am Rand der Stadt. Die Verträge werden im Mai gekündigt, und "
        "das ist für alle bindend.",
        1);
    const struct fake_results *r = ask(f, "Wann wird der Vertrag gekündigt?");
    assert_cite(r, 0, 1, 34, 101);
    renew(f);
    r = ask(f, "Wo liegt der Schlüssel zum Haus?");
    assert_str_equal(
        r->text, "Die Dokumente beantworten das nicht. Am nächsten kommt: „Das Haus steht "
                 "am Rand der Stadt.“ [1]");
}

static void japanese_questions_find_japanese_sentences(void **state)
{
    struct fixture *f = *state;
    set_option(f, "sentences", "1");
    add_source(f, "大阪は商業の町です。日本の首都は東京です。猫は魚が好きです。", 1);
    const struct fake_results *r = ask(f, "日本の首都はどこですか？");
    assert_str_equal(r->text, "日本の首都は東京です。 [1]");
    assert_cite(r, 0, 1, 10, 21);
    renew(f);
    r = ask(f, "タングステンの沸点は何度ですか");
    assert_int_equal(r->usage.finish, RAGD_FINISH_NO_ANSWER);
    assert_memory_equal(r->text.p, "この質問の答えは文書にありません。", 51);
}

static void a_sentence_of_overlapping_chunks_is_said_once(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Some words first. The reactor is cooled with heavy water.", 2);
    add_source(f, "The reactor is cooled with heavy water. Other words follow here.", 1);
    const struct fake_results *r = ask(f, "reactor heavy water");
    assert_int_equal(r->n_cites, 1);
    assert_str_equal(r->text, "The reactor is cooled with heavy water. [1]");
}

static void a_heading_loses_against_a_sentence(void **state)
{
    struct fixture *f = *state;
    set_option(f, "sentences", "1");
    add_source(f, "# Reactor cooling\n\nThe reactor gets its cooling from heavy water.", 1);
    check_answer(f, "reactor cooling",
                 "The reactor gets its cooling from heavy water. [1]");
}

static void line_breaks_become_blanks_and_vanish_between_kanji(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is\r\n  cooled with heavy water.", 1);
    add_source(f, "日本の首\n都は東京です。", 1);
    const struct fake_results *r = ask(f, "reactor cooled 東京");
    assert_str_equal(r->text, "The reactor is cooled with heavy water. [1] "
                              "日本の首都は東京です。 [2]");
}

static void negative_scores_order_the_sources_too(void **state)
{
    struct fixture *f = *state;
    set_option(f, "sentences", "1");
    add_source(f, "One reactor stands in the far north.", -0.9);
    add_source(f, "One reactor stands in the far south.", -0.3);
    check_answer(f, "reactor", "One reactor stands in the far south. [2]");
}

static void max_tokens_end_the_answer_after_whole_sentences(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water. A reactor needs much water.", 1);
    f->req.max_tokens = 8;
    const struct fake_results *r = ask(f, "reactor water");
    assert_int_equal(r->n_cites, 1);
    assert_int_equal(r->usage.finish, RAGD_FINISH_LENGTH);
}

static void a_stop_text_ends_the_answer(void **state)
{
    struct fixture *f = *state;
    struct ragd_str stop = ragd_cs("heavy");
    add_source(f, "The reactor is cooled with heavy water. A reactor needs much water.", 1);
    f->req.stop = &stop;
    f->req.n_stop = 1;
    const struct fake_results *r = ask(f, "reactor water");
    assert_str_equal(r->text, "The reactor is cooled with ");
    assert_int_equal(r->n_cites, 1);
}

static void the_last_user_message_serves_as_question(void **state)
{
    struct fixture *f = *state;
    struct ragd_msg system = {sizeof(system), RAGD_ROLE_SYSTEM, ragd_cs("museum garden")};
    struct ragd_msg user = {sizeof(user), RAGD_ROLE_USER, ragd_cs("reactor?")};
    const struct ragd_msg *msgs[] = {&user, &system};
    f->req.msgs = msgs;
    f->req.n_msgs = 2;
    set_option(f, "sentences", "1");
    add_source(f, "The museum garden is open. The reactor is cooled with water.", 1);
    check_answer(f, "", "The reactor is cooled with water. [1]");
}

static void another_model_is_refused_by_name(void **state)
{
    struct fixture *f = *state;
    f->req.model = ragd_cs("gpt");
    assert_int_equal(generate(f, "reactor"), RAGD_E_NOT_FOUND);
    assert_string_equal(fake_call_code(f->call), "model_not_found");
    f->req.model = ragd_cs("extract");
    assert_int_equal(generate(f, "reactor"), 0);
}

static void it_has_one_model(void **state)
{
    struct fixture *f = *state;
    const struct ragd_llm *llm = f->instance.table;
    assert_int_equal(llm->models(f->instance.inst, f->call, &fake_model_sink), 0);
    const struct fake_results *r = fake_call_results(f->call);
    assert_int_equal(r->n_models, 1);
    assert_str_equal(r->models[0].id, "extract");
    assert_int_equal(r->models[0].caps, RAGD_LLM_CAP_EXTRACT);
}

static void what_the_sink_answers_ends_it_at_every_step(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water. A reactor needs much water.", 1);
    for (uint64_t n = 1; n <= 5; n++) {
        renew(f);
        fake_call_stop_at(f->call, n, RAGD_E_IO);
        assert_int_equal(generate(f, "reactor water"), RAGD_E_IO);
        assert_int_equal(fake_call_results(f->call)->n_sink_calls, n);
    }
}

static void a_cancelled_call_ends_without_a_word(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water.", 1);
    fake_call_cancel_at(f->call, 0);
    assert_int_equal(generate(f, "reactor"), RAGD_E_CANCELLED);
    assert_int_equal(fake_call_results(f->call)->n_sink_calls, 0);
}

static void running_out_of_memory_is_an_error(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water.", 1);
    ragd_status rc = RAGD_E_NOMEM;
    for (size_t bytes = 0; rc != RAGD_OK; bytes += 16) {
        assert_true(bytes < 1 << 20);
        renew(f);
        fake_call_limit_memory(f->call, bytes);
        rc = generate(f, "reactor");
        assert_true(rc == RAGD_OK || rc == RAGD_E_NOMEM);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_sentence_with_the_words_of_the_question_answers),
        CASE(citations_count_code_points),
        CASE(new_words_count_more_than_those_the_answer_has),
        CASE(the_answer_follows_the_text_not_the_scores),
        CASE(the_weights_of_the_request_decide),
        CASE(weights_of_a_foreign_analyser_are_not_used),
        CASE(useless_weights_are_ignored),
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
        CASE(german_questions_find_inflected_words),
        CASE(japanese_questions_find_japanese_sentences),
        CASE(a_sentence_of_overlapping_chunks_is_said_once),
        CASE(a_heading_loses_against_a_sentence),
        CASE(line_breaks_become_blanks_and_vanish_between_kanji),
        CASE(negative_scores_order_the_sources_too),
        CASE(max_tokens_end_the_answer_after_whole_sentences),
        CASE(a_stop_text_ends_the_answer),
        CASE(the_last_user_message_serves_as_question),
        CASE(another_model_is_refused_by_name),
        CASE(it_has_one_model),
        CASE(what_the_sink_answers_ends_it_at_every_step),
        CASE(a_cancelled_call_ends_without_a_word),
        CASE(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
