/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Verification.
 *
 * happy path: for each collection a VIEW and the STORE's own check; then READ a
 * page and CHECK it on a worker, over and over: all manifests, which say what
 * there must be, all records, all documents. A report for each.
 * failure modes: damage is a problem in the report, not a failure; what cannot
 * be read ends the check of its collection, with a problem that names the
 * store, and the next one follows.
 * on close: cancelled at any state.
 */
#include "rag/verify.h"

#include <string.h>

#include "core/mem.h"
#include "rag/registry.h"
#include "rag/run.h"
#include "rag/verify_check.h"

enum { V_BEGIN, V_VIEW, V_STORE, V_READ, V_CHECK, V_REPORT };

static const struct run_state STATES[] = {
    [V_BEGIN] = {"begin", RUN_NEXT(V_VIEW), 0},
    [V_VIEW] = {"view", RUN_NEXT(V_STORE) | RUN_NEXT(V_REPORT), 0},
    [V_STORE] = {"store", RUN_NEXT(V_READ), 0},
    [V_READ] = {"read", RUN_NEXT(V_CHECK) | RUN_NEXT(V_REPORT), 0},
    [V_CHECK] = {"check", RUN_NEXT(V_READ) | RUN_NEXT(V_REPORT), 0},
    [V_REPORT] = {"report", RUN_NEXT(V_VIEW), 0},
};

/* What pages are read of, in order. */
enum part { MANIFESTS, RECORDS, DOCS, PARTS };

static const char *const PART_NAMES[PARTS] = {"manifests", "records", "documents"};

enum { PAGE = 256, DOCS_PAGE = 16 /* they come with their texts */ };

struct verify_run {
    struct run run;
    struct verify *req;
    struct collection **colls; /* references */
    size_t n_colls, at;
    bool problems_anywhere;
    /* Of the collection at hand. */
    bool lost;          /* its first problem is changes that the store has lost */
    const char *reason; /* what was not read last failed for, in the check's arena */
    enum part part;
    struct ragd_str after; /* of manifests and documents, in the check's arena */
    uint64_t after_seq;    /* of records */
    struct verify_check check;
    struct verify_report report;
    struct call_view view;
    struct call_verify verify;
    struct call_blobs blobs;
    struct call_scan scan;
    struct call_docs docs;
    struct call_work work;
};

static int collect(struct verify_run *v, struct err *err)
{
    struct collection *one = NULL;
    size_t n = 0;
    if (v->req->collection.n) {
        int rc = registry_find(v->run.engine, v->req->op.owner, v->req->collection, &one,
                               err);
        if (rc) {
            return rc;
        }
    }
    LIST_EACH(&v->run.engine->collections, node)
    {
        n++;
    }
    v->colls = mem_calloc(n + 1, sizeof(struct collection *));
    if (!v->colls) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    LIST_EACH(&v->run.engine->collections, node)
    {
        struct collection *coll = LIST_OF(node, struct collection, link);
        if (one ? coll == one : coll->settings.owner == v->req->op.owner) {
            v->colls[v->n_colls++] = collection_ref(coll);
        }
    }
    return 0;
}

static void next_collection(struct verify_run *v)
{
    verify_check_clear(&v->check);
    v->report = (struct verify_report){0};
    v->lost = false;
    v->reason = NULL;
    if (v->at == v->n_colls) {
        struct err err = {0};
        if (!v->req->collection.n &&
            (engine_check_complete(v->run.engine, &err) ||
             engine_check_gone(v->run.engine, v->req->op.owner, &err))) {
            run_fail(&v->run, &err);
            return;
        }
        v->req->ok = !v->problems_anywhere;
        run_end(&v->run);
        return;
    }
    run_move(&v->run, V_VIEW);
    collection_unref(v->run.coll);
    v->run.coll = collection_ref(v->colls[v->at]);
    run_try_view(&v->run, &v->view);
}

static void begin(struct verify_run *v)
{
    struct err err = {0};
    if (collect(v, &err)) {
        run_fail(&v->run, &err);
        return;
    }
    next_collection(v);
}

static void tell(struct verify_run *v)
{
    if (run_held(&v->run)) {
        return;
    }
    v->report.name = v->run.coll->settings.name;
    v->report.manifests = v->check.manifests;
    v->report.problems = v->check.problems;
    v->report.n_problems = verify_problems(&v->check);
    v->problems_anywhere = v->problems_anywhere || v->report.n_problems;
    v->req->on_report(v->req, &v->report);
    v->at++;
    next_collection(v);
}

