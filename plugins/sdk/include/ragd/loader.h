/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * ragd.loader/1: bytes to documents.
 *
 * A loader parses strangers' bytes, so it gets nothing else: no network, no
 * secrets, no state, no directories; its needs may list RAGD_SVC_CONFIG only.
 */
#ifndef RAGD_LOADER_H
#define RAGD_LOADER_H

#include <ragd/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RAGD_IF_LOADER "ragd.loader/1"

/* Bounds the host enforces as well; bytes, counts. */
struct ragd_limits {
    uint32_t struct_size, max_depth;
    uint64_t max_docs, max_text_bytes, max_meta_bytes;
};

struct ragd_input {
    uint32_t struct_size, flags;
    int32_t fd;                      /* read-only, borrowed, or -1 */
    int32_t depth;                   /* 0 = a source itself, 1 = inside an archive, ... */
    struct ragd_str uri, name, mime; /* as known; hints only */
    uint64_t size;                   /* bytes, UINT64_MAX = unknown */
    struct ragd_bytes map;   /* the whole content where the host has it, or p NULL */
    struct ragd_kvs meta;    /* what the source knew */
    struct ragd_kvs options; /* the collection's loader options for this
                              * loader, typed and with defaults applied */
    const struct ragd_limits *limits;
    /* Bytes read, 0 at the end, negative a status; short reads are legal.
     * Always there, also beside map. [call] */
    int64_t (*read)(const struct ragd_input *input, uint64_t off, void *buf, size_t n);
    void *host_priv;
};

struct ragd_doc {
    uint32_t struct_size, flags;
    struct ragd_str key;             /* "" when a source gives one document, else stable
                            * and unique inside the input: "page/3" */
    struct ragd_str title;           /* or "" */
    struct ragd_str mime, lang;      /* lang: ISO 639-1, or "" */
    struct ragd_str text;            /* valid UTF-8 */
    const struct ragd_block *blocks; /* ordered by off, may nest */
    size_t n_blocks;
    struct ragd_kvs meta;
};

struct ragd_doc_sink {
    uint32_t struct_size, reserved;
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_doc *doc);
    /* An attachment or archive member: copied and queued, another loader may
     * take it; never parsed by recursion. name: stable and unique inside the
     * input. RAGD_E_UNSUPPORTED: nobody takes it, go on without. [call] */
    ragd_status (*child)(struct ragd_call *call, struct ragd_str name, struct ragd_str mime,
                         struct ragd_bytes bytes);
};

struct ragd_loader {
    uint32_t struct_size, flags;
    const struct ragd_life *life;
    const char *const *mimes;    /* NULL-terminated */
    const char *const *suffixes; /* NULL-terminated, with the dot: ".md" */
    /* Options of a collection (--loader NAME.option=value), beside life's
     * options of an instance. NULL-terminated, or NULL. */
    const struct ragd_option *const *load_options;
    /* How sure it is, 0..100, from hints and at most the first 4 KiB; pure.
     * [any] */
    int32_t (*probe)(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head);
    /* The same input gives the same documents. No text at all is
     * RAGD_E_BAD_INPUT with a message. [exec] */
    ragd_status (*load)(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink);
};

#ifdef __cplusplus
}
#endif
#endif
