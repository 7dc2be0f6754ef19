/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/search.h"

#include <math.h>
#include <stdio.h>

#include "rag/rank.h"
#include "rag/records.h"
#include "support/rag_add.h"

enum { HITS = 16 };

struct asker {
    struct search search;
    size_t n_results, n_hits;
    char ids[HITS][64], texts[HITS][64], sources[HITS][64], titles[HITS][64];
    double distance[HITS], keyword[HITS], fused[HITS], relevance[HITS];
    uint32_t duplicates[HITS];
    bool vectors;
    const float *expected; /* vector of all hits, or NULL */
    enum search_mode mode;
    char plan[32];
    size_t n_terms;
};

static struct world world;

static void put(char out[64], struct ragd_str s)
{
    snprintf(out, 64, "%.*s", (int)s.n, s.p);
}

static void take_score(struct asker *asker, size_t i, const struct score *score)
{
    double *by_kind[] = {[SCORE_DISTANCE] = asker->distance,
                         [SCORE_RELEVANCE] = asker->relevance,
                         [SCORE_KEYWORD] = asker->keyword,
                         [SCORE_FUSED] = asker->fused};
    by_kind[score->kind][i] = score->value;
}

static void on_result(struct search *search, const struct search_result *result)
{
    struct asker *asker = (struct asker *)search;
    assert_int_equal(result->query, asker->n_results);
    asker->n_results++;
    asker->n_hits = result->n_hits;
    asker->mode = result->mode;
    asker->n_terms = result->n_terms;
    snprintf(asker->plan, sizeof(asker->plan), "%s", result->plan);
    assert_true(result->n_hits <= HITS);
    for (size_t i = 0; i < result->n_hits; i++) {
        const struct search_hit *hit = &result->hits[i];
        put(asker->ids[i], hit->chunk.rec->id);
        put(asker->texts[i], hit->chunk.rec->text);
        put(asker->sources[i], hit->chunk.source);
        put(asker->titles[i], hit->title);
        asker->duplicates[i] = hit->n_duplicates;
        asker->vectors = asker->vectors || hit->chunk.rec->vec;
        if (asker->expected) {
            assert_int_equal(hit->chunk.dim, FAKE_DIM);
            assert_memory_equal(hit->chunk.rec->vec, asker->expected,
                                FAKE_DIM * sizeof(float));
        }
        for (uint32_t k = 0; k < hit->n_scores; k++) {
            take_score(asker, i, &hit->scores[k]);
        }
    }
}

static int search_run(struct asker *asker)
{
    asker->search.on_result = on_result;
    world_op(&world, &asker->search.op);
    search_start(&asker->search);
    return world_end(&world, &asker->search.op);
}

static int search_text(struct asker *asker, const char *text, enum search_mode mode)
{
    struct search_query query = {.text = ragd_cs(text)};
    asker->search.queries = &query;
    asker->search.n_queries = 1;
    asker->search.mode = mode;
    int rc = search_run(asker);
    asker->search.queries = NULL;
    return rc;
}

static int search_vector(struct asker *asker, const double *vec, uint32_t dim)
{
    struct search_query query = {.vec = vec, .dim = dim};
    asker->search.queries = &query;
    asker->search.n_queries = 1;
    int rc = search_run(asker);
    asker->search.queries = NULL;
    return rc;
}

static void upsert(const char *collection, const struct record_in *records, size_t n)
{
    struct records_upsert req = {.collection = ragd_cs(collection),
                                 .records = records,
                                 .n = n};
    world_op(&world, &req.op);
    records_upsert_start(&req);
    assert_ok(world_end(&world, &req.op), &req.op.err);
    operation_release(&req.op);
}

static void finds_words(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "the cat sat");
    add_text(&world, "b.txt", "a dog barked at a dog");
    struct asker asker = {.search.include = RAGD_INCLUDE_TEXT};
    assert_ok(search_text(&asker, "dog", SEARCH_KEYWORD), &asker.search.op.err);
    assert_int_equal(asker.n_hits, 1);
    assert_string_equal(asker.ids[0], "b.txt#0");
    assert_string_equal(asker.sources[0], "b.txt");
    assert_string_equal(asker.texts[0], "a dog barked at a dog");
    assert_true(asker.keyword[0] == 2);
    assert_string_equal(asker.plan, "postings");
    operation_release(&asker.search.op);
}

