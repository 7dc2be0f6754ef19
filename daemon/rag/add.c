/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Adding sources.
 *
 * happy path: BEGIN finds the collection or makes it (CREATE), EMBEDDER checks
 * its vector space (CHECK: and the one the caller named), JOB gives it a number,
 * RUN works on sources, some at a time, as they are announced or listed; when
 * all are done END writes the job's end.
 * failure modes: a source's failure is its result and nothing else's; before
 * RUN a failure ends the add.
 * on close: cancelled, it waits in RUN for the sources at work, which end soon;
 * interrupted (or the engine stops), sources that have their bytes go on.
 */
#include "rag/add.h"

#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/utf8.h"
#include "rag/add_list.h"
#include "rag/embedder.h"
#include "rag/ingest.h"
#include "rag/kvs.h"
#include "rag/need.h"
#include "rag/run.h"

enum { A_BEGIN, A_CREATE, A_EMBEDDER, A_CHECK, A_JOB, A_RUN, A_END };

static const struct run_state STATES[] = {
    [A_BEGIN] = {"begin",
                 RUN_NEXT(A_CREATE) | RUN_NEXT(A_EMBEDDER) | RUN_NEXT(A_CHECK) |
                     RUN_NEXT(A_JOB) | RUN_NEXT(A_RUN),
                 0},
    [A_CREATE] = {"create", RUN_NEXT(A_EMBEDDER) | RUN_NEXT(A_CHECK) | RUN_NEXT(A_JOB), 0},
    [A_EMBEDDER] = {"embedder", RUN_NEXT(A_CHECK) | RUN_NEXT(A_JOB), 0},
    [A_CHECK] = {"check", RUN_NEXT(A_JOB), 0},
    [A_JOB] = {"job", RUN_NEXT(A_RUN), 0},
    [A_RUN] = {"run", RUN_NEXT(A_END), RUN_FINAL},
    [A_END] = {"end", 0, RUN_FINAL},
};

enum {
    SOURCE_BYTES_MAX = 2048, /* of a source's URI; ids add a key and a number */
};

/* A source of this add. */
struct item {
    struct list link; /* waiting, at work, or finished */
    struct add_run *add;
    struct arena arena;
    uint32_t index;
    bool announced, wanted;
    struct err err; /* of one that failed before any work */
    struct ingest ingest;
};

struct add_run {
    struct run run;
    struct add *req;
    struct need need;
    struct embedder_check check;
    struct run_job job;
    struct call_jobs jobs;
    struct add_list list; /* sources the daemon finds itself */
    struct map sources;   /* seen in this add */
    struct map by_index;  /* announced items that are not finished */
    struct list waiting, working, finished;
    size_t n_items, n_working;
    bool ended, interrupted;
    uint64_t start_ns;
};

static struct add_run *run_of(struct add *add)
{
    return (struct add_run *)add->op.run;
}

/* Items. */

static struct ragd_str index_key(const uint32_t *index)
{
    return (struct ragd_str){(const char *)index, sizeof(*index)};
}

static void item_free(struct add_run *a, struct item *item)
{
    if (item->announced) {
        map_del(&a->by_index, index_key(&item->index));
    }
    list_remove(&item->link);
    operation_release(&item->ingest.op);
    arena_release(&item->arena);
    mem_free(item);
}

static void items_free(struct add_run *a, struct list *items)
{
    LIST_EACH(items, node)
    {
        item_free(a, LIST_OF(node, struct item, link));
    }
}

static int check_source(struct ragd_str source, struct err *err)
{
    if (!source.n || source.n > SOURCE_BYTES_MAX) {
        return err_set(err, ERR_LIMIT, "a source's name has 1 to %d bytes",
                       SOURCE_BYTES_MAX);
    }
    for (size_t i = 0; i < source.n; i++) {
        if ((unsigned char)source.p[i] < 0x20 || source.p[i] == 0x7f) {
            return err_set(err, ERR_INVALID, "a source's name has a control character");
        }
    }
    return 0;
}

