/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Recovery: every collection of every store is opened, its settings are read,
 * its size is noted.
 *
 * happy path: LIST a store and its MARKS, then OPEN, VIEW, BLOBS, STATS for each
 * collection; at last ALL_MARKS, which tell of collections whose store is not there.
 * failure modes: what cannot be opened or read is noted as degraded and left
 * alone, and nobody is told from then on that a collection does not exist; one
 * whose settings were read is known all the same. A collection that we named,
 * but that has no settings and no records, is what a crash left of a creation
 * that was never acknowledged, and so is one that was made for an add or import
 * that never committed anything: DROP. A collection that is not at the sequence of
 * its mark, or a mark whose collection is gone or has no settings, tells of
 * acknowledged changes that the store has lost: they are degraded, the first is
 * served as it is.
 * on close: cancelled like any operation.
 */
#include "rag/recover.h"

#include "core/log.h"
#include "core/mem.h"
#include "rag/chunk.h"
#include "rag/registry.h"
#include "rag/run.h"

enum { R_STORE, R_LIST, R_MARKS, R_OPEN, R_VIEW, R_BLOBS, R_STATS, R_DROP, R_ALL_MARKS };

/* Behind a collection, or a store without any. */
#define NEXT_PART (RUN_NEXT(R_LIST) | RUN_NEXT(R_OPEN) | RUN_NEXT(R_ALL_MARKS))

static const struct run_state STATES[] = {
    [R_STORE] = {"store", RUN_NEXT(R_LIST) | RUN_NEXT(R_ALL_MARKS), 0},
    [R_LIST] = {"list", RUN_NEXT(R_LIST) | RUN_NEXT(R_MARKS) | RUN_NEXT(R_ALL_MARKS), 0},
    [R_MARKS] = {"marks", NEXT_PART, 0},
    [R_OPEN] = {"open", NEXT_PART | RUN_NEXT(R_VIEW), 0},
    [R_VIEW] = {"view", NEXT_PART | RUN_NEXT(R_BLOBS), 0},
    [R_BLOBS] = {"blobs", NEXT_PART | RUN_NEXT(R_STATS), 0},
    [R_STATS] = {"stats", NEXT_PART | RUN_NEXT(R_DROP), 0},
    [R_DROP] = {"drop", NEXT_PART, 0},
    [R_ALL_MARKS] = {"all marks", 0, 0},
};

struct recover_run {
    struct run run;
    struct instance *store;
    size_t at; /* in list.specs */
    struct call_coll_list list;
    struct call_watermarks marks;
    struct call_coll open;
    struct call_view view;
    struct call_blobs blobs;
    struct call_stats stats;
};

static void next_collection(struct recover_run *r);
static void list_marks(struct recover_run *r);

/* Once all collections are known. */
static void tell_gone(struct engine *engine)
{
    for (size_t i = 0; i < engine->n_gone; i++) {
        const struct watermark *mark = &engine->gone[i].mark;
        struct err err = {0};
        if (!registry_has(engine, mark->owner, mark->name)) {
            watermark_gone(mark, &err);
            engine_degrade(engine,
                           (struct engine_part){PART_COLLECTION, mark->owner, mark->name.p},
                           &err);
        }
    }
}

static void degrade_store(const struct recover_run *r, const struct err *err)
{
    engine_degrade(
        r->run.engine,
        (struct engine_part){.kind = PART_STORE, .name = instance_name(r->store)}, err);
}

static void next_store(struct recover_run *r)
{
    r->store = instance_next(PLUGIN_STORE, r->store);
    if (!r->store) {
        run_move(&r->run, R_ALL_MARKS);
        list_marks(r);
        return;
    }
    run_move(&r->run, R_LIST);
    run_try(&r->run, &r->list.call);
    r->list.store = r->store;
    call_coll_list_start(&r->list);
}

/* The first loss is the one that lookups, the listing and verify tell. */
static void note_lost(struct recover_run *r, const struct err *err)
{
    struct err *lost = &r->run.engine->lost;
    if (lost->id) {
        return;
    }
    *lost = *err;
    if (!lost->hint[0]) {
        err_hint(lost,
                 "rag status shows what is degraded; repair or restore the store "
                 "'%s', then restart ragd",
                 instance_name(r->store));
    }
}

