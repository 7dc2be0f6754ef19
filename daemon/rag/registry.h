/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * All collections that are open, by owner and name.
 *
 * Thread: all functions [loop].
 */
#ifndef RAG_REGISTRY_H
#define RAG_REGISTRY_H

#include "core/limits.h"
#include "core/map.h"
#include "plugin/call_embed.h"
#include "plugin/call_state.h"
#include "plugin/stored.h"
#include "rag/collections.h"
#include "rag/commit.h"
#include "rag/engine.h"
#include "rag/lock.h"
#include "rag/operation.h"

/* An open collection. Counted: each run that uses it holds a reference. */
struct collection {
    struct engine *engine;
    struct list link; /* of the engine */
    uint32_t refs;
    bool removed;                 /* out of the map; goes when refs are gone */
    bool provisional;             /* made on first use, nothing committed yet */
    void (*on_unused)(void *arg); /* of the run that removes it */
    void *unused_arg;
    struct arena arena;      /* strings of settings, as it was opened */
    struct coll_name *names; /* it was given since, newest first */
    struct stored_collection settings;
    const char *name; /* settings.name */
    char *key;        /* the store's name for it */
    struct instance *store;
    struct coll *coll;
    struct instance *embedder;   /* once it was found and checked */
    uint64_t records, documents; /* as of the last commit */
    uint64_t sequence;           /* of the store, likewise; 0 = it does not count */
    uint64_t acknowledged;       /* the highest that it ever was */
    struct committer committer;
    struct source_locks locks;
};

/* A collection that was acknowledged and is in its store no more, or not as ours. */
struct gone {
    struct ragd_str store;
    struct watermark mark;
};

struct engine {
    struct engine_settings settings;
    struct limits limits;
    struct arena arena; /* of settings */
    struct splitter splitter;
    struct map by_name; /* owner and name to collection */
    struct list collections;
    struct list runs;
    struct engine_degraded *degraded;
    size_t n_degraded;
    struct err lost; /* why the first part was not recovered, else no id */
    struct gone *gone;
    size_t n_gone;
    struct arena gone_arena;
    uint64_t generation;   /* of staged applies */
    uint64_t add_bytes;    /* of contents in work */
    uint64_t parked_bytes; /* of those that wait for another try */
    struct list add_waiting;
    struct operation recovery; /* at the start */
    engine_started_fn started;
    void *started_arg;
    bool draining;
    engine_drained_fn drained;
    void *drained_arg;
    struct call_later drain_later;
};

/* Tells the server once no operation is left of a draining engine. */
void engine_check_drained(struct engine *engine);
/* Notes a part that does not work; without memory it is only logged. */
void engine_degrade(struct engine *engine, struct engine_part part, const struct err *err);
/* The part works again, or is not there any more. */
void engine_mend(struct engine *engine, struct engine_part part);
/* Cannot fail: name has at most COLLECTION_NAME_MAX bytes. */
void engine_part_renamed(struct engine *engine, struct engine_part part, const char *name);

/* Fails with what kept the recovery from finding every collection: as long as
 * something is missing nobody can tell that a collection does not exist. */
int engine_check_complete(const struct engine *engine, struct err *err);
/* ERR_CORRUPT: what the mark says is gone. */
int watermark_gone(const struct watermark *mark, struct err *err);
/* Fails with the first of an owner's collections that was acknowledged once and
 * is gone, as long as there is none of that name. */
int engine_check_gone(struct engine *engine, uint32_t owner, struct err *err);
/* Takes one that was made again off the list; false: none of that name is on it. */
bool engine_take_gone(struct engine *engine, const struct collection *coll,
                      struct gone *out);

/* "" is the default's name. ERR_NO_COLLECTION with a suggestion, or the error of
 * engine_check_complete. */
int registry_find(struct engine *engine, uint32_t owner, struct ragd_str name,
                  struct collection **out, struct err *err);
/* ERR_EXISTS, ERR_NOMEM. */
int registry_add(struct engine *engine, struct collection *coll, struct err *err);
void registry_drop(struct collection *coll);
/* ERR_EXISTS, ERR_NOMEM; the collection takes the name. The old one stays valid
 * until another rename finds that nobody else uses the collection: calls under
 * way may have borrowed it. */
int registry_rename(struct collection *coll, const struct stored_collection *renamed,
                    struct err *err);
/* Whether an owner has a collection of that name. */
bool registry_has(struct engine *engine, uint32_t owner, struct ragd_str name);

enum { COLLECTION_KEY_BYTES = 24 };

/* A new name for a store's collection, and whether one looks like these. */
void collection_key_make(char key[COLLECTION_KEY_BYTES]);
bool collection_key_is_ours(struct ragd_str key);

/* Strings of settings are copied. NULL without memory. */
struct collection *collection_new(struct engine *engine, struct instance *store,
                                  const char *key,
                                  const struct stored_collection *settings);
struct collection *collection_ref(struct collection *coll);
/* NULL is legal. */
void collection_unref(struct collection *coll);

/* Takes it, already dropped from the map and used by nobody else, out of its
 * store; the call is the caller's. Without success it is known again. */
void collection_drop_start(struct collection *coll, struct call_coll *drop);
void collection_dropped(struct collection *coll, const struct call_coll *drop);

/* Vectors are kept in the store. */
bool collection_has_vectors(const struct collection *coll);
/* The store searches words. */
bool collection_has_keywords(const struct collection *coll);
struct engine_part collection_part(const struct collection *coll);
struct engine_part collection_contents(const struct collection *coll);
enum search_mode collection_auto_mode(const struct collection *coll);
/* ERR_CORRUPT when the store is known not to have all that was acknowledged. */
int collection_check_whole(const struct collection *coll, struct err *err);
/* Into arena; counts are those of the last commit. */
int collection_info_fill(const struct collection *coll, struct arena *arena,
                         struct collection_info *out);
/* The counts of a view in their place. */
void collection_info_count(struct collection_info *info,
                           const struct ragd_coll_stats *stats);

#endif
