/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The sources of an add: waiting for their turn, at work, or finished and not
 * yet told. add.c has the flow around them.
 *
 * Thread: all functions [loop].
 */
#ifndef RAG_ADD_SOURCES_H
#define RAG_ADD_SOURCES_H

#include "core/map.h"
#include "rag/add_list.h"
#include "rag/embedder.h"
#include "rag/ingest.h"
#include "rag/need.h"
#include "rag/run.h"

/* A source of this add. */
struct add_item {
    struct list link; /* waiting, at work, parked, or finished */
    struct add_run *add;
    struct arena arena;
    uint32_t index;
    bool announced, wanted;
    bool parked, again; /* waits for another try; has one */
    uint64_t due_ms;    /* of a parked one: not before */
    struct err err;     /* of one that failed before any work */
    struct ingest ingest;
};

struct add_run {
    struct run run;
    struct add *req;
    struct need need;
    struct embedder_check check;
    struct run_job job;
    struct call_jobs jobs;
    struct add_list list; /* sources the daemon finds itself */
    struct map sources;   /* seen in this add */
    struct map by_index;  /* announced items that are not finished */
    struct list waiting, working, finished;
    struct list parked; /* by due_ms */
    size_t n_items, n_working;
    size_t n_again;        /* of the working ones: not their first try */
    struct call_later due; /* of the first parked one */
    uint64_t due_ms;       /* while it is active */
    bool ended, interrupted;
    struct err err;  /* what it ends with, or no id */
    struct err full; /* why nothing more has room, or no id */
    uint64_t start_ns;
};

/* Announced items are found by their index. */
struct ragd_str add_index_key(const uint32_t *index);
/* ERR_INVALID. */
int add_check_source(struct ragd_str source, struct err *err);
/* In no list yet. NULL without memory. */
struct add_item *add_item_new(struct add_run *a, struct ragd_str source);
void add_item_free(struct add_run *a, struct add_item *item);
void add_items_free(struct add_run *a, struct list *items);
/* 0 or RAGD_E_NOMEM. */
int add_item_hints(struct add_item *item, struct ragd_str name, struct ragd_str mime);

/* Starts work on those that wait or are listed, as many as may be, and when there
 * is nothing else to do on those that get another try. */
void add_pump(struct add_run *a);
/* Tells the results that are there, unless events are held back. */
void add_tell_finished(struct add_run *a);
/* Those that wait fail with this. */
void add_drop_waiting(struct add_run *a, const struct err *err);
/* The same for those that wait for another try. */
void add_drop_parked(struct add_run *a, const struct err *err);
bool add_is_idle(const struct add_run *a);

#endif
