/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What parts of a document take in the messages of proto/ragd/v1 that carry it. */
#include "plugin/stored.h"

static uint64_t number_bytes(uint64_t n)
{
    uint64_t bytes = 1;
    for (; n > 127; n >>= 7) {
        bytes++;
    }
    return bytes;
}

/* Each its frame, kind, two ends, perhaps a level and a page. */
uint64_t stored_blocks_bytes(const struct ragd_block *blocks, size_t n)
{
    const uint64_t fixed = 2 + 2 + 9 /* "paragraph" */, level = 2;
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ragd_block *b = &blocks[i];
        total += fixed + (b->level ? level : 0) + (b->page ? 1 + number_bytes(b->page) : 0);
        total += 1 + number_bytes(b->off) + 1 + number_bytes(b->off + b->len);
    }
    return total;
}

uint64_t stored_manifest_doc_bytes(struct ragd_str id, uint64_t chunks)
{
    enum { CHUNK_BYTES = HASH_BYTES + 2, DOC_BYTES = 10 /* tags, lengths, its count */ };
    return id.n + DOC_BYTES + chunks * CHUNK_BYTES;
}
