/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/handle_hits.h"

#include "core/utf8.h"
#include "rpc/convert_out.h"
#include "wire/values.h"

int hits_to_batch(struct arena *arena, struct hits_view view, struct op_batch *batch)
{
    const ProtobufCMessage **items = arena_calloc(arena, view.n, sizeof(*items));
    if (!items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < view.n; i++) {
        Ragd__V1__Hit *hit = hit_to_wire(arena, &view.hits[i], (uint32_t)i + 1,
                                         view.include);
        if (!hit) {
            return RAGD_E_NOMEM;
        }
        items[i] = &hit->base;
    }
    batch->items = items;
    batch->n = view.n;
    return 0;
}

int chunks_to_batch(struct arena *arena, struct chunks_view view, struct op_batch *batch)
{
    const ProtobufCMessage **items = arena_calloc(arena, view.n, sizeof(*items));
    if (!items) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < view.n; i++) {
        Ragd__V1__Chunk *chunk = chunk_to_wire(arena, &view.chunks[i], view.include);
        if (!chunk) {
            return RAGD_E_NOMEM;
        }
        items[i] = &chunk->base;
    }
    batch->items = items;
    batch->n = view.n;
    return 0;
}

/* Half a piece: a NUL becomes three bytes, and other parts need room. */
static size_t text_piece(const struct operation *op)
{
    size_t limit = request_max_bytes(op_request(op));
    size_t piece = (size_t)op_request(op)->services->limits->piece;
    return (piece < limit ? piece : limit) / 3;
}

size_t text_head_bytes(const struct operation *op, struct ragd_str text)
{
    return utf8_cut(text.p, text.n, text_piece(op));
}

size_t send_text_part(struct operation *op, struct ragd_str rest, send_text_fn send_more)
{
    struct arena arena;
    struct ragd_str part = {rest.p, utf8_cut(rest.p, rest.n, text_piece(op))};
    arena_init(&arena, 0);
    char *text = text_out(&arena, part);
    if (text && part.n > 0) {
        send_more(op, text);
    } else {
        op_out_of_memory(op);
        part.n = 0;
    }
    arena_release(&arena);
    return part.n;
}
