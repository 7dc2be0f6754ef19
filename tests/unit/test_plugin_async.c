/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Asynchronous plugins: exactly one completion, from wherever it comes. */
#include <stdio.h>

#include "core/clock.h"
#include "core/mem.h"
#include "loop/loop.h"
#include "plugin/call_embed.h"
#include "plugin/call_llm.h"
#include "plugin/instance.h"
#include "plugin_rig.h"

static const struct ragd_str two[] = {{"abc", 3}, {"de", 2}};

static void open_puppet(struct rig *rig, const char *act, const char *more)
{
    rig_open_puppet(rig, "embedders", "puppet-async", act, more);
}

static struct call_embed embed_req(void)
{
    return (struct call_embed){.call = {.done = rig_done},
                               .embedder = rig_instance(PLUGIN_EMBEDDER, "it"),
                               .purpose = RAGD_EMBED_QUERY,
                               .metric = RAGD_METRIC_L2,
                               .dim = 2,
                               .texts = two,
                               .n = 2};
}

static void completes(const char *act)
{
    struct rig rig;
    open_puppet(&rig, act, "");
    struct call_embed req = embed_req();
    call_embed_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_true(req.rows[0] == 3.0f && req.rows[2] == 2.0f && req.rows[3] == 1.0f);
    call_release(&req.call);
    rig_close(&rig);
}

static void completes_from_wherever_it_comes(void **state)
{
    (void)state;
    completes("right");
    completes("at_once");
    completes("early");
    completes("timer");
    completes("thread");
}

static void notices_a_second_completion(void **state)
{
    (void)state;
    static const char *const acts[] = {"twice", "return_too"};
    for (int i = 0; i < 2; i++) {
        struct rig rig;
        open_puppet(&rig, acts[i], "");
        struct call_embed req = embed_req();
        call_embed_start(&req);
        rig_wait(&req.call);
        assert_int_equal(req.call.err.id, ERR_PLUGIN);
        assert_contains(req.call.err.msg, "completes twice");
        rig_assert_logged(&rig, "it (puppet-async): embed: completes twice");
        call_release(&req.call);
        rig_close(&rig);
    }
}

static void asks_a_pending_one_to_end(void **state)
{
    (void)state;
    struct rig rig;
    open_puppet(&rig, "never", "");
    struct call_embed req = embed_req();
    call_embed_start(&req);
    rig_turns();
    call_cancel(&req.call);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_CANCELLED);
    call_release(&req.call);
    rig_close(&rig);
}

static void gives_up_a_deaf_one(void **state)
{
    (void)state;
    struct rig rig;
    open_puppet(&rig, "deaf", "limits: {grace: 1ms}");
    struct call_embed req = embed_req();
    req.call.deadline_ms = clock_mono_ms() + 5;
    call_embed_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_DEADLINE);
    assert_string_equal(instance_state_name(req.embedder), "stuck");
    while (instance_state(req.embedder) == INSTANCE_STUCK) {
        loop_turn();
    }
    rig_close(&rig);
}

static void ends_what_still_runs_when_all_is_closed(void **state)
{
    (void)state;
    struct rig rig;
    open_puppet(&rig, "never", "");
    struct call_embed req = embed_req();
    call_embed_start(&req);
    rig_turns();
    rig_close(&rig);
    assert_false(call_active(&req.call));
    assert_int_equal(req.call.err.id, ERR_CANCELLED);
}

/* ---- generating --------------------------------------------------------------------- */

struct heard {
    size_t bytes, pieces;
    bool pause;
};
static struct heard heard;

static void on_token(struct call_generate *req, struct ragd_str text)
{
    heard.bytes += text.n;
    heard.pieces++;
    if (heard.pause) {
        call_generate_pause(req);
    }
}

/* An LLM instance "llm" by this YAML flow mapping. */
static struct call_generate generate_req(struct rig *rig, const char *yaml)
{
    char text[256];
    snprintf(text, sizeof(text), "llms: {llm: {%s}}", yaml);
    rig_open(rig, text, rig_puppets());
    heard = (struct heard){0};
    static const struct ragd_llm_source source = {.struct_size = sizeof(source),
                                                  .id = {"s", 1},
                                                  .text = {"caf\xc3\xa9", 5}};
    static const struct ragd_llm_source *const sources[] = {&source};
    return (struct call_generate){
        .call = {.done = rig_done},
        .llm = rig_instance(PLUGIN_LLM, "llm"),
        .request = {.struct_size = sizeof(struct ragd_llm_req),
                    .question = {"what is \xe6\x97\xa5\xe6\x9c\xac now", 18},
                    .sources = sources,
                    .n_sources = 1},
        .on_token = on_token};
}