/* The status tells damage until a verify finds none. Lost changes are a part of
 * their own, which ends when they are made again. */
static void note_health(struct verify_run *v)
{
    const struct collection *coll = v->run.coll;
    const struct verify_check *check = &v->check;
    size_t lost = v->lost ? 1 : 0;
    engine_mend(v->run.engine, collection_contents(coll));
    if (check->n_problems > lost) {
        struct err err;
        uint64_t n = check->n_problems - lost;
        struct ragd_str first = check->problems[lost];
        err_set(&err, ERR_CORRUPT, "verify found %llu problem%s in store %s: %.*s",
                (unsigned long long)n, n == 1 ? "" : "s", instance_name(coll->store),
                (int)first.n, first.p);
        engine_degrade(v->run.engine, collection_contents(coll), &err);
    }
}

static void report(struct verify_run *v)
{
    run_move(&v->run, V_REPORT);
    note_health(v);
    tell(v);
}

/* Whether the verification goes on where a call failed: nobody asked for its
 * end, and it is not the machine that lacks something. */
static bool is_damage(const struct err *err)
{
    switch (err->id) {
    case ERR_NOMEM:
    case ERR_CANCELLED:
    case ERR_DEADLINE:
    case ERR_BUSY:
    case ERR_DRAINING:
    case ERR_INTERRUPTED: return false;
    default: return true;
    }
}

/* Notes that something could not be read; false: the run has failed. One damage
 * meets several parts: its reason, a long one, is told once. */
static bool note_damage(struct verify_run *v, const char *what, const struct call *call)
{
    struct err err = call->err;
    if (!is_damage(&err)) {
        run_fail(&v->run, &err);
        return false;
    }
    const char *store = instance_name(v->run.coll->store);
    const char *reason = arena_printf(&v->check.arena, "%s%s%s", err.msg,
                                      err.why[0] ? ": " : "", err.why);
    if (reason && v->reason && strcmp(reason, v->reason) == 0) {
        verify_problem(&v->check, "store %s: %s cannot be read for the same reason", store,
                       what);
        return true;
    }
    v->reason = reason;
    verify_problem(&v->check, "store %s: %s cannot be read: %s", store, what,
                   reason ? reason : err.msg);
    return true;
}

static void check_store(struct verify_run *v)
{
    if (v->view.call.status < 0) {
        if (note_damage(v, "the collection", &v->view.call)) {
            report(v);
        }
        return;
    }
    struct err err = {0};
    if (collection_check_whole(v->run.coll, &err)) {
        verify_problem(&v->check, "%s", err.msg);
        v->lost = true;
    }
    v->run.view = v->view.view;
    run_move(&v->run, V_STORE);
    run_try(&v->run, &v->verify.call);
    v->verify.view = v->run.view;
    call_verify_start(&v->verify);
}

/* Pages. */

static void read_manifests(struct verify_run *v)
{
    run_try(&v->run, &v->blobs.call);
    v->blobs.view = v->run.view;
    v->blobs.prefix = ragd_cs(STORED_MANIFEST);
    v->blobs.after = v->after;
    v->blobs.max_blobs = PAGE;
    call_blobs_start(&v->blobs);
}

static void read_records(struct verify_run *v)
{
    run_try(&v->run, &v->scan.call);
    v->scan.view = v->run.view;
    v->scan.include = RAGD_INCLUDE_TEXT;
    v->scan.after_seq = v->after_seq;
    v->scan.max_records = PAGE;
    call_scan_start(&v->scan);
}

static void read_docs(struct verify_run *v)
{
    run_try(&v->run, &v->docs.call);
    v->docs.view = v->run.view;
    v->docs.include = RAGD_INCLUDE_TEXT;
    v->docs.after = v->after;
    v->docs.max_docs = DOCS_PAGE;
    call_docs_start(&v->docs);
}

static void read_page(struct verify_run *v)
{
    static void (*const READ[PARTS])(struct verify_run *) = {read_manifests, read_records,
                                                             read_docs};
    run_move(&v->run, V_READ);
    READ[v->part](v);
}

