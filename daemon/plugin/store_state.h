/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What daemon/state has of stores' collections: their watermarks, and documents
 * and blobs of those whose store keeps none, as blobs "d/ID" and "b/NAME". */
#ifndef PLUGIN_STORE_STATE_H
#define PLUGIN_STORE_STATE_H

#include "core/buf.h"
#include "plugin/op.h"

/* Steps of call_coll (DROP: the mark goes before the collection, its blobs
 * after), call_apply, call_docs and call_blobs. */
extern const struct op_kind state_forget_kind, coll_drop_kind, state_drop_kind,
    state_apply_kind, state_docs_kind, state_blobs_kind;

/* A document as bytes. RAGD_E_NOMEM leaves out as it was. */
int document_encode(const struct ragd_stored_doc *doc, struct buf *out);
/* Into the arena. RAGD_E_CORRUPT, RAGD_E_NOMEM. */
int document_decode(struct ragd_bytes bytes, struct arena *arena,
                    struct ragd_stored_doc *out);

#endif
