/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Ingesting a source.
 *
 * happy path: LOCK the source, VIEW and MANIFEST tell what is stored of it (DECODE
 * on a worker when that is much); when that is what was announced, it is
 * unchanged. Else CONTENT (or FETCH), ADMIT under the budget of memory, PICK a
 * loader, LOAD, PLAN on a worker, WRITE (ingest_write.c) what differs, or PREVIEW
 * it, a part in each turn of the loop.
 * failure modes: whatever fails leaves the collection as it was. When the loader's
 * process died, PARK holds the bytes until there is nothing better to do, and it
 * begins again; what its loader failed on for good goes into quarantine (RECORD),
 * and is refused until something of it has changed.
 * on close: from the last apply on it is not cancelled any more.
 */
#include <string.h>

#include "core/clock.h"
#include "rag/chunk.h"
#include "rag/ingest_internal.h"

/* Where it may go once it is known what is stored; ADMIT: with bytes at hand. */
#define I_SETTLED \
    (RUN_NEXT(I_CONTENT) | RUN_NEXT(I_FETCH) | RUN_NEXT(I_ADMIT) | RUN_NEXT(I_RECORD))
#define I_FAILED (RUN_NEXT(I_PARK) | RUN_NEXT(I_RECORD))

static const struct run_state STATES[] = {
    [I_BEGIN] = {"begin", RUN_NEXT(I_LOCK) | I_SETTLED, 0},
    [I_LOCK] = {"lock", RUN_NEXT(I_VIEW), 0},
    [I_VIEW] = {"view", RUN_NEXT(I_MANIFEST), 0},
    [I_MANIFEST] = {"manifest", RUN_NEXT(I_DECODE) | I_SETTLED, 0},
    [I_DECODE] = {"decode", I_SETTLED, 0},
    [I_CONTENT] = {"content", RUN_NEXT(I_ADMIT), 0},
    [I_FETCH] = {"fetch", RUN_NEXT(I_ADMIT) | RUN_NEXT(I_RECORD), 0},
    [I_ADMIT] = {"admit", RUN_NEXT(I_PICK), 0},
    [I_PICK] = {"pick", RUN_NEXT(I_LOAD) | I_FAILED, 0},
    [I_LOAD] = {"load", RUN_NEXT(I_PLAN) | I_FAILED, 0},
    [I_PLAN] = {"plan", RUN_NEXT(I_PREVIEW) | RUN_NEXT(I_WRITE), 0},
    [I_PREVIEW] = {"preview", 0, 0},
    [I_WRITE] = {"write", 0, 0},
    [I_PARK] = {"park", RUN_NEXT(I_LOCK) | RUN_NEXT(I_ADMIT), 0},
    [I_RECORD] = {"record", 0, RUN_FINAL},
};

enum {
    PREVIEW_CHUNKS_MAX = 64, /* in one turn */
};

static void progress(struct ingest_run *g, const char *stage, uint64_t done, uint64_t total)
{
    struct add_progress progress = {stage, g->req->source, done, total};
    if (g->req->on_progress && !g->run.paused) {
        g->req->on_progress(g->req, &progress);
    }
}

static struct ragd_bytes head_of(const struct content *content)
{
    if (!content->p) {
        return content->head;
    }
    size_t n = content->size < CONTENT_HEAD_BYTES ? (size_t)content->size
                                                  : CONTENT_HEAD_BYTES;
    return (struct ragd_bytes){content->p, n};
}

static int no_loader(const struct ingest_run *g, struct err *err)
{
    err_set(err, ERR_NO_LOADER, "no loader takes %.*s",
            (int)(g->req->source.n < 256 ? g->req->source.n : 256), g->req->source.p);
    err_why(err, "neither its name nor its first bytes are of a known kind");
    return err_hint(err, "rag plugin ls shows the loaders there are");
}

static void pick(struct ingest_run *g)
{
    g->req->tries++;
    progress(g, "parse", 0, 1);
    run_move(&g->run, I_PICK);
    run_try(&g->run, &g->pick.call);
    g->pick.name = g->req->name;
    g->pick.mime = g->req->mime;
    g->pick.head = head_of(&g->content.content);
    call_pick_start(&g->pick);
}

void ingest_enter(struct ingest_run *g)
{
    if (admit(&g->admission, &g->run, g->content.content.size)) {
        pick(g);
    }
}

