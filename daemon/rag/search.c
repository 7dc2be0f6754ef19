/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Searching.
 *
 * happy path: BEGIN settles each query's mode, EMBEDDER and EMBED make vectors
 * of the texts that need one, VIEW is opened once; then for each query QUERY
 * (again with more candidates while duplicates leave too few), VECTORS when they
 * are asked for and not kept, DOCS when sources or titles must be looked up, EMIT.
 * failure modes: a query that cannot be answered as asked fails the whole
 * search before anything was asked of a plugin.
 * on close: cancelled at any state.
 */
#include "rag/search.h"

#include <math.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "rag/chunk.h"
#include "rag/embedder.h"
#include "rag/rank.h"
#include "rag/registry.h"
#include "rag/run.h"
#include "rag/search_plan.h"
#include "rag/vectors.h"

enum { S_BEGIN, S_EMBEDDER, S_EMBED, S_VIEW, S_QUERY, S_VECTORS, S_DOCS, S_EMIT };

static const struct run_state STATES[] = {
    [S_BEGIN] = {"begin", RUN_NEXT(S_EMBEDDER) | RUN_NEXT(S_EMBED) | RUN_NEXT(S_VIEW), 0},
    [S_EMBEDDER] = {"embedder", RUN_NEXT(S_EMBED), 0},
    [S_EMBED] = {"embed", RUN_NEXT(S_VIEW), 0},
    [S_VIEW] = {"view", RUN_NEXT(S_QUERY), 0},
    [S_QUERY] = {"query",
                 RUN_NEXT(S_QUERY) | RUN_NEXT(S_VECTORS) | RUN_NEXT(S_DOCS) |
                     RUN_NEXT(S_EMIT),
                 0},
    [S_VECTORS] = {"vectors", RUN_NEXT(S_DOCS) | RUN_NEXT(S_EMIT), 0},
    [S_DOCS] = {"docs", RUN_NEXT(S_EMIT), 0},
    [S_EMIT] = {"emit", RUN_NEXT(S_QUERY), 0},
};

enum {
    FUSE_FACTOR = 5,   /* candidates of each list for one hit */
    FUSE_MIN = 100,    /* candidates at least */
    FETCH_FACTOR = 64, /* candidates for one hit at most, against duplicates */
};

struct search_run {
    struct run run;
    struct search *req;
    struct arena arena;  /* of the whole search */
    struct arena answer; /* of the query at hand */
    struct search_plan *plans;
    struct ragd_str *texts; /* to embed */
    size_t n_texts;
    size_t at;      /* query at hand */
    uint64_t fetch; /* candidates asked for */
    struct ranking ranking;
    struct ragd_record *records; /* of the ranking, as handed out */
    uint64_t start_ns, embed_ns, query_ns;
    struct embedder_check check;
    struct call_embed embed;
    struct call_view view;
    struct call_query query;
    struct vectors_fill fill;
    struct call_docs docs;
};

double relevance_of(uint32_t metric, double distance)
{
    switch (metric) {
    case RAGD_METRIC_L2: return 1 - distance / M_SQRT2;
    case RAGD_METRIC_IP: return distance > 0 ? 1 - distance : -distance;
    default: return 1 - distance;
    }
}

static int settle_all(struct search_run *s, struct err *err)
{
    size_t n = s->req->n_queries;
    if (!n || n > s->run.engine->limits.queries) {
        return err_set(err, ERR_INVALID,
                       "%zu queries, the least is 1, limits.queries is %llu", n,
                       (unsigned long long)s->run.engine->limits.queries);
    }
    s->plans = arena_calloc(&s->arena, n, sizeof(*s->plans));
    s->texts = arena_calloc(&s->arena, n, sizeof(*s->texts));
    s->req->name = arena_str(&s->req->op.arena, s->run.coll->settings.name);
    if (!s->plans || !s->texts || !s->req->name.p) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    struct search_settling settling = {s->req, s->run.coll, &s->arena};
    for (size_t i = 0; i < n; i++) {
        int rc = search_plan(&settling, &s->req->queries[i], &s->plans[i], err);
        if (rc) {
            return rc;
        }
        if (s->plans[i].embed) {
            s->texts[s->n_texts++] = s->req->queries[i].text;
        }
    }
    return 0;
}

