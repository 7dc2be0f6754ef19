/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/documents.h"

#include <stdio.h>

#include "rag/embed.h"
#include "rag/jobs.h"
#include "rag/verify.h"
#include "support/rag_add.h"

struct reader {
    struct documents_list list;
    char ids[32][32];
    size_t n, pages;
};

static struct world world;

static void on_docs(struct documents_list *list, const struct ragd_stored_doc *docs,
                    size_t n)
{
    struct reader *reader = (struct reader *)list;
    reader->pages++;
    for (size_t i = 0; i < n; i++) {
        snprintf(reader->ids[reader->n++], 32, "%.*s", (int)docs[i].id.n, docs[i].id.p);
    }
}

static void on_chunks(struct documents_list *list, const struct chunk_out *chunks, size_t n)
{
    struct reader *reader = (struct reader *)list;
    reader->pages++;
    for (size_t i = 0; i < n; i++) {
        snprintf(reader->ids[reader->n++], 32, "%.*s", (int)chunks[i].rec->id.n,
                 chunks[i].rec->id.p);
    }
}

static int list_run(struct reader *reader)
{
    reader->list.on_docs = on_docs;
    reader->list.on_chunks = on_chunks;
    world_op(&world, &reader->list.op);
    documents_list_start(&reader->list);
    return world_end(&world, &reader->list.op);
}

static void add_five(void)
{
    static const char *const NAMES[] = {"e.txt", "c.txt", "a.txt", "d.txt", "b.txt"};
    for (size_t i = 0; i < 5; i++) {
        add_text(&world, NAMES[i], NAMES[i]);
    }
}

static void lists_documents_by_id(void **state)
{
    (void)state;
    add_five();
    struct reader all = {0}, first = {.list.limit = 2}, rest = {0};
    assert_ok(list_run(&all), &all.list.op.err);
    assert_int_equal(all.n, 5);
    assert_int_equal(all.pages, 2);
    assert_int_equal(all.list.next.n, 0);
    assert_string_equal(all.ids[0], "a.txt");
    assert_string_equal(all.ids[4], "e.txt");
    assert_ok(list_run(&first), &first.list.op.err);
    assert_int_equal(first.n, 2);
    assert_str_equal(first.list.next, "b.txt");
    rest.list.after = first.list.next;
    assert_ok(list_run(&rest), &rest.list.op.err);
    assert_int_equal(rest.n, 3);
    assert_string_equal(rest.ids[0], "c.txt");
    operation_release(&all.list.op);
    operation_release(&first.list.op);
    operation_release(&rest.list.op);
}

static void lists_chunks_in_insertion_order(void **state)
{
    (void)state;
    add_five();
    struct reader first = {.list = {.chunks = true, .limit = 4}},
                  rest = {.list.chunks = true};
    struct reader bad = {.list = {.chunks = true, .after = ragd_cs("x")}};
    assert_ok(list_run(&first), &first.list.op.err);
    assert_int_equal(first.n, 4);
    assert_string_equal(first.ids[0], "e.txt#0");
    rest.list.after = first.list.next;
    assert_ok(list_run(&rest), &rest.list.op.err);
    assert_int_equal(rest.n, 1);
    assert_string_equal(rest.ids[0], "b.txt#0");
    assert_err(list_run(&bad), &bad.list.op.err, INVALID);
    operation_release(&first.list.op);
    operation_release(&rest.list.op);
    operation_release(&bad.list.op);
}

static void holds_pages_back_while_paused(void **state)
{
    (void)state;
    add_five();
    for (int chunks = 0; chunks < 2; chunks++) {
        struct reader reader = {
            .list = {.chunks = chunks, .on_docs = on_docs, .on_chunks = on_chunks}};
        world_op(&world, &reader.list.op);
        documents_list_start(&reader.list);
        operation_pause(&reader.list.op);
        fake_settle();
        assert_int_equal(reader.pages, 0);
        operation_resume(&reader.list.op);
        assert_int_equal(world_end(&world, &reader.list.op), 0);
        assert_int_equal(reader.n, 5);
        operation_release(&reader.list.op);
    }
}

/* Takes a text in bits of four bytes, each after a pause. */
struct getter {
    struct documents_get get;
    char text[64];
    size_t n, parts;
};