static struct item *item_new(struct add_run *a, struct ragd_str source)
{
    struct item *item = mem_calloc(1, sizeof(*item));
    if (!item) {
        return NULL;
    }
    list_init(&item->link);
    item->add = a;
    item->ingest.add = a->req;
    item->ingest.coll = a->run.coll;
    item->ingest.source = arena_str(&item->arena, source);
    if (!item->ingest.source.p || map_put(&a->sources, source, a)) {
        item_free(a, item);
        return NULL;
    }
    a->n_items++;
    a->job.total++;
    return item;
}

static int set_hints(struct item *item, struct ragd_str name, struct ragd_str mime)
{
    item->ingest.name = arena_str(&item->arena, name);
    item->ingest.mime = arena_str(&item->arena, mime);
    return item->ingest.name.p && item->ingest.mime.p ? 0 : RAGD_E_NOMEM;
}

/* Results. */

static void count(struct add_run *a, const struct source_result *result)
{
    struct add_totals *totals = &a->req->totals;
    uint64_t *by_status[] = {
        [SOURCE_ADDED] = &totals->added,         [SOURCE_UPDATED] = &totals->updated,
        [SOURCE_UNCHANGED] = &totals->unchanged, [SOURCE_REMOVED] = &totals->removed,
        [SOURCE_FAILED] = &totals->failed,
    };
    ++*by_status[result->status];
    totals->documents += result->documents;
    totals->chunks += result->chunks;
    totals->embedded += result->embedded;
    totals->reused += result->reused;
}

static void tell(struct add_run *a, struct item *item)
{
    struct source_result result = item->ingest.result;
    result.source = item->ingest.source;
    if (item->err.id || item->ingest.op.status < 0) {
        result = (struct source_result){
            .source = item->ingest.source,
            .status = SOURCE_FAILED,
            .err = item->err.id ? &item->err : &item->ingest.op.err,
            .loader = result.loader,
        };
    }
    count(a, &result);
    a->job.done++;
    a->req->on_result(a->req, &result);
    item_free(a, item);
}

static void tell_finished(struct add_run *a)
{
    while (!list_empty(&a->finished) && !run_held(&a->run)) {
        tell(a, LIST_OF(a->finished.next, struct item, link));
    }
}

static void finish(struct item *item)
{
    list_remove(&item->link);
    list_push(&item->add->finished, &item->link);
    run_kick(&item->add->run);
}

static void on_ingested(struct operation *op)
{
    struct item *item = op->arg;
    item->add->n_working--;
    finish(item);
}

/* Work. */

static void on_want(struct ingest *ingest)
{
    struct item *item = (struct item *)((char *)ingest - offsetof(struct item, ingest));
    item->wanted = true;
    if (ingest->add->on_want) {
        ingest->add->on_want(ingest->add, item->index);
    }
}

static void on_progress(struct ingest *ingest, const struct add_progress *progress)
{
    if (ingest->add->on_progress) {
        ingest->add->on_progress(ingest->add, progress);
    }
}

static void on_preview(struct ingest *ingest, const struct add_preview *preview)
{
    if (ingest->add->on_preview) {
        ingest->add->on_preview(ingest->add, preview);
    }
}

static void work_on(struct add_run *a, struct item *item)
{
    list_remove(&item->link);
    list_push(&a->working, &item->link);
    a->n_working++;
    item->ingest.on_want = on_want;
    item->ingest.on_progress = on_progress;
    item->ingest.on_preview = on_preview;
    item->ingest.coll = a->run.coll;
    run_child(&a->run, &item->ingest.op, on_ingested, item);
    ingest_start(&item->ingest);
    if (a->run.paused) {
        operation_pause(&item->ingest.op);
    }
    if (a->interrupted) {
        struct err err = {0};
        err_set(&err, ERR_INTERRUPTED, NULL);
        ingest_give_up(&item->ingest, &err);
    }
}

static void take_listed(struct add_run *a)
{
    struct add_found found;
    while (a->n_working < a->run.engine->limits.parallel_sources &&
           add_list_next(&a->list, &found)) {
        bool seen = map_get(&a->sources, found.entry.uri) != NULL;
        if (seen && !found.err) {
            continue; /* two roots may overlap */
        }
        struct item *item = item_new(a, found.entry.uri);
        if (!item) {
            a->req->totals.failed++;
            continue;
        }
        item->ingest.fetch = true;
        item->ingest.size = found.entry.size;
        item->ingest.version = arena_str(&item->arena, found.entry.version);
        int rc = set_hints(item, found.entry.name, found.entry.mime);
        rc = rc ? rc : arena_kvs(&item->arena, found.entry.meta, &item->ingest.meta);
        if (found.err) {
            item->err = *found.err;
        } else if (rc || !item->ingest.version.p) {
            err_set(&item->err, ERR_NOMEM, NULL);
        } else if (!check_source(found.entry.uri, &item->err)) {
            work_on(a, item);
            continue;
        }
        list_push(&a->finished, &item->link);
    }
}

