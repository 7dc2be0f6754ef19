/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One process of ragd-plugin-host, as the daemon sees it: started, spoken to,
 * stopped, ended. What it says is a stranger's word; it is only ever believed
 * to have ended when the kernel says so.
 *
 * Thread: a child has one user at a time, a worker or the loop at the start. The
 * thread that starts it outlives it: the kernel ends it with that thread.
 */
#ifndef PLUGIN_CHILD_H
#define PLUGIN_CHILD_H

#include <stdatomic.h>
#include <sys/types.h>

#include "core/arena.h"
#include "core/list.h"
#include "plugin/attempt.h"
#include "ragd/host/v1/host.pb-c.h"
#include "wire/pipe.h"

typedef Ragd__Host__V1__HostFrame host_frame;

struct child_errors;
struct host_control;

struct child {
    struct list node; /* among its pool's idle ones, or those at work */
    bool lost;        /* its stderr has ended; under its pool's lock */
    struct plugin *plugin;
    pid_t pid;  /* 0 = reaped */
    pid_t born; /* the same, for ever */
    struct pipe pipe;
    struct host_control *control;
    int statm;                   /* its sizes, -1 = not readable */
    struct child_errors *errors; /* what it writes to stderr; NULL = watched */
    struct arena frame;          /* the last one */
    unsigned loads;              /* so far */
    uint64_t idle_since_ms;
    uint64_t stop_by_ms;     /* asked to stop: until then; 0 = not asked */
    uint64_t cpu_ms;         /* limit of the call at work, for its error */
    struct inbox_item leave; /* child_leave_take */
    struct work ending;
};

/* How long to wait, and for whom. */
struct child_wait {
    const struct ragd_call *call; /* whose stop counts; NULL = nobody's */
    uint64_t deadline_ms;         /* by clock_mono_ms, 0 = none */
};

/* Where ragd-plugin-host is; once, before any other. */
void child_set_program(const char *path);

/* Starts one with the plugin's file; Hello is still to come. ERR_PLUGIN_REFUSED,
 * ERR_NOMEM. */
int child_spawn(struct plugin *plugin, struct child **out, struct err *err);

/*
 * Sends a frame, with a descriptor that stays the caller's, or -1; receives the
 * next one, which lives until the next call.
 *
 * Errors, after which it is only good for child_destroy: ERR_LOADER_CRASHED,
 * ERR_PLUGIN (it breaks the protocol), ERR_LIMIT (CPU time), ERR_DEADLINE (of
 * wait). Or the call's stop, with err->id ERR_NONE: it was told, and had the
 * time of the limit child_grace to come to an end.
 */
int child_send(struct child *child, const host_frame *frame, int fd,
               const struct child_wait *wait, struct err *err);
int child_receive(struct child *child, const struct child_wait *wait,
                  const host_frame **frame, struct err *err);
/* Adds to err what it wrote to stderr last, where nothing else says why; before it is
 * watched. NULL is legal. */
void child_last_words(const struct child *child, struct err *err);
/* It says what has no place here: ERR_PLUGIN. */
int child_breach(const char *what, struct err *err);

/* Whether it waits in silence, as an idle one does. */
bool child_is_quiet(const struct child *child);
/* The CPU time it may use from now on, 0 = any amount. */
void child_limit_cpu(struct child *child, uint64_t ms);
/* Bytes of memory it occupies, 0 = not known. */
uint64_t child_resident(const struct child *child);

/* Kills and reaps it. NULL is legal. */
void child_destroy(struct child *child);
/* The same, but it may end in order first. NULL is legal. */
void child_end(struct child *child);
/* The same on another worker, later: nobody waits for it. Takes child. */
void child_leave_take(struct child *child);

#endif