static size_t on_get_text(struct documents_get *get, struct ragd_str rest)
{
    struct getter *getter = (struct getter *)get;
    size_t n = rest.n < 4 ? rest.n : 4;
    memcpy(getter->text + getter->n, rest.p, n);
    getter->n += n;
    getter->parts++;
    operation_pause(&get->op);
    return n;
}

static size_t on_get_doc(struct documents_get *get, const struct ragd_stored_doc *doc)
{
    return on_get_text(get, doc->text);
}

static void a_long_document_is_told_in_parts(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "a text of some length");
    struct getter getter = {.get = {.id = ragd_cs("a.txt"), .include = RAGD_INCLUDE_TEXT}};
    getter.get.on_doc = on_get_doc;
    getter.get.on_text = on_get_text;
    world_op(&world, &getter.get.op);
    documents_get_start(&getter.get);
    for (size_t parts = 1; getter.get.op.run; parts++) {
        fake_settle();
        assert_int_equal(getter.parts, parts < 6 ? parts : 6);
        operation_resume(&getter.get.op);
    }
    assert_ok(getter.get.op.status, &getter.get.op.err);
    assert_string_equal(getter.text, "a text of some length");
    operation_release(&getter.get.op);
}

static size_t take_all(struct documents_get *get, const struct ragd_stored_doc *doc)
{
    (void)get;
    return doc->text.n;
}

static int get(struct documents_get *req, const char *id)
{
    req->on_doc = take_all;
    req->id = ragd_cs(id);
    req->include = RAGD_INCLUDE_TEXT;
    world_op(&world, &req->op);
    documents_get_start(req);
    return world_end(&world, &req->op);
}

static void reads_a_document_or_a_chunk(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "# Title\nfirst\fsecond");
    struct documents_get doc = {0}, chunk = {0}, none = {0};
    assert_ok(get(&doc, "a.txt!part/1"), &doc.op.err);
    assert_str_equal(doc.doc->source, "a.txt");
    assert_str_equal(doc.doc->text, "second");
    assert_ok(get(&chunk, "a.txt!part/1#0"), &chunk.op.err);
    assert_null(chunk.doc);
    assert_str_equal(chunk.chunk.source, "a.txt");
    assert_str_equal(chunk.chunk.rec->text, "second");
    assert_err(get(&none, "b.txt"), &none.op.err, NO_DOCUMENT);
    operation_release(&doc.op);
    operation_release(&chunk.op);
    operation_release(&none.op);
}

static int remove_ids(struct documents_remove *req, const struct ragd_str *ids, size_t n)
{
    req->ids = ids;
    req->n_ids = n;
    world_op(&world, &req->op);
    documents_remove_start(req);
    return world_end(&world, &req->op);
}

static bool is_clean(void);

static void removes_sources_and_tells_what_was_missing(void **state)
{
    (void)state;
    add_five();
    const struct ragd_str ids[] = {ragd_cs("a.txt"), ragd_cs("zz"), ragd_cs("c.txt"),
                                   ragd_cs("d.txt#0")};
    struct documents_remove req = {0};
    assert_ok(remove_ids(&req, ids, 4), &req.op.err);
    assert_int_equal(req.documents, 2);
    assert_int_equal(req.chunks, 2);
    assert_int_equal(req.n_missing, 2);
    assert_str_equal(req.missing[0], "zz");
    assert_false(fake_has("a.txt") || fake_has("a.txt#0") || fake_has("manifest/a.txt"));
    assert_true(fake_has("d.txt#0"));
    fake_crash();
    assert_false(fake_has("c.txt#0"));
    assert_true(is_clean());
    operation_release(&req.op);
}

static void a_removed_part_comes_back_with_its_source(void **state)
{
    (void)state;
    const char *text = "first\fsecond\fthird";
    add_text(&world, "a.txt", text);
    const struct ragd_str id = ragd_cs("a.txt!part/1");
    struct documents_remove req = {0};
    assert_ok(remove_ids(&req, &id, 1), &req.op.err);
    assert_int_equal(req.documents, 1);
    assert_false(fake_has("a.txt!part/1#0"));
    assert_true(fake_has("a.txt!part/2#0"));
    assert_true(is_clean());
    add_text(&world, "a.txt", text);
    assert_true(fake_has("a.txt!part/1#0"));
    operation_release(&req.op);
}