static void pump(struct add_run *a)
{
    while (!a->run.cancelled && !list_empty(&a->waiting) &&
           a->n_working < a->run.engine->limits.parallel_sources) {
        work_on(a, LIST_OF(a->waiting.next, struct item, link));
    }
    if (!a->run.cancelled) {
        take_listed(a);
    }
}

static void drop_waiting(struct add_run *a, enum err_id id)
{
    LIST_EACH(&a->waiting, node)
    {
        struct item *item = LIST_OF(node, struct item, link);
        err_set(&item->err, id, NULL);
        list_remove(node);
        list_push(&a->finished, node);
    }
}

static bool is_idle(const struct add_run *a)
{
    return !a->n_working && list_empty(&a->finished) && list_empty(&a->waiting) &&
           !add_list_active(&a->list);
}

static void end(struct add_run *a)
{
    if (a->run.coll) {
        a->req->totals.collection_chunks = a->run.coll->records;
    }
    a->req->totals.took_ms = (double)(clock_mono_ns() - a->start_ns) / 1e6;
    if (a->run.cancelled) {
        run_fail_id(&a->run, ERR_CANCELLED);
    } else {
        run_end(&a->run);
    }
}

static void put_job(struct add_run *a, enum job_state state)
{
    run_try(&a->run, &a->jobs.call);
    a->jobs.action = JOBS_PUT;
    a->jobs.job = (struct job_record){
        .id = a->job.id,
        .kind = ragd_cs("add"),
        .collection = a->run.coll->settings.name,
        .state = state,
        .owner = a->req->op.owner,
        .done = a->job.done,
        .total = a->job.total,
        .started_ms = a->job.started_ms,
        .ended_ms = state == JOB_RUNNING ? 0 : clock_unix_ms(),
    };
    call_jobs_start(&a->jobs);
}

static enum job_state end_state(const struct add_run *a)
{
    const struct add_totals *totals = &a->req->totals;
    if (a->run.cancelled) {
        return JOB_CANCELLED;
    }
    if (a->interrupted) {
        return JOB_INTERRUPTED;
    }
    return totals->failed && totals->failed == a->job.done ? JOB_FAILED : JOB_DONE;
}

static void run_sources(struct add_run *a)
{
    if (a->run.cancelled) {
        drop_waiting(a, ERR_CANCELLED);
    }
    pump(a);
    tell_finished(a);
    pump(a); /* what was told made room */
    bool over = a->ended || a->run.cancelled || a->interrupted;
    if (!over || !is_idle(a)) {
        return;
    }
    run_move(&a->run, A_END);
    if (a->req->preview) {
        end(a);
    } else {
        put_job(a, end_state(a));
    }
}

/* Before the sources. */

static void started(struct add_run *a)
{
    run_move(&a->run, A_RUN);
    if (a->req->on_started) {
        struct add_started event = {.job = a->job.id, .created = a->need.created};
        event.collection = a->run.coll ? a->run.coll->settings.name : a->req->collection;
        a->req->on_started(a->req, &event);
    }
    add_list_start(&a->list, &a->run, a->req->sources, a->req->n_sources);
    run_sources(a);
}

static void take_job(struct add_run *a)
{
    if (a->jobs.call.status < 0) {
        struct err err = a->jobs.call.err;
        run_fail(&a->run, &err);
        return;
    }
    a->job.id = a->jobs.job.id;
    a->run.job = &a->job;
    started(a);
}

static void begin_job(struct add_run *a)
{
    run_move(&a->run, A_JOB);
    put_job(a, JOB_RUNNING);
}

