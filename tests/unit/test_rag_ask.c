/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/ask.h"

#include <math.h>
#include <stdio.h>

#include "rag/cite.h"
#include "rag/prompt.h"
#include "support/rag_add.h"

struct asker {
    struct ask ask;
    char events[256]; /* a letter each */
    char answer[512];
    size_t n_hits, n_prompts;
    struct ragd_str first_title;
    char model[32];
    size_t pause_after; /* tokens, 0 = never */
    size_t n_tokens;
};

static struct world world;

static void event(struct asker *asker, char letter)
{
    size_t n = strlen(asker->events);
    bool again = n && asker->events[n - 1] == letter;
    if (!again) {
        asker->events[n] = letter;
    }
}

static void on_head(struct ask *ask, const struct ask_head *head)
{
    event((struct asker *)ask, 'h');
    assert_str_equal(head->collection, "default");
    assert_str_equal(head->model, "parrot-1");
}

static void on_hits(struct ask *ask, const struct search_hit *hits, size_t n)
{
    struct asker *asker = (struct asker *)ask;
    event(asker, 's');
    asker->n_hits = n;
    asker->first_title = n ? hits[0].title : ragd_cs("");
}

static void on_prompt(struct ask *ask, const char *role, struct ragd_str text)
{
    struct asker *asker = (struct asker *)ask;
    event(asker, 'p');
    assert_true(text.n > 0 && role[0]);
    asker->n_prompts++;
}

static void on_token(struct ask *ask, struct ragd_str text)
{
    struct asker *asker = (struct asker *)ask;
    size_t n = strlen(asker->answer);
    event(asker, 't');
    snprintf(asker->answer + n, sizeof(asker->answer) - n, "%.*s", (int)text.n, text.p);
    if (++asker->n_tokens == asker->pause_after) {
        operation_pause(&ask->op);
    }
}

static void on_usage(struct ask *ask, const struct ask_usage *usage)
{
    struct asker *asker = (struct asker *)ask;
    event(asker, 'u');
    snprintf(asker->model, sizeof(asker->model), "%.*s", (int)usage->model.n,
             usage->model.p);
}

static void start(struct asker *asker, const char *question)
{
    struct ask *ask = &asker->ask;
    ask->question = ragd_cs(question);
    ask->temperature = NAN;
    ask->on_head = on_head;
    ask->on_hits = on_hits;
    ask->on_prompt = on_prompt;
    ask->on_token = on_token;
    ask->on_usage = on_usage;
    world_op(&world, &ask->op);
    ask_start(ask);
}

static int run(struct asker *asker, const char *question)
{
    start(asker, question);
    return world_end(&world, &asker->ask.op);
}

static void answers_with_events_in_order(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "# Cats\nthe cat sat on the mat");
    struct asker asker = {.ask.show_prompt = true};
    assert_ok(run(&asker, "cat"), &asker.ask.op.err);
    assert_string_equal(asker.events, "hsptu");
    assert_string_equal(asker.answer, "It is so [1].");
    assert_true(asker.ask.answered);
    assert_string_equal(asker.ask.finish, "stop");
    assert_string_equal(asker.model, "parrot-1");
    assert_int_equal(asker.ask.n_citations, 1);
    assert_int_equal(asker.ask.citations[0].n, 1);
    assert_true(asker.ask.citations[0].verified);
    assert_str_equal(asker.ask.citations[0].chunk, "a.txt#0");
    assert_int_equal(asker.ask.citations[0].start_index, 0);
    assert_int_equal(asker.ask.citations[0].end_index, 29);
    assert_non_null(strstr(fake.prompt, "the cat sat on the mat"));
    assert_non_null(strstr(fake.prompt, "[1] Cats"));
    assert_int_equal(fake.prompt_terms, 1);
    assert_true(fake.last_scores[0] > 0);
    operation_release(&asker.ask.op);
}

