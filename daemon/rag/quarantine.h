/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Quarantine: sources whose loader failed for good, with what it read and why.
 * The record of one is a blob beside the manifests of its collection, so that it
 * goes with the collection, and in one change with what makes it obsolete.
 */
#ifndef RAG_QUARANTINE_H
#define RAG_QUARANTINE_H

#include "plugin/call_load.h"
#include "rag/registry.h"

/* Whether reading a source failed for what it did to its loader: a crash, a limit,
 * nonsense. What a loader refuses in its own words is found again at no cost. */
bool quarantine_takes(const struct call *call);
/* Such a failure that may not happen another time. */
bool quarantine_may_pass(const struct err *err);
/* Says how often it was tried, and what to do. */
void quarantine_explain(struct err *err, uint32_t tries);
/* What adding an unchanged source fails with: the recorded reason. */
int quarantine_refuse(const struct stored_failure *failure, struct err *err);
/* The record as an error, for lists. */
void quarantine_error(const struct stored_failure *failure, struct err *err);
/* The blob's name, in arena; "" and p NULL without memory. */
struct ragd_str quarantine_name(struct arena *arena, struct ragd_str source);

/* Writes a source's record, or takes it away, durably. */
struct quarantine_write {
    struct operation op;
    struct collection *coll;
    struct ragd_str source;
    const struct stored_failure *failure; /* NULL = take it away */
};
void quarantine_write_start(struct quarantine_write *write);

/* Those of a collection, in order of source. */
struct quarantine_list {
    struct operation op;
    struct ragd_str collection;
    struct ragd_str after; /* a source, "" = from the start */
    uint64_t limit;        /* 0 = all */
    void (*on_failed)(struct quarantine_list *list, const struct stored_failure *failures,
                      size_t n);
    struct ragd_str next; /* out: a source to go on after, "" = that was all */
};
void quarantine_list_start(struct quarantine_list *list);

#endif
