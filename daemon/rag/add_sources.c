/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/add_sources.h"

#include "core/mem.h"

enum { SOURCE_BYTES_MAX = 2048 }; /* of a source's URI; ids add a key and a number */

/* Items. */

struct ragd_str add_index_key(const uint32_t *index)
{
    return (struct ragd_str){(const char *)index, sizeof(*index)};
}

void add_item_free(struct add_run *a, struct add_item *item)
{
    if (item->announced) {
        map_del(&a->by_index, add_index_key(&item->index));
    }
    list_remove(&item->link);
    operation_release(&item->ingest.op);
    call_memory_release(&item->arena);
    mem_free(item);
}

void add_items_free(struct add_run *a, struct list *items)
{
    LIST_EACH(items, node)
    {
        add_item_free(a, LIST_OF(node, struct add_item, link));
    }
}

int add_check_source(struct ragd_str source, struct err *err)
{
    if (!source.n || source.n > SOURCE_BYTES_MAX) {
        return err_set(err, ERR_INVALID, "a source's name has 1 to %d bytes",
                       SOURCE_BYTES_MAX);
    }
    for (size_t i = 0; i < source.n; i++) {
        if ((unsigned char)source.p[i] < 0x20 || source.p[i] == 0x7f) {
            return err_set(err, ERR_INVALID, "a source's name has a control character");
        }
    }
    return 0;
}

struct add_item *add_item_new(struct add_run *a, struct ragd_str source)
{
    struct add_item *item = mem_calloc(1, sizeof(*item));
    if (!item) {
        return NULL;
    }
    list_init(&item->link);
    item->add = a;
    item->ingest.add = a->req;
    item->ingest.coll = a->run.coll;
    item->ingest.source = arena_str(&item->arena, source);
    if (!item->ingest.source.p || map_put(&a->sources, source, a)) {
        add_item_free(a, item);
        return NULL;
    }
    a->n_items++;
    a->job.total++;
    return item;
}

int add_item_hints(struct add_item *item, struct ragd_str name, struct ragd_str mime)
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

static void tell(struct add_run *a, struct add_item *item)
{
    struct source_result result = item->ingest.result;
    result.source = item->ingest.source;
    if (item->err.id || item->ingest.op.status < 0) {
        result = (struct source_result){
            .source = item->ingest.source,
            .status = SOURCE_FAILED,
            .err = item->err.id ? &item->err : &item->ingest.op.err,
            .loader = result.loader,
            .kept = item->ingest.stored,
        };
    }
    count(a, &result);
    a->job.done++;
    a->req->on_result(a->req, &result);
    add_item_free(a, item);
}

void add_tell_finished(struct add_run *a)
{
    while (!list_empty(&a->finished) && !run_held(&a->run)) {
        tell(a, LIST_OF(a->finished.next, struct add_item, link));
    }
}

static void finish(struct add_item *item)
{
    list_remove(&item->link);
    list_push(&item->add->finished, &item->link);
    run_kick(&item->add->run);
}

static void on_ingested(struct operation *op)
{
    struct add_item *item = op->arg;
    item->add->n_working--;
    if (op->status == RAGD_E_FULL && op->err.id == ERR_STORAGE_FULL) {
        item->add->full = op->err;
    }
    finish(item);
}

/* Work. */

static void on_want(struct ingest *ingest)
{
    struct add_item *item =
        (struct add_item *)((char *)ingest - offsetof(struct add_item, ingest));
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

static size_t on_preview(struct ingest *ingest, const struct add_preview *preview)
{
    return ingest->add->on_preview(ingest->add, preview);
}

static void work_on(struct add_run *a, struct add_item *item)
{
    list_remove(&item->link);
    list_push(&a->working, &item->link);
    a->n_working++;
    item->ingest.on_want = on_want;
    item->ingest.on_progress = on_progress;
    item->ingest.on_preview = item->ingest.add->on_preview ? on_preview : NULL;
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

/* Previews come one after the other: each is told in many parts. */
static bool has_room(const struct add_run *a)
{
    uint64_t most = a->req->preview ? 1 : a->run.engine->limits.parallel_sources;
    return a->n_working < most;
}

static void take_listed(struct add_run *a)
{
    struct add_found found;
    while (has_room(a) && add_list_next(&a->list, &found)) {
        bool seen = map_get(&a->sources, found.entry.uri) != NULL;
        if (seen && !found.err) {
            continue; /* two roots may overlap */
        }
        struct add_item *item = add_item_new(a, found.entry.uri);
        if (!item) {
            a->req->totals.failed++;
            continue;
        }
        item->ingest.fetch = true;
        item->ingest.size = found.entry.size;
        item->ingest.version = arena_str(&item->arena, found.entry.version);
        int rc = add_item_hints(item, found.entry.name, found.entry.mime);
        rc = rc ? rc : arena_kvs(&item->arena, found.entry.meta, &item->ingest.meta);
        if (found.err) {
            item->err = *found.err;
        } else if (rc || !item->ingest.version.p) {
            err_set(&item->err, ERR_NOMEM, NULL);
        } else if (a->full.id) {
            item->err = a->full;
        } else if (!add_check_source(found.entry.uri, &item->err)) {
            work_on(a, item);
            continue;
        }
        list_push(&a->finished, &item->link);
    }
}

void add_drop_waiting(struct add_run *a, const struct err *err)
{
    LIST_EACH(&a->waiting, node)
    {
        struct add_item *item = LIST_OF(node, struct add_item, link);
        item->err = *err;
        list_remove(node);
        list_push(&a->finished, node);
    }
}

void add_pump(struct add_run *a)
{
    if (a->full.id) {
        add_drop_waiting(a, &a->full); /* not parsed and embedded for nothing */
    }
    while (!a->run.cancelled && !list_empty(&a->waiting) && has_room(a)) {
        work_on(a, LIST_OF(a->waiting.next, struct add_item, link));
    }
    if (!a->run.cancelled) {
        take_listed(a);
    }
}

bool add_is_idle(const struct add_run *a)
{
    return !a->n_working && list_empty(&a->finished) && list_empty(&a->waiting) &&
           !add_list_active(&a->list);
}
