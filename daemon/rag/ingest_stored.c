/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Ingesting a source: what is stored of it, and whether that is all there is to do. */
#include <string.h>

#include "rag/chunk.h"
#include "rag/ingest_internal.h"
#include "rag/kvs.h"
#include "rag/source_options.h"

enum { DECODE_HERE_BYTES_MAX = 64 << 10 /* about 1500 chunks, a millisecond */ };

static void on_granted(struct source_lock *lock)
{
    run_kick((struct run *)((char *)lock - offsetof(struct ingest_run, lock)));
}

/* The loader that read it last would read it the same way. */
static bool same_loader(struct ragd_str name, struct ragd_str version)
{
    struct instance *loader = instance_find(PLUGIN_LOADER, name);
    return loader && str_same(ragd_cs(instance_plugin_version(loader)), version);
}

static bool is_unchanged(const struct ingest_run *g, const uint8_t sha256[HASH_BYTES])
{
    const struct manifest *old = &g->old;
    return g->has_old && memcmp(old->sha256, sha256, HASH_BYTES) == 0 &&
           splitter_equal(&old->splitter, &g->next.splitter) &&
           kvs_equal(old->loader_options, g->next.loader_options) &&
           kvs_equal(old->meta, g->next.meta) &&
           same_loader(old->loader, old->loader_version);
}

/* A fetched source that says its version need not be fetched to know. */
static bool is_same_version(const struct ingest_run *g, struct ragd_str version)
{
    return g->req->version.n && str_same(g->req->version, version);
}

static bool is_stored(const struct ingest_run *g)
{
    return g->hashed ? is_unchanged(g, g->req->sha256)
                     : g->has_old && is_same_version(g, g->old.version) &&
                           is_unchanged(g, g->old.sha256);
}

/* Its loader would fail on it once more. */
static bool is_quarantined(const struct ingest_run *g)
{
    const struct stored_failure *failed = &g->failed;
    if (!g->has_failed || g->req->add->retry_failed) {
        return false;
    }
    bool same = g->hashed ? memcmp(failed->sha256, g->req->sha256, HASH_BYTES) == 0
                          : is_same_version(g, failed->version);
    return same && kvs_equal(failed->loader_options, g->next.loader_options) &&
           same_loader(failed->loader, failed->loader_version);
}

/* What failed before is stored as it is now. */
static void end_unchanged(struct ingest_run *g)
{
    struct source_result *result = &g->req->result;
    result->status = SOURCE_UNCHANGED;
    result->documents = g->old.n_docs;
    result->chunks = g->req->stored;
    result->reused = result->chunks;
    result->loader = arena_str(&g->req->op.arena, g->old.loader);
    if (g->has_failed) {
        ingest_record(g, NULL);
    } else {
        run_end(&g->run);
    }
}

/* Ends it when nothing is to be read. */
bool ingest_is_settled(struct ingest_run *g)
{
    if (is_stored(g)) {
        end_unchanged(g);
        return true;
    }
    if (is_quarantined(g)) {
        struct err err = {0};
        g->req->result.loader = arena_str(&g->req->op.arena, g->failed.loader);
        quarantine_refuse(&g->failed, &err);
        run_fail(&g->run, &err);
        return true;
    }
    return false;
}

static void want(struct ingest_run *g)
{
    struct err err = {0};
    view_close(g->run.view); /* an upload may take its time */
    g->run.view = NULL;
    if (source_options(&(struct source_settling){g->req->add, g->run.engine, g->req->coll,
                                                 g->has_old ? &g->old : NULL, &g->arena},
                       &g->next, &err)) {
        run_fail(&g->run, &err);
        return;
    }
    if (ingest_is_settled(g)) {
        return;
    }
    if (g->req->tries) { /* its bytes are here */
        run_move(&g->run, I_ADMIT);
        ingest_enter(g);
        return;
    }
    if (g->gave_up) {
        run_fail(&g->run, &g->give_up);
        return;
    }
    if (!g->req->fetch) {
        run_move(&g->run, I_CONTENT);
        g->req->on_want(g->req);
        return;
    }
    run_move(&g->run, I_FETCH);
    run_wait(&g->run, &g->fetch.call);
    g->fetch.source = source_for(g->req->source);
    g->fetch.uri = g->req->source;
    call_fetch_start(&g->fetch);
}

