/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Adding sources to a collection, or previewing what they would give.
 *
 * The caller announces sources whose bytes it holds; on_want asks for those
 * that are not stored already, and add_content_take brings them, complete.
 * sources are fetched by the daemon itself. Each source ends in one on_result,
 * acknowledged: what it says survives a crash. One bad source never stops the
 * others. done comes after add_end and the last result; its status tells
 * whether the add as a whole could run (not whether a source failed).
 */
#ifndef RAG_ADD_H
#define RAG_ADD_H

#include "core/hash.h"
#include "plugin/call_load.h"
#include "rag/operation.h"
#include "rag/split.h"

struct add_announce {
    uint32_t index; /* the caller's, unique in one add */
    struct ragd_str source, name, mime;
    uint64_t size;
    int64_t mtime_ms;
    uint8_t sha256[HASH_BYTES];
};

/* Complete bytes, whose SHA-256 the caller has compared with the announced one;
 * release is called once, when they are no longer needed. */
struct add_content {
    struct content content;
    void (*release)(void *arg);
    void *arg;
};

enum source_status {
    SOURCE_ADDED = 1,
    SOURCE_UPDATED,
    SOURCE_UNCHANGED,
    SOURCE_REMOVED,
    SOURCE_FAILED,
};

struct source_result {
    struct ragd_str source;
    enum source_status status;
    uint64_t documents, chunks, embedded, reused;
    uint64_t kept;          /* chunks of an earlier add, with SOURCE_FAILED */
    uint32_t tries;         /* times that a loader was asked to read it */
    const struct err *err;  /* with SOURCE_FAILED */
    struct ragd_str loader; /* its name, "" = none was chosen */
    struct ragd_str title;  /* of the first document, or "" */
};

struct add_totals {
    uint64_t added, updated, unchanged, removed, failed;
    uint64_t documents, chunks, embedded, reused;
    uint64_t collection_chunks; /* now in the collection */
    double took_ms;
};

struct add_started {
    struct ragd_str collection;
    uint64_t job;
    bool created; /* the collection was made by this call */
};

struct add_progress {
    const char *stage; /* "upload", "parse", "embed", "store" */
    struct ragd_str source;
    uint64_t done, total;
};

/* A document of a preview comes in parts, one in each turn of the loop: itself
 * with the head of its text, more text until that is told, some chunks until
 * they are. No other document's come between. */
enum add_preview_part { PREVIEW_DOC = 1, PREVIEW_TEXT, PREVIEW_CHUNKS };
struct add_preview {
    enum add_preview_part part;
    const struct ragd_stored_doc *doc;
    struct ragd_str rest;                    /* TEXT: what was not told */
    const struct ragd_record *const *chunks; /* CHUNKS */
    size_t n_chunks;
};

struct add {
    struct operation op;
    /* Inputs. */
    struct ragd_str collection;
    struct splitter_spec splitter;  /* kept with each source when given */
    struct ragd_kvs loader_options; /* the same */
    struct ragd_kvs meta;           /* added to each document */
    const struct ragd_str *sources; /* URIs, the daemon fetches these */
    size_t n_sources;
    struct ragd_str embedder; /* only checked against the collection's */
    bool retry_failed;        /* also those in quarantine, unchanged as they are */
    bool preview;             /* loads and splits, stores nothing; needs no collection */
    /* All may be NULL but on_result. */
    void (*on_started)(struct add *add, const struct add_started *started);
    void (*on_want)(struct add *add, uint32_t index);
    /* Nothing is left to do until add_announce or add_end. May come repeatedly. */
    void (*on_idle)(struct add *add);
    void (*on_progress)(struct add *add, const struct add_progress *progress);
    /* Bytes of text that were told; 0 where there is some: it gave up. */
    size_t (*on_preview)(struct add *add, const struct add_preview *preview);
    void (*on_result)(struct add *add, const struct source_result *result);
    /* Out. */
    struct add_totals totals; /* also when it failed or was cancelled */
};

/* Begins; sources come with add_source until add_end. */
void add_start(struct add *add);
/* Copies. ERR_INVALID: the index was used, a source is given twice, or add_end
 * was called; ERR_LIMIT. Legal between start and done. */
int add_announce(struct add *add, const struct add_announce *announce, struct err *err);
/* Bytes of a wanted source. Takes content, also when it fails. ERR_INVALID: it
 * was not wanted; ERR_CHANGED: another size than announced. */
int add_content_take(struct add *add, uint32_t index, struct add_content content,
                     struct err *err);
/* The bytes cannot be had; the source fails with this. */
void add_content_abort(struct add *add, uint32_t index, const struct err *err);
/* No more announcements. */
void add_end(struct add *add);
/* The client is gone: sources whose bytes are complete are finished, the rest
 * fail with ERR_INTERRUPTED. Ends the add as add_end does. */
void add_interrupt(struct add *add);

#endif
