/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The store of the fake: arrays of records, documents and blobs, copied for
 * each view, and once more as what a flush has made durable. */
#include <stdlib.h>

#include "support/fake_store.h"

static struct list colls;
size_t fake_handles;

uint32_t store_caps(const struct instance *store)
{
    (void)store;
    return fake.caps;
}

bool fake_same(struct ragd_str a, struct ragd_str b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

static void *heap_alloc(struct heap *heap, size_t n)
{
    void *out = calloc(1, n + 1);
    heap->blocks = realloc(heap->blocks, (heap->n + 1) * sizeof(void *));
    assert_true(out && heap->blocks);
    heap->blocks[heap->n++] = out;
    return out;
}

static void heap_clear(struct heap *heap)
{
    for (size_t i = 0; i < heap->n; i++) {
        free(heap->blocks[i]);
    }
    free(heap->blocks);
}

static void *copy_bytes(struct heap *heap, const void *p, size_t n)
{
    void *out = heap_alloc(heap, n);
    return n ? memcpy(out, p, n) : out;
}

static struct ragd_str copy_str(struct heap *heap, struct ragd_str s)
{
    return (struct ragd_str){copy_bytes(heap, s.p, s.n), s.n};
}

static struct ragd_value copy_value(struct heap *heap, const struct ragd_value *in)
{
    struct ragd_value out = *in;
    if (in->type == RAGD_V_STR) {
        out.u.s = copy_str(heap, in->u.s);
    } else if (in->type == RAGD_V_LIST) {
        struct ragd_value *items = heap_alloc(heap, in->u.list.n * sizeof(*items));
        for (size_t i = 0; i < in->u.list.n; i++) {
            items[i] = copy_value(heap, &in->u.list.p[i]);
        }
        out.u.list.p = items;
    }
    return out;
}

static struct ragd_kvs copy_kvs(struct heap *heap, struct ragd_kvs in)
{
    struct ragd_kv *out = heap_alloc(heap, in.n * sizeof(*out));
    for (size_t i = 0; i < in.n; i++) {
        out[i].key = copy_str(heap, in.p[i].key);
        out[i].val = copy_value(heap, &in.p[i].val);
    }
    return (struct ragd_kvs){out, in.n};
}

static struct ragd_record copy_record(struct heap *heap, const struct ragd_record *in,
                                      uint32_t dim)
{
    struct ragd_record out = *in;
    out.id = copy_str(heap, in->id);
    out.doc_id = copy_str(heap, in->doc_id);
    out.text = copy_str(heap, in->text);
    out.meta = copy_kvs(heap, in->meta);
    out.vec = in->vec ? copy_bytes(heap, in->vec, dim * sizeof(float)) : NULL;
    out.span = in->span ? copy_bytes(heap, in->span, sizeof(*in->span)) : NULL;
    return out;
}

static struct ragd_stored_doc copy_doc(struct heap *heap, const struct ragd_stored_doc *in)
{
    struct ragd_stored_doc out = *in;
    out.id = copy_str(heap, in->id);
    out.source = copy_str(heap, in->source);
    out.title = copy_str(heap, in->title);
    out.mime = copy_str(heap, in->mime);
    out.lang = copy_str(heap, in->lang);
    out.text = copy_str(heap, in->text);
    out.meta = copy_kvs(heap, in->meta);
    out.blocks = copy_bytes(heap, in->blocks, in->n_blocks * sizeof(*in->blocks));
    return out;
}

static struct ragd_blob copy_blob(struct heap *heap, const struct ragd_blob *in)
{
    struct ragd_blob out = {copy_str(heap, in->name), {NULL, in->bytes.n}};
    out.bytes.p = in->bytes.p ? copy_bytes(heap, in->bytes.p, in->bytes.n) : NULL;
    return out;
}

void fake_shelf_clear(struct shelf *shelf)
{
    heap_clear(&shelf->heap);
    free(shelf->records);
    free(shelf->docs);
    free(shelf->blobs);
    *shelf = (struct shelf){0};
}

#define GROW(array, n)                                                                 \
    ((array) = realloc((array), ((n) + 1) * sizeof(*(array))), assert_non_null(array), \
     &(array)[n])

#define REMOVE_AT(array, n, i) \
    (memmove(&(array)[i], &(array)[(i) + 1], ((n) - (i)-1) * sizeof(*(array))), (n)--)

void fake_shelf_copy(const struct shelf *in, uint32_t dim, struct shelf *out)
{
    fake_shelf_clear(out);
    out->seq = in->seq;
    out->sequence = in->sequence;
    for (size_t i = 0; i < in->n_records; i++) {
        *GROW(out->records, out->n_records) = copy_record(&out->heap, &in->records[i], dim);
        out->n_records++;
    }
    for (size_t i = 0; i < in->n_docs; i++) {
        *GROW(out->docs, out->n_docs) = copy_doc(&out->heap, &in->docs[i]);
        out->n_docs++;
    }
    for (size_t i = 0; i < in->n_blobs; i++) {
        *GROW(out->blobs, out->n_blobs) = copy_blob(&out->heap, &in->blobs[i]);
        out->n_blobs++;
    }
}

static void put_record(struct shelf *shelf, const struct ragd_record *rec, uint32_t dim)
{
    struct ragd_record copy = copy_record(&shelf->heap, rec, dim);
    for (size_t i = 0; i < shelf->n_records; i++) {
        if (fake_same(shelf->records[i].id, rec->id)) {
            copy.seq = shelf->records[i].seq;
            shelf->records[i] = copy;
            return;
        }
    }
    copy.seq = ++shelf->seq;
    *GROW(shelf->records, shelf->n_records) = copy;
    shelf->n_records++;
}

static void put_doc(struct shelf *shelf, const struct ragd_stored_doc *doc)
{
    struct ragd_stored_doc copy = copy_doc(&shelf->heap, doc);
    for (size_t i = 0; i < shelf->n_docs; i++) {
        if (fake_same(shelf->docs[i].id, doc->id)) {
            shelf->docs[i] = copy;
            return;
        }
    }
    *GROW(shelf->docs, shelf->n_docs) = copy;
    shelf->n_docs++;
}

static void put_blob(struct shelf *shelf, const struct ragd_blob *blob)
{
    for (size_t i = 0; i < shelf->n_blobs; i++) {
        if (fake_same(shelf->blobs[i].name, blob->name)) {
            REMOVE_AT(shelf->blobs, shelf->n_blobs, i);
            break;
        }
    }
    if (blob->bytes.p) {
        *GROW(shelf->blobs, shelf->n_blobs) = copy_blob(&shelf->heap, blob);
        shelf->n_blobs++;
    }
}

static void shelf_apply(struct shelf *shelf, const struct ragd_apply *change, uint32_t dim)
{
    for (size_t k = 0; k < change->n_remove_ids; k++) {
        for (size_t i = 0; i < shelf->n_records; i++) {
            if (fake_same(shelf->records[i].id, change->remove_ids[k])) {
                REMOVE_AT(shelf->records, shelf->n_records, i);
                break;
            }
        }
    }
    for (size_t k = 0; k < change->n_remove_docs; k++) {
        for (size_t i = 0; i < shelf->n_docs; i++) {
            if (fake_same(shelf->docs[i].id, change->remove_docs[k])) {
                REMOVE_AT(shelf->docs, shelf->n_docs, i);
                break;
            }
        }
    }
    for (size_t i = 0; i < change->n_records; i++) {
        put_record(shelf, change->records[i], dim);
    }
    for (size_t i = 0; i < change->n_docs; i++) {
        put_doc(shelf, change->docs[i]);
    }
    for (size_t i = 0; i < change->n_blobs; i++) {
        put_blob(shelf, &change->blobs[i]);
    }
    shelf->sequence++;
}

static void coll_free(struct coll *coll)
{
    list_remove(&coll->link);
    fake_shelf_clear(&coll->now);
    fake_shelf_clear(&coll->durable);
    fake_shelf_clear(&coll->staged);
    free(coll);
}

void fake_cut_all(void)
{
    while (colls.next && !list_empty(&colls)) {
        coll_free(LIST_OF(colls.next, struct coll, link));
    }
}

void fake_store_reset(void)
{
    fake_cut_all();
    list_init(&colls);
    fake_handles = 0;
}

static void cut(struct shelf *shelf, uint64_t changes)
{
    shelf->sequence -= changes < shelf->sequence ? changes : shelf->sequence;
}

void fake_cut(uint64_t changes)
{
    LIST_EACH(&colls, node)
    {
        struct coll *coll = LIST_OF(node, struct coll, link);
        cut(&coll->now, changes);
        cut(&coll->durable, changes);
    }
}

void fake_crash(void)
{
    LIST_EACH(&colls, node)
    {
        struct coll *coll = LIST_OF(node, struct coll, link);
        fake_shelf_copy(&coll->durable, coll->dim, &coll->now);
        coll->generation = 0;
    }
}

size_t fake_open_handles(void)
{
    return fake_handles;
}

static struct ragd_record *find_record(const char *id)
{
    LIST_EACH(&colls, node)
    {
        struct coll *coll = LIST_OF(node, struct coll, link);
        for (size_t i = 0; i < coll->now.n_records; i++) {
            if (fake_same(coll->now.records[i].id, ragd_cs(id))) {
                return &coll->now.records[i];
            }
        }
    }
    return NULL;
}

bool fake_has(const char *id)
{
    LIST_EACH(&colls, node)
    {
        struct coll *coll = LIST_OF(node, struct coll, link);
        for (size_t i = 0; i < coll->now.n_docs; i++) {
            if (fake_same(coll->now.docs[i].id, ragd_cs(id))) {
                return true;
            }
        }
        for (size_t i = 0; i < coll->now.n_blobs; i++) {
            if (fake_same(coll->now.blobs[i].name, ragd_cs(id))) {
                return true;
            }
        }
    }
    return find_record(id) != NULL;
}

const float *fake_vector(const char *id)
{
    struct ragd_record *rec = find_record(id);
    return rec ? rec->vec : NULL;
}

struct ragd_stored_doc *fake_doc(const char *id)
{
    LIST_EACH(&colls, node)
    {
        struct coll *coll = LIST_OF(node, struct coll, link);
        for (size_t i = 0; i < coll->now.n_docs; i++) {
            if (fake_same(coll->now.docs[i].id, ragd_cs(id))) {
                return &coll->now.docs[i];
            }
        }
    }
    return NULL;
}

void fake_damage(const char *id, const char *text)
{
    struct ragd_record *rec = find_record(id);
    assert_non_null(rec);
    rec->text = ragd_cs(text);
}

void fake_lose(const char *id)
{
    LIST_EACH(&colls, node)
    {
        struct shelf *shelf = &LIST_OF(node, struct coll, link)->now;
        for (size_t i = 0; i < shelf->n_records; i++) {
            if (fake_same(shelf->records[i].id, ragd_cs(id))) {
                REMOVE_AT(shelf->records, shelf->n_records, i);
                return;
            }
        }
        for (size_t i = 0; i < shelf->n_blobs; i++) {
            if (fake_same(shelf->blobs[i].name, ragd_cs(id))) {
                REMOVE_AT(shelf->blobs, shelf->n_blobs, i);
                return;
            }
        }
    }
    fail();
}

/* Collections. */

static struct coll *find_coll(struct ragd_str name)
{
    LIST_EACH(&colls, node)
    {
        struct coll *coll = LIST_OF(node, struct coll, link);
        if (fake_same(ragd_cs(coll->name), name)) {
            return coll;
        }
    }
    return NULL;
}

static void make_coll_list(struct call *call)
{
    struct call_coll_list *req = (struct call_coll_list *)call;
    size_t n = 0;
    LIST_EACH(&colls, node)
    {
        n++;
    }
    req->specs = arena_calloc(&call->arena, n, sizeof(*req->specs));
    req->n_specs = 0;
    if (!req->specs) {
        fake_fail(call, ERR_NOMEM, "no memory");
        return;
    }
    LIST_EACH(&colls, node)
    {
        struct coll *coll = LIST_OF(node, struct coll, link);
        req->specs[req->n_specs++] =
            (struct ragd_coll_spec){.struct_size = sizeof(*req->specs),
                                    .name = ragd_cs(coll->name)};
    }
}

void call_coll_list_start(struct call_coll_list *req)
{
    fake_enqueue(&req->call, make_coll_list);
}

static void coll_make(struct call_coll *req)
{
    struct coll *coll = calloc(1, sizeof(*coll));
    assert_non_null(coll);
    assert_null(find_coll(req->spec.name));
    assert_true(req->spec.name.n < sizeof(coll->name));
    memcpy(coll->name, req->spec.name.p, req->spec.name.n);
    coll->dim = req->spec.dim;
    coll->metric = req->spec.metric;
    list_push(&colls, &coll->link);
}

static void make_coll(struct call *call)
{
    struct call_coll *req = (struct call_coll *)call;
    if (req->action == COLL_CREATE) {
        coll_make(req);
        return;
    }
    struct coll *coll = find_coll(req->spec.name);
    if (!coll) {
        fake_fail(call, ERR_NOT_FOUND, "no such collection in the store");
    } else if (req->action == COLL_OPEN) {
        coll->handles++;
        fake_handles++;
        req->coll = coll;
    } else {
        assert_true(!req->coll || req->coll == coll);
        fake_handles -= req->coll ? 1 : 0;
        fake_mark_drop(ragd_cs(coll->name));
        coll_free(coll);
        req->coll = NULL;
    }
}

void call_coll_start(struct call_coll *req)
{
    fake_enqueue(&req->call, make_coll);
}

void coll_close(struct coll *coll)
{
    if (coll) {
        coll->handles--;
        fake_handles--;
    }
}

/* Writing. */

static void check_change(const struct coll *coll, const struct ragd_apply *change)
{
    for (size_t i = 0; i < change->n_records; i++) {
        const struct ragd_record *rec = change->records[i];
        assert_true(rec->id.n > 0 && rec->id.n < 4096);
        assert_true(!rec->vec || coll->dim);
    }
}

static void make_apply(struct call *call)
{
    struct call_apply *req = (struct call_apply *)call;
    struct coll *coll = req->coll;
    const struct ragd_apply *change = &req->change;
    check_change(coll, change);
    if (!change->generation) {
        shelf_apply(&coll->now, change, coll->dim);
        fake.applies++;
        return;
    }
    if (coll->generation != change->generation) {
        fake_shelf_copy(&coll->now, coll->dim, &coll->staged);
        coll->generation = change->generation;
    }
    if (change->flags & RAGD_APPLY_ABORT) {
        coll->generation = 0;
        return;
    }
    shelf_apply(&coll->staged, change, coll->dim);
    if (!(change->flags & RAGD_APPLY_STAGE)) {
        fake_shelf_copy(&coll->staged, coll->dim, &coll->now);
        coll->generation = 0;
        fake.applies++;
    }
}

void call_apply_start(struct call_apply *req)
{
    fake_enqueue(&req->call, make_apply);
}

static void make_flush(struct call *call)
{
    struct coll *coll = ((struct call_flush *)call)->coll;
    fake_shelf_copy(&coll->now, coll->dim, &coll->durable);
    fake.flushes++;
}

void call_flush_start(struct call_flush *req)
{
    fake_enqueue(&req->call, make_flush);
}
