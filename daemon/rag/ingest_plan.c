/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/ingest_plan.h"

#include <string.h>

#include "core/hash.h"
#include "core/map.h"
#include "plugin/call.h"
#include "rag/kvs.h"

static bool same(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

static struct ragd_str chunk_id(struct arena *arena, struct ragd_str doc, uint64_t ordinal)
{
    return ragd_cs(
        arena_printf(arena, "%.*s#%llu", (int)doc.n, doc.p, (unsigned long long)ordinal));
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, NULL);
}

/* Asked for each document and chunk: a large source keeps a worker for long. */
static int check_stop(const struct ingest_plan *plan, struct err *err)
{
    return plan->stop && plan->stop(plan->arg) ? err_set(err, ERR_CANCELLED, NULL) : 0;
}

/* The document's id is the source's own, or has the loader's key behind it. */
static int fill_doc(struct ingest_plan *plan, const struct ragd_doc *in,
                    struct plan_doc *out, struct err *err)
{
    struct arena *arena = &plan->arena;
    struct ragd_stored_doc *doc = &out->doc;
    *doc = (struct ragd_stored_doc){
        .struct_size = sizeof(*doc),
        .id = plan->source,
        .source = plan->source,
        .title = in->title,
        .mime = in->mime,
        .lang = in->lang,
        .text = in->text,
        .blocks = in->blocks,
        .n_blocks = in->n_blocks,
        .added_ms = plan->added_ms,
    };
    if (in->key.n) {
        doc->id = ragd_cs(arena_printf(arena, "%.*s!%.*s", (int)plan->source.n,
                                       plan->source.p, (int)in->key.n, in->key.p));
    }
    if (!doc->id.p || kvs_overlay(arena, in->meta, plan->meta, &doc->meta)) {
        return no_memory(err);
    }
    if (in->text.n > plan->limits->document_text) {
        return err_set(err, ERR_LIMIT, "a text of %zu bytes, limits.document_text is %llu",
                       in->text.n, (unsigned long long)plan->limits->document_text);
    }
    uint64_t blocks = stored_blocks_bytes(in->blocks, in->n_blocks);
    if (blocks > plan->limits->blocks) {
        err_set(err, ERR_LIMIT,
                "the places of %zu paragraphs, headings and pages take %llu bytes, "
                "limits.blocks is %llu",
                in->n_blocks, (unsigned long long)blocks,
                (unsigned long long)plan->limits->blocks);
        return err_hint(err, "split the document into several");
    }
    return kvs_check(plan->limits, doc->meta, err);
}

/* What one more document makes of the manifest, which travels in one message. */
static int measure(struct ingest_plan *plan, const struct plan_doc *doc, struct err *err)
{
    plan->manifest_bytes += stored_manifest_doc_bytes(doc->doc.id, doc->n_chunks);
    if (plan->manifest_bytes <= plan->limits->manifest) {
        return 0;
    }
    err_set(err, ERR_LIMIT,
            "%llu or more chunks make a manifest of %llu bytes, limits.manifest is %llu",
            (unsigned long long)plan->n_chunks, (unsigned long long)plan->manifest_bytes,
            (unsigned long long)plan->limits->manifest);
    return err_hint(err, "split the source into several, or make larger chunks (--chunk)");
}

static int split_doc(struct ingest_plan *plan, struct plan_doc *doc, struct err *err)
{
    struct split_job job = {
        .splitter = plan->splitter,
        .text = doc->doc.text,
        .blocks = doc->doc.blocks,
        .n_blocks = doc->doc.n_blocks,
        .max = (size_t)plan->limits->chunks,
        .before = (size_t)plan->n_chunks,
        .stop = plan->stop,
        .arg = plan->arg,
    };
    int rc = split(&job, &doc->list, err);
    if (rc) {
        return rc;
    }
    doc->n_chunks = doc->list.n;
    doc->doc.n_chunks = doc->list.n;
    plan->n_chunks += doc->list.n;
    rc = measure(plan, doc, err);
    if (rc) {
        return rc;
    }
    doc->chunks = arena_calloc(&plan->arena, doc->n_chunks, sizeof(*doc->chunks));
    return doc->chunks ? 0 : no_memory(err);
}

/* The page is that of the last block that begins at or before the chunk. */
static void find_pages(struct plan_doc *doc)
{
    size_t at = 0;
    uint32_t page = 0;
    for (size_t i = 0; i < doc->n_chunks; i++) {
        struct ragd_span *span = &doc->list.chunks[i].span;
        while (at < doc->doc.n_blocks && doc->doc.blocks[at].off <= span->start_byte) {
            page = doc->doc.blocks[at].page ? doc->doc.blocks[at].page : page;
            at++;
        }
        span->page = page;
    }
}

