/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* rag status: never starts a daemon. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "document_id.h"
#include "pool.h"
#include "rpc.h"
#include "show.h"
#include "table.h"

#include "ragd/v1/admin.pb-c.h"

/* Jobs that are told although they ended. */
enum { ENDED_SHOWN = 3 };

static void print_job(struct emit *emit, const Ragd__V1__Job *job)
{
    emit_object(emit);
    emit_put_uint(emit, "id", job->id);
    emit_put(emit, "kind", job->kind);
    emit_put(emit, "state", job->state);
    emit_put_some(emit, "collection", job->collection);
    emit_put_uint(emit, "done", job->done);
    emit_put_uint(emit, "total", job->total);
    emit_put(emit, "started_at", rfc3339(job->started_ms));
    if (job->error) {
        show_error(emit, "error", job->error);
    }
    emit_end(emit);
}

static void print_json(struct cli *cli, const struct endpoint *endpoint,
                       const Ragd__V1__StatusReply *status)
{
    struct emit *emit = &cli->emit;
    emit_object(emit);
    emit_put(emit, "version", status->version);
    emit_put(emit, "protocol", status->protocol);
    emit_put(emit, "state", status->state);
    emit_put_uint(emit, "pid", status->pid);
    emit_put(emit, "boot_id", status->boot_id);
    emit_put_real(emit, "uptime_s", status->uptime_s);
    emit_put(emit, "socket", endpoint->path ? endpoint->path : endpoint->url);
    emit_put(emit, "socket_origin", endpoint->origin);
    emit_put(emit, "data_dir", status->data_dir);
    emit_put_uint(emit, "rss_bytes", status->rss_bytes);
    emit_put_uint(emit, "collections", status->collections);
    emit_put_uint(emit, "chunks", status->chunks);
    emit_put_uint(emit, "connections", status->connections);
    emit_key(emit, "jobs");
    emit_array(emit);
    for (size_t i = 0; i < status->n_jobs; i++) {
        print_job(emit, status->jobs[i]);
    }
    emit_end(emit);
    emit_key(emit, "degraded");
    emit_array(emit);
    for (size_t i = 0; i < status->n_degraded; i++) {
        emit_object(emit);
        emit_put(emit, "part", status->degraded[i]->part);
        emit_put(emit, "reason", status->degraded[i]->reason);
        emit_end(emit);
    }
    emit_end(emit);
    emit_end(emit);
    emit_done(emit);
}

static bool is_running(const Ragd__V1__Job *job)
{
    return strcmp(job->state, "running") == 0;
}

/* Running ones first, then the youngest. */
static int by_interest(const void *a, const void *b)
{
    const Ragd__V1__Job *const *x = a, *const *y = b;
    int running = is_running(*y) - is_running(*x);
    return running ? running : (*x)->id < (*y)->id ? 1 : (*x)->id > (*y)->id ? -1 : 0;
}

static const struct column JOB_COLUMNS[] = {
    {"JOB", true, false, 0},   {"KIND", false, false, 0},   {"STATE", false, false, 0},
    {"DONE", true, false, 0},  {"STARTED", true, false, 0}, {"COLLECTION", false, false, 0},
    {"ERROR", false, true, 0},
};

static void row_job(struct table *table, const Ragd__V1__Job *job)
{
    const struct cli *cli = table->cli;
    const char *done = cell_uint(job->done);
    const char *cells[] = {
        cell_uint(job->id),
        job->kind,
        job->state,
        job->total ? pool_printf("%s/%s", done, cell_uint(job->total)) : done,
        cell_time(cli, job->started_ms),
        job->collection,
        job->error ? document_shown_in(cli, job->error->message) : "",
    };
    table_row(table, cells);
}

static bool any_failed(const Ragd__V1__StatusReply *status)
{
    for (size_t i = 0; i < status->n_jobs; i++) {
        if (status->jobs[i]->error) {
            return true;
        }
    }
    return false;
}

/* Each running job and the last that ended; the others are counted. */
static void print_jobs(struct cli *cli, const Ragd__V1__StatusReply *status)
{
    struct table table;
    size_t n = status->n_jobs, ended = 0;
    table_init(&table, cli, JOB_COLUMNS, sizeof(JOB_COLUMNS) / sizeof(JOB_COLUMNS[0]));
    table.n_columns -= !any_failed(status);
    qsort(status->jobs, n, sizeof(*status->jobs), by_interest);
    for (size_t i = 0; i < n; i++) {
        ended += !is_running(status->jobs[i]);
        if (ended <= ENDED_SHOWN) {
            row_job(&table, status->jobs[i]);
        }
    }
    if (n) {
        putchar('\n');
    }
    table_done(&table);
    if (ended > ENDED_SHOWN) {
        say(cli, "and %zu older", ended - ENDED_SHOWN);
    }
}

static const char *jobs_text(const Ragd__V1__StatusReply *status)
{
    size_t running = 0;
    for (size_t i = 0; i < status->n_jobs; i++) {
        running += is_running(status->jobs[i]);
    }
    return running ? pool_printf("%zu running", running) : "none running";
}

static const char *degraded_text(const Ragd__V1__StatusReply *status)
{
    const char *all = "";
    for (size_t i = 0; i < status->n_degraded; i++) {
        all = pool_printf("%s%s%s: %s", all, i ? "; " : "", status->degraded[i]->part,
                          status->degraded[i]->reason);
    }
    return all;
}

static void print_text(struct cli *cli, const struct endpoint *endpoint,
                       const Ragd__V1__StatusReply *status)
{
    const char *where = endpoint->path ? endpoint->path : endpoint->url;
    const struct field fields[] = {
        {"ragd", pool_printf("%s, %s", status->version, status->state)},
        {"pid", pool_printf("%u, up %s", status->pid, cell_duration(status->uptime_s))},
        {"socket", pool_printf("%s (%s)", where, endpoint->origin)},
        {"data", status->data_dir},
        {"memory", cell_bytes(cli, status->rss_bytes)},
        {"stored", pool_printf("%s, %s", plural(status->collections, "collection"),
                               plural(status->chunks, "chunk"))},
        {"jobs", jobs_text(status)},
        {"degraded", degraded_text(status)},
    };
    show_fields(cli, fields, sizeof(fields) / sizeof(fields[0]));
    if (cli->format == FORMAT_TABLE) {
        print_jobs(cli, status);
    }
}

static int run_status(struct cli *cli)
{
    struct rpc rpc;
    int rc = rpc_open(&rpc, cli, false);
    if (rc) {
        return rc;
    }
    Ragd__V1__StatusRequest request = RAGD__V1__STATUS_REQUEST__INIT;
    Ragd__V1__StatusReply *reply;
    rc = rpc_call(&rpc, "ragd.v1.Admin/Status", &request.base,
                  &ragd__v1__status_reply__descriptor, &reply);
    if (rc == EXIT_DONE && wants_json(cli)) {
        print_json(cli, &rpc.endpoint, reply);
    } else if (rc == EXIT_DONE) {
        print_text(cli, &rpc.endpoint, reply);
    }
    rpc_close(&rpc);
    return rc;
}

const struct command COMMAND_STATUS = {
    .name = "status",
    .summary = "Is ragd up, what is stored, what is running (fast, offline)",
    .usage = "[options]",
    .group = GROUP_SERVICE,
    .examples = {"status", "status --json"},
    .run = run_status,
};
