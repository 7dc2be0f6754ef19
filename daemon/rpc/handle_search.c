/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Query/Search. */
#include "rag/search.h"
#include "ragd/v1/query.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_out.h"
#include "rpc/handle.h"
#include "rpc/handle_hits.h"
#include "rpc/op.h"
#include "wire/filter.h"
#include "wire/values.h"

static int query_in(struct arena *arena, const Ragd__V1__QueryInput *in,
                    const struct limits *limits, struct search_query *out, struct err *err)
{
    *out = (struct search_query){.text = ragd_cs(in->text), .k = in->k};
    int rc = dim_in(in->n_vector, &out->dim, err);
    if (rc != 0) {
        return rc;
    }
    if (in->n_vector > 0 && out->text.n > 0) {
        return err_set(err, ERR_INVALID, "a query has a text or a vector, not both");
    }
    if (in->n_vector > 0) {
        out->vec = in->vector;
    }
    if (!in->filter) {
        return 0;
    }
    struct ragd_filter *filter = arena_alloc(arena, sizeof(*filter));
    if (!filter) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    out->filter = filter;
    return filter_in(arena, in->filter, limits, filter, err);
}

static int search_in(struct arena *arena, const Ragd__V1__SearchRequest *in,
                     const struct limits *limits, struct search *out, struct err *err)
{
    out->collection = ragd_cs(in->collection);
    out->k = in->k;
    out->include = include_in(in->include);
    out->exact = in->exact != 0;
    out->titles = in->titles != 0;
    int rc = mode_in(in->mode, &out->mode, err);
    rc = rc ? rc : filter_in(arena, in->filter, limits, &out->filter, err);
    if (rc != 0) {
        return rc;
    }
    if (in->n_queries > limits->queries) {
        return err_set(err, ERR_INVALID, "%zu queries at once, limits.queries is %llu",
                       in->n_queries, (unsigned long long)limits->queries);
    }
    struct search_query *queries = arena_calloc(arena, in->n_queries, sizeof(*queries));
    if (!queries) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < in->n_queries; i++) {
        rc = query_in(arena, in->queries[i], limits, &queries[i], err);
        if (rc != 0) {
            err_wrap(err, "query %zu", i);
            return rc;
        }
    }
    out->queries = queries;
    out->n_queries = in->n_queries;
    return 0;
}

static void send_head(struct search *search, const struct search_result *result,
                      struct arena *arena)
{
    Ragd__V1__SearchReply reply = RAGD__V1__SEARCH_REPLY__INIT;
    Ragd__V1__SearchHead head = RAGD__V1__SEARCH_HEAD__INIT;
    reply.query = result->query;
    reply.kind_case = RAGD__V1__SEARCH_REPLY__KIND_HEAD;
    reply.head = &head;
    head.collection = text_out(arena, search->name.n ? search->name : search->collection);
    head.mode = (Ragd__V1__SearchMode)result->mode;
    head.metric = (Ragd__V1__Metric)result->metric;
    head.k = result->k;
    if (head.collection) {
        request_send(op_request(&search->op), &reply.base);
    } else {
        op_out_of_memory(&search->op);
    }
}

static void put_hits(struct operation *op, const struct op_batch *batch, size_t from,
                     size_t n)
{
    const struct search_result *result = batch->arg;
    Ragd__V1__SearchReply reply = RAGD__V1__SEARCH_REPLY__INIT;
    Ragd__V1__HitList list = RAGD__V1__HIT_LIST__INIT;
    reply.query = result->query;
    reply.kind_case = RAGD__V1__SEARCH_REPLY__KIND_HITS;
    reply.hits = &list;
    list.n_hits = n;
    list.hits = (Ragd__V1__Hit **)batch->items + from;
    request_send(op_request(op), &reply.base);
}

static void send_tail(struct search *search, const struct search_result *result)
{
    Ragd__V1__SearchReply reply = RAGD__V1__SEARCH_REPLY__INIT;
    Ragd__V1__SearchTail tail = RAGD__V1__SEARCH_TAIL__INIT;
    reply.query = result->query;
    reply.kind_case = RAGD__V1__SEARCH_REPLY__KIND_TAIL;
    reply.tail = &tail;
    tail.plan = (char *)(result->plan ? result->plan : "");
    tail.embed_ms = result->embed_ms;
    tail.search_ms = result->search_ms;
    tail.total_ms = result->total_ms;
    request_send(op_request(&search->op), &reply.base);
}

static void on_result(struct search *search, const struct search_result *result)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct hits_view view = {result->hits, result->n_hits, search->include};
    struct op_batch batch = {.put = put_hits, .arg = (void *)result};
    send_head(search, result, &arena);
    if (hits_to_batch(&arena, view, &batch) == 0) {
        op_send_batches(&search->op, &batch);
        send_tail(search, result);
    } else {
        op_out_of_memory(&search->op);
    }
    arena_release(&arena);
    op_throttle(&search->op);
}

static void on_searched(struct operation *op)
{
    if (!op_failed(op)) {
        op_end(op, NULL, NULL);
    }
}

void handle_query_search(struct request *request)
{
    struct err err = {0};
    struct search *search = op_create(request, sizeof(*search), on_searched);
    if (!search) {
        return;
    }
    search->on_result = on_result;
    if (search_in(&request->arena, (const Ragd__V1__SearchRequest *)request->message,
                  request->services->limits, search, &err) != 0) {
        op_reject(request, &err);
        return;
    }
    search_start(search);
}
