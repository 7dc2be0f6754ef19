/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Writing. Without the capability ATOMIC what came before a failure stays and
 * stages are visible as they come, as in a foreign database.
 */
#include <stdlib.h>
#include <string.h>

#include "equal.h"
#include "sdk/store/distance.h"

enum { NAME_MAX_BYTES = 4095 };

/* A state in the making. */
struct work {
    struct ragd_coll *coll;
    struct ragd_call *call;
    struct state *state;
    bool changed;
};

static bool bad_name(struct ragd_str name)
{
    return name.n == 0 || name.n > NAME_MAX_BYTES;
}

static bool same(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static ragd_status check_record(struct work *w, const struct ragd_apply *change, size_t at)
{
    const struct ragd_record *rec = change->records[at];
    uint32_t dim = w->coll->spec.dim;
    if (bad_name(rec->id)) {
        return memory_fail(w->call, RAGD_E_ARG, "A record's id is empty or too long.");
    }
    for (size_t i = 0; i < at; i++) {
        if (same(rec->id, change->records[i]->id)) {
            return memory_fail(w->call, RAGD_E_ARG, "One change has a record id twice.");
        }
    }
    if (rec->vec && (dim == 0 || !distance_finite(rec->vec, dim))) {
        return memory_fail(w->call, RAGD_E_ARG,
                           "A vector is not finite, or the collection keeps none.");
    }
    return RAGD_OK;
}

static ragd_status upsert(struct work *w, const struct ragd_record *rec)
{
    struct items *records = &w->state->records;
    size_t at = records_find(records, rec->id);
    bool there = at < records->n;
    if (there && record_equal(&records->p[at]->u.rec, rec, w->coll->spec.dim)) {
        return RAGD_OK;
    }
    struct item *item = item_of_record(rec, w->coll->spec.dim);
    if (!item) {
        return RAGD_E_NOMEM;
    }
    item->u.rec.seq = there ? records->p[at]->u.rec.seq : w->state->next_seq++;
    if (there) {
        items_remove(records, at);
    }
    w->changed = true;
    return items_insert(records, at, item);
}

static ragd_status put_doc(struct work *w, const struct ragd_stored_doc *doc)
{
    struct items *docs = &w->state->docs;
    bool found;
    if (bad_name(doc->id)) {
        return memory_fail(w->call, RAGD_E_ARG, "A document's id is empty or too long.");
    }
    size_t at = docs_find(docs, doc->id, &found);
    if (found && doc_equal(&docs->p[at]->u.doc, doc)) {
        return RAGD_OK;
    }
    struct item *item = item_of_doc(doc);
    if (found) {
        items_remove(docs, at);
    }
    w->changed = true;
    return item ? items_insert(docs, at, item) : RAGD_E_NOMEM;
}

static ragd_status put_blob(struct work *w, const struct ragd_blob *blob)
{
    struct items *blobs = &w->state->blobs;
    bool found;
    if (bad_name(blob->name)) {
        return memory_fail(w->call, RAGD_E_ARG, "A blob's name is empty or too long.");
    }
    size_t at = blobs_find(blobs, blob->name, &found);
    if (blob->bytes.p ? found && blob_equal(&blobs->p[at]->u.blob, blob) : !found) {
        return RAGD_OK;
    }
    w->changed = true;
    if (found) {
        items_remove(blobs, at);
    }
    if (!blob->bytes.p) {
        return RAGD_OK;
    }
    struct item *item = item_of_blob(blob);
    return item ? items_insert(blobs, at, item) : RAGD_E_NOMEM;
}

static void remove_all(struct work *w, const struct ragd_apply *change)
{
    for (size_t i = 0; i < change->n_remove_ids; i++) {
        size_t at = records_find(&w->state->records, change->remove_ids[i]);
        if (at < w->state->records.n) {
            items_remove(&w->state->records, at);
            w->changed = true;
        }
    }
    for (size_t i = 0; i < change->n_remove_docs; i++) {
        bool found;
        size_t at = docs_find(&w->state->docs, change->remove_docs[i], &found);
        if (found) {
            items_remove(&w->state->docs, at);
            w->changed = true;
        }
    }
}

static ragd_status work_apply(struct work *w, const struct ragd_apply *change)
{
    ragd_status status = RAGD_OK;
    remove_all(w, change);
    for (size_t i = 0; status == RAGD_OK && i < change->n_records; i++) {
        status = check_record(w, change, i);
        status = status == RAGD_OK ? upsert(w, change->records[i]) : status;
    }
    for (size_t i = 0; status == RAGD_OK && i < change->n_docs; i++) {
        status = put_doc(w, change->docs[i]);
    }
    for (size_t i = 0; status == RAGD_OK && i < change->n_blobs; i++) {
        status = put_blob(w, &change->blobs[i]);
    }
    return status;
}

static struct ragd_str *copy_names(struct region *region, const struct ragd_str *names,
                                   size_t n, bool *ok)
{
    struct ragd_str *copy = region_calloc(region, n, sizeof(*copy));
    *ok = *ok && copy;
    for (size_t i = 0; *ok && i < n; i++) {
        copy[i] = region_dup(region, names[i]);
        *ok = copy[i].p != NULL;
    }
    return copy;
}

static bool keep(struct items *items, struct item *item)
{
    return item && items_insert(items, items->n, item) == 0;
}

static void stage_destroy(struct stage *stage)
{
    items_release(&stage->records);
    items_release(&stage->docs);
    items_release(&stage->blobs);
    region_release(&stage->region);
    free(stage);
}

static struct stage *stage_of(const struct ragd_coll *coll, const struct ragd_apply *change)
{
    struct stage *s = calloc(1, sizeof(*s));
    if (!s) {
        return NULL;
    }
    bool ok = true;
    s->generation = change->generation;
    s->n_remove_ids = change->n_remove_ids;
    s->n_remove_docs = change->n_remove_docs;
    s->remove_ids = copy_names(&s->region, change->remove_ids, s->n_remove_ids, &ok);
    s->remove_docs = copy_names(&s->region, change->remove_docs, s->n_remove_docs, &ok);
    for (size_t i = 0; ok && i < change->n_records; i++) {
        ok = keep(&s->records, item_of_record(change->records[i], coll->spec.dim));
    }
    for (size_t i = 0; ok && i < change->n_docs; i++) {
        ok = keep(&s->docs, item_of_doc(change->docs[i]));
    }
    for (size_t i = 0; ok && i < change->n_blobs; i++) {
        ok = keep(&s->blobs, item_of_blob(&change->blobs[i]));
    }
    if (!ok) {
        stage_destroy(s);
        return NULL;
    }
    return s;
}

static ragd_status stage_apply(struct work *w, const struct stage *s)
{
    struct ragd_apply removals = {.struct_size = sizeof(removals),
                                  .remove_ids = s->remove_ids,
                                  .n_remove_ids = s->n_remove_ids,
                                  .remove_docs = s->remove_docs,
                                  .n_remove_docs = s->n_remove_docs};
    remove_all(w, &removals);
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < s->records.n; i++) {
        status = upsert(w, &s->records.p[i]->u.rec);
    }
    for (size_t i = 0; status == RAGD_OK && i < s->docs.n; i++) {
        status = put_doc(w, &s->docs.p[i]->u.doc);
    }
    for (size_t i = 0; status == RAGD_OK && i < s->blobs.n; i++) {
        status = put_blob(w, &s->blobs.p[i]->u.blob);
    }
    return status;
}

