/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Queries, computed from all records each time. */
#include <math.h>
#include <stdio.h>

#include "sdk/store/bm25.h"
#include "sdk/store/distance.h"
#include "sdk/store/filter.h"
#include "sdk/store/ranking.h"
#include "sdk/store/words.h"
#include "sdk/text/question.h"
#include "store.h"

struct query_run {
    struct ragd_view *view;
    struct ragd_call *call;
    const struct ragd_query *query;
    const struct ragd_hit_sink *sink;
    struct state *state;
    struct text_question question;
    struct words words;
    struct region region;
    struct word_counts *counts; /* by record */
    uint64_t *df;               /* by term of the question */
    double mean;
};

static ragd_status count_all(struct query_run *r)
{
    struct text_pool *pool = r->view->coll->store->analysers;
    struct text_analyser *analyser = text_pool_take(pool);
    uint64_t all = 0;
    size_t n = r->state->records.n;
    int rc = analyser ? text_question_init(&r->question, analyser, TEXT_LANG_AUTO,
                                           r->query->text)
                      : RAGD_E_NOMEM;
    r->counts = region_calloc(&r->region, n, sizeof(*r->counts));
    r->df = region_calloc(&r->region, r->question.n_terms, sizeof(*r->df));
    rc = rc == 0 && r->counts && r->df ? 0 : RAGD_E_NOMEM;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = words_count(&r->words, analyser, r->state->records.p[i]->u.rec.text,
                         &r->region, &r->counts[i]);
        all += rc == 0 ? r->counts[i].len : 0;
    }
    text_pool_give(pool, analyser);
    r->mean = n ? (double)all / (double)n : 0;
    return rc;
}

static uint32_t tf_of(const struct query_run *r, size_t rec, size_t term)
{
    struct ragd_str word = {r->question.terms[term].text, r->question.terms[term].len};
    uint32_t number = words_find(&r->words, word);
    for (size_t i = 0; i < r->counts[rec].n; i++) {
        if (r->counts[rec].p[i].word == number) {
            return r->counts[rec].p[i].tf;
        }
    }
    return 0;
}

static void count_df(struct query_run *r)
{
    for (size_t t = 0; t < r->question.n_terms; t++) {
        for (size_t i = 0; i < r->state->records.n; i++) {
            r->df[t] += tf_of(r, i, t) > 0;
        }
    }
}

/* As in the other store: stems that no record holds stay untold, unless the
 * word has no other. */
static bool is_shown(const struct query_run *r, size_t term)
{
    bool held = false, first = true;
    for (size_t i = 0; i < r->question.n_terms; i++) {
        if (r->question.terms[i].word == r->question.terms[term].word) {
            held = held || r->df[i];
            first = first && i >= term;
        }
    }
    return r->df[term] || (!held && first);
}

static ragd_status emit_terms(struct query_run *r)
{
    ragd_status status = RAGD_OK;
    for (size_t t = 0; status == RAGD_OK && t < r->question.n_terms; t++) {
        struct ragd_term term = {{r->question.terms[t].text, r->question.terms[t].len},
                                 bm25_idf(r->state->records.n, r->df[t]),
                                 r->df[t]};
        if (is_shown(r, t)) {
            status = r->sink->term(r->call, &term);
        }
    }
    return status;
}

static bool passes(const struct query_run *r, const struct item *item)
{
    return filter_match(&r->query->filter, item->u.rec.meta, item->u.rec.text);
}

static ragd_status rank_vectors(struct query_run *r, struct ranking *ranking)
{
    struct distance distance;
    uint32_t dim = r->view->coll->spec.dim;
    distance_init(&distance, r->view->coll->spec.metric, r->query->vec, dim);
    for (size_t i = 0; i < r->state->records.n; i++) {
        const struct item *item = r->state->records.p[i];
        if (!item->u.rec.vec || !passes(r, item)) {
            continue;
        }
        double norm = distance_norm(item->u.rec.vec, dim), value;
        distance_rows(&distance, item->u.rec.vec, &norm, 1, &value);
        /* What a store that only keeps float32 scores would answer. */
        if (!(r->view->coll->store->caps & RAGD_STORE_EXACT)) {
            value = (double)(float)value;
        }
        if (!ranking_add(ranking, value, i)) {
            return RAGD_E_NOMEM;
        }
    }
    return RAGD_OK;
}

