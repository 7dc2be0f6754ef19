/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "store_support.h"

#include <stdio.h>

static const struct ragd_filter NO_FILTER = {NULL, 0};

void store_test_open(struct store_test *st)
{
    st->host = fake_host_create(ragd_plugin_entry_v0);
    assert_non_null(st->host);
    fake_host_set_dir(st->host, RAGD_DIR_DATA, st->dir.path);
    if (fake_instance_create(st->host, RAGD_IF_STORE, &st->instance) != RAGD_OK) {
        fail_msg("create: %s", fake_host_message(st->host));
    }
    st->t = st->instance.table;
    struct ragd_call *call = fake_call_create(st->host);
    ragd_status status = st->t->coll_open(st->instance.inst, call, ragd_cs("c"), &st->coll);
    if (status == RAGD_E_NOT_FOUND) {
        struct ragd_coll_spec spec = {.struct_size = sizeof(spec),
                                      .name = ragd_cs("c"),
                                      .space = ragd_cs("test"),
                                      .dim = st->dim,
                                      .metric = st->metric};
        assert_status(call, st->t->coll_create(st->instance.inst, call, &spec), RAGD_OK);
        status = st->t->coll_open(st->instance.inst, call, ragd_cs("c"), &st->coll);
    }
    assert_status(call, status, RAGD_OK);
    fake_call_destroy(call);
}

void store_test_close(struct store_test *st)
{
    if (st->coll) {
        st->t->coll_close(st->instance.inst, st->coll);
        st->coll = NULL;
    }
    fake_instance_destroy(&st->instance);
    fake_host_destroy(st->host);
    st->host = NULL;
}

void store_test_reopen(struct store_test *st)
{
    store_test_close(st);
    store_test_open(st);
}

void store_test_init(struct store_test *st, uint32_t dim, uint32_t metric)
{
    *st = (struct store_test){.dim = dim, .metric = metric};
    tmpdir_init(&st->dir);
    store_test_open(st);
}

void store_test_release(struct store_test *st)
{
    store_test_close(st);
    tmpdir_release(&st->dir);
}

static int set_up_metric(void **state, uint32_t metric)
{
    struct store_test *st = calloc(1, sizeof(*st));
    *state = st;
    store_test_init(st, TEST_DIM, metric);
    return 0;
}

int store_set_up(void **state)
{
    return set_up_metric(state, RAGD_METRIC_L2);
}

int store_set_up_cosine(void **state)
{
    return set_up_metric(state, RAGD_METRIC_COSINE);
}

int store_set_up_ip(void **state)
{
    return set_up_metric(state, RAGD_METRIC_IP);
}

int store_tear_down(void **state)
{
    store_test_release(*state);
    free(*state);
    return 0;
}

struct ragd_record store_record(const char *id, const char *text, const float *vec)
{
    return (struct ragd_record){.struct_size = sizeof(struct ragd_record),
                                .id = ragd_cs(id),
                                .text = ragd_cs(text),
                                .vec = vec};
}

void change_init(struct store_change *c)
{
    memset(c, 0, sizeof(*c));
    c->apply = (struct ragd_apply){.struct_size = sizeof(c->apply),
                                   .remove_ids = c->remove_ids,
                                   .remove_docs = c->remove_docs,
                                   .records = c->records,
                                   .docs = c->docs,
                                   .blobs = c->blobs};
}

struct ragd_record *change_put(struct store_change *c, const char *id, const char *text,
                               const float *vec)
{
    size_t at = c->apply.n_records++;
    assert_true(at < 64);
    c->record_values[at] = store_record(id, text, vec);
    c->records[at] = &c->record_values[at];
    return &c->record_values[at];
}

void change_remove(struct store_change *c, const char *id)
{
    assert_true(c->apply.n_remove_ids < 64);
    c->remove_ids[c->apply.n_remove_ids++] = ragd_cs(id);
}

struct ragd_stored_doc *change_put_doc(struct store_change *c, const char *id,
                                       const char *text)
{
    size_t at = c->apply.n_docs++;
    assert_true(at < 16);
    c->doc_values[at] = (struct ragd_stored_doc){.struct_size = sizeof(c->doc_values[at]),
                                                 .id = ragd_cs(id),
                                                 .source = ragd_cs("file:///a"),
                                                 .title = ragd_cs("Title"),
                                                 .text = ragd_cs(text)};
    c->docs[at] = &c->doc_values[at];
    return &c->doc_values[at];
}

void change_remove_doc(struct store_change *c, const char *id)
{
    assert_true(c->apply.n_remove_docs < 16);
    c->remove_docs[c->apply.n_remove_docs++] = ragd_cs(id);
}

