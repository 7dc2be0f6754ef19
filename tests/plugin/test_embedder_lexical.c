/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* embedder_lexical, through the interface as the daemon calls it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "embedder_lexical/bag.h"
#include "fake_rig.h"

enum { DIM = 1024, SPHERE_DIM = 1025, TEXTS_MAX = 8 };

struct fixture {
    struct fake_rig rig;
    float rows[TEXTS_MAX][SPHERE_DIM];
    uint32_t tokens[TEXTS_MAX], flags[TEXTS_MAX];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    fake_rig_open(&f->rig);
    fake_rig_make(&f->rig, RAGD_IF_EMBEDDER);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    fake_rig_close(&f->rig);
    free(f);
    return 0;
}

static const struct ragd_embedder *table(const struct fixture *f)
{
    return f->rig.instance.table;
}

static void get_info(struct fixture *f, uint32_t metric, struct ragd_embed_info *info)
{
    *info = (struct ragd_embed_info){.struct_size = sizeof(*info)};
    assert_int_equal(table(f)->info(f->rig.instance.inst, f->rig.call, metric, info), 0);
}

static ragd_status embed(struct fixture *f, uint32_t purpose, uint32_t metric, size_t n,
                         const char *const *texts)
{
    struct ragd_str views[TEXTS_MAX];
    assert_true(n <= TEXTS_MAX);
    for (size_t i = 0; i < n; i++) {
        views[i] = ragd_cs(texts[i]);
        for (size_t k = 0; k < SPHERE_DIM; k++) {
            f->rows[i][k] = NAN;
        }
    }
    bool sphere = metric == RAGD_METRIC_COSINE || metric == RAGD_METRIC_L2;
    struct ragd_embed_req req = {.struct_size = sizeof(req),
                                 .purpose = purpose,
                                 .metric = metric,
                                 .dim = sphere ? SPHERE_DIM : DIM,
                                 .n = n,
                                 .texts = views,
                                 .out = f->rows[0],
                                 .out_stride = SPHERE_DIM,
                                 .tokens = f->tokens,
                                 .item_flags = f->flags};
    return table(f)->embed(f->rig.instance.inst, f->rig.call, &req);
}

/* One text's vector, copied to out. */
static void embed_one(struct fixture *f, uint32_t purpose, uint32_t metric,
                      const char *text, float out[SPHERE_DIM])
{
    assert_int_equal(embed(f, purpose, metric, 1, &text), 0);
    memcpy(out, f->rows[0], sizeof(f->rows[0]));
}

