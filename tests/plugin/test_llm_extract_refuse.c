/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* When llm_extract says that the sources do not answer, and what it shows then. */
#include "extract_rig.h"

static void a_word_the_store_does_not_know_weighs_as_the_rarest(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The price of bread went up again this winter.", 1);
    add_term(f, "bread", 1);
    add_term(f, "winter", 1);
    assert_int_equal(finish_of(f, "bread winter zorgon"), RAGD_FINISH_STOP); /* 2 of 3 */
    assert_int_equal(finish_of(f, "bread zorgon quibble"), RAGD_FINISH_NO_ANSWER);
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
    add_term(f, "skip", log(1 + 3.5 / 0.5));
    assert_int_equal(finish_of(f, "watch skip seconds"), RAGD_FINISH_STOP);
    add_term(f, "mountain", log(1 + 3.5 / 0.5));
    assert_int_equal(finish_of(f, "watch skip seconds mountain"), RAGD_FINISH_NO_ANSWER);
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

static const char offices[] = "The Lyon office closes at 18:30 on weekdays. "
                              "The Osaka office closes at seven.";

static void without_the_name_asked_about_there_is_no_answer(void **state)
{
    struct fixture *f = *state;
    add_source(f, offices, 1);
    assert_int_equal(finish_of(f, "When does the Berlin office close?"),
                     RAGD_FINISH_NO_ANSWER);
    assert_int_equal(finish_of(f, "When does the Lyon office close?"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "When does the office close in 2024?"),
                     RAGD_FINISH_NO_ANSWER);
    f->sources[0].text = ragd_cs("Le bureau de Lyon ferme à six heures.");
    assert_int_equal(finish_of(f, "Quand ferme le bureau de Lyon ?"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "Quand ferme le bureau d'Annecy ?"),
                     RAGD_FINISH_NO_ANSWER);
    assert_int_equal(finish_of(f, "Quand ferme le bureau d’Annecy ?"),
                     RAGD_FINISH_NO_ANSWER);
}

static void a_name_of_two_words_is_held_by_one_when_both_were_said(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Anna Schmidt works in sales. She is from Ulm. Schmidt joined in May.",
               1);
    assert_int_equal(finish_of(f, "When did Anna Schmidt join?"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "When did Paul Schmidt join?"), RAGD_FINISH_NO_ANSWER);
}

static void capitals_of_a_title_are_no_names(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The library lends each of its old films for one week.", 1);
    add_term(f, "librari", 2);
    add_term(f, "lend", 2);
    add_term(f, "film", 2);
    assert_int_equal(finish_of(f, "How Long Does The Library Lend Its Silent Films?"),
                     RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "how long does the library lend its Silent films?"),
                     RAGD_FINISH_NO_ANSWER);
}

static void what_is_counted_must_be_there(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The town library holds 74,000 books and 1,200 maps.", 1);
    assert_int_equal(finish_of(f, "How many books does the town library hold?"),
                     RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "How many newspapers does the town library hold?"),
                     RAGD_FINISH_NO_ANSWER);
    f->sources[0].text = ragd_cs("Les salariés ont 25 jours de congés.");
    assert_int_equal(finish_of(f, "Combien de jours de congés ont les salariés ?"),
                     RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "Combien de semaines de congés ont les salariés ?"),
                     RAGD_FINISH_NO_ANSWER);
}

static void the_end_of_a_compound_names_another_thing(void **state)
{
    struct fixture *f = *state;
    add_source(f, "大阪支社の支社長は森田恵子です。", 1);
    assert_int_equal(finish_of(f, "大阪支社の支社長は誰ですか"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "東京支社の支社長は誰ですか"), RAGD_FINISH_NO_ANSWER);
    f->sources[0].text = ragd_cs("リモートワークは週三日まで認められています。");
    assert_int_equal(finish_of(f, "リモートワークは週何日までですか"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "リモートワークは月何日まで"), RAGD_FINISH_NO_ANSWER);
}

