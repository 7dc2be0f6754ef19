/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "search.h"

#include <string.h>

#include "document_id.h"
#include "fail.h"
#include "pool.h"
#include "retrieve.h"
#include "show.h"
#include "table.h"
#include "text.h"

/* One query's answer as it arrives. */
struct result {
    struct search *search;
    const Ragd__V1__QueryInput *query;
    Ragd__V1__SearchMode mode;
    Ragd__V1__Metric metric;
    struct table table;
    struct column columns[4];
    size_t line; /* of a batch, else 0 */
    uint64_t n_hits;
    bool open; /* its head has come, its tail has not */
};

void search_init(struct search *search, struct cli *cli)
{
    *search = (struct search){.cli = cli, .documents = wants_json(cli)};
    ragd__v1__search_request__init(&search->request);
    ragd__v1__include__init(&search->include);
    bool ids = cli->format == FORMAT_IDS;
    search->include.text = !ids;
    search->include.metadata = !ids;
    search->request.collection = (char *)cli_collection(cli);
    search->request.include = &search->include;
    search->request.queries = search->queries;
}

static Ragd__V1__QueryInput *add(struct search *search)
{
    Ragd__V1__QueryInput *query = pool_alloc(sizeof(*query));
    ragd__v1__query_input__init(query);
    search->queries[search->request.n_queries++] = query;
    return query;
}

void search_add_text(struct search *search, const char *text)
{
    add(search)->text = (char *)text;
}

void search_add_vector(struct search *search, double *v, size_t n)
{
    Ragd__V1__QueryInput *query = add(search);
    query->vector = v;
    query->n_vector = n;
}

static void show_hit(struct emit *emit, const Ragd__V1__Hit *hit)
{
    emit_object(emit);
    emit_put_uint(emit, "rank", hit->rank);
    hit_show(emit, hit);
    emit_end(emit);
}

static void row_hit(struct result *result, const Ragd__V1__Hit *hit)
{
    const struct cli *cli = result->search->cli;
    const char *id = pool_strdup(document_cell(cli, hit->chunk->id));
    const char *cells[] = {cell_uint(hit->rank), mode_score_text(hit, result->mode), id,
                           pool_strdup(hit->chunk->text)};
    if (cli->format == FORMAT_TSV) {
        char score[TEXT_REAL_BYTES];
        text_real(score, hit_score(hit, mode_score(result->mode)));
        cells[1] = pool_strdup(score);
    }
    table_row(&result->table, cells);
}

static const char *remark(const struct result *result)
{
    switch (result->mode) {
    case RAGD__V1__SEARCH_MODE__SEARCH_MODE_KEYWORD: return "BM25, higher is better";
    case RAGD__V1__SEARCH_MODE__SEARCH_MODE_HYBRID: return "rank fusion, higher is better";
    default: return pool_printf("%s, lower is closer", metric_name(result->metric));
    }
}

static void begin_json(struct result *result, const Ragd__V1__SearchHead *head)
{
    struct emit *emit = &result->search->cli->emit;
    emit_object(emit);
    emit_put(emit, "collection", head->collection);
    if (result->query->text[0]) {
        emit_put(emit, "query", result->query->text);
    }
    emit_put(emit, "mode", mode_name(head->mode));
    emit_put(emit, "metric", metric_name(head->metric));
    emit_put_uint(emit, "k", head->k);
    emit_key(emit, "results");
    emit_array(emit);
}

static void on_head(struct result *result, const Ragd__V1__SearchHead *head)
{
    result->mode = head->mode;
    result->metric = head->metric;
    result->n_hits = 0;
    result->open = true;
    if (result->search->documents) {
        begin_json(result, head);
        return;
    }
    result->columns[0] = (struct column){"#", true, false, 0};
    result->columns[1] = (struct column){mode_score_title(head->mode), true, false, false};
    result->columns[2] = (struct column){"CHUNK", false, false, TAIL_SHARE};
    result->columns[3] = (struct column){"TEXT", false, true, 0};
    table_init(&result->table, result->search->cli, result->columns, 4);
    result->table.id_column = 2;
    result->table.remark = remark(result);
    result->table.prefix = result->line ? cell_uint(result->line) : NULL;
}