static void refuses_a_blank_question(void **state)
{
    (void)state;
    struct asker empty = {0}, blank = {0};
    assert_err(run(&empty, ""), &empty.ask.op.err, INVALID);
    assert_err(run(&blank, " \n"), &blank.ask.op.err, INVALID);
    assert_string_equal(blank.events, "");
    operation_release(&empty.ask.op);
    operation_release(&blank.ask.op);
}

static void says_so_when_nothing_fits(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    add_text(&world, "a.txt", "the cat sat");
    struct asker asker = {0};
    assert_ok(run(&asker, "zebra"), &asker.ask.op.err);
    assert_string_equal(asker.events, "hstu");
    assert_false(asker.ask.answered);
    assert_string_equal(asker.ask.finish, "no_answer");
    assert_int_equal(fake.generated, 0);
    assert_true(strlen(asker.answer) > 0);
    operation_release(&asker.ask.op);
}

static void believes_a_backend_that_finds_no_answer(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "the cat sat");
    fake.finish = RAGD_FINISH_NO_ANSWER;
    fake.answer = "The documents do not say.";
    struct asker asker = {0};
    assert_ok(run(&asker, "cat"), &asker.ask.op.err);
    assert_false(asker.ask.answered);
    assert_string_equal(asker.answer, "The documents do not say.");
    assert_int_equal(asker.ask.n_citations, 0);
    operation_release(&asker.ask.op);
}

static void places_citations_in_the_document(void **state)
{
    (void)state;
    add_text_sized(&world, "", "a.txt", "\u00fcber uns. the cat sat", 12);
    fake.answer = "As [1] says, and [7].";
    fake.cites[0] = (struct llm_cite){1, 4, 7};
    fake.n_cites = 1;
    struct asker asker = {0};
    assert_ok(run(&asker, "cat"), &asker.ask.op.err);
    assert_int_equal(asker.ask.n_citations, 2);
    assert_str_equal(asker.ask.citations[0].chunk, "a.txt#1");
    assert_int_equal(asker.ask.citations[0].start_index, 14);
    assert_int_equal(asker.ask.citations[0].end_index, 17);
    assert_int_equal(asker.ask.citations[1].n, 7);
    assert_false(asker.ask.citations[1].verified);
    assert_int_equal(asker.ask.citations[1].chunk.n, 0);
    operation_release(&asker.ask.op);
}

static void sends_only_what_fits_the_model(void **state)
{
    (void)state;
    char text[4][900];
    for (int i = 0; i < 4; i++) {
        snprintf(text[i], sizeof(text[i]), "cat %d ", i);
        size_t n = strlen(text[i]);
        memset(text[i] + n, 'a' + i, 800);
        text[i][n + 800] = 0;
        char name[8];
        snprintf(name, sizeof(name), "%d.txt", i);
        add_text(&world, name, text[i]);
    }
    struct asker all = {.ask.mode = SEARCH_KEYWORD}, few = all, tiny = all;
    assert_ok(run(&all, "cat"), &all.ask.op.err);
    assert_int_equal(fake.prompt_sources, 4);
    fake.context_tokens = 1600;
    assert_ok(run(&few, "cat"), &few.ask.op.err);
    assert_int_equal(few.n_hits, 4);
    assert_int_equal(fake.prompt_sources, 2);
    fake.context_tokens = 10;
    assert_ok(run(&tiny, "cat"), &tiny.ask.op.err);
    assert_int_equal(fake.prompt_sources, 1);
    assert_true(strlen(fake.prompt) < 900);
    operation_release(&all.ask.op);
    operation_release(&few.ask.op);
    operation_release(&tiny.ask.op);
}

static void is_held_back_by_its_reader(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "the cat sat");
    struct asker asker = {.pause_after = 1};
    start(&asker, "cat");
    fake_settle();
    assert_int_equal(asker.n_tokens, 1);
    assert_int_equal(world.done, 0);
    operation_resume(&asker.ask.op);
    assert_ok(world_end(&world, &asker.ask.op), &asker.ask.op.err);
    assert_string_equal(asker.answer, "It is so [1].");
    operation_release(&asker.ask.op);
}

