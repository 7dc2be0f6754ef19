/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/transfer.h"

#include <stdio.h>

#include "plugin/shape.h"
#include "support/rag_add.h"
#include "support/rag_copy.h"

static struct world world;

static void what_was_exported_can_be_imported(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "# One\nfirst\fsecond");
    add_text(&world, "b.txt", "third");
    struct copy copy = {0};
    assert_ok(copy_export(&world, &copy), &copy.export.op.err);
    assert_int_equal(copy.headers, 1);
    assert_int_equal(copy.n, 8); /* 2 manifests, 3 documents, 3 records */
    assert_non_null(copy.items[0].manifest);
    assert_non_null(copy.items[2].doc);
    assert_non_null(copy.items[5].record);
    struct collection_verb_op gone = {.verb = COLLECTION_REMOVE};
    world_op(&world, &gone.op);
    collection_verb_start(&gone);
    assert_ok(world_end(&world, &gone.op), &gone.op.err);
    operation_release(&gone.op);
    fake.embedded = 0;
    struct importer importer = {.items = copy.items, .n = copy.n};
    assert_ok(importer_run(&world, &importer), &importer.import.op.err);
    assert_int_equal(importer.started, 1);
    assert_int_equal(importer.import.records, 3);
    assert_int_equal(importer.import.documents, 3);
    assert_int_equal(importer.import.manifests, 2);
    assert_int_equal(importer.import.embedded, 0);
    assert_int_equal(fake.embedded, 0);
    assert_true(world_is_clean(&world));
    struct engine_status status;
    engine_status(world.engine, &status);
    assert_int_equal(status.records, 3);
    operation_release(&importer.import.op);
    copy_release(&copy);
}

/* An export whose receiver takes few bytes at a time, and stops now and then. */
struct sipper {
    struct copy copy;
    struct buf text;
};

static size_t sip(struct export *export, struct ragd_str text)
{
    struct sipper *sipper = (struct sipper *)export;
    size_t n = text.n < 3 ? text.n : 3;
    assert_int_equal(buf_put(&sipper->text, text.p, n), 0);
    operation_pause(&export->op);
    return n;
}

static size_t sip_doc(struct export *export, const struct ragd_stored_doc *doc)
{
    copy_on_doc(export, doc);
    return sip(export, doc->text);
}

static void a_text_comes_in_as_many_parts_as_its_receiver_likes(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "a text of some length");
    struct sipper sipper = {0};
    struct export *export = &sipper.copy.export;
    export->on_header = copy_on_header;
    export->on_manifest = copy_on_manifest;
    export->on_doc = sip_doc;
    export->on_text = sip;
    export->on_record = copy_on_record;
    world_op(&world, &export->op);
    export_start(export);
    for (size_t pauses = 0; export->op.run; pauses++) {
        fake_settle();
        assert_int_equal(sipper.text.n, pauses < 7 ? 3 * (pauses + 1) : 21);
        operation_resume(&export->op);
        assert_true(pauses < 20);
    }
    assert_ok(export->op.status, &export->op.err);
    assert_memory_equal(sipper.text.p, "a text of some length", sipper.text.n);
    assert_int_equal(sipper.copy.n, 3);
    buf_release(&sipper.text);
    copy_release(&sipper.copy);
}

static void an_import_replaces_sources(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one");
    struct copy copy = {0};
    assert_ok(copy_export(&world, &copy), &copy.export.op.err);
    add_text(&world, "a.txt", "one\ftwo\fthree");
    struct importer importer = {.items = copy.items, .n = copy.n};
    assert_ok(importer_run(&world, &importer), &importer.import.op.err);
    assert_true(fake_has("a.txt#0"));
    assert_false(fake_has("a.txt!part/2#0"));
    assert_true(world_is_clean(&world));
    operation_release(&importer.import.op);
    copy_release(&copy);
}