static void on_hits(struct result *result, const Ragd__V1__HitList *list)
{
    result->search->n_hits += list->n_hits;
    result->n_hits += list->n_hits;
    for (size_t i = 0; i < list->n_hits; i++) {
        if (result->search->documents) {
            show_hit(&result->search->cli->emit, list->hits[i]);
        } else {
            row_hit(result, list->hits[i]);
        }
    }
}

static void end_json(struct result *result, const Ragd__V1__SearchTail *tail)
{
    struct emit *emit = &result->search->cli->emit;
    emit_end(emit);
    emit_key(emit, "took_ms");
    emit_object(emit);
    emit_put_real(emit, "embed", tail->embed_ms);
    emit_put_real(emit, "search", tail->search_ms);
    emit_put_real(emit, "total", tail->total_ms);
    emit_end(emit);
    emit_put_some(emit, "plan", tail->plan);
    emit_end(emit);
    emit_done(emit);
}

static void on_tail(struct result *result, const Ragd__V1__SearchTail *tail)
{
    const struct cli *cli = result->search->cli;
    result->open = false;
    if (result->search->documents) {
        end_json(result, tail);
        return;
    }
    table_done(&result->table);
    if (result->n_hits == 0) {
        const char *line = result->line ? pool_printf("line %zu: ", result->line) : "";
        note(cli, "%snothing found in %s", line, cli_collection(cli));
    } else if (cli->given.verbose) {
        note(cli, "%s, %s, %.1f ms", mode_name(result->mode), tail->plan, tail->total_ms);
    }
}

static int on_reply(struct result *result, const Ragd__V1__SearchReply *reply)
{
    struct search *search = result->search;
    if (reply->query >= search->request.n_queries) {
        return EXIT_FAILED;
    }
    size_t at = (size_t)(search->request.queries - search->queries) + reply->query;
    result->query = search->queries[at];
    result->line = search->lines[at];
    switch (reply->kind_case) {
    case RAGD__V1__SEARCH_REPLY__KIND_HEAD: on_head(result, reply->head); break;
    case RAGD__V1__SEARCH_REPLY__KIND_HITS: on_hits(result, reply->hits); break;
    case RAGD__V1__SEARCH_REPLY__KIND_TAIL:
        on_tail(result, reply->tail);
        search->n_done++;
        break;
    default: break;
    }
    return EXIT_DONE;
}

/* Whether what was asked is at fault, not ragd or the way to it. */
static bool is_refusal(const struct result *result, const struct ragc_error *error)
{
    return !result->open && (failure_of_call(error).exit == EXIT_USAGE ||
                             strcmp(error->code, "limit_exceeded") == 0 ||
                             strcmp(error->code, "dimension_mismatch") == 0);
}

static int run(struct search *search, struct rpc *rpc, struct ragc_error *refusal)
{
    struct result result = {.search = search};
    struct stream stream;
    Ragd__V1__SearchReply *reply;
    search->n_done = 0;
    search->request.titles = search->documents;
    int rc = stream_open(&stream, rpc, "ragd.v1.Query/Search", &search->request.base,
                         &ragd__v1__search_reply__descriptor, false);
    if (rc) {
        return rc;
    }
    int got;
    while ((got = stream_next(&stream, -1, &reply)) == STREAM_MESSAGE) {
        on_reply(&result, reply);
    }
    if (got < 0 && refusal && is_refusal(&result, &stream.error)) {
        *refusal = stream.error;
        rc = SEARCH_REFUSED;
    } else if (got < 0) {
        emit_abort(&search->cli->emit);
        rc = stream_fail(&stream);
    }
    stream_close(&stream);
    return rc;
}

int search_run(struct search *search, struct rpc *rpc)
{
    return run(search, rpc, NULL);
}

int search_part(struct search *search, struct rpc *rpc, size_t from, size_t n,
                struct ragc_error *error)
{
    search->request.queries = search->queries + from;
    search->request.n_queries = n;
    return run(search, rpc, error);
}
