/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Calls to stores, and what is made up for one that can do little. */
#include <stdio.h>

#include "core/mem.h"
#include "plugin/call_state.h"
#include "plugin/call_store.h"
#include "plugin/instance.h"
#include "plugin_rig.h"

struct fixture {
    struct rig rig;
    struct instance *store;
    struct coll *coll;
    struct view *view;
};

static void open_coll(struct fixture *f)
{
    struct call_coll open = {.call = {.done = rig_done},
                             .store = f->store,
                             .action = COLL_OPEN};
    open.spec.name = ragd_cs("c");
    call_coll_start(&open);
    rig_wait(&open.call);
    assert_ok(open.call.status, &open.call.err);
    call_release(&open.call);
    f->coll = open.coll;
}

static struct view *open_view(struct fixture *f)
{
    struct call_view view = {.call = {.done = rig_done}, .coll = f->coll};
    call_view_start(&view);
    rig_wait(&view.call);
    assert_ok(view.call.status, &view.call.err);
    call_release(&view.call);
    return view.view;
}

/* A store of this plugin with this act, its collection and a view of it. */
static void open_store(struct fixture *f, const char *plugin, const char *act)
{
    char yaml[128];
    snprintf(yaml, sizeof(yaml), "stores: {it: {plugin: %s, act: %s}}", plugin, act);
    *f = (struct fixture){0};
    rig_open(&f->rig, yaml, rig_puppets());
    f->store = rig_instance(PLUGIN_STORE, "it");
    open_coll(f);
    f->view = open_view(f);
}

static void close_store(struct fixture *f)
{
    view_close(f->view);
    coll_close(f->coll);
    rig_close(&f->rig);
}

static struct ragd_coll_stats stats_of(struct fixture *f)
{
    struct call_stats req = {.call = {.done = rig_done}, .view = f->view};
    call_stats_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    call_release(&req.call);
    return req.stats;
}

static struct call_query run_query(struct fixture *f, struct ragd_filter filter)
{
    static const double vec[] = {-1.0, 0.0};
    struct call_query req = {.call = {.done = rig_done},
                             .view = f->view,
                             .query = {.struct_size = sizeof(req.query),
                                       .dim = 2,
                                       .k = 3,
                                       .vec = vec,
                                       .text = {"word", 4},
                                       .filter = filter}};
    call_query_start(&req);
    rig_wait(&req.call);
    return req;
}

static void gives_the_hits_of_a_query(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-store", "right");
    struct call_query req = run_query(&f, (struct ragd_filter){0});
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_vector, 3);
    assert_int_equal(req.n_keyword, 0);
    assert_str_equal(req.vector_hits[2].rec->id, "r2");
    assert_int_equal(req.vector_plan, RAGD_PLAN_EXACT);
    assert_int_equal(req.n_terms, 1);
    assert_true(req.terms[0].idf == 1.5);
    call_release(&req.call);
    close_store(&f);
}

static void refuses_query(const char *act, const char *text)
{
    struct fixture f;
    open_store(&f, "puppet-store", act);
    struct call_query req = run_query(&f, (struct ragd_filter){0});
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, text);
    assert_null(req.vector_hits);
    call_release(&req.call);
    close_store(&f);
}

static void refuses_hits_that_make_no_sense(void **state)
{
    (void)state;
    refuses_query("wrong_list", "hits that were not asked for");
    refuses_query("bad_rank", "gives rank 7");
    refuses_query("bad_value", "where rank 0 is due");
    refuses_query("bad_order", "hits out of order");
    refuses_query("tie_order", "hits out of order");
    refuses_query("bad_vector", "a record's vector has a number that is not finite");
    refuses_query("bad_idf", "without a finite idf");
}