static const struct call *page_call(const struct verify_run *v)
{
    const struct call *const calls[PARTS] = {&v->blobs.call, &v->scan.call, &v->docs.call};
    return calls[v->part];
}

static int do_check(struct call_work *work, struct err *err)
{
    struct verify_run *v =
        (struct verify_run *)((char *)work - offsetof(struct verify_run, work));
    int rc = 0;
    switch (v->part) {
    case MANIFESTS:
        rc = verify_manifests(&v->check, v->blobs.blobs, v->blobs.n_blobs);
        break;
    case RECORDS: rc = verify_records(&v->check, v->scan.records, v->scan.n_records); break;
    default:
        verify_docs(&v->check, v->docs.docs, v->docs.n_docs);
        if (!v->docs.n_docs || !v->docs.more) {
            verify_missing(&v->check);
        }
        break;
    }
    return rc ? err_set(err, ERR_NOMEM, NULL) : 0;
}

static void check_page(struct verify_run *v)
{
    const struct call *call = page_call(v);
    if (call->status < 0) {
        if (note_damage(v, PART_NAMES[v->part], call)) {
            report(v);
        }
        return;
    }
    run_move(&v->run, V_CHECK);
    run_wait(&v->run, &v->work.call);
    v->work.work = do_check;
    call_work_start(&v->work);
}

static void begin_pages(struct verify_run *v)
{
    const struct call *call = &v->verify.call;
    if (call->status >= 0) {
        v->report.records = v->verify.records;
        v->report.vectors = v->verify.vectors;
        v->report.postings = v->verify.postings;
        for (size_t i = 0; i < v->verify.n_problems; i++) {
            struct ragd_str text = v->verify.problems[i];
            verify_problem(&v->check, "%.*s", (int)text.n, text.p);
        }
    } else if (call->status != RAGD_E_UNSUPPORTED &&
               !note_damage(v, "the collection", call)) {
        return;
    }
    v->part = MANIFESTS;
    v->after = ragd_cs("");
    v->after_seq = 0;
    read_page(v);
}

/* The cursor behind the page at hand; false: the part ends with it. p is NULL
 * without memory. */
static bool advance(struct verify_run *v)
{
    const struct call_blobs *blobs = &v->blobs;
    const struct call_docs *docs = &v->docs;
    switch (v->part) {
    case MANIFESTS:
        if (!blobs->n_blobs || !blobs->more) {
            return false;
        }
        v->after = arena_str(&v->check.arena, blobs->blobs[blobs->n_blobs - 1].name);
        return true;
    case RECORDS:
        if (!v->scan.n_records || !v->scan.more) {
            return false;
        }
        v->after_seq = v->scan.records[v->scan.n_records - 1].seq;
        return true;
    default:
        if (!docs->n_docs || !docs->more) {
            return false;
        }
        v->after = arena_str(&v->check.arena, docs->docs[docs->n_docs - 1].id);
        return true;
    }
}

static void next_page(struct verify_run *v)
{
    if (!advance(v)) {
        v->part++;
        v->after = ragd_cs("");
    }
    if (!v->after.p) {
        run_fail_id(&v->run, ERR_NOMEM);
    } else if (v->part == PARTS) {
        report(v);
    } else {
        read_page(v);
    }
}

static void step(struct run *run)
{
    struct verify_run *v = (struct verify_run *)run;
    switch (run->state) {
    case V_BEGIN: begin(v); break;
    case V_VIEW: check_store(v); break;
    case V_STORE: begin_pages(v); break;
    case V_READ: check_page(v); break;
    case V_CHECK: next_page(v); break;
    case V_REPORT: tell(v); break;
    }
}

static void release(struct run *run)
{
    struct verify_run *v = (struct verify_run *)run;
    for (size_t i = 0; i < v->n_colls; i++) {
        collection_unref(v->colls[i]);
    }
    mem_free(v->colls);
    verify_check_clear(&v->check);
    call_release(&v->view.call);
    call_release(&v->verify.call);
    call_release(&v->blobs.call);
    call_release(&v->scan.call);
    call_release(&v->docs.call);
    call_release(&v->work.call);
}

static const struct run_conf CONF = {
    .name = "verify",
    .size = sizeof(struct verify_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void verify_start(struct verify *verify)
{
    verify->ok = false;
    struct verify_run *v = run_begin(&verify->op, &CONF);
    if (v) {
        v->req = verify;
    }
}
