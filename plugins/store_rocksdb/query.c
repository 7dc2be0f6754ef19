/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A query: terms, plans, then the hits of the vector and the keyword list.
 *
 * A filter is applied to the candidates in their order until k have passed, so
 * it reads as many records as it has to refuse, and no more.
 */
#include "query.h"

#include <math.h>

#include "reading.h"
#include "sdk/store/filter.h"
#include "sdk/store/shown.h"

static ragd_status check_vector(const struct ragd_view *view, struct ragd_call *call,
                                const struct ragd_query *query)
{
    if (query->dim != view->coll->dim || view->coll->dim == 0) {
        return db_fail(call, RAGD_E_ARG, "store_dimension",
                       "The query's vector has %u values, the collection's have %u.",
                       query->dim, view->coll->dim);
    }
    for (uint32_t i = 0; i < query->dim; i++) {
        if (!isfinite(query->vec[i])) {
            return db_fail(call, RAGD_E_ARG, "store_argument",
                           "The query's vector has a value that is not finite.");
        }
    }
    return RAGD_OK;
}

/* One list on its way out. */
struct output {
    struct ragd_view *view;
    struct ragd_call *call;
    const struct ragd_query *query;
    const struct ragd_hit_sink *sink;
    struct region region;
};

static ragd_status emit_terms(const struct output *out, const struct question *q)
{
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < q->n; i++) {
        if (q->lists[i].shown) {
            struct ragd_term term = {q->lists[i].word, q->lists[i].idf, q->lists[i].df};
            status = out->sink->term(out->call, &term);
        }
    }
    return status;
}

/* The record when it passes the filter, else RAGD_E_NOT_FOUND. */
static ragd_status load_hit(struct output *out, uint64_t seq, struct ragd_record *rec)
{
    region_reset(&out->region);
    ragd_status status = reading_record(out->view, out->call, seq, out->query->include,
                                        &out->region, rec);
    if (status == RAGD_E_NOT_FOUND) {
        return db_corrupt(out->call, "index");
    }
    if (status == RAGD_OK && !filter_match(&out->query->filter, rec->meta, rec->text)) {
        status = RAGD_E_NOT_FOUND;
    }
    record_show_only(rec, out->query->include);
    return status;
}

static ragd_status emit_list(struct output *out, uint32_t list, struct ranking *ranking)
{
    struct ragd_record rec = {0};
    struct ragd_hit hit = {.list = list, .rec = &rec};
    struct ranked item;
    ragd_status status = RAGD_OK;
    while (status == RAGD_OK && hit.rank < out->query->k && ranking_next(ranking, &item)) {
        status = load_hit(out, item.seq, &rec);
        if (status == RAGD_OK) {
            hit.value = item.value;
            status = out->sink->hit(out->call, &hit);
            hit.rank++;
        } else if (status == RAGD_E_NOT_FOUND) {
            status = store_host->call_state(out->call);
        }
    }
    return status;
}

/* How many candidates a list has to keep. */
static size_t keep_of(const struct ragd_query *query)
{
    return query->filter.n ? SIZE_MAX : query->k;
}

static ragd_status emit_plan(const struct output *out, uint32_t list, uint32_t plan)
{
    return out->sink->plan ? out->sink->plan(out->call, list, plan) : RAGD_OK;
}

static ragd_status emit_plans(const struct output *out)
{
    ragd_status status = RAGD_OK;
    if (out->query->vec) {
        status = emit_plan(out, RAGD_LIST_VECTOR, RAGD_PLAN_EXACT);
    }
    if (status == RAGD_OK && out->query->want_keyword) {
        status = emit_plan(out, RAGD_LIST_KEYWORD, RAGD_PLAN_POSTINGS);
    }
    return status;
}

static ragd_status vector_list(struct output *out)
{
    struct ranking ranking;
    ranking_init(&ranking, keep_of(out->query), false);
    ragd_status status = vector_rank(out->view, out->call, out->query, &ranking);
    if (status == RAGD_OK) {
        status = emit_list(out, RAGD_LIST_VECTOR, &ranking);
    }
    ranking_release(&ranking);
    return status;
}

static ragd_status keyword_list(struct output *out, const struct question *question)
{
    struct ranking ranking;
    ranking_init(&ranking, keep_of(out->query), true);
    ragd_status status = question_rank(question, out->view, out->call, &ranking);
    if (status == RAGD_OK) {
        status = emit_list(out, RAGD_LIST_KEYWORD, &ranking);
    }
    ranking_release(&ranking);
    return status;
}

static ragd_status run(struct output *out, struct question *question)
{
    const struct ragd_query *query = out->query;
    ragd_status status = RAGD_OK;
    if (query->text.n && (query->want_keyword || out->sink->term)) {
        status = question_open(question, out->view, out->call, query->text);
    }
    if (status == RAGD_OK && out->sink->term) {
        status = emit_terms(out, question);
    }
    status = status == RAGD_OK ? emit_plans(out) : status;
    if (status != RAGD_OK || !out->sink->hit || query->k == 0) {
        return status;
    }
    if (query->vec) {
        status = vector_list(out);
    }
    if (status == RAGD_OK && query->want_keyword) {
        status = keyword_list(out, question);
    }
    return status;
}

ragd_status store_query(struct ragd_view *view, struct ragd_call *call,
                        const struct ragd_query *query, const struct ragd_hit_sink *sink)
{
    ragd_status status = reading_check_filter(call, &query->filter);
    if (status == RAGD_OK && query->vec) {
        status = check_vector(view, call, query);
    }
    if (status == RAGD_OK) {
        struct output out = {view, call, query, sink, {0}};
        struct question question = {0};
        status = run(&out, &question);
        question_release(&question);
        region_release(&out.region);
    }
    return status;
}