static double dot(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

static void its_natural_metric_is_the_inner_product(void **state)
{
    struct fixture *f = *state;
    struct ragd_embed_info info;
    get_info(f, 0, &info);
    assert_int_equal(info.metric, RAGD_METRIC_IP);
    assert_int_equal(info.dim, DIM);
    assert_int_equal(info.flags, RAGD_EMBED_LEXICAL);
    assert_str_equal(info.model, "lexical-1024");
    assert_str_equal(info.space, "lexical-1024/1 text/3 language=auto ip");
}

static void cosine_and_l2_share_a_space_of_their_own(void **state)
{
    struct fixture *f = *state;
    struct ragd_embed_info cosine, l2;
    get_info(f, RAGD_METRIC_COSINE, &cosine);
    get_info(f, RAGD_METRIC_L2, &l2);
    assert_int_equal(cosine.metric, RAGD_METRIC_COSINE);
    assert_int_equal(l2.metric, RAGD_METRIC_L2);
    assert_int_equal(l2.dim, SPHERE_DIM);
    assert_str_equal(l2.space, "lexical-1024/1 text/3 language=auto sphere");
    assert_int_equal(cosine.space.n, l2.space.n);
}

static void an_unknown_metric_is_refused(void **state)
{
    struct fixture *f = *state;
    struct ragd_embed_info info = {.struct_size = sizeof(info)};
    assert_int_equal(table(f)->info(f->rig.instance.inst, f->rig.call, 17, &info),
                     RAGD_E_UNSUPPORTED);
}

static void a_wrong_dimension_is_refused(void **state)
{
    struct fixture *f = *state;
    struct ragd_embed_req req = {.struct_size = sizeof(req),
                                 .dim = SPHERE_DIM,
                                 .out_stride = SPHERE_DIM,
                                 .metric = RAGD_METRIC_IP};
    assert_int_equal(table(f)->embed(f->rig.instance.inst, f->rig.call, &req), RAGD_E_ARG);
}

static void the_product_is_the_saturated_weight_of_the_shared_words(void **state)
{
    struct fixture *f = *state;
    float q[SPHERE_DIM], d[SPHERE_DIM];
    embed_one(f, RAGD_EMBED_QUERY, 0, "where is the harbour?", q);
    embed_one(f, RAGD_EMBED_DOCUMENT, 0, "The harbour, the harbours and a ship", d);
    double tf = 2, norm = 0.9 * (0.6 + 0.4 * 3 / 60);
    double weight = tf * 1.9 / (tf + norm);
    /* The ship's places may touch the harbour's: at most half of its weight. */
    assert_true(fabs(dot(q, d, DIM) - weight) < 1.0);
    embed_one(f, RAGD_EMBED_DOCUMENT, 0, "harbour harbours", d);
    norm = 0.9 * (0.6 + 0.4 * 2 / 60);
    assert_true(fabs(dot(q, d, DIM) - tf * 1.9 / (tf + norm)) < 1e-6);
}

static void a_text_with_the_words_of_the_question_is_nearest(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *question, *texts[3]; /* the first is the answer */
    } cases[] = {
        {"How is the reactor cooled?",
         {"Cooling of the reactor is by heavy water from the lake.",
          "The annual report lists the costs of the year and the people paid.",
          "A museum shows paintings of three centuries."}},
        {"Wie hoch ist die Kündigungsfrist?",
         {"Die Fristen der Kündigung: Kündigungsfristen sind drei Monate.",
          "Das Museum zeigt Bilder aus drei Jahrhunderten.",
          "Der Bericht nennt die Kosten des Jahres."}},
        {"首都はどこですか",
         {"日本の首都は東京です。", "猫は魚が好きです。", "この本はとても高いです。"}},
    };
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        float q[SPHERE_DIM];
        embed_one(f, RAGD_EMBED_QUERY, 0, cases[c].question, q);
        assert_int_equal(embed(f, RAGD_EMBED_DOCUMENT, 0, 3, cases[c].texts), 0);
        for (int other = 1; other < 3; other++) {
            assert_true(dot(q, f->rows[0], DIM) > dot(q, f->rows[other], DIM) + 0.2);
        }
    }
}

static void on_the_sphere_the_order_is_the_same(void **state)
{
    struct fixture *f = *state;
    static const char *const texts[] = {
        "reactor cooling water reactor",  "reactor", "water lake", "nothing of it", "",
        "cooling cooling cooling reactor"};
    float q[SPHERE_DIM], sphere_q[SPHERE_DIM];
    double flat[6];
    embed_one(f, RAGD_EMBED_QUERY, 0, "reactor cooling", q);
    embed_one(f, RAGD_EMBED_QUERY, RAGD_METRIC_L2, "reactor cooling", sphere_q);
    assert_int_equal(embed(f, RAGD_EMBED_DOCUMENT, 0, 6, texts), 0);
    for (int i = 0; i < 6; i++) {
        flat[i] = dot(q, f->rows[i], DIM);
    }
    assert_int_equal(embed(f, RAGD_EMBED_DOCUMENT, RAGD_METRIC_L2, 6, texts), 0);
    for (int i = 0; i < 6; i++) {
        assert_true(fabs(dot(f->rows[i], f->rows[i], SPHERE_DIM) - 1) < 1e-6);
        for (int k = 0; k < 6; k++) {
            bool nearer = dot(sphere_q, f->rows[i], SPHERE_DIM) >
                          dot(sphere_q, f->rows[k], SPHERE_DIM) + 1e-7;
            assert_int_equal(nearer, flat[i] > flat[k] + 1e-5);
        }
    }
}

static void a_long_document_is_clipped_on_the_sphere(void **state)
{
    struct fixture *f = *state;
    char text[8192];
    size_t n = 0;
    for (int i = 0; i < 1200; i++) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "w%d ", i % 150);
    }
    float d[SPHERE_DIM];
    embed_one(f, RAGD_EMBED_DOCUMENT, RAGD_METRIC_COSINE, text, d);
    assert_true(fabs(dot(d, d, SPHERE_DIM) - 1) < 1e-6);
}

static void a_text_without_words_is_zero_and_on_the_sphere_the_pole(void **state)
{
    struct fixture *f = *state;
    float v[SPHERE_DIM];
    embed_one(f, RAGD_EMBED_DOCUMENT, 0, " ... ", v);
    assert_true(dot(v, v, DIM) < 1e-30);
    embed_one(f, RAGD_EMBED_QUERY, RAGD_METRIC_L2, "", v);
    assert_true(dot(v, v, SPHERE_DIM) < 1e-30);
    embed_one(f, RAGD_EMBED_DOCUMENT, RAGD_METRIC_L2, "", v);
    assert_true(fabs((double)v[DIM] - 1) < 1e-9);
}

