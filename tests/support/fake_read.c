/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Reading from the store of the fake: views, records, documents, blobs, and
 * searching with exact distances or by how often words occur. */
#include <math.h>
#include <stdlib.h>

#include "support/fake_store.h"

/* Reading. */

static void make_view(struct call *call)
{
    struct call_view *req = (struct call_view *)call;
    struct view *view = calloc(1, sizeof(*view));
    assert_non_null(view);
    view->coll = req->coll;
    view->shelf = &req->coll->now;
    if (fake.caps & RAGD_STORE_SNAPSHOT) {
        fake_shelf_copy(&req->coll->now, req->coll->dim, &view->copy);
        view->shelf = &view->copy;
    }
    fake_handles++;
    req->view = view;
}

void call_view_start(struct call_view *req)
{
    req->view = NULL;
    fake_enqueue(&req->call, make_view);
}

void view_close(struct view *view)
{
    if (view) {
        fake_shelf_clear(&view->copy);
        free(view);
        fake_handles--;
    }
}

static bool matches(const struct ragd_record *rec, const struct ragd_filter *filter)
{
    if (!filter->n) {
        return true;
    }
    const struct ragd_filter_node *node = &filter->nodes[0];
    assert_int_equal(node->op, RAGD_F_EQ); /* the one the tests use */
    for (size_t i = 0; i < rec->meta.n; i++) {
        if (fake_same(rec->meta.p[i].key, node->field)) {
            return fake_same(rec->meta.p[i].val.u.s, node->val.u.s);
        }
    }
    return false;
}

static int give_record(struct arena *arena, const struct ragd_record *in, uint32_t include,
                       uint32_t dim, struct ragd_record *out)
{
    *out = *in;
    out->id = arena_str(arena, in->id);
    out->doc_id = arena_str(arena, in->doc_id);
    out->text = include & RAGD_INCLUDE_TEXT ? arena_str(arena, in->text) : ragd_cs("");
    out->meta = (struct ragd_kvs){0};
    out->vec = NULL;
    if (include & RAGD_INCLUDE_META && arena_kvs(arena, in->meta, &out->meta)) {
        return RAGD_E_NOMEM;
    }
    if (include & RAGD_INCLUDE_VECTOR && in->vec) {
        float *vec = arena_calloc(arena, dim, sizeof(float));
        out->vec = vec ? memcpy(vec, in->vec, dim * sizeof(float)) : NULL;
        if (!vec) {
            return RAGD_E_NOMEM;
        }
    }
    if (in->span) {
        struct ragd_span *span = arena_alloc(arena, sizeof(*span));
        out->span = span ? memcpy(span, in->span, sizeof(*span)) : NULL;
        if (!span) {
            return RAGD_E_NOMEM;
        }
    }
    return out->id.p && out->doc_id.p && out->text.p ? 0 : RAGD_E_NOMEM;
}

static void make_get(struct call *call)
{
    struct call_get *req = (struct call_get *)call;
    struct shelf *shelf = req->view->shelf;
    req->records = arena_calloc(&call->arena, req->n_ids, sizeof(*req->records));
    req->n_records = 0;
    for (size_t k = 0; req->records && k < req->n_ids; k++) {
        for (size_t i = 0; i < shelf->n_records; i++) {
            if (fake_same(shelf->records[i].id, req->ids[k])) {
                if (give_record(&call->arena, &shelf->records[i], req->include,
                                req->view->coll->dim, &req->records[req->n_records++])) {
                    fake_fail(call, ERR_NOMEM, "no memory");
                    return;
                }
            }
        }
    }
    if (!req->records) {
        fake_fail(call, ERR_NOMEM, "no memory");
    }
}

void call_get_start(struct call_get *req)
{
    fake_enqueue(&req->call, make_get);
}

