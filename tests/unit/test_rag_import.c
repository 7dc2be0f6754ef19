/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Imports beside other operations, and what is left of those that fail. */
#include "rag/transfer.h"

#include <stdio.h>

#include "rag/registry.h"
#include "support/rag_add.h"
#include "support/rag_copy.h"

static struct world world;
static struct copy copy; /* of the sources a.txt and b.txt */

static int setup(void **state)
{
    (void)state;
    world_open(&world);
    copy = (struct copy){0};
    add_text(&world, "a.txt", "first");
    add_text(&world, "b.txt", "second");
    assert_ok(copy_export(&world, &copy), &copy.export.op.err);
    assert_int_equal(copy.n, 6); /* two manifests, documents and records */
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    copy_release(&copy);
    world_close(&world);
    return 0;
}

static bool has_collection(const char *name)
{
    return registry_has(world.engine, WORLD_OWNER, ragd_cs(name));
}

/* An import that stops before its end. */
static void import_begin(struct importer *importer)
{
    importer->no_end = true;
    importer->import.on_started = importer_on_started;
    importer->import.on_room = importer_on_room;
    world_op(&world, &importer->import.op);
    import_start(&importer->import);
    fake_settle();
}

static void import_finish(struct importer *importer)
{
    import_end(&importer->import);
    fake_settle();
    assert_null(importer->import.op.run);
    assert_ok(importer->import.op.status, &importer->import.op.err);
    operation_release(&importer->import.op);
}

/* Locks. */

static void adder_on_nothing(struct add *add, uint32_t index)
{
    (void)add;
    (void)index;
}

/* An add of a.txt that waits for its bytes. */
static void add_begin(struct adder *adder)
{
    struct err err = {0};
    struct add_announce announce = {.source = ragd_cs("a.txt"),
                                    .name = ragd_cs("a.txt"),
                                    .size = strlen(adder->text)};
    assert_int_equal(hash_bytes(adder->text, announce.size, announce.sha256), 0);
    adder->add.on_want = adder_on_nothing;
    adder->add.on_result = adder_on_result;
    world_op(&world, &adder->add.op);
    add_start(&adder->add);
    assert_ok(add_announce(&adder->add, &announce, &err), &err);
    add_end(&adder->add);
    fake_settle();
    assert_non_null(adder->add.op.run);
}

static void an_import_waits_for_an_add_of_its_source(void **state)
{
    (void)state;
    struct adder adder = {.text = "not the first"};
    struct importer importer = {.items = copy.items, .n = copy.n, .per_push = 2};
    add_begin(&adder);
    import_begin(&importer);
    assert_int_equal(importer.at, 2); /* the manifests, no more */
    adder_on_want(&adder.add, 0);
    fake_settle();
    assert_null(adder.add.op.run);
    operation_release(&adder.add.op);
    assert_int_equal(importer.at, copy.n);
    import_finish(&importer);
    assert_true(world_is_clean(&world));
}

static void an_add_waits_for_an_import_of_its_source(void **state)
{
    (void)state;
    struct adder adder = {.text = "not the first"};
    struct importer importer = {.items = copy.items, .n = copy.n, .per_push = 2};
    import_begin(&importer);
    add_begin(&adder);
    assert_int_equal(importer.at, copy.n);
    import_finish(&importer);
    adder_on_want(&adder.add, 0); /* only now is it asked for */
    fake_settle();
    assert_null(adder.add.op.run);
    assert_ok(adder.add.op.status, &adder.add.op.err);
    operation_release(&adder.add.op);
    assert_true(world_is_clean(&world));
}

static void imports_of_the_same_sources_take_turns(void **state)
{
    (void)state;
    const struct import_item swapped[] = {copy.items[1], copy.items[0], copy.items[2],
                                          copy.items[3], copy.items[4], copy.items[5]};
    struct importer one = {.items = copy.items, .n = copy.n, .per_push = 1};
    struct importer two = {.items = swapped, .n = copy.n, .per_push = 1};
    import_begin(&one);
    import_begin(&two);
    assert_int_equal(one.at, copy.n);
    assert_int_equal(two.at, 0);
    import_finish(&one);
    assert_int_equal(two.at, copy.n);
    import_finish(&two);
    assert_true(world_is_clean(&world));
}

static void an_import_that_waits_can_be_cancelled(void **state)
{
    (void)state;
    struct adder adder = {.text = "not the first"};
    struct importer first = {.items = copy.items, .n = copy.n, .per_push = 2};
    struct importer second = {.items = copy.items, .n = copy.n, .per_push = 2};
    add_begin(&adder);
    import_begin(&first);
    import_begin(&second);
    operation_cancel(&second.import.op);
    operation_cancel(&first.import.op);
    fake_settle();
    assert_int_equal(first.import.op.err.id, ERR_CANCELLED);
    assert_int_equal(second.import.op.err.id, ERR_CANCELLED);
    operation_release(&first.import.op);
    operation_release(&second.import.op);
    adder_on_want(&adder.add, 0);
    fake_settle();
    assert_ok(adder.add.op.status, &adder.add.op.err);
    operation_release(&adder.add.op);
    assert_true(world_is_clean(&world));
}

/* Failures. */