static void load(struct ingest_run *g)
{
    struct ingest *req = g->req;
    struct instance *loader = g->pick.loader;
    if (g->pick.call.status < 0) {
        ingest_loader_failed(g, &g->pick.call, g->pick.culprit);
        return;
    }
    if (!loader) {
        struct err err = {0};
        no_loader(g, &err);
        run_fail(&g->run, &err);
        return;
    }
    g->next.loader = ragd_cs(instance_name(loader));
    g->next.loader_version = ragd_cs(instance_plugin_version(loader));
    req->result.loader = arena_str(&req->op.arena, g->next.loader);
    run_move(&g->run, I_LOAD);
    run_try(&g->run, &g->load.call);
    g->load.loader = loader;
    g->load.again = req->tries > 1;
    g->load.content = g->content.content;
    g->load.uri = req->source;
    g->load.name = req->name;
    g->load.mime = req->mime;
    g->load.meta = req->meta;
    g->load.options = g->next.loader_options;
    call_load_start(&g->load);
}

static void take_fetched(struct ingest_run *g)
{
    struct ingest *req = g->req;
    const struct ragd_entry *head = &g->fetch.head;
    memcpy(req->sha256, g->fetch.sha256, HASH_BYTES);
    req->size = g->fetch.content.size;
    g->hashed = true;
    if (ingest_is_settled(g)) {
        return;
    }
    if (head->name.n) {
        req->name = head->name;
    }
    if (head->mime.n) {
        req->mime = head->mime;
    }
    if (head->version.n) {
        req->version = head->version;
    }
    req->meta = head->meta.n ? head->meta : req->meta;
    g->content.content = g->fetch.content;
    run_move(&g->run, I_ADMIT);
    ingest_enter(g);
}

static void take_content(struct ingest_run *g)
{
    if (g->has_content) {
        run_move(&g->run, I_ADMIT);
        ingest_enter(g);
    } else if (g->gave_up) {
        run_fail(&g->run, &g->give_up);
    }
}

static struct ingest_run *run_of_work(struct call_work *work)
{
    return (struct ingest_run *)((char *)work - offsetof(struct ingest_run, work));
}

static bool plan_stop(void *arg)
{
    return call_cancelled(arg);
}

static int do_plan(struct call_work *work, struct err *err)
{
    return ingest_plan(&run_of_work(work)->plan, err);
}

static void plan(struct ingest_run *g)
{
    if (g->load.call.status < 0) {
        ingest_loader_failed(g, &g->load.call, g->load.loader);
        return;
    }
    g->plan.source = g->req->source;
    g->plan.docs = g->load.docs;
    g->plan.n_docs = g->load.n_docs;
    g->plan.meta = g->next.meta;
    g->plan.splitter = &g->next.splitter;
    g->limits = g->run.engine->limits;
    g->plan.limits = &g->limits;
    g->plan.old = g->has_old ? &g->old : NULL;
    g->plan.added_ms = clock_unix_ms();
    g->plan.stop = plan_stop;
    g->plan.arg = &g->work.call;
    run_move(&g->run, I_PLAN);
    run_wait(&g->run, &g->work.call);
    g->work.work = do_plan;
    call_work_start(&g->work);
}

static void count(struct ingest_run *g)
{
    struct source_result *result = &g->req->result;
    const struct ragd_str title = g->plan.n_docs ? g->plan.docs[0].title : ragd_cs("");
    result->status = g->has_old ? SOURCE_UPDATED : SOURCE_ADDED;
    result->documents = g->plan.n_docs;
    result->chunks = g->plan.n_chunks;
    result->reused = g->plan.n_reused;
    result->title = arena_str(&g->req->op.arena, title);
}

static void show_chunks(struct ingest_run *g, struct plan_doc *doc,
                        struct add_preview *part)
{
    const struct ragd_record *chunks[PREVIEW_CHUNKS_MAX];
    size_t left = doc->n_chunks - g->shown.chunk;
    part->part = PREVIEW_CHUNKS;
    part->chunks = chunks;
    part->n_chunks = left < PREVIEW_CHUNKS_MAX ? left : PREVIEW_CHUNKS_MAX;
    for (size_t i = 0; i < part->n_chunks; i++) {
        chunks[i] = &doc->chunks[g->shown.chunk + i].rec;
    }
    g->shown.chunk += part->n_chunks;
    g->req->on_preview(g->req, part);
    if (g->shown.chunk == doc->n_chunks) {
        g->shown = (struct preview_cursor){.doc = g->shown.doc + 1};
    }
}

static void show_text(struct ingest_run *g, struct add_preview *part)
{
    const struct ragd_str text = part->doc->text;
    part->part = g->shown.begun ? PREVIEW_TEXT : PREVIEW_DOC;
    part->rest = (struct ragd_str){text.p + g->shown.text, text.n - g->shown.text};
    size_t n = g->req->on_preview(g->req, part);
    g->shown.begun = true;
    g->shown.text = n ? g->shown.text + n : text.n;
}