static void open_view(struct search_run *s)
{
    s->embed_ns = clock_mono_ns() - s->start_ns;
    run_move(&s->run, S_VIEW);
    run_open_view(&s->run, &s->view);
}

static void embed(struct search_run *s)
{
    run_move(&s->run, S_EMBED);
    run_wait(&s->run, &s->embed.call);
    s->embed.embedder = s->run.coll->embedder;
    s->embed.purpose = RAGD_EMBED_QUERY;
    s->embed.metric = s->run.coll->settings.metric;
    s->embed.dim = s->run.coll->settings.dim;
    s->embed.texts = s->texts;
    s->embed.n = s->n_texts;
    call_embed_start(&s->embed);
}

static void begin(struct search_run *s)
{
    struct err err = {0};
    struct collection *coll;
    s->start_ns = clock_mono_ns();
    if (registry_find(s->run.engine, s->req->op.owner, s->req->collection, &coll, &err)) {
        run_fail(&s->run, &err);
        return;
    }
    run_use(&s->run, coll);
    if (settle_all(s, &err)) {
        run_fail(&s->run, &err);
    } else if (!s->n_texts) {
        open_view(s);
    } else if (coll->embedder) {
        embed(s);
    } else {
        run_move(&s->run, S_EMBEDDER);
        run_sub(&s->run, &s->check.op);
        s->check.coll = coll;
        embedder_check_start(&s->check);
    }
}

static void take_vectors(struct search_run *s)
{
    const float *row = s->embed.rows;
    uint32_t dim = s->run.coll->settings.dim;
    for (size_t i = 0; i < s->req->n_queries; i++) {
        if (!s->plans[i].embed) {
            continue;
        }
        for (uint32_t d = 0; d < dim; d++) {
            s->plans[i].vec[d] = (double)row[d];
        }
        row += dim;
    }
    open_view(s);
}

static uint64_t first_fetch(const struct search_plan *plan)
{
    uint64_t k = plan->k;
    if (plan->mode != SEARCH_HYBRID) {
        return k;
    }
    return k * FUSE_FACTOR > FUSE_MIN ? k * FUSE_FACTOR : FUSE_MIN;
}

static bool is_exact_store(const struct search_run *s)
{
    return store_caps(s->run.coll->store) & RAGD_STORE_EXACT;
}

static void query_start(struct search_run *s)
{
    const struct search_query *query = &s->req->queries[s->at];
    const struct search_plan *plan = &s->plans[s->at];
    uint32_t include = s->req->include;
    if (plan->mode != SEARCH_VECTOR || vectors_missing(s->run.coll, include)) {
        include |= RAGD_INCLUDE_TEXT; /* to tell duplicates, to embed */
    }
    if (plan->vec && !is_exact_store(s)) {
        include |= RAGD_INCLUDE_VECTOR;
    }
    run_move(&s->run, S_QUERY);
    run_wait(&s->run, &s->query.call);
    s->query.view = s->run.view;
    s->query.query = (struct ragd_query){
        .struct_size = sizeof(s->query.query),
        .flags = s->req->exact ? RAGD_QUERY_EXACT : 0,
        .include = include,
        .dim = plan->vec ? s->run.coll->settings.dim : 0,
        .k = s->fetch,
        .vec = plan->vec,
        .text = collection_has_keywords(s->run.coll) ? query->text : ragd_cs(""),
        .want_keyword = plan->mode != SEARCH_VECTOR,
        .filter = query->filter ? *query->filter : s->req->filter,
    };
    call_query_start(&s->query);
}

static void next_query(struct search_run *s)
{
    if (s->at == s->req->n_queries) {
        run_end(&s->run);
        return;
    }
    s->query_ns = clock_mono_ns();
    s->fetch = first_fetch(&s->plans[s->at]);
    query_start(s);
}