static void removal_fails_whole_or_not_at_all(void **state)
{
    (void)state;
    const struct ragd_str id = ragd_cs("a.txt");
    int rc = -1;
    for (long n = 0; rc; n++) {
        struct documents_remove req = {0};
        add_text(&world, "a.txt", "first\fsecond");
        fake_fault(n, ERR_STORAGE_IO);
        rc = remove_ids(&req, &id, 1);
        fake_fault(-1, ERR_NONE);
        assert_true(fake_has("a.txt#0") == fake_has("a.txt!part/1#0"));
        assert_true(is_clean());
        operation_release(&req.op);
        assert_true(n < 30);
    }
    rc = -1;
    for (long n = 0; rc; n++) {
        struct documents_remove req = {0};
        add_text(&world, "a.txt", "first\fsecond");
        mem_fail_after(n, 0);
        rc = remove_ids(&req, &id, 1);
        mem_fail_after(-1, 0);
        assert_true(is_clean());
        operation_release(&req.op);
        assert_true(n < 300);
    }
}

/* Verification. */

struct checker {
    struct verify verify;
    size_t reports, problems, manifests, records;
    char first[128];
};

static void on_report(struct verify *verify, const struct verify_report *report)
{
    struct checker *checker = (struct checker *)verify;
    checker->reports++;
    checker->problems += report->n_problems;
    checker->manifests += report->manifests;
    checker->records += report->records;
    if (report->n_problems) {
        snprintf(checker->first, sizeof(checker->first), "%.*s", (int)report->problems[0].n,
                 report->problems[0].p);
    }
}

static int verify_run(struct checker *checker)
{
    checker->verify.on_report = on_report;
    world_op(&world, &checker->verify.op);
    verify_start(&checker->verify);
    return world_end(&world, &checker->verify.op);
}

static bool is_clean(void)
{
    struct checker checker = {0};
    assert_ok(verify_run(&checker), &checker.verify.op.err);
    operation_release(&checker.verify.op);
    assert_int_equal(checker.verify.ok, checker.problems == 0);
    return checker.verify.ok;
}

/* VIEW, the store's own check, the first page of manifests. */
static void what_cannot_be_read_ends_only_its_collection(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "first");
    world_make(&world, "other", "", 0);
    for (long n = 0; n < 3; n++) {
        struct checker checker = {0};
        fake_fault(n, ERR_CORRUPT);
        assert_ok(verify_run(&checker), &checker.verify.op.err);
        assert_true(fake_fault_met());
        assert_int_equal(checker.reports, 2);
        assert_int_equal(checker.problems, 1);
        assert_false(checker.verify.ok);
        assert_non_null(strstr(checker.first, "store shelf"));
        operation_release(&checker.verify.op);
        fake_fault(-1, 0);
    }
    struct checker checker = {0};
    fake_fault(2, ERR_NOMEM);
    assert_err(verify_run(&checker), &checker.verify.op.err, NOMEM);
    operation_release(&checker.verify.op);
    fake_fault(-1, 0);
}

static void finds_nothing_wrong_where_nothing_is(void **state)
{
    (void)state;
    add_five();
    world_make(&world, "papers", "", 0);
    struct checker checker = {0};
    assert_ok(verify_run(&checker), &checker.verify.op.err);
    assert_true(checker.verify.ok);
    assert_int_equal(checker.reports, 2);
    assert_int_equal(checker.manifests, 5);
    assert_int_equal(checker.records, 5);
    operation_release(&checker.verify.op);
}

static void finds_a_text_that_changed(void **state)
{
    (void)state;
    add_five();
    fake_damage("c.txt#0", "tampered");
    struct checker checker = {0};
    assert_ok(verify_run(&checker), &checker.verify.op.err);
    assert_false(checker.verify.ok);
    assert_int_equal(checker.problems, 1);
    assert_non_null(strstr(checker.first, "c.txt#0"));
    operation_release(&checker.verify.op);
}

static void finds_what_is_missing(void **state)
{
    (void)state;
    add_five();
    fake_lose("c.txt#0");
    fake_lose("manifest/a.txt");
    struct checker checker = {0};
    assert_ok(verify_run(&checker), &checker.verify.op.err);
    assert_int_equal(checker.problems, 3); /* a chunk; another chunk and its document */
    operation_release(&checker.verify.op);
}

static void what_was_not_read_is_never_called_whole(void **state)
{
    (void)state;
    add_five();
    bool met = true;
    for (long n = 0; met; n++) {
        struct checker checker = {0};
        fake_fault(n, ERR_STORAGE_IO);
        int rc = verify_run(&checker);
        met = fake_fault_met();
        fake_fault(-1, ERR_NONE);
        assert_int_equal(!rc && checker.verify.ok, !met);
        operation_release(&checker.verify.op);
        assert_true(n < 40);
    }
}

