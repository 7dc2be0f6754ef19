/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the handlers need from the rest of the daemon: the engine, and the few
 * things that only the server knows, as functions that it provides.
 *
 * Thread: handlers call all of it on [loop]; nothing in it may block.
 */
#ifndef RPC_SERVICES_H
#define RPC_SERVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/list.h"

struct engine;
struct rpc;

/* One setting as it is in force. */
struct setting_view {
    const char *key; /* dotted */
    const char *value;
    const char *origin; /* "file:line", "default", "command line", "environment" */
};

/* A part of the daemon that does not work, and why. */
struct degraded_view {
    const char *part, *reason;
    bool owned; /* a collection: for the owner and for admins */
    uint32_t owner;
};

struct status_view {
    const char *socket, *data_dir;
    struct degraded_view *degraded;
    size_t n_degraded;
};

/* The outcome of a reload: settings by their keys. */
struct reload_view {
    const char **changed, **needs_restart;
    size_t n_changed, n_needs_restart;
};

/* Somebody who waits for one; done comes once, later, and ends its use. err is
 * NULL when the configuration is in force; view and err are borrowed. [loop] */
struct reload {
    void (*done)(struct reload *reload, const struct reload_view *view,
                 const struct err *err);
    struct list node; /* private */
};

/* Functions get arg and fill out with what lives in the arena or longer. */
struct services {
    struct engine *engine;
    struct rpc *rpc; /* set by rpc_create, as limits is */
    const struct limits *limits;
    void *arg;
    int (*status)(void *arg, struct arena *arena, struct status_view *out, struct err *err);
    int (*settings)(void *arg, struct arena *arena, struct setting_view **out, size_t *n,
                    struct err *err);
    void (*reload)(void *arg, struct reload *reload);
    /* Begins the orderly end, later. */
    void (*shutdown)(void *arg);
};

#endif