static void searches_by_meaning_and_words_when_it_may_choose(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one two");
    add_text(&world, "b.txt", "three four");
    struct asker asker = {0};
    assert_ok(search_text(&asker, "one two", SEARCH_AUTO), &asker.search.op.err);
    assert_int_equal(asker.mode, SEARCH_HYBRID);
    assert_int_equal(asker.n_hits, 2);
    assert_string_equal(asker.ids[0], "a.txt#0");
    assert_true(fabs(asker.fused[0] - 2.0 / 61) < 1e-15);
    assert_true(asker.distance[0] < 1e-12);
    assert_string_equal(asker.texts[0], "");
    assert_false(asker.vectors);
    assert_int_equal(asker.n_terms, 2);
    operation_release(&asker.search.op);
}

static void a_lexical_collection_is_searched_by_words(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    add_text(&world, "a.txt", "one two");
    struct asker asker = {0}, vector = {0};
    assert_ok(search_text(&asker, "one", SEARCH_AUTO), &asker.search.op.err);
    assert_int_equal(asker.mode, SEARCH_KEYWORD);
    assert_err(search_text(&vector, "one", SEARCH_VECTOR), &vector.search.op.err, MODE);
    assert_non_null(strstr(vector.search.op.err.why, "counts words"));
    operation_release(&asker.search.op);
    operation_release(&vector.search.op);
}

static void vectors_that_are_not_kept_are_made_when_asked_for(void **state)
{
    (void)state;
    float want[FAKE_DIM];
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    add_text(&world, "a.txt", "one two");
    for (int again = 0; again < 2; again++) { /* the embedder is found, then known */
        struct asker asker = {.search = {.include = RAGD_INCLUDE_VECTOR, .keep = true}};
        asker.expected = want;
        fake_embed_one(ragd_cs("one two"), want);
        assert_ok(search_text(&asker, "one", SEARCH_AUTO), &asker.search.op.err);
        assert_int_equal(asker.n_hits, 1);
        assert_true(asker.vectors);
        assert_string_equal(asker.texts[0], "");
        operation_release(&asker.search.op);
    }
    assert_null(fake_vector("a.txt#0"));
}

static void a_vector_is_searched_as_one(void **state)
{
    (void)state;
    world_make(&world, "mine", "none", 2);
    const float rows[][2] = {{0, 1}, {1, 0}, {0, 1}, {3, 4}};
    const struct record_in records[] = {{.id = ragd_cs("z"), .vec = rows[0], .dim = 2},
                                        {.id = ragd_cs("y"), .vec = rows[1], .dim = 2},
                                        {.id = ragd_cs("x"), .vec = rows[2], .dim = 2},
                                        {.id = ragd_cs("w"), .vec = rows[3], .dim = 2}};
    const double query[] = {0, 0.5};
    upsert("mine", records, 4);
    for (int exact = 0; exact < 2; exact++) {
        fake.caps = exact ? fake.caps | RAGD_STORE_EXACT
                          : fake.caps & ~(uint32_t)RAGD_STORE_EXACT;
        struct asker asker = {.search.collection = ragd_cs("mine"), .search.k = 3};
        assert_ok(search_vector(&asker, query, 2), &asker.search.op.err);
        assert_int_equal(asker.mode, SEARCH_VECTOR);
        assert_int_equal(asker.n_hits, 3);
        assert_string_equal(asker.ids[0], "z"); /* ties in insertion order */
        assert_string_equal(asker.ids[1], "x");
        assert_string_equal(asker.ids[2], "y");
        assert_true(asker.distance[0] == 0.25);
        assert_true(asker.distance[2] == 1.25);
        assert_false(asker.vectors);
        operation_release(&asker.search.op);
    }
    fake.caps &= ~(uint32_t)RAGD_STORE_SEQ;
    struct asker asker = {.search.collection = ragd_cs("mine"), .search.k = 2};
    assert_ok(search_vector(&asker, query, 2), &asker.search.op.err);
    assert_string_equal(asker.ids[0], "x"); /* by id where nothing counts */
    operation_release(&asker.search.op);
}

