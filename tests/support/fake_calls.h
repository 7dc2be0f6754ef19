/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * plugin/call*.h without plugins, loop or threads: calls go into a queue and
 * complete when the test says so, at most one at a time. The fault-th call
 * from fake_fault on fails instead of being made.
 *
 * The world behind it: a store in memory with the capabilities of fake.caps, an
 * embedder that hashes words into 8 dimensions, a loader that takes any text
 * (not bytes that begin with "!"), a source for "fake:" URIs, a model that
 * answers with what fake.answer says. It survives fake_restart like a disk.
 *
 * The loader crashes the first N times on a text that begins with "@N", and on
 * "%", "$" and "&" it meets a limit, talks nonsense, is disabled.
 */
#ifndef SUPPORT_FAKE_CALLS_H
#define SUPPORT_FAKE_CALLS_H

#include "core/buf.h"
#include "core/list.h"
#include "plugin/call_embed.h"
#include "plugin/call_llm.h"
#include "plugin/call_load.h"
#include "plugin/call_state.h"
#include "plugin/call_store.h"
#include "support/test_err.h"

enum { FAKE_DIM = 8, FAKE_SOURCES = 8, FAKE_LOADS = 256 };

struct fake_source {
    const char *uri, *text;
};

struct fake {
    /* What the world can do; set before it is used. */
    uint32_t caps;
    uint32_t embed_flags;
    const char *space;
    uint32_t dim;
    bool late_cancel; /* calls are made all the same when they are cancelled */
    size_t page;      /* records, documents, blobs or entries of a page */
    struct fake_source sources[FAKE_SOURCES];
    const char *answer; /* of the model */
    struct llm_cite cites[4];
    size_t n_cites;
    uint32_t finish; /* enum ragd_finish */
    uint64_t context_tokens;
    const char *loader_version;
    /* What was asked of it. */
    size_t calls, embedded, applies, flushes, generated;
    char prompt[4096]; /* the last one, messages joined */
    size_t prompt_sources, prompt_terms;
    double last_scores[16];
    uint64_t given_back; /* bytes of arenas that a worker may have to free */
    /* What the loader was asked to read, and when. */
    struct {
        char uri[32];
        uint64_t at_ms;
        bool again;
    } loads[FAKE_LOADS];
    size_t n_loads;
    uint64_t clock_ms; /* a delay passes once nothing else is to be done */
};

extern struct fake fake;

/* A fresh world. */
void fake_reset(void);
/* Frees it; nothing may be open or queued. */
void fake_close(void);
/* The call after n more ones fails; n < 0: none. */
void fake_fault(long n, enum err_id id);
/* Whether so many calls were made that it did. */
bool fake_fault_met(void);
/* Completes the oldest call; false when none is queued. */
bool fake_turn(void);
/* Turns until none is queued. */
void fake_settle(void);
/* Drops what was not flushed, as a crash does. */
void fake_crash(void);
/* The store is as it was so many changes ago, or before the first, as when its
 * log was cut; with fake_cut_all it has no collection any more. */
void fake_cut(uint64_t changes);
void fake_cut_all(void);
/* Watermarks that are kept. */
size_t fake_marks(void);
/* One more, of a collection in a store. */
void fake_mark_put(const char *store, const char *coll);
/* Whether a record, document or blob of that name is in any collection. */
bool fake_has(const char *id);
/* Open collections and views. */
size_t fake_open_handles(void);
/* A record's vector, or NULL. */
const float *fake_vector(const char *id);
/* Overwrites a record's text behind everybody's back. */
void fake_damage(const char *id, const char *text);
/* A stored document, to be changed behind everybody's back; what is put into
 * it lives on. */
struct ragd_stored_doc *fake_doc(const char *id);
/* Takes away a record or blob, as a fault of the store would. */
void fake_lose(const char *id);

/* Private: between the parts of the fake. */
typedef void (*fake_make_fn)(struct call *call);
struct call_op {
    struct list link;
    struct call *call;
    fake_make_fn make;
    bool cancelled, paused;
    uint64_t due_ms; /* 0 = at once */
};
/* The one that is being completed. */
extern struct call_op *fake_current;
void fake_enqueue(struct call *call, fake_make_fn make);
void fake_fail(struct call *call, enum err_id id, const char *text);
void fake_store_reset(void);
void fake_state_reset(void);
void fake_embed_one(struct ragd_str text, float *out);
struct instance *fake_instance(enum plugin_kind kind);

#endif
