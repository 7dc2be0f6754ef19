/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What this process is: one plugin, at most one instance of it, at most one
 * call at a time, and the socket to the daemon behind them.
 */
#ifndef HOST_CHILD_H
#define HOST_CHILD_H

#include "host/object.h"
#include "host/sandbox.h"
#include "host/talk.h"

enum {
    CALL_CODE_BYTES = 64,
    CALL_MESSAGE_BYTES = ERR_MSG_BYTES,
    CALL_FAULT_BYTES = 256,
};

struct child;

/* Host side of the plugin and of its instance. */
struct ragd_ctx {
    struct child *child;
    struct ragd_kvs options; /* resolved; of the instance */
};

/* Host side of the one call. The memory is always the same, so a plugin that
 * touches a call after its end is noticed and harms nothing. */
struct ragd_call {
    struct child *child;
    bool alive;
    struct arena memory;
    uint64_t deadline_ms;             /* 0 = none; monotonic */
    _Atomic(uint64_t) progress_at_ms; /* of the last report, 0 = none yet */
    struct ragd_error error;
    char code[CALL_CODE_BYTES], message[CALL_MESSAGE_BYTES];
    char fault[CALL_FAULT_BYTES]; /* the first breach of the contract, or "" */
    struct err refusal;           /* the first thing that we could not send on */
    void *data;
    void (*drop)(void *data);
};

struct child {
    struct talk talk;
    struct object object;
    struct sandbox_report sandbox;
    struct arena arena; /* what lives as long as the instance */
    struct ragd_ctx plugin_ctx, ctx;
    struct ragd_call call;
    void *inst;
    bool initialised, created;
    uint64_t call_bytes;
    struct ragd_limits limits;
};

/* The table that the plugin is given (tables.c). */
extern const struct ragd_host HOST_TABLE;

/* One call from begin to end; timeout_ms 0 = none. end runs what call_set left. */
struct ragd_call *call_begin(struct child *child, uint64_t timeout_ms);
void call_end(struct ragd_call *call);
/* Records the first breach of the contract; returns RAGD_E_INTERNAL. */
ragd_status call_broken(struct ragd_call *call, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The call's error as a message, NULL when there is none. */
Ragd__Host__V1__HostError *call_error_out(const struct ragd_call *call,
                                          Ragd__Host__V1__HostError *out);

/* Load and its answers (load.c). */
void load_serve(struct child *child, const Ragd__Host__V1__Load *in);

/* Serves until the daemon closes the socket; the process's exit code. */
int child_serve(struct child *child);

#endif