static void takes_plain_records_and_embeds_them(void **state)
{
    (void)state;
    struct ragd_record records[3] = {{.id = ragd_cs("x"), .text = ragd_cs("one")},
                                     {.id = ragd_cs("y"), .text = ragd_cs("two")},
                                     {.id = ragd_cs("z"), .text = ragd_cs("three")}};
    struct import_item items[3] = {{.record = &records[0]},
                                   {.record = &records[1]},
                                   {.record = &records[2]}};
    struct importer importer = {.items = items, .n = 3};
    assert_ok(importer_run(&world, &importer), &importer.import.op.err);
    assert_int_equal(importer.import.embedded, 3);
    assert_non_null(fake_vector("z"));
    operation_release(&importer.import.op);
}

static void is_all_or_nothing(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one");
    struct ragd_record records[4] = {{.id = ragd_cs("w")},
                                     {.id = ragd_cs("x")},
                                     {.id = ragd_cs("y")},
                                     {.id = ragd_cs("z")}};
    struct import_item items[4];
    for (size_t i = 0; i < 4; i++) {
        records[i].text = ragd_cs("text");
        items[i] = (struct import_item){.record = &records[i]};
    }
    bool all = false;
    for (long n = 0; !all; n++) {
        struct importer importer = {.items = items, .n = 4};
        fake_fault(n, ERR_STORAGE_IO);
        int rc = importer_run(&world, &importer);
        fake_fault(-1, ERR_NONE);
        all = fake_has("z");
        assert_true(rc || all);
        assert_true(fake_has("w") == all && fake_has("y") == all);
        operation_release(&importer.import.op);
        assert_true(n < 40);
    }
}

static void refuses_what_does_not_fit_together(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one\ftwo");
    struct copy copy = {0};
    assert_ok(copy_export(&world, &copy), &copy.export.op.err);
    /* Without its last record; without its documents; without its manifest. */
    struct importer cut = {.items = copy.items, .n = copy.n - 1};
    struct importer orphan = {.items = copy.items + 1, .n = copy.n - 1};
    struct importer stray = {.items = copy.items + copy.n - 1, .n = 1};
    struct import_item repeated[COPY_ITEMS];
    memcpy(repeated, copy.items, sizeof(repeated));
    repeated[copy.n] = repeated[copy.n - 1];
    struct importer twice = {.items = repeated, .n = copy.n + 1};
    assert_err(importer_run(&world, &cut), &cut.import.op.err, INVALID);
    assert_err(importer_run(&world, &orphan), &orphan.import.op.err, INVALID);
    assert_err(importer_run(&world, &stray), &stray.import.op.err, INVALID);
    assert_err(importer_run(&world, &twice), &twice.import.op.err, INVALID);
    assert_true(world_is_clean(&world));
    assert_true(fake_has("a.txt!part/1#0"));
    operation_release(&cut.import.op);
    operation_release(&orphan.import.op);
    operation_release(&stray.import.op);
    operation_release(&twice.import.op);
    copy_release(&copy);
}

/* An export of one document "a.txt" with one chunk, to be changed. */
struct forged {
    struct copy copy;
    struct import_item items[3];
    struct manifest manifest;
    struct ragd_stored_doc doc;
    struct ragd_record record;
    struct ragd_span span;
};

static const char TWO_BYTES[] = "caf\xc3\xa9 au lait";

static void forge(struct forged *forged)
{
    *forged = (struct forged){0};
    add_text(&world, "a.txt", TWO_BYTES);
    assert_ok(copy_export(&world, &forged->copy), &forged->copy.export.op.err);
    assert_int_equal(forged->copy.n, 3);
    memcpy(forged->items, forged->copy.items, sizeof(forged->items));
    forged->manifest = *forged->items[0].manifest;
    forged->doc = *forged->items[1].doc;
    forged->record = *forged->items[2].record;
    forged->span = *forged->record.span;
    forged->items[0].manifest = &forged->manifest;
    forged->items[1].doc = &forged->doc;
    forged->items[2].record = &forged->record;
    forged->record.span = &forged->span;
}

