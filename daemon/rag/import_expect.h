/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What an import has been told over its whole length: which documents and
 * chunks its manifests still wait for, and what came in which line. Nothing
 * comes twice.
 *
 * Thread: [any], one at a time.
 */
#ifndef RAG_IMPORT_EXPECT_H
#define RAG_IMPORT_EXPECT_H

#include "core/arena.h"
#include "core/map.h"
#include "plugin/stored.h"
#include "rag/id_lines.h"
#include "ragd/record.h"

/* Zeroed is legal and takes nothing. */
struct import_expect {
    uint64_t memory, max_memory; /* bytes of all of it, about; limits.import_memory */
    struct arena arena;
    struct map sources;    /* of manifests, to their lines */
    struct map docs;       /* of manifests, by id */
    struct id_lines plain; /* records without a document */
};
void import_expect_release(struct import_expect *expect);

/* They borrow their arguments; lines are not 0. ERR_INVALID, ERR_CONFLICT,
 * ERR_LIMIT, ERR_NOMEM, after which the import is over. */

/* *source lives as long as expect. */
int expect_manifest(struct import_expect *expect, const struct manifest *manifest,
                    uint64_t line, struct ragd_str *source, struct err *err);
int expect_doc(struct import_expect *expect, const struct ragd_stored_doc *doc,
               uint64_t line, struct err *err);
/* source "" = not told. */
int expect_chunk(struct import_expect *expect, const struct ragd_record *rec,
                 struct ragd_str source, uint64_t line, struct err *err);
int expect_plain(struct import_expect *expect, struct ragd_str id, uint64_t line,
                 struct err *err);
/* Every document and chunk of the manifests came, and they fit together. */
int expect_complete(const struct import_expect *expect, struct err *err);

#endif
