/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Random adds, updates and removes; after each batch every answer of the store
 * is compared with the model's. RAGD_TEST_SEED replays a run.
 */
#include "store_model.h"

#include <math.h>
#include <stdio.h>

static const char *const WORDS[] = {"harbour", "lighthouse",
                                    "ship",    "ships",
                                    "old",     "the",
                                    "of",      "storm",
                                    "storms",  "keeper",
                                    "light",   "Hafen",
                                    "Sturm",   "\xe6\x9d\xb1\xe4\xba\xac",
                                    "3.14",    "rock"};
enum { N_WORDS = sizeof(WORDS) / sizeof(WORDS[0]), IDS = 300 };

struct run {
    struct store_test st;
    struct model model;
    struct draw draw;
    uint64_t operations;
};

static void draw_text(struct run *r, char text[MODEL_TEXT_MAX])
{
    size_t n = 0;
    text[0] = 0;
    for (uint64_t i = draw_below(&r->draw, 12); i > 0; i--) {
        n += (size_t)snprintf(text + n, MODEL_TEXT_MAX - n, "%s ",
                              WORDS[draw_below(&r->draw, N_WORDS)]);
    }
}

static struct model_record *draw_record(struct run *r)
{
    struct model_record *rec = calloc(1, sizeof(*rec));
    snprintf(rec->id, sizeof(rec->id), "r%u", (unsigned)draw_below(&r->draw, IDS));
    draw_text(r, rec->text);
    rec->has_vec = draw_below(&r->draw, 8) > 0;
    for (int i = 0; i < TEST_DIM; i++) {
        /* Few values, so that ties are common. */
        rec->vec[i] = (float)draw_below(&r->draw, 4) - 1;
    }
    rec->n_meta = draw_meta(&r->draw, rec->meta);
    return rec;
}

static bool is_drawn(const struct store_change *c, const char *id)
{
    for (size_t i = 0; i < c->apply.n_records; i++) {
        if (strcmp(c->record_values[i].id.p, id) == 0) {
            return true;
        }
    }
    return false;
}

/* One apply of up to 20 removals and upserts, in the store and in the model. */
static void step(struct run *r)
{
    struct store_change c;
    struct model_record *drawn[20];
    size_t n = 0;
    char gone[8][16];
    change_init(&c);
    for (uint64_t i = draw_below(&r->draw, 8); i > 0; i--) {
        snprintf(gone[i], sizeof(gone[i]), "r%u", (unsigned)draw_below(&r->draw, IDS));
        change_remove(&c, gone[i]);
        model_remove(&r->model, gone[i]);
    }
    for (uint64_t i = draw_below(&r->draw, 20); i > 0; i--) {
        struct model_record *rec = draw_record(r);
        if (is_drawn(&c, rec->id)) {
            free(rec);
            continue;
        }
        struct ragd_record *put = change_put(&c, rec->id, rec->text,
                                             rec->has_vec ? rec->vec : NULL);
        put->meta = (struct ragd_kvs){rec->meta, rec->n_meta};
        drawn[n++] = rec;
    }
    r->operations += c.apply.n_remove_ids + n;
    store_apply_ok(&r->st, &c.apply);
    for (size_t i = 0; i < n; i++) {
        model_upsert(&r->model, drawn[i]);
    }
}

static const struct model_hit *wanted(const struct model_hit *want, size_t n, uint64_t seq)
{
    for (size_t i = 0; i < n; i++) {
        if (want[i].rec->seq == seq) {
            return &want[i];
        }
    }
    fail_msg("record number %llu is no hit", (unsigned long long)seq);
    return NULL;
}

/*
 * The same records with the same values. Nearly equal values may be parted the
 * other way by sums in another order, so the order is checked by the store's own
 * values: they never get worse, and equal ones go by insertion.
 */
static void compare_hits(const struct fake_results *got, uint32_t list,
                         const struct model_hit *want, size_t n)
{
    const struct ragd_hit *before = NULL;
    size_t at = 0;
    for (size_t i = 0; i < got->n_hits; i++) {
        const struct ragd_hit *hit = &got->hits[i];
        if (hit->list != list) {
            continue;
        }
        assert_int_equal(hit->rank, at++);
        const struct model_hit *w = wanted(want, n, hit->rec->seq);
        assert_str_equal(hit->rec->id, w->rec->id);
        if (fabs(hit->value - w->value) > 1e-12 * fmax(1, fabs(w->value))) {
            fail_msg("%s: %.17g, wanted %.17g", w->rec->id, hit->value, w->value);
        }
        if (before) {
            double worse = list == RAGD_LIST_VECTOR ? hit->value - before->value
                                                    : before->value - hit->value;
            assert_true(worse > 0 || (worse == 0 && hit->rec->seq > before->rec->seq));
        }
        before = hit;
    }
    assert_int_equal(at, n);
}

