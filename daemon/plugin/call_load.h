/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Calls to loaders and sources: where documents come from.
 *
 * Thread: all functions [loop].
 */
#ifndef PLUGIN_CALL_LOAD_H
#define PLUGIN_CALL_LOAD_H

#include "core/hash.h"
#include "plugin/call.h"

/* Bytes of a source: in memory, or a descriptor of an unnamed file. */
struct content {
    const void *p; /* NULL when only fd holds them */
    uint64_t size;
    int fd; /* -1 = none; borrowed */
    /* The first CONTENT_HEAD_BYTES (or all, when there are fewer) where only
     * fd holds the rest: what a loader is picked by. */
    struct ragd_bytes head;
};

enum { CONTENT_HEAD_BYTES = 4096 };

/* Asks every loader how sure it is of these bytes, by name, type and head. */
struct call_pick {
    struct call call;
    struct ragd_str name, mime;
    struct ragd_bytes head; /* more than CONTENT_HEAD_BYTES is not looked at */
    /* Out: the surest; NULL when none takes it. One that could not be asked
     * fails the call when no other takes it, or when it is the one for such. */
    struct instance *loader;
    struct instance *culprit; /* out: whose answer failed the call; NULL = none's */
    /* Private. */
    struct err problem;
    bool stands; /* the problem, whatever others answer */
    struct instance **asked, **awaited;
    size_t n_asked, at; /* at: the next one */
    int32_t most;
};
void call_pick_start(struct call_pick *req);

/*
 * Checks loader options "NAME.option=value" against what the loaders declare.
 * ERR_INVALID with a suggestion. Options of other loaders are legal.
 */
int loader_options_check(struct ragd_kvs options, struct err *err);

/* What may still come out of a source, of all depths of its files together. */
struct load_room {
    uint64_t files, bytes;
};
/* That of a source of so many bytes, by the limits inside_*. */
struct load_room load_room(uint64_t size);

/* A file inside another one, such as an attachment: a source of its own for
 * whatever loader takes it. Its name is not empty and unique in there. */
struct load_child {
    struct ragd_str name, mime;
    struct ragd_bytes bytes;
};

/* The documents that a loader makes of a source's bytes, and the files inside. */
struct call_load {
    struct call call;
    struct instance *loader;
    struct content content;
    struct ragd_str uri, name, mime;
    struct ragd_kvs meta;    /* from the source and the caller */
    struct ragd_kvs options; /* "NAME.option" to text, those of all loaders */
    bool again;              /* it failed on this before: that tells nothing new of it */
    unsigned depth;          /* 0 = a source itself, 1 = a file inside one, ... */
    /* Lives until done, which takes off what came. NULL: files inside are not
     * wanted, and the loader is told RAGD_E_UNSUPPORTED. */
    struct load_room *room;
    /* Out: documents and files with deep copies of everything, in the call's arena.
     * At least one of them, or ERR_NO_TEXT. */
    struct ragd_doc *docs;
    size_t n_docs;
    struct load_child *children;
    size_t n_children;
};
void call_load_start(struct call_load *req);

/* The source instance that serves the URI's scheme, or NULL. */
struct instance *source_for(struct ragd_str uri);

/* A page of a listing. */
struct call_list {
    struct call call;
    struct instance *source;
    struct ragd_str root;
    struct ragd_bytes cursor; /* of the page before, empty = from the start */
    size_t max;               /* entries wanted at most */
    /* Out. */
    struct ragd_entry *entries;
    size_t n_entries;
    struct ragd_bytes next; /* empty = complete */
};
void call_list_start(struct call_list *req);

/* All bytes of one source, at most the limit document_raw_bytes. */
struct call_fetch {
    struct call call;
    struct instance *source;
    struct ragd_str uri;
    /* Out; content lives until call_release. */
    struct ragd_entry head;
    struct content content;
    uint8_t sha256[HASH_BYTES]; /* of all bytes */
    struct spool *spool;        /* private: what content points into */
};
void call_fetch_start(struct call_fetch *req);

#endif
