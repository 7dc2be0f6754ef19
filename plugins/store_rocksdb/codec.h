/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Values on disk: the messages of proto/ragd/store/v1/store.proto from and to
 * the structs of the ABI.
 *
 * Packing appends nothing on failure and gives equal bytes for equal structs;
 * it answers 0 or RAGD_E_NOMEM. Unpacking copies everything into the region and
 * answers 0, RAGD_E_NOMEM or RAGD_E_CORRUPT. Callers turn those into details.
 */
#ifndef STORE_CODEC_H
#define STORE_CODEC_H

#include <stdbool.h>

#include <ragd/record.h>

#include "sdk/store/region.h"

/* What every change of a collection rewrites. */
struct counters {
    uint64_t next_seq; /* insertion number of the next new id */
    uint64_t sequence; /* changes so far */
    uint64_t records, vectors, documents, blobs;
    uint64_t words;           /* of all records */
    uint64_t bytes;           /* of the values of records, vectors, documents, blobs */
    struct ragd_str analyser; /* version that made the postings */
};

/* Packed bytes, owned by the region. */
int codec_record_pack(struct region *region, const struct ragd_record *in,
                      struct ragd_bytes *out);
int codec_document_pack(struct region *region, const struct ragd_stored_doc *in,
                        struct ragd_bytes *out);
int codec_collection_pack(struct region *region, const struct ragd_coll_spec *in,
                          uint32_t number, struct ragd_bytes *out);
int codec_counters_pack(struct region *region, const struct counters *in,
                        struct ragd_bytes *out);
/* dim: floats of a record's vector. */
int codec_stage_pack(struct region *region, const struct ragd_apply *in, uint32_t dim,
                     struct ragd_bytes *out);

/* vec is left NULL; *has_vector says whether there is one. */
int codec_record_unpack(struct region *region, struct ragd_bytes in,
                        struct ragd_record *out, bool *has_vector);
int codec_document_unpack(struct region *region, struct ragd_bytes in,
                          struct ragd_stored_doc *out);
int codec_collection_unpack(struct region *region, struct ragd_bytes in,
                            struct ragd_coll_spec *out, uint32_t *number);
int codec_counters_unpack(struct region *region, struct ragd_bytes in,
                          struct counters *out);
int codec_stage_unpack(struct region *region, struct ragd_bytes in, uint32_t dim,
                       struct ragd_apply *out);

/* Rows are little endian on disk; these are copies everywhere else. */
struct ragd_bytes codec_row_bytes(struct region *region, const float *row, uint32_t dim);
void codec_row_read(const void *bytes, float *row, uint32_t dim);

#endif
