/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The default store behind the checked calls: a life of a collection. */
#include <stdio.h>

#include "plugin/call_store.h"
#include "plugin/instance.h"
#include "plugin_rig.h"

enum { RECORDS = 200, DIM = 8 };

struct fixture {
    struct rig rig;
    struct instance *store;
    struct coll *coll;
};

static void run_coll(struct fixture *f, enum coll_action action)
{
    struct call_coll req = {.call = {.done = rig_done},
                            .store = f->store,
                            .action = action,
                            .coll = f->coll};
    req.spec = (struct ragd_coll_spec){.struct_size = sizeof(req.spec),
                                       .name = ragd_cs("things"),
                                       .space = ragd_cs("space/1"),
                                       .dim = DIM,
                                       .metric = RAGD_METRIC_L2};
    call_coll_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    call_release(&req.call);
    f->coll = action == COLL_CREATE ? NULL : req.coll;
}

struct made {
    struct ragd_record rec;
    struct ragd_span span;
    struct ragd_kv meta;
    char id[24], text[48];
    float vec[DIM];
};

/* Record i: every third one of the same vector, so that there are ties. */
static void make(struct made *m, int i)
{
    snprintf(m->id, sizeof(m->id), "doc#%d", i);
    snprintf(m->text, sizeof(m->text), "%s number %d of all", i % 2 ? "odd" : "even", i);
    for (int d = 0; d < DIM; d++) {
        m->vec[d] = (float)((i / 3 * 31 + d * 7) % 17);
    }
    m->meta = (struct ragd_kv){ragd_cs("n"), {RAGD_V_INT, 0, {.i = i}}};
    m->span = (struct ragd_span){.end_index = 5, .end_byte = 5, .line = 1};
    m->rec = (struct ragd_record){.struct_size = sizeof(m->rec),
                                  .id = ragd_cs(m->id),
                                  .doc_id = ragd_cs("doc"),
                                  .text = ragd_cs(m->text),
                                  .vec = m->vec,
                                  .meta = {&m->meta, 1},
                                  .span = &m->span,
                                  .ordinal = (uint64_t)i};
}

static void fill(struct fixture *f)
{
    static struct made made[RECORDS];
    static const struct ragd_record *records[RECORDS];
    static const struct ragd_stored_doc doc = {.struct_size = sizeof(doc),
                                               .id = {"doc", 3},
                                               .source = {"file:///doc", 11},
                                               .title = {"Numbers", 7},
                                               .text = {"all of them", 11},
                                               .n_chunks = RECORDS};
    static const struct ragd_stored_doc *const docs[] = {&doc};
    const struct ragd_blob blob = {{"manifest/doc", 12}, {"m", 1}};
    for (int i = 0; i < RECORDS; i++) {
        make(&made[i], i);
        records[i] = &made[i].rec;
    }
    struct call_apply apply = {.call = {.done = rig_done},
                               .coll = f->coll,
                               .change = {.struct_size = sizeof(apply.change),
                                          .records = records,
                                          .n_records = RECORDS,
                                          .docs = docs,
                                          .n_docs = 1,
                                          .blobs = &blob,
                                          .n_blobs = 1}};
    call_apply_start(&apply);
    rig_wait(&apply.call);
    assert_ok(apply.call.status, &apply.call.err);
    call_release(&apply.call);
    struct call_flush flush = {.call = {.done = rig_done}, .coll = f->coll};
    call_flush_start(&flush);
    rig_wait(&flush.call);
    assert_ok(flush.call.status, &flush.call.err);
}

static struct view *view_of(struct fixture *f)
{
    struct call_view req = {.call = {.done = rig_done}, .coll = f->coll};
    call_view_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    return req.view;
}

static void set_up(struct fixture *f)
{
    *f = (struct fixture){0};
    rig_open(&f->rig, "", NULL);
    f->store = rig_instance(PLUGIN_STORE, "");
    assert_string_equal(instance_plugin_name(f->store), "rocksdb");
    run_coll(f, COLL_CREATE);
    run_coll(f, COLL_OPEN);
    fill(f);
}