static void measures_and_orders_for_a_store_that_is_not_exact(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-plain", "right");
    struct call_query req = run_query(&f, (struct ragd_filter){0});
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_vector, 3);
    for (uint32_t i = 0; i < 3; i++) {
        char id[4];
        snprintf(id, sizeof(id), "r%u", i);
        assert_str_equal(req.vector_hits[i].rec->id, id);
        assert_int_equal(req.vector_hits[i].rank, i);
        assert_true(req.vector_hits[i].value == (double)((i + 1) * (i + 1)));
    }
    call_release(&req.call);
    close_store(&f);
    open_store(&f, "puppet-plain", "no_vector");
    req = run_query(&f, (struct ragd_filter){0});
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "without its vector");
    call_release(&req.call);
    close_store(&f);
}

static void gets_records_in_the_order_asked(void **state)
{
    (void)state;
    struct fixture f;
    const struct ragd_str ids[] = {ragd_cs("r2"), ragd_cs("absent"), ragd_cs("r0")};
    open_store(&f, "puppet-store", "right");
    struct call_get req = {.call = {.done = rig_done},
                           .view = f.view,
                           .ids = ids,
                           .n_ids = 3};
    call_get_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_records, 2);
    assert_str_equal(req.records[0].id, "r2");
    assert_true(req.records[0].vec[0] == 2.0f);
    assert_str_equal(req.records[1].id, "r0");
    call_release(&req.call);
    close_store(&f);

    open_store(&f, "puppet-store", "stranger");
    req = (struct call_get){.call = {.done = rig_done},
                            .view = f.view,
                            .ids = ids,
                            .n_ids = 3};
    call_get_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "was not asked for");
    call_release(&req.call);
    close_store(&f);
}

static void scans_in_pages(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-store", "right, n: 7");
    uint64_t after = 0, n = 0;
    bool more = true;
    while (more) {
        struct call_scan req = {.call = {.done = rig_done},
                                .view = f.view,
                                .after_seq = after,
                                .max_records = 3};
        call_scan_start(&req);
        rig_wait(&req.call);
        assert_ok(req.call.status, &req.call.err);
        assert_true(req.n_records <= 3);
        n += req.n_records;
        after = req.records[req.n_records - 1].seq;
        more = req.more;
        call_release(&req.call);
    }
    assert_int_equal(n, 7);
    assert_int_equal(after, 7);
    close_store(&f);

    open_store(&f, "puppet-store", "backwards");
    struct call_scan req = {.call = {.done = rig_done}, .view = f.view, .max_records = 3};
    call_scan_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "scans out of order");
    call_release(&req.call);
    close_store(&f);
}

static void counts_and_verifies(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-store", "right, n: 2");
    struct call_count count = {.call = {.done = rig_done}, .view = f.view};
    call_count_start(&count);
    rig_wait(&count.call);
    assert_int_equal(count.count, 2);
    struct call_verify verify = {.call = {.done = rig_done}, .view = f.view};
    call_verify_start(&verify);
    rig_wait(&verify.call);
    assert_ok(verify.call.status, &verify.call.err);
    assert_int_equal(verify.postings, 3);
    assert_int_equal(verify.n_problems, 2);
    assert_str_equal(verify.problems[1], "a record is missing");
    call_release(&verify.call);
    close_store(&f);
}

static struct call_apply apply_req(struct fixture *f)
{
    return (struct call_apply){.call = {.done = rig_done},
                               .coll = f->coll,
                               .change = {.struct_size = 8}};
}

static void applies_one_after_the_other(void **state)
{
    (void)state;
    struct fixture f;
    enum { N = 4 };
    open_store(&f, "puppet-store", "right");
    struct call_apply reqs[N];
    for (int i = 0; i < N; i++) {
        reqs[i] = apply_req(&f);
        call_apply_start(&reqs[i]);
    }
    for (int i = 0; i < N; i++) {
        rig_wait(&reqs[i].call);
        assert_ok(reqs[i].call.status, &reqs[i].call.err);
        call_release(&reqs[i].call);
        assert_true(i == N - 1 || call_active(&reqs[N - 1].call));
    }
    assert_int_equal(stats_of(&f).records, 1); /* most at once */
    close_store(&f);
}

