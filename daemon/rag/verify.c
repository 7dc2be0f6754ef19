/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Verification.
 *
 * happy path: for each collection a VIEW, the STORE's own check, all MANIFESTS
 * into a table of documents, then one pass over the RECORDS (each belongs to a
 * document of the table, at its place, with the text the manifest says) and one
 * over the DOCS; what was not seen is missing. A report for each.
 * failure modes: damage is a problem in the report, not a failure; a collection
 * that cannot be read at all fails the operation.
 * on close: cancelled at any state.
 */
#include "rag/verify.h"

#include <string.h>

#include "core/mem.h"
#include "core/parse.h"
#include "rag/chunk.h"
#include "rag/doc_check.h"
#include "rag/registry.h"
#include "rag/run.h"

enum { V_BEGIN, V_VIEW, V_STORE, V_MANIFESTS, V_RECORDS, V_DOCS, V_REPORT };

static const struct run_state STATES[] = {
    [V_BEGIN] = {"begin", RUN_NEXT(V_VIEW), 0},
    [V_VIEW] = {"view", RUN_NEXT(V_STORE), 0},
    [V_STORE] = {"store", RUN_NEXT(V_MANIFESTS), 0},
    [V_MANIFESTS] = {"manifests", RUN_NEXT(V_MANIFESTS) | RUN_NEXT(V_RECORDS), 0},
    [V_RECORDS] = {"records", RUN_NEXT(V_RECORDS) | RUN_NEXT(V_DOCS), 0},
    [V_DOCS] = {"docs", RUN_NEXT(V_DOCS) | RUN_NEXT(V_REPORT), 0},
    [V_REPORT] = {"report", RUN_NEXT(V_VIEW), 0},
};

enum { PAGE = 256, DOCS_PAGE = 16 /* they come with their texts */ };

/* A document as its manifest has it. */
struct entry {
    const struct manifest_doc *doc;
    struct ragd_str source;
    uint64_t chunks_seen;
    bool doc_seen;
    struct extent spans; /* of the chunks seen */
};

struct verify_run {
    struct run run;
    struct verify *req;
    struct collection **colls; /* references */
    size_t n_colls, at;
    bool problems_anywhere;
    /* Of the collection at hand. */
    struct arena arena;
    struct map docs_by_id; /* to struct entry */
    struct verify_report report;
    struct ragd_str problems[VERIFY_PROBLEMS_MAX];
    uint64_t n_problems; /* also those that were not kept */
    struct ragd_str blob_after, doc_after;
    uint64_t after_seq;
    struct call_view view;
    struct call_verify verify;
    struct call_blobs blobs;
    struct call_scan scan;
    struct call_docs docs;
};

static void next_collection(struct verify_run *v);

/* text is of the arena; NULL says that there was no memory for it. */
static void add_problem(struct verify_run *v, const char *text)
{
    if (v->n_problems < VERIFY_PROBLEMS_MAX) {
        v->problems[v->n_problems] = ragd_cs(text ? text : "(no memory to say more)");
    }
    v->n_problems++;
}

#define problem(v, ...) add_problem(v, arena_printf(&(v)->arena, __VA_ARGS__))

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

static void begin(struct verify_run *v)
{
    struct err err = {0};
    if (collect(v, &err)) {
        run_fail(&v->run, &err);
        return;
    }
    next_collection(v);
}

static void forget_collection(struct verify_run *v)
{
    map_release(&v->docs_by_id);
    arena_release(&v->arena);
    v->report = (struct verify_report){0};
    v->n_problems = v->after_seq = 0;
    v->blob_after = v->doc_after = ragd_cs("");
}