static void make_scan(struct call *call)
{
    struct call_scan *req = (struct call_scan *)call;
    struct shelf *shelf = req->view->shelf;
    size_t max = req->max_records < fake.page ? req->max_records : fake.page;
    req->records = arena_calloc(&call->arena, max, sizeof(*req->records));
    req->n_records = 0;
    req->more = false;
    for (size_t i = 0; req->records && i < shelf->n_records; i++) {
        const struct ragd_record *rec = &shelf->records[i];
        if (rec->seq <= req->after_seq || !matches(rec, &req->filter)) {
            continue;
        }
        if (req->n_records == max) {
            req->more = true;
            return;
        }
        if (give_record(&call->arena, rec, req->include, req->view->coll->dim,
                        &req->records[req->n_records++])) {
            req->records = NULL;
        }
    }
    if (!req->records) {
        fake_fail(call, ERR_NOMEM, "no memory");
    }
}

void call_scan_start(struct call_scan *req)
{
    fake_enqueue(&req->call, make_scan);
}

static void make_count(struct call *call)
{
    struct call_count *req = (struct call_count *)call;
    req->count = 0;
    for (size_t i = 0; i < req->view->shelf->n_records; i++) {
        req->count += matches(&req->view->shelf->records[i], &req->filter);
    }
}

void call_count_start(struct call_count *req)
{
    fake_enqueue(&req->call, make_count);
}

static void make_stats(struct call *call)
{
    struct call_stats *req = (struct call_stats *)call;
    const struct shelf *shelf = req->view->shelf;
    req->stats = (struct ragd_coll_stats){
        .struct_size = sizeof(req->stats),
        .dim = req->view->coll->dim,
        .records = shelf->n_records,
        .docs = shelf->n_docs,
        .blobs = shelf->n_blobs,
        .bytes_disk = 100 * shelf->n_records,
        .sequence = shelf->sequence,
    };
}

void call_stats_start(struct call_stats *req)
{
    fake_enqueue(&req->call, make_stats);
}

static bool after(struct ragd_str a, struct ragd_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c > 0 || (c == 0 && a.n > b.n);
}

static int give_doc(struct call_docs *req, const struct ragd_stored_doc *in)
{
    struct arena *arena = &req->call.arena;
    struct ragd_stored_doc *out = &req->docs[req->n_docs++];
    *out = *in;
    out->id = arena_str(arena, in->id);
    out->source = arena_str(arena, in->source);
    out->title = arena_str(arena, in->title);
    out->mime = arena_str(arena, in->mime);
    out->lang = arena_str(arena, in->lang);
    out->text = req->include & RAGD_INCLUDE_TEXT ? arena_str(arena, in->text) : ragd_cs("");
    out->blocks = NULL;
    out->n_blocks = 0;
    if (arena_kvs(arena, in->meta, &out->meta) || !out->id.p || !out->source.p ||
        !out->title.p || !out->text.p) {
        return RAGD_E_NOMEM;
    }
    return 0;
}

static void make_docs(struct call *call)
{
    struct call_docs *req = (struct call_docs *)call;
    struct shelf *shelf = req->view->shelf;
    size_t max = req->n_ids ? req->n_ids : req->max_docs;
    max = !req->n_ids && fake.page < max ? fake.page : max;
    struct ragd_str from = req->after;
    req->docs = arena_calloc(&call->arena, max, sizeof(*req->docs));
    req->n_docs = 0;
    req->more = false;
    int rc = req->docs ? 0 : RAGD_E_NOMEM;
    for (size_t k = 0; !rc && req->n_ids && k < req->n_ids; k++) {
        for (size_t i = 0; !rc && i < shelf->n_docs; i++) {
            rc = fake_same(shelf->docs[i].id, req->ids[k]) ? give_doc(req, &shelf->docs[i])
                                                           : 0;
        }
    }
    while (!rc && !req->n_ids) {
        const struct ragd_stored_doc *best = NULL;
        for (size_t i = 0; i < shelf->n_docs; i++) {
            const struct ragd_stored_doc *doc = &shelf->docs[i];
            if (after(doc->id, from) && (!best || after(best->id, doc->id))) {
                best = doc;
            }
        }
        req->more = best && req->n_docs == max;
        if (!best || req->more) {
            break;
        }
        from = best->id;
        rc = give_doc(req, best);
    }
    if (rc) {
        fake_fail(call, ERR_NOMEM, "no memory");
    }
}

void call_docs_start(struct call_docs *req)
{
    fake_enqueue(&req->call, make_docs);
}