static void refuses_what_cannot_be_searched(void **state)
{
    (void)state;
    world_make(&world, "mine", "none", 2);
    world_make(&world, "words", "none", 0);
    const double nan_query[] = {0, NAN}, query[] = {0, 1, 2};
    struct asker a = {.search.collection = ragd_cs("mine")}, b = a, c = a, d = a, e = a,
                 f = a, i = a;
    assert_err(search_vector(&a, query, 3), &a.search.op.err, DIMENSION);
    assert_err(search_vector(&b, nan_query, 2), &b.search.op.err, INVALID);
    assert_err(search_text(&c, "", SEARCH_AUTO), &c.search.op.err, INVALID);
    assert_err(search_text(&i, " \t\xE3\x80\x80", SEARCH_AUTO), &i.search.op.err, INVALID);
    assert_err(search_text(&d, "x", SEARCH_VECTOR), &d.search.op.err, MODE);
    e.search.mode = SEARCH_KEYWORD;
    assert_err(search_vector(&e, query, 2), &e.search.op.err, MODE);
    f.search.collection = ragd_cs("words");
    assert_err(search_vector(&f, query, 2), &f.search.op.err, MODE);
    struct asker g = {.search.collection = ragd_cs("mine"), .search.k = 1001};
    assert_err(search_vector(&g, query, 2), &g.search.op.err, INVALID);
    struct asker h = {0};
    assert_err(search_run(&h), &h.search.op.err, NO_COLLECTION);
    struct asker *all[] = {&a, &b, &c, &d, &e, &f, &g, &h, &i};
    for (size_t n = 0; n < sizeof(all) / sizeof(*all); n++) {
        assert_int_equal(all[n]->n_results, 0);
        operation_release(&all[n]->search.op);
    }
}

static void answers_several_queries_in_order(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one two");
    struct search_query queries[] = {{.text = ragd_cs("one")},
                                     {.text = ragd_cs("two"), .k = 1},
                                     {.text = ragd_cs("zz")}};
    struct asker asker = {.search.queries = queries, .search.n_queries = 3};
    assert_ok(search_run(&asker), &asker.search.op.err);
    assert_int_equal(asker.n_results, 3);
    operation_release(&asker.search.op);
}

static void folds_equal_texts(void **state)
{
    (void)state;
    world_make(&world, "words", "none", 0);
    struct record_in records[12];
    char ids[12][8];
    for (size_t i = 0; i < 12; i++) {
        snprintf(ids[i], sizeof(ids[i]), "r%zu", i);
        records[i] = (struct record_in){.id = ragd_cs(ids[i]),
                                        .text = ragd_cs("same word")};
    }
    records[11].text = ragd_cs("another word");
    upsert("words", records, 12);
    struct asker asker = {.search.collection = ragd_cs("words"), .search.k = 2};
    assert_ok(search_text(&asker, "word", SEARCH_AUTO), &asker.search.op.err);
    assert_int_equal(asker.n_hits, 2);
    assert_string_equal(asker.ids[0], "r0");
    assert_int_equal(asker.duplicates[0], 10);
    assert_string_equal(asker.ids[1], "r11");
    operation_release(&asker.search.op);
}

static void tells_the_source_of_a_part(void **state)
{
    (void)state;
    add_text(&world, "a!b.txt", "first\fsecond");
    struct asker asker = {0};
    assert_ok(search_text(&asker, "second", SEARCH_KEYWORD), &asker.search.op.err);
    assert_string_equal(asker.ids[0], "a!b.txt!part/1#0");
    assert_string_equal(asker.sources[0], "a!b.txt");
    operation_release(&asker.search.op);
}

static void tells_titles_when_asked(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "# On cats\nthe cat sat");
    struct asker asker = {.search.titles = true};
    assert_ok(search_text(&asker, "cat", SEARCH_KEYWORD), &asker.search.op.err);
    assert_string_equal(asker.titles[0], "On cats");
    operation_release(&asker.search.op);
    asker = (struct asker){0};
    assert_ok(search_text(&asker, "cat", SEARCH_KEYWORD), &asker.search.op.err);
    assert_string_equal(asker.titles[0], "");
    operation_release(&asker.search.op);
}

static void holds_results_back_while_paused(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one two");
    struct search_query query = {.text = ragd_cs("one")};
    struct asker asker = {
        .search = {.queries = &query, .n_queries = 1, .on_result = on_result}};
    world_op(&world, &asker.search.op);
    search_start(&asker.search);
    operation_pause(&asker.search.op);
    fake_settle();
    assert_int_equal(asker.n_results, 0);
    operation_resume(&asker.search.op);
    assert_int_equal(world_end(&world, &asker.search.op), 0);
    assert_int_equal(asker.n_results, 1);
    operation_release(&asker.search.op);
}