void ingest_begin(struct ingest_run *g)
{
    struct ingest *req = g->req;
    req->result.source = req->source;
    g->next.source = req->source;
    if (!req->coll || req->add->preview) {
        want(g);
        return;
    }
    if (!g->run.coll) {
        run_use(&g->run, req->coll);
    }
    run_move(&g->run, I_LOCK);
    g->lock.granted = on_granted;
    if (lock_acquire(&req->coll->locks, &g->lock, req->source)) {
        run_fail_id(&g->run, ERR_NOMEM);
    } else if (g->lock.held) {
        run_kick(&g->run);
    }
}

/* After some time: what is stored may have changed. */
void ingest_begin_again(struct ingest_run *g)
{
    if (!g->resumed) {
        return;
    }
    g->resumed = g->has_old = g->has_failed = false;
    g->next = (struct manifest){0};
    g->req->stored = 0;
    call_memory_release(&g->arena);
    ingest_begin(g);
}

void ingest_read_view(struct ingest_run *g)
{
    if (g->lock.held) {
        run_move(&g->run, I_VIEW);
        run_open_view(&g->run, &g->view);
    }
}

void ingest_read_manifest(struct ingest_run *g)
{
    g->run.view = g->view.view;
    g->blob_names[0] = ragd_cs(arena_printf(&g->arena, STORED_MANIFEST "%.*s",
                                            (int)g->req->source.n, g->req->source.p));
    g->blob_names[1] = quarantine_name(&g->arena, g->req->source);
    if (!g->blob_names[0].p || !g->blob_names[1].p) {
        run_fail_id(&g->run, ERR_NOMEM);
        return;
    }
    run_move(&g->run, I_MANIFEST);
    run_wait(&g->run, &g->blobs.call);
    g->blobs.view = g->run.view;
    g->blobs.names = g->blob_names;
    g->blobs.n_names = 2;
    call_blobs_start(&g->blobs);
}

static int do_decode(struct call_work *work, struct err *err)
{
    struct ingest_run *g = LIST_OF(work, struct ingest_run, work);
    return stored_manifest_decode(g->manifest, &g->arena, &g->old, err);
}

void ingest_take_decoded(struct ingest_run *g)
{
    g->has_old = true;
    for (size_t i = 0; i < g->old.n_docs; i++) {
        g->req->stored += g->old.docs[i].n_chunks;
    }
    call_release(&g->blobs.call);
    want(g);
}

/* A record that cannot be read is as good as none, and will be replaced. */
static void sort_blobs(struct ingest_run *g)
{
    g->manifest = (struct ragd_bytes){NULL, 0};
    for (size_t i = 0; i < g->blobs.n_blobs; i++) {
        const struct ragd_blob *blob = &g->blobs.blobs[i];
        if (str_same(blob->name, g->blob_names[0])) {
            g->manifest = blob->bytes;
        } else {
            g->has_failed = true;
            g->failed = (struct stored_failure){0};
            (void)stored_failure_decode(blob->bytes, &g->arena, &g->failed, NULL);
        }
    }
}

/* The manifest of a large source is read on a worker. */
void ingest_take_manifest(struct ingest_run *g)
{
    struct err err = {0};
    sort_blobs(g);
    if (!g->manifest.p) {
        want(g);
    } else if (g->manifest.n > DECODE_HERE_BYTES_MAX) {
        run_move(&g->run, I_DECODE);
        run_wait(&g->run, &g->work.call);
        g->work.work = do_decode;
        call_work_start(&g->work);
    } else if (stored_manifest_decode(g->manifest, &g->arena, &g->old, &err)) {
        run_fail(&g->run, &err);
    } else {
        ingest_take_decoded(g);
    }
}
