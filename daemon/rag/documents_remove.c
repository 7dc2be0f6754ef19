/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Documents removed.
 *
 * happy path: for each id FIND whether it is a document (else it may be a source
 * or a record), LOCK its source, VIEW again and read the MANIFEST; LIST, on a
 * worker, says what it names; APPLY removes that. A source that lost one of several documents
 * keeps a manifest without a hash, so that adding it again brings it back. With a
 * source goes what is known of its failure. An id without a manifest, or such, is
 * looked up as a RECORD. At the end COMMIT.
 * failure modes: a failure ends it; ids before it are gone, but perhaps not
 * durably so.
 * on close: cancelled between ids.
 */
#include "rag/documents.h"

#include <string.h>

#include "core/buf.h"
#include "core/parse.h"
#include "plugin/stored.h"
#include "rag/chunk.h"
#include "rag/quarantine.h"
#include "rag/registry.h"
#include "rag/run.h"

enum {
    D_BEGIN,
    D_LOOK,
    D_FIND,
    D_LOCK,
    D_VIEW,
    D_MANIFEST,
    D_LIST,
    D_RECORD,
    D_APPLY,
    D_COMMIT,
};

#define D_NEXT (RUN_NEXT(D_LOOK) | RUN_NEXT(D_COMMIT))

static const struct run_state STATES[] = {
    [D_BEGIN] = {"begin", D_NEXT, 0},
    [D_LOOK] = {"look", RUN_NEXT(D_FIND), 0},
    [D_FIND] = {"find", RUN_NEXT(D_LOCK), 0},
    [D_LOCK] = {"lock", RUN_NEXT(D_VIEW), 0},
    [D_VIEW] = {"view", RUN_NEXT(D_MANIFEST), 0},
    [D_MANIFEST] = {"manifest", RUN_NEXT(D_LIST) | RUN_NEXT(D_RECORD) | RUN_NEXT(D_APPLY),
                    0},
    [D_LIST] = {"list", RUN_NEXT(D_APPLY) | D_NEXT, 0},
    [D_RECORD] = {"record", RUN_NEXT(D_APPLY) | D_NEXT, 0},
    [D_APPLY] = {"apply", D_NEXT, RUN_FINAL},
    [D_COMMIT] = {"commit", 0, RUN_FINAL},
};

struct remove_run {
    struct run run;
    struct documents_remove *req;
    size_t at; /* the id at hand */
    bool entered, changed;
    uint64_t documents, chunks, failed;
    /* Of the id at hand. */
    struct arena arena;
    struct source_lock lock;
    struct ragd_str source, blob_names[2]; /* of the manifest, and of the failure */
    struct ragd_bytes manifest;            /* as it is; p NULL = there is none */
    bool has_failed;
    struct buf blob;
    struct ragd_blob blobs_to[2]; /* what the two become */
    struct ragd_apply change;
    uint64_t now_documents, now_chunks;

    struct call_work work;
    struct call_view view;
    struct call_docs docs;
    struct call_blobs blobs;
    struct call_get get;
    struct call_apply apply;
};

static struct ragd_str id_of(const struct remove_run *r)
{
    return r->req->ids[r->at];
}

static void next(struct remove_run *r)
{
    lock_release(&r->run.coll->locks, &r->lock);
    call_memory_release(&r->arena);
    if (r->at < r->req->n_ids) {
        run_move(&r->run, D_LOOK);
        run_open_view(&r->run, &r->view);
        return;
    }
    if (!r->changed) {
        run_end(&r->run);
        return;
    }
    run_move(&r->run, D_COMMIT);
    run_commit(&r->run);
}

static void begin(struct remove_run *r)
{
    struct err err = {0};
    struct collection *coll;
    struct documents_remove *req = r->req;
    if (registry_find(r->run.engine, req->op.owner, req->collection, &coll, &err)) {
        run_fail(&r->run, &err);
        return;
    }
    run_use(&r->run, coll);
    req->missing = arena_calloc(&req->op.arena, req->n_ids, sizeof(*req->missing));
    if (!req->missing) {
        run_fail_id(&r->run, ERR_NOMEM);
        return;
    }
    commit_enter(coll);
    r->entered = true;
    next(r);
}

static void find(struct remove_run *r)
{
    r->run.view = r->view.view;
    run_move(&r->run, D_FIND);
    run_wait(&r->run, &r->docs.call);
    r->docs.view = r->run.view;
    r->docs.ids = &r->req->ids[r->at];
    r->docs.n_ids = 1;
    r->docs.include = 0;
    call_docs_start(&r->docs);
}

static void on_granted(struct source_lock *lock)
{
    run_kick((struct run *)((char *)lock - offsetof(struct remove_run, lock)));
}

