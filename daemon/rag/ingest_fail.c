/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Ingesting a source: another try later, or quarantine. */
#include <string.h>

#include "core/clock.h"
#include "rag/ingest_internal.h"

void ingest_record(struct ingest_run *g, const struct stored_failure *failure)
{
    run_move(&g->run, I_RECORD);
    run_try_sub(&g->run, &g->record.op);
    g->record.coll = g->run.coll;
    g->record.source = g->req->source;
    g->record.failure = failure;
    quarantine_write_start(&g->record);
}

/* Gives back what others may need, and waits for its next turn. */
static void park(struct ingest_run *g)
{
    run_move(&g->run, I_PARK);
    call_release(&g->load.call);
    call_release(&g->pick.call);
    admission_leave(&g->admission, g->run.engine);
    if (g->run.coll) {
        lock_release(&g->run.coll->locks, &g->lock);
    }
    g->req->on_park(g->req);
}

/* Refused from now on, when there is a place to remember it. */
static void quarantine(struct ingest_run *g, const struct instance *loader)
{
    struct ingest *req = g->req;
    struct err *err = &g->failure;
    const char *message = arena_printf(&g->arena, "%s%s%s", err->msg,
                                       err->why[0] ? ": " : "", err->why);
    g->failed = (struct stored_failure){
        .source = req->source,
        .version = req->version,
        .loader = ragd_cs(instance_name(loader)),
        .loader_version = ragd_cs(instance_plugin_version(loader)),
        .loader_options = g->next.loader_options,
        .code = ragd_cs(err_info(err->id)->name),
        .message = ragd_cs(message),
        .hint = arena_str(&g->arena, ragd_cs(err->hint)),
        .tries = req->tries,
        .failed_ms = clock_unix_ms(),
    };
    memcpy(g->failed.sha256, req->sha256, HASH_BYTES);
    quarantine_explain(err, req->tries);
    if (!g->run.coll || req->add->preview || !message || !g->failed.hint.p) {
        run_fail(&g->run, err);
    } else {
        ingest_record(g, &g->failed);
    }
}

void ingest_loader_failed(struct ingest_run *g, const struct call *call,
                          const struct instance *loader)
{
    struct ingest *req = g->req;
    bool more = req->tries < g->run.engine->limits.parse_attempts && req->on_park;
    if (!loader || g->run.cancelled || !quarantine_takes(call)) {
        run_fail(&g->run, &call->err);
    } else if (more && quarantine_may_pass(&call->err)) {
        park(g);
    } else {
        g->failure = call->err;
        quarantine(g, loader);
    }
}

void ingest_recorded(struct ingest_run *g)
{
    if (g->failure.id) {
        run_fail(&g->run, &g->failure);
    } else {
        run_end(&g->run);
    }
}
