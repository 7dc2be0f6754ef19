/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Calls to stores. What a store cannot do is made up for behind these: blobs
 * and documents of a store without BLOBS are kept in the daemon's own state. */
#ifndef PLUGIN_CALL_STORE_H
#define PLUGIN_CALL_STORE_H

#include "plugin/call.h"

struct coll; /* an open collection */
struct view; /* an open read view */
/* enum ragd_store_cap bits of the store itself. */
uint32_t store_caps(const struct instance *store);

struct call_coll_list {
    struct call call;
    struct instance *store;
    struct ragd_coll_spec *specs; /* out */
    size_t n_specs;
};
void call_coll_list_start(struct call_coll_list *req);

enum coll_action { COLL_CREATE, COLL_OPEN, COLL_DROP };
struct call_coll {
    struct call call;
    struct instance *store;
    enum coll_action action;
    struct ragd_coll_spec spec; /* DROP, OPEN: the name only */
    /* Out for OPEN; in for DROP of an open one, which it closes. */
    struct coll *coll;
};
void call_coll_start(struct call_coll *req);
/* Gives it up once its calls and views are done. NULL is legal. */
void coll_close(struct coll *coll);

/* One at a time per collection, in order. */
struct call_apply {
    struct call call;
    struct coll *coll;
    struct ragd_apply change;
};
void call_apply_start(struct call_apply *req);

struct call_flush {
    struct call call;
    struct coll *coll;
};
void call_flush_start(struct call_flush *req);

struct call_view {
    struct call call;
    struct coll *coll;
    struct view *view; /* out; give back with view_close */
};
void call_view_start(struct call_view *req);
void view_close(struct view *view); /* once its calls are done; NULL is legal */

struct call_query {
    struct call call;
    struct view *view;
    struct ragd_query query;
    /* Out: hits of the two lists, each in its order. */
    struct ragd_hit *vector_hits, *keyword_hits;
    size_t n_vector, n_keyword;
    struct ragd_term *terms;
    size_t n_terms;
    uint32_t vector_plan, keyword_plan; /* enum ragd_plan, 0 = not said */
    uint64_t fetch;                     /* private */
};
void call_query_start(struct call_query *req);

struct call_get {
    struct call call;
    struct view *view;
    uint32_t include; /* RAGD_INCLUDE_* */
    const struct ragd_str *ids;
    size_t n_ids;
    struct ragd_record *records; /* out, in the order asked, absent left out */
    size_t n_records;
};
void call_get_start(struct call_get *req);

/* A page of records in insertion order. */
struct call_scan {
    struct call call;
    struct view *view;
    uint32_t include;
    struct ragd_filter filter;
    uint64_t after_seq;
    size_t max_records;          /* of the page; it may also end after 1 MiB */
    struct ragd_record *records; /* out */
    size_t n_records;
    bool more;
};
void call_scan_start(struct call_scan *req);

struct call_count {
    struct call call;
    struct view *view;
    struct ragd_filter filter;
    uint64_t count; /* out */
};
void call_count_start(struct call_count *req);

struct call_stats {
    struct call call;
    struct view *view;
    struct ragd_coll_stats stats; /* out */
};
void call_stats_start(struct call_stats *req);

/* Documents by id (n_ids > 0), or a page in order of id. */
struct call_docs {
    struct call call;
    struct view *view;
    uint32_t include;
    const struct ragd_str *ids;
    size_t n_ids;
    struct ragd_str after;
    size_t max_docs;
    struct ragd_stored_doc *docs; /* out */
    size_t n_docs;
    bool more;
};
void call_docs_start(struct call_docs *req);

/* Blobs by name (n_names > 0), or a page of those that start with prefix. */
struct call_blobs {
    struct call call;
    struct view *view;
    const struct ragd_str *names;
    size_t n_names;
    struct ragd_str prefix, after;
    size_t max_blobs;
    struct ragd_blob *blobs; /* out */
    size_t n_blobs;
    bool more;
};
void call_blobs_start(struct call_blobs *req);

struct call_verify {
    struct call call;
    struct view *view;
    uint64_t records, vectors, postings; /* out */
    struct ragd_str *problems;
    size_t n_problems;
};
void call_verify_start(struct call_verify *req);

#endif
