/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* One operation: its state, errors and memory, and the core table over them. */
#include "sdk/testing/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ragd_call *fake_call_create(struct fake_host *host)
{
    struct ragd_call *call = calloc(1, sizeof(*call));
    if (!call) {
        abort();
    }
    call->host = host;
    call->memory_left = SIZE_MAX;
    pthread_mutex_init(&call->lock, NULL);
    pthread_cond_init(&call->completed, NULL);
    return call;
}

void fake_call_destroy(struct ragd_call *call)
{
    if (!call) {
        return;
    }
    if (call->drop) {
        call->drop(call->data);
    }
    fake_release(&call->memory);
    pthread_cond_destroy(&call->completed);
    pthread_mutex_destroy(&call->lock);
    free(call);
}

ragd_status fake_call_wait(struct ragd_call *call, ragd_status status)
{
    if (status != RAGD_PENDING) {
        return status;
    }
    pthread_mutex_lock(&call->lock);
    while (!call->done) {
        pthread_cond_wait(&call->completed, &call->lock);
    }
    status = call->done_status;
    pthread_mutex_unlock(&call->lock);
    return status;
}

const struct fake_results *fake_call_results(const struct ragd_call *call)
{
    return &call->results;
}

const char *fake_call_code(const struct ragd_call *call)
{
    return call->code;
}

const char *fake_call_message(const struct ragd_call *call)
{
    return call->message;
}

void fake_call_cancel_at(struct ragd_call *call, uint64_t n)
{
    call->cancel_at = n;
    if (n == 0) {
        atomic_store(&call->state, RAGD_E_CANCELLED);
    }
}

void fake_call_stop_at(struct ragd_call *call, uint64_t n, ragd_status status)
{
    call->stop_at = n;
    call->stop_status = status;
}

void fake_call_expire(struct ragd_call *call)
{
    atomic_store(&call->state, RAGD_E_DEADLINE);
}

void fake_call_limit_memory(struct ragd_call *call, size_t bytes)
{
    call->memory_left = bytes;
}

void fake_call_set_dim(struct ragd_call *call, uint32_t dim)
{
    call->dim = dim;
}

ragd_status fake_call_step(struct ragd_call *call)
{
    uint64_t n = ++call->results.n_sink_calls;
    if (n == call->cancel_at) {
        atomic_store(&call->state, RAGD_E_CANCELLED);
    }
    ragd_status state = atomic_load(&call->state);
    if (state == RAGD_OK && n == call->stop_at) {
        state = call->stop_status;
    }
    return state;
}

static ragd_status call_state(struct ragd_call *call)
{
    return atomic_load(&call->state);
}

static int64_t call_left_ms(struct ragd_call *call)
{
    return atomic_load(&call->state) == RAGD_E_DEADLINE ? 0 : INT64_MAX;
}

static void keep(char *to, size_t size, struct ragd_str s)
{
    snprintf(to, size, "%.*s", (int)(s.n < size ? s.n : size - 1), s.n ? s.p : "");
}

static void call_error(struct ragd_call *call, const struct ragd_error *error)
{
    keep(call->code, sizeof(call->code), error->code);
    keep(call->message, sizeof(call->message), error->message);
}

static void call_item_error(struct ragd_call *call, uint64_t index,
                            const struct ragd_error *error)
{
    struct fake_results *r = &call->results;
    struct fake_item_error *items = fake_grow(&call->memory, r->item_errors,
                                              r->n_item_errors, sizeof(*items));
    items[r->n_item_errors++] = (struct fake_item_error){
        index, error->status, fake_copy_str(&call->memory, error->message)};
    r->item_errors = items;
}

static void call_progress(struct ragd_call *call, uint64_t done, uint64_t total)
{
    call->results.progress_done = done;
    call->results.progress_total = total;
}

static void *call_alloc(struct ragd_call *call, size_t size, size_t align)
{
    if (size > call->memory_left || align > sizeof(max_align_t)) {
        return NULL;
    }
    call->memory_left -= call->memory_left == SIZE_MAX ? 0 : size;
    return fake_alloc(&call->memory, size);
}

static void call_set(struct ragd_call *call, void *data, void (*drop)(void *data))
{
    call->data = data;
    call->drop = drop;
}

static void *call_get(struct ragd_call *call)
{
    return call->data;
}

static void call_done(struct ragd_call *call, ragd_status status)
{
    pthread_mutex_lock(&call->lock);
    if (call->done) {
        fputs("fake host: an operation completed twice\n", stderr);
        abort();
    }
    call->done = true;
    call->done_status = status;
    pthread_cond_signal(&call->completed);
    pthread_mutex_unlock(&call->lock);
}

static uint32_t log_level(struct ragd_ctx *ctx)
{
    (void)ctx;
    return RAGD_LOG_DEBUG;
}

static void print_value(FILE *out, struct ragd_value v)
{
    switch (v.type) {
    case RAGD_V_STR: fprintf(out, "%.*s", (int)v.u.s.n, v.u.s.n ? v.u.s.p : ""); break;
    case RAGD_V_REAL: fprintf(out, "%g", v.u.d); break;
    case RAGD_V_INT:
    case RAGD_V_BOOL: fprintf(out, "%lld", (long long)v.u.i); break;
    default: fputs("?", out); break;
    }
}

static void log_message(struct ragd_ctx *ctx, uint32_t level, struct ragd_str msg,
                        struct ragd_kvs fields)
{
    static const char *const LEVELS[] = {"error", "warning", "info", "debug"};
    struct fake_host *host = ctx->host;
    pthread_mutex_lock(&host->lock);
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out) {
        abort();
    }
    fprintf(out, "%s%s: %.*s", host->log ? host->log : "", LEVELS[level & 3], (int)msg.n,
            msg.p);
    for (size_t i = 0; i < fields.n; i++) {
        fprintf(out, " %.*s=", (int)fields.p[i].key.n, fields.p[i].key.p);
        print_value(out, fields.p[i].val);
    }
    fputc('\n', out);
    fclose(out);
    free(host->log);
    host->log = text;
    host->log_n = n;
    pthread_mutex_unlock(&host->lock);
}

const struct ragd_host fake_host_table = {
    .struct_size = sizeof(fake_host_table),
    .abi_minor = RAGD_ABI_MINOR,
    .name = "fake host",
    .version = "1.0.0",
    .service = fake_service,
    .log_level = log_level,
    .log = log_message,
    .call_state = call_state,
    .call_left_ms = call_left_ms,
    .call_error = call_error,
    .call_item_error = call_item_error,
    .call_progress = call_progress,
    .call_alloc = call_alloc,
    .call_set = call_set,
    .call_get = call_get,
    .call_done = call_done,
};
