/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* One source's way into a collection: an operation that add is made of. */
#ifndef RAG_INGEST_H
#define RAG_INGEST_H

#include "rag/add.h"
#include "rag/registry.h"

struct ingest {
    struct operation op;
    /* Inputs. */
    struct add *add;         /* its options */
    struct collection *coll; /* NULL in a preview without one */
    struct ragd_str source, name, mime, version;
    struct ragd_kvs meta; /* what its source plugin knew */
    uint64_t size;
    uint8_t sha256[HASH_BYTES];
    bool fetch; /* the daemon gets the bytes; the hash is not known */
    /* Asks for the bytes: ingest_content or ingest_give_up answers. */
    void (*on_want)(struct ingest *ingest);
    void (*on_progress)(struct ingest *ingest, const struct add_progress *progress);
    size_t (*on_preview)(struct ingest *ingest, const struct add_preview *preview);
    /* Its loader's process died: it keeps its bytes and nothing else, and waits for
     * ingest_resume. NULL: it is not tried again. */
    void (*on_park)(struct ingest *ingest);
    /* Out; strings in op.arena. status is also set for a failed one. */
    struct source_result result;
    uint64_t stored; /* chunks of it that an earlier add left */
    uint32_t tries;  /* times that a loader was asked to read it */
};

/* Begins; the bytes are asked for with on_want unless they are not needed. */
void ingest_start(struct ingest *ingest);
/* Between on_want and done. Takes content. */
void ingest_content(struct ingest *ingest, const struct add_content *content);
/* The bytes will not come. Legal at any time: it only ends an ingest that
 * waits for them. */
void ingest_give_up(struct ingest *ingest, const struct err *err);
/* Once, after on_park: another try. */
void ingest_resume(struct ingest *ingest);

#endif
