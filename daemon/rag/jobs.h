/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Jobs: long operations that outlive the client that started them. */
#ifndef RAG_JOBS_H
#define RAG_JOBS_H

#include "plugin/call_state.h"
#include "rag/operation.h"

/* The owner's jobs, newest first; running ones with their progress. */
struct jobs_list {
    struct operation op;
    struct job_record *jobs; /* out */
    size_t n;
};
void jobs_list_start(struct jobs_list *list);

/* ERR_NOT_FOUND when the owner has no running job of this id. */
int job_cancel(struct engine *engine, uint32_t owner, uint64_t id, struct err *err);

#endif