static void closes_what_was_opened(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-store", "right");
    struct view *other = open_view(&f);
    assert_int_equal(stats_of(&f).vectors, 3); /* a collection and two views */
    view_close(other);
    struct coll *first = f.coll;
    open_coll(&f);
    coll_close(first); /* the view keeps it */
    for (int i = 0; i < 1000 && stats_of(&f).vectors != 3; i++) {
    }
    assert_int_equal(stats_of(&f).vectors, 3);
    close_store(&f);
}

static void drops_an_open_collection(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-store", "right");
    view_close(f.view);
    struct call_coll drop = {.call = {.done = rig_done},
                             .store = f.store,
                             .action = COLL_DROP,
                             .coll = f.coll};
    drop.spec.name = ragd_cs("c");
    call_coll_start(&drop);
    rig_wait(&drop.call);
    assert_ok(drop.call.status, &drop.call.err);
    assert_null(drop.coll);
    rig_close(&f.rig);
}

static void tells_which_collection_is_missing_or_there(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-store", "right");
    struct call_coll req = {.call = {.done = rig_done},
                            .store = f.store,
                            .action = COLL_OPEN};
    req.spec.name = ragd_cs("nowhere");
    call_coll_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.status, RAGD_E_NOT_FOUND);
    assert_null(req.coll);
    req.call = (struct call){.done = rig_done};
    req.action = COLL_CREATE;
    req.spec.name = ragd_cs("c");
    call_coll_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.status, RAGD_E_EXISTS);
    close_store(&f);
}

static void refuses_handles_that_are_none(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "stores: {it: {plugin: puppet-store, act: no_handle}}", rig_puppets());
    struct call_coll req = {.call = {.done = rig_done},
                            .store = rig_instance(PLUGIN_STORE, "it"),
                            .action = COLL_OPEN};
    req.spec.name = ragd_cs("c");
    call_coll_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_PLUGIN);
    assert_contains(req.call.err.msg, "without giving a handle");
    rig_close(&rig);
}

/* ---- a store without blobs ------------------------------------------------------------ */

static const struct ragd_block block = {RAGD_BLOCK_HEADING, 2, 0, 0, 0, 5};

static int try_document(struct fixture *f)
{
    struct ragd_value list[] = {{RAGD_V_STR, 0, {.s = {"x", 1}}},
                                {RAGD_V_STR, 0, {.s = {"y", 1}}}};
    struct ragd_kv meta[] = {{ragd_cs("list"), {RAGD_V_LIST, 0, {.list = {list, 2}}}},
                             {ragd_cs("n"), {RAGD_V_INT, 0, {.i = -7}}},
                             {ragd_cs("r"), {RAGD_V_REAL, 0, {.d = 0.5}}}};
    struct ragd_stored_doc docs[2];
    const struct ragd_stored_doc *list_of[] = {&docs[0], &docs[1]};
    struct ragd_blob blobs[] = {{ragd_cs("manifest/a"), {"\0\1", 2}},
                                {ragd_cs("manifest/b"), {"b", 1}},
                                {ragd_cs("settings"), {"s", 1}}};
    for (int i = 0; i < 2; i++) {
        docs[i] = (struct ragd_stored_doc){.struct_size = sizeof(docs[i]),
                                           .id = ragd_cs(i ? "b" : "a"),
                                           .source = ragd_cs("file:///a"),
                                           .title = ragd_cs("T"),
                                           .text = ragd_cs("hello world"),
                                           .blocks = &block,
                                           .n_blocks = 1,
                                           .meta = {meta, 3},
                                           .added_ms = -5,
                                           .n_chunks = 9};
    }
    struct call_apply req = apply_req(f);
    req.change.docs = list_of;
    req.change.n_docs = 2;
    req.change.blobs = blobs;
    req.change.n_blobs = 3;
    call_apply_start(&req);
    rig_wait(&req.call);
    call_release(&req.call);
    return req.call.status;
}

static void put_document(struct fixture *f)
{
    assert_int_equal(try_document(f), 0);
}

