/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * A host for the unit tests of a plugin: no daemon, no loop, no files.
 *
 *   struct fake_host *host = fake_host_create(ragd_plugin_entry_v0);
 *   struct fake_instance store;
 *   fake_host_set(host, "cache", "1MiB");
 *   rc = fake_instance_create(host, RAGD_IF_STORE, &store);
 *   struct ragd_call *call = fake_call_create(host);
 *   rc = fake_call_wait(call, table->count(view, call, &filter, &n));
 *   ... fake_call_results(call), fake_call_message(call) ...
 *   fake_call_destroy(call);
 *
 * Operations run on the thread that calls them; calls of different threads are
 * independent. Running out of memory ends the program: this is for tests.
 */
#ifndef TESTING_FAKE_HOST_H
#define TESTING_FAKE_HOST_H

#include <stdbool.h>

#include <ragd/ragd.h>

#include "sdk/testing/fake_results.h"

struct fake_host;

typedef const struct ragd_plugin *fake_entry_fn(const struct ragd_host *host);

/* Runs the entry and init. NULL when the plugin refuses or when its identity is
 * not well-formed; stderr says why. */
struct fake_host *fake_host_create(fake_entry_fn *entry);
/* The same with a shared object. */
struct fake_host *fake_host_load(const char *path);
/* Runs fini. NULL is legal. */
void fake_host_destroy(struct fake_host *host);

/* An option of the instances created from now on, as text: "4MiB", "250ms",
 * "true", list items separated by commas. NULL: its default again. */
void fake_host_set(struct fake_host *host, const char *name, const char *text);
/* The directory that config's dir answers. NULL: none. */
void fake_host_set_dir(struct fake_host *host, enum ragd_dir which, const char *path);
/* All that was logged, one "level: sentence key=value" a line. Until the next
 * message. */
const char *fake_host_log(const struct fake_host *host);
/* The value of a counter or gauge, 0 when it was never defined. */
double fake_host_metric(const struct fake_host *host, const char *name);

struct fake_instance {
    const void *table; /* of the interface: const struct ragd_store * ... */
    void *inst;        /* what operations take */
    struct ragd_ctx *ctx;
};

/* Checks the options against their descriptors, as the daemon does, and runs
 * create. RAGD_E_NOT_FOUND: the plugin has no such interface. RAGD_E_CONFIG: an
 * option that is unknown, required or out of bounds. fake_host_message says. */
ragd_status fake_instance_create(struct fake_host *host, const char *interface,
                                 struct fake_instance *out);
/* Sentence of the last failed create. */
const char *fake_host_message(const struct fake_host *host);
/* A zeroed one is legal. */
void fake_instance_destroy(struct fake_instance *instance);

/* The call of one operation, uncancelled and with all the memory it wants. */
struct ragd_call *fake_call_create(struct fake_host *host);
/* Frees its results and runs the drop function of call_set. NULL is legal. */
void fake_call_destroy(struct ragd_call *call);

/* status, or for RAGD_PENDING what the operation completes with. Ends the
 * program when an operation completes twice. */
ragd_status fake_call_wait(struct ragd_call *call, ragd_status status);
const struct fake_results *fake_call_results(const struct ragd_call *call);
/* Word and sentence of the last call_error, "" when there was none. */
const char *fake_call_code(const struct ragd_call *call);
const char *fake_call_message(const struct ragd_call *call);

/* The n-th sink call (1 = the first) answers RAGD_E_CANCELLED, call_state as
 * well from then on; 0: call_state at once. */
void fake_call_cancel_at(struct ragd_call *call, uint64_t n);
/* The n-th sink call answers status; call_state does not change. */
void fake_call_stop_at(struct ragd_call *call, uint64_t n, ragd_status status);
/* call_state answers RAGD_E_DEADLINE. */
void fake_call_expire(struct ragd_call *call);
/* call_alloc gives NULL beyond this many bytes. */
void fake_call_limit_memory(struct ragd_call *call, size_t bytes);
/* Floats of a record's vector, so that sinks can copy them. */
void fake_call_set_dim(struct ragd_call *call, uint32_t dim);

/* Sinks that copy into the call's results. */
extern const struct ragd_coll_sink fake_coll_sink;
extern const struct ragd_hit_sink fake_hit_sink;
extern const struct ragd_record_sink fake_record_sink;
extern const struct ragd_doc_out fake_stored_doc_sink;
extern const struct ragd_blob_sink fake_blob_sink;
extern const struct ragd_verify_sink fake_verify_sink;
extern const struct ragd_doc_sink fake_doc_sink;
extern const struct ragd_token_sink fake_token_sink;
extern const struct ragd_model_sink fake_model_sink;
extern const struct ragd_entry_sink fake_entry_sink;
extern const struct ragd_byte_sink fake_byte_sink;

/* A loader's input. */
struct fake_input {
    struct ragd_input input;
    struct ragd_limits limits;
    struct ragd_bytes bytes;
    size_t read_max; /* bytes of one read, to make short ones; 0 = any */
};

/* Everything set from its name, type and bytes, which it borrows; as_map: also
 * mapped. Change members of input and limits as you like. */
void fake_input_init(struct fake_input *in, const char *name, const char *mime,
                     struct ragd_bytes bytes, bool as_map);

#endif