static void lock(struct remove_run *r)
{
    r->source = arena_str(&r->arena, r->docs.n_docs ? r->docs.docs[0].source : id_of(r));
    if (!r->source.p) {
        run_fail_id(&r->run, ERR_NOMEM);
        return;
    }
    run_move(&r->run, D_LOCK);
    r->lock.granted = on_granted;
    if (lock_acquire(&r->run.coll->locks, &r->lock, r->source)) {
        run_fail_id(&r->run, ERR_NOMEM);
    } else if (r->lock.held) {
        run_kick(&r->run);
    }
}

static void read_manifest(struct remove_run *r)
{
    r->run.view = r->view.view;
    r->blob_names[0] = ragd_cs(
        arena_printf(&r->arena, STORED_MANIFEST "%.*s", (int)r->source.n, r->source.p));
    r->blob_names[1] = quarantine_name(&r->arena, r->source);
    if (!r->blob_names[0].p || !r->blob_names[1].p) {
        run_fail_id(&r->run, ERR_NOMEM);
        return;
    }
    run_move(&r->run, D_MANIFEST);
    run_wait(&r->run, &r->blobs.call);
    r->blobs.view = r->run.view;
    r->blobs.names = r->blob_names;
    r->blobs.n_names = 2;
    call_blobs_start(&r->blobs);
}

static void missing(struct remove_run *r)
{
    struct documents_remove *req = r->req;
    struct ragd_str id = arena_str(&req->op.arena, id_of(r));
    if (!id.p) {
        run_fail_id(&r->run, ERR_NOMEM);
        return;
    }
    req->missing[req->n_missing++] = id;
    r->at++;
    next(r);
}

static void apply(struct remove_run *r, const struct ragd_apply *change)
{
    run_move(&r->run, D_APPLY);
    run_wait(&r->run, &r->apply.call);
    r->apply.coll = r->run.coll->coll;
    r->apply.change = *change;
    call_apply_start(&r->apply);
}

static void applied(struct remove_run *r)
{
    struct collection *coll = r->run.coll;
    r->changed = true;
    r->failed += r->has_failed;
    r->documents += r->now_documents;
    r->chunks += r->now_chunks;
    coll->documents -= r->now_documents < coll->documents ? r->now_documents
                                                          : coll->documents;
    coll->records -= r->now_chunks < coll->records ? r->now_chunks : coll->records;
    r->at++;
    next(r);
}

/* The documents to go: all of the source, or the one of that id. */
static bool goes(const struct remove_run *r, const struct manifest_doc *doc)
{
    return str_same(id_of(r), r->source) || str_same(id_of(r), doc->id);
}

static int list_gone(struct remove_run *r, const struct manifest *manifest,
                     struct ragd_apply *change)
{
    size_t n = 0;
    for (size_t i = 0; i < manifest->n_docs; i++) {
        n += goes(r, &manifest->docs[i]) ? manifest->docs[i].n_chunks : 0;
    }
    struct ragd_str *ids = arena_calloc(&r->arena, n, sizeof(*ids));
    struct ragd_str *docs = arena_calloc(&r->arena, manifest->n_docs, sizeof(*docs));
    if (!ids || !docs) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < manifest->n_docs; i++) {
        const struct manifest_doc *doc = &manifest->docs[i];
        if (!goes(r, doc)) {
            continue;
        }
        docs[change->n_remove_docs++] = doc->id;
        for (size_t k = 0; k < doc->n_chunks; k++) {
            const char *id = arena_printf(&r->arena, "%.*s#%zu", (int)doc->id.n, doc->id.p,
                                          k);
            if (!id) {
                return RAGD_E_NOMEM;
            }
            ids[change->n_remove_ids++] = ragd_cs(id);
        }
    }
    change->remove_ids = ids;
    change->remove_docs = docs;
    return 0;
}

/* What stays of the manifest, or its removal. */
static int keep_rest(struct remove_run *r, struct manifest *manifest,
                     struct ragd_apply *change)
{
    struct manifest_doc *rest = arena_calloc(&r->arena, manifest->n_docs, sizeof(*rest));
    size_t n = 0;
    if (!rest) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < manifest->n_docs; i++) {
        if (!goes(r, &manifest->docs[i])) {
            rest[n++] = manifest->docs[i];
        }
    }
    r->blobs_to[0] = (struct ragd_blob){.name = r->blob_names[0]};
    r->blobs_to[1] = (struct ragd_blob){.name = r->blob_names[1]};
    change->blobs = r->blobs_to;
    change->n_blobs = r->has_failed ? 2 : 1;
    if (!n) {
        return 0;
    }
    manifest->docs = rest;
    manifest->n_docs = n;
    memset(manifest->sha256, 0, HASH_BYTES);
    manifest->version = ragd_cs("");
    buf_clear(&r->blob);
    if (stored_manifest_encode(manifest, &r->blob)) {
        return RAGD_E_NOMEM;
    }
    r->blobs_to[0].bytes = (struct ragd_bytes){r->blob.p, r->blob.n};
    return 0;
}

