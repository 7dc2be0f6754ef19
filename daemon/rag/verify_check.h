/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What one collection holds against its manifests, page by page: first all
 * manifests, then all records, then all documents, then what is missing.
 * Damage is a problem that is noted; functions fail with RAGD_E_NOMEM only.
 *
 * Thread: [any], one at a time: it hashes every text, which is a worker's work.
 */
#ifndef RAG_VERIFY_CHECK_H
#define RAG_VERIFY_CHECK_H

#include "core/map.h"
#include "plugin/call_store.h"
#include "plugin/stored.h"
#include "rag/verify.h"

struct verify_check {
    struct arena arena;
    struct map docs; /* by id, as their manifests have them */
    uint64_t manifests;
    struct ragd_str problems[VERIFY_PROBLEMS_MAX];
    uint64_t n_problems; /* also those that were not kept */
};

/* Forgets the collection; zeroed is legal. */
void verify_check_clear(struct verify_check *check);

/* Notes a problem. text is of the arena; NULL, without memory for it, counts all
 * the same. */
void verify_note(struct verify_check *check, const char *text);
#define verify_problem(check, ...) \
    verify_note(check, arena_printf(&(check)->arena, __VA_ARGS__))

/* Take a page of each, in this order of kinds. */
int verify_manifests(struct verify_check *check, const struct ragd_blob *blobs, size_t n);
int verify_records(struct verify_check *check, const struct ragd_record *records, size_t n);
void verify_docs(struct verify_check *check, const struct ragd_stored_doc *docs, size_t n);
/* What the manifests name and nothing brought. */
void verify_missing(struct verify_check *check);

/* Its problems; the last says how many were not kept. */
size_t verify_problems(struct verify_check *check);

#endif
