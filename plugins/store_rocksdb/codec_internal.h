/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the two halves of the codec share: messages from and to structs. */
#ifndef STORE_CODEC_INTERNAL_H
#define STORE_CODEC_INTERNAL_H

#include "codec.h"

#include <ragd/store/v1/store.pb-c.h>

typedef Ragd__Store__V1__Scalar pb_scalar;
typedef Ragd__Store__V1__Pair pb_pair;
typedef Ragd__Store__V1__Span pb_span;
typedef Ragd__Store__V1__Record pb_record;
typedef Ragd__Store__V1__Block pb_block;
typedef Ragd__Store__V1__Document pb_document;
typedef Ragd__Store__V1__Collection pb_collection;
typedef Ragd__Store__V1__Counters pb_counters;
typedef Ragd__Store__V1__StagedRecord pb_staged_record;
typedef Ragd__Store__V1__StagedBlob pb_staged_blob;
typedef Ragd__Store__V1__Stage pb_stage;

/* Messages that borrow the struct's bytes; NULL: no memory. */
pb_record *to_record(struct region *region, const struct ragd_record *in);
pb_document *to_document(struct region *region, const struct ragd_stored_doc *in);
/* 0 or RAGD_E_NOMEM. */
int to_pairs(struct region *region, struct ragd_kvs in, size_t *n, pb_pair ***out);
int pack_message(struct region *region, const void *message, struct ragd_bytes *out);

/* Structs that borrow the message's bytes; 0, RAGD_E_NOMEM or RAGD_E_CORRUPT. */
int from_record(struct region *region, const pb_record *in, struct ragd_record *out,
                bool *has_vector);
int from_document(struct region *region, const pb_document *in,
                  struct ragd_stored_doc *out);
int from_pairs(struct region *region, pb_pair *const *in, size_t n, struct ragd_kvs *out);
/* NULL: *rc says why. */
void *unpack_message(struct region *region, const ProtobufCMessageDescriptor *descriptor,
                     struct ragd_bytes in, int *rc);

/* A view of the same bytes. */
static inline ProtobufCBinaryData to_bytes(struct ragd_str s)
{
    return (ProtobufCBinaryData){s.n, (uint8_t *)(uintptr_t)s.p};
}

/* A view of the same bytes. */
static inline struct ragd_str from_bytes(ProtobufCBinaryData b)
{
    return (struct ragd_str){(const char *)b.data, b.len};
}

#endif
