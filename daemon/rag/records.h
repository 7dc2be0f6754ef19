/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Records: the plain vector-store side, for callers that bring their own ids,
 * texts, metadata and vectors. Records that belong to a document are read here
 * like any other, but changed only through their source.
 */
#ifndef RAG_RECORDS_H
#define RAG_RECORDS_H

#include "rag/operation.h"

struct record_in {
    struct ragd_str id; /* 1 to RECORD_ID_BYTES_MAX bytes */
    struct ragd_str text;
    struct ragd_kvs meta;
    const float *vec; /* NULL = embed the text, if the collection embeds */
    uint32_t dim;     /* of vec */
};

enum { RECORD_ID_BYTES_MAX = 1024 };

/*
 * All or nothing. ERR_INVALID: an id twice or of a wrong length, a value that
 * is no finite number; ERR_DIMENSION; ERR_CONFLICT: the record belongs to a
 * document; ERR_LIMIT.
 */
struct records_upsert {
    struct operation op;
    struct ragd_str collection;
    const struct record_in *records;
    size_t n;
    uint64_t inserted, updated, embedded; /* out */
};
void records_upsert_start(struct records_upsert *upsert);

/* By ids in the order asked, absent ones left out; or all that match filter,
 * in insertion order. */
struct records_get {
    struct operation op;
    struct ragd_str collection;
    const struct ragd_str *ids;
    size_t n_ids;
    struct ragd_filter filter;
    uint64_t after_seq;
    uint64_t limit; /* 0 = all */
    uint32_t include;
    void (*on_records)(struct records_get *get, const struct chunk_out *records, size_t n);
};
void records_get_start(struct records_get *get);

/* By ids, or all that match filter; one of the two must be given. Absent ones
 * are no error, those of a document ERR_CONFLICT. */
struct records_remove {
    struct operation op;
    struct ragd_str collection;
    const struct ragd_str *ids;
    size_t n_ids;
    struct ragd_filter filter;
    uint64_t removed; /* out */
};
void records_remove_start(struct records_remove *remove);

/* How many match filter; an empty one matches all. */
struct records_count {
    struct operation op;
    struct ragd_str collection;
    struct ragd_filter filter;
    uint64_t count; /* out */
};
void records_count_start(struct records_count *count);

#endif
