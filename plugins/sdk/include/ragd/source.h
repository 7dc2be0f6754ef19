/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* ragd.source/1: where documents live. */
#ifndef RAGD_SOURCE_H
#define RAGD_SOURCE_H

#include <ragd/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RAGD_IF_SOURCE "ragd.source/1"

/* One source as listed, or the head of a fetch. */
struct ragd_entry {
    uint32_t struct_size, reserved;
    struct ragd_str uri;     /* canonical */
    struct ragd_str name;    /* file name, a hint for loaders */
    struct ragd_str version; /* changes with the content: an entity tag, or "" */
    struct ragd_str mime;    /* a hint, or "" */
    uint64_t size;           /* UINT64_MAX = unknown */
    int64_t mtime_ms;        /* Unix time, 0 = unknown */
    struct ragd_kvs meta;    /* becomes document metadata */
};

struct ragd_entry_sink {
    uint32_t struct_size, reserved;
    /* RAGD_OK, RAGD_AGAIN or a negative status to stop with. [call] */
    ragd_status (*emit)(struct ragd_call *call, const struct ragd_entry *entry);
    /* All emitted so far is taken care of; list may resume here. [call] */
    ragd_status (*checkpoint)(struct ragd_call *call, struct ragd_bytes cursor);
};

struct ragd_byte_sink {
    uint32_t struct_size, reserved;
    /* Exactly once, before the first write. [call] */
    ragd_status (*head)(struct ragd_call *call, const struct ragd_entry *entry);
    ragd_status (*write)(struct ragd_call *call, struct ragd_bytes bytes);
};

struct ragd_source {
    uint32_t struct_size, flags;
    const struct ragd_life *life;
    /* URI schemes it serves, NULL-terminated: "file". */
    const char *const *schemes;
    /* Emits everything below root (a URI), resuming at cursor unless empty.
     * Order is stable. [exec] */
    ragd_status (*list)(void *inst, struct ragd_call *call, struct ragd_str root,
                        struct ragd_bytes cursor, const struct ragd_entry_sink *sink);
    /* Sends one head, then the bytes. RAGD_E_NOT_FOUND, RAGD_E_DENIED (outside
     * the roots), RAGD_E_CONFLICT (changed while read). [exec] */
    ragd_status (*fetch)(void *inst, struct ragd_call *call, struct ragd_str uri,
                         const struct ragd_byte_sink *sink);
};

#ifdef __cplusplus
}
#endif
#endif
