/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Manifests, documents and records of exports and imports. */
#ifndef RPC_CONVERT_MANIFEST_H
#define RPC_CONVERT_MANIFEST_H

#include "core/arena.h"
#include "core/limits.h"
#include "rag/transfer.h"
#include "ragd/v1/collections.pb-c.h"

/* NULL without memory. */
Ragd__V1__Manifest *manifest_to_wire(struct arena *arena, const struct manifest *in);

/* These borrow the message's strings. ERR_INVALID, ERR_LIMIT, ERR_NOMEM. */
int manifest_in(struct arena *arena, const Ragd__V1__Manifest *in,
                const struct limits *limits, struct manifest *out, struct err *err);
int document_in(struct arena *arena, const Ragd__V1__Document *in,
                const struct limits *limits, struct ragd_stored_doc *out, struct err *err);
/* Also vec_dim. */
int chunk_in(struct arena *arena, const Ragd__V1__Chunk *in, const struct limits *limits,
             struct import_item *out, struct err *err);

#endif
