/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the daemon gives to a plugin: the core table and the services.
 *
 * Thread tags: [init] one thread, before any work; [loop] the event loop;
 * [worker] a worker thread; [exec] loop or worker, as ragd_life.exec says;
 * [call] whichever thread is inside this call's operation, never two at once;
 * [any] any thread. Pointers passed in either direction are valid until the
 * function returns, arguments of an operation until the operation completes.
 * Nobody frees the other's memory.
 */
#ifndef RAGD_HOST_H
#define RAGD_HOST_H

#include <ragd/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ragd_log_level {
    RAGD_LOG_ERROR = 0,
    RAGD_LOG_WARN = 1,
    RAGD_LOG_INFO = 2,
    RAGD_LOG_DEBUG = 3,
};

struct ragd_host {
    uint32_t struct_size, abi_minor;
    const char *name, *version; /* of the daemon */

    /* The table of a service, or NULL when this host does not have it or the
     * plugin declared it neither in needs nor in wants. Valid for the life of
     * the process. [any] */
    const void *(*service)(struct ragd_ctx *ctx, const char *id);

    /* Messages above this level are dropped; ask before formatting. [any] */
    uint32_t (*log_level)(struct ragd_ctx *ctx);
    /* Logs a sentence with fields. Instance and call are added by the host; a
     * plugin never writes to stdout or stderr. [any] */
    void (*log)(struct ragd_ctx *ctx, uint32_t level, struct ragd_str msg,
                struct ragd_kvs fields);

    /* RAGD_OK, RAGD_E_CANCELLED or RAGD_E_DEADLINE. A lock-free read; blocking
     * operations poll it at least every 100 ms or per item. [any] */
    ragd_status (*call_state)(struct ragd_call *call);
    /* Milliseconds left, INT64_MAX without a deadline. [any] */
    int64_t (*call_left_ms)(struct ragd_call *call);
    /* Detail of the error the operation is about to return; the last one
     * before completion wins, the returned status stays the truth. [any] */
    void (*call_error)(struct ragd_call *call, const struct ragd_error *error);
    /* Item index of a batch failed, the others go on; complete the operation
     * with RAGD_PARTIAL. [any] */
    void (*call_item_error)(struct ragd_call *call, uint64_t index,
                            const struct ragd_error *error);
    /* total 0 = unknown. The host limits the rate. [any] */
    void (*call_progress)(struct ragd_call *call, uint64_t done, uint64_t total);
    /* Zeroed memory freed by the host after completion; NULL when the call's
     * budget is used up. align is a power of two. [call] */
    void *(*call_alloc)(struct ragd_call *call, size_t size, size_t align);
    /* One pointer of the plugin's per call, drop (may be NULL) is run on it
     * after completion. [call] */
    void (*call_set)(struct ragd_call *call, void *data, void (*drop)(void *data));
    void *(*call_get)(struct ragd_call *call); /* [any] */
    /* Completes an operation that answers RAGD_PENDING, exactly once. It may
     * be called before that answer is returned, on any thread. Call, arena and
     * arguments may be gone when it returns. [any] */
    void (*call_done)(struct ragd_call *call, ragd_status status);
};

#define RAGD_SVC_CONFIG "ragd.config/1"
#define RAGD_SVC_TASK "ragd.task/1"
#define RAGD_SVC_STATE "ragd.state/1"
#define RAGD_SVC_METRIC "ragd.metric/1"

enum ragd_dir {
    RAGD_DIR_DATA = 1,  /* private, durable, mode 0700; exists */
    RAGD_DIR_CACHE = 2, /* private, may vanish between starts; exists */
};

/* The configured options of an instance. */
struct ragd_config_svc {
    uint32_t struct_size, reserved;
    /* The validated value with its default applied, as the option's type:
     * STR, PATH, URL, choice: str; INT, SIZE (bytes), MS: int; REAL: real;
     * BOOL: bool; STRLIST: list of str. An option without value and default
     * gives null. RAGD_E_NOT_FOUND: no such option. Values live as long as
     * ctx. [any] */
    ragd_status (*get)(struct ragd_ctx *ctx, const char *name, struct ragd_value *out);
    /* Absolute path, empty when the instance has none. Lives as long as ctx. */
    struct ragd_str (*dir)(struct ragd_ctx *ctx, uint32_t which);
};

struct ragd_timer;

/* Moving work between the loop and the workers. */
struct ragd_task_svc {
    uint32_t struct_size, reserved;
    /* Runs fn on a worker, then after on the loop: once, also when cancelled
     * (then fn may be skipped and status says so). [any] */
    ragd_status (*work)(struct ragd_call *call, void (*fn)(void *arg),
                        void (*after)(void *arg, ragd_status status), void *arg);
    /* Runs fn on the loop. The way in for a plugin's own threads. [any] */
    ragd_status (*post)(struct ragd_ctx *ctx, void (*fn)(void *arg), void *arg);
    /* Runs fn on the loop after ms, then every repeat_ms unless 0. The handle
     * is the plugin's until timer_stop, also when it has run. [loop] */
    ragd_status (*timer)(struct ragd_ctx *ctx, uint64_t ms, uint64_t repeat_ms,
                         void (*fn)(void *arg), void *arg, struct ragd_timer **out);
    /* No call of fn follows; the handle is gone. NULL is legal. [loop] */
    void (*timer_stop)(struct ragd_timer *timer);
    /* Sleeps; RAGD_OK, or call_state's word as soon as it changes. [worker] */
    ragd_status (*wait_ms)(struct ragd_call *call, uint32_t ms);
};

/* Small durable values of an instance: cursors, entity tags. Keys up to 256
 * bytes, values up to 64 KiB. Blocking: inside BLOCKING operations only. */
struct ragd_state_svc {
    uint32_t struct_size, reserved;
    /* The value lives in the call's arena. RAGD_E_NOT_FOUND. [worker] */
    ragd_status (*get)(struct ragd_call *call, struct ragd_str key, struct ragd_bytes *out);
    ragd_status (*put)(struct ragd_call *call, struct ragd_str key, struct ragd_bytes val);
    ragd_status (*del)(struct ragd_call *call, struct ragd_str key);
};

enum ragd_metric_kind { RAGD_COUNTER = 1, RAGD_GAUGE = 2 };

/* Counters and gauges, exported with the plugin's id in front. */
struct ragd_metric_svc {
    uint32_t struct_size, reserved;
    /* An id for add, 0 when refused. name: [a-z0-9_]+, unit: a base unit such
     * as "seconds" or "bytes", may be empty. [init] or in create. */
    uint32_t (*define)(struct ragd_ctx *ctx, uint32_t kind, const char *name,
                       const char *unit, const char *help);
    /* Adds to a counter, sets a gauge. [any] */
    void (*add)(struct ragd_ctx *ctx, uint32_t id, double value);
};

#ifdef __cplusplus
}
#endif
#endif