/* Imports it; what went wrong. Whatever it is, nothing has changed. */
static enum err_id forged_import(struct forged *forged)
{
    struct importer importer = {.items = forged->items, .n = 3};
    (void)importer_run(&world, &importer);
    enum err_id id = importer.import.op.err.id;
    operation_release(&importer.import.op);
    assert_true(world_is_clean(&world));
    return id;
}

static void refuses_blocks_that_do_not_fit_the_text(void **state)
{
    (void)state;
    const struct {
        struct ragd_block blocks[2];
        enum err_id id;
    } cases[] = {
        {{{.off = 0, .len = 3}, {.off = 3, .len = sizeof(TWO_BYTES) - 4}}, ERR_NONE},
        {{{.off = 0, .len = 3}, {.off = 3, .len = sizeof(TWO_BYTES) - 3}}, ERR_INVALID},
        {{{.off = UINT64_MAX, .len = 2}, {.off = UINT64_MAX, .len = 2}}, ERR_INVALID},
        {{{.off = 3, .len = 1}, {.off = 5, .len = 1}}, ERR_INVALID}, /* ends in a letter */
        {{{.off = 0, .len = 3}, {.off = 4, .len = 1}}, ERR_INVALID}, /* begins in one */
        {{{.off = 6, .len = 1}, {.off = 0, .len = 1}}, ERR_INVALID}, /* out of order */
    };
    struct forged forged;
    forge(&forged);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        forged.doc.blocks = cases[i].blocks;
        forged.doc.n_blocks = 2;
        assert_int_equal(forged_import(&forged), cases[i].id);
    }
    copy_release(&forged.copy);
}

static void refuses_spans_that_do_not_fit_the_text(void **state)
{
    (void)state;
    const uint64_t bytes = sizeof(TWO_BYTES) - 1, points = bytes - 1;
    const struct {
        struct ragd_span span;
        enum err_id id;
    } cases[] = {
        {{.end_byte = bytes, .end_index = points}, ERR_NONE},
        {{.end_byte = bytes + 1, .end_index = points}, ERR_INVALID},
        {{.end_byte = bytes, .end_index = points + 1}, ERR_INVALID},
        {{.start_byte = 2, .end_byte = 1}, ERR_INVALID},
        {{.start_index = 2, .end_index = 1}, ERR_INVALID},
    };
    struct forged forged;
    forge(&forged);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        forged.span = cases[i].span;
        assert_int_equal(forged_import(&forged), cases[i].id);
    }
    copy_release(&forged.copy);
}

static void refuses_a_text_that_is_not_the_manifests(void **state)
{
    (void)state;
    struct forged forged;
    forge(&forged);
    assert_int_equal(forged_import(&forged), ERR_NONE);
    forged.record.text = ragd_cs("coffee");
    assert_int_equal(forged_import(&forged), ERR_INVALID);
    copy_release(&forged.copy);
}

static void refuses_a_source_that_is_not_the_manifests(void **state)
{
    (void)state;
    struct forged forged;
    forge(&forged);
    forged.items[2].source = ragd_cs("a.txt");
    assert_int_equal(forged_import(&forged), ERR_NONE);
    forged.items[2].source = ragd_cs("b.txt");
    assert_int_equal(forged_import(&forged), ERR_INVALID);
    forged.items[2].source = ragd_cs("");
    forged.doc.source = ragd_cs("b.txt");
    assert_int_equal(forged_import(&forged), ERR_INVALID);
    copy_release(&forged.copy);
}

