/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Documents of a collection: listed, read, removed. */
#ifndef RAG_DOCUMENTS_H
#define RAG_DOCUMENTS_H

#include "rag/operation.h"

/* Documents in order of id, or chunks in insertion order. */
struct documents_list {
    struct operation op;
    struct ragd_str collection;
    bool chunks;
    struct ragd_str after;     /* a cursor from next, "" = from the start */
    uint64_t limit;            /* 0 = all */
    uint32_t include;          /* RAGD_INCLUDE_* */
    struct ragd_filter filter; /* of chunks */
    void (*on_docs)(struct documents_list *list, const struct ragd_stored_doc *docs,
                    size_t n);
    void (*on_chunks)(struct documents_list *list, const struct chunk_out *chunks,
                      size_t n);
    struct ragd_str next; /* out: a cursor, "" = that was all */
};
void documents_list_start(struct documents_list *list);

/* One document or chunk by its id. ERR_NO_DOCUMENT. */
struct documents_get {
    struct operation op;
    struct ragd_str collection;
    struct ragd_str id;
    uint32_t include;
    /* Of a document: takes some bytes of the text (0 = no more of it), then the
     * rest by and by, each in a turn of its own. */
    size_t (*on_doc)(struct documents_get *get, const struct ragd_stored_doc *doc);
    size_t (*on_text)(struct documents_get *get, struct ragd_str rest);
    /* Out: one of the two. */
    const struct ragd_stored_doc *doc;
    struct chunk_out chunk;
};
void documents_get_start(struct documents_get *get);

/* Removes documents, whole sources, or records without a document; forgets sources
 * that failed. What is not there is told in missing and is no error. */
struct documents_remove {
    struct operation op;
    struct ragd_str collection;
    const struct ragd_str *ids;
    size_t n_ids;
    /* Out. */
    uint64_t documents, chunks, failed;
    struct ragd_str *missing;
    size_t n_missing;
};
void documents_remove_start(struct documents_remove *remove);

#endif