static void keeps_documents_for_a_store_that_does_not(void **state)
{
    (void)state;
    struct fixture f;
    const struct ragd_str ids[] = {ragd_cs("b"), ragd_cs("absent"), ragd_cs("a")};
    open_store(&f, "puppet-plain", "right");
    put_document(&f);
    struct call_docs req = {.call = {.done = rig_done},
                            .view = f.view,
                            .ids = ids,
                            .n_ids = 3};
    call_docs_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_docs, 2);
    assert_str_equal(req.docs[0].id, "b");
    assert_str_equal(req.docs[1].text, "hello world");
    assert_int_equal(req.docs[0].meta.n, 3);
    assert_str_equal(req.docs[0].meta.p[0].val.u.list.p[1].u.s, "y");
    assert_int_equal(req.docs[0].meta.p[1].val.u.i, -7);
    assert_true(req.docs[0].meta.p[2].val.u.d == 0.5);
    assert_memory_equal(req.docs[0].blocks, &block, sizeof(block));
    assert_int_equal(req.docs[0].added_ms, -5);
    call_release(&req.call);

    req = (struct call_docs){.call = {.done = rig_done}, .view = f.view, .max_docs = 1};
    call_docs_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.n_docs, 1);
    assert_true(req.more);
    assert_str_equal(req.docs[0].id, "a");
    call_release(&req.call);
    req = (struct call_docs){.call = {.done = rig_done},
                             .view = f.view,
                             .max_docs = 5,
                             .after = ragd_cs("a")};
    call_docs_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.n_docs, 1);
    assert_false(req.more);
    assert_str_equal(req.docs[0].id, "b");
    call_release(&req.call);
    close_store(&f);
}

static void keeps_blobs_for_a_store_that_does_not(void **state)
{
    (void)state;
    struct fixture f;
    const struct ragd_str names[] = {ragd_cs("settings"), ragd_cs("manifest/a")};
    open_store(&f, "puppet-plain", "right");
    put_document(&f);
    struct call_blobs req = {.call = {.done = rig_done},
                             .view = f.view,
                             .prefix = ragd_cs("manifest/"),
                             .max_blobs = 10};
    call_blobs_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_blobs, 2);
    assert_str_equal(req.blobs[0].name, "manifest/a");
    assert_memory_equal(req.blobs[0].bytes.p, "\0\1", 2);
    call_release(&req.call);

    struct ragd_blob gone = {ragd_cs("manifest/a"), {NULL, 0}};
    struct call_apply apply = apply_req(&f);
    apply.change.blobs = &gone;
    apply.change.n_blobs = 1;
    call_apply_start(&apply);
    rig_wait(&apply.call);
    call_release(&apply.call);
    req = (struct call_blobs){.call = {.done = rig_done},
                              .view = f.view,
                              .names = names,
                              .n_names = 2};
    call_blobs_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.n_blobs, 1);
    assert_str_equal(req.blobs[0].name, "settings");
    call_release(&req.call);
    close_store(&f);
}

/* Record ri has the metadata "n": i. */
static struct ragd_filter at_least(int64_t n)
{
    static struct ragd_filter_node node;
    node = (struct ragd_filter_node){RAGD_F_GE, 0, ragd_cs("n"), {RAGD_V_INT, 0, {.i = n}}};
    return (struct ragd_filter){&node, 1};
}

static void filters_for_a_store_that_cannot(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-plain", "right, n: 100");
    struct call_query req = run_query(&f, at_least(50)); /* asks for 12, 48, 192 */
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_vector, 3);
    for (uint32_t i = 0; i < 3; i++) {
        char id[8];
        snprintf(id, sizeof(id), "r%u", 50 + i);
        assert_str_equal(req.vector_hits[i].rec->id, id);
        assert_int_equal(req.vector_hits[i].rank, i);
    }
    call_release(&req.call);
    req = run_query(&f, at_least(99));
    assert_int_equal(req.n_vector, 1);
    call_release(&req.call);

    struct call_count count = {.call = {.done = rig_done},
                               .view = f.view,
                               .filter = at_least(30)};
    call_count_start(&count);
    rig_wait(&count.call);
    assert_int_equal(count.count, 70);
    close_store(&f);
}

