/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Searches over the wire and their results in every format. */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

#include "rpc.h"

#include "ragd/v1/query.pb-c.h"

/* Queries in one call. */
enum { SEARCH_QUERIES_MAX = 50 };

struct search {
    struct cli *cli;
    Ragd__V1__SearchRequest request;
    Ragd__V1__Include include;
    Ragd__V1__QueryInput *queries[SEARCH_QUERIES_MAX];
    size_t n_done;   /* queries of the present call whose results are complete */
    uint64_t n_hits; /* of all results */
    bool documents;  /* JSON, which is what a batch prints unless told otherwise */
    size_t lines[SEARCH_QUERIES_MAX]; /* of a batch, that the queries stand in; else 0 */
};

/* A request from the options of RETRIEVE and cli, without queries yet. */
void search_init(struct search *search, struct cli *cli);
/* One more query. The text or vector is borrowed until search_run. */
void search_add_text(struct search *search, const char *text);
void search_add_vector(struct search *search, double *v, size_t n);

/* Runs the queries and prints what came; the exit code. */
int search_run(struct search *search, struct rpc *rpc);

/* The same of n queries from one on. SEARCH_REFUSED: ragd would
 * not take one of them; error is not told, no result is half printed, and n_done
 * of these are complete. */
enum { SEARCH_REFUSED = -1 };
int search_part(struct search *search, struct rpc *rpc, size_t from, size_t n,
                struct ragc_error *error);

/* Queries from the lines of stdin, in calls of many. */
int search_batch(struct search *search, struct rpc *rpc);

#endif
