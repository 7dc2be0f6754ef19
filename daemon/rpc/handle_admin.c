/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Admin: what the daemon is and has, its settings, its checks, its end. */
#include <stdio.h>
#include <unistd.h>

#include "build_info.h"
#include "core/clock.h"
#include "rag/collections.h"
#include "rag/jobs.h"
#include "rag/verify.h"
#include "ragd/v1/admin.pb-c.h"
#include "rpc/front.h"
#include "rpc/handle.h"
#include "rpc/op.h"
#include "rpc/session.h"
#include "wire/values.h"

/* Status: the collections, then the jobs, then all of it. */

struct status_call {
    struct collection_list list;
    struct jobs_list jobs;
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

static int put_degraded(struct arena *arena, const struct status_view *in,
                        Ragd__V1__StatusReply *out)
{
    size_t n = in->n_degraded;
    Ragd__V1__Degraded *parts = arena_calloc(arena, n, sizeof(*parts));
    Ragd__V1__Degraded **list = arena_calloc(arena, n, sizeof(Ragd__V1__Degraded *));
    if (!parts || !list) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        ragd__v1__degraded__init(&parts[i]);
        parts[i].part = (char *)in->degraded[i].part;
        parts[i].reason = (char *)in->degraded[i].reason;
        list[i] = &parts[i];
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
    out->state = (char *)rpc->state;
    out->connections = rpc->n_connections;
}

static int put_server(const struct services *services, struct arena *arena,
                      Ragd__V1__StatusReply *out, struct err *err)
{
    struct status_view view = {.socket = "", .data_dir = ""};
    int rc = services->status(services->arg, arena, &view, err);
    if (rc != 0) {
        return rc;
    }
    out->socket = (char *)view.socket;
    out->data_dir = (char *)view.data_dir;
    return put_degraded(arena, &view, out) ? err_set(err, ERR_NOMEM, NULL) : 0;
}

static void on_jobs_listed(struct operation *op)
{
    struct request *request = op_request(op);
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
    int rc = op->status < 0 ? 0 : put_jobs(&arena, &call->jobs, &reply);
    rc = rc ? err_set(&err, ERR_NOMEM, NULL)
            : put_server(request->services, &arena, &reply, &err);
    operation_release(&call->list.op);
    operation_release(&call->jobs.op);
    if (rc != 0) {
        request_fail(request, &err);
    } else {
        request_end(request, &reply.base);
    }
    arena_release(&arena);
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

/* Config. */

void handle_admin_config(struct request *request)
{
    const struct services *services = request->services;
    Ragd__V1__ConfigReply reply = RAGD__V1__CONFIG_REPLY__INIT;
    struct setting_view *views = NULL;
    struct err err = {0};
    size_t n = 0;
    if (services->settings(services->arg, &request->arena, &views, &n, &err) != 0) {
        request_fail(request, &err);
        return;
    }
    Ragd__V1__ConfigValue *values = arena_calloc(&request->arena, n, sizeof(*values));
    reply.values = arena_calloc(&request->arena, n, sizeof(Ragd__V1__ConfigValue *));
    if (!values || !reply.values) {
        request_refuse(request, ERR_NOMEM, "no memory for the settings");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ragd__v1__config_value__init(&values[i]);
        values[i].key = (char *)views[i].key;
        values[i].value = (char *)views[i].value;
        values[i].origin = (char *)views[i].origin;
        reply.values[i] = &values[i];
    }
    reply.n_values = n;
    request_end(request, &reply.base);
}

/* Reload. */

void handle_admin_reload(struct request *request)
{
    const struct services *services = request->services;
    Ragd__V1__ReloadReply reply = RAGD__V1__RELOAD_REPLY__INIT;
    struct reload_view view = {0};
    struct err err = {0};
    if (services->reload(services->arg, &request->arena, &view, &err) != 0) {
        request_fail(request, &err);
        return;
    }
    reply.n_changed = view.n_changed;
    reply.changed = (char **)view.changed;
    reply.n_needs_restart = view.n_needs_restart;
    reply.needs_restart = (char **)view.needs_restart;
    request_end(request, &reply.base);
}

/* Verify. */

static void on_report(struct verify *verify, const struct verify_report *report)
{
    Ragd__V1__VerifyReply reply = RAGD__V1__VERIFY_REPLY__INIT;
    struct arena arena;
    arena_init(&arena, 0);
    reply.name = text_out(&arena, report->name);
    reply.records = report->records;
    reply.vectors = report->vectors;
    reply.postings = report->postings;
    reply.manifests = report->manifests;
    reply.problems = arena_calloc(&arena, report->n_problems, sizeof(char *));
    for (size_t i = 0; reply.problems && i < report->n_problems; i++) {
        reply.problems[i] = text_out(&arena, report->problems[i]);
        reply.problems = reply.problems[i] ? reply.problems : NULL;
    }
    reply.n_problems = report->n_problems;
    if (reply.name && reply.problems) {
        request_send(op_request(&verify->op), &reply.base);
    } else {
        op_out_of_memory(&verify->op);
    }
    arena_release(&arena);
    op_throttle(&verify->op);
}

static void on_verified(struct operation *op)
{
    if (!op_failed(op)) {
        op_end(op, NULL, NULL);
    }
}

void handle_admin_verify(struct request *request)
{
    const Ragd__V1__VerifyRequest *in = (const Ragd__V1__VerifyRequest *)request->message;
    struct verify *verify = op_create(request, sizeof(*verify), on_verified);
    if (verify) {
        verify->collection = ragd_cs(in->collection);
        verify->on_report = on_report;
        verify_start(verify);
    }
}

/* Shutdown: the answer leaves before the end begins. */

void handle_admin_shutdown(struct request *request)
{
    const struct services *services = request->services;
    Ragd__V1__ShutdownReply reply = RAGD__V1__SHUTDOWN_REPLY__INIT;
    reply.pid = (uint32_t)getpid();
    request_end(request, &reply.base);
    services->shutdown(services->arg);
}