static void scans_a_store_that_numbers_nothing(void **state)
{
    (void)state;
    struct fixture f;
    uint64_t after = 0, n = 0;
    bool more = true;
    open_store(&f, "puppet-plain", "right, n: 20");
    while (more) {
        struct call_scan req = {.call = {.done = rig_done},
                                .view = f.view,
                                .after_seq = after,
                                .max_records = 4,
                                .filter = at_least(7)};
        call_scan_start(&req);
        rig_wait(&req.call);
        assert_ok(req.call.status, &req.call.err);
        for (size_t i = 0; i < req.n_records; i++) {
            char id[8];
            snprintf(id, sizeof(id), "r%u", (unsigned)(7 + n++));
            assert_str_equal(req.records[i].id, id);
        }
        after = req.n_records ? req.records[req.n_records - 1].seq : after;
        more = req.more;
        call_release(&req.call);
    }
    assert_int_equal(n, 13);
    close_store(&f);
}

static void refuses_a_filter_that_is_malformed(void **state)
{
    (void)state;
    struct fixture f;
    struct ragd_filter_node node = {RAGD_F_AND, 2, {0}, {0}};
    open_store(&f, "puppet-store", "right");
    struct call_query req = run_query(&f, (struct ragd_filter){&node, 1});
    assert_int_equal(req.call.err.id, ERR_INVALID);
    assert_contains(req.call.err.msg, "the filter: ");
    call_release(&req.call);
    node = (struct ragd_filter_node){777, 0, ragd_cs("x"), {0}};
    req = run_query(&f, (struct ragd_filter){&node, 1});
    assert_int_equal(req.call.err.id, ERR_UNSUPPORTED);
    call_release(&req.call);
    close_store(&f);
}

/* ---- the daemon's own database ------------------------------------------------------- */

static void remembers_vectors_jobs_and_watermarks(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", NULL);
    struct vector_key keys[2] = {{{1}}, {{2}}};
    const float rows[] = {1.0f, 2.0f};
    struct call_vectors put = {.call = {.done = rig_done},
                               .action = VECTORS_PUT,
                               .space = ragd_cs("s"),
                               .dim = 2,
                               .keys = keys,
                               .n = 1,
                               .rows = rows};
    call_vectors_start(&put);
    rig_wait(&put.call);
    assert_ok(put.call.status, &put.call.err);
    struct call_vectors get = {.call = {.done = rig_done},
                               .action = VECTORS_GET,
                               .space = ragd_cs("s"),
                               .dim = 2,
                               .keys = keys,
                               .n = 2};
    call_vectors_start(&get);
    rig_wait(&get.call);
    assert_ok(get.call.status, &get.call.err);
    assert_true(get.found[0] && !get.found[1]);
    assert_memory_equal(get.rows, rows, sizeof(rows));
    call_release(&get.call);

    struct call_jobs job = {.call = {.done = rig_done},
                            .job = {.kind = ragd_cs("add"),
                                    .collection = ragd_cs("c"),
                                    .state = JOB_DONE,
                                    .error = ragd_cs("")}};
    call_jobs_start(&job);
    rig_wait(&job.call);
    assert_int_equal(job.job.id, 1);
    struct call_jobs list = {.call = {.done = rig_done}, .action = JOBS_LIST};
    call_jobs_start(&list);
    rig_wait(&list.call);
    assert_int_equal(list.n_jobs, 1);
    assert_str_equal(list.jobs[0].kind, "add");
    assert_int_equal(list.jobs[0].state, JOB_DONE);
    call_release(&list.call);

    struct call_watermark mark = {.call = {.done = rig_done},
                                  .put = true,
                                  .store = ragd_cs("s"),
                                  .coll = ragd_cs("c"),
                                  .sequence = 42};
    call_watermark_start(&mark);
    rig_wait(&mark.call);
    mark.call = (struct call){.done = rig_done};
    mark.put = false;
    mark.sequence = 0;
    call_watermark_start(&mark);
    rig_wait(&mark.call);
    assert_int_equal(mark.sequence, 42);
    rig_close(&rig);
}

