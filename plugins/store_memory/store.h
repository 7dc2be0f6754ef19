/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A store in memory. A collection's content is a state that never changes once
 * it is published: an apply copies the lists, changes the copy and publishes
 * it; a view holds the state it was opened with.
 */
#ifndef MEMORY_STORE_H
#define MEMORY_STORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <ragd/store.h>

#include "sdk/store/region.h"
#include "sdk/text/pool.h"

/* A record, a document or a blob; read-only. */
struct item {
    atomic_uint refs;
    struct region region; /* everything it points to */
    union {
        struct ragd_record rec;
        struct ragd_stored_doc doc;
        struct ragd_blob blob;
    } u;
};

struct items {
    struct item **p; /* records by number, others by name */
    size_t n;
};

struct state {
    atomic_uint refs;
    struct items records, docs, blobs;
    uint64_t next_seq, sequence;
};

/* A stage of a generation, kept until the last one comes. */
struct stage {
    struct stage *next;
    uint64_t generation;
    struct items records, docs, blobs; /* a blob without bytes is deleted */
    struct region region;
    struct ragd_str *remove_ids, *remove_docs;
    size_t n_remove_ids, n_remove_docs;
};

struct memory_store {
    pthread_mutex_t lock;
    struct ragd_coll *colls;
    struct text_pool *analysers;
    uint32_t caps; /* of this instance */
};

struct ragd_coll {
    struct memory_store *store;
    struct ragd_coll *next;
    unsigned refs;
    bool dropped;
    struct region region; /* of spec */
    struct ragd_coll_spec spec;
    pthread_mutex_t lock;
    struct state *state;
    struct stage *stages; /* oldest first */
};

struct ragd_view {
    struct ragd_coll *coll;
    struct state *state; /* NULL without SNAPSHOT: each operation takes the newest */
};

extern const struct ragd_host *memory_host;

/* Sets the error's detail and returns status. */
ragd_status memory_fail(struct ragd_call *call, ragd_status status, const char *message);

/* state.c: NULL: no memory. */
struct item *item_of_record(const struct ragd_record *rec, uint32_t dim);
struct item *item_of_doc(const struct ragd_stored_doc *doc);
struct item *item_of_blob(const struct ragd_blob *blob);
void item_unref(struct item *item);
struct state *state_create(void);
struct state *state_copy(const struct state *state);
struct state *state_ref(struct state *state);
void state_unref(struct state *state);
struct ragd_kvs copy_kvs(struct region *region, struct ragd_kvs kvs, bool *ok);
/* Position of a name, or where it belongs; *found says which. */
size_t docs_find(const struct items *docs, struct ragd_str id, bool *found);
size_t blobs_find(const struct items *blobs, struct ragd_str name, bool *found);
/* Position of an id, records.n when absent. */
size_t records_find(const struct items *records, struct ragd_str id);
/* Takes item over. RAGD_E_NOMEM. */
int items_insert(struct items *items, size_t at, struct item *item);
void items_remove(struct items *items, size_t at);
void items_release(struct items *items);

/* apply.c */
ragd_status memory_apply(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *change);
void stages_release(struct ragd_coll *coll);

/* read.c */
struct state *view_state(struct ragd_view *view);
ragd_status memory_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                       const struct ragd_str *ids, size_t n,
                       const struct ragd_record_sink *sink);
ragd_status memory_scan(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                        const struct ragd_filter *filter, uint64_t after_seq,
                        const struct ragd_record_sink *sink);
ragd_status memory_count(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_filter *filter, uint64_t *count);
ragd_status memory_stats(struct ragd_view *view, struct ragd_call *call,
                         struct ragd_coll_stats *out);
ragd_status memory_doc_get(struct ragd_view *view, struct ragd_call *call, uint32_t include,
                           const struct ragd_str *ids, size_t n,
                           const struct ragd_doc_out *sink);
ragd_status memory_doc_scan(struct ragd_view *view, struct ragd_call *call,
                            uint32_t include, struct ragd_str after,
                            const struct ragd_doc_out *sink);
ragd_status memory_blob_get(struct ragd_view *view, struct ragd_call *call,
                            const struct ragd_str *names, size_t n,
                            const struct ragd_blob_sink *sink);
ragd_status memory_blob_scan(struct ragd_view *view, struct ragd_call *call,
                             struct ragd_str prefix, struct ragd_str after,
                             const struct ragd_blob_sink *sink);
ragd_status memory_verify(struct ragd_view *view, struct ragd_call *call,
                          const struct ragd_verify_sink *sink);
/* A copy of a record with what include asks for, and a number if SEQ. */
struct ragd_record memory_shown(const struct ragd_view *view, const struct item *item,
                                uint32_t include);
ragd_status memory_check_filter(struct ragd_call *call, const struct ragd_filter *filter);

/* query.c */
ragd_status memory_query(struct ragd_view *view, struct ragd_call *call,
                         const struct ragd_query *query, const struct ragd_hit_sink *sink);

#endif
