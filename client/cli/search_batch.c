/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * rag search --batch: a query a line, a document a line, in order. A line that
 * is no query, or that ragd refuses, gets an error in its place, so that the
 * n-th line of the output answers the n-th of the input. Rows of tsv and ids
 * begin with the number of the line they answer; errors go to stderr.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fail.h"
#include "filter.h"
#include "pool.h"
#include "search.h"
#include "text.h"
#include "vector_in.h"

/* Bytes of queries in one call, well below a message's limit. */
enum { BATCH_BYTES_MAX = 1 << 20 };

struct batch {
    struct search *search;
    size_t n, bytes;         /* that wait */
    size_t answered, failed; /* lines */
    int worst;               /* exit code of the last that failed */
};

static void show_failure(struct batch *batch, const struct failure *failure)
{
    if (batch->search->documents) {
        failure_show(&batch->search->cli->emit, failure);
    } else {
        fail(batch->search->cli, failure);
    }
    batch->failed++;
    batch->worst = failure->exit;
}

static void fail_line(struct batch *batch, size_t line, const char *why)
{
    struct failure failure = {.exit = EXIT_USAGE,
                              .code = "bad_query",
                              .message = pool_printf("line %zu is no query", line),
                              .why = why,
                              .hint = "a text, or {\"text\": \"...\", \"k\": 5} or "
                                      "{\"vector\": [...], \"where\": {...}}",
                              .line = line};
    show_failure(batch, &failure);
}

static const char *read_where(const json_t *json, Ragd__V1__QueryInput *query)
{
    struct filter_error error;
    char *text = json_dumps(json, JSON_ENCODE_ANY);
    struct expr *expr = text ? filter_parse_json(text, &error) : NULL;
    free(text);
    if (!expr && error.what[0]) {
        return pool_printf("where: %s", error.what);
    }
    query->filter = expr_filter(expr);
    return NULL;
}

/* NULL, or why a member is wrong. */
static const char *read_member(const char *key, const json_t *value,
                               Ragd__V1__QueryInput *query)
{
    if (strcmp(key, "text") == 0 && json_is_string(value)) {
        query->text = pool_strdup(json_string_value(value));
        return NULL;
    }
    if (strcmp(key, "vector") == 0) {
        struct vector vector;
        if (!vector_from_json(value, &vector)) {
            return "vector must be an array of numbers";
        }
        query->vector = vector.v;
        query->n_vector = vector.n;
        return NULL;
    }
    if (strcmp(key, "k") == 0 && json_is_integer(value) && json_integer_value(value) > 0 &&
        json_integer_value(value) <= UINT32_MAX) {
        query->k = (uint32_t)json_integer_value(value);
        return NULL;
    }
    if (strcmp(key, "where") == 0) {
        return read_where(value, query);
    }
    return pool_printf("'%s' is unknown or of the wrong type", key);
}

static const char *read_json(const char *line, Ragd__V1__QueryInput *query)
{
    json_error_t error;
    json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (!json) {
        return pool_strdup(error.text);
    }
    const char *key, *why = NULL;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        why = why ? why : read_member(key, value, query);
    }
    json_decref(json);
    if (!why && (query->text[0] != '\0') == (query->n_vector > 0)) {
        why = "it needs text or vector, and only one of them";
    }
    return why;
}

/* Asks what waits. Which query was refused is found by asking each alone. */
static int flush(struct batch *batch, struct rpc *rpc)
{
    struct search *search = batch->search;
    struct ragc_error error;
    int rc = batch->n ? search_part(search, rpc, 0, batch->n, &error) : EXIT_DONE;
    size_t at = batch->n ? search->n_done : 0;
    batch->answered += at;
    while (rc == SEARCH_REFUSED && at < batch->n) {
        rc = search_part(search, rpc, at, 1, &error);
        if (rc == SEARCH_REFUSED) {
            struct failure failure = failure_of_call(&error);
            failure.line = search->lines[at];
            if (!search->documents) {
                failure.message = pool_printf("line %zu: %s", search->lines[at],
                                              error.message);
            }
            show_failure(batch, &failure);
        } else if (rc == EXIT_DONE) {
            batch->answered++;
            rc = SEARCH_REFUSED; /* the others, still each alone */
        }
        at++;
    }
    batch->n = batch->bytes = 0;
    search->request.n_queries = 0;
    return rc == SEARCH_REFUSED ? EXIT_DONE : rc;
}

/* NULL, or why the line is no query. */
static const char *read_query(const char *line, Ragd__V1__QueryInput *query)
{
    if (!line[strspn(line, " \t")]) {
        return "it is blank";
    }
    if (!text_is_utf8(line)) {
        return "it is not UTF-8";
    }
    if (line[0] == '{') {
        return read_json(line, query);
    }
    query->text = pool_strdup(line);
    return NULL;
}

static int take_line(struct batch *batch, struct rpc *rpc, const char *line, size_t number)
{
    Ragd__V1__QueryInput *query = pool_alloc(sizeof(*query));
    ragd__v1__query_input__init(query);
    const char *why = read_query(line, query);
    if (why) {
        int rc = flush(batch, rpc); /* answers stand in order */
        fail_line(batch, number, why);
        return rc;
    }
    batch->search->queries[batch->n] = query;
    batch->search->lines[batch->n++] = number;
    batch->bytes += strlen(line);
    return EXIT_DONE;
}

static int report(const struct batch *batch)
{
    if (batch->failed == 0) {
        return EXIT_DONE;
    }
    size_t all = batch->answered + batch->failed;
    return fail(batch->search->cli,
                &(struct failure){
                    .exit = batch->answered ? EXIT_PARTLY : batch->worst,
                    .code = "bad_query",
                    .message = pool_printf("%zu of %s failed", batch->failed,
                                           all == 1 ? "1 query"
                                                    : pool_printf("%zu queries", all)),
                    .why = batch->search->documents ? "their lines of the output say why"
                                                    : "see above",
                });
}

int search_batch(struct search *search, struct rpc *rpc)
{
    struct batch batch = {.search = search};
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t n;
    int rc = EXIT_DONE;
    struct pool_mark mark = pool_mark();
    while (rc == EXIT_DONE && (n = getline(&line, &room, stdin)) >= 0) {
        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (batch.n == SEARCH_QUERIES_MAX || batch.bytes + (size_t)n > BATCH_BYTES_MAX) {
            rc = flush(&batch, rpc);
        }
        if (batch.n == 0) {
            pool_rewind(mark);
        }
        if (rc == EXIT_DONE) {
            rc = take_line(&batch, rpc, line, number);
        }
    }
    free(line);
    rc = rc ? rc : flush(&batch, rpc);
    return rc ? rc : report(&batch);
}