static void streams_an_answer(void **state)
{
    (void)state;
    struct rig rig;
    struct call_generate req = generate_req(&rig, "plugin: echo");
    call_generate_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(heard.bytes, 18);
    assert_int_equal(req.n_cites, 1);
    assert_int_equal(req.cites[0].n, 1);
    assert_int_equal(req.usage.finish, RAGD_FINISH_STOP);
    assert_int_equal(req.usage.output_tokens, 4);
    assert_str_equal(req.usage.model, "echo");
    call_release(&req.call);
    rig_close(&rig);
}

static void hands_on_whole_characters_only(void **state)
{
    (void)state;
    struct rig rig;
    struct call_generate req = generate_req(&rig, "plugin: echo, split: 1");
    call_generate_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(heard.bytes, 18);
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses(const char *yaml, const char *text)
{
    struct rig rig;
    struct call_generate req = generate_req(&rig, yaml);
    call_generate_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, text);
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses_answers_that_make_no_sense(void **state)
{
    (void)state;
    refuses("plugin: echo, broken: utf8", "text that is not UTF-8");
    refuses("plugin: echo, broken: tail", "ends within a character");
    refuses("plugin: echo, broken: cite", "cites source 1000000");
    refuses("plugin: echo, broken: no_usage", "without telling its usage");
    refuses("plugin: echo, broken: two_usages", "tells its usage twice");
}

static void is_not_repeated_once_something_was_shown(void **state)
{
    (void)state;
    struct rig rig;
    struct call_generate req =
        generate_req(&rig, "plugin: echo, fail: unavailable, fail_after: 2, delay: 20ms");
    call_generate_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_UPSTREAM);
    assert_int_equal(req.call.attempts, 1);
    assert_true(heard.bytes > 0);
    call_release(&req.call);
    rig_close(&rig);
}

static void stops_in_the_middle(void **state)
{
    (void)state;
    struct rig rig;
    struct call_generate req = generate_req(&rig,
                                            "plugin: echo, tokens: 1000000, delay: 1ms");
    call_generate_start(&req);
    while (heard.pieces < 3) {
        loop_turn();
    }
    call_cancel(&req.call);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_CANCELLED);
    call_release(&req.call);
    rig_close(&rig);
}

/* More than the buffer holds, with pauses: nothing is lost, nothing is doubled. */
static void holds_back(const char *yaml, size_t bytes)
{
    struct rig rig;
    struct call_generate req = generate_req(&rig, yaml);
    heard.pause = true;
    call_generate_start(&req);
    while (req.call.arg != &req.call) {
        size_t before = heard.bytes;
        rig_turns();
        if (!call_active(&req.call)) {
            break;
        }
        if (heard.bytes != before) {
            call_generate_resume(&req);
        }
    }
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(heard.bytes, bytes);
    call_release(&req.call);
    rig_close(&rig);
}

static void holds_a_backend_back_that_is_too_fast(void **state)
{
    (void)state;
    holds_back("plugin: echo, tokens: 60000, cites: false", 60000 / 4 * 18);
    holds_back("plugin: puppet-async, n: 5000", 5000 * 81);
}

static void tells_what_a_backend_can_do(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", rig_puppets());
    struct call_llm_info req = {.call = {.done = rig_done},
                                .llm = rig_instance(PLUGIN_LLM, "echo")};
    call_llm_info_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_str_equal(req.info.id, "echo");
    assert_int_equal(req.info.caps, RAGD_LLM_CAP_SYSTEM);
    call_release(&req.call);
    req.call = (struct call){.done = rig_done};
    req.llm = rig_instance(PLUGIN_LLM, "puppet-async");
    call_llm_info_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_UPSTREAM);
    assert_contains(req.call.err.msg, "has no model");
    rig_close(&rig);
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    struct rig rig;
    struct call_generate first = generate_req(&rig, "plugin: echo");
    FOR_EACH_FAILURE(n, done)
    {
        struct call_generate req = first;
        mem_fail_after(n, 0);
        call_generate_start(&req);
        rig_wait(&req.call);
        mem_fail_after(-1, 0);
        done = req.call.status == 0;
        assert_true(done || req.call.status < 0);
        call_release(&req.call);
    }
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(completes_from_wherever_it_comes),
        TEST(notices_a_second_completion),
        TEST(asks_a_pending_one_to_end),
        TEST(gives_up_a_deaf_one),
        TEST(ends_what_still_runs_when_all_is_closed),
        TEST(streams_an_answer),
        TEST(hands_on_whole_characters_only),
        TEST(refuses_answers_that_make_no_sense),
        TEST(is_not_repeated_once_something_was_shown),
        TEST(stops_in_the_middle),
        TEST(holds_a_backend_back_that_is_too_fast),
        TEST(tells_what_a_backend_can_do),
        TEST(survives_every_failing_allocation),
    };
    return RUN_TESTS(tests);
}