static void preview(struct ingest_run *g)
{
    if (run_held(&g->run)) {
        return;
    }
    if (g->shown.doc == g->plan.n_docs || !g->req->on_preview) {
        run_end(&g->run);
        return;
    }
    struct plan_doc *doc = &g->plan.plans[g->shown.doc];
    struct add_preview part = {.doc = &doc->doc};
    if (!g->shown.begun || g->shown.text < doc->doc.text.n) {
        show_text(g, &part);
    } else {
        show_chunks(g, doc, &part);
    }
    run_kick(&g->run);
}

static void on_write_progress(void *arg, uint64_t done, uint64_t total)
{
    progress(arg, "embed", done, total);
}

static void take_plan(struct ingest_run *g)
{
    progress(g, "parse", 1, 1);
    count(g);
    if (g->req->add->preview) {
        run_move(&g->run, I_PREVIEW);
        preview(g);
        return;
    }
    memcpy(g->next.sha256, g->req->sha256, HASH_BYTES);
    g->next.size = g->req->size;
    g->next.version = g->req->version;
    g->next.added_ms = g->plan.added_ms;
    run_move(&g->run, I_WRITE);
    run_sub(&g->run, &g->write.op);
    g->write.coll = g->run.coll;
    g->write.plan = &g->plan;
    g->write.manifest = &g->next;
    g->write.failure = g->has_failed ? g->blob_names[1] : ragd_cs("");
    g->write.on_progress = on_write_progress;
    g->write.arg = g;
    ingest_write_start(&g->write);
}

static void step(struct run *run)
{
    struct ingest_run *g = (struct ingest_run *)run;
    switch (run->state) {
    case I_BEGIN: ingest_begin(g); break;
    case I_LOCK: ingest_read_view(g); break;
    case I_VIEW: ingest_read_manifest(g); break;
    case I_MANIFEST: ingest_take_manifest(g); break;
    case I_DECODE: ingest_take_decoded(g); break;
    case I_CONTENT: take_content(g); break;
    case I_FETCH: take_fetched(g); break;
    case I_ADMIT: ingest_enter(g); break;
    case I_PICK: load(g); break;
    case I_LOAD: plan(g); break;
    case I_PLAN: take_plan(g); break;
    case I_PREVIEW: preview(g); break;
    case I_WRITE:
        g->req->result.embedded = g->write.embedded;
        run_end(run);
        break;
    case I_PARK: ingest_begin_again(g); break;
    case I_RECORD: ingest_recorded(g); break;
    }
}

static void release(struct run *run)
{
    struct ingest_run *g = (struct ingest_run *)run;
    if (run->coll) {
        lock_release(&run->coll->locks, &g->lock);
    }
    admission_leave(&g->admission, run->engine);
    operation_release(&g->write.op);
    operation_release(&g->record.op);
    ingest_plan_release(&g->plan);
    call_release(&g->work.call);
    call_release(&g->load.call);
    call_release(&g->pick.call);
    call_release(&g->fetch.call);
    call_release(&g->blobs.call);
    call_release(&g->view.call);
    if (g->has_content && g->content.release) {
        g->content.release(g->content.arg);
    }
    call_memory_release(&g->arena);
}

static const struct run_conf CONF = {
    .name = "ingest",
    .size = sizeof(struct ingest_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void ingest_start(struct ingest *ingest)
{
    struct ingest_run *g = run_begin(&ingest->op, &CONF);
    if (g) {
        g->req = ingest;
        g->hashed = !ingest->fetch;
    }
}

static struct ingest_run *run_of(struct ingest *ingest)
{
    return ingest->op.run && ingest->op.run->conf == &CONF
               ? (struct ingest_run *)ingest->op.run
               : NULL;
}

void ingest_content(struct ingest *ingest, const struct add_content *content)
{
    struct ingest_run *g = run_of(ingest);
    g->content = *content;
    g->has_content = true;
    run_kick(&g->run);
}

void ingest_give_up(struct ingest *ingest, const struct err *err)
{
    struct ingest_run *g = run_of(ingest);
    if (!g || g->has_content || ingest->fetch || g->gave_up) {
        return;
    }
    g->gave_up = true;
    g->give_up = *err;
    run_kick(&g->run);
}

void ingest_resume(struct ingest *ingest)
{
    struct ingest_run *g = run_of(ingest);
    g->resumed = true;
    run_kick(&g->run);
}
