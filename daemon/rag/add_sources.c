/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/add_sources.h"

#include "core/clock.h"
#include "core/mem.h"

enum {
    SOURCE_BYTES_MAX = 2048, /* of a source's URI; ids add a key and a number */
    RETRY_FACTOR = 10,       /* of the wait before a further try */
    RETRY_MAX_MS = 60000,    /* longest such wait */
};

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
        struct err *err = item->err.id ? &item->err : &item->ingest.op.err;
        if (item->ingest.stored) {
            err_hint_also(err, "its earlier version stays; rag rm removes it");
        }
        result = (struct source_result){
            .source = item->ingest.source,
            .status = SOURCE_FAILED,
            .err = err,
            .loader = result.loader,
            .kept = item->ingest.stored,
        };
    }
    result.tries = item->ingest.tries;
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

static void leave_work(struct add_item *item)
{
    item->add->n_working--;
    item->add->n_again -= item->again;
}

static void leave_parked(struct add_item *item)
{
    item->parked = false;
    item->add->run.engine->parked_bytes -= item->ingest.size;
}

static void on_ingested(struct operation *op)
{
    struct add_item *item = op->arg;
    if (item->parked) {
        leave_parked(item); /* it was stopped */
    } else {
        leave_work(item);
    }
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

static uint64_t retry_ms(const struct add_item *item)
{
    uint64_t ms = item->add->run.engine->limits.parse_retry;
    for (uint32_t i = 1; i < item->ingest.tries && ms < RETRY_MAX_MS; i++) {
        ms *= RETRY_FACTOR;
    }
    return ms < RETRY_MAX_MS ? ms : RETRY_MAX_MS;
}

/* Behind those that are due before it, which are most as a rule. */
static void insert_parked(struct add_run *a, struct add_item *item)
{
    struct list *at = a->parked.prev;
    while (at != &a->parked && LIST_OF(at, struct add_item, link)->due_ms > item->due_ms) {
        at = at->prev;
    }
    list_push(at->next, &item->link);
}

static void on_park(struct ingest *ingest)
{
    struct add_item *item =
        (struct add_item *)((char *)ingest - offsetof(struct add_item, ingest));
    struct add_run *a = item->add;
    leave_work(item);
    list_remove(&item->link);
    item->parked = true;
    item->again = true;
    item->due_ms = clock_mono_ms() + retry_ms(item);
    a->run.engine->parked_bytes += ingest->size;
    insert_parked(a, item);
    run_kick(&a->run);
}

static void enter_work(struct add_run *a, struct add_item *item)
{
    list_remove(&item->link);
    list_push(&a->working, &item->link);
    a->n_working++;
    a->n_again += item->again;
}

static void work_on(struct add_run *a, struct add_item *item)
{
    enter_work(a, item);
    item->ingest.on_park = on_park;
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

static void retry(struct add_run *a, struct add_item *item)
{
    leave_parked(item);
    enter_work(a, item);
    ingest_resume(&item->ingest);
}

/* Previews come one after the other: each is told in many parts. */
static uint64_t places(const struct add_run *a)
{
    return a->req->preview ? 1 : a->run.engine->limits.parallel_sources;
}

static bool has_room(const struct add_run *a)
{
    return a->n_working < places(a);
}

/* Those that wait for another try hold so much that they must go first; what they
 * hold is never what an upload needs to come in. */
static bool is_crowded(const struct add_run *a)
{
    const struct limits *limits = &a->run.engine->limits;
    uint64_t room = limits->spool > limits->document_raw
                        ? limits->spool - limits->document_raw
                        : 0;
    uint64_t most = room < limits->parse_parked ? room : limits->parse_parked;
    return !list_empty(&a->parked) && a->run.engine->parked_bytes > most;
}

/* Nothing else is to be done. */
static bool is_quiet(const struct add_run *a)
{
    return a->n_working == a->n_again && list_empty(&a->waiting) &&
           !add_list_active(&a->list);
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

static void on_due(struct call *call)
{
    struct add_run *a = call->arg;
    call_release(call);
    run_kick(&a->run);
}

/* The pump comes again when the first parked one is due. */
static void wait_for_due(struct add_run *a)
{
    uint64_t now = clock_mono_ms();
    uint64_t due = list_empty(&a->parked)
                       ? UINT64_MAX
                       : LIST_OF(a->parked.next, struct add_item, link)->due_ms;
    if (call_active(&a->due.call)) {
        if (due < a->due_ms || due == UINT64_MAX) {
            call_cancel(&a->due.call);
        }
        return;
    }
    if (due == UINT64_MAX || due <= now) {
        return; /* it waits for a place, which the end of another gives */
    }
    a->due_ms = due;
    a->due.call.done = on_due;
    a->due.call.arg = a;
    a->due.delay_ms = due - now;
    call_later_start(&a->due);
}

/* In a crowd they have places of their own: others may wait for their room. */
static void retry_due(struct add_run *a, bool crowded)
{
    uint64_t now = clock_mono_ms();
    while (!list_empty(&a->parked) && (crowded ? a->n_again < places(a) : has_room(a))) {
        struct add_item *item = LIST_OF(a->parked.next, struct add_item, link);
        if (item->due_ms > now) {
            break;
        }
        retry(a, item);
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

void add_drop_parked(struct add_run *a, const struct err *err)
{
    LIST_EACH(&a->parked, node)
    {
        run_stop(&LIST_OF(node, struct add_item, link)->ingest.op, err);
    }
}

void add_pump(struct add_run *a)
{
    bool crowded = is_crowded(a);
    if (a->full.id) { /* not parsed and embedded for nothing */
        add_drop_waiting(a, &a->full);
        add_drop_parked(a, &a->full);
    }
    while (!a->run.cancelled && !crowded && !list_empty(&a->waiting) && has_room(a)) {
        work_on(a, LIST_OF(a->waiting.next, struct add_item, link));
    }
    if (!a->run.cancelled && !crowded) {
        take_listed(a);
    }
    if (!a->run.cancelled && (crowded || is_quiet(a))) {
        retry_due(a, crowded);
        wait_for_due(a);
    } else if (list_empty(&a->parked)) {
        call_cancel(&a->due.call);
    }
}

bool add_is_idle(const struct add_run *a)
{
    return !a->n_working && list_empty(&a->finished) && list_empty(&a->waiting) &&
           list_empty(&a->parked) && !add_list_active(&a->list) &&
           !call_active(&a->due.call);
}
