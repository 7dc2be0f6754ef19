/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Items and lists of them. */
#include <stdlib.h>
#include <string.h>

#include "store.h"

static int compare(struct ragd_str a, struct ragd_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static struct ragd_str copy_str(struct region *region, struct ragd_str s, bool *ok)
{
    struct ragd_str copy = region_dup(region, s);
    *ok = *ok && copy.p;
    return copy;
}

static struct ragd_value copy_value(struct region *region, struct ragd_value v, bool *ok)
{
    if (v.type == RAGD_V_STR) {
        v.u.s = copy_str(region, v.u.s, ok);
    }
    if (v.type == RAGD_V_LIST) {
        struct ragd_value *items = region_calloc(region, v.u.list.n, sizeof(*items));
        *ok = *ok && items;
        for (size_t i = 0; *ok && i < v.u.list.n; i++) {
            /* Lists hold scalars: this goes one level deep. */
            items[i] = v.u.list.p[i];
            if (items[i].type == RAGD_V_STR) {
                items[i].u.s = copy_str(region, items[i].u.s, ok);
            }
        }
        v.u.list.p = items;
    }
    return v;
}

struct ragd_kvs copy_kvs(struct region *region, struct ragd_kvs kvs, bool *ok)
{
    struct ragd_kv *copy = region_calloc(region, kvs.n, sizeof(*copy));
    *ok = *ok && copy;
    for (size_t i = 0; *ok && i < kvs.n; i++) {
        copy[i].key = copy_str(region, kvs.p[i].key, ok);
        copy[i].val = copy_value(region, kvs.p[i].val, ok);
    }
    return (struct ragd_kvs){copy, kvs.n};
}

static const void *copy_bytes(struct region *region, const void *p, size_t n, bool *ok)
{
    return copy_str(region, (struct ragd_str){p, n}, ok).p;
}

static struct item *item_create(void)
{
    struct item *item = calloc(1, sizeof(*item));
    if (item) {
        atomic_init(&item->refs, 1);
    }
    return item;
}

void item_unref(struct item *item)
{
    if (item && atomic_fetch_sub(&item->refs, 1) == 1) {
        region_release(&item->region);
        free(item);
    }
}

static struct item *finished(struct item *item, bool ok)
{
    if (!ok) {
        item_unref(item);
        return NULL;
    }
    return item;
}

struct item *item_of_record(const struct ragd_record *rec, uint32_t dim)
{
    struct item *item = item_create();
    if (!item) {
        return NULL;
    }
    bool ok = true;
    struct region *r = &item->region;
    item->u.rec = *rec;
    item->u.rec.id = copy_str(r, rec->id, &ok);
    item->u.rec.doc_id = copy_str(r, rec->doc_id, &ok);
    item->u.rec.text = copy_str(r, rec->text, &ok);
    item->u.rec.meta = copy_kvs(r, rec->meta, &ok);
    if (rec->vec) {
        item->u.rec.vec = copy_bytes(r, rec->vec, dim * sizeof(float), &ok);
    }
    if (rec->span) {
        item->u.rec.span = copy_bytes(r, rec->span, sizeof(*rec->span), &ok);
    }
    return finished(item, ok);
}

struct item *item_of_doc(const struct ragd_stored_doc *doc)
{
    struct item *item = item_create();
    if (!item) {
        return NULL;
    }
    bool ok = true;
    struct region *r = &item->region;
    item->u.doc = *doc;
    item->u.doc.id = copy_str(r, doc->id, &ok);
    item->u.doc.source = copy_str(r, doc->source, &ok);
    item->u.doc.title = copy_str(r, doc->title, &ok);
    item->u.doc.mime = copy_str(r, doc->mime, &ok);
    item->u.doc.lang = copy_str(r, doc->lang, &ok);
    item->u.doc.text = copy_str(r, doc->text, &ok);
    item->u.doc.meta = copy_kvs(r, doc->meta, &ok);
    item->u.doc.blocks = copy_bytes(r, doc->blocks, doc->n_blocks * sizeof(*doc->blocks),
                                    &ok);
    return finished(item, ok);
}

struct item *item_of_blob(const struct ragd_blob *blob)
{
    struct item *item = item_create();
    if (!item) {
        return NULL;
    }
    bool ok = true;
    item->u.blob.name = copy_str(&item->region, blob->name, &ok);
    if (blob->bytes.p) {
        item->u.blob.bytes.p = copy_bytes(&item->region, blob->bytes.p, blob->bytes.n, &ok);
        item->u.blob.bytes.n = blob->bytes.n;
    }
    return finished(item, ok);
}

int items_insert(struct items *items, size_t at, struct item *item)
{
    struct item **p = realloc(items->p, (items->n + 1) * sizeof(struct item *));
    if (!p) {
        item_unref(item);
        return RAGD_E_NOMEM;
    }
    items->p = p;
    memmove(p + at + 1, p + at, (items->n - at) * sizeof(struct item *));
    p[at] = item;
    items->n++;
    return 0;
}

void items_remove(struct items *items, size_t at)
{
    item_unref(items->p[at]);
    items->n--;
    memmove(items->p + at, items->p + at + 1, (items->n - at) * sizeof(struct item *));
}

void items_release(struct items *items)
{
    for (size_t i = 0; i < items->n; i++) {
        item_unref(items->p[i]);
    }
    free(items->p);
    *items = (struct items){0};
}

static bool items_copy(struct items *to, const struct items *from)
{
    to->p = calloc(from->n + 1, sizeof(struct item *));
    for (size_t i = 0; to->p && i < from->n; i++) {
        to->p[i] = from->p[i];
        atomic_fetch_add(&to->p[i]->refs, 1);
        to->n++;
    }
    return to->p != NULL;
}

struct state *state_create(void)
{
    struct state *state = calloc(1, sizeof(*state));
    if (state) {
        atomic_init(&state->refs, 1);
        state->next_seq = 1;
    }
    return state;
}

struct state *state_ref(struct state *state)
{
    atomic_fetch_add(&state->refs, 1);
    return state;
}

void state_unref(struct state *state)
{
    if (state && atomic_fetch_sub(&state->refs, 1) == 1) {
        items_release(&state->records);
        items_release(&state->docs);
        items_release(&state->blobs);
        free(state);
    }
}

struct state *state_copy(const struct state *state)
{
    struct state *copy = state_create();
    if (copy && (!items_copy(&copy->records, &state->records) ||
                 !items_copy(&copy->docs, &state->docs) ||
                 !items_copy(&copy->blobs, &state->blobs))) {
        state_unref(copy);
        return NULL;
    }
    if (copy) {
        copy->next_seq = state->next_seq;
        copy->sequence = state->sequence;
    }
    return copy;
}

size_t docs_find(const struct items *docs, struct ragd_str id, bool *found)
{
    size_t i = 0;
    while (i < docs->n && compare(docs->p[i]->u.doc.id, id) < 0) {
        i++;
    }
    *found = i < docs->n && compare(docs->p[i]->u.doc.id, id) == 0;
    return i;
}

size_t blobs_find(const struct items *blobs, struct ragd_str name, bool *found)
{
    size_t i = 0;
    while (i < blobs->n && compare(blobs->p[i]->u.blob.name, name) < 0) {
        i++;
    }
    *found = i < blobs->n && compare(blobs->p[i]->u.blob.name, name) == 0;
    return i;
}

size_t records_find(const struct items *records, struct ragd_str id)
{
    size_t i = 0;
    while (i < records->n && compare(records->p[i]->u.rec.id, id) != 0) {
        i++;
    }
    return i;
}