static int chunk_meta(struct arena *arena, struct ragd_kvs doc, uint64_t start_index,
                      struct ragd_kvs *out)
{
    struct ragd_kv start = {{"start_index", 11},
                            {.type = RAGD_V_INT, .u.i = (int64_t)start_index}};
    struct ragd_kv *all = arena_calloc(arena, doc.n + 1, sizeof(*all));
    size_t n = 0, at = 0;
    if (!all) {
        return RAGD_E_NOMEM;
    }
    /* Sorted already: the values are shared, only the order is made anew. */
    while (at < doc.n) {
        size_t min = doc.p[at].key.n < start.key.n ? doc.p[at].key.n : start.key.n;
        int c = memcmp(doc.p[at].key.p, start.key.p, min);
        if (c > 0 || (c == 0 && doc.p[at].key.n >= start.key.n)) {
            break;
        }
        all[n++] = doc.p[at++];
    }
    all[n++] = start;
    at += at < doc.n && same(doc.p[at].key, start.key);
    while (at < doc.n) {
        all[n++] = doc.p[at++];
    }
    *out = (struct ragd_kvs){all, n};
    return 0;
}

static uint64_t nonzero(uint64_t mark)
{
    return mark ? mark : 1;
}

static int fill_chunk(struct ingest_plan *plan, struct plan_doc *doc, size_t i,
                      struct err *err)
{
    struct plan_chunk *chunk = &doc->chunks[i];
    const struct split_chunk *in = &doc->list.chunks[i];
    chunk->span = in->span;
    chunk->rec = (struct ragd_record){
        .struct_size = sizeof(chunk->rec),
        .id = chunk_id(&plan->arena, doc->doc.id, i),
        .doc_id = doc->doc.id,
        .text = in->text,
        .span = &chunk->span,
        .ordinal = i,
    };
    if (!chunk->rec.id.p ||
        chunk_meta(&plan->arena, doc->doc.meta, in->span.start_index, &chunk->rec.meta) ||
        hash_bytes(in->text.p, in->text.n, chunk->sum.text_hash)) {
        return no_memory(err);
    }
    uint64_t mark = mark_bytes(MARK_START, chunk->sum.text_hash, HASH_BYTES);
    mark = mark_bytes(mark, &chunk->span, sizeof(chunk->span));
    chunk->sum.mark = nonzero(kvs_mark(mark, chunk->rec.meta));
    return 0;
}

static int sum_doc(struct ingest_plan *plan, struct plan_doc *doc, struct err *err)
{
    struct manifest_chunk *sums = arena_calloc(&plan->arena, doc->n_chunks, sizeof(*sums));
    uint8_t text_hash[HASH_BYTES];
    if (!sums || hash_bytes(doc->doc.text.p, doc->doc.text.n, text_hash)) {
        return no_memory(err);
    }
    for (size_t i = 0; i < doc->n_chunks; i++) {
        sums[i] = doc->chunks[i].sum;
    }
    const struct ragd_stored_doc *d = &doc->doc;
    uint64_t mark = mark_bytes(MARK_START, text_hash, HASH_BYTES);
    mark = mark_bytes(mark, d->title.p, d->title.n);
    mark = mark_bytes(mark, d->mime.p, d->mime.n);
    mark = mark_bytes(mark, d->lang.p, d->lang.n);
    mark = mark_bytes(mark, d->blocks, d->n_blocks * sizeof(*d->blocks));
    mark = mark_bytes(mark, &d->n_chunks, sizeof(d->n_chunks));
    doc->sum = (struct manifest_doc){d->id, nonzero(kvs_mark(mark, d->meta)), sums,
                                     doc->n_chunks};
    return 0;
}

static int plan_doc(struct ingest_plan *plan, size_t at, struct err *err)
{
    struct plan_doc *doc = &plan->plans[at];
    int rc = fill_doc(plan, &plan->docs[at], doc, err);
    rc = rc ? rc : split_doc(plan, doc, err);
    if (rc) {
        return rc;
    }
    find_pages(doc);
    for (size_t i = 0; i < doc->n_chunks; i++) {
        rc = check_stop(plan, err);
        rc = rc ? rc : fill_chunk(plan, doc, i, err);
        if (rc) {
            return rc;
        }
    }
    return sum_doc(plan, doc, err);
}

/* What is looked up while both sides are compared. */
struct diff {
    struct ingest_plan *plan;
    struct map by_hash;  /* texts' hashes to ids of stored chunks */
    struct map old_docs; /* ids to struct manifest_doc */
    struct map new_docs; /* ids to struct plan_doc */
};

static int index_chunks(struct diff *d, const struct manifest_doc *doc, struct err *err)
{
    for (size_t i = 0; i < doc->n_chunks; i++) {
        struct ragd_str key = {(const char *)doc->chunks[i].text_hash, HASH_BYTES};
        int rc = check_stop(d->plan, err);
        if (rc) {
            return rc;
        }
        if (map_get(&d->by_hash, key)) {
            continue;
        }
        struct ragd_str id = chunk_id(&d->plan->arena, doc->id, i);
        if (!id.p || map_put(&d->by_hash, key, (void *)id.p)) {
            return no_memory(err);
        }
    }
    return 0;
}

