/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag search: one question, or with --batch one on each line of stdin. */
#include "commands.h"

#include "fail.h"
#include "filter.h"
#include "retrieve.h"
#include "search.h"
#include "vector_in.h"

static struct {
    const char *vector;
    bool exact, batch, fail_empty;
} given;

static const struct option OPTIONS[] = {
    OPTION_SUB((void *)RETRIEVE_OPTIONS),
    {OPTION_PATH, 0, "vector", &given.vector, "@FILE",
     "Search by the vector in FILE (@- = stdin) instead of a text", NULL},
    {OPTION_FLAG, 0, "exact", &given.exact, NULL, "No approximation, whatever the size",
     NULL},
    {OPTION_FLAG, 0, "batch", &given.batch, NULL,
     "A query on each line of stdin; a JSON document for each, or tsv or ids", NULL},
    {OPTION_FLAG, 0, "fail-empty", &given.fail_empty, NULL,
     "Exit with 9 when nothing was found", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

static int check(const struct cli *cli)
{
    int rc = retrieve_check(cli);
    if (rc) {
        return rc;
    }
    int ways = (cli->n_args > 0) + (given.vector != NULL) + given.batch;
    if (ways == 0) {
        return fail_usage(cli, "rag search needs a text, --vector or --batch");
    }
    if (ways > 1) {
        return fail_usage(cli, "a text, --vector and --batch exclude each other");
    }
    if (given.batch && cli->given.format && cli->format == FORMAT_TABLE) {
        return fail_usage(cli, "--batch prints no tables: leave --format out, or say json, "
                               "ndjson, tsv or ids");
    }
    return EXIT_DONE;
}

static int prepare(struct cli *cli, struct search *search)
{
    Ragd__V1__SearchRequest *request = &search->request;
    search_init(search, cli);
    request->k = (uint32_t)RETRIEVE.k;
    request->mode = retrieve_mode();
    request->exact = given.exact;
    search->documents = search->documents || (given.batch && !cli->given.format);
    int rc = filter_from_options(cli, &request->filter);
    if (rc || given.batch) {
        return rc;
    }
    if (given.vector) {
        struct vector vector = {0};
        rc = vector_read(cli, given.vector, &vector);
        if (rc == EXIT_DONE) {
            search_add_vector(search, vector.v, vector.n);
        }
        return rc;
    }
    search_add_text(search, retrieve_question(cli));
    return rc;
}

static int run_search(struct cli *cli)
{
    struct search search;
    struct rpc rpc = {0};
    int rc = check(cli);
    rc = rc ? rc : prepare(cli, &search);
    rc = rc ? rc : rpc_open(&rpc, cli, true);
    if (rc == EXIT_DONE) {
        rc = given.batch ? search_batch(&search, &rpc) : search_run(&search, &rpc);
    }
    rpc_close(&rpc);
    return rc == EXIT_DONE && given.fail_empty && search.n_hits == 0 ? EXIT_EMPTY : rc;
}

const struct command COMMAND_SEARCH = {
    .name = "search",
    .summary = "Find the most similar chunks (scores, filters)",
    .usage = "[options] TEXT...",
    .text =
        "Scores depend on the mode: a distance (lower is closer) for vectors, BM25 for\n"
        "keywords, reciprocal rank fusion for both (higher is better).\n\n"
        "Conditions of --where: FIELD = != < <= > >= VALUE, ~ (contains), !~, ^= (begins\n"
        "with), [not] in (A, B), exists; joined by and, or, not and parentheses. @text is\n"
        "the chunk's own text; a field with blanks is `quoted so`, a string \"so\".\n\n"
        "A line of --batch that begins with { is JSON: text or vector, k, where. The\n"
        "output has a line for each: its results, or for one that is no query (a blank one\n"
        "is none) or is refused an error with its number; rag exits with 3 then. With\n"
        "--format tsv or ids each hit has a line, which begins with its query's line number.",
    .group = GROUP_START,
    .operand = OPERAND_NONE,
    .args_max = ARGS_ANY,
    .examples = {"search \"LLaMA\"", "search -k 10 --mode keyword longitude",
                 "search --where 'year >= 2023 and tag in (physics, \"night sky\")' comets",
                 "search --vector @query.json --json", "search --batch < questions.txt"},
    .options = OPTIONS,
    .run = run_search,
};
