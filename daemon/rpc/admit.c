/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How a call becomes a request: decoding, deadline, and its turn. */
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "rpc/front.h"
#include "rpc/session.h"
#include "wire/codec.h"

enum {
    BUSY_RETRY_MS = 1000, /* what a refused caller is told to wait */
    /* Above this a timeout is none: 2^53 ms. */
    TIMEOUT_BITS_MAX = 53,
};

static void on_deadline(struct timer *timer)
{
    request_stop(timer->arg, STOP_DEADLINE);
}

static struct request *request_create(struct rpc *rpc, const struct call_in *in)
{
    struct request *request = mem_calloc(1, sizeof(*request));
    if (!request) {
        return NULL;
    }
    request->method = in->method;
    request->services = &rpc->settings.services;
    request->owner = in->owner;
    request->admin = in->admin;
    request->detach = in->call->detach;
    request->rpc = rpc;
    request->session = in->session;
    request->call_id = in->call_id;
    request->credit_down = in->call->credit ? in->call->credit : SESSION_CREDIT_DEFAULT;
    request->timer = (struct timer){.name = "request", .arg = request};
    request->idle = (struct timer){.name = "idle request", .arg = request};
    list_init(&request->node);
    list_init(&request->turn);
    list_init(&request->outbox);
    memcpy(request->trace, in->trace.n ? in->trace.p : "", in->trace.n);
    request->n_trace = in->trace.n;
    return request;
}

static int decode(struct rpc *rpc, struct request *request, const Ragd__V1__Call *call,
                  struct err *err)
{
    ProtobufCMessage *message = NULL;
    arena_init(&request->arena, codec_budget(call->body.len, rpc->limits->unpack));
    int rc = codec_unpack(&request->arena, request->method->call,
                          (struct ragd_bytes){call->body.data, call->body.len}, &message,
                          err);
    if (rc == 0) {
        request->message = message;
        request->arena.budget = 0; /* from here on it is ours */
    }
    return rc;
}

/* what ends with the name of the limit. */
static int busy(struct rpc *rpc, const char *what, uint64_t limit, struct err *err)
{
    rpc->counters.busy++;
    int rc = err_set(err, ERR_BUSY, "%s is %llu", what, (unsigned long long)limit);
    if (err) {
        err->retry_after_ms = BUSY_RETRY_MS;
    }
    return rc;
}

static bool has_room(const struct rpc *rpc)
{
    return rpc->n_working < rpc->limits->in_flight;
}

static int check_room(struct rpc *rpc, const struct request *request, struct err *err)
{
    if (request->arena.used + rpc->decoded_bytes > rpc->limits->decoded) {
        return busy(rpc, "too many bytes of open calls, limits.decoded",
                    rpc->limits->decoded, err);
    }
    if (request->method->flags & METHOD_LIGHT) {
        return 0;
    }
    if (!has_room(rpc) && rpc->n_waiting >= rpc->limits->queue) {
        return busy(rpc, "too many calls at once, limits.queue", rpc->limits->queue, err);
    }
    return 0;
}

/* The handler may end the request at once. */
static void start(struct request *request)
{
    struct rpc *rpc = request->rpc;
    struct request_guard guard;
    request->started = true;
    request_guard_enter(&guard, request);
    request->method->start(request);
    request_guard_leave(rpc, &guard);
    if (guard.request && request->half_closed && request->on_half_close &&
        !request->muted) {
        request->on_half_close(request);
    }
}

static void start_at_work(struct request *request)
{
    request->working = true;
    request->rpc->n_working++;
    start(request);
}

void request_next_turn(struct timer *timer)
{
    struct rpc *rpc = timer->arg;
    while (rpc->n_waiting > 0 && has_room(rpc)) {
        struct request *request = LIST_OF(list_pop(&rpc->waiting), struct request, turn);
        rpc->n_waiting--;
        start_at_work(request);
    }
}

int request_admit(struct rpc *rpc, const struct call_in *in, struct err *err)
{
    struct request *request = request_create(rpc, in);
    if (!request) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = decode(rpc, request, in->call, err);
    if (rc == 0) {
        rc = check_room(rpc, request, err);
    }
    if (rc != 0) {
        arena_release(&request->arena);
        mem_free(request);
        return rc;
    }
    rpc->decoded_bytes += request->arena.used;
    request->decoded_bytes = request->arena.used;
    list_push(&in->session->calls, &request->node);
    in->session->n_calls++;
    uint64_t timeout_ms = in->call->timeout_ms;
    if (timeout_ms > 0 && timeout_ms >> TIMEOUT_BITS_MAX == 0) {
        request->deadline_ms = clock_mono_ms() + timeout_ms;
        timer_start(&request->timer, timeout_ms, on_deadline);
    }
    if (request->method->flags & METHOD_LIGHT) {
        start(request);
    } else if (has_room(rpc)) {
        start_at_work(request);
    } else {
        list_push(&rpc->waiting, &request->turn);
        rpc->n_waiting++;
    }
    return 0;
}