/* Marks that cannot be read are told once, however often they were tried. */
static void note_unread(struct recover_run *r)
{
    static const struct engine_part part = {.kind = PART_DATABASE,
                                            .name = "the daemon's own database"};
    int status = r->marks.call.status;
    if (status < 0 && status != RAGD_E_UNSUPPORTED) { /* that is, no database */
        engine_mend(r->run.engine, part);
        engine_degrade(r->run.engine, part, &r->marks.call.err);
    }
}

/* Whether the i-th of all marks is the first of a store that is not there. */
static bool begins_hidden(const struct recover_run *r, size_t i)
{
    struct ragd_str store = r->marks.marks[i].store;
    return !instance_find(PLUGIN_STORE, store) &&
           (i == 0 || !str_same(r->marks.marks[i - 1].store, store));
}

/* Collections that were acknowledged once, and whose store has no instance now. */
static void tell_hidden(struct recover_run *r)
{
    for (size_t i = 0; i < r->marks.n_marks; i++) {
        struct ragd_str store = r->marks.marks[i].store;
        struct err err;
        size_t n = 0;
        if (!begins_hidden(r, i)) {
            continue;
        }
        while (i + n < r->marks.n_marks && str_same(r->marks.marks[i + n].store, store)) {
            n++;
        }
        err_set(&err, ERR_PLUGIN_REFUSED,
                "%zu collection%s not there: no plugin for the store '%.*s' is loaded", n,
                n == 1 ? " is" : "s are", (int)store.n, store.p);
        err_hint(&err, "see plugins.load and plugins.dirs (rag config), and rag plugin ls; "
                       "the data are kept; restart ragd with the plugin");
        note_lost(r, &err);
        char *name = mem_dup(store.p, store.n);
        if (name) { /* else verify and ls still tell it */
            engine_degrade(r->run.engine,
                           (struct engine_part){.kind = PART_STORE, .name = name}, &err);
        }
        mem_free(name);
    }
}

/* Gives up one part: the store, or the collection at hand. */
static void degrade(struct recover_run *r, const struct err *err)
{
    if (err->id == ERR_NOMEM) {
        run_fail(&r->run, err);
        return;
    }
    degrade_store(r, err);
    if (r->run.state != R_DROP) { /* that one never existed for anybody */
        note_lost(r, err);
    }
    if (r->run.state == R_LIST) {
        next_store(r);
    } else {
        r->at++;
        next_collection(r);
    }
}

static void next_collection(struct recover_run *r)
{
    view_close(r->run.view);
    r->run.view = NULL;
    coll_close(r->open.coll);
    r->open.coll = NULL;
    if (r->at == r->list.n_specs) {
        next_store(r);
        return;
    }
    run_move(&r->run, R_OPEN);
    run_try(&r->run, &r->open.call);
    r->open.store = r->store;
    r->open.action = COLL_OPEN;
    r->open.spec = r->list.specs[r->at];
    call_coll_start(&r->open);
}

/* Those of the store at hand; behind the last one, those of all. */
static void list_marks(struct recover_run *r)
{
    run_try(&r->run, &r->marks.call);
    r->marks.action = WATERMARKS_LIST;
    r->marks.store = ragd_cs(r->store ? instance_name(r->store) : "");
    r->marks.n_marks = 0;
    call_watermarks_start(&r->marks);
}

static bool has_coll(const struct recover_run *r, struct ragd_str key)
{
    for (size_t i = 0; i < r->list.n_specs; i++) {
        if (str_same(r->list.specs[i].name, key)) {
            return true;
        }
    }
    return false;
}

static int add_gone(struct engine *engine, const struct instance *store,
                    const struct watermark *mark)
{
    struct arena *arena = &engine->gone_arena;
    struct gone *grown = mem_realloc(engine->gone, engine->n_gone + 1, sizeof(*grown));
    if (!grown) {
        return RAGD_E_NOMEM;
    }
    engine->gone = grown;
    struct gone *gone = &grown[engine->n_gone];
    *gone = (struct gone){.store = arena_str(arena, ragd_cs(instance_name(store))),
                          .mark = *mark};
    gone->mark.coll = arena_str(arena, mark->coll);
    gone->mark.name = arena_str(arena, mark->name);
    if (!gone->store.p || !gone->mark.coll.p || !gone->mark.name.p) {
        return RAGD_E_NOMEM;
    }
    engine->n_gone++;
    return 0;
}

