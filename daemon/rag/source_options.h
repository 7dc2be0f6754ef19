/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a source is made with: its splitter, loader options, metadata. */
#ifndef RAG_SOURCE_OPTIONS_H
#define RAG_SOURCE_OPTIONS_H

#include "rag/add.h"
#include "rag/registry.h"

struct source_settling {
    const struct add *add;
    const struct engine *engine;
    const struct collection *coll; /* NULL = none */
    const struct manifest *old;    /* NULL = the source is new */
    struct arena *arena;
};

/*
 * Fills these members of next: what this add says, else what an earlier one
 * said for this source, else what the collection says, else the defaults.
 */
int source_options(const struct source_settling *settling, struct manifest *next,
                   struct err *err);

#endif