static void a_batch_equals_its_texts_one_by_one(void **state)
{
    struct fixture *f = *state;
    char wide[16384];
    size_t n = 0;
    for (int i = 0; i < 2000; i++) {
        n += (size_t)snprintf(wide + n, sizeof(wide) - n, "w%d ", i);
    }
    const char *texts[] = {"one ship two ships", wide, "日本の首都", "one ship two ships"};
    float rows[4][SPHERE_DIM];
    assert_int_equal(embed(f, RAGD_EMBED_DOCUMENT, 0, 4, texts), 0);
    memcpy(rows, f->rows, sizeof(rows));
    for (int i = 0; i < 4; i++) {
        float one[SPHERE_DIM];
        embed_one(f, RAGD_EMBED_DOCUMENT, 0, texts[i], one);
        assert_memory_equal(one, rows[i], DIM * sizeof(float));
    }
}

static void words_are_counted_and_texts_cut_at_the_limit(void **state)
{
    struct fixture *f = *state;
    enum { N = (1 << 20) + 10 };
    char *huge = malloc(N + 1);
    assert_non_null(huge);
    memset(huge, 'x', N);
    memcpy(huge, "é", 2);
    huge[N] = '\0';
    const char *texts[] = {"the three ships", huge};
    assert_int_equal(embed(f, RAGD_EMBED_DOCUMENT, 0, 2, texts), 0);
    free(huge);
    assert_int_equal(f->tokens[0], 3);
    assert_int_equal(f->flags[0], 0);
    assert_int_equal(f->flags[1], RAGD_EMBED_TRUNCATED);
    struct ragd_str view = ragd_cs("the three ships");
    uint32_t tokens = 77;
    assert_int_equal(table(f)->count(f->rig.instance.inst, f->rig.call, 1, &view, &tokens),
                     0);
    assert_int_equal(tokens, 3);
}

static void a_cancelled_call_ends(void **state)
{
    struct fixture *f = *state;
    const char *texts[] = {"one"};
    fake_call_cancel_at(f->rig.call, 0);
    assert_int_equal(embed(f, RAGD_EMBED_DOCUMENT, 0, 1, texts), RAGD_E_CANCELLED);
}

static void the_language_is_an_option_and_part_of_the_space(void **state)
{
    struct fixture *f = *state;
    struct fake_instance german;
    fake_host_set(f->rig.host, "language", "de");
    assert_int_equal(fake_instance_create(f->rig.host, RAGD_IF_EMBEDDER, &german), 0);
    struct ragd_embed_info info = {.struct_size = sizeof(info)};
    assert_int_equal(table(f)->info(german.inst, f->rig.call, 0, &info), 0);
    assert_str_equal(info.space, "lexical-1024/1 text/3 language=de ip");
    fake_instance_destroy(&german);
    fake_host_set(f->rig.host, "language", "tlh");
    assert_int_equal(fake_instance_create(f->rig.host, RAGD_IF_EMBEDDER, &german),
                     RAGD_E_CONFIG);
}

/* The places were computed from the hash's definition by another program: stored
 * vectors hold them, so they may not move. */
static void a_word_keeps_its_places_for_ever(void **state)
{
    struct fixture *f = *state;
    float v[SPHERE_DIM];
    int found = 0;
    embed_one(f, RAGD_EMBED_QUERY, 0, "ship", v);
    for (int i = 0; i < DIM; i++) {
        if (fabsf(v[i]) > 0.7f) {
            assert_true(i == 30 || i == 177);
            found++;
        }
    }
    assert_int_equal(found, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(its_natural_metric_is_the_inner_product),
        CASE(cosine_and_l2_share_a_space_of_their_own),
        CASE(an_unknown_metric_is_refused),
        CASE(a_wrong_dimension_is_refused),
        CASE(the_product_is_the_saturated_weight_of_the_shared_words),
        CASE(a_text_with_the_words_of_the_question_is_nearest),
        CASE(on_the_sphere_the_order_is_the_same),
        CASE(a_long_document_is_clipped_on_the_sphere),
        CASE(a_text_without_words_is_zero_and_on_the_sphere_the_pole),
        CASE(a_batch_equals_its_texts_one_by_one),
        CASE(words_are_counted_and_texts_cut_at_the_limit),
        CASE(a_cancelled_call_ends),
        CASE(the_language_is_an_option_and_part_of_the_space),
        CASE(a_word_keeps_its_places_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