static void take_marks(struct recover_run *r)
{
    note_unread(r);
    for (size_t i = 0; i < r->marks.n_marks; i++) {
        const struct watermark *mark = &r->marks.marks[i];
        if (!has_coll(r, mark->coll) && add_gone(r->run.engine, r->store, mark)) {
            run_fail_id(&r->run, ERR_NOMEM);
            return;
        }
    }
    r->at = 0;
    next_collection(r);
}

static void open_view(struct recover_run *r)
{
    run_move(&r->run, R_VIEW);
    run_try(&r->run, &r->view.call);
    r->view.coll = r->open.coll;
    call_view_start(&r->view);
}

static void read_settings(struct recover_run *r)
{
    static const struct ragd_str NAME = {STORED_SETTINGS, sizeof(STORED_SETTINGS) - 1};
    r->run.view = r->view.view;
    run_move(&r->run, R_BLOBS);
    run_try(&r->run, &r->blobs.call);
    r->blobs.view = r->run.view;
    r->blobs.names = &NAME;
    r->blobs.n_names = 1;
    call_blobs_start(&r->blobs);
}

static void read_stats(struct recover_run *r)
{
    run_move(&r->run, R_STATS);
    run_try(&r->run, &r->stats.call);
    r->stats.view = r->run.view;
    call_stats_start(&r->stats);
}

static void drop(struct recover_run *r)
{
    view_close(r->run.view);
    r->run.view = NULL;
    log_info("COLLECTION-UNFINISHED",
             "%.*s: it was made, and what was to come never did; dropped",
             (int)r->open.spec.name.n, r->open.spec.name.p);
    struct coll *coll = r->open.coll;
    struct ragd_coll_spec spec = r->list.specs[r->at];
    run_move(&r->run, R_DROP);
    run_try(&r->run, &r->open.call);
    r->open.action = COLL_DROP;
    r->open.spec = spec;
    r->open.coll = coll;
    call_coll_start(&r->open);
}

/* NULL: nothing of it was acknowledged. */
static const struct watermark *find_mark(const struct recover_run *r, struct ragd_str key)
{
    for (size_t i = 0; i < r->marks.n_marks; i++) {
        if (str_same(r->marks.marks[i].coll, key)) {
            return &r->marks.marks[i];
        }
    }
    return NULL;
}

/* What the store has, and what was acknowledged; where the first cannot be read,
 * which is told of the store, it counts as whole. */
static void compare(const struct recover_run *r, struct collection *coll)
{
    struct err err = {0};
    const struct watermark *mark = find_mark(r, ragd_cs(coll->key));
    coll->acknowledged = mark ? mark->sequence : 0;
    coll->sequence = r->stats.call.status < 0 ? coll->acknowledged
                                              : r->stats.stats.sequence;
    if (collection_check_whole(coll, &err)) {
        engine_degrade(r->run.engine, collection_part(coll), &err);
    }
}

/* Made for an add or import that ended before anything was committed to it: of
 * each commit to a store that counts, the daemon's own database knows. */
static bool is_unused(const struct recover_run *r)
{
    const struct ragd_coll_stats *stats = &r->stats.stats;
    struct arena arena = {0};
    struct stored_collection settings;
    if (stats->records || stats->docs || !stats->sequence || r->marks.call.status < 0 ||
        find_mark(r, r->list.specs[r->at].name)) {
        return false;
    }
    bool unused = stored_collection_decode(r->blobs.blobs[0].bytes, &arena, &settings,
                                           NULL) == 0 &&
                  settings.provisional;
    arena_release(&arena);
    return unused;
}