static void compare_queries(struct run *r, struct ragd_view *view)
{
    static struct model_hit hits[MODEL_RECORDS_MAX];
    struct ragd_filter_node nodes[64];
    struct ragd_value values[256];
    double q[TEST_DIM];
    char text[MODEL_TEXT_MAX];
    for (int i = 0; i < TEST_DIM; i++) {
        q[i] = (double)draw_below(&r->draw, 4) - 1;
    }
    draw_text(r, text);
    struct ragd_query query = store_query_vector(q, TEST_DIM, UINT64_MAX);
    query.text = ragd_cs(text);
    query.want_keyword = 1;
    query.filter.nodes = nodes;
    query.filter.n = draw_below(&r->draw, 2) ? draw_filter(&r->draw, nodes, values) : 0;
    struct ragd_call *call = store_call(&r->st);
    assert_status(call, r->st.t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    const struct fake_results *got = fake_call_results(call);
    size_t n = model_vector(&r->model, q, &query.filter, hits);
    compare_hits(got, RAGD_LIST_VECTOR, hits, n);
    n = model_keyword(&r->model, text, &query.filter, hits);
    compare_hits(got, RAGD_LIST_KEYWORD, hits, n);
    fake_call_destroy(call);
}

static void compare_scan(struct run *r, struct ragd_view *view)
{
    struct ragd_filter_node nodes[64];
    struct ragd_value values[256];
    struct ragd_filter filter = {nodes, draw_filter(&r->draw, nodes, values)};
    struct ragd_call *call = store_call(&r->st);
    uint32_t include = RAGD_INCLUDE_TEXT | RAGD_INCLUDE_VECTOR;
    uint64_t count = 0;
    assert_status(call, r->st.t->scan(view, call, include, &filter, 0, &fake_record_sink),
                  RAGD_OK);
    assert_status(call, r->st.t->count(view, call, &filter, &count), RAGD_OK);
    const struct fake_results *got = fake_call_results(call);
    size_t at = 0;
    for (size_t i = 0; i < r->model.n; i++) {
        const struct model_record *rec = r->model.records[i];
        if (!model_matches(&filter, rec)) {
            continue;
        }
        assert_true(at < got->n_records);
        assert_str_equal(got->records[at].id, rec->id);
        assert_str_equal(got->records[at].text, rec->text);
        assert_int_equal(got->records[at].vec != NULL, rec->has_vec);
        if (rec->has_vec) {
            assert_memory_equal(got->records[at].vec, rec->vec, sizeof(rec->vec));
        }
        at++;
    }
    assert_int_equal(got->n_records, at);
    assert_int_equal(count, at);
    fake_call_destroy(call);
}

static int by_seq(const void *a, const void *b)
{
    const struct model_record *x = *(struct model_record *const *)a;
    const struct model_record *y = *(struct model_record *const *)b;
    return x->seq < y->seq ? -1 : 1;
}

static void compare(struct run *r)
{
    qsort(r->model.records, r->model.n, sizeof(*r->model.records), by_seq);
    struct ragd_view *view = store_view(&r->st);
    struct ragd_coll_stats stats = store_stats_now(&r->st);
    assert_int_equal(stats.records, r->model.n);
    compare_scan(r, view);
    compare_queries(r, view);
    compare_queries(r, view);
    r->st.t->view_close(view);
    store_verify_clean(&r->st);
}

static uint64_t seed(void)
{
    const char *text = getenv("RAGD_TEST_SEED");
    return text ? strtoull(text, NULL, 10) : 20260101;
}

static void run(uint32_t metric, uint64_t operations)
{
    struct run *r = calloc(1, sizeof(*r));
    r->draw.state = seed() * 2 + metric;
    store_test_init(&r->st, TEST_DIM, metric);
    model_init(&r->model, metric);
    while (r->operations < operations) {
        step(r);
        compare(r);
        if ((r->st.t->caps & RAGD_STORE_DURABLE) && draw_below(&r->draw, 20) == 0) {
            store_flush_ok(&r->st);
            store_test_reopen(&r->st);
            compare(r);
        }
    }
    model_release(&r->model);
    store_test_release(&r->st);
    free(r);
}

static void agrees_with_the_model_by_squared_distance(void **state)
{
    (void)state;
    run(RAGD_METRIC_L2, 1500);
}

static void agrees_with_the_model_by_cosine(void **state)
{
    (void)state;
    run(RAGD_METRIC_COSINE, 400);
}

static void agrees_with_the_model_by_inner_product(void **state)
{
    (void)state;
    run(RAGD_METRIC_IP, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(agrees_with_the_model_by_squared_distance),
        TEST(agrees_with_the_model_by_cosine),
        TEST(agrees_with_the_model_by_inner_product),
    };
    return RUN_TESTS(tests);
}