static void the_form_of_a_question_counts_little(void **state)
{
    static const char *const cases[][2] = {
        {"Wie lange ist die Kündigungsfrist?", "Die Kündigungsfrist beträgt drei Monate."},
        {"How long was the wire?", "It hung on a wire of 67 metres."},
        {"Quelle est la durée du préavis ?", "Le préavis de démission est de deux mois."},
        {"富士山はどのくらい高いですか", "富士山の標高は3776メートルである。"},
        {"Combien de temps dure la période d'essai ?",
         "La période d'essai dure quatre mois."},
        {"駐車場には何台停められますか", "駐車場には二十台まで停められます。"},
        {"食堂の営業時間は？", "食堂は十一時半から二時まで営業しています。"},
        {"Which Python version is required?", "At least Python 3.9 is required."},
    };
    struct fixture *f = *state;
    add_source(f, "", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        f->sources[0].text = ragd_cs(cases[i][1]);
        assert_int_equal(finish_of(f, cases[i][0]), RAGD_FINISH_STOP);
    }
}

static void what_is_done_is_no_form(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The old bridge was built in spring. It crosses the river.", 1);
    assert_int_equal(finish_of(f, "Who painted the bridge?"), RAGD_FINISH_NO_ANSWER);
    assert_int_equal(finish_of(f, "Who built the bridge?"), RAGD_FINISH_STOP);
}

static void the_kind_asked_for_counts_beside_a_single_word(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Switch the machine on. The machine has the colour of ivory.", 1);
    assert_int_equal(finish_of(f, "What colour is the machine?"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "What shape is the machine?"), RAGD_FINISH_NO_ANSWER);
}

static void one_of_several_is_not_another(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Her first symphony was performed in Ulm.", 1);
    assert_int_equal(finish_of(f, "Where was her first symphony performed?"),
                     RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "Where was her second symphony performed?"),
                     RAGD_FINISH_NO_ANSWER);
}

static void irregular_verbs_are_known_in_all_their_forms(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The crew lost its anchor off Ulm.", 1);
    assert_int_equal(finish_of(f, "Where did the crew lose an anchor?"), RAGD_FINISH_STOP);
    f->sources[0].text = ragd_cs("The ship broke in two.");
    assert_int_equal(finish_of(f, "When was the ship broken?"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "When was the ship sold?"), RAGD_FINISH_NO_ANSWER);
}

/* Each case: a question, a sentence that does not answer it, and one that does. */
static void check_cases(struct fixture *f, const char *const (*cases)[3], size_t n)
{
    add_source(f, "", 1);
    for (size_t i = 0; i < n; i++) {
        f->sources[0].text = ragd_cs(cases[i][1]);
        assert_int_equal(finish_of(f, cases[i][0]), RAGD_FINISH_NO_ANSWER);
        f->sources[0].text = ragd_cs(cases[i][2]);
        assert_int_equal(finish_of(f, cases[i][0]), RAGD_FINISH_STOP);
    }
}

static void a_question_for_an_amount_wants_one(void **state)
{
    static const char *const cases[][3] = {
        {"How heavy is the parcel?", "The parcel is on the table.",
         "The parcel has 12 kilograms."},
        {"How long was the journey?", "The journey went to Rome.",
         "The journey went on for two weeks."},
        {"Wie hoch ist der Beitrag?", "Der Beitrag ist im Januar zu zahlen.",
         "Der Beitrag ist neunzig Euro."},
        {"Combien coûte le billet ?", "Le billet se prend à la gare.",
         "Le billet est gratuit."},
        {"入場料はいくらですか", "入場料は窓口で払います。", "入場料は五百円です。"},
        {"会場に何人入れますか", "会場に椅子があります。", "会場に九十人入れます。"},
    };
    struct fixture *f = *state;
    check_cases(f, cases, sizeof(cases) / sizeof(cases[0]));
    f->sources[0].text = ragd_cs("富士山は静岡県と山梨県にまたがる。");
    assert_int_equal(finish_of(f, "富士山は何県にありますか"), RAGD_FINISH_STOP);
}

static void whose_thing_is_asked_about_must_be_there(void **state)
{
    struct fixture *f = *state;
    add_source(f, "The machine comes from Graz. Its warranty lasts for three years.", 1);
    assert_int_equal(finish_of(f, "How many years does the warranty of the machine last?"),
                     RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "How many years does the warranty of the mill last?"),
                     RAGD_FINISH_NO_ANSWER);
    f->sources[0].text = ragd_cs("漢字の授業は中村先生が担当しています。");
    assert_int_equal(finish_of(f, "漢字の授業は誰が担当していますか"), RAGD_FINISH_STOP);
    assert_int_equal(finish_of(f, "英語の授業は誰が担当していますか"),
                     RAGD_FINISH_NO_ANSWER);
}