static int take(struct recover_run *r, struct err *err)
{
    struct arena arena = {0};
    struct stored_collection settings;
    struct ragd_str key = r->list.specs[r->at].name;
    int rc = stored_collection_decode(r->blobs.blobs[0].bytes, &arena, &settings, err);
    char *name = rc ? NULL : mem_dup(key.p, key.n);
    struct collection *coll = name
                                  ? collection_new(r->run.engine, r->store, name, &settings)
                                  : NULL;
    mem_free(name);
    arena_release(&arena);
    if (!coll) {
        return rc ? rc : err_set(err, ERR_NOMEM, NULL);
    }
    coll->coll = r->open.coll;
    r->open.coll = NULL;
    coll->records = r->stats.stats.records;
    coll->documents = r->stats.stats.docs;
    compare(r, coll);
    rc = registry_add(r->run.engine, coll, err);
    if (rc == RAGD_E_EXISTS) { /* everybody may read this: without the name */
        rc = err_set(err, ERR_CORRUPT, "%s has the owner and name of another collection",
                     coll->key);
    }
    collection_unref(coll);
    return rc;
}

static void settle(struct recover_run *r)
{
    struct err err = {0};
    struct ragd_str key = r->list.specs[r->at].name;
    bool known = r->blobs.n_blobs == 1;
    const struct watermark *mark = find_mark(r, key);
    if (known ? is_unused(r)
              : !mark && collection_key_is_ours(key) && r->stats.stats.records == 0) {
        drop(r);
        return;
    }
    if (known && take(r, &err)) {
        degrade(r, &err);
        return;
    }
    if (!known && mark && add_gone(r->run.engine, r->store, mark)) {
        run_fail_id(&r->run, ERR_NOMEM);
        return;
    }
    if (!known && !mark) {
        log_warn("COLLECTION-FOREIGN", "%.*s: no settings of ours in it, left alone",
                 (int)key.n, key.p);
    }
    r->at++;
    next_collection(r);
}

static const struct call *waited_for(const struct recover_run *r)
{
    switch (r->run.state) {
    case R_LIST: return &r->list.call;
    case R_OPEN:
    case R_DROP: return &r->open.call;
    case R_VIEW: return &r->view.call;
    case R_BLOBS: return &r->blobs.call;
    case R_STATS: return &r->stats.call;
    default: return NULL;
    }
}

static void step(struct run *run)
{
    struct recover_run *r = (struct recover_run *)run;
    const struct call *call = waited_for(r);
    bool known = run->state == R_STATS && r->blobs.n_blobs == 1;
    if (call && call->status < 0 && known && call->err.id != ERR_NOMEM) {
        degrade_store(r, &call->err);
        r->stats.stats = (struct ragd_coll_stats){0};
    } else if (call && call->status < 0) {
        struct err err = call->err;
        degrade(r, &err);
        return;
    }
    switch (run->state) {
    case R_STORE: next_store(r); break;
    case R_LIST:
        run_move(run, R_MARKS);
        list_marks(r);
        break;
    case R_MARKS: take_marks(r); break;
    case R_OPEN: open_view(r); break;
    case R_VIEW: read_settings(r); break;
    case R_BLOBS: read_stats(r); break;
    case R_STATS: settle(r); break;
    case R_DROP:
        r->open.coll = NULL; /* gone with it */
        r->at++;
        next_collection(r);
        break;
    case R_ALL_MARKS:
        note_unread(r);
        tell_hidden(r);
        tell_gone(run->engine);
        run_end(run);
        break;
    }
}

static void release(struct run *run)
{
    struct recover_run *r = (struct recover_run *)run;
    coll_close(r->open.coll);
    call_release(&r->list.call);
    call_release(&r->marks.call);
    call_release(&r->open.call);
    call_release(&r->view.call);
    call_release(&r->blobs.call);
    call_release(&r->stats.call);
}

static const struct run_conf CONF = {
    .name = "recover",
    .size = sizeof(struct recover_run),
    .states = STATES,
    .step = step,
    .release = release,
};

static void on_done(struct operation *op)
{
    struct engine *engine = op->engine;
    struct err err = op->err;
    bool failed = op->status < 0;
    operation_release(op);
    engine->started(engine, failed ? &err : NULL, engine->started_arg);
}

void recover_start(struct engine *engine)
{
    engine->recovery = (struct operation){.engine = engine, .done = on_done};
    (void)run_begin(&engine->recovery, &CONF);
}
