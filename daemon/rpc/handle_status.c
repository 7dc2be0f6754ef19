/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Admin/Status: the collections, the jobs, the room on the disk, then all of it in
 * one answer.
 */
#include <stdio.h>
#include <unistd.h>

#include "build_info.h"
#include "core/clock.h"
#include "plugin/call_state.h"
#include "rag/collections.h"
#include "rag/jobs.h"
#include "ragd/v1/admin.pb-c.h"
#include "rpc/front.h"
#include "rpc/handle.h"
#include "rpc/op.h"
#include "rpc/session.h"
#include "wire/values.h"

struct status_call {
    struct collection_list list;
    struct jobs_list jobs;
    struct call_room room;
};

/* Resident bytes of this process, 0 when the kernel does not say. */
static uint64_t resident_bytes(void)
{
    unsigned long long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        int n = fscanf(file, "%llu %llu", &size, &resident);
        fclose(file);
        resident = n == 2 ? resident : 0;
    }
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static const char *job_state_name(enum job_state state)
{
    switch (state) {
    case JOB_RUNNING: return "running";
    case JOB_DONE: return "done";
    case JOB_FAILED: return "failed";
    case JOB_INTERRUPTED: return "interrupted";
    case JOB_CANCELLED: return "cancelled";
    }
    return "";
}

static int put_job_error(struct arena *arena, const struct job_record *in,
                         Ragd__V1__Job *out)
{
    struct err err = {0};
    if (in->error.n == 0) {
        return 0;
    }
    err_set(&err, in->state == JOB_INTERRUPTED ? ERR_INTERRUPTED : ERR_INTERNAL, "%.*s",
            (int)(in->error.n < ERR_MSG_BYTES ? in->error.n : ERR_MSG_BYTES), in->error.p);
    out->error = error_out(arena, &err);
    return out->error ? 0 : RAGD_E_NOMEM;
}

static int put_jobs(struct arena *arena, const struct jobs_list *in,
                    Ragd__V1__StatusReply *out)
{
    Ragd__V1__Job *jobs = arena_calloc(arena, in->n, sizeof(*jobs));
    Ragd__V1__Job **list = arena_calloc(arena, in->n, sizeof(Ragd__V1__Job *));
    if (!jobs || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n; i++) {
        const struct job_record *job = &in->jobs[i];
        ragd__v1__job__init(&jobs[i]);
        jobs[i].id = job->id;
        jobs[i].kind = text_out(arena, job->kind);
        jobs[i].state = (char *)job_state_name(job->state);
        jobs[i].done = job->done;
        jobs[i].total = job->total;
        jobs[i].started_ms = job->started_ms;
        jobs[i].collection = text_out(arena, job->collection);
        list[i] = &jobs[i];
        if (!jobs[i].kind || !jobs[i].collection ||
            put_job_error(arena, job, &jobs[i]) != 0) {
            return RAGD_E_NOMEM;
        }
    }
    out->n_jobs = in->n;
    out->jobs = list;
    return 0;
}

/* Nobody but an admin learns what others' collections are called. */
static bool may_see(const struct request *request, const struct degraded_view *part)
{
    return !part->owned || part->owner == request->owner || request->admin;
}

static int put_degraded(const struct request *request, struct arena *arena,
                        const struct status_view *in, Ragd__V1__StatusReply *out)
{
    size_t max = in->n_degraded, n = 0;
    Ragd__V1__Degraded *parts = arena_calloc(arena, max, sizeof(*parts));
    Ragd__V1__Degraded **list = arena_calloc(arena, max, sizeof(Ragd__V1__Degraded *));
    if (!parts || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < max; i++) {
        if (may_see(request, &in->degraded[i])) {
            ragd__v1__degraded__init(&parts[n]);
            parts[n].part = (char *)in->degraded[i].part;
            parts[n].reason = (char *)in->degraded[i].reason;
            list[n] = &parts[n];
            n++;
        }
    }
    out->n_degraded = n;
    out->degraded = list;
    return 0;
}

static void put_process(const struct rpc *rpc, char *protocol, size_t n,
                        Ragd__V1__StatusReply *out)
{
    snprintf(protocol, n, "%d.%d", SESSION_MAJOR, SESSION_MINOR);
    out->version = BUILD_VERSION;
    out->protocol = protocol;
    out->pid = (uint32_t)getpid();
    out->boot_id = (char *)rpc->settings.boot_id;
    out->uptime_s = (double)(clock_mono_ms() - rpc->started_ms) / 1000;
    out->rss_bytes = resident_bytes();
    out->connections = rpc->n_connections;
}

static int put_server(const struct request *request, struct arena *arena,
                      Ragd__V1__StatusReply *out, struct err *err)
{
    const struct services *services = request->services;
    struct status_view view = {.socket = "", .data_dir = ""};
    int rc = services->status(services->arg, arena, &view, err);
    if (rc != 0) {
        return rc;
    }
    out->socket = (char *)view.socket;
    out->data_dir = (char *)view.data_dir;
    out->state = (char *)request->rpc->state; /* the view brought it up to date */
    return put_degraded(request, arena, &view, out) ? err_set(err, ERR_NOMEM, NULL) : 0;
}

static void on_room_looked_at(struct call *looked)
{
    struct request *request = looked->arg;
    struct status_call *call = request->state;
    Ragd__V1__StatusReply reply = RAGD__V1__STATUS_REPLY__INIT;
    struct arena arena;
    struct err err = {0};
    char protocol[32];
    arena_init(&arena, 0);
    put_process(request->rpc, protocol, sizeof(protocol), &reply);
    reply.collections = call->list.n;
    for (size_t i = 0; i < call->list.n; i++) {
        reply.chunks += call->list.infos[i].chunks;
    }
    int rc = call->jobs.op.status < 0 ? 0 : put_jobs(&arena, &call->jobs, &reply);
    rc = rc ? err_set(&err, ERR_NOMEM, NULL) : put_server(request, &arena, &reply, &err);
    if (looked->status < 0) {
        rc = looked->status;
        err = looked->err;
    }
    call_release(looked);
    operation_release(&call->list.op);
    operation_release(&call->jobs.op);
    if (rc != 0) {
        request_fail(request, &err);
    } else {
        request_end(request, &reply.base);
    }
    arena_release(&arena);
}

static void on_stop(struct request *request, enum request_stop why)
{
    (void)why;
    call_cancel(&((struct status_call *)request->state)->room.call);
}

static void on_jobs_listed(struct operation *op)
{
    struct request *request = op_request(op);
    struct status_call *call = request->state;
    call->room.call = (struct call){.done = on_room_looked_at,
                                    .arg = request,
                                    .deadline_ms = op->deadline_ms};
    request->on_stop = on_stop;
    call_room_start(&call->room);
}

/* Jobs that cannot be read leave the rest of the status as it is. */
static void on_collections_listed(struct operation *op)
{
    struct request *request = op_request(op);
    struct status_call *call = request->state;
    if (op_failed(op)) {
        return;
    }
    struct operation *jobs = &call->jobs.op;
    jobs->engine = op->engine;
    jobs->owner = op->owner;
    jobs->deadline_ms = op->deadline_ms;
    jobs->done = on_jobs_listed;
    jobs->arg = request;
    jobs_list_start(&call->jobs);
}

void handle_admin_status(struct request *request)
{
    struct status_call *call = op_create(request, sizeof(*call), on_collections_listed);
    if (call) {
        collection_list_start(&call->list);
    }
}
