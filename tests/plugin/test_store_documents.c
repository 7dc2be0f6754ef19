/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Documents, blobs and stages, as every store must keep them; built once for
 * each store plugin. */
#include "store_support.h"

static const float A[TEST_DIM] = {1, 0, 0, 0}, B[TEST_DIM] = {0, 1, 0, 0},
                   C[TEST_DIM] = {0, 0, 2, 0};

static void documents_are_kept_with_their_blocks(void **state)
{
    struct store_test *st = *state;
    const struct ragd_block block = {RAGD_BLOCK_HEADING, 2, 3, 0, 4, 5};
    struct store_change c;
    change_init(&c);
    struct ragd_stored_doc *doc = change_put_doc(&c, "b", "Some text");
    doc->blocks = &block;
    doc->n_blocks = 1;
    doc->added_ms = -5;
    doc->n_chunks = 9;
    change_put_doc(&c, "a", "Other");
    store_apply_ok(st, &c.apply);
    assert_int_equal(store_stats_now(st).docs, 2);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    const struct ragd_str ids[] = {ragd_cs("nobody"), ragd_cs("b")};
    assert_status(call,
                  st->t->doc_get(view, call, UINT32_MAX, ids, 2, &fake_stored_doc_sink),
                  RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    assert_int_equal(r->n_stored_docs, 1);
    assert_str_equal(r->stored_docs[0].text, "Some text");
    assert_str_equal(r->stored_docs[0].source, "file:///a");
    assert_int_equal(r->stored_docs[0].n_blocks, 1);
    assert_memory_equal(r->stored_docs[0].blocks, &block, sizeof(block));
    assert_int_equal(r->stored_docs[0].added_ms, -5);
    assert_status(call, st->t->doc_scan(view, call, 0, ragd_cs(""), &fake_stored_doc_sink),
                  RAGD_OK);
    assert_int_equal(r->n_stored_docs, 3);
    assert_str_equal(r->stored_docs[1].id, "a");
    assert_int_equal(r->stored_docs[1].text.n, 0);
    assert_status(call, st->t->doc_scan(view, call, 0, ragd_cs("a"), &fake_stored_doc_sink),
                  RAGD_OK);
    assert_int_equal(r->n_stored_docs, 4);
    assert_str_equal(r->stored_docs[3].id, "b");
    fake_call_destroy(call);
    st->t->view_close(view);
    change_init(&c);
    change_remove_doc(&c, "a");
    change_remove_doc(&c, "nobody");
    store_apply_ok(st, &c.apply);
    assert_int_equal(store_stats_now(st).docs, 1);
    store_verify_clean(st);
}

static void blobs_are_found_by_name_and_prefix(void **state)
{
    struct store_test *st = *state;
    struct store_change c;
    change_init(&c);
    change_blob(&c, "manifest/b", "2");
    change_blob(&c, "manifest/a", "1");
    change_blob(&c, "manifest0", "0");
    change_blob(&c, "settings", "");
    store_apply_ok(st, &c.apply);
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    const struct fake_results *r = fake_call_results(call);
    const struct ragd_str names[] = {ragd_cs("settings"), ragd_cs("x"),
                                     ragd_cs("manifest/a")};
    assert_status(call, st->t->blob_get(view, call, names, 3, &fake_blob_sink), RAGD_OK);
    assert_int_equal(r->n_blobs, 2);
    assert_int_equal(r->blobs[0].bytes.n, 0);
    assert_memory_equal(r->blobs[1].bytes.p, "1", 1);
    assert_status(call,
                  st->t->blob_scan(view, call, ragd_cs("manifest/"), ragd_cs(""),
                                   &fake_blob_sink),
                  RAGD_OK);
    assert_int_equal(r->n_blobs, 4);
    assert_str_equal(r->blobs[2].name, "manifest/a");
    assert_status(call,
                  st->t->blob_scan(view, call, ragd_cs("manifest/"), ragd_cs("manifest/a"),
                                   &fake_blob_sink),
                  RAGD_OK);
    assert_int_equal(r->n_blobs, 5);
    assert_str_equal(r->blobs[4].name, "manifest/b");
    fake_call_destroy(call);
    st->t->view_close(view);
    change_init(&c);
    change_blob(&c, "manifest/a", NULL);
    store_apply_ok(st, &c.apply);
    assert_int_equal(store_stats_now(st).blobs, 3);
}

static void stages_become_visible_together(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    store_put(st, "old", "harbour", A);
    uint64_t before = store_stats_now(st).sequence;
    struct store_change c;
    change_init(&c);
    c.apply.generation = 5;
    c.apply.flags = RAGD_APPLY_STAGE;
    change_remove(&c, "old");
    change_put(&c, "a", "harbour one", A);
    store_apply_ok(st, &c.apply);
    assert_string_equal(store_ids(st, NULL, ids), "old");
    assert_int_equal(store_stats_now(st).sequence, before);
    change_init(&c);
    c.apply.generation = 5;
    c.apply.flags = RAGD_APPLY_STAGE;
    change_put(&c, "b", "harbour two", B);
    change_put_doc(&c, "d", "text");
    store_apply_ok(st, &c.apply);
    struct ragd_view *view = store_view(st);
    change_init(&c);
    c.apply.generation = 5;
    change_put(&c, "c", "harbour three", C);
    change_blob(&c, "m", "manifest");
    store_apply_ok(st, &c.apply);
    assert_string_equal(store_ids(st, view, ids), "old");
    st->t->view_close(view);
    assert_string_equal(store_ids(st, NULL, ids), "a b c");
    struct ragd_coll_stats stats = store_stats_now(st);
    assert_true(stats.sequence > before);
    assert_int_equal(stats.vectors, 3);
    assert_int_equal(stats.docs, 1);
    assert_int_equal(stats.blobs, 1);
    store_verify_clean(st);
}

static void an_aborted_generation_leaves_nothing(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    struct store_change c;
    change_init(&c);
    c.apply.generation = 9;
    c.apply.flags = RAGD_APPLY_STAGE;
    change_put(&c, "a", "one", A);
    store_apply_ok(st, &c.apply);
    change_init(&c);
    c.apply.generation = 9;
    c.apply.flags = RAGD_APPLY_ABORT;
    store_apply_ok(st, &c.apply);
    change_init(&c);
    c.apply.generation = 9;
    change_put(&c, "b", "two", B);
    store_apply_ok(st, &c.apply);
    assert_string_equal(store_ids(st, NULL, ids), "b");
}

static void generations_do_not_mix(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    struct store_change c;
    for (uint64_t g = 1; g <= 2; g++) {
        change_init(&c);
        c.apply.generation = g;
        c.apply.flags = RAGD_APPLY_STAGE;
        change_put(&c, g == 1 ? "a" : "b", "text", A);
        store_apply_ok(st, &c.apply);
    }
    change_init(&c);
    c.apply.generation = 2;
    store_apply_ok(st, &c.apply);
    assert_string_equal(store_ids(st, NULL, ids), "b");
    change_init(&c);
    c.apply.generation = 1;
    store_apply_ok(st, &c.apply);
    assert_string_equal(store_ids(st, NULL, ids), "b a");
}

/* A record with a vector, its document and its manifest, with a text. */
static void put_all(struct store_test *st, const char *text)
{
    struct store_change c;
    change_init(&c);
    change_put(&c, "a#0", text, A);
    change_put_doc(&c, "a", text);
    change_blob(&c, "m", text);
    store_apply_ok(st, &c.apply);
}

static void bytes_of_the_data_are_counted_and_given_back(void **state)
{
    struct store_test *st = *state;
    struct store_change c;
    assert_int_equal(store_stats_now(st).bytes_data, 0);
    put_all(st, "short");
    uint64_t few = store_stats_now(st).bytes_data;
    assert_true(few > 3 * strlen("short") + st->dim * sizeof(float));
    put_all(st, "a text that is quite a bit longer than the other one was");
    assert_true(store_stats_now(st).bytes_data > few);
    put_all(st, "short");
    assert_int_equal(store_stats_now(st).bytes_data, few);
    put_all(st, "short");
    store_test_reopen(st);
    if (store_stats_now(st).records) { /* else it keeps nothing */
        assert_int_equal(store_stats_now(st).bytes_data, few);
    }
    change_init(&c);
    change_remove(&c, "a#0");
    change_remove_doc(&c, "a");
    change_blob(&c, "m", NULL);
    store_apply_ok(st, &c.apply);
    assert_int_equal(store_stats_now(st).bytes_data, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(documents_are_kept_with_their_blocks),
        STORE_TEST(blobs_are_found_by_name_and_prefix),
        STORE_TEST(stages_become_visible_together),
        STORE_TEST(an_aborted_generation_leaves_nothing),
        STORE_TEST(generations_do_not_mix),
        STORE_TEST(bytes_of_the_data_are_counted_and_given_back),
    };
    return RUN_TESTS(tests);
}