static void what_comes_twice_is_told_with_both_lines(void **state)
{
    (void)state;
    struct ragd_record plain = {.id = ragd_cs("x"), .text = ragd_cs("one")};
    const struct import_item plain_item = {.record = &plain};
    const struct import_item *twice[] = {&copy.items[0], &copy.items[2], &copy.items[4],
                                         &plain_item};
    for (size_t i = 0; i < 4; i++) {
        struct import_item items[COPY_ITEMS];
        memcpy(items, copy.items, sizeof(items));
        items[6] = plain_item;
        items[7] = *twice[i];
        size_t before = i < 3 ? 2 * i : 6;
        items[before].line = 70 + before;
        items[7].line = 107;
        struct importer importer = {.items = items, .n = 8, .per_push = 1};
        assert_err(importer_run(&world, &importer), &importer.import.op.err, INVALID);
        char want[64];
        snprintf(want, sizeof(want), "came in line %zu already", 70 + before);
        assert_non_null(strstr(importer.import.op.err.msg, want));
        assert_non_null(strstr(importer.import.op.err.msg, "line 107: "));
        operation_release(&importer.import.op);
    }
    assert_true(world_is_clean(&world));
    assert_false(fake_has("x"));
}

static void bounds_what_it_keeps_in_mind(void **state)
{
    (void)state;
    struct ragd_record one = {.id = ragd_cs("x"), .text = ragd_cs("one")};
    struct ragd_record two = {.id = ragd_cs("y"), .text = ragd_cs("two")};
    const struct import_item plain[] = {{.record = &one}, {.record = &two}};
    world_stop(&world);
    world.limits.import_memory = 64; /* a record without a document, no manifest */
    world_start(&world);
    struct importer records[] = {{.items = plain, .n = 1, .per_push = 1},
                                 {.items = plain, .n = 2, .per_push = 1}};
    assert_ok(importer_run(&world, &records[0]), &records[0].import.op.err);
    assert_err(importer_run(&world, &records[1]), &records[1].import.op.err, LIMIT);
    assert_non_null(strstr(records[1].import.op.err.msg, "limits.import_memory"));
    struct importer whole = {.items = copy.items, .n = COPY_ITEMS, .per_push = 1};
    assert_err(importer_run(&world, &whole), &whole.import.op.err, LIMIT);
    operation_release(&records[0].import.op);
    operation_release(&records[1].import.op);
    operation_release(&whole.import.op);
}

static void an_error_names_the_place_when_no_line_is_told(void **state)
{
    (void)state;
    struct ragd_record good = {.id = ragd_cs("x"), .text = ragd_cs("one")};
    struct ragd_record bad = {.id = ragd_cs(""), .text = ragd_cs("one")};
    const struct import_item items[] = {{.record = &good}, {.record = &bad}};
    struct importer importer = {.items = items, .n = 2, .per_push = 1};
    assert_err(importer_run(&world, &importer), &importer.import.op.err, INVALID);
    assert_non_null(strstr(importer.import.op.err.msg, "line 2: "));
    operation_release(&importer.import.op);
}

/* The call that fails is any, also one before the items. Only where the last flush
 * fails there is something in it. */
static void a_failed_import_takes_its_collection_away(void **state)
{
    (void)state;
    struct collection_settings settings = {0};
    bool met = true;
    size_t left = 0, failed = 0;
    for (long n = 0; met; n++) {
        struct importer importer = {.items = copy.items, .n = copy.n};
        importer.import.collection = ragd_cs("other");
        importer.import.settings = &settings;
        fake_fault(n, ERR_STORAGE_IO);
        int rc = importer_run(&world, &importer);
        met = fake_fault_met();
        fake_fault(-1, ERR_NONE);
        failed += rc != 0;
        left += rc != 0 && has_collection("other");
        operation_release(&importer.import.op);
        if (has_collection("other")) {
            struct collection_verb_op gone = {.verb = COLLECTION_REMOVE,
                                              .name = ragd_cs("other")};
            world_op(&world, &gone.op);
            collection_verb_start(&gone);
            assert_ok(world_end(&world, &gone.op), &gone.op.err);
            operation_release(&gone.op);
        }
        assert_true(n < 100);
    }
    assert_true(failed > 10);
    assert_int_equal(left, 1);
}

static void without_memory_nothing_is_half_done(void **state)
{
    (void)state;
    struct ragd_record plain = {.id = ragd_cs("x"), .text = ragd_cs("one")};
    copy.items[copy.n] = (struct import_item){.record = &plain};
    int rc = -1;
    for (long n = 0; rc; n++) {
        struct importer importer = {.items = copy.items, .n = copy.n + 1, .per_push = 3};
        mem_fail_after(n, 0);
        rc = importer_run(&world, &importer);
        mem_fail_after(-1, 0);
        assert_int_equal(fake_has("x"), rc == 0);
        assert_true(world_is_clean(&world));
        operation_release(&importer.import.op);
        assert_true(n < 500);
    }
}

#define IMPORT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(an_import_waits_for_an_add_of_its_source),
        IMPORT_TEST(an_add_waits_for_an_import_of_its_source),
        IMPORT_TEST(imports_of_the_same_sources_take_turns),
        IMPORT_TEST(an_import_that_waits_can_be_cancelled),
        IMPORT_TEST(what_comes_twice_is_told_with_both_lines),
        IMPORT_TEST(bounds_what_it_keeps_in_mind),
        IMPORT_TEST(an_error_names_the_place_when_no_line_is_told),
        IMPORT_TEST(a_failed_import_takes_its_collection_away),
        IMPORT_TEST(without_memory_nothing_is_half_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
