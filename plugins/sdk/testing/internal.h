/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Host, instance and call as the files of the fake host see them. */
#ifndef TESTING_INTERNAL_H
#define TESTING_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "sdk/testing/fake_host.h"

enum { FAKE_OPTIONS_MAX = 64, FAKE_METRICS_MAX = 64, FAKE_STATE_MAX = 256 };

struct fake_pair {
    char *key, *text;
};

/* An instance, or the plugin itself. */
struct ragd_ctx {
    struct fake_host *host;
    struct ragd_kv values[FAKE_OPTIONS_MAX]; /* by option, defaults applied */
    size_t n_values;
    struct fake_memory *memory; /* of the values */
};

struct fake_host {
    struct ragd_ctx ctx; /* the plugin's */
    const struct ragd_plugin *plugin;
    struct fake_pair options[FAKE_OPTIONS_MAX]; /* as set by the test */
    size_t n_options;
    char *dirs[3]; /* by enum ragd_dir */
    char message[512];
    pthread_mutex_t lock; /* of what follows */
    char *log;
    size_t log_n;
    struct {
        char *name;
        uint32_t kind; /* enum ragd_metric_kind */
        double value;
    } metrics[FAKE_METRICS_MAX];
    size_t n_metrics;
    struct {
        char *key;
        void *bytes;
        size_t n;
    } state[FAKE_STATE_MAX];
    size_t n_state;
};

struct ragd_call {
    struct fake_host *host;
    struct fake_memory *memory;
    struct fake_results results;
    uint32_t dim;
    size_t memory_left;
    uint64_t cancel_at, stop_at; /* sink calls, 0 = never */
    ragd_status stop_status;
    _Atomic(ragd_status) state;
    char code[64], message[512];
    void *data;
    void (*drop)(void *data);
    pthread_mutex_t lock;
    pthread_cond_t completed;
    bool done;
    ragd_status done_status;
};

extern const struct ragd_host fake_host_table;

/* Zeroed; end the program when there is none. */
void *fake_alloc(struct fake_memory **list, size_t size);
void fake_release(struct fake_memory **list);
/* A grown copy of an array with room for one more element behind n. */
void *fake_grow(struct fake_memory **list, const void *array, size_t n, size_t size);

/* Deep copies. */
struct ragd_str fake_copy_str(struct fake_memory **list, struct ragd_str s);
struct ragd_bytes fake_copy_bytes(struct fake_memory **list, struct ragd_bytes b);
struct ragd_value fake_copy_value(struct fake_memory **list, struct ragd_value v);
struct ragd_kvs fake_copy_kvs(struct fake_memory **list, struct ragd_kvs kvs);

/* The value of an option from its text, by its descriptor. RAGD_E_CONFIG with a
 * sentence. */
ragd_status fake_option_parse(const struct ragd_option *option, const char *text,
                              struct fake_memory **list, struct ragd_value *out,
                              char message[512]);
const void *fake_service(struct ragd_ctx *ctx, const char *id);

/* Counts a sink call; what it has to answer. */
ragd_status fake_call_step(struct ragd_call *call);

#endif