static void check_named(struct add_run *a)
{
    if (!a->req->embedder.n) {
        begin_job(a);
        return;
    }
    operation_release(&a->check.op);
    run_move(&a->run, A_CHECK);
    run_sub(&a->run, &a->check.op);
    a->check.coll = a->run.coll;
    a->check.name = a->req->embedder;
    embedder_check_start(&a->check);
}

static void check_own(struct add_run *a)
{
    struct collection *coll = a->run.coll;
    if (coll->embedder || !collection_has_vectors(coll) || !coll->settings.embedder.n) {
        check_named(a);
        return;
    }
    run_move(&a->run, A_EMBEDDER);
    run_sub(&a->run, &a->check.op);
    a->check.coll = coll;
    embedder_check_start(&a->check);
}

static int check_inputs(struct add_run *a, struct err *err)
{
    struct splitter splitter;
    const struct add *req = a->req;
    int rc = splitter_resolve(&req->splitter, &a->run.engine->splitter, &splitter, err);
    rc = rc ? rc : loader_options_check(req->loader_options, err);
    return rc ? rc : kvs_check(&a->run.engine->limits, req->meta, err);
}

/* A preview uses the settings of a collection that is there. */
static void begin_preview(struct add_run *a)
{
    struct collection *coll;
    if (!registry_find(a->run.engine, a->req->op.owner, a->req->collection, &coll, NULL)) {
        run_use(&a->run, coll);
    }
    started(a);
}

static void need_default(struct add_run *a)
{
    switch (need_collection(&a->run, &a->need, a->req->collection, NULL)) {
    case NEED_READY: check_own(a); break;
    case NEED_WAIT: run_move(&a->run, A_CREATE); break;
    case NEED_GONE: break;
    }
}

static void begin(struct add_run *a)
{
    struct err err = {0};
    a->start_ns = clock_mono_ns();
    a->job.kind = "add";
    a->job.started_ms = clock_unix_ms();
    if (check_inputs(a, &err)) {
        run_fail(&a->run, &err);
    } else if (a->req->preview) {
        begin_preview(a);
    } else {
        need_default(a);
    }
}

static void step(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    switch (run->state) {
    case A_BEGIN: begin(a); break;
    case A_CREATE:
        if (need_made(run, &a->need) == NEED_READY) {
            check_own(a);
        }
        break;
    case A_EMBEDDER: check_named(a); break;
    case A_CHECK: begin_job(a); break;
    case A_JOB: take_job(a); break;
    case A_RUN: run_sources(a); break;
    case A_END: end(a); break;
    }
}

static void cancel(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    LIST_EACH(&a->working, node)
    {
        operation_cancel(&LIST_OF(node, struct item, link)->ingest.op);
    }
    add_list_cancel(&a->list);
    if (run->state == A_RUN) {
        run_kick(run);
    }
}

static void pause(struct run *run, bool on)
{
    struct add_run *a = (struct add_run *)run;
    LIST_EACH(&a->working, node)
    {
        struct operation *op = &LIST_OF(node, struct item, link)->ingest.op;
        if (on) {
            operation_pause(op);
        } else {
            operation_resume(op);
        }
    }
}

static void interrupt(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    struct err err = {0};
    err_set(&err, ERR_INTERRUPTED, NULL);
    err_hint(&err, "add it again: what is stored already is not done twice");
    a->ended = a->interrupted = true;
    LIST_EACH(&a->waiting, node)
    {
        struct item *item = LIST_OF(node, struct item, link);
        item->err = err;
        list_remove(node);
        list_push(&a->finished, node);
    }
    LIST_EACH(&a->working, node)
    {
        ingest_give_up(&LIST_OF(node, struct item, link)->ingest, &err);
    }
    if (run->engine->draining) {
        add_list_cancel(&a->list);
    }
    if (run->state == A_RUN) {
        run_kick(run);
    }
}

static void release(struct run *run)
{
    struct add_run *a = (struct add_run *)run;
    items_free(a, &a->waiting);
    items_free(a, &a->finished);
    need_release(&a->need);
    operation_release(&a->check.op);
    call_release(&a->jobs.call);
    add_list_release(&a->list);
    map_release(&a->sources);
    map_release(&a->by_index);
}

static const struct run_conf CONF = {
    .name = "add",
    .size = sizeof(struct add_run),
    .states = STATES,
    .step = step,
    .cancel = cancel,
    .pause = pause,
    .drain = interrupt,
    .release = release,
};

