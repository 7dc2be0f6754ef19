/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The functions and the service that a plugin in a child is given: the same
 * tables as in the daemon, answered from what came with Create and Load, from
 * the control page, or by a frame.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "build_info.h"
#include "core/clock.h"
#include "core/given.h"
#include "core/utf8.h"
#include "host/child.h"
#include "wire/host_values.h"

enum {
    LOG_TEXT_BYTES_MAX = 4096,
    LOG_FIELDS_MAX = 16,
    PROGRESS_EVERY_MS = 100, /* shortest time between two reports of a call */
};

/* ---- the call ---------------------------------------------------------------------- */

struct ragd_call *call_begin(struct child *child, uint64_t timeout_ms)
{
    struct ragd_call *call = &child->call;
    *call = (struct ragd_call){.child = child, .alive = true};
    call->deadline_ms = timeout_ms ? clock_mono_ms() + timeout_ms : 0;
    arena_init(&call->memory, child->call_bytes);
    return call;
}

void call_end(struct ragd_call *call)
{
    call->alive = false;
    if (call->drop) {
        call->drop(call->data);
    }
    arena_release(&call->memory);
}

ragd_status call_broken(struct ragd_call *call, const char *fmt, ...)
{
    if (!call->fault[0]) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(call->fault, sizeof(call->fault), fmt, args);
        va_end(args);
    }
    return RAGD_E_INTERNAL;
}

static void error_out(const struct ragd_error *in, Ragd__Host__V1__HostError *out)
{
    ragd__host__v1__host_error__init(out);
    out->status = in->status;
    out->code = host_bytes(in->code.p, in->code.n);
    out->message = host_bytes(in->message.p, in->message.n);
    out->retry_after_ms = in->retry_after_ms;
    out->http_status = in->http_status;
    out->os_errno = in->os_errno;
}

Ragd__Host__V1__HostError *call_error_out(const struct ragd_call *call,
                                          Ragd__Host__V1__HostError *out)
{
    if (call->error.struct_size == 0) {
        return NULL;
    }
    error_out(&call->error, out);
    return out;
}

static void send_log(struct talk *talk, uint32_t level, struct ragd_str text,
                     struct ragd_kvs fields)
{
    struct arena arena = {0};
    struct host_entries entries = {0};
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__HostLog log = RAGD__HOST__V1__HOST_LOG__INIT;
    fields.n = fields.n < LOG_FIELDS_MAX ? fields.n : LOG_FIELDS_MAX;
    if (host_kvs_out(&arena, fields, &entries) == 0) {
        log.level = level;
        log.text = host_bytes(text.p, text.n);
        log.fields = entries.p;
        log.n_fields = entries.n;
        frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_LOG;
        frame.log = &log;
        (void)talk_send(talk, &frame, NULL); /* a line too much is lost */
    }
    arena_release(&arena);
}

static bool alive(const struct ragd_call *call, const char *function)
{
    if (call && call->alive) {
        return true;
    }
    if (call && call->child) {
        char text[120];
        snprintf(text, sizeof(text), "%s on a call that has ended", function);
        send_log(&call->child->talk, RAGD_LOG_ERROR, ragd_cs(text), (struct ragd_kvs){0});
    }
    return false;
}

/* ---- ragd_host ----------------------------------------------------------------------- */

static uint32_t table_log_level(struct ragd_ctx *ctx)
{
    return ctx ? atomic_load_explicit(&ctx->child->talk.control->log_level,
                                      memory_order_relaxed)
               : RAGD_LOG_INFO;
}

static void table_log(struct ragd_ctx *ctx, uint32_t level, struct ragd_str msg,
                      struct ragd_kvs fields)
{
    if (ctx && level <= table_log_level(ctx) && msg.p) {
        msg.n = utf8_cut(msg.p, utf8_check(msg.p, msg.n), LOG_TEXT_BYTES_MAX);
        send_log(&ctx->child->talk, level, msg, fields);
    }
}

static ragd_status table_call_state(struct ragd_call *call)
{
    return alive(call, "call_state")
               ? atomic_load_explicit(&call->child->talk.control->stop,
                                      memory_order_acquire)
               : RAGD_E_CANCELLED;
}

static int64_t table_call_left_ms(struct ragd_call *call)
{
    if (!alive(call, "call_left_ms")) {
        return 0;
    }
    if (call->deadline_ms == 0) {
        return INT64_MAX;
    }
    uint64_t now = clock_mono_ms();
    return now < call->deadline_ms ? (int64_t)(call->deadline_ms - now) : 0;
}

