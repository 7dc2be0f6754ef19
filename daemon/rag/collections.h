/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Collections: made, described, renamed, removed.
 *
 * A collection is keyed by its owner (uid) and name; names have 3 to 63
 * characters of [a-zA-Z0-9._-], begin and end with a letter or digit, hold no
 * ".." and are no IPv4 address. The name "" stands for "default", which add,
 * import and upsert make on first use.
 */
#ifndef RAG_COLLECTIONS_H
#define RAG_COLLECTIONS_H

#include "rag/operation.h"
#include "rag/split.h"

enum {
    COLLECTION_NAME_MIN = 3,
    COLLECTION_NAME_MAX = 63,
    COLLECTION_DIM_MAX = 65536, /* a vector and its chunk fit into one message */
};

#define COLLECTION_DEFAULT "default"

enum search_mode { SEARCH_AUTO = 0, SEARCH_VECTOR, SEARCH_KEYWORD, SEARCH_HYBRID };

struct collection_settings {
    struct ragd_str name;
    struct ragd_str embedder; /* INSTANCE[:MODEL], "none", "" = the default */
    uint32_t dim;             /* with "none": 0 = no vectors */
    uint32_t metric;          /* enum ragd_metric, 0 = the embedder's, else L2 */
    struct splitter_spec splitter;
    struct ragd_kvs loader_options; /* "LOADER.option" to text */
    struct ragd_str store;          /* instance, "" = the default */
};

struct collection_info {
    struct ragd_str name, store;
    struct ragd_str embedder; /* "none" when it has none */
    struct ragd_str model, space;
    uint64_t documents, chunks;
    uint32_t dim, metric, owner;
    struct splitter splitter;
    struct ragd_kvs loader_options;
    uint64_t bytes; /* of its data; of a store that does not count, on disk */
    int64_t created_ms;
    uint64_t sequence;          /* the store's: grows with each change */
    enum search_mode auto_mode; /* for a text */
    /* What is wrong with it: something was lost, or, in a list, it cannot be
     * read now; or NULL. */
    const struct err *problem;
};

/* ERR_INVALID with the rule that is broken. */
int collection_name_check(struct ragd_str name, struct err *err);

/* Errors: ERR_EXISTS, ERR_INVALID, ERR_NO_INSTANCE, ... */
struct collection_create {
    struct operation op;
    struct collection_settings settings;
    bool provisional;            /* its user takes it away if nothing is committed to it */
    struct collection_info info; /* out */
};
void collection_create_start(struct collection_create *req);

/* Describes, renames or removes one. Removing waits for the operations that
 * use it, after asking them to end, and tells what it was. ERR_NO_COLLECTION. */
enum collection_verb { COLLECTION_DESCRIBE = 1, COLLECTION_RENAME, COLLECTION_REMOVE };
struct collection_verb_op {
    struct operation op;
    enum collection_verb verb;
    struct ragd_str name, new_name;
    struct collection_info info; /* out */
};
void collection_verb_start(struct collection_verb_op *req);

/* All of the owner's, by name. What could not be recovered stops no listing:
 * incomplete tells why there may be, or was, more. */
struct collection_list {
    struct operation op;
    struct collection_info *infos; /* out */
    size_t n;
    struct err incomplete; /* out, or no id */
};
void collection_list_start(struct collection_list *req);

#endif