/* Embedding and jobs. */

static void embeds_with_any_embedder(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "text");
    const struct ragd_str texts[] = {ragd_cs("one two"), ragd_cs("three")};
    const char *const collections[] = {"", "default", "", "nowhere"};
    const char *const embedders[] = {"", "", "words", ""};
    float want[FAKE_DIM];
    fake_embed_one(texts[1], want);
    for (size_t i = 0; i < 4; i++) {
        struct embed req = {.collection = ragd_cs(collections[i]),
                            .embedder = ragd_cs(embedders[i]),
                            .texts = texts,
                            .n = 2};
        world_op(&world, &req.op);
        embed_start(&req);
        int rc = world_end(&world, &req.op);
        if (i == 3) {
            assert_err(rc, &req.op.err, NO_COLLECTION);
        } else {
            assert_ok(rc, &req.op.err);
            assert_int_equal(req.dim, FAKE_DIM);
            assert_str_equal(req.name, "words");
            assert_str_equal(req.space, "words/1");
            assert_memory_equal(req.rows + FAKE_DIM, want, sizeof(want));
            assert_int_equal(req.tokens[1], 5);
        }
        operation_release(&req.op);
    }
}

static void lists_the_owner_s_jobs(void **state)
{
    (void)state;
    struct err err = {0};
    add_text(&world, "a.txt", "text");
    struct jobs_list list = {0};
    world_op(&world, &list.op);
    jobs_list_start(&list);
    assert_ok(world_end(&world, &list.op), &list.op.err);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.jobs[0].state, JOB_DONE);
    assert_int_equal(list.jobs[0].done, 1);
    operation_release(&list.op);
    assert_err(job_cancel(world.engine, WORLD_OWNER, 1, &err), &err, NOT_FOUND);
    world_op(&world, &list.op);
    list.op.owner = WORLD_OWNER + 1;
    jobs_list_start(&list);
    assert_ok(world_end(&world, &list.op), &list.op.err);
    assert_int_equal(list.n, 0);
    operation_release(&list.op);
}

static void cancels_a_running_job(void **state)
{
    (void)state;
    struct err err = {0};
    struct adder adder = {.add.on_result = adder_on_result};
    world_op(&world, &adder.add.op);
    add_start(&adder.add);
    fake_settle();
    assert_err(job_cancel(world.engine, WORLD_OWNER + 1, 1, &err), &err, NOT_FOUND);
    assert_ok(job_cancel(world.engine, WORLD_OWNER, 1, &err), &err);
    assert_int_equal(world_end(&world, &adder.add.op), RAGD_E_CANCELLED);
    operation_release(&adder.add.op);
}

static void what_a_source_took_may_be_freed_by_a_worker(void **state)
{
    (void)state;
    fake.given_back = 0;
    size_t chunks = add_text_sized(&world, "", "a.txt", "walrus seal whale bear", 7);
    assert_true(fake.given_back > chunks * HASH_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(lists_documents_by_id, &world),
        WORLD_TEST(lists_chunks_in_insertion_order, &world),
        WORLD_TEST(holds_pages_back_while_paused, &world),
        WORLD_TEST(reads_a_document_or_a_chunk, &world),
        WORLD_TEST(a_long_document_is_told_in_parts, &world),
        WORLD_TEST(removes_sources_and_tells_what_was_missing, &world),
        WORLD_TEST(a_removed_part_comes_back_with_its_source, &world),
        WORLD_TEST(removal_fails_whole_or_not_at_all, &world),
        WORLD_TEST(what_cannot_be_read_ends_only_its_collection, &world),
        WORLD_TEST(finds_nothing_wrong_where_nothing_is, &world),
        WORLD_TEST(finds_a_text_that_changed, &world),
        WORLD_TEST(finds_what_is_missing, &world),
        WORLD_TEST(what_was_not_read_is_never_called_whole, &world),
        WORLD_TEST(embeds_with_any_embedder, &world),
        WORLD_TEST(lists_the_owner_s_jobs, &world),
        WORLD_TEST(cancels_a_running_job, &world),
        WORLD_TEST(what_a_source_took_may_be_freed_by_a_worker, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
