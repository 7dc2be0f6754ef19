/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The collection that an operation works on, made when it may be. */
#ifndef RAG_NEED_H
#define RAG_NEED_H

#include "rag/collections.h"
#include "rag/run.h"

struct need {
    struct collection_create create;
    bool created; /* out */
    struct call_coll drop;
};

enum need_state {
    NEED_READY, /* run->coll is set */
    NEED_WAIT,  /* it is being made; need_made in the next step */
    NEED_GONE,  /* the run has failed and is gone */
};

/*
 * Finds the collection "name" (empty = the default's) and takes a reference.
 * Where it is missing and settings are given, or it is the default, makes it.
 */
enum need_state need_collection(struct run *run, struct need *need, struct ragd_str name,
                                const struct collection_settings *settings);
/* NEED_READY or NEED_GONE. */
enum need_state need_made(struct run *run, struct need *need);
/*
 * Takes the run's collection away again when it was made on first use (by this
 * run or another), nothing was committed to it since and no other run uses it:
 * so the last of several that put nothing into it takes it away. To be called
 * when the run is about to end, with nothing of it at work. True: the run waits,
 * in a state that is final; need_undone in the next step.
 */
bool need_undo(struct run *run, struct need *need);
void need_undone(struct run *run, struct need *need);
void need_release(struct need *need);

#endif