static void ends_when_cancelled_anywhere(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "the cat sat");
    for (int turns = 0; turns < 14; turns++) {
        struct asker asker = {0};
        start(&asker, "cat");
        for (int i = 0; i < turns && fake_turn(); i++) {
        }
        bool over = world.done;
        operation_cancel(&asker.ask.op);
        fake_settle();
        assert_int_equal(world.done, 1);
        assert_int_equal(asker.ask.op.status, over ? 0 : RAGD_E_CANCELLED);
        operation_release(&asker.ask.op);
    }
}

static void any_failure_is_only_that(void **state)
{
    (void)state;
    add_text(&world, "a!b.txt", "the cat\fthe dog");
    int rc = -1;
    for (long n = 0; rc; n++) {
        struct asker asker = {0};
        fake_fault(n, ERR_UPSTREAM);
        rc = run(&asker, "cat");
        fake_fault(-1, ERR_NONE);
        assert_true(!rc || asker.ask.op.err.id == ERR_UPSTREAM);
        operation_release(&asker.ask.op);
        assert_true(n < 30);
    }
    rc = -1;
    for (long n = 0; rc; n++) {
        struct asker asker = {.ask.show_prompt = true};
        mem_fail_after(n, 0);
        rc = run(&asker, "cat");
        mem_fail_after(-1, 0);
        operation_release(&asker.ask.op);
        assert_true(n < 500);
    }
}

static void finds_marks_across_pieces(void **state)
{
    (void)state;
    static const char TEXT[] = "a [1] b [2, 3] [12][x] [4 5] [[6] [] [7;8] [99999] [0] [1]";
    struct cite_scan whole = {0}, pieces = {0};
    static const uint32_t WANT[] = {1, 2, 3, 12, 6, 7, 8};
    cite_scan(&whole, ragd_cs(TEXT));
    for (size_t i = 0; i < sizeof(TEXT) - 1; i++) {
        cite_scan(&pieces, (struct ragd_str){TEXT + i, 1});
    }
    assert_int_equal(whole.n_marks, sizeof(WANT) / sizeof(*WANT));
    assert_memory_equal(whole.marks, WANT, sizeof(WANT));
    assert_int_equal(pieces.n_marks, whole.n_marks);
    assert_memory_equal(pieces.marks, WANT, sizeof(WANT));
}

static void does_not_fill_in_a_document_s_words(void **state)
{
    (void)state;
    struct ragd_record rec = {.id = ragd_cs("a"), .text = ragd_cs("{question} {context}")};
    struct search_hit hit = {.chunk.rec = &rec, .title = ragd_cs("")};
    struct arena arena = {0};
    struct prompt prompt = {.system_template = ragd_cs("S {context}"),
                            .user_template = ragd_cs("U {question}"),
                            .question = ragd_cs("why?"),
                            .hits = &hit,
                            .n_hits = 1,
                            .max_tokens = 1000};
    assert_int_equal(prompt_build(&arena, &prompt), 0);
    assert_int_equal(prompt.n_msgs, 2);
    assert_str_equal(prompt.msgs[0]->text, "S [1]\n{question} {context}");
    assert_str_equal(prompt.msgs[1]->text, "U why?");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(answers_with_events_in_order, &world),
        WORLD_TEST(refuses_a_blank_question, &world),
        WORLD_TEST(says_so_when_nothing_fits, &world),
        WORLD_TEST(believes_a_backend_that_finds_no_answer, &world),
        WORLD_TEST(places_citations_in_the_document, &world),
        WORLD_TEST(sends_only_what_fits_the_model, &world),
        WORLD_TEST(is_held_back_by_its_reader, &world),
        WORLD_TEST(ends_when_cancelled_anywhere, &world),
        WORLD_TEST(any_failure_is_only_that, &world),
        WORLD_TEST(finds_marks_across_pieces, &world),
        WORLD_TEST(does_not_fill_in_a_document_s_words, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
