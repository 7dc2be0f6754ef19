/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/search_plan.h"

#include <math.h>
#include <string.h>

#include "core/utf8.h"
#include "rag/embedder.h"

static const char *const MODE_NAMES[] = {"auto", "vector", "keyword", "hybrid"};

const char *search_mode_name(enum search_mode mode)
{
    return MODE_NAMES[mode];
}

static int no_keywords(const struct collection *coll, enum search_mode mode,
                       struct err *err)
{
    err_set(err, ERR_MODE, "collection %s cannot be searched in mode %s", coll->name,
            search_mode_name(mode));
    err_why(err, "its store %s does not search words", instance_name(coll->store));
    return err_hint(err, "search with --mode vector");
}

static int no_vectors(const struct collection *coll, enum search_mode mode, struct err *err)
{
    err_set(err, ERR_MODE, "collection %s cannot be searched in mode %s", coll->name,
            search_mode_name(mode));
    if (coll->settings.lexical) {
        err_why(err,
                "its embedder %.*s counts words, which its store %s searches itself and "
                "better, so no vectors are kept",
                (int)coll->settings.embedder.n, coll->settings.embedder.p,
                instance_name(coll->store));
    } else {
        err_why(err, "it was made without vectors");
    }
    return err_hint(err, "search with --mode keyword, or leave --mode out");
}

static int wrong_dim(const struct collection *coll, uint32_t dim, struct err *err)
{
    err_set(err, ERR_DIMENSION, "the query has %u values, vectors of collection %s have %u",
            dim, coll->name, coll->settings.dim);
    return err_hint(err, "give a vector of the model that made the collection's");
}

static int check_vector(const struct collection *coll, const struct search_query *query,
                        struct err *err)
{
    if (query->dim != coll->settings.dim) {
        return wrong_dim(coll, query->dim, err);
    }
    for (uint32_t i = 0; i < query->dim; i++) {
        if (!isfinite(query->vec[i])) {
            return err_set(err, ERR_INVALID,
                           "value %u of the query's vector is no finite "
                           "number",
                           i);
        }
    }
    return 0;
}

static int check_size(const struct search_settling *s, const struct search_query *query,
                      uint32_t k, struct err *err)
{
    const struct limits *limits = &s->coll->engine->limits;
    if (!query->vec && utf8_is_blank(query->text.p, query->text.n)) {
        err_set(err, ERR_INVALID, "the query is blank");
        return err_hint(err, "give a text or a vector");
    }
    if (query->text.n > limits->query_text) {
        return err_set(err, ERR_INVALID,
                       "the query has %zu bytes, limits.query_text is %llu", query->text.n,
                       (unsigned long long)limits->query_text);
    }
    if (k > limits->k) {
        return err_set(err, ERR_INVALID, "%u hits asked for, limits.k is %llu", k,
                       (unsigned long long)limits->k);
    }
    return 0;
}

static int settle_lists(const struct collection *coll, const struct search_query *query,
                        struct search_plan *plan, struct err *err)
{
    bool words = plan->mode != SEARCH_VECTOR, vector = plan->mode != SEARCH_KEYWORD;
    if (words && !query->text.n) {
        err_set(err, ERR_MODE, "mode %s needs a text", search_mode_name(plan->mode));
        return err_hint(err, "search by vector alone with --mode vector");
    }
    if (!vector && query->vec) {
        err_set(err, ERR_MODE, "mode keyword does not use a vector");
        return err_hint(err, "search with --mode vector or --mode hybrid");
    }
    if (words && !collection_has_keywords(coll)) {
        return no_keywords(coll, plan->mode, err);
    }
    if (!vector) {
        return 0;
    }
    if (!query->vec && !coll->settings.embedder.n) {
        return embedder_none(coll, err);
    }
    if (!collection_has_vectors(coll)) {
        return no_vectors(coll, plan->mode, err);
    }
    plan->embed = !query->vec;
    return query->vec ? check_vector(coll, query, err) : 0;
}

int search_plan(const struct search_settling *s, const struct search_query *query,
                struct search_plan *out, struct err *err)
{
    const struct collection *coll = s->coll;
    struct search_plan plan = {.mode = s->req->mode};
    plan.k = query->k ? query->k : s->req->k ? s->req->k : coll->engine->settings.k;
    if (plan.mode == SEARCH_AUTO) {
        plan.mode = query->vec ? SEARCH_VECTOR : collection_auto_mode(coll);
    }
    int rc = check_size(s, query, plan.k, err);
    rc = rc ? rc : settle_lists(coll, query, &plan, err);
    if (rc) {
        return rc;
    }
    if (plan.mode != SEARCH_KEYWORD) {
        plan.vec = arena_calloc(s->arena, coll->settings.dim, sizeof(*plan.vec));
        if (!plan.vec) {
            return err_set(err, ERR_NOMEM, NULL);
        }
    }
    if (query->vec) {
        memcpy(plan.vec, query->vec, query->dim * sizeof(*plan.vec));
    }
    *out = plan;
    return 0;
}
