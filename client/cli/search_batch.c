/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag search --batch: a query a line, a document a line, in order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fail.h"
#include "filter.h"
#include "pool.h"
#include "search.h"
#include "vector_in.h"

/* Bytes of queries in one call, well below a message's limit. */
enum { BATCH_BYTES_MAX = 1 << 20 };

static int fail_line(const struct cli *cli, size_t line, const char *why)
{
    return fail(cli,
                &(struct failure){.exit = EXIT_USAGE,
                                  .code = "bad_query",
                                  .message = pool_printf("line %zu is no query", line),
                                  .why = why,
                                  .hint = "a text, or {\"text\": \"...\", \"k\": 5} or "
                                          "{\"vector\": [...], \"where\": {...}}"});
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
    if (strcmp(key, "k") == 0 && json_is_integer(value) && json_integer_value(value) >= 0 &&
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

static int read_line(struct search *search, const char *line, size_t number)
{
    if (line[0] != '{') {
        search_add_text(search, pool_strdup(line));
        return EXIT_DONE;
    }
    search_add_text(search, "");
    Ragd__V1__QueryInput *query = search->queries[search->request.n_queries - 1];
    const char *why = read_json(line, query);
    return why ? fail_line(search->cli, number, why) : EXIT_DONE;
}

int search_batch(struct search *search, struct rpc *rpc)
{
    char *line = NULL;
    size_t room = 0, number = 0, bytes = 0;
    ssize_t n;
    int rc = EXIT_DONE;
    struct pool_mark mark = pool_mark();
    while (rc == EXIT_DONE && (n = getline(&line, &room, stdin)) >= 0) {
        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (!line[0]) {
            continue;
        }
        bool full = search->request.n_queries == SEARCH_QUERIES_MAX ||
                    bytes + (size_t)n > BATCH_BYTES_MAX;
        if (full) {
            rc = search_flush(search, rpc);
            pool_rewind(mark);
            bytes = 0;
        }
        rc = rc ? rc : read_line(search, line, number);
        bytes += (size_t)n;
    }
    free(line);
    return rc ? rc : search_flush(search, rpc);
}
