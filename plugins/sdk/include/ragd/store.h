/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * ragd.store/1: keeps and finds records.
 *
 * A collection handle is written through (apply, flush); everything is read
 * through a view. With SNAPSHOT a view shows the collection as it was when it
 * was opened, whatever is applied meanwhile; without it a view is only a
 * handle. A handle and its views are used from several threads at once as
 * ragd_life.concurrency allows; the daemon serialises applies per collection.
 */
#ifndef RAGD_STORE_H
#define RAGD_STORE_H

#include <ragd/plugin.h>
#include <ragd/record.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RAGD_IF_STORE "ragd.store/1"

enum ragd_store_cap {
    RAGD_STORE_ATOMIC = 1 << 0,   /* apply is all or nothing, crashes included */
    RAGD_STORE_EXACT = 1 << 1,    /* distances of hits are float64-exact */
    RAGD_STORE_KEYWORD = 1 << 2,  /* keyword lists and terms with idf */
    RAGD_STORE_SNAPSHOT = 1 << 3, /* views are isolated */
    RAGD_STORE_SEQ = 1 << 4,      /* insertion numbers; else ties go by id */
    RAGD_STORE_BLOBS = 1 << 5,    /* blobs and documents; else the daemon
                                   * keeps manifests itself */
    RAGD_STORE_DURABLE = 1 << 6,  /* flushed data survives the process */
};

struct ragd_coll; /* the plugin's */
struct ragd_view; /* the plugin's */

struct ragd_store {
    uint32_t struct_size;
    uint32_t caps; /* enum ragd_store_cap */
    const struct ragd_life *life;
    /* Bit 1 << op for each ragd_filter_op it evaluates itself; for filters
     * with others the daemon fetches more and filters. */
    uint64_t filter_ops;

    /* Collections. [exec] */
    ragd_status (*coll_list)(void *inst, struct ragd_call *call,
                             const struct ragd_coll_sink *sink);
    /* Durable when it returns. RAGD_E_EXISTS. */
    ragd_status (*coll_create)(void *inst, struct ragd_call *call,
                               const struct ragd_coll_spec *spec);
    /* Every byte of it. RAGD_E_NOT_FOUND. Open views of it stay valid. */
    ragd_status (*coll_drop)(void *inst, struct ragd_call *call, struct ragd_str name);
    ragd_status (*coll_open)(void *inst, struct ragd_call *call, struct ragd_str name,
                             struct ragd_coll **out);
    /* After its views. Does not flush. [worker] */
    void (*coll_close)(void *inst, struct ragd_coll *coll);

    /* Writing. [exec] */
    /* Visible to views opened after it completes, durable after flush. A
     * failed apply changes nothing. RAGD_E_ARG: wrong dimension or non-finite
     * values; RAGD_E_FULL; RAGD_E_IO; RAGD_E_CORRUPT. */
    ragd_status (*apply)(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *change);
    /* Everything applied before is durable when it completes. */
    ragd_status (*flush)(struct ragd_coll *coll, struct ragd_call *call);

    /* Reading. [exec] */
    ragd_status (*view_open)(struct ragd_coll *coll, struct ragd_call *call,
                             struct ragd_view **out);
    void (*view_close)(struct ragd_view *view); /* [worker] */
    /* RAGD_E_ARG: wrong dimension. RAGD_E_UNSUPPORTED: a list it cannot give.
     * More k than records gives all of them. */
    ragd_status (*query)(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_query *query, const struct ragd_hit_sink *sink);
    /* In the order asked; absent ids are left out. */
    ragd_status (*get)(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                       const struct ragd_str *ids, size_t n,
                       const struct ragd_record_sink *sink);
    /* In insertion order from after_seq (exclusive; 0 = from the start) until
     * the sink stops it; insertion numbers start at 1. Without SEQ in any
     * stable order, after_seq then counts records already seen. */
    ragd_status (*scan)(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                        const struct ragd_filter *filter, uint64_t after_seq,
                        const struct ragd_record_sink *sink);
    ragd_status (*count)(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_filter *filter, uint64_t *out);
    ragd_status (*stats)(struct ragd_view *view, struct ragd_call *call,
                         struct ragd_coll_stats *out);

    /* Documents and blobs; with BLOBS only. [exec] */
    ragd_status (*doc_get)(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                           const struct ragd_str *ids, size_t n,
                           const struct ragd_doc_out *sink);
    /* In order of id, from after (exclusive). */
    ragd_status (*doc_scan)(struct ragd_view *view, struct ragd_call *call,
                            uint32_t include, struct ragd_str after,
                            const struct ragd_doc_out *sink);
    /* Emits the blobs of these names, in order asked; absent ones left out. */
    ragd_status (*blob_get)(struct ragd_view *view, struct ragd_call *call,
                            const struct ragd_str *names, size_t n,
                            const struct ragd_blob_sink *sink);
    /* In order of name, those that start with prefix, after (exclusive). */
    ragd_status (*blob_scan)(struct ragd_view *view, struct ragd_call *call,
                             struct ragd_str prefix, struct ragd_str after,
                             const struct ragd_blob_sink *sink);

    /* Compares records, vectors and postings with each other, reading all.
     * Optional. [exec] */
    ragd_status (*verify)(struct ragd_view *view, struct ragd_call *call,
                          const struct ragd_verify_sink *sink);

    /* The capabilities of one instance, a part of caps. Optional: all of them.
     * Stays the same for the instance's life. [any] */
    uint32_t (*instance_caps)(void *inst);
};

#ifdef __cplusplus
}
#endif
#endif
