/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Queries. Hits are checked as they come: their list was asked for, ranks run
 * from 0, values are finite and in order, there are no more than k.
 *
 * A store that is not EXACT is asked for vectors as well; the distances are
 * computed here in float64 and the list is put in their order. One without SEQ
 * has its ties ordered by id. One that cannot evaluate the filter is asked for
 * more and more without it, until enough of them match or there are no more.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/call_store_internal.h"
#include "plugin/check.h"
#include "sdk/store/distance.h"

enum { TERMS_MAX = 4096, OVERFETCH = 4 };

struct query_args {
    struct view_args base;
    struct ragd_query query; /* its k is what the store is asked for */
    uint64_t k;              /* what the caller wants */
    struct filter_plan filter;
    uint32_t caps, dim, metric;
    struct pile hits[3]; /* by RAGD_LIST_*; those that match */
    uint64_t given[3];   /* all of them */
    struct pile terms;
    uint32_t plans[3];
};

static int prepare_query(struct ragd_call *call, struct err *err)
{
    const struct call_query *req = (const struct call_query *)call->request;
    struct query_args *args = call->args;
    view_args_take(call, req->view);
    args->caps = store_caps(call->instance);
    args->dim = req->view->coll->dim;
    args->metric = req->view->coll->metric;
    args->hits[RAGD_LIST_VECTOR].size = sizeof(struct ragd_hit);
    args->hits[RAGD_LIST_KEYWORD].size = sizeof(struct ragd_hit);
    args->terms.size = sizeof(struct ragd_term);
    struct ragd_query query = req->query;
    query.filter = (struct ragd_filter){0};
    if (copy_query(&call->inputs, &query, &args->query)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = filter_plan_make(call, req->query.filter, &args->filter, &args->query.include,
                              err);
    if (rc) {
        return rc;
    }
    args->query.filter = args->filter.store;
    args->k = args->query.k;
    if (args->filter.own.n) {
        args->query.k = req->fetch ? req->fetch : args->k * OVERFETCH;
    }
    if (!(args->caps & RAGD_STORE_EXACT) && args->query.vec) {
        args->query.include |= RAGD_INCLUDE_VECTOR;
    }
    return 0;
}

/* ---- what comes back ----------------------------------------------------------- */

static ragd_status on_term(struct ragd_call *call, const struct ragd_term *in)
{
    struct query_args *args = call->args;
    int rc = in ? check_str(call, "a term", in->word, NAME_BYTES_MAX)
                : attempt_broken(call, "gives no term");
    if (rc == 0 && (!isfinite(in->idf) || args->terms.n >= TERMS_MAX)) {
        rc = attempt_broken(call, "gives too many terms, or one without a finite idf");
    }
    struct ragd_term *term = rc ? NULL : pile_add(&call->results, &args->terms);
    if (rc == 0 && (!term || copy_str(&call->results, in->word, &term->word))) {
        rc = check_too_much(call);
    }
    if (rc) {
        return rc;
    }
    term->idf = in->idf;
    term->df = in->df;
    return attempt_state(call);
}

/* Whether the order of a list is made here, so that all of it is needed. */
static bool measured(const struct query_args *args, uint32_t list)
{
    return list == RAGD_LIST_VECTOR && !(args->caps & RAGD_STORE_EXACT);
}

static bool known_list(uint32_t list)
{
    return list == RAGD_LIST_VECTOR || list == RAGD_LIST_KEYWORD;
}

static ragd_status on_plan(struct ragd_call *call, uint32_t list, uint32_t plan)
{
    struct query_args *args = call->args;
    if (!known_list(list)) {
        return attempt_broken(call, "gives a plan for the list %u", list);
    }
    args->plans[list] = plan;
    return attempt_state(call);
}

/* Whether hit may come behind the one before it in its list. */
static bool in_order(const struct query_args *args, const struct ragd_hit *before,
                     const struct ragd_hit *hit)
{
    bool vector = hit->list == RAGD_LIST_VECTOR;
    if (measured(args, hit->list)) {
        return true;
    }
    double gain = vector ? hit->value - before->value : before->value - hit->value;
    bool tie = !(gain < 0.0) && !(gain > 0.0);
    return gain > 0.0 ||
           (tie && (!(args->caps & RAGD_STORE_SEQ) || hit->rec->seq > before->rec->seq));
}

static int check_hit(struct ragd_call *call, const struct ragd_hit *hit)
{
    const struct query_args *args = call->args;
    if (!hit || !known_list(hit->list)) {
        return attempt_broken(call, "gives a hit of no known list");
    }
    uint64_t due = args->given[hit->list];
    bool asked = hit->list == RAGD_LIST_VECTOR ? args->query.vec != NULL
                                               : args->query.want_keyword != 0;
    if (!asked || due >= args->query.k) {
        return attempt_broken(call, "gives hits that were not asked for");
    }
    if (hit->rank != due || !isfinite(hit->value)) {
        return attempt_broken(call, "gives rank %u and value %g where rank %llu is due",
                              hit->rank, hit->value, (unsigned long long)due);
    }
    return 0;
}

static ragd_status on_hit(struct ragd_call *call, const struct ragd_hit *in)
{
    struct query_args *args = call->args;
    struct ragd_record raw;
    int rc = check_hit(call, in);
    rc = rc ? rc : check_record(call, in->rec, args->dim, &raw);
    if (rc) {
        return rc;
    }
    args->given[in->list]++;
    struct pile *list = &args->hits[in->list];
    bool enough = list->n >= args->k && !measured(args, in->list);
    if (enough || !filter_plan_match(&args->filter, &raw)) {
        return attempt_state(call);
    }
    struct ragd_record *rec = arena_alloc(&call->results, sizeof(*rec));
    struct ragd_hit *hit = rec ? pile_add(&call->results, list) : NULL;
    if (!hit || copy_record(&call->results, &raw, args->dim, rec)) {
        return check_too_much(call);
    }
    *hit = (struct ragd_hit){in->list, (uint32_t)list->n - 1, in->value, rec};
    const struct ragd_hit *all = list->p;
    if (list->n > 1 && !in_order(args, &all[list->n - 2], hit)) {
        return attempt_broken(call, "gives hits out of order");
    }
    return attempt_state(call);
}

static const struct ragd_hit_sink hit_sink = {.struct_size = sizeof(hit_sink),
                                              .term = on_term,
                                              .plan = on_plan,
                                              .hit = on_hit};

static ragd_status invoke_query(struct ragd_call *call)
{
    struct query_args *args = call->args;
    return store_table(call)->query(args->base.handle, call, &args->query, &hit_sink);
}

/* ---- putting in order ------------------------------------------------------------ */

static int by_id(const struct ragd_record *a, const struct ragd_record *b)
{
    size_t n = a->id.n < b->id.n ? a->id.n : b->id.n;
    int order = n ? memcmp(a->id.p, b->id.p, n) : 0;
    return order ? order : (a->id.n > b->id.n) - (a->id.n < b->id.n);
}

static int by_value(const void *pa, const void *pb)
{
    const struct ragd_hit *a = pa, *b = pb;
    int order = (a->value > b->value) - (a->value < b->value);
    order = a->list == RAGD_LIST_KEYWORD ? -order : order;
    if (order) {
        return order;
    }
    order = (a->rec->seq > b->rec->seq) - (a->rec->seq < b->rec->seq);
    return order ? order : by_id(a->rec, b->rec);
}

static int measure(struct ragd_call *call, struct pile *list)
{
    const struct query_args *args = call->args;
    struct ragd_hit *hits = list->p;
    struct distance d;
    distance_init(&d, args->metric, args->query.vec, args->dim);
    for (size_t i = 0; i < list->n; i++) {
        const float *row = hits[i].rec->vec;
        if (!row) {
            return attempt_broken(call, "is not exact and gives a hit without its vector");
        }
        double norm = distance_norm(row, args->dim);
        distance_rows(&d, row, &norm, 1, &hits[i].value);
    }
    return 0;
}

static void put_in_order(struct pile *list, uint64_t k)
{
    struct ragd_hit *hits = list->p;
    if (list->n > 1) {
        qsort(hits, list->n, sizeof(*hits), by_value);
    }
    list->n = list->n < k ? list->n : (size_t)k;
    for (size_t i = 0; i < list->n; i++) {
        hits[i].rank = (uint32_t)i;
    }
}

static int check_query(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct query_args *args = call->args;
    for (uint32_t list = RAGD_LIST_VECTOR; list <= RAGD_LIST_KEYWORD; list++) {
        struct pile *hits = &args->hits[list];
        int rc = measured(args, list) ? measure(call, hits) : 0;
        if (rc) {
            return rc;
        }
        if (measured(args, list) || !(args->caps & RAGD_STORE_SEQ)) {
            put_in_order(hits, args->k);
        }
    }
    return 0;
}

/* Whether the store may have more of a list that is too short. */
static bool wants_more(const struct query_args *args, uint32_t list)
{
    return args->filter.own.n && args->hits[list].n < args->k &&
           args->given[list] >= args->query.k;
}

static int settle_query(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_query *req = (struct call_query *)call->request;
    const struct query_args *args = call->args;
    if (wants_more(args, RAGD_LIST_VECTOR) || wants_more(args, RAGD_LIST_KEYWORD)) {
        req->fetch = args->query.k * OVERFETCH;
        return RAGD_AGAIN;
    }
    req->vector_hits = args->hits[RAGD_LIST_VECTOR].p;
    req->n_vector = args->hits[RAGD_LIST_VECTOR].n;
    req->keyword_hits = args->hits[RAGD_LIST_KEYWORD].p;
    req->n_keyword = args->hits[RAGD_LIST_KEYWORD].n;
    req->terms = args->terms.p;
    req->n_terms = args->terms.n;
    req->vector_plan = args->plans[RAGD_LIST_VECTOR];
    req->keyword_plan = args->plans[RAGD_LIST_KEYWORD];
    return 0;
}

static const struct op_kind query_kind = {
    .function = "query",
    .args_bytes = sizeof(struct query_args),
    .prepare = prepare_query,
    .invoke = invoke_query,
    .check = check_query,
    .settle = settle_query,
    .drop = view_args_drop,
};

void call_query_start(struct call_query *req)
{
    req->vector_hits = req->keyword_hits = NULL;
    req->terms = NULL;
    req->n_vector = req->n_keyword = req->n_terms = 0;
    req->vector_plan = req->keyword_plan = 0;
    req->fetch = 0;
    start_on_view(&req->call, &query_kind, req->view);
}