void change_blob(struct store_change *c, const char *name, const char *bytes)
{
    assert_true(c->apply.n_blobs < 16);
    struct ragd_blob *blob = &c->blobs[c->apply.n_blobs++];
    *blob = (struct ragd_blob){.name = ragd_cs(name)};
    if (bytes) {
        blob->bytes = (struct ragd_bytes){bytes, strlen(bytes)};
    }
}

ragd_status store_apply_status(struct store_test *st, const struct ragd_apply *apply)
{
    struct ragd_call *call = fake_call_create(st->host);
    ragd_status status = fake_call_wait(call, st->t->apply(st->coll, call, apply));
    fake_call_destroy(call);
    return status;
}

void store_apply_ok(struct store_test *st, const struct ragd_apply *apply)
{
    struct ragd_call *call = fake_call_create(st->host);
    assert_status(call, fake_call_wait(call, st->t->apply(st->coll, call, apply)), RAGD_OK);
    fake_call_destroy(call);
}

void store_put(struct store_test *st, const char *id, const char *text, const float *vec)
{
    struct store_change c;
    change_init(&c);
    change_put(&c, id, text, vec);
    store_apply_ok(st, &c.apply);
}

void store_remove(struct store_test *st, const char *id)
{
    struct store_change c;
    change_init(&c);
    change_remove(&c, id);
    store_apply_ok(st, &c.apply);
}

void store_flush_ok(struct store_test *st)
{
    struct ragd_call *call = fake_call_create(st->host);
    assert_status(call, st->t->flush(st->coll, call), RAGD_OK);
    fake_call_destroy(call);
}

struct ragd_view *store_view(struct store_test *st)
{
    struct ragd_call *call = fake_call_create(st->host);
    struct ragd_view *view = NULL;
    assert_status(call, st->t->view_open(st->coll, call, &view), RAGD_OK);
    fake_call_destroy(call);
    return view;
}

struct ragd_call *store_call(struct store_test *st)
{
    struct ragd_call *call = fake_call_create(st->host);
    fake_call_set_dim(call, st->dim);
    return call;
}

struct ragd_coll_stats store_stats_now(struct store_test *st)
{
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    struct ragd_coll_stats stats = {.struct_size = sizeof(stats)};
    assert_status(call, st->t->stats(view, call, &stats), RAGD_OK);
    fake_call_destroy(call);
    st->t->view_close(view);
    return stats;
}

uint64_t store_count_now(struct store_test *st, const struct ragd_filter *filter)
{
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    uint64_t n = 0;
    assert_status(call, st->t->count(view, call, filter ? filter : &NO_FILTER, &n),
                  RAGD_OK);
    fake_call_destroy(call);
    st->t->view_close(view);
    return n;
}

static void join(char text[1024], struct ragd_str id)
{
    size_t n = strlen(text);
    snprintf(text + n, 1024 - n, "%s%.*s", n ? " " : "", (int)id.n, id.p);
}

const char *store_ids(struct store_test *st, struct ragd_view *view, char text[1024])
{
    struct ragd_view *own = view ? NULL : store_view(st);
    struct ragd_call *call = store_call(st);
    assert_status(call,
                  st->t->scan(view ? view : own, call, 0, &NO_FILTER, 0, &fake_record_sink),
                  RAGD_OK);
    text[0] = 0;
    for (size_t i = 0; i < fake_call_results(call)->n_records; i++) {
        join(text, fake_call_results(call)->records[i].id);
    }
    fake_call_destroy(call);
    if (own) {
        st->t->view_close(own);
    }
    return text;
}

const char *hit_ids(const struct fake_results *results, uint32_t list, char text[1024])
{
    text[0] = 0;
    for (size_t i = 0; i < results->n_hits; i++) {
        if (results->hits[i].list == list) {
            join(text, results->hits[i].rec->id);
        }
    }
    return text;
}

struct ragd_query store_query_vector(const double *vec, uint32_t dim, uint64_t k)
{
    return (struct ragd_query){.struct_size = sizeof(struct ragd_query),
                               .dim = dim,
                               .vec = vec,
                               .k = k};
}

struct ragd_query store_query_text(const char *text, uint64_t k)
{
    return (struct ragd_query){.struct_size = sizeof(struct ragd_query),
                               .text = ragd_cs(text),
                               .want_keyword = 1,
                               .k = k};
}

void store_verify_clean(struct store_test *st)
{
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    assert_status(call, st->t->verify(view, call, &fake_verify_sink), RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    if (r->n_problems) {
        fail_msg("verify: %zu problems, the first: %.*s", r->n_problems,
                 (int)r->problems[0].n, r->problems[0].p);
    }
    fake_call_destroy(call);
    st->t->view_close(view);
}
