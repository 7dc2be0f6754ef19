/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What is made up for a store that can do little: blobs, documents, filters. */
#include <stdio.h>

#include "core/mem.h"
#include "store_rig.h"

static const struct ragd_block block = {RAGD_BLOCK_HEADING, 2, 0, 0, 0, 5};

static int try_document(struct store_rig *f)
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
    struct call_apply req = store_rig_apply(f);
    req.change.docs = list_of;
    req.change.n_docs = 2;
    req.change.blobs = blobs;
    req.change.n_blobs = 3;
    call_apply_start(&req);
    rig_wait(&req.call);
    call_release(&req.call);
    return req.call.status;
}

static void put_document(struct store_rig *f)
{
    assert_int_equal(try_document(f), 0);
}

static void keeps_documents_for_a_store_that_does_not(void **state)
{
    (void)state;
    struct store_rig f;
    const struct ragd_str ids[] = {ragd_cs("b"), ragd_cs("absent"), ragd_cs("a")};
    store_rig_open(&f, "puppet-plain", "right");
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
    store_rig_close(&f);
}

static void keeps_blobs_for_a_store_that_does_not(void **state)
{
    (void)state;
    struct store_rig f;
    const struct ragd_str names[] = {ragd_cs("settings"), ragd_cs("manifest/a")};
    store_rig_open(&f, "puppet-plain", "right");
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
    struct call_apply apply = store_rig_apply(&f);
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
    store_rig_close(&f);
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
    struct store_rig f;
    store_rig_open(&f, "puppet-plain", "right, n: 100");
    struct call_query req = store_rig_query(&f, at_least(50)); /* asks for 12, 48, 192 */
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_vector, 3);
    for (uint32_t i = 0; i < 3; i++) {
        char id[8];
        snprintf(id, sizeof(id), "r%u", 50 + i);
        assert_str_equal(req.vector_hits[i].rec->id, id);
        assert_int_equal(req.vector_hits[i].rank, i);
    }
    call_release(&req.call);
    req = store_rig_query(&f, at_least(99));
    assert_int_equal(req.n_vector, 1);
    call_release(&req.call);

    struct call_count count = {.call = {.done = rig_done},
                               .view = f.view,
                               .filter = at_least(30)};
    call_count_start(&count);
    rig_wait(&count.call);
    assert_int_equal(count.count, 70);
    store_rig_close(&f);
}

static void scans_a_store_that_numbers_nothing(void **state)
{
    (void)state;
    struct store_rig f;
    uint64_t after = 0, n = 0;
    bool more = true;
    store_rig_open(&f, "puppet-plain", "right, n: 20");
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
    store_rig_close(&f);
}

static void refuses_a_filter_that_is_malformed(void **state)
{
    (void)state;
    struct store_rig f;
    struct ragd_filter_node node = {RAGD_F_AND, 2, {0}, {0}};
    store_rig_open(&f, "puppet-store", "right");
    struct call_query req = store_rig_query(&f, (struct ragd_filter){&node, 1});
    assert_int_equal(req.call.err.id, ERR_INVALID);
    assert_contains(req.call.err.msg, "the filter: ");
    call_release(&req.call);
    node = (struct ragd_filter_node){777, 0, ragd_cs("x"), {0}};
    req = store_rig_query(&f, (struct ragd_filter){&node, 1});
    assert_int_equal(req.call.err.id, ERR_UNSUPPORTED);
    call_release(&req.call);
    store_rig_close(&f);
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    struct store_rig f;
    store_rig_open(&f, "puppet-plain", "right");
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        struct call_query req = store_rig_query(&f, (struct ragd_filter){0});
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
    store_rig_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_documents_for_a_store_that_does_not),
        TEST(keeps_blobs_for_a_store_that_does_not),
        TEST(filters_for_a_store_that_cannot),
        TEST(scans_a_store_that_numbers_nothing),
        TEST(refuses_a_filter_that_is_malformed),
        TEST(survives_every_failing_allocation),
    };
    return RUN_TESTS(tests);
}
