/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Comparing what a collection holds with itself: the store's own check of
 * records, vectors and postings, and each manifest against the records.
 */
#ifndef RAG_VERIFY_H
#define RAG_VERIFY_H

#include "rag/operation.h"

struct verify_report {
    struct ragd_str name;
    uint64_t records, vectors, postings, manifests;
    const struct ragd_str *problems;
    size_t n_problems;
};

enum { VERIFY_PROBLEMS_MAX = 100 }; /* told per collection; the last says how many more */

/* collection "" = all of the owner's. Problems are no failure of it. */
struct verify {
    struct operation op;
    struct ragd_str collection;
    void (*on_report)(struct verify *verify, const struct verify_report *report);
    bool ok; /* out: no problem anywhere */
};
void verify_start(struct verify *verify);

#endif
