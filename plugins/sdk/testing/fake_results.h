/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* What the sinks of fake_host.h collected. All of it lives as long as the call. */
#ifndef TESTING_FAKE_RESULTS_H
#define TESTING_FAKE_RESULTS_H

#include <ragd/ragd.h>

struct fake_cite {
    uint32_t source; /* from 1 */
    uint64_t start, end;
};

struct fake_child {
    struct ragd_str name, mime;
    struct ragd_bytes bytes;
};

struct fake_item_error {
    uint64_t index;
    ragd_status status;
    struct ragd_str message;
};

struct fake_results {
    uint64_t n_sink_calls; /* of all sinks together, refused ones included */

    /* Stores. */
    const struct ragd_coll_spec *specs;
    const struct ragd_hit *hits;
    const struct ragd_term *terms;
    const struct ragd_record *records;
    const struct ragd_stored_doc *stored_docs;
    const struct ragd_blob *blobs;
    const struct ragd_str *problems;
    size_t n_specs, n_hits, n_terms, n_records, n_stored_docs, n_blobs, n_problems;
    uint32_t plans[3]; /* by RAGD_LIST_*; 0 = not said */
    uint64_t verified_records, verified_vectors, verified_postings;

    /* Loaders. */
    const struct ragd_doc *docs;
    const struct fake_child *children;
    size_t n_docs, n_children;

    /* LLM backends. */
    struct ragd_str text, reasoning; /* all deltas of a kind */
    const struct fake_cite *cites;
    const struct ragd_model_info *models;
    size_t n_deltas, n_cites, n_models, n_usages;
    struct ragd_usage usage; /* the last one */

    /* Sources. */
    const struct ragd_entry *entries;
    size_t n_entries, n_heads, n_checkpoints;
    struct ragd_bytes cursor; /* of the last checkpoint */
    struct ragd_entry head;
    struct ragd_bytes body; /* all writes */

    /* Batches. */
    const struct fake_item_error *item_errors;
    size_t n_item_errors;
    uint64_t progress_done, progress_total;
};

#endif