static void table_call_error(struct ragd_call *call, const struct ragd_error *error)
{
    if (!alive(call, "call_error") || !error || error->struct_size < sizeof(*error)) {
        return;
    }
    pthread_mutex_lock(&call->child->talk.lock);
    call->error = *error;
    call->error.code = given_text(call->code, sizeof(call->code), error->code);
    call->error.message = given_text(call->message, sizeof(call->message), error->message);
    pthread_mutex_unlock(&call->child->talk.lock);
}

static void table_call_item_error(struct ragd_call *call, uint64_t index,
                                  const struct ragd_error *error)
{
    if (!alive(call, "call_item_error") || !error || error->struct_size < sizeof(*error)) {
        return;
    }
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__ItemError item = RAGD__HOST__V1__ITEM_ERROR__INIT;
    Ragd__Host__V1__HostError detail;
    error_out(error, &detail);
    item.index = index;
    item.error = &detail;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_ITEM_ERROR;
    frame.item_error = &item;
    (void)talk_send(&call->child->talk, &frame, NULL);
}

static void table_call_progress(struct ragd_call *call, uint64_t done, uint64_t total)
{
    uint64_t now = clock_mono_ms();
    if (!alive(call, "call_progress") ||
        (call->progress_at_ms && now - call->progress_at_ms < PROGRESS_EVERY_MS)) {
        return;
    }
    call->progress_at_ms = now;
    frame_msg frame = RAGD__HOST__V1__HOST_FRAME__INIT;
    Ragd__Host__V1__HostProgress progress = RAGD__HOST__V1__HOST_PROGRESS__INIT;
    progress.done = done;
    progress.total = total;
    frame.kind_case = RAGD__HOST__V1__HOST_FRAME__KIND_PROGRESS;
    frame.progress = &progress;
    (void)talk_send(&call->child->talk, &frame, NULL);
}

static void *table_call_alloc(struct ragd_call *call, size_t size, size_t align)
{
    return alive(call, "call_alloc") ? given_memory(&call->memory, size, align) : NULL;
}

static void table_call_set(struct ragd_call *call, void *data, void (*drop)(void *data))
{
    if (alive(call, "call_set")) {
        call->data = data;
        call->drop = drop;
    }
}

static void *table_call_get(struct ragd_call *call)
{
    return alive(call, "call_get") ? call->data : NULL;
}

/* Only blocking operations are served here. */
static void table_call_done(struct ragd_call *call, ragd_status status)
{
    (void)status;
    if (alive(call, "call_done")) {
        call_broken(call, "calls call_done in a blocking operation");
    }
}

/* ---- ragd.config/1 ---------------------------------------------------------------------- */

static ragd_status config_get(struct ragd_ctx *ctx, const char *name,
                              struct ragd_value *out)
{
    if (!ctx || !name || !out) {
        return RAGD_E_ARG;
    }
    struct ragd_str wanted = ragd_cs(name);
    for (size_t i = 0; i < ctx->options.n; i++) {
        struct ragd_str key = ctx->options.p[i].key;
        if (key.n == wanted.n && memcmp(key.p, wanted.p, key.n) == 0) {
            *out = ctx->options.p[i].val;
            return RAGD_OK;
        }
    }
    return RAGD_E_NOT_FOUND;
}

/* Nothing here may be written, so no directory is anybody's. */
static struct ragd_str config_dir(struct ragd_ctx *ctx, uint32_t which)
{
    (void)ctx;
    (void)which;
    return ragd_cs("");
}

static const struct ragd_config_svc config_service = {
    .struct_size = sizeof(config_service),
    .get = config_get,
    .dir = config_dir,
};

static const void *table_service(struct ragd_ctx *ctx, const char *id)
{
    return ctx && id && strcmp(id, RAGD_SVC_CONFIG) == 0 &&
                   object_wants(&ctx->child->object, id)
               ? &config_service
               : NULL;
}

const struct ragd_host HOST_TABLE = {
    .struct_size = sizeof(HOST_TABLE),
    .abi_minor = RAGD_ABI_MINOR,
    .name = "ragd",
    .version = BUILD_VERSION,
    .service = table_service,
    .log_level = table_log_level,
    .log = table_log,
    .call_state = table_call_state,
    .call_left_ms = table_call_left_ms,
    .call_error = table_call_error,
    .call_item_error = table_call_item_error,
    .call_progress = table_call_progress,
    .call_alloc = table_call_alloc,
    .call_set = table_call_set,
    .call_get = table_call_get,
    .call_done = table_call_done,
};
