/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Lists of hits and chunks as batches of messages.
 *
 * Thread: all functions [loop].
 */
#ifndef RPC_HANDLE_HITS_H
#define RPC_HANDLE_HITS_H

#include "rag/search.h"
#include "rpc/op.h"

struct hits_view {
    const struct search_hit *hits;
    size_t n;
    uint32_t include;
};
/* Sets items and n. 0 or RAGD_E_NOMEM. */
int hits_to_batch(struct arena *arena, struct hits_view view, struct op_batch *batch);

struct chunks_view {
    const struct chunk_out *chunks;
    size_t n;
    uint32_t include;
};
/* The same for chunks. */
int chunks_to_batch(struct arena *arena, struct chunks_view view, struct op_batch *batch);

typedef void (*send_text_fn)(struct operation *op, char *text);

/* Sends a piece of the text, cut on a character; its bytes, 0 without memory. */
size_t send_text_part(struct operation *op, struct ragd_str rest, send_text_fn send_more);

/* Bytes of a document's text that go with its other parts. */
size_t text_head_bytes(const struct operation *op, struct ragd_str text);

#endif