static void forget(struct ragd_coll *coll, uint64_t generation)
{
    for (struct stage **at = &coll->stages; *at;) {
        struct stage *s = *at;
        if (s->generation == generation) {
            *at = s->next;
            stage_destroy(s);
        } else {
            at = &s->next;
        }
    }
}

void stages_release(struct ragd_coll *coll)
{
    while (coll->stages) {
        forget(coll, coll->stages->generation);
    }
}

static ragd_status add_stage(struct work *w, const struct ragd_apply *change)
{
    for (size_t i = 0; i < change->n_records; i++) {
        ragd_status status = check_record(w, change, i);
        if (status != RAGD_OK) {
            return status;
        }
    }
    struct stage *stage = stage_of(w->coll, change);
    if (!stage) {
        return RAGD_E_NOMEM;
    }
    struct stage **at = &w->coll->stages;
    while (*at) {
        at = &(*at)->next;
    }
    *at = stage;
    return RAGD_OK;
}

static ragd_status apply_whole(struct work *w, const struct ragd_apply *change)
{
    ragd_status status = RAGD_OK;
    for (const struct stage *s = w->coll->stages; status == RAGD_OK && s; s = s->next) {
        if (change->generation && s->generation == change->generation) {
            status = stage_apply(w, s);
        }
    }
    return status == RAGD_OK ? work_apply(w, change) : status;
}

static void publish(struct work *w)
{
    struct state *old = w->coll->state;
    w->state->sequence += 1;
    w->coll->state = w->state;
    w->state = NULL;
    state_unref(old);
}

static ragd_status apply_locked(struct ragd_coll *coll, struct ragd_call *call,
                                const struct ragd_apply *change)
{
    struct work w = {.coll = coll, .call = call};
    bool atomic = coll->store->caps & RAGD_STORE_ATOMIC;
    if (coll->dropped) {
        return memory_fail(call, RAGD_E_NOT_FOUND, "The collection has been removed.");
    }
    if (change->generation && (change->flags & RAGD_APPLY_ABORT)) {
        forget(coll, change->generation);
        return RAGD_OK;
    }
    if (atomic && change->generation && (change->flags & RAGD_APPLY_STAGE)) {
        return add_stage(&w, change);
    }
    w.state = state_copy(coll->state);
    ragd_status status = w.state ? apply_whole(&w, change) : RAGD_E_NOMEM;
    if (w.changed && (status == RAGD_OK || !atomic)) {
        publish(&w);
    }
    if (status == RAGD_OK) {
        forget(coll, change->generation);
    }
    state_unref(w.state);
    return status;
}

ragd_status memory_apply(struct ragd_coll *coll, struct ragd_call *call,
                         const struct ragd_apply *change)
{
    pthread_mutex_lock(&coll->lock);
    ragd_status status = apply_locked(coll, call, change);
    pthread_mutex_unlock(&coll->lock);
    return status;
}
