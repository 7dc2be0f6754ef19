/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The test twins embedder_hash and llm_echo: what tests rely on. */
#include <math.h>
#include <stdio.h>

#include "fake_rig.h"

static void load_twin(struct fake_rig *f, const char *file)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s.so", getenv("RAGD_TEST_PLUGINS"), file);
    f->host = fake_host_load(path);
    assert_non_null(f->host);
}

static void open_twin(struct fake_rig *f, const char *file, const char *iface)
{
    if (!f->host) {
        load_twin(f, file);
    }
    fake_rig_make(f, iface);
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct fake_rig));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fake_rig *f = *state;
    fake_rig_close(f);
    free(f);
    return 0;
}

/* ---- hash ------------------------------------------------------------------------- */

static ragd_status embed(struct fake_rig *f, const char *text, uint32_t dim, float *row)
{
    const struct ragd_embedder *table = f->instance.table;
    struct ragd_str texts[] = {ragd_cs(text)};
    struct ragd_embed_req req = {.struct_size = sizeof(req),
                                 .dim = dim,
                                 .n = 1,
                                 .texts = texts,
                                 .out = row,
                                 .out_stride = dim};
    fake_rig_next_call(f);
    return fake_call_wait(f->call, table->embed(f->instance.inst, f->call, &req));
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

static void puts_texts_that_share_words_near_each_other(void **state)
{
    struct fake_rig *f = *state;
    float a[64], b[64], c[64], a2[64];
    open_twin(f, "embedder_hash", RAGD_IF_EMBEDDER);
    assert_int_equal(embed(f, "the cat sat on the mat", 64, a), RAGD_OK);
    assert_int_equal(embed(f, "The CAT on a mat!", 64, b), RAGD_OK);
    assert_int_equal(embed(f, "quarterly revenue figures", 64, c), RAGD_OK);
    assert_int_equal(embed(f, "the cat sat on the mat", 64, a2), RAGD_OK);
    assert_memory_equal(a, a2, sizeof(a));
    assert_true(fabs(dot(a, a, 64) - 1.0) < 1e-6);
    assert_true(dot(a, b, 64) > 0.5 && dot(a, c, 64) < 0.5);
    assert_int_equal(embed(f, "", 64, c), RAGD_OK);
    assert_true(c[0] == 1.0f);
}

static void gives_every_model_a_space_of_its_own(void **state)
{
    struct fake_rig *f = *state;
    float a[64], b[64];
    struct ragd_embed_info info = {.struct_size = sizeof(info)};
    open_twin(f, "embedder_hash", RAGD_IF_EMBEDDER);
    assert_int_equal(embed(f, "one two three", 64, a), RAGD_OK);
    fake_host_set(f->host, "model", "other");
    open_twin(f, "embedder_hash", RAGD_IF_EMBEDDER);
    assert_int_equal(embed(f, "one two three", 64, b), RAGD_OK);
    assert_true(memcmp(a, b, sizeof(a)) != 0);
    const struct ragd_embedder *table = f->instance.table;
    assert_int_equal(table->info(f->instance.inst, f->call, 0, &info), RAGD_OK);
    assert_str_equal(info.space, "hash/1 model=other dim=64 unit");
    assert_int_equal(info.metric, RAGD_METRIC_COSINE);
    assert_int_equal(table->info(f->instance.inst, f->call, 99, &info), RAGD_E_UNSUPPORTED);
}

static void counts_what_it_embeds(void **state)
{
    struct fake_rig *f = *state;
    float row[64];
    load_twin(f, "embedder_hash");
    fake_host_set(f->host, "fail", "rate");
    fake_host_set(f->host, "fail_times", "1");
    open_twin(f, "embedder_hash", RAGD_IF_EMBEDDER);
    assert_int_equal(embed(f, "a", 64, row), RAGD_E_RATE);
    assert_string_equal(fake_call_code(f->call), "as_configured");
    assert_int_equal(embed(f, "a", 64, row), RAGD_OK);
    assert_true(fake_host_metric(f->host, "texts") == 1.0);
    assert_true(fake_host_metric(f->host, "batches") == 2.0);
}

/* ---- echo ------------------------------------------------------------------------- */

static ragd_status generate(struct fake_rig *f)
{
    static const struct ragd_msg system = {sizeof(system),
                                           RAGD_ROLE_SYSTEM,
                                           {"Be good.", 8}};
    static const struct ragd_msg *const msgs[] = {&system};
    static const struct ragd_llm_source source = {.struct_size = sizeof(source),
                                                  .text = {"A source.", 9}};
    static const struct ragd_llm_source *const sources[] = {&source, &source};
    struct ragd_llm_req req = {.struct_size = sizeof(req),
                               .msgs = msgs,
                               .n_msgs = 1,
                               .question = {"what now", 8},
                               .sources = sources,
                               .n_sources = 2};
    const struct ragd_llm *table = f->instance.table;
    fake_rig_next_call(f);
    return fake_call_wait(f->call, table->generate(f->instance.inst, f->call, &req,
                                                   &fake_token_sink));
}

static const struct fake_results *said(struct fake_rig *f, const char *option,
                                       const char *value)
{
    if (f->host) {
        fake_host_set(f->host, option, value);
    }
    open_twin(f, "llm_echo", RAGD_IF_LLM);
    assert_int_equal(generate(f), RAGD_OK);
    return fake_call_results(f->call);
}

static void says_what_it_is_told_to_say(void **state)
{
    struct fake_rig *f = *state;
    const struct fake_results *results = said(f, "echo", NULL);
    assert_str_equal(results->text, "what now");
    assert_int_equal(results->n_deltas, 2);
    assert_int_equal(results->n_cites, 2);
    assert_int_equal(results->n_usages, 1);
    assert_int_equal(results->usage.output_tokens, 2);
    assert_str_equal(said(f, "echo", "prompt")->text, "Be good.\n");
    assert_str_equal(said(f, "echo", "sources")->text, "A source.\nA source.\n");
    assert_str_equal(said(f, "text", "Hello.")->text, "Hello.");
    assert_str_equal(said(f, "tokens", "3")->text, "Hello.Hello.Hello.");
    assert_int_equal(said(f, "finish", "no_answer")->usage.finish, RAGD_FINISH_NO_ANSWER);
    assert_int_equal(said(f, "cites", "false")->n_cites, 0);
}

static void stops_at_every_token(void **state)
{
    struct fake_rig *f = *state;
    said(f, "tokens", NULL);
    fake_host_set(f->host, "tokens", "20");
    open_twin(f, "llm_echo", RAGD_IF_LLM);
    const struct ragd_llm *table = f->instance.table;
    for (uint64_t n = 1; n <= 20; n++) {
        struct ragd_llm_req req = {.struct_size = sizeof(req), .question = {"a b", 3}};
        fake_rig_next_call(f);
        fake_call_cancel_at(f->call, n);
        assert_int_equal(table->generate(f->instance.inst, f->call, &req, &fake_token_sink),
                         RAGD_E_CANCELLED);
    }
}

int main(void)
{
#define TWIN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TWIN_TEST(puts_texts_that_share_words_near_each_other),
        TWIN_TEST(gives_every_model_a_space_of_its_own),
        TWIN_TEST(counts_what_it_embeds),
        TWIN_TEST(says_what_it_is_told_to_say),
        TWIN_TEST(stops_at_every_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
