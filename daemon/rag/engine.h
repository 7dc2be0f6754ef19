/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The engine: all collections of one daemon, and what is done with them.
 *
 * happy path: create, start (finds the collections in the stores), operations,
 * drain, destroy.
 * failure modes: a store that cannot be opened makes its collections absent
 * and the engine degraded, start succeeds; only lack of memory fails it. What
 * is not found then fails with the store's error, as it may be there.
 * on close: drain refuses new operations, interrupts adds, and completes when
 * the last operation has; engine_cancel_all hurries that.
 *
 * Thread: all functions [loop].
 */
#ifndef RAG_ENGINE_H
#define RAG_ENGINE_H

#include "core/limits.h"
#include "rag/operation.h"
#include "rag/split.h"

/* What the configuration says, as plain values; strings are copied. A zeroed
 * member takes its default. */
struct engine_settings {
    /* Instances by name; "" = the kind's default. embedder may be "none". */
    struct ragd_str embedder, store, llm;
    struct splitter_spec splitter;
    uint32_t k; /* hits when a request does not say */
    /* Prompts for asking; {context} and {question} are replaced. */
    struct ragd_str prompt_system, prompt_user;
    uint64_t prompt_tokens; /* of a prompt when the backend says no limit */
    uint64_t answer_tokens; /* kept free for the answer */

    const struct limits *limits; /* NULL = the defaults */
};

/* What an engine would refuse of settings: ERR_CONFIG. out borrows strings. */
int engine_splitter(const struct engine_settings *settings, struct splitter *out,
                    struct err *err);
/* Copies settings, with defaults in place of zeros. Errors: as of engine_splitter,
 * ERR_NOMEM. */
int engine_create(const struct engine_settings *settings, struct engine **out,
                  struct err *err);
/* New settings for operations that start from now on. */
int engine_configure(struct engine *engine, const struct engine_settings *settings,
                     struct err *err);

/* err is NULL when all is well; degraded parts are no failure. */
typedef void (*engine_started_fn)(struct engine *engine, const struct err *err, void *arg);
typedef void (*engine_drained_fn)(struct engine *engine, void *arg);

/* Opens the stores' collections. Operations may be started after it. */
void engine_start(struct engine *engine, engine_started_fn started, void *arg);
/* Once. drained comes when no operation is left, on the loop, later. */
void engine_drain(struct engine *engine, engine_drained_fn drained, void *arg);
void engine_cancel_all(struct engine *engine);
/* After drain, or when it was never started. NULL is legal. */
void engine_destroy(struct engine *engine);

enum engine_part_kind {
    PART_STORE,
    PART_COLLECTION,
    PART_CONTENTS, /* of a collection, as the last verify found them */
    PART_DATABASE,
};

/* What may not work. A store and a collection may be called the same, and so
 * may collections of two owners, who must not learn of each other's. */
struct engine_part {
    enum engine_part_kind kind;
    uint32_t owner; /* of a collection and its contents */
    const char *name;
};

struct engine_degraded {
    struct engine_part part;
    const char *reason;
};

struct engine_status {
    uint64_t collections, records, documents;
    uint64_t operations;                    /* running now */
    const struct engine_degraded *degraded; /* borrowed until the next change */
    size_t n_degraded;
};
/* Counts as of the last commits. */
void engine_status(const struct engine *engine, struct engine_status *out);

#endif