static int give_blob(struct call_blobs *req, const struct ragd_blob *in)
{
    struct arena *arena = &req->call.arena;
    struct ragd_blob *out = &req->blobs[req->n_blobs++];
    struct ragd_str bytes = arena_str(arena, (struct ragd_str){in->bytes.p, in->bytes.n});
    out->name = arena_str(arena, in->name);
    out->bytes = (struct ragd_bytes){bytes.p, bytes.n};
    return out->name.p && bytes.p ? 0 : RAGD_E_NOMEM;
}

static void make_blobs(struct call *call)
{
    struct call_blobs *req = (struct call_blobs *)call;
    struct shelf *shelf = req->view->shelf;
    size_t max = req->n_names ? req->n_names : req->max_blobs;
    max = !req->n_names && fake.page < max ? fake.page : max;
    struct ragd_str from = req->after;
    req->blobs = arena_calloc(&call->arena, max, sizeof(*req->blobs));
    req->n_blobs = 0;
    req->more = false;
    int rc = req->blobs ? 0 : RAGD_E_NOMEM;
    for (size_t k = 0; !rc && k < req->n_names; k++) {
        for (size_t i = 0; !rc && i < shelf->n_blobs; i++) {
            rc = fake_same(shelf->blobs[i].name, req->names[k])
                     ? give_blob(req, &shelf->blobs[i])
                     : 0;
        }
    }
    while (!rc && !req->n_names) {
        const struct ragd_blob *best = NULL;
        for (size_t i = 0; i < shelf->n_blobs; i++) {
            const struct ragd_blob *blob = &shelf->blobs[i];
            bool ours = blob->name.n >= req->prefix.n &&
                        memcmp(blob->name.p, req->prefix.p, req->prefix.n) == 0;
            if (ours && after(blob->name, from) &&
                (!best || after(best->name, blob->name))) {
                best = blob;
            }
        }
        req->more = best && req->n_blobs == max;
        if (!best || req->more) {
            break;
        }
        from = best->name;
        rc = give_blob(req, best);
    }
    if (rc) {
        fake_fail(call, ERR_NOMEM, "no memory");
    }
}

void call_blobs_start(struct call_blobs *req)
{
    fake_enqueue(&req->call, make_blobs);
}

static void make_verify(struct call *call)
{
    struct call_verify *req = (struct call_verify *)call;
    req->records = req->view->shelf->n_records;
    req->vectors = 0;
    for (size_t i = 0; i < req->records; i++) {
        req->vectors += req->view->shelf->records[i].vec != NULL;
    }
    req->postings = 0;
    req->problems = NULL;
    req->n_problems = 0;
}

void call_verify_start(struct call_verify *req)
{
    fake_enqueue(&req->call, make_verify);
}

/* Searching: exact distances, and as a keyword score how often the words of
 * the question occur in the text. */

struct ranked {
    struct ragd_record *rec;
    double value;
};

static double distance(const struct coll *coll, const double *query, const float *vec)
{
    double dot = 0, l2 = 0, nq = 0, nv = 0;
    for (uint32_t i = 0; i < coll->dim; i++) {
        double v = (double)vec[i], d = query[i] - v;
        dot += query[i] * v;
        l2 += d * d;
        nq += query[i] * query[i];
        nv += v * v;
    }
    if (coll->metric == RAGD_METRIC_L2) {
        return l2;
    }
    if (coll->metric == RAGD_METRIC_IP) {
        return 1 - dot;
    }
    return nq > 0 && nv > 0 ? 1 - dot / (sqrt(nq) * sqrt(nv)) : 1;
}

/* Without EXACT, what it says of distances is rough. */
static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->value != y->value) {
        return x->value < y->value ? -1 : 1;
    }
    return x->rec->seq < y->rec->seq ? -1 : 1;
}

static size_t word_count(struct ragd_str text, struct ragd_str word)
{
    size_t n = 0;
    for (const char *p = text.p;
         (p = memmem(p, text.n - (size_t)(p - text.p), word.p, word.n)); p += word.n) {
        n++;
    }
    return n;
}

