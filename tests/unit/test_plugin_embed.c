/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The way of a call, shown on embedders: retries, stops, misbehaviour. */
#include <stdio.h>

#include "core/clock.h"
#include "core/mem.h"
#include "loop/loop.h"
#include "plugin/call_embed.h"
#include "plugin/instance.h"
#include "plugin_rig.h"

static const struct ragd_str five[] = {{"one", 3},
                                       {"two words", 9},
                                       {"and three more", 14},
                                       {"", 0},
                                       {"five", 4}};

static struct call_embed embed_req(struct instance *embedder, size_t n)
{
    return (struct call_embed){.call = {.done = rig_done},
                               .embedder = embedder,
                               .purpose = RAGD_EMBED_DOCUMENT,
                               .metric = RAGD_METRIC_COSINE,
                               .dim = 64,
                               .texts = five,
                               .n = n};
}

/* Embeds with an instance of hash; the caller releases the call. */
static struct call_embed embed_with(const char *name)
{
    struct call_embed req = embed_req(rig_instance(PLUGIN_EMBEDDER, name), 5);
    call_embed_start(&req);
    assert_true(call_active(&req.call));
    rig_wait(&req.call);
    return req;
}

static void tells_what_an_embedder_gives(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", NULL);
    struct call_embed_info req = {.call = {.done = rig_done},
                                  .embedder = rig_instance(PLUGIN_EMBEDDER, "hash"),
                                  .metric = RAGD_METRIC_L2};
    call_embed_info_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.info.dim, 64);
    assert_int_equal(req.info.metric, RAGD_METRIC_L2);
    assert_str_equal(req.info.model, "hash");
    assert_str_equal(req.info.space, "hash/1 model=hash dim=64 unit");
    call_release(&req.call);
    rig_close(&rig);
}

static void embeds_in_batches_as_one_by_one(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {small: {plugin: hash, batch: 2}}", NULL);
    struct call_embed all = embed_with("hash"), cut = embed_with("small");
    assert_ok(all.call.status, &all.call.err);
    assert_ok(cut.call.status, &cut.call.err);
    assert_memory_equal(all.rows, cut.rows, 5 * 64 * sizeof(float));
    assert_int_equal(cut.tokens[1], 2);
    assert_int_equal(cut.tokens[2], 3);
    assert_true(rig_metric("small", "batches") == 3.0);
    assert_true(rig_metric("hash", "batches") == 1.0);
    call_release(&all.call);
    call_release(&cut.call);
    rig_close(&rig);
}

static void embeds_nothing_without_asking(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", NULL);
    struct call_embed req = embed_req(rig_instance(PLUGIN_EMBEDDER, "hash"), 0);
    call_embed_start(&req);
    assert_ptr_not_equal(req.call.arg, &req.call);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_true(rig_metric("hash", "batches") == 0.0);
    rig_close(&rig);
}

static void tries_again_what_may_pass(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig,
             "limits: {retry_delay: 1ms}\n"
             "embedders: {flaky: {plugin: hash, fail: unavailable, fail_times: 2}}",
             NULL);
    struct call_embed req = embed_with("flaky");
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.call.attempts, 3);
    assert_true(rig_metric("flaky", "batches") == 3.0);
    call_release(&req.call);
    rig_close(&rig);
}

static void gives_up_after_the_third_try(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig,
             "limits: {retry_delay: 1ms}\n"
             "embedders: {down: {plugin: hash, fail: rate}}",
             NULL);
    struct call_embed req = embed_with("down");
    assert_int_equal(req.call.status, RAGD_E_RATE);
    assert_int_equal(req.call.err.id, ERR_UPSTREAM_RATE);
    assert_contains(req.call.err.msg, "down: fails as its options say");
    assert_true(rig_metric("down", "batches") == 3.0);
    assert_null(req.rows);
    call_release(&req.call);
    rig_close(&rig);
}

