/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What the files of the server share: the daemon's parts and their state. */
#ifndef PARTS_H
#define PARTS_H

#include "config/config.h"
#include "lifecycle.h"
#include "loop/timer.h"
#include "loop/workers.h"
#include "made.h"
#include "options.h"
#include "rag/engine.h"
#include "rpc/bind.h"
#include "rpc/rpc.h"
#include "state/state.h"

enum {
    PARTS_BOUND_MAX = 80,
    PARTS_BOOT_ID_BYTES = 33,
    PARTS_JOIN_MS = 500, /* for threads whose work is already given up */
};

struct plugins_setup;

/* Reading the configuration again (parts_reload.c). */
struct reloading {
    struct parts *parts;
    const struct options *options;
    struct work work;
    struct config *config; /* what was read, the worker's until it is done */
    struct err err;        /* likewise: why it is not valid */
    bool busy;             /* the worker reads */
    bool again;            /* somebody has asked since it began */
    struct list asked, served;
};

struct parts {
    const struct options *options;
    /* Plugins and limits keep what the daemon started with; the rest follows
     * reloads. They are the same until the first one. */
    struct config *boot, *config;
    struct made made; /* directories of this start */
    int lock_fd;      /* of the data directory, -1 = none */
    struct bound bound[PARTS_BOUND_MAX];
    size_t n_bound;
    char boot_id[PARTS_BOOT_ID_BYTES];
    uint64_t started_ms;

    struct state *state;
    bool plugins_open;
    struct engine *engine;
    bool engine_started;
    struct rpc *rpc;

    enum life_state life;
    bool busy;          /* a step of the start has not come back yet */
    unsigned draining;  /* parts that have not drained yet */
    bool hurried;       /* asked twice to stop */
    struct err failure; /* why the start failed; id ERR_NONE = it did not */
    struct err refused; /* the last reload, likewise */
    struct reloading reloading;
    struct work opening; /* of state */
    struct err open_err; /* its outcome, the worker's until it is done */
    struct timer limit, watchdog, stop_later;
};

/* Sockets: those handed over, else the configured ones. [start] */
int parts_bind(struct parts *parts, struct err *err);
void parts_unbind(struct parts *parts);
/* Whether they could be bound, without doing it: ERR_CONFIG with the place. */
int parts_check_listen(const struct config *config, struct err *err);
/* Whether one of them is tcp. */
bool parts_tcp(const struct parts *parts);
/* What tcp peers have to show. */
int parts_token(const struct parts *parts, struct token *out, struct err *err);

/* Once, when options are set. */
void parts_reload_init(struct parts *parts);
/* Reads the configuration again, on a worker; reload (NULL = nobody) is told
 * later. A bad one changes nothing. [loop] */
void parts_reload(struct parts *parts, struct reload *reload);
/* The instances' settings by what their plugins declare. */
int parts_check_plugins(const struct config *config, struct err *err);
/* Loads the plugins; where to look for them and the seed are filled in here.
 * ERR_CONFIG: a directory of the command line is not there, or as plugins_open. */
int parts_open_plugins(const struct options *options, struct plugins_setup *setup,
                       struct err *err);
/* The engine's settings, which borrow from config. */
void parts_engine_settings(const struct config *config, struct engine_settings *out);

/* What does not work, in arena. */
int parts_degraded(const struct parts *parts, struct arena *arena,
                   struct degraded_view **out, size_t *n);
/* The functions that handlers call; arg is parts. */
struct services parts_services(struct parts *parts);

/* In server.c: an event of the lifecycle. [loop] */
void server_event(enum life_event event);

#endif
