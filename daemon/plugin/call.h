/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Asking plugins for work: what every call has in common.
 *
 * A call is a struct that the caller owns: fill in the inputs, start it, and
 * done comes exactly once, later, on the loop, never before the start
 * function has returned. Inputs are borrowed until done; results live in the
 * call's arena, copied and checked (UTF-8, ranges, dimension, finite), until
 * call_release. A failed call has a negative status and err; its outputs are
 * zero. Cancelled calls complete too.
 *
 * Lanes, deadlines, retries (3 attempts in all, by status alone) and the log
 * of misbehaving plugins happen behind these functions. Nothing here mentions
 * how or where a plugin runs; no call hands a pointer into the daemon to it.
 *
 * Thread: all functions [loop].
 */
#ifndef PLUGIN_CALL_H
#define PLUGIN_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include <ragd/ragd.h>

#include "core/arena.h"
#include "core/err.h"

enum plugin_kind {
    PLUGIN_SOURCE,
    PLUGIN_LOADER,
    PLUGIN_EMBEDDER,
    PLUGIN_STORE,
    PLUGIN_LLM,
    PLUGIN_KINDS,
};

struct instance; /* a configured use of a plugin; lives as long as the daemon */
struct call;

typedef void (*call_done_fn)(struct call *call);
/* done of total (0 = unknown) items or bytes. */
typedef void (*call_progress_fn)(struct call *call, uint64_t done, uint64_t total);

/* First member of every call; zero it, then set the inputs. */
struct call {
    /* Inputs. */
    call_done_fn done;
    call_progress_fn progress; /* NULL = not wanted */
    void *arg;                 /* the caller's */
    uint64_t deadline_ms;      /* by clock_mono_ms, 0 = none */
    /* Outputs. */
    int status; /* 0, RAGD_PARTIAL, or a negative RAGD_E_* */
    struct err err;
    struct arena arena;
    uint32_t attempts;
    /* Private. */
    struct call_op *op; /* not NULL between start and done */
    struct call *next;
    void (*drop)(struct call *call); /* of results that are no memory */
};

/* Asks it to end soon; done still comes. Legal at any time. */
void call_cancel(struct call *call);
/* The same, where it still waits for its turn; what is at work goes on. */
void call_withdraw(struct call *call);
/* Frees the results. Not between start and done. Zeroed is legal. */
void call_release(struct call *call);
/* Releases an arena of the caller's, on a worker when it is so large that the
 * loop would be kept from other work. */
void call_memory_release(struct arena *arena);
/* Whether it was started and has not completed. */
bool call_active(const struct call *call);

/* Finds an instance: "openai", "openai:MODEL" (derived on first use), or ""
 * for the kind's default. ERR_NO_INSTANCE suggests near names. */
struct call_instance {
    struct call call;
    enum plugin_kind kind;
    struct ragd_str name;
    struct instance *instance; /* out */
};
void call_instance_start(struct call_instance *req);

/* Its configured name, with ":MODEL" when derived. Lives as long as it. */
const char *instance_name(const struct instance *instance);
const char *instance_plugin_name(const struct instance *instance);
const char *instance_plugin_version(const struct instance *instance);
/* The instance by its name when it exists already, else NULL. */
struct instance *instance_find(enum plugin_kind kind, struct ragd_str name);
/* The kind's instances in order of name; NULL ends. */
struct instance *instance_next(enum plugin_kind kind, const struct instance *after);

/* Own computation on a worker: work runs there, done on the loop. work must
 * touch only what arg owns, and poll call_cancelled in long runs. */
struct call_work {
    struct call call;
    int (*work)(struct call_work *req, struct err *err); /* [worker] */
};
void call_work_start(struct call_work *req);
bool call_cancelled(const struct call *call); /* [any] */

/* Runs done later on the loop, after delay_ms (0 = next turn). */
struct call_later {
    struct call call;
    uint64_t delay_ms;
};
void call_later_start(struct call_later *req);

#endif