static int rank(struct search_run *s)
{
    const struct search_plan *plan = &s->plans[s->at];
    bool seq = store_caps(s->run.coll->store) & RAGD_STORE_SEQ;
    struct rank_query query = {plan->vec, s->run.coll->settings.dim,
                               s->run.coll->settings.metric, is_exact_store(s), seq};
    struct ranking vector = {0}, words = {0};
    call_memory_release(&s->answer);
    int rc = rank_vector(&s->answer, &query, s->query.vector_hits, s->query.n_vector,
                         &vector);
    rc = rc ? rc
            : rank_keyword(&s->answer, seq, s->query.keyword_hits, s->query.n_keyword,
                           &words);
    if (rc) {
        return rc;
    }
    if (plan->mode == SEARCH_VECTOR) {
        s->ranking = vector;
        return 0;
    }
    s->ranking = words;
    if (plan->mode == SEARCH_HYBRID) {
        static const struct rank_fusion FUSION = {SEARCH_RRF_K, 1, 1};
        rc = rank_fuse(&s->answer, &FUSION, &vector, &words, &s->ranking);
    }
    return rc ? rc : rank_fold(&s->answer, &s->ranking);
}

/* Copies what is handed out. */
static int copy_records(struct search_run *s)
{
    s->records = arena_calloc(&s->answer, s->ranking.n, sizeof(*s->records));
    if (!s->records) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < s->ranking.n; i++) {
        s->records[i] = *s->ranking.p[i].rec;
    }
    return 0;
}

/* More candidates may hide behind duplicates. */
static bool wants_more(const struct search_run *s)
{
    const struct search_plan *plan = &s->plans[s->at];
    bool full = s->query.n_vector >= s->fetch || s->query.n_keyword >= s->fetch;
    return plan->mode != SEARCH_VECTOR && s->ranking.n < plan->k && full && plan->k &&
           s->fetch < (uint64_t)plan->k * FETCH_FACTOR;
}

static void emit(struct search_run *s);

/* What was only fetched for us is hidden; sources and titles are looked up. */
static void look_up(struct search_run *s)
{
    for (size_t i = 0; i < s->ranking.n; i++) {
        chunk_mask(&s->records[i], s->req->include);
    }
    call_release(&s->docs.call);
    if (chunk_docs_wanted(&s->answer, s->records, s->ranking.n, s->req->titles, &s->docs)) {
        run_fail_id(&s->run, ERR_NOMEM);
        return;
    }
    if (!s->docs.n_ids) {
        run_move(&s->run, S_EMIT);
        emit(s);
        return;
    }
    run_move(&s->run, S_DOCS);
    run_wait(&s->run, &s->docs.call);
    s->docs.view = s->run.view;
    call_docs_start(&s->docs);
}

static void take_hits(struct search_run *s)
{
    if (rank(s)) {
        run_fail_id(&s->run, ERR_NOMEM);
        return;
    }
    if (wants_more(s)) {
        s->fetch *= 4;
        query_start(s);
        return;
    }
    if (s->ranking.n > s->plans[s->at].k) {
        s->ranking.n = s->plans[s->at].k;
    }
    if (copy_records(s)) {
        run_fail_id(&s->run, ERR_NOMEM);
    } else if (vectors_missing(s->run.coll, s->req->include)) {
        operation_release(&s->fill.op); /* of the query before */
        run_move(&s->run, S_VECTORS);
        run_sub(&s->run, &s->fill.op);
        s->fill.coll = s->run.coll;
        s->fill.records = s->records;
        s->fill.n = s->ranking.n;
        vectors_fill_start(&s->fill);
    } else {
        look_up(s);
    }
}

static void add_score(struct search_hit *hit, enum score_kind kind, double value)
{
    hit->scores[hit->n_scores++] = (struct score){kind, value};
}