static void a_word_with_another_beginning_is_as_good_when_no_name(void **state)
{
    struct fixture *f = *state;
    add_source(f, "OpenVPN is no longer supported since March.", 1);
    assert_int_equal(finish_of(f, "Since when is OpenVPN unsupported?"), RAGD_FINISH_STOP);
    f->sources[0].text = ragd_cs("Die Berghütte liegt auf 1848 Metern.");
    assert_int_equal(finish_of(f, "Wie hoch liegt die Talhütte?"), RAGD_FINISH_NO_ANSWER);
}

/* Two of three words are about something else. */
static void all_of_a_short_question_must_be_there(void **state)
{
    static const char *const cases[][3] = {
        {"Was passiert, wenn die rote Lampe blinkt?",
         "Was passiert, wenn die blaue (oder grüne) Lampe blinkt?",
         "Wenn die rote Lampe blinkt, ist der Tank leer."},
        {"How many days of paid leave do employees have?",
         "How many days of paid leave do interns have?",
         "Employees have 28 days of paid leave. Interns are paid monthly."},
        {"What is the phone of the travel desk?", "Who is the travel desk manager?",
         "Travel desk: travel@acme.example, phone 4471"},
        {"Where does the bowhead whale live?", "Who discovered the bowhead whale?",
         "The bowhead whale lives in Arctic waters."},
    };
    struct fixture *f = *state;
    add_source(f, "", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        f->sources[0].text = ragd_cs(cases[i][2]);
        assert_int_equal(finish_of(f, cases[i][0]), RAGD_FINISH_STOP);
        assert_int_equal(finish_of(f, cases[i][1]), RAGD_FINISH_NO_ANSWER);
    }
}

static void a_question_for_a_kind_of_thing_wants_one(void **state)
{
    static const char *const cases[][3] = {
        {"Où se trouve la tour Valmont ?", "La tour Valmont mesure 87 mètres de haut.",
         "La tour Valmont est À Brest."},
        {"Where are the keys?", "The keys are heavy.", "The keys are in the box."},
        {"¿Dónde están las llaves?", "Las llaves pesan mucho.",
         "Las llaves cuelgan sobre la mesa."},
        {"When does the shop open?", "The shop did open.", "The shop will open on Monday."},
        {"Wann öffnet die Kasse?", "Die Kasse öffnet der Wirt.",
         "Die Kasse öffnet im März."},
        {"What does the bread cost?", "The bread takes 50 minutes.",
         "The bread costs 3 euros."},
        {"有給休暇は誰が付与しますか", "有給休暇は半年後に十日付与されます。",
         "有給休暇は人事部が付与します。"},
    };
    struct fixture *f = *state;
    check_cases(f, cases, sizeof(cases) / sizeof(cases[0]));
    f->sources[0].text = ragd_cs("An expired token gives an error.");
    assert_int_equal(finish_of(f, "What happens when a token has expired?"),
                     RAGD_FINISH_STOP); /* it asks for no time */
}

static void what_somebody_does_must_be_in_the_sentence(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Version 1 was written by Lena. Version 2 replaced it in 2021.", 1);
    assert_int_equal(finish_of(f, "Who wrote version 2?"), RAGD_FINISH_NO_ANSWER);
    renew(f);
    check_answer(f, "Who wrote version 1?", "Version 1 was written by Lena. [1]");
}

static void what_is_said_of_another_number_is_not_added(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Version 2 was released in April. Version 1 was signed in June.", 1);
    add_term(f, "version", 1);
    add_term(f, "2", 1);
    add_term(f, "releas", 1);
    add_term(f, "sign", 1);
    check_answer(f, "version 2 released signed", "Version 2 was released in April. [1]");
}

static void code_and_drawings_are_no_sentences(void **state)
{
    static const char *const texts[] = {
        "struct wire { int length; };",
        "│ wire │ length │",
        "+--wire--+ ==> [*] <==> +--length--+ ==> [*]",
    };
    struct fixture *f = *state;
    add_source(f, "", 1);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        f->sources[0].text = ragd_cs(texts[i]);
        renew(f);
        const struct fake_results *r = ask(f, "What is the length of the wire?");
        assert_str_equal(r->text, "The documents do not answer this.");
    }
}