static void check_query(struct view *view)
{
    static const double vec[DIM] = {1, 8, 15, 5, 12, 2, 9, 16};
    struct ragd_filter_node node = {RAGD_F_LT,
                                    0,
                                    ragd_cs("n"),
                                    {RAGD_V_INT, 0, {.i = 150}}};
    struct call_query req = {.call = {.done = rig_done},
                             .view = view,
                             .query = {.struct_size = sizeof(req.query),
                                       .include = RAGD_INCLUDE_TEXT | RAGD_INCLUDE_META,
                                       .dim = DIM,
                                       .k = 20,
                                       .vec = vec,
                                       .text = {"odd number", 10},
                                       .want_keyword = 1,
                                       .filter = {&node, 1}}};
    call_query_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_vector, 20);
    assert_int_equal(req.n_keyword, 20);
    assert_true(req.n_terms >= 1 && req.terms[0].idf > 0);
    for (size_t i = 0; i < 20; i++) {
        assert_true(req.vector_hits[i].rec->ordinal < 150);
        assert_true(req.keyword_hits[i].value > 0);
    }
    call_release(&req.call);
}

static void check_scan(struct view *view)
{
    uint64_t after = 0, n = 0;
    bool more = true;
    while (more) {
        struct call_scan req = {.call = {.done = rig_done},
                                .view = view,
                                .include = RAGD_INCLUDE_VECTOR,
                                .after_seq = after,
                                .max_records = 64};
        call_scan_start(&req);
        rig_wait(&req.call);
        assert_ok(req.call.status, &req.call.err);
        for (size_t i = 0; i < req.n_records; i++) {
            struct made want;
            make(&want, (int)n++);
            assert_str(req.records[i].id, want.id);
            assert_memory_equal(req.records[i].vec, want.vec, sizeof(want.vec));
        }
        after = req.records[req.n_records - 1].seq;
        more = req.more;
        call_release(&req.call);
    }
    assert_int_equal(n, RECORDS);
}

static void check_documents(struct view *view)
{
    struct call_docs docs = {.call = {.done = rig_done},
                             .view = view,
                             .include = RAGD_INCLUDE_TEXT,
                             .max_docs = 10};
    call_docs_start(&docs);
    rig_wait(&docs.call);
    assert_ok(docs.call.status, &docs.call.err);
    assert_int_equal(docs.n_docs, 1);
    assert_str(docs.docs[0].text, "all of them");
    call_release(&docs.call);
    struct call_blobs blobs = {.call = {.done = rig_done},
                               .view = view,
                               .prefix = ragd_cs("manifest/"),
                               .max_blobs = 10};
    call_blobs_start(&blobs);
    rig_wait(&blobs.call);
    assert_ok(blobs.call.status, &blobs.call.err);
    assert_int_equal(blobs.n_blobs, 1);
    assert_str(blobs.blobs[0].name, "manifest/doc");
    call_release(&blobs.call);
}

static void gives_back_what_it_was_given(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    struct view *view = view_of(&f);
    check_query(view);
    check_scan(view);
    check_documents(view);
    struct call_verify verify = {.call = {.done = rig_done}, .view = view};
    call_verify_start(&verify);
    rig_wait(&verify.call);
    assert_ok(verify.call.status, &verify.call.err);
    assert_int_equal(verify.n_problems, 0);
    assert_int_equal(verify.records, RECORDS);
    call_release(&verify.call);
    view_close(view);
    coll_close(f.coll);
    rig_close(&f.rig);
}

static void shows_a_view_as_it_was(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    struct view *before = view_of(&f);
    const struct ragd_str gone[] = {ragd_cs("doc#0"), ragd_cs("doc#1")};
    struct call_apply apply = {.call = {.done = rig_done},
                               .coll = f.coll,
                               .change = {.struct_size = sizeof(apply.change),
                                          .remove_ids = gone,
                                          .n_remove_ids = 2}};
    call_apply_start(&apply);
    rig_wait(&apply.call);
    assert_ok(apply.call.status, &apply.call.err);
    struct view *behind = view_of(&f);
    struct call_count old = {.call = {.done = rig_done}, .view = before};
    struct call_count now = {.call = {.done = rig_done}, .view = behind};
    call_count_start(&old);
    call_count_start(&now);
    rig_wait(&old.call);
    rig_wait(&now.call);
    assert_int_equal(old.count, RECORDS);
    assert_int_equal(now.count, RECORDS - 2);
    view_close(before);
    view_close(behind);
    run_coll(&f, COLL_DROP);
    assert_null(f.coll);
    struct call_coll_list list = {.call = {.done = rig_done}, .store = f.store};
    call_coll_list_start(&list);
    rig_wait(&list.call);
    assert_int_equal(list.n_specs, 0);
    rig_close(&f.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_back_what_it_was_given),
        TEST(shows_a_view_as_it_was),
    };
    return RUN_TESTS(tests);
}
