/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* One push of an import: from items to a stage in the store. */
#ifndef RAG_IMPORT_STAGE_H
#define RAG_IMPORT_STAGE_H

#include "rag/import_batch.h"
#include "rag/registry.h"

/* The sources of all pushes, locked until the import is over. Zeroed is legal. */
struct import_locks {
    struct lock_block *blocks;
};
/* Unlocks them all in of. */
void import_locks_release(struct import_locks *locks, struct source_locks *of);

/* A part of an import. */
struct import_stage {
    struct operation op;
    struct collection *coll;
    struct import_batch *batch;
    struct import_locks *locks;
    const struct import_item *items; /* borrowed until done */
    size_t n;
    uint64_t generation; /* of the import */
    bool began;          /* out: the store may hold something of it */
};
void import_stage_start(struct import_stage *stage);

#endif