static void does_not_repeat_what_cannot_pass(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {locked: {plugin: hash, fail: auth}}", NULL);
    struct call_embed req = embed_with("locked");
    assert_int_equal(req.call.status, RAGD_E_AUTH);
    assert_int_equal(req.call.err.id, ERR_UPSTREAM_AUTH);
    assert_true(rig_metric("locked", "batches") == 1.0);
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses_and_logs(const char *broken, const char *text)
{
    struct rig rig;
    char yaml[128];
    snprintf(yaml, sizeof(yaml), "embedders: {bad: {plugin: hash, broken: %s}}", broken);
    rig_open(&rig, yaml, NULL);
    struct call_embed req = embed_with("bad");
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "plugin hash misbehaved in embed");
    assert_contains(req.call.err.msg, text);
    rig_assert_logged(&rig, "bad (hash): embed");
    assert_null(req.rows);
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses_numbers_that_are_none(void **state)
{
    (void)state;
    refuses_and_logs("nan", "not finite");
}

static void refuses_rows_that_were_not_written(void **state)
{
    (void)state;
    refuses_and_logs("short", "not finite");
}

static void refuses_pending_from_a_blocking_plugin(void **state)
{
    (void)state;
    refuses_and_logs("pending", "from a blocking operation");
}

static void names_the_item_that_failed(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {picky: {plugin: hash, broken: item}}", NULL);
    struct call_embed req = embed_with("picky");
    assert_int_equal(req.call.err.id, ERR_PARSE);
    assert_contains(req.call.err.msg, "picky: item 0: does not like this text");
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses_another_dimension(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {wide: {plugin: hash, dim: 65}}", NULL);
    struct call_embed req = embed_with("wide");
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "dimension 65, 64 were expected");
    call_release(&req.call);
    rig_close(&rig);
}

static void completes_a_cancelled_call_once(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {slow: {plugin: hash, delay: 1h}}", NULL);
    struct call_embed req = embed_req(rig_instance(PLUGIN_EMBEDDER, "slow"), 5);
    call_embed_start(&req);
    rig_turns();
    call_cancel(&req.call);
    call_cancel(&req.call);
    assert_true(call_active(&req.call));
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_CANCELLED);
    call_cancel(&req.call);
    call_release(&req.call);
    rig_close(&rig);
}

static void ends_at_its_deadline(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {slow: {plugin: hash, delay: 1h}}", NULL);
    struct call_embed req = embed_req(rig_instance(PLUGIN_EMBEDDER, "slow"), 5);
    req.call.deadline_ms = clock_mono_ms() + 20;
    call_embed_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.status, RAGD_E_DEADLINE);
    assert_int_equal(req.call.err.id, ERR_DEADLINE);
    call_release(&req.call);
    rig_close(&rig);
}

static void does_not_wait_beyond_its_deadline_for_another_try(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig,
             "limits: {retry_delay: 1h}\n"
             "embedders: {down: {plugin: hash, fail: unavailable}}",
             NULL);
    struct call_embed req = embed_req(rig_instance(PLUGIN_EMBEDDER, "down"), 5);
    req.call.deadline_ms = clock_mono_ms() + 4000; /* the wait is 5 s at least */
    call_embed_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_UPSTREAM);
    call_release(&req.call);
    rig_close(&rig);
}

