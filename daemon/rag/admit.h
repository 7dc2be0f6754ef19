/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Admission: sources take turns in memory, under the limit add_memory. */
#ifndef RAG_ADMIT_H
#define RAG_ADMIT_H

#include "core/list.h"
#include "rag/run.h"

struct admission {
    struct list link; /* among the engine's waiting */
    struct run *run;
    uint64_t cost; /* admitted bytes, 0 = none */
};

/*
 * Whether a content of that size may be worked on now; else the run is kicked
 * when it is worth asking again. When nothing else is in work it always may.
 */
bool admit(struct admission *admission, struct run *run, uint64_t bytes);
/* Gives the memory, or the place in the queue, back. Zeroed is legal. */
void admission_leave(struct admission *admission, struct engine *engine);

#endif
