/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Collections as streams of manifests, documents and records, out and in. */
#ifndef RAG_TRANSFER_H
#define RAG_TRANSFER_H

#include "plugin/stored.h"
#include "rag/collections.h"

/* In order: the header, manifests, documents (with texts and blocks), records
 * in insertion order (with vectors where there are any), from one view. */
struct export
{
    struct operation op;
    struct ragd_str collection;
    void (*on_header)(struct export * export, const struct collection_info *info);
    void (*on_manifest)(struct export * export, const struct manifest *manifest);
    /* Takes some bytes of the text (0 = no more of it), then the rest by and by. */
    size_t (*on_doc)(struct export * export, const struct ragd_stored_doc *doc);
    size_t (*on_text)(struct export * export, struct ragd_str rest);
    void (*on_record)(struct export * export, const struct chunk_out *record);
};
void export_start(struct export *export);

/* One of the three is set. */
struct import_item {
    const struct manifest *manifest;
    const struct ragd_stored_doc *doc;
    const struct ragd_record *record; /* vec has vec_dim values, or is NULL */
    uint32_t vec_dim;
    struct ragd_str source; /* of a record's document, "" = not told */
    uint64_t line; /* where the caller has it from; 0 = its place among all items */
};

/*
 * All or nothing: what was brought becomes visible with the end. Records
 * without a vector are embedded when the collection embeds. A manifest's
 * source replaces what the collection has of it.
 */
struct import {
    struct operation op;
    struct ragd_str collection;
    /* To create the collection when it is not there; NULL = as the defaults
     * say ("default" only). */
    const struct collection_settings *settings;
    void (*on_started)(struct import *import, struct ragd_str collection, uint64_t job,
                       bool created);
    /* Takes more items: comes first after the start, then after each push. */
    void (*on_room)(struct import *import);
    void (*on_progress)(struct import *import, uint64_t records);
    /* Out. */
    uint64_t records, documents, manifests, embedded;
    double took_ms;
};
void import_start(struct import *import);
/* Only between on_room and the next push. items are borrowed until on_room or
 * done comes. A bad item fails the import. */
void import_push(struct import *import, const struct import_item *items, size_t n);
/* No more items; instead of a push. */
void import_end(struct import *import);

#endif