static void bounds_what_documents_say_as_reading_does(void **state)
{
    (void)state;
    static char longest[TITLE_BYTES_MAX + 1];
    memset(longest, 't', sizeof(longest));
    const struct ragd_str title = {longest, sizeof(longest)};
    const struct ragd_str name = {longest, NAME_BYTES_MAX + 1};
    struct forged forged;
    forge(&forged);
    const struct ragd_stored_doc good = forged.doc;
    forged.doc.title = (struct ragd_str){longest, TITLE_BYTES_MAX};
    assert_int_equal(forged_import(&forged), ERR_NONE);
    forged.doc.title = title;
    assert_int_equal(forged_import(&forged), ERR_LIMIT);
    forged.doc = good;
    forged.doc.mime = name;
    assert_int_equal(forged_import(&forged), ERR_LIMIT);
    forged.doc = good;
    forged.doc.lang = name;
    assert_int_equal(forged_import(&forged), ERR_LIMIT);
    forged.doc = good;
    forged.doc.title = ragd_cs("\xc3");
    assert_int_equal(forged_import(&forged), ERR_INVALID);
    forged.doc = good;
    forged.manifest.source = name;
    assert_int_equal(forged_import(&forged), ERR_LIMIT);
    copy_release(&forged.copy);
}

static void a_document_comes_once(void **state)
{
    (void)state;
    struct forged forged;
    forge(&forged);
    struct import_item twice[] = {forged.items[0], forged.items[1], forged.items[1],
                                  forged.items[2]};
    struct importer importer = {.items = twice, .n = 4};
    assert_err(importer_run(&world, &importer), &importer.import.op.err, INVALID);
    operation_release(&importer.import.op);
    copy_release(&forged.copy);
}

static void verifying_finds_spans_beyond_the_text(void **state)
{
    (void)state;
    add_text(&world, "a.txt", TWO_BYTES);
    assert_true(world_is_clean(&world));
    fake_doc("a.txt")->text.n--;
    assert_false(world_is_clean(&world));
}

static void the_status_tells_damage_until_none_is_found(void **state)
{
    (void)state;
    struct engine_status status;
    add_text(&world, "a.txt", TWO_BYTES);
    fake_doc("a.txt")->text.n--;
    assert_false(world_is_clean(&world));
    assert_false(world_is_clean(&world));
    engine_status(world.engine, &status);
    assert_int_equal(status.n_degraded, 1);
    assert_int_equal(status.degraded[0].part.kind, PART_CONTENTS);
    assert_non_null(strstr(status.degraded[0].reason, "verify found 1 problem in store"));
    fake_doc("a.txt")->text.n++;
    assert_true(world_is_clean(&world));
    engine_status(world.engine, &status);
    assert_int_equal(status.n_degraded, 0);
}

/* Also without memory: what was not renamed could not be mended. */
static void damage_is_told_by_the_new_name_until_none_is_found(void **state)
{
    (void)state;
    struct engine_status status;
    add_text(&world, "a.txt", TWO_BYTES);
    fake_doc("a.txt")->text.n--;
    assert_false(world_is_clean(&world));
    FOR_EACH_FAILURE(n, done)
    {
        struct collection_verb_op rename = {.verb = COLLECTION_RENAME,
                                            .new_name = ragd_cs("books")};
        world_op(&world, &rename.op);
        mem_fail_after(n, 0);
        collection_verb_start(&rename);
        done = world_end(&world, &rename.op) == 0;
        mem_fail_after(-1, 0);
        operation_release(&rename.op);
        engine_status(world.engine, &status);
        assert_int_equal(status.n_degraded, 1);
        assert_string_equal(status.degraded[0].part.name, done ? "books" : "default");
    }
    fake_doc("a.txt")->text.n++;
    assert_true(world_is_clean(&world));
    engine_status(world.engine, &status);
    assert_int_equal(status.n_degraded, 0);
}

static void verifying_finds_a_source_that_is_not_the_manifests(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one");
    fake_doc("a.txt")->source = ragd_cs("b.txt");
    assert_false(world_is_clean(&world));
}

