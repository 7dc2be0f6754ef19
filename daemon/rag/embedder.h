/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A collection's embedder: found, and known to give the collection's vector
 * space, before any vector of it is used. Where a collection keeps no vectors, its
 * lexical embedder may have another space of as many dimensions.
 */
#ifndef RAG_EMBEDDER_H
#define RAG_EMBEDDER_H

#include "plugin/call_embed.h"
#include "rag/registry.h"

/*
 * name "" = the collection's own, which is then kept in coll->embedder.
 * Another one is only compared. ERR_EMBEDDER_MISMATCH, ERR_NO_INSTANCE.
 */
struct embedder_check {
    struct operation op;
    struct collection *coll;
    struct ragd_str name;
};
void embedder_check_start(struct embedder_check *check);

/* ERR_MODE or so: why a collection embeds nothing. */
int embedder_none(const struct collection *coll, struct err *err);

#endif
