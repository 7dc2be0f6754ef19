/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The plugins that were found: loaded ones, and refused ones with the reason.
 *
 * A file is checked (owner, mode, every directory above it) before it is
 * opened, and its tables are copied and checked before anything of it is
 * called. A refused file never keeps the daemon from starting. Nothing is
 * ever unloaded. Thread: everything [loop]; what is listed never changes.
 */
#ifndef PLUGIN_REGISTRY_H
#define PLUGIN_REGISTRY_H

#include <sys/stat.h>

#include "core/hash.h"
#include "plugin/call.h"
#include "plugin/child_lines.h"
#include "plugin/op.h"
#include "plugin/placement.h"

/* An interface of a plugin: its tables, copied, so that members its author
 * did not know yet read as NULL. */
struct iface {
    struct ragd_life life;
    union {
        struct ragd_source source;
        struct ragd_loader loader;
        struct ragd_embedder embedder;
        struct ragd_store store;
        struct ragd_llm llm;
    } u;
};

struct child;

/* A file of the search path. Texts that a refused one did not tell are "". */
struct plugin {
    const char *id, *name, *version, *license, *url, *summary;
    char *path;
    char sha256[HASH_HEX_BYTES];
    struct stat seen; /* the file when it was checked */
    bool system;      /* and how strictly */
    char abi[16];     /* "0.1" */
    enum placement placement;
    bool placed; /* by the operator's word */
    bool loaded;
    struct err problem;                      /* of a refused one */
    unsigned kinds;                          /* bit 1 << enum plugin_kind */
    const char *const *needs, *const *wants; /* NULL-terminated, never NULL */

    /* Of one in a process of its own: what that said, and the process itself until
     * an instance takes it. */
    struct arena arena;
    const struct ragd_loader *described;
    _Atomic(struct child *) spare;
    struct child_lines lines;

    /* Of a loaded one. */
    struct ragd_plugin table;
    struct iface *ifaces[PLUGIN_KINDS]; /* NULL = not of this kind */
    struct ragd_ctx *ctx;
    struct gate gate; /* of those with RAGD_CONC_PLUGIN */
    struct plugin *next;
};

/* Where plugins are looked for, and how strictly. */
struct registry_setup {
    const char *const *dirs; /* absolute, NULL-terminated, in this order */
    /* Names, ids or file names to load, in this order; n_load 0 = all found. */
    const struct ragd_str *load;
    size_t n_load;
    const struct ragd_str *placement; /* "NAME=PLACEMENT" */
    size_t n_placement;
    const char *host;  /* ragd-plugin-host; "" = there is none */
    uint64_t start_ms; /* for a process to say what its plugin is, 0 = any time */
    bool system;       /* files of root only, and of nobody else's directories */
};

/*
 * Finds and loads. 0; ERR_CONFIG when a placement names no file or what cannot be
 * placed so; ERR_NOMEM. Whatever else is wrong with a file is its problem
 * and not ours. A directory that does not exist is skipped.
 */
int registry_open(const struct registry_setup *setup, struct err *err);
/* Ends the plugins (fini) and forgets them; nothing is unloaded. */
void registry_close(void);

/* In the order of loading; NULL begins and ends. */
const struct plugin *plugin_next(const struct plugin *after);
/* By id, or by name when only one has it; loaded ones before refused ones.
 * NULL: none. */
const struct plugin *plugin_find(struct ragd_str name);
/* A loaded one by its name or id and kind. */
struct plugin *plugin_of(enum plugin_kind kind, struct ragd_str name);
/* The name most like this one, for "did you mean"; NULL = none is near. */
const char *plugin_near(enum plugin_kind kind, struct ragd_str name);

/* "embedder" and the like. */
const char *plugin_kind_name(enum plugin_kind kind);

#endif
