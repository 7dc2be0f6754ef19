/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* What a store keeps and finds: records, documents, blobs, hits. */
#ifndef RAGD_RECORD_H
#define RAGD_RECORD_H

#include <ragd/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A collection, as created. Strings live until the function returns. */
struct ragd_coll_spec {
    uint32_t struct_size, flags;
    struct ragd_str name;   /* the store's key, chosen by the daemon, opaque */
    struct ragd_str space;  /* fingerprint of the vector space, "" = free */
    uint32_t dim;           /* 0 = no vectors */
    uint32_t metric;        /* enum ragd_metric */
    struct ragd_kvs params; /* store-specific settings */
};

/* The unit that is stored, searched and cited. */
struct ragd_record {
    uint32_t struct_size, flags;
    struct ragd_str id;     /* unique in the collection, < 4 KiB */
    struct ragd_str doc_id; /* "" = a record without a document */
    struct ragd_str text;
    const float *vec; /* the collection's dim values, or NULL = none */
    struct ragd_kvs meta;
    const struct ragd_span *span; /* NULL = none */
    uint64_t ordinal;             /* position among its document's chunks */
    /* Insertion number, given by the store: order of scan and of ties. An
     * upsert of an existing id keeps it. Ignored in apply. */
    uint64_t seq;
};

/* A document as a whole; its chunks are records with its id as doc_id. */
struct ragd_stored_doc {
    uint32_t struct_size, flags;
    struct ragd_str id, source; /* one source gives one or more documents */
    struct ragd_str title, mime, lang, text;
    const struct ragd_block *blocks;
    size_t n_blocks;
    struct ragd_kvs meta;
    int64_t added_ms; /* Unix time */
    uint64_t n_chunks;
};

/* A small named value that commits with the records: manifests, settings.
 * Frozen type. Names < 4 KiB, values <= 16 MiB; bytes.p NULL deletes. */
struct ragd_blob {
    struct ragd_str name;
    struct ragd_bytes bytes;
};

enum {
    /* With generation != 0: more stages of this generation follow; nothing
     * of it is visible yet. */
    RAGD_APPLY_STAGE = 1,
    /* Drops what earlier stages of this generation brought. */
    RAGD_APPLY_ABORT = 2,
};

/*
 * One change of a collection. Removals come first, then upserts, then blobs.
 * Removing what is absent is no error. With ATOMIC all of it, and all stages
 * of a generation with its last apply, become visible and durable together.
 * Stages of a generation that never ended are gone after a restart.
 */
struct ragd_apply {
    uint32_t struct_size, flags; /* RAGD_APPLY_* */
    uint64_t generation;         /* 0 = this apply is the whole change */
    const struct ragd_str *remove_ids;
    size_t n_remove_ids;
    const struct ragd_str *remove_docs; /* documents only, not their records */
    size_t n_remove_docs;
    const struct ragd_record *const *records;
    size_t n_records;
    const struct ragd_stored_doc *const *docs;
    size_t n_docs;
    const struct ragd_blob *blobs;
    size_t n_blobs;
};

/* What to fill in a record or document that is handed out; id, doc_id, seq,
 * ordinal and span always are. */
enum {
    RAGD_INCLUDE_TEXT = 1,
    RAGD_INCLUDE_META = 2,
    RAGD_INCLUDE_VECTOR = 4,
    RAGD_INCLUDE_BLOCKS = 8, /* documents */
};

enum {
    RAGD_QUERY_EXACT = 1, /* no approximation, whatever the size */
};

/* A query asks for a vector list, a keyword list, or both. */
struct ragd_query {
    uint32_t struct_size, flags; /* RAGD_QUERY_* */
    uint32_t include;            /* RAGD_INCLUDE_* */
    uint32_t dim;                /* of vec */
    uint64_t k;                  /* per list; 0 is legal */
    const double *vec;           /* unrounded, or NULL = no vector list */
    struct ragd_str text;        /* the question; "" = no terms */
    uint32_t want_keyword;       /* 0: text only gives its terms */
    uint32_t reserved;
    struct ragd_filter filter;
    struct ragd_kvs params; /* store-specific */
};

enum { RAGD_LIST_VECTOR = 1, RAGD_LIST_KEYWORD = 2 };

/* Frozen type. Vector list: value = distance, smaller is nearer. Keyword list:
 * value = BM25 score, larger is better. Each list is in its order, ties by
 * seq ascending. */
struct ragd_hit {
    uint32_t list; /* RAGD_LIST_* */
    uint32_t rank; /* from 0 in its list */
    double value;
    const struct ragd_record *rec;
};

/* Frozen type. A word of the question as the store's analyser sees it. */
struct ragd_term {
    struct ragd_str word;
    double idf;
    uint64_t df; /* records that hold it */
};

/* How a list was found. */
enum ragd_plan {
    RAGD_PLAN_EXACT = 1,
    RAGD_PLAN_GRAPH = 2,
    RAGD_PLAN_CODES = 3,
    RAGD_PLAN_POSTINGS = 4,
};

/* Any member may be NULL: not wanted. Order: terms, plan, hits. [call] */
struct ragd_hit_sink {
    uint32_t struct_size, reserved;
    ragd_status (*term)(struct ragd_call *call, const struct ragd_term *term);
    ragd_status (*plan)(struct ragd_call *call, uint32_t list, uint32_t plan);
    ragd_status (*hit)(struct ragd_call *call, const struct ragd_hit *hit);
};

struct ragd_record_sink {
    uint32_t struct_size, reserved;
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_record *rec);
};

struct ragd_doc_out {
    uint32_t struct_size, reserved;
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_stored_doc *doc);
};

struct ragd_blob_sink {
    uint32_t struct_size, reserved;
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_blob *blob);
};

struct ragd_coll_sink {
    uint32_t struct_size, reserved;
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_coll_spec *spec);
};

struct ragd_coll_stats {
    uint32_t struct_size, dim;
    uint64_t records, vectors, docs, blobs;
    uint64_t bytes_disk, bytes_ram; /* estimates; bytes_ram without mapped files */
    /* Grows with every apply that changes something, never otherwise. A
     * DURABLE store keeps it with the data, so that losses are noticed. */
    uint64_t sequence;
    /* Records, vectors, documents and blobs as they are written, without
     * indexes and compression; exact. 0 = not counted. */
    uint64_t bytes_data;
};

/* What verify found. counts may be given several times, the last one holds. */
struct ragd_verify_sink {
    uint32_t struct_size, reserved;
    ragd_status (*counts)(struct ragd_call *call, uint64_t records, uint64_t vectors,
                          uint64_t postings);
    /* One sentence per fault, naming the record. */
    ragd_status (*problem)(struct ragd_call *call, struct ragd_str text);
};

#ifdef __cplusplus
}
#endif
#endif
