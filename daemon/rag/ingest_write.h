/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Writing what a source's plan says: vectors, then records and manifest. */
#ifndef RAG_INGEST_WRITE_H
#define RAG_INGEST_WRITE_H

#include "rag/ingest_plan.h"
#include "rag/registry.h"

/* Embeds what a plan says is new and applies it with its manifest. */
struct ingest_write {
    struct operation op;
    struct collection *coll;
    struct ingest_plan *plan;
    const struct manifest *manifest; /* without its documents */
    struct ragd_str failure;         /* a blob to take away with it, "" = none */
    void (*on_progress)(void *arg, uint64_t done, uint64_t total); /* embedded */
    void *arg;
    uint64_t embedded; /* out */
};
void ingest_write_start(struct ingest_write *write);

#endif