static void look_for_record(struct remove_run *r)
{
    run_move(&r->run, D_RECORD);
    run_wait(&r->run, &r->get.call);
    r->get.view = r->run.view;
    r->get.include = 0;
    r->get.ids = &r->req->ids[r->at];
    r->get.n_ids = 1;
    call_get_start(&r->get);
}

/* What goes with the id at hand. A source may have a million chunks. */
static int do_list(struct call_work *work, struct err *err)
{
    struct remove_run *r =
        (struct remove_run *)((char *)work - offsetof(struct remove_run, work));
    struct manifest manifest;
    int rc = stored_manifest_decode(r->manifest, &r->arena, &manifest, err);
    if (rc) {
        return rc;
    }
    r->change = (struct ragd_apply){.struct_size = sizeof(r->change)};
    return list_gone(r, &manifest, &r->change) || keep_rest(r, &manifest, &r->change)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

/* A document of several leaves the failure of its source. */
static void sort_blobs(struct remove_run *r)
{
    r->manifest = (struct ragd_bytes){NULL, 0};
    r->has_failed = false;
    for (size_t i = 0; i < r->blobs.n_blobs; i++) {
        const struct ragd_blob *blob = &r->blobs.blobs[i];
        if (str_same(blob->name, r->blob_names[0])) {
            r->manifest = blob->bytes;
        } else {
            r->has_failed = str_same(id_of(r), r->source);
        }
    }
}

/* Nothing of the source is stored but that it failed. */
static void forget_failure(struct remove_run *r)
{
    struct ragd_apply change = {.struct_size = sizeof(change)};
    r->blobs_to[1] = (struct ragd_blob){.name = r->blob_names[1]};
    change.blobs = &r->blobs_to[1];
    change.n_blobs = 1;
    r->now_documents = r->now_chunks = 0;
    apply(r, &change);
}

static void take_manifest(struct remove_run *r)
{
    sort_blobs(r);
    if (!r->manifest.p) {
        if (r->has_failed) {
            forget_failure(r);
        } else {
            look_for_record(r);
        }
        return;
    }
    run_move(&r->run, D_LIST);
    run_wait(&r->run, &r->work.call);
    r->work.work = do_list;
    call_work_start(&r->work);
}

static void listed(struct remove_run *r)
{
    r->now_documents = r->change.n_remove_docs;
    r->now_chunks = r->change.n_remove_ids;
    if (r->now_documents) {
        apply(r, &r->change);
    } else {
        missing(r); /* it went while the lock was waited for */
    }
}

static void take_record(struct remove_run *r)
{
    struct ragd_apply change = {.struct_size = sizeof(change)};
    if (!r->get.n_records || r->get.records[0].doc_id.n) {
        missing(r);
        return;
    }
    change.remove_ids = &r->req->ids[r->at];
    change.n_remove_ids = 1;
    r->now_documents = 0;
    r->now_chunks = 1;
    apply(r, &change);
}

static void step(struct run *run)
{
    struct remove_run *r = (struct remove_run *)run;
    switch (run->state) {
    case D_BEGIN: begin(r); break;
    case D_LOOK: find(r); break;
    case D_FIND: lock(r); break;
    case D_LOCK:
        if (r->lock.held) {
            run_move(run, D_VIEW);
            run_open_view(run, &r->view);
        }
        break;
    case D_VIEW: read_manifest(r); break;
    case D_MANIFEST: take_manifest(r); break;
    case D_LIST: listed(r); break;
    case D_RECORD: take_record(r); break;
    case D_APPLY: applied(r); break;
    case D_COMMIT:
        r->req->documents = r->documents;
        r->req->chunks = r->chunks;
        r->req->failed = r->failed;
        run_end(run);
        break;
    }
}

static void release(struct run *run)
{
    struct remove_run *r = (struct remove_run *)run;
    if (run->coll) {
        lock_release(&run->coll->locks, &r->lock);
    }
    if (r->entered) {
        commit_leave(run->coll);
    }
    call_release(&r->view.call);
    call_release(&r->docs.call);
    call_release(&r->blobs.call);
    call_release(&r->work.call);
    call_release(&r->get.call);
    call_release(&r->apply.call);
    call_memory_release(&r->arena);
    buf_release(&r->blob);
}

static const struct run_conf CONF = {
    .name = "remove",
    .size = sizeof(struct remove_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void documents_remove_start(struct documents_remove *remove)
{
    remove->documents = remove->chunks = remove->failed = 0;
    remove->missing = NULL;
    remove->n_missing = 0;
    struct remove_run *r = run_begin(&remove->op, &CONF);
    if (r) {
        r->req = remove;
    }
}