void add_start(struct add *add)
{
    struct add_run *a = run_begin(&add->op, &CONF);
    add->totals = (struct add_totals){0};
    if (a) {
        a->req = add;
        list_init(&a->waiting);
        list_init(&a->working);
        list_init(&a->finished);
    }
}

static bool is_running(const struct add *add)
{
    return add->op.run && add->op.run->conf == &CONF;
}

static int check_announce(struct add_run *a, const struct add_announce *announce,
                          struct err *err)
{
    const struct limits *limits = &a->run.engine->limits;
    if (a->ended) {
        return err_set(err, ERR_INVALID, "a source was announced after the end");
    }
    if (map_get(&a->by_index, index_key(&announce->index))) {
        return err_set(err, ERR_INVALID, "index %u was announced twice", announce->index);
    }
    if (map_get(&a->sources, announce->source)) {
        return err_set(err, ERR_INVALID, "the source %.*s was given twice",
                       (int)(announce->source.n < 256 ? announce->source.n : 256),
                       announce->source.p);
    }
    if (a->n_items >= limits->sources) {
        err_set(err, ERR_LIMIT, "more than %llu sources in one add (limit sources)",
                (unsigned long long)limits->sources);
        return err_hint(err, "add them in several parts");
    }
    return check_source(announce->source, err);
}

int add_announce(struct add *add, const struct add_announce *announce, struct err *err)
{
    if (!is_running(add)) {
        return err_set(err, ERR_INVALID, "the add is over");
    }
    struct add_run *a = run_of(add);
    int rc = check_announce(a, announce, err);
    if (rc) {
        return rc;
    }
    struct item *item = item_new(a, announce->source);
    if (!item) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    item->index = announce->index;
    if (set_hints(item, announce->name, announce->mime) ||
        map_put(&a->by_index, index_key(&item->index), item)) {
        map_del(&a->sources, announce->source);
        a->n_items--;
        a->job.total--;
        item_free(a, item);
        return err_set(err, ERR_NOMEM, NULL);
    }
    item->announced = true;
    item->ingest.size = announce->size;
    memcpy(item->ingest.sha256, announce->sha256, HASH_BYTES);
    list_push(&a->waiting, &item->link);
    if (announce->size > a->run.engine->limits.document_raw) {
        err_set(&item->err, ERR_LIMIT, "%llu bytes, the limit document_raw is %llu",
                (unsigned long long)announce->size,
                (unsigned long long)a->run.engine->limits.document_raw);
        list_remove(&item->link);
        list_push(&a->finished, &item->link);
    }
    if (a->run.state == A_RUN) {
        run_kick(&a->run);
    }
    return 0;
}

static struct item *wanted_item(struct add *add, uint32_t index)
{
    struct item *item = is_running(add) ? map_get(&run_of(add)->by_index, index_key(&index))
                                        : NULL;
    return item && item->wanted ? item : NULL;
}

int add_content_take(struct add *add, uint32_t index, struct add_content content,
                     struct err *err)
{
    struct item *item = wanted_item(add, index);
    int rc = 0;
    if (!item) {
        rc = err_set(err, ERR_INVALID, "the bytes of source %u were not asked for", index);
    } else if (content.content.size != item->ingest.size) {
        rc = err_set(err, ERR_CHANGED, "%llu bytes came, %llu were announced",
                     (unsigned long long)content.content.size,
                     (unsigned long long)item->ingest.size);
    }
    if (rc) {
        if (content.release) {
            content.release(content.arg);
        }
        return rc;
    }
    item->wanted = false;
    ingest_content(&item->ingest, &content);
    return 0;
}

void add_content_abort(struct add *add, uint32_t index, const struct err *err)
{
    struct item *item = wanted_item(add, index);
    if (item) {
        item->wanted = false;
        ingest_give_up(&item->ingest, err);
    }
}

void add_end(struct add *add)
{
    if (is_running(add)) {
        run_of(add)->ended = true;
        if (add->op.run->state == A_RUN) {
            run_kick(add->op.run);
        }
    }
}

void add_interrupt(struct add *add)
{
    if (is_running(add)) {
        interrupt(add->op.run);
    }
}