static void fill_hit(const struct search_run *s, size_t i, struct search_hit *hit)
{
    const struct ranked *ranked = &s->ranking.p[i];
    const struct ragd_record *rec = &s->records[i];
    hit->chunk = chunk_of(rec, s->run.coll->settings.dim, &s->docs);
    hit->title = chunk_title(rec, &s->docs);
    if (ranked->has & RANK_FUSED) {
        add_score(hit, SCORE_FUSED, ranked->fused);
    }
    if (ranked->has & RANK_DISTANCE) {
        add_score(hit, SCORE_DISTANCE, ranked->distance);
        add_score(hit, SCORE_RELEVANCE,
                  relevance_of(s->run.coll->settings.metric, ranked->distance));
    }
    if (ranked->has & RANK_KEYWORD) {
        add_score(hit, SCORE_KEYWORD, ranked->keyword);
    }
    hit->n_duplicates = ranked->n_duplicates;
    hit->duplicates = ranked->duplicates;
}

static const char *plan_of(struct search_run *s)
{
    static const char *const NAMES[] = {
        [0] = "",
        [RAGD_PLAN_EXACT] = "exact",
        [RAGD_PLAN_GRAPH] = "graph",
        [RAGD_PLAN_CODES] = "codes",
        [RAGD_PLAN_POSTINGS] = "postings",
    };
    uint32_t v = s->query.vector_plan, w = s->query.keyword_plan;
    const char *vector = v < sizeof(NAMES) / sizeof(*NAMES) ? NAMES[v] : "";
    const char *words = w < sizeof(NAMES) / sizeof(*NAMES) ? NAMES[w] : "";
    switch (s->plans[s->at].mode) {
    case SEARCH_VECTOR: return vector;
    case SEARCH_KEYWORD: return words;
    default: return arena_printf(&s->answer, "%s+%s", vector, words);
    }
}

static double ms(uint64_t ns)
{
    return (double)ns / 1e6;
}

static void emit(struct search_run *s)
{
    if (run_held(&s->run)) {
        return;
    }
    struct search_hit *hits = arena_calloc(&s->answer, s->ranking.n, sizeof(*hits));
    const char *plan = plan_of(s);
    if (!hits || !plan) {
        run_fail_id(&s->run, ERR_NOMEM);
        return;
    }
    for (size_t i = 0; i < s->ranking.n; i++) {
        fill_hit(s, i, &hits[i]);
    }
    uint64_t now = clock_mono_ns();
    struct search_result result = {
        .query = (uint32_t)s->at,
        .mode = s->plans[s->at].mode,
        .metric = s->run.coll->settings.metric,
        .k = s->plans[s->at].k,
        .hits = hits,
        .n_hits = s->ranking.n,
        .terms = s->query.terms,
        .n_terms = s->query.n_terms,
        .plan = plan,
        .embed_ms = ms(s->embed_ns),
        .search_ms = ms(now - s->query_ns),
        .total_ms = ms(now - s->start_ns),
    };
    s->req->on_result(s->req, &result);
    if (s->req->keep) {
        arena_move(&s->req->op.arena, &s->answer);
        arena_move(&s->req->op.arena, &s->query.call.arena);
        arena_move(&s->req->op.arena, &s->fill.op.arena);
        arena_move(&s->req->op.arena, &s->docs.call.arena);
    }
    s->at++;
    next_query(s);
}

static void step(struct run *run)
{
    struct search_run *s = (struct search_run *)run;
    switch (run->state) {
    case S_BEGIN: begin(s); break;
    case S_EMBEDDER: embed(s); break;
    case S_EMBED: take_vectors(s); break;
    case S_VIEW:
        run->view = s->view.view;
        next_query(s);
        break;
    case S_QUERY: take_hits(s); break;
    case S_VECTORS: look_up(s); break;
    case S_DOCS:
        run_move(run, S_EMIT);
        emit(s);
        break;
    case S_EMIT: emit(s); break;
    }
}

static void release(struct run *run)
{
    struct search_run *s = (struct search_run *)run;
    operation_release(&s->check.op);
    call_release(&s->embed.call);
    call_release(&s->view.call);
    call_release(&s->query.call);
    operation_release(&s->fill.op);
    call_release(&s->docs.call);
    call_memory_release(&s->answer);
    call_memory_release(&s->arena);
}

static const struct run_conf CONF = {
    .name = "search",
    .size = sizeof(struct search_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void search_start(struct search *search)
{
    struct search_run *s = run_begin(&search->op, &CONF);
    if (s) {
        s->req = search;
    }
}