static int index_both(struct diff *d, struct err *err)
{
    const struct ingest_plan *plan = d->plan;
    for (size_t i = 0; i < plan->n_docs; i++) {
        if (map_put(&d->new_docs, plan->plans[i].doc.id, &plan->plans[i])) {
            return no_memory(err);
        }
    }
    for (size_t i = 0; plan->old && i < plan->old->n_docs; i++) {
        const struct manifest_doc *doc = &plan->old->docs[i];
        if (map_put(&d->old_docs, doc->id, (void *)(uintptr_t)doc)) {
            return no_memory(err);
        }
        int rc = index_chunks(d, doc, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static void diff_doc(struct diff *d, struct plan_doc *doc)
{
    struct ingest_plan *plan = d->plan;
    const struct manifest_doc *old = map_get(&d->old_docs, doc->doc.id);
    doc->write = !old || old->mark != doc->sum.mark;
    for (size_t i = 0; i < doc->n_chunks; i++) {
        struct plan_chunk *chunk = &doc->chunks[i];
        struct ragd_str key = {(const char *)chunk->sum.text_hash, HASH_BYTES};
        const char *id = map_get(&d->by_hash, key);
        chunk->write = !old || i >= old->n_chunks || old->chunks[i].mark != chunk->sum.mark;
        chunk->old = ragd_cs(id);
        plan->n_reused += id != NULL;
        if (chunk->write) {
            plan->writes[plan->n_writes++] = chunk;
        }
    }
}

static int list_removed(struct diff *d, const struct manifest_doc *old)
{
    struct ingest_plan *plan = d->plan;
    const struct plan_doc *doc = map_get(&d->new_docs, old->id);
    if (!doc) {
        plan->remove_docs[plan->n_remove_docs++] = old->id;
    }
    for (size_t i = doc ? doc->n_chunks : 0; i < old->n_chunks; i++) {
        struct ragd_str id = chunk_id(&plan->arena, old->id, i);
        if (!id.p) {
            return RAGD_E_NOMEM;
        }
        plan->remove_ids[plan->n_remove_ids++] = id;
    }
    return 0;
}

static int list_removals(struct diff *d, struct err *err)
{
    struct ingest_plan *plan = d->plan;
    size_t n = 0;
    for (size_t i = 0; i < plan->old->n_docs; i++) {
        n += plan->old->docs[i].n_chunks;
    }
    plan->remove_ids = arena_calloc(&plan->arena, n, sizeof(*plan->remove_ids));
    plan->remove_docs = arena_calloc(&plan->arena, plan->old->n_docs,
                                     sizeof(*plan->remove_docs));
    if (!plan->remove_ids || !plan->remove_docs) {
        return no_memory(err);
    }
    for (size_t i = 0; i < plan->old->n_docs; i++) {
        int rc = check_stop(plan, err);
        if (!rc && list_removed(d, &plan->old->docs[i])) {
            rc = no_memory(err);
        }
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static int diff(struct ingest_plan *plan, struct err *err)
{
    struct diff d = {.plan = plan};
    plan->writes = arena_calloc(&plan->arena, plan->n_chunks, sizeof(struct plan_chunk *));
    int rc = plan->writes ? index_both(&d, err) : no_memory(err);
    for (size_t i = 0; !rc && i < plan->n_docs; i++) {
        diff_doc(&d, &plan->plans[i]);
        rc = check_stop(plan, err);
    }
    if (!rc && plan->old) {
        rc = list_removals(&d, err);
    }
    map_release(&d.by_hash);
    map_release(&d.old_docs);
    map_release(&d.new_docs);
    return rc;
}

int ingest_plan(struct ingest_plan *plan, struct err *err)
{
    plan->plans = arena_calloc(&plan->arena, plan->n_docs, sizeof(*plan->plans));
    if (!plan->plans) {
        return no_memory(err);
    }
    for (size_t i = 0; i < plan->n_docs; i++) {
        int rc = plan_doc(plan, i, err);
        if (rc) {
            return rc;
        }
    }
    if (!plan->n_chunks) {
        err_set(err, ERR_NO_TEXT, NULL);
        return err_why(err, "all of it is white space");
    }
    return diff(plan, err);
}

void ingest_plan_release(struct ingest_plan *plan)
{
    for (size_t i = 0; plan->plans && i < plan->n_docs; i++) {
        call_memory_release(&plan->plans[i].list.joined);
        split_list_release(&plan->plans[i].list);
    }
    call_memory_release(&plan->arena);
    plan->plans = NULL;
}