static ragd_status rank_keywords(struct query_run *r, struct ranking *ranking)
{
    for (size_t i = 0; i < r->state->records.n; i++) {
        double score = 0;
        bool hit = false;
        for (size_t t = 0; t < r->question.n_terms; t++) {
            uint32_t tf = tf_of(r, i, t);
            if (tf) {
                hit = true;
                score += bm25_score(bm25_idf(r->state->records.n, r->df[t]), tf,
                                    r->counts[i].len, r->mean);
            }
        }
        if (hit && passes(r, r->state->records.p[i]) && !ranking_add(ranking, score, i)) {
            return RAGD_E_NOMEM;
        }
    }
    return RAGD_OK;
}

/* Ranks by position, which is the order of insertion. */
static ragd_status list(struct query_run *r, uint32_t which)
{
    struct ranking ranking;
    struct ranked item;
    bool vector = which == RAGD_LIST_VECTOR;
    ranking_init(&ranking, r->query->k, !vector);
    ragd_status status = vector ? rank_vectors(r, &ranking) : rank_keywords(r, &ranking);
    struct ragd_hit hit = {.list = which};
    while (status == RAGD_OK && ranking_next(&ranking, &item)) {
        struct ragd_record rec = memory_shown(r->view, r->state->records.p[item.seq],
                                              r->query->include);
        hit.value = item.value;
        hit.rec = &rec;
        status = r->sink->hit(r->call, &hit);
        hit.rank++;
    }
    ranking_release(&ranking);
    return status;
}

static ragd_status plan(struct query_run *r, uint32_t which, uint32_t how)
{
    return r->sink->plan ? r->sink->plan(r->call, which, how) : RAGD_OK;
}

static ragd_status check(const struct query_run *r)
{
    const struct ragd_query *q = r->query;
    uint32_t caps = r->view->coll->store->caps;
    if (q->want_keyword && !(caps & RAGD_STORE_KEYWORD)) {
        return memory_fail(r->call, RAGD_E_UNSUPPORTED, "The store has no keyword search.");
    }
    if (q->vec && (q->dim != r->view->coll->spec.dim || q->dim == 0)) {
        char text[96];
        snprintf(text, sizeof(text),
                 "The query's vector has %u values, the collection's have %u.", q->dim,
                 r->view->coll->spec.dim);
        return memory_fail(r->call, RAGD_E_ARG, text);
    }
    for (uint32_t i = 0; q->vec && i < q->dim; i++) {
        if (!isfinite(q->vec[i])) {
            return memory_fail(r->call, RAGD_E_ARG, "The query's vector is not finite.");
        }
    }
    return memory_check_filter(r->call, &q->filter);
}

static ragd_status run(struct query_run *r)
{
    const struct ragd_query *q = r->query;
    bool words = q->text.n && (r->view->coll->store->caps & RAGD_STORE_KEYWORD);
    ragd_status status = memory_host->call_state(r->call);
    if (status == RAGD_OK && words) {
        status = count_all(r);
    }
    if (status == RAGD_OK && words) {
        count_df(r);
        status = r->sink->term ? emit_terms(r) : RAGD_OK;
    }
    if (status == RAGD_OK && q->vec) {
        status = plan(r, RAGD_LIST_VECTOR, RAGD_PLAN_EXACT);
    }
    if (status == RAGD_OK && q->want_keyword) {
        status = plan(r, RAGD_LIST_KEYWORD, RAGD_PLAN_POSTINGS);
    }
    if (status == RAGD_OK && q->vec && r->sink->hit) {
        status = list(r, RAGD_LIST_VECTOR);
    }
    if (status == RAGD_OK && q->want_keyword && words && r->sink->hit) {
        status = list(r, RAGD_LIST_KEYWORD);
    }
    return status;
}

ragd_status memory_query(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_query *query, const struct ragd_hit_sink *sink)
{
    struct query_run r = {.view = view, .call = call, .query = query, .sink = sink};
    ragd_status status = check(&r);
    if (status == RAGD_OK) {
        r.state = view_state(view);
        status = run(&r);
        state_unref(r.state);
        text_question_release(&r.question);
        words_release(&r.words);
        region_release(&r.region);
    }
    return status;
}