static void goes_on_without_a_plugin_that_hangs(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig,
             "limits: {grace: 10ms}\n"
             "embedders: {deaf: {plugin: hash, hang: 500ms}}",
             NULL);
    struct instance *deaf = rig_instance(PLUGIN_EMBEDDER, "deaf");
    /* Its memory goes with the call: the plugin must have its own copy. */
    char *text = mem_strdup("a text of its own");
    struct ragd_str texts[] = {ragd_cs(text)};
    struct call_embed req = embed_req(deaf, 1);
    req.texts = texts;
    req.call.deadline_ms = clock_mono_ms() + 50;
    call_embed_start(&req);
    rig_wait(&req.call);
    mem_free(text);
    assert_int_equal(req.call.err.id, ERR_DEADLINE);
    assert_contains(req.call.err.why, "deaf does not come back from");
    assert_string_equal(instance_state_name(deaf), "stuck");
    rig_assert_logged(&rig, "embedder 'deaf' is stuck");

    struct call_embed next = embed_req(deaf, 1);
    call_embed_start(&next);
    rig_wait(&next.call);
    assert_int_equal(next.call.err.id, ERR_PLUGIN);
    assert_contains(next.call.err.msg, "is stuck");

    while (instance_state(deaf) == INSTANCE_STUCK) {
        loop_turn();
    }
    assert_string_equal(instance_state_name(deaf), "ready");
    rig_close(&rig);
}

static void suggests_a_name(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", NULL);
    struct call_instance req = {.call = {.done = rig_done},
                                .kind = PLUGIN_EMBEDDER,
                                .name = ragd_cs("hahs")};
    call_instance_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_NO_INSTANCE);
    assert_contains(req.call.err.msg, "no embedder 'hahs'");
    assert_contains(req.call.err.hint, "'hash'");
    assert_null(req.instance);
    rig_close(&rig);
}

static void derives_an_instance_with_another_model(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {own: {plugin: hash, dim: 8}}", NULL);
    struct instance *one = rig_instance(PLUGIN_EMBEDDER, "own:tiny");
    assert_string_equal(instance_name(one), "own:tiny");
    assert_ptr_equal(rig_instance(PLUGIN_EMBEDDER, "own:tiny"), one);
    struct call_embed_info req = {.call = {.done = rig_done}, .embedder = one};
    call_embed_info_start(&req);
    rig_wait(&req.call);
    assert_str_equal(req.info.model, "tiny");
    assert_int_equal(req.info.dim, 8);
    call_release(&req.call);
    rig_close(&rig);
}

static void refuses_settings_that_the_plugin_does_not_take(void **state)
{
    (void)state;
    struct rig rig;
    int rc = rig_try(&rig, "embedders:\n  own:\n    plugin: hash\n    dmi: 8\n", NULL);
    assert_int_equal(rc, RAGD_E_CONFIG);
    assert_contains(rig.err.msg, "ragd.yaml:4:");
    assert_contains(rig.err.msg, "did you mean 'dim'?");
    rig_close(&rig);
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {small: {plugin: hash, batch: 2}}", NULL);
    struct instance *small = rig_instance(PLUGIN_EMBEDDER, "small");
    FOR_EACH_FAILURE(n, done)
    {
        struct call_embed req = embed_req(small, 5);
        mem_fail_after(n, 0);
        call_embed_start(&req);
        rig_wait(&req.call);
        mem_fail_after(-1, 0);
        done = req.call.status == 0;
        assert_true(done || req.call.status == RAGD_E_NOMEM);
        call_release(&req.call);
    }
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_what_an_embedder_gives),
        TEST(embeds_in_batches_as_one_by_one),
        TEST(embeds_nothing_without_asking),
        TEST(tries_again_what_may_pass),
        TEST(gives_up_after_the_third_try),
        TEST(does_not_repeat_what_cannot_pass),
        TEST(refuses_numbers_that_are_none),
        TEST(refuses_rows_that_were_not_written),
        TEST(refuses_pending_from_a_blocking_plugin),
        TEST(names_the_item_that_failed),
        TEST(refuses_another_dimension),
        TEST(completes_a_cancelled_call_once),
        TEST(ends_at_its_deadline),
        TEST(does_not_wait_beyond_its_deadline_for_another_try),
        TEST(goes_on_without_a_plugin_that_hangs),
        TEST(suggests_a_name),
        TEST(derives_an_instance_with_another_model),
        TEST(refuses_settings_that_the_plugin_does_not_take),
        TEST(survives_every_failing_allocation),
    };
    return RUN_TESTS(tests);
}