static void a_row_of_a_table_is_read_with_the_first_alone(void **state)
{
    struct fixture *f = *state;
    add_source(f, "tier | price\nwarm | 3 euros\ncold | 1 euro", 1);
    check_answer(f, "What is the price of the warm tier?", "warm | 3 euros [1]");
    assert_int_equal(finish_of(f, "What is the price of the frozen tier?"),
                     RAGD_FINISH_NO_ANSWER);
}

static void numbers_alone_are_nothing_to_look_for(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Version 2 replaced it in 2021.", 1);
    check_answer(f, "What is 2+2?", "The question has no word to look for.");
    assert_int_equal(finish_of(f, "What is version 2?"), RAGD_FINISH_STOP);
}

/* German "die" is no English verb. */
static void stop_words_of_a_text_are_not_near(void **state)
{
    struct fixture *f = *state;
    add_source(f, "Die Maschine wird montags gereinigt, und der Filter auch.", 1);
    check_answer(f, "When did Harrison die?", "The documents do not answer this.");
}

static void refusals_are_in_the_language_of_the_question(void **state)
{
    static const char *const cases[][2] = {
        {"Combien coûte le billet de Nantes ?",
         "Les documents ne répondent pas à cette question."},
        {"¿Quién es el alcalde?", "Los documentos no responden a esta pregunta."},
        {"经理是谁？", "文档没有回答这个问题。"},
        {"관장은 누구입니까?", "문서에 이 질문의 답이 없습니다."},
        {"Wer ist der Müller?", "Die Dokumente beantworten das nicht."},
        {"Müdür kim?", "The documents do not answer this."}, /* Turkish */
        {"Kto jest dyrektorem?", "The documents do not answer this."},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        renew(f);
        check_answer(f, cases[i][0], cases[i][1]);
    }
    add_source(f, "Le musée est ouvert.", 1);
    renew(f);
    check_answer(f, "Combien coûte le billet du musée de Nantes ?",
                 "Les documents ne répondent pas à cette question. Le passage le plus "
                 "proche : « Le musée est ouvert. » [1]");
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
    add_term(f, "bread", 1);
    add_term(f, "caviar", 1);
    set_option(f, "threshold", "0.6");
    assert_int_equal(ask(f, "bread caviar")->usage.finish, RAGD_FINISH_NO_ANSWER);
    renew(f);
    set_option(f, "threshold", "0.5");
    assert_int_equal(ask(f, "bread caviar")->usage.finish, RAGD_FINISH_STOP);
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
        CASE(without_the_name_asked_about_there_is_no_answer),
        CASE(a_name_of_two_words_is_held_by_one_when_both_were_said),
        CASE(capitals_of_a_title_are_no_names),
        CASE(what_is_counted_must_be_there),
        CASE(the_end_of_a_compound_names_another_thing),
        CASE(the_form_of_a_question_counts_little),
        CASE(what_is_done_is_no_form),
        CASE(the_kind_asked_for_counts_beside_a_single_word),
        CASE(one_of_several_is_not_another),
        CASE(irregular_verbs_are_known_in_all_their_forms),
        CASE(a_question_for_an_amount_wants_one),
        CASE(whose_thing_is_asked_about_must_be_there),
        CASE(a_word_with_another_beginning_is_as_good_when_no_name),
        CASE(all_of_a_short_question_must_be_there),
        CASE(a_question_for_a_kind_of_thing_wants_one),
        CASE(what_somebody_does_must_be_in_the_sentence),
        CASE(what_is_said_of_another_number_is_not_added),
        CASE(code_and_drawings_are_no_sentences),
        CASE(a_row_of_a_table_is_read_with_the_first_alone),
        CASE(numbers_alone_are_nothing_to_look_for),
        CASE(stop_words_of_a_text_are_not_near),
        CASE(refusals_are_in_the_language_of_the_question),
        CASE(only_a_part_of_a_long_nearest_passage_is_shown),
        CASE(it_says_so_without_sources_too),
        CASE(the_threshold_is_an_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