static void any_failure_is_only_that(void **state)
{
    (void)state;
    add_text(&world, "a!b.txt", "one\ftwo");
    world_stop(&world);
    for (long n = 0; n < 40; n++) {
        struct asker asker = {.search.include = RAGD_INCLUDE_VECTOR};
        world_start(&world);
        fake_fault(n, ERR_STORAGE_IO);
        int rc = search_text(&asker, "two", SEARCH_AUTO);
        fake_fault(-1, ERR_NONE);
        assert_true(rc == 0 || asker.search.op.err.id == ERR_STORAGE_IO);
        assert_int_equal(asker.n_results, rc ? 0 : 1);
        operation_release(&asker.search.op);
        world_stop(&world);
        if (!rc) {
            break;
        }
    }
    world_start(&world);
    int rc = -1;
    for (long n = 0; rc; n++) {
        struct asker asker = {0};
        mem_fail_after(n, 0);
        rc = search_text(&asker, "two", SEARCH_AUTO);
        mem_fail_after(-1, 0);
        operation_release(&asker.search.op);
        assert_true(n < 500);
    }
}

static void scales_relevance_as_documented(void **state)
{
    (void)state;
    static const double L2[] = {0.42234497482685956, 0.4338907856430122};
    assert_true(fabs(relevance_of(RAGD_METRIC_L2, L2[0]) - 0.701357) < 1e-6);
    assert_true(fabs(relevance_of(RAGD_METRIC_L2, L2[1]) - 0.693193) < 1e-6);
    assert_true(relevance_of(RAGD_METRIC_COSINE, 0.25) == 0.75);
    assert_true(relevance_of(RAGD_METRIC_IP, 0.25) == 0.75);
    assert_true(relevance_of(RAGD_METRIC_IP, -2) == 2);
}

static void fuses_by_reciprocal_rank(void **state)
{
    (void)state;
    struct ragd_record recs[] = {{.id = ragd_cs("x")},
                                 {.id = ragd_cs("y")},
                                 {.id = ragd_cs("z")},
                                 {.id = ragd_cs("w")}};
    struct ranked a[] = {{.rec = &recs[0]}, {.rec = &recs[1]}, {.rec = &recs[2]}};
    struct ranked b[] = {{.rec = &recs[2]}, {.rec = &recs[3]}, {.rec = &recs[0]}};
    struct ranking la = {a, 3}, lb = {b, 3}, out;
    struct rank_fusion fusion = {60, 0.5, 0.5};
    struct arena arena = {0};
    assert_int_equal(rank_fuse(&arena, &fusion, &la, &lb, &out), 0);
    const char *const want[] = {"x", "z", "y", "w"};
    assert_int_equal(out.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_str_equal(out.p[i].rec->id, want[i]);
    }
    assert_true(fabs(out.p[0].fused - 0.016133229) < 1e-9);
    assert_true(fabs(out.p[3].fused - 0.008064516) < 1e-9);
    arena_release(&arena);
}

static void measures_exactly(void **state)
{
    (void)state;
    const double query[] = {3, 4};
    const float vec[] = {6, 8}, none[] = {0, 0};
    assert_true(rank_distance(RAGD_METRIC_L2, query, vec, 2) == 25);
    assert_true(rank_distance(RAGD_METRIC_IP, query, vec, 2) == -49);
    assert_true(rank_distance(RAGD_METRIC_COSINE, query, vec, 2) == 0);
    assert_true(rank_distance(RAGD_METRIC_COSINE, query, none, 2) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(finds_words, &world),
        WORLD_TEST(searches_by_meaning_and_words_when_it_may_choose, &world),
        WORLD_TEST(a_lexical_collection_is_searched_by_words, &world),
        WORLD_TEST(vectors_that_are_not_kept_are_made_when_asked_for, &world),
        WORLD_TEST(a_vector_is_searched_as_one, &world),
        WORLD_TEST(refuses_what_cannot_be_searched, &world),
        WORLD_TEST(answers_several_queries_in_order, &world),
        WORLD_TEST(folds_equal_texts, &world),
        WORLD_TEST(tells_the_source_of_a_part, &world),
        WORLD_TEST(tells_titles_when_asked, &world),
        WORLD_TEST(holds_results_back_while_paused, &world),
        WORLD_TEST(any_failure_is_only_that, &world),
        WORLD_TEST(scales_relevance_as_documented, &world),
        WORLD_TEST(fuses_by_reciprocal_rank, &world),
        WORLD_TEST(measures_exactly, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