static void no_record_takes_the_id_of_a_chunk(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "one");
    struct copy copy = {0};
    assert_ok(copy_export(&world, &copy), &copy.export.op.err);
    struct ragd_record record = {.id = ragd_cs("a.txt#0"), .text = ragd_cs("mine")};
    struct importer stored = {.items = &(struct import_item){.record = &record}, .n = 1};
    assert_err(importer_run(&world, &stored), &stored.import.op.err, CONFLICT);
    copy.items[copy.n++] = (struct import_item){.record = &record};
    struct importer coming = {.items = copy.items, .n = copy.n, .per_push = COPY_ITEMS};
    assert_err(importer_run(&world, &coming), &coming.import.op.err, CONFLICT);
    assert_true(world_is_clean(&world));
    record.id = ragd_cs("a.txt#1");
    struct importer free_id = {.items = copy.items, .n = copy.n, .per_push = COPY_ITEMS};
    assert_ok(importer_run(&world, &free_id), &free_id.import.op.err);
    assert_true(world_is_clean(&world));
    operation_release(&stored.import.op);
    operation_release(&coming.import.op);
    operation_release(&free_id.import.op);
    copy_release(&copy);
}

static void vectors_stay_as_they_are_to_the_bit(void **state)
{
    (void)state;
    world_make(&world, "mine", "none", 4);
    const float rows[2][4] = {{1e-40f, -0.0f, 3.4028235e38f, 0.1f}, {1, 2, 3, 4}};
    struct ragd_record records[2] = {{.id = ragd_cs("x"), .vec = rows[0]},
                                     {.id = ragd_cs("y"), .vec = rows[1]}};
    struct import_item items[2] = {{.record = &records[0], .vec_dim = 4},
                                   {.record = &records[1], .vec_dim = 4}};
    struct importer importer = {.import.collection = ragd_cs("mine"),
                                .items = items,
                                .n = 2};
    assert_ok(importer_run(&world, &importer), &importer.import.op.err);
    assert_int_equal(importer.import.embedded, 0);
    assert_memory_equal(fake_vector("x"), rows[0], sizeof(rows[0]));
    assert_memory_equal(fake_vector("y"), rows[1], sizeof(rows[1]));
    operation_release(&importer.import.op);
}

static void a_cancelled_import_leaves_nothing(void **state)
{
    (void)state;
    struct ragd_record record = {.id = ragd_cs("x"), .text = ragd_cs("one")};
    struct import_item item = {.record = &record};
    struct importer importer = {.items = &item, .n = 1, .per_push = 1, .no_end = true};
    importer.import.on_room = importer_on_room;
    world_op(&world, &importer.import.op);
    import_start(&importer.import);
    fake_settle();
    assert_int_equal(importer.at, 1);
    operation_cancel(&importer.import.op);
    assert_err(world_end(&world, &importer.import.op), &importer.import.op.err, CANCELLED);
    assert_false(fake_has("x"));
    operation_release(&importer.import.op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_was_exported_can_be_imported, &world),
        WORLD_TEST(a_text_comes_in_as_many_parts_as_its_receiver_likes, &world),
        WORLD_TEST(an_import_replaces_sources, &world),
        WORLD_TEST(takes_plain_records_and_embeds_them, &world),
        WORLD_TEST(is_all_or_nothing, &world),
        WORLD_TEST(refuses_what_does_not_fit_together, &world),
        WORLD_TEST(refuses_blocks_that_do_not_fit_the_text, &world),
        WORLD_TEST(refuses_spans_that_do_not_fit_the_text, &world),
        WORLD_TEST(refuses_a_text_that_is_not_the_manifests, &world),
        WORLD_TEST(refuses_a_source_that_is_not_the_manifests, &world),
        WORLD_TEST(bounds_what_documents_say_as_reading_does, &world),
        WORLD_TEST(a_document_comes_once, &world),
        WORLD_TEST(verifying_finds_spans_beyond_the_text, &world),
        WORLD_TEST(the_status_tells_damage_until_none_is_found, &world),
        WORLD_TEST(damage_is_told_by_the_new_name_until_none_is_found, &world),
        WORLD_TEST(verifying_finds_a_source_that_is_not_the_manifests, &world),
        WORLD_TEST(no_record_takes_the_id_of_a_chunk, &world),
        WORLD_TEST(vectors_stay_as_they_are_to_the_bit, &world),
        WORLD_TEST(a_cancelled_import_leaves_nothing, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