static bool next_word(struct ragd_str *text, struct ragd_str *word)
{
    while (text->n && *text->p == ' ') {
        text->p++;
        text->n--;
    }
    const char *end = text->n ? memchr(text->p, ' ', text->n) : NULL;
    *word = (struct ragd_str){text->p, end ? (size_t)(end - text->p) : text->n};
    text->p += word->n;
    text->n -= word->n;
    return word->n > 0;
}

static double keyword_score(struct ragd_str text, struct ragd_str question)
{
    struct ragd_str word;
    double score = 0;
    while (next_word(&question, &word)) {
        score += (double)word_count(text, word);
    }
    return score;
}

static int give_hits(struct call_query *req, struct ranked *ranked, size_t n, uint32_t list)
{
    struct arena *arena = &req->call.arena;
    size_t k = req->query.k < n ? (size_t)req->query.k : n;
    qsort(ranked, n, sizeof(*ranked), by_value);
    struct ragd_hit *hits = arena_calloc(arena, k, sizeof(*hits));
    struct ragd_record *records = arena_calloc(arena, k, sizeof(*records));
    if (!hits || !records) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < k; i++) {
        if (give_record(arena, ranked[i].rec, req->query.include, req->view->coll->dim,
                        &records[i])) {
            return RAGD_E_NOMEM;
        }
        double value = list == RAGD_LIST_KEYWORD ? -ranked[i].value : ranked[i].value;
        if (list == RAGD_LIST_VECTOR && !(fake.caps & RAGD_STORE_EXACT)) {
            value = (double)(float)value;
        }
        hits[i] = (struct ragd_hit){list, (uint32_t)i, value, &records[i]};
    }
    *(list == RAGD_LIST_VECTOR ? &req->vector_hits : &req->keyword_hits) = hits;
    *(list == RAGD_LIST_VECTOR ? &req->n_vector : &req->n_keyword) = k;
    return 0;
}

static int give_terms(struct call_query *req)
{
    struct ragd_str text = req->query.text, word;
    req->terms = arena_calloc(&req->call.arena, text.n, sizeof(*req->terms));
    req->n_terms = 0;
    while (req->terms && next_word(&text, &word)) {
        req->terms[req->n_terms++] = (struct ragd_term){arena_str(&req->call.arena, word),
                                                        1.5, 1};
    }
    return req->terms ? 0 : RAGD_E_NOMEM;
}

static int query_list(struct call_query *req, uint32_t list)
{
    struct shelf *shelf = req->view->shelf;
    struct ranked *ranked = calloc(shelf->n_records + 1, sizeof(*ranked));
    size_t n = 0;
    for (size_t i = 0; i < shelf->n_records; i++) {
        struct ragd_record *rec = &shelf->records[i];
        bool in = matches(rec, &req->query.filter);
        if (list == RAGD_LIST_VECTOR && in && rec->vec) {
            ranked[n++] =
                (struct ranked){rec, distance(req->view->coll, req->query.vec, rec->vec)};
        } else if (list == RAGD_LIST_KEYWORD && in) {
            double score = keyword_score(rec->text, req->query.text);
            if (score > 0) {
                ranked[n++] = (struct ranked){rec, -score};
            }
        }
    }
    int rc = give_hits(req, ranked, n, list);
    free(ranked);
    return rc;
}

static void make_query(struct call *call)
{
    struct call_query *req = (struct call_query *)call;
    int rc = 0;
    req->n_vector = req->n_keyword = 0;
    req->vector_hits = req->keyword_hits = NULL;
    req->n_terms = 0;
    if (req->query.vec) {
        assert_int_equal(req->query.dim, req->view->coll->dim);
        rc = query_list(req, RAGD_LIST_VECTOR);
        req->vector_plan = RAGD_PLAN_EXACT;
    }
    if (!rc && req->query.want_keyword) {
        assert_true(fake.caps & RAGD_STORE_KEYWORD);
        rc = query_list(req, RAGD_LIST_KEYWORD);
        req->keyword_plan = RAGD_PLAN_POSTINGS;
    }
    if (!rc && req->query.text.n && fake.caps & RAGD_STORE_KEYWORD) {
        rc = give_terms(req);
    }
    if (rc) {
        fake_fail(call, ERR_NOMEM, "no memory");
    }
}

void call_query_start(struct call_query *req)
{
    fake_enqueue(&req->call, make_query);
}
