/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What llm_extract answers, and how it ends. */
#include "extract_rig.h"

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
    const struct fake_results *r = ask(f, "ferry timetable painted");
    assert_int_equal(r->n_cites, 2);
    assert_cite(r, 0, 1, 0, 51);
    assert_cite(r, 1, 1, 52, 114);
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

static void a_heading_names_what_stands_below_it_and_is_never_said(void **state)
{
    struct fixture *f = *state;
    add_source(f,
               "# The Berlin office\n\nIts doors close at six.\n\nThe Ulm office\n\n"
               "The doors close at nine.",
               1);
    check_answer(f, "When do the doors close in Berlin?", "Its doors close at six. [1]");
    renew(f);
    check_answer(f, "When do the doors close in Ulm?", "The doors close at nine. [1]");
    renew(f);
    f->sources[0].text = ragd_cs("# The Berlin office\n");
    assert_int_equal(ask(f, "Berlin office")->n_cites, 0);
    renew(f);
    f->sources[0].text = f->sources[0].title = ragd_cs("Berlin 2: the office");
    assert_int_equal(ask(f, "Berlin office")->n_cites, 0);
}

static void a_sentence_that_adds_nothing_is_not_appended(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The Lyon office closes at 18:30. The Osaka office closes at seven.", 1);
    check_answer(f, "When does the Lyon office close?",
                 "The Lyon office closes at 18:30. [1]");
}

static void a_number_in_brackets_does_not_pass_for_a_citation(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor [3] is cooled with heavy water[12]; see [a] and x[].", 1);
    check_answer(f, "reactor cooled",
                 "The reactor (3) is cooled with heavy water(12); see [a] and x[]. [1]");
}

static void line_breaks_become_blanks_and_vanish_between_kanji(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is\r\n  cooled with heavy water.", 1);
    check_answer(f, "reactor cooled", "The reactor is cooled with heavy water. [1]");
    renew(f);
    f->sources[0].text = ragd_cs("日本の首\n都は東京です。");
    check_answer(f, "東京", "日本の首都は東京です。 [1]");
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
    assert_string_equal(fake_call_code(f->rig.call), "model_not_found");
    f->req.model = ragd_cs("extract");
    assert_int_equal(generate(f, "reactor"), 0);
}

static void it_has_one_model(void **state)
{
    struct fixture *f = *state;
    const struct ragd_llm *llm = f->rig.instance.table;
    assert_int_equal(llm->models(f->rig.instance.inst, f->rig.call, &fake_model_sink), 0);
    const struct fake_results *r = fake_call_results(f->rig.call);
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
        fake_call_stop_at(f->rig.call, n, RAGD_E_IO);
        assert_int_equal(generate(f, "reactor water"), RAGD_E_IO);
        assert_int_equal(fake_call_results(f->rig.call)->n_sink_calls, n);
    }
}

static void a_cancelled_call_ends_without_a_word(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water.", 1);
    fake_call_cancel_at(f->rig.call, 0);
    assert_int_equal(generate(f, "reactor"), RAGD_E_CANCELLED);
    assert_int_equal(fake_call_results(f->rig.call)->n_sink_calls, 0);
}

static void running_out_of_memory_is_an_error(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The reactor is cooled with heavy water.", 1);
    ragd_status rc = RAGD_E_NOMEM;
    for (size_t bytes = 0; rc != RAGD_OK; bytes += 16) {
        assert_true(bytes < 1 << 20);
        renew(f);
        fake_call_limit_memory(f->rig.call, bytes);
        rc = generate(f, "reactor");
        assert_true(rc == RAGD_OK || rc == RAGD_E_NOMEM);
    }
}

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
        CASE(german_questions_find_inflected_words),
        CASE(japanese_questions_find_japanese_sentences),
        CASE(a_sentence_of_overlapping_chunks_is_said_once),
        CASE(a_heading_loses_against_a_sentence),
        CASE(a_heading_names_what_stands_below_it_and_is_never_said),
        CASE(a_sentence_that_adds_nothing_is_not_appended),
        CASE(a_number_in_brackets_does_not_pass_for_a_citation),
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