static void next_collection(struct verify_run *v)
{
    forget_collection(v);
    if (v->at == v->n_colls) {
        struct err err = {0};
        if (!v->req->collection.n && engine_check_complete(v->run.engine, &err)) {
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
    run_open_view(&v->run, &v->view);
}

static void check_store(struct verify_run *v)
{
    v->run.view = v->view.view;
    run_move(&v->run, V_STORE);
    run_try(&v->run, &v->verify.call);
    v->verify.view = v->run.view;
    call_verify_start(&v->verify);
}

static void read_manifests(struct verify_run *v)
{
    run_move(&v->run, V_MANIFESTS);
    run_wait(&v->run, &v->blobs.call);
    v->blobs.view = v->run.view;
    v->blobs.prefix = ragd_cs(STORED_MANIFEST);
    v->blobs.after = v->blob_after;
    v->blobs.max_blobs = PAGE;
    call_blobs_start(&v->blobs);
}

static void take_store(struct verify_run *v)
{
    const struct call *call = &v->verify.call;
    if (call->status < 0 && call->status != RAGD_E_UNSUPPORTED) {
        struct err err = call->err;
        run_fail(&v->run, &err);
        return;
    }
    if (call->status >= 0) {
        v->report.records = v->verify.records;
        v->report.vectors = v->verify.vectors;
        v->report.postings = v->verify.postings;
        for (size_t i = 0; i < v->verify.n_problems; i++) {
            struct ragd_str text = v->verify.problems[i];
            problem(v, "%.*s", (int)text.n, text.p);
        }
    }
    read_manifests(v);
}

static int add_docs(struct verify_run *v, const struct manifest *manifest)
{
    struct entry *entries = arena_calloc(&v->arena, manifest->n_docs, sizeof(*entries));
    if (!entries) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < manifest->n_docs; i++) {
        struct ragd_str id = manifest->docs[i].id;
        entries[i] = (struct entry){.doc = &manifest->docs[i], .source = manifest->source};
        if (map_get(&v->docs_by_id, id)) {
            problem(v, "document %.*s: it is in two manifests", (int)id.n, id.p);
        } else if (map_put(&v->docs_by_id, id, &entries[i])) {
            return RAGD_E_NOMEM;
        }
    }
    return 0;
}

static int take_manifest(struct verify_run *v, const struct ragd_blob *blob)
{
    struct err err = {0};
    struct manifest manifest;
    v->report.manifests++;
    if (stored_manifest_decode(blob->bytes, &v->arena, &manifest, &err)) {
        if (err.id == ERR_NOMEM) {
            return RAGD_E_NOMEM;
        }
        problem(v, "%.*s: %s", (int)blob->name.n, blob->name.p, err.msg);
        return 0;
    }
    size_t prefix = sizeof(STORED_MANIFEST) - 1;
    struct ragd_str named = {blob->name.p + prefix, blob->name.n - prefix};
    if (!str_same(named, manifest.source)) {
        problem(v, "%.*s: it is the manifest of %.*s", (int)blob->name.n, blob->name.p,
                (int)manifest.source.n, manifest.source.p);
    }
    return add_docs(v, &manifest);
}

static void read_records(struct verify_run *v)
{
    run_move(&v->run, V_RECORDS);
    run_wait(&v->run, &v->scan.call);
    v->scan.view = v->run.view;
    v->scan.include = RAGD_INCLUDE_TEXT;
    v->scan.after_seq = v->after_seq;
    v->scan.max_records = PAGE;
    call_scan_start(&v->scan);
}

static void take_manifests(struct verify_run *v)
{
    size_t n = v->blobs.n_blobs;
    for (size_t i = 0; i < n; i++) {
        if (take_manifest(v, &v->blobs.blobs[i])) {
            run_fail_id(&v->run, ERR_NOMEM);
            return;
        }
    }
    if (!n || !v->blobs.more) {
        read_records(v);
        return;
    }
    v->blob_after = arena_str(&v->arena, v->blobs.blobs[n - 1].name);
    if (!v->blob_after.p) {
        run_fail_id(&v->run, ERR_NOMEM);
        return;
    }
    read_manifests(v);
}

static int check_text(struct verify_run *v, const struct ragd_record *rec,
                      const struct entry *entry)
{
    uint8_t hash[HASH_BYTES];
    if (hash_bytes(rec->text.p, rec->text.n, hash)) {
        return RAGD_E_NOMEM;
    }
    if (memcmp(hash, entry->doc->chunks[rec->ordinal].text_hash, HASH_BYTES) != 0) {
        problem(v, "chunk %.*s: its text is not the one in the manifest", (int)rec->id.n,
                rec->id.p);
    }
    return 0;
}

/* "document#ordinal" */
static bool is_named_right(const struct ragd_record *rec)
{
    uint64_t ordinal;
    size_t n = rec->doc_id.n;
    return rec->id.n > n + 1 && memcmp(rec->id.p, rec->doc_id.p, n) == 0 &&
           rec->id.p[n] == '#' &&
           !parse_uint((struct ragd_str){rec->id.p + n + 1, rec->id.n - n - 1}, &ordinal) &&
           ordinal == rec->ordinal;
}

static int check_record(struct verify_run *v, const struct ragd_record *rec)
{
    if (!rec->doc_id.n) {
        return 0;
    }
    struct entry *entry = map_get(&v->docs_by_id, rec->doc_id);
    if (!entry || rec->ordinal >= entry->doc->n_chunks || !is_named_right(rec)) {
        problem(v, "chunk %.*s: no manifest knows it", (int)rec->id.n, rec->id.p);
        return 0;
    }
    entry->chunks_seen++;
    if (!extent_reach(&entry->spans, rec->span)) {
        problem(v, "chunk %.*s: its span ends before it begins", (int)rec->id.n, rec->id.p);
    }
    return check_text(v, rec, entry);
}

static void read_docs(struct verify_run *v)
{
    run_move(&v->run, V_DOCS);
    run_wait(&v->run, &v->docs.call);
    v->docs.view = v->run.view;
    v->docs.include = RAGD_INCLUDE_TEXT;
    v->docs.after = v->doc_after;
    v->docs.max_docs = DOCS_PAGE;
    call_docs_start(&v->docs);
}

static void take_records(struct verify_run *v)
{
    size_t n = v->scan.n_records;
    for (size_t i = 0; i < n; i++) {
        if (check_record(v, &v->scan.records[i])) {
            run_fail_id(&v->run, ERR_NOMEM);
            return;
        }
    }
    if (n && v->scan.more) {
        v->after_seq = v->scan.records[n - 1].seq;
        read_records(v);
    } else {
        read_docs(v);
    }
}

static void count_missing(struct verify_run *v)
{
    size_t at = 0;
    struct ragd_str id;
    struct entry *entry;
    while ((entry = map_next(&v->docs_by_id, &at, &id))) {
        if (!entry->doc_seen) {
            problem(v, "document %.*s: it is in the manifest of %.*s, but not stored",
                    (int)id.n, id.p, (int)entry->source.n, entry->source.p);
        }
        if (entry->chunks_seen != entry->doc->n_chunks) {
            problem(v, "document %.*s: %llu of its %zu chunks are stored", (int)id.n, id.p,
                    (unsigned long long)entry->chunks_seen, entry->doc->n_chunks);
        }
    }
}

static void report(struct verify_run *v)
{
    if (run_held(&v->run)) {
        return;
    }
    v->report.name = v->run.coll->settings.name;
    v->report.problems = v->problems;
    v->report.n_problems = v->n_problems < VERIFY_PROBLEMS_MAX ? (size_t)v->n_problems
                                                               : VERIFY_PROBLEMS_MAX;
    if (v->n_problems > VERIFY_PROBLEMS_MAX) {
        const char *more =
            arena_printf(&v->arena, "and %llu more",
                         (unsigned long long)(v->n_problems - VERIFY_PROBLEMS_MAX + 1));
        v->problems[VERIFY_PROBLEMS_MAX - 1] = ragd_cs(more ? more : "and more");
    }
    v->problems_anywhere = v->problems_anywhere || v->n_problems;
    v->req->on_report(v->req, &v->report);
    v->at++;
    next_collection(v);
}

static void check_doc(struct verify_run *v, struct entry *entry,
                      const struct ragd_stored_doc *doc)
{
    entry->doc_seen = true;
    if (!str_same(doc->source, entry->source)) {
        problem(v, "document %.*s: its source is %.*s, in the manifest %.*s",
                (int)doc->id.n, doc->id.p, (int)doc->source.n, doc->source.p,
                (int)entry->source.n, entry->source.p);
    }
    if (!extent_holds(extent_of(doc->text), entry->spans)) {
        problem(v, "document %.*s: a chunk of it has a span beyond its text",
                (int)doc->id.n, doc->id.p);
    }
}

static void take_docs(struct verify_run *v)
{
    size_t n = v->docs.n_docs;
    for (size_t i = 0; i < n; i++) {
        struct ragd_str id = v->docs.docs[i].id;
        struct entry *entry = map_get(&v->docs_by_id, id);
        if (!entry) {
            problem(v, "document %.*s: no manifest knows it", (int)id.n, id.p);
        } else {
            check_doc(v, entry, &v->docs.docs[i]);
        }
    }
    if (n && v->docs.more) {
        v->doc_after = arena_str(&v->arena, v->docs.docs[n - 1].id);
        if (!v->doc_after.p) {
            run_fail_id(&v->run, ERR_NOMEM);
            return;
        }
        read_docs(v);
        return;
    }
    count_missing(v);
    run_move(&v->run, V_REPORT);
    report(v);
}

static void step(struct run *run)
{
    struct verify_run *v = (struct verify_run *)run;
    switch (run->state) {
    case V_BEGIN: begin(v); break;
    case V_VIEW: check_store(v); break;
    case V_STORE: take_store(v); break;
    case V_MANIFESTS: take_manifests(v); break;
    case V_RECORDS: take_records(v); break;
    case V_DOCS: take_docs(v); break;
    case V_REPORT: report(v); break;
    }
}

static void release(struct run *run)
{
    struct verify_run *v = (struct verify_run *)run;
    for (size_t i = 0; i < v->n_colls; i++) {
        collection_unref(v->colls[i]);
    }
    mem_free(v->colls);
    forget_collection(v);
    call_release(&v->view.call);
    call_release(&v->verify.call);
    call_release(&v->blobs.call);
    call_release(&v->scan.call);
    call_release(&v->docs.call);
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
