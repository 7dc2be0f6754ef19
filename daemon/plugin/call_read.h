/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Calls that read an open view of a store's collection.
 *
 * Thread: all functions [loop]. Ownership: as plugin/call.h says; the view stays
 * open until done.
 */
#ifndef PLUGIN_CALL_READ_H
#define PLUGIN_CALL_READ_H

#include "plugin/call.h"

struct view; /* an open read view: call_store.h */

/* The nearest records, by vector, by words, or a list of each. */
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

/* Records by id. */
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

/* How many records match; an empty filter matches all. */
struct call_count {
    struct call call;
    struct view *view;
    struct ragd_filter filter;
    uint64_t count; /* out */
};
void call_count_start(struct call_count *req);

/* Sizes and sequence of the collection. */
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

/* The store compares what it holds. Problems that it finds are no failure. */
struct call_verify {
    struct call call;
    struct view *view;
    uint64_t records, vectors, postings; /* out */
    struct ragd_str *problems;
    size_t n_problems;
};
void call_verify_start(struct call_verify *req);

#endif
