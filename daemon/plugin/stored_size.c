/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What parts of a document take in the messages of proto/ragd/v1 that carry it. */
#include "plugin/stored.h"

/* As protobuf writes numbers: each byte has seven bits and whether more follow. */
static uint64_t number_bytes(uint64_t n)
{
    enum { BITS = 7, LAST = (1 << BITS) - 1 /* what the last byte may hold */ };
    uint64_t bytes = 1;
    for (; n > LAST; n >>= BITS) {
        bytes++;
    }
    return bytes;
}

/* Each its frame, kind, two ends, perhaps a level and a page. A tag takes a byte, and
 * so does the length of a frame or a kind. */
uint64_t stored_blocks_bytes(const struct ragd_block *blocks, size_t n)
{
    const uint64_t frame = 2, level = 2;
    const uint64_t kind = 2 + sizeof("paragraph") - 1; /* the longest */
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ragd_block *b = &blocks[i];
        total += frame + kind + (b->level ? level : 0) +
                 (b->page ? 1 + number_bytes(b->page) : 0);
        total += 1 + number_bytes(b->off) + 1 + number_bytes(b->off + b->len);
    }
    return total;
}

uint64_t stored_manifest_doc_bytes(struct ragd_str id, uint64_t chunks)
{
    enum { CHUNK_BYTES = HASH_BYTES + 2, DOC_BYTES = 10 /* tags, lengths, its count */ };
    return id.n + DOC_BYTES + chunks * CHUNK_BYTES;
}
