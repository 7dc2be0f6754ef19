/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the engine keeps beside a collection's records, as blobs: the
 * settings of the collection and the manifest of each source. Plain structs
 * here, versioned protobuf messages (proto/ragd/state/v1) as bytes.
 *
 * Thread: [any]; an arena has one user at a time.
 */
#ifndef PLUGIN_STORED_H
#define PLUGIN_STORED_H

#include <stdbool.h>

#include <ragd/loader.h>
#include <ragd/types.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/hash.h"

enum splitter_kind { SPLITTER_RECURSIVE = 1, SPLITTER_CHARACTER };
enum splitter_keep { SPLITTER_KEEP_NONE = 1, SPLITTER_KEEP_START, SPLITTER_KEEP_END };

/* How texts are cut, complete. */
struct splitter {
    enum splitter_kind kind;
    uint32_t chunk_size, chunk_overlap; /* code points */
    const struct ragd_str *separators;
    size_t n_separators;
    enum splitter_keep keep;
    bool strip;
};

struct stored_collection {
    uint32_t owner; /* uid */
    struct ragd_str name;
    struct ragd_str embedder; /* INSTANCE[:MODEL], "" = none */
    struct ragd_str model, space;
    uint32_t dim, metric;
    bool lexical; /* its embedder says so */
    /* Made for what an add or import was to put into it. It stays set; recovery
     * drops one to which nothing was ever committed. */
    bool provisional;
    struct splitter splitter;
    struct ragd_kvs loader_options;
    int64_t created_ms;
};

struct manifest_chunk {
    uint8_t text_hash[HASH_BYTES];
    /* A fingerprint of the whole record as written (text, span, metadata), so
     * that an equal one is not written again; 0 = not known. */
    uint64_t mark;
};

struct manifest_doc {
    struct ragd_str id;
    uint64_t mark;
    const struct manifest_chunk *chunks;
    size_t n_chunks;
};

/* What a source gave, and from what. */
struct manifest {
    struct ragd_str source;
    uint8_t sha256[HASH_BYTES]; /* of its bytes; zeros = read it again */
    uint64_t size;
    struct ragd_str version; /* as its source plugin says it, or "" */
    struct ragd_str loader, loader_version;
    struct ragd_kvs loader_options;
    struct splitter splitter;
    bool own_splitter, own_options; /* given with the source itself */
    struct ragd_kvs meta;           /* given with the source */
    int64_t added_ms;
    const struct manifest_doc *docs;
    size_t n_docs;
};

/* A source whose loader failed for good: read from these bytes, with these
 * options, by this version of the loader. */
struct stored_failure {
    struct ragd_str source;
    uint8_t sha256[HASH_BYTES];
    struct ragd_str version; /* as its source plugin says it, or "" */
    struct ragd_str loader, loader_version;
    struct ragd_kvs loader_options;
    struct ragd_str code, message, hint; /* of the error; code is its name */
    uint32_t tries;
    int64_t failed_ms;
};

enum { STORED_FORMAT = 1 }; /* newest that is understood, and written */

/* Names of the blobs. */
#define STORED_SETTINGS "settings"
#define STORED_MANIFEST "manifest/" /* and the source's URI */
#define STORED_FAILURE "failed/"    /* likewise */

/* Append to buf. RAGD_E_NOMEM leaves it as it was. */
int stored_collection_encode(const struct stored_collection *in, struct buf *buf);
int stored_manifest_encode(const struct manifest *in, struct buf *buf);
int stored_failure_encode(const struct stored_failure *in, struct buf *buf);

/* At most what a document's blocks, and its part of a manifest, take in a message
 * of proto/ragd/v1: so that what is kept can be told. */
uint64_t stored_blocks_bytes(const struct ragd_block *blocks, size_t n);
uint64_t stored_manifest_doc_bytes(struct ragd_str id, uint64_t chunks);

/* Copies into the arena. ERR_CORRUPT, ERR_NOMEM; a newer version of the format
 * is ERR_CORRUPT with a hint. */
int stored_collection_decode(struct ragd_bytes bytes, struct arena *arena,
                             struct stored_collection *out, struct err *err);
int stored_manifest_decode(struct ragd_bytes bytes, struct arena *arena,
                           struct manifest *out, struct err *err);
int stored_failure_decode(struct ragd_bytes bytes, struct arena *arena,
                          struct stored_failure *out, struct err *err);

#endif