static int add_up(struct call_work *req, struct err *err)
{
    int *n = req->call.arg;
    return ++*n > 1 ? err_set(err, ERR_LIMIT, "too much") : 0;
}

static bool worked;

static void on_worked(struct call *call)
{
    worked = true;
    (void)call;
}

static void runs_own_work_on_a_worker(void **state)
{
    (void)state;
    struct rig rig;
    int n = 0;
    rig_open(&rig, "", NULL);
    for (int i = 0; i < 2; i++) {
        struct call_work req = {.call = {.done = on_worked, .arg = &n}, .work = add_up};
        worked = false;
        call_work_start(&req);
        while (!worked) {
            rig_turns();
        }
        assert_int_equal(req.call.err.id, i ? ERR_LIMIT : ERR_NONE);
    }
    struct call_later later = {.call = {.done = rig_done}, .delay_ms = 1};
    call_later_start(&later);
    rig_wait(&later.call);
    assert_int_equal(later.call.status, 0);
    later.call = (struct call){.done = rig_done};
    later.delay_ms = 3600000;
    call_later_start(&later);
    call_cancel(&later.call);
    rig_wait(&later.call);
    assert_int_equal(later.call.err.id, ERR_CANCELLED);
    rig_close(&rig);
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    struct fixture f;
    open_store(&f, "puppet-plain", "right");
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        struct call_query req = run_query(&f, (struct ragd_filter){0});
        mem_fail_after(-1, 0);
        done = req.call.status == 0;
        call_release(&req.call);
    }
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        done = try_document(&f) == 0;
        mem_fail_after(-1, 0);
    }
    FOR_EACH_FAILURE(n, done)
    {
        struct call_docs docs = {.call = {.done = rig_done}, .view = f.view, .max_docs = 5};
        mem_fail_after(n, 0);
        call_docs_start(&docs);
        rig_wait(&docs.call);
        mem_fail_after(-1, 0);
        done = docs.call.status == 0;
        assert_true(done ? docs.n_docs == 2 : docs.docs == NULL);
        call_release(&docs.call);
    }
    FOR_EACH_FAILURE(n, done)
    {
        struct call_coll open = {.call = {.done = rig_done},
                                 .store = f.store,
                                 .action = COLL_OPEN};
        open.spec.name = ragd_cs("c");
        mem_fail_after(n, 0);
        call_coll_start(&open);
        rig_wait(&open.call);
        mem_fail_after(-1, 0);
        done = open.call.status == 0;
        coll_close(open.coll);
        call_release(&open.call);
    }
    close_store(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_the_hits_of_a_query),
        TEST(refuses_hits_that_make_no_sense),
        TEST(measures_and_orders_for_a_store_that_is_not_exact),
        TEST(gets_records_in_the_order_asked),
        TEST(scans_in_pages),
        TEST(counts_and_verifies),
        TEST(applies_one_after_the_other),
        TEST(closes_what_was_opened),
        TEST(drops_an_open_collection),
        TEST(tells_which_collection_is_missing_or_there),
        TEST(refuses_handles_that_are_none),
        TEST(keeps_documents_for_a_store_that_does_not),
        TEST(keeps_blobs_for_a_store_that_does_not),
        TEST(filters_for_a_store_that_cannot),
        TEST(scans_a_store_that_numbers_nothing),
        TEST(refuses_a_filter_that_is_malformed),
        TEST(remembers_vectors_jobs_and_watermarks),
        TEST(runs_own_work_on_a_worker),
        TEST(survives_every_failing_allocation),
    };
    return RUN_TESTS(tests);
}
