/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * One call of one function of a plugin: what the plugin knows as ragd_call.
 *
 * It owns copies of all that the plugin sees and stays valid until the plugin
 * has completed it, whatever became of the operation behind it. Ended ones are
 * kept for a while as tombstones, so that a plugin that completes twice is
 * noticed instead of writing into someone else's memory.
 */
#ifndef PLUGIN_ATTEMPT_H
#define PLUGIN_ATTEMPT_H

#include <pthread.h>

#include "core/err.h"
#include "plugin/instance.h"
#include "plugin/op.h"

/* What magic says. */
enum { ATTEMPT_ALIVE = 0x6c6c6163, ATTEMPT_DEAD = 0x64616564 };

enum attempt_phase { ATTEMPT_QUEUED, ATTEMPT_PREPARING, ATTEMPT_IN_PLUGIN, ATTEMPT_ENDED };

struct ragd_call {
    uint32_t magic;
    atomic_int stop;      /* 0, RAGD_E_CANCELLED or RAGD_E_DEADLINE */
    atomic_int phase;     /* enum attempt_phase */
    atomic_int completed; /* the plugin's word was given */
    const struct op_kind *kind;
    struct instance *instance; /* NULL = our own work */
    struct call_op *op;        /* [loop]; NULL = given up */
    struct call *request;      /* in prepare and settle only; OP_OWN: always */
    uint64_t deadline_ms;      /* 0 = none */
    bool pending;              /* the plugin answered RAGD_PENDING */
    bool streamed;             /* something was shown already: no retry */
    bool page_full;            /* we stopped it: we had enough */
    bool again;                /* it failed on the same before */
    struct arena inputs;       /* copies of what the plugin is to see */
    struct arena memory;       /* what it allocates */
    struct arena results;
    void *args; /* of the kind */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* Under lock. */
    struct ragd_error detail; /* texts point below */
    char detail_code[64], detail_message[ERR_MSG_BYTES];
    struct err fault; /* the first that went wrong on our side of the boundary */

    void *data; /* the plugin's, call_set */
    void (*drop_data)(void *data);
    atomic_int progress_posted;
    atomic_ullong progress_done, progress_total, progress_at_ms;
    atomic_int refs;

    struct work work;
    struct inbox_item run_item, done_item, stop_item, progress_item;
    int status; /* what it ended with */
};

/* NULL without memory. */
struct ragd_call *attempt_create(struct call_op *op, const struct op_kind *kind,
                                 struct instance *instance);
/* Puts it on its way; op_attempt_done comes later. [loop] */
void attempt_run(struct ragd_call *call);
/* Asks it to end. [loop] */
void attempt_stop(struct ragd_call *call, int reason);
/* The operation lets go of it. [loop] */
void attempt_unref(struct ragd_call *call);
struct ragd_call *attempt_ref(struct ragd_call *call);
/* Frees the tombstones. At the end. */
void attempts_forget(void);
/* Whether it can be given up: it is inside the plugin. [loop] */
bool attempt_in_plugin(const struct ragd_call *call);
/* The plugin does not come back: the operation goes on without it. [loop] */
void attempt_abandon(struct ragd_call *call);
/* 0, or a negative status with err. [loop] */
int attempt_result(struct ragd_call *call, struct err *err);

/* Milliseconds until the deadline, INT64_MAX without. [any] */
int64_t attempt_left_ms(const struct ragd_call *call);
/* 0, or why it should end. [any] */
int attempt_state(const struct ragd_call *call);

/* Records the first fault and returns its status, for sinks to hand on. */
int attempt_fault(struct ragd_call *call, enum err_id id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with an error that was told elsewhere; ERR_NONE is none. [any] */
void attempt_keep_fault(struct ragd_call *call, const struct err *err);
/* The plugin broke its contract: attempt_fault with ERR_PLUGIN. [any] */
#define attempt_broken(call, ...) attempt_fault(call, ERR_PLUGIN, __VA_ARGS__)
/* Whether its operation is on the loop and may be pending. [any] */
bool attempt_is_async(const struct ragd_call *call);
/* When it is the plugin's. [loop] */
void attempt_log_fault(struct ragd_call *call);
/* "INSTANCE (PLUGIN): FUNCTION", for the log. */
void attempt_label(const struct ragd_call *call, char *out, size_t size);

/* The functions of ragd_host that take a call (host_call.c). */
void host_on_progress(struct inbox_item *item);
ragd_status host_call_state(struct ragd_call *call);
int64_t host_call_left_ms(struct ragd_call *call);
void host_call_error(struct ragd_call *call, const struct ragd_error *error);
void host_call_item_error(struct ragd_call *call, uint64_t index,
                          const struct ragd_error *error);
void host_call_progress(struct ragd_call *call, uint64_t done, uint64_t total);
void *host_call_alloc(struct ragd_call *call, size_t size, size_t align);
void host_call_set(struct ragd_call *call, void *data, void (*drop)(void *data));
void *host_call_get(struct ragd_call *call);
void host_call_done(struct ragd_call *call, ragd_status status);

#endif
