/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* An add, and what happens to its collection meanwhile. */
#include "rag/add.h"

#include <string.h>

#include "rag/embed.h"
#include "rag/records.h"
#include "support/rag_world.h"

/* An add of one source or two; the second's bytes are never sent. */
struct adding {
    struct add add;
    size_t n_results, n_failed;
    int done;        /* of this one: world.done counts all */
    struct err last; /* of the last source that failed */
};

static struct world world;
static const char TEXT[] = "hello world";

static void on_want(struct add *add, uint32_t index)
{
    struct add_content content = {.content = {.p = TEXT, .size = strlen(TEXT), .fd = -1}};
    struct err err = {0};
    if (index == 0) {
        assert_ok(add_content_take(add, index, content, &err), &err);
    }
}

static void on_result(struct add *add, const struct source_result *result)
{
    struct adding *adding = (struct adding *)add;
    adding->n_results++;
    if (result->err) {
        adding->n_failed++;
        adding->last = *result->err;
    }
}

static void on_done(struct operation *op)
{
    ((struct adding *)op)->done++;
}

static void announce(struct adding *adding, uint32_t index, const char *source)
{
    struct err err = {0};
    struct add_announce announced = {.index = index,
                                     .source = ragd_cs(source),
                                     .name = ragd_cs(source),
                                     .size = strlen(TEXT)};
    assert_int_equal(hash_bytes(TEXT, strlen(TEXT), announced.sha256), 0);
    assert_ok(add_announce(&adding->add, &announced, &err), &err);
}

static void begin(struct adding *adding)
{
    adding->add.on_want = on_want;
    adding->add.on_result = on_result;
    world_op(&world, &adding->add.op);
    adding->add.op.done = on_done;
    add_start(&adding->add);
}

static void fail_source(struct adding *adding, uint32_t index)
{
    struct err err = {0};
    err_set(&err, ERR_IO, "cannot be read");
    add_content_abort(&adding->add, index, &err);
}

static int verb(enum collection_verb what, const char *name, const char *new_name)
{
    struct collection_verb_op req = {.verb = what,
                                     .name = ragd_cs(name),
                                     .new_name = ragd_cs(new_name)};
    world_op(&world, &req.op);
    collection_verb_start(&req);
    int rc = world_end(&world, &req.op);
    operation_release(&req.op);
    return rc;
}

static bool exists(const char *name)
{
    return verb(COLLECTION_DESCRIBE, name, "") == 0;
}

/* Adds one text with a named embedder ("" = the collection's own). */
static int add_with(struct adding *adding, const char *embedder)
{
    adding->add.embedder = ragd_cs(embedder);
    begin(adding);
    announce(adding, 0, "a.txt");
    fake_settle();
    if (!adding->done) {
        add_end(&adding->add);
        fake_settle();
    }
    assert_int_equal(adding->done, 1);
    return adding->add.op.status;
}

/* A collection of the embedder's space words/1, then an upgrade of it. */
static void upgrade_embedder(void)
{
    struct adding first = {0};
    assert_ok(add_with(&first, ""), &first.add.op.err);
    operation_release(&first.add.op);
    world_stop(&world);
    fake.space = "words/2";
    world_start(&world);
}

static void follows_its_lexical_embedder_when_no_vectors_are_kept(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    upgrade_embedder();
    struct adding same = {0}, other = {0};
    assert_ok(add_with(&same, "words"), &same.add.op.err);
    assert_err(add_with(&other, "others"), &other.add.op.err, EMBEDDER_MISMATCH);
    operation_release(&same.add.op);
    operation_release(&other.add.op);
    struct ragd_str text = ragd_cs("hello");
    struct embed embed = {.collection = ragd_cs("default"), .texts = &text, .n = 1};
    world_op(&world, &embed.op);
    embed_start(&embed);
    assert_ok(world_end(&world, &embed.op), &embed.op.err);
    assert_str_equal(embed.space, "words/2");
    operation_release(&embed.op);
}

static void follows_it_into_no_other_dimension(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    upgrade_embedder();
    fake.dim++;
    struct adding same = {0};
    assert_err(add_with(&same, "words"), &same.add.op.err, EMBEDDER_MISMATCH);
    operation_release(&same.add.op);
}

static void refuses_another_space_where_vectors_of_words_are_kept(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    fake.caps &= ~(uint32_t)RAGD_STORE_KEYWORD;
    upgrade_embedder();
    struct adding same = {0};
    assert_err(add_with(&same, "words"), &same.add.op.err, EMBEDDER_MISMATCH);
    assert_non_null(strstr(same.add.op.err.why, "(words/2, not words/1)"));
    operation_release(&same.add.op);
}

static void says_that_its_collection_was_removed(void **state)
{
    (void)state;
    struct adding adding = {0};
    begin(&adding);
    announce(&adding, 0, "a.txt");
    announce(&adding, 1, "b.txt");
    fake_settle(); /* the first is stored, the second waits for its bytes */
    assert_int_equal(adding.n_results, 1);
    assert_int_equal(verb(COLLECTION_REMOVE, "default", ""), 0);
    assert_int_equal(adding.done, 1);
    assert_err(adding.add.op.status, &adding.add.op.err, NO_COLLECTION);
    assert_string_equal(adding.add.op.err.msg,
                        "collection default was removed while sources were added to it");
    assert_string_equal(adding.add.op.err.why, "1 source was stored before");
    assert_int_equal(adding.n_failed, 1);
    assert_int_equal(adding.last.id, ERR_NO_COLLECTION);
    operation_release(&adding.add.op);
}

static void goes_on_when_its_collection_is_renamed(void **state)
{
    (void)state;
    struct adding adding = {0};
    begin(&adding);
    announce(&adding, 1, "b.txt");
    fake_settle();
    assert_int_equal(verb(COLLECTION_RENAME, "default", "papers"), 0);
    announce(&adding, 0, "a.txt");
    fail_source(&adding, 1);
    add_end(&adding.add);
    fake_settle();
    assert_int_equal(adding.done, 1);
    assert_ok(adding.add.op.status, &adding.add.op.err);
    assert_int_equal(adding.add.totals.added, 1);
    assert_false(exists("default"));
    assert_true(exists("papers"));
    operation_release(&adding.add.op);
}

static void keeps_no_collection_that_was_made_for_nothing(void **state)
{
    (void)state;
    struct adding adding = {0};
    begin(&adding);
    announce(&adding, 1, "b.txt");
    fake_settle();
    assert_true(exists("default"));
    fail_source(&adding, 1);
    add_end(&adding.add);
    fake_settle();
    assert_int_equal(adding.done, 1);
    assert_ok(adding.add.op.status, &adding.add.op.err);
    assert_int_equal(adding.n_failed, 1);
    assert_false(exists("default"));
    operation_release(&adding.add.op);
}

static void keeps_one_that_was_there_or_has_been_renamed(void **state)
{
    (void)state;
    world_make(&world, "default", "", 0);
    for (int i = 0; i < 2; i++) {
        struct adding adding = {0};
        begin(&adding);
        announce(&adding, 1, "b.txt");
        fake_settle();
        if (i) {
            assert_int_equal(verb(COLLECTION_RENAME, "default", "papers"), 0);
        }
        operation_cancel(&adding.add.op);
        fake_settle();
        assert_err(adding.add.op.status, &adding.add.op.err, CANCELLED);
        assert_true(exists(i ? "papers" : "default"));
        operation_release(&adding.add.op);
    }
}

/* The second finds the collection that the first has made. */
static void the_last_of_two_takes_it_away(void **state)
{
    (void)state;
    struct adding first = {0}, second = {0};
    begin(&first);
    announce(&first, 1, "b.txt");
    fake_settle();
    begin(&second);
    announce(&second, 1, "c.txt");
    fake_settle();
    operation_cancel(&first.add.op);
    fake_settle();
    assert_int_equal(first.done, 1);
    assert_true(exists("default"));
    operation_cancel(&second.add.op);
    fake_settle();
    assert_int_equal(second.done, 1);
    assert_false(exists("default"));
    operation_release(&first.add.op);
    operation_release(&second.add.op);
}

static void what_another_stored_stays(void **state)
{
    (void)state;
    struct adding first = {0}, second = {0};
    begin(&first);
    announce(&first, 1, "b.txt");
    fake_settle();
    begin(&second);
    announce(&second, 0, "a.txt");
    add_end(&second.add);
    fake_settle();
    assert_ok(second.add.op.status, &second.add.op.err);
    operation_cancel(&first.add.op);
    fake_settle();
    assert_true(exists("default") && fake_has("a.txt#0"));
    operation_release(&first.add.op);
    operation_release(&second.add.op);
}

/* An add whose one source never comes, cancelled after so many calls; whether the
 * fault was met until then. */
static bool add_nothing(int turns)
{
    struct adding adding = {0};
    begin(&adding);
    announce(&adding, 1, "b.txt");
    for (int i = 0; i < turns && fake_turn(); i++) {
    }
    bool met = fake_fault_met();
    fake_fault(-1, ERR_NONE);
    operation_cancel(&adding.add.op);
    fake_settle();
    assert_int_equal(adding.done, 1);
    operation_release(&adding.add.op);
    return met;
}

enum { TURNS = 40 }; /* more than it takes until it waits for the source */

static void leaves_nothing_wherever_it_is_cancelled(void **state)
{
    (void)state;
    for (int turns = 0; turns < TURNS; turns++) {
        add_nothing(turns);
        assert_false(exists("default"));
    }
}

static void leaves_nothing_whichever_call_fails(void **state)
{
    (void)state;
    long n = 0;
    for (bool met = true; met; n++) {
        fake_fault(n, ERR_STORAGE_IO);
        met = add_nothing(TURNS);
        assert_false(exists("default"));
    }
    assert_true(n > 3);
}

/* Records that are not stored; whether the fault was met. */
static bool upsert_nothing(const char *id)
{
    const struct record_in record = {.id = ragd_cs(id), .text = ragd_cs("walrus")};
    struct records_upsert put = {.records = &record, .n = 1};
    world_op(&world, &put.op);
    records_upsert_start(&put);
    (void)world_end(&world, &put.op);
    bool met = fake_fault_met();
    fake_fault(-1, ERR_NONE);
    operation_release(&put.op);
    return met;
}

static void records_that_are_refused_make_no_collection(void **state)
{
    (void)state;
    upsert_nothing("");
    assert_false(exists("default"));
}

static void records_that_fail_make_no_collection(void **state)
{
    (void)state;
    size_t made = 0;
    long n = 0;
    for (bool met = true; met && !made; n++) {
        size_t applies = fake.applies;
        fake_fault(n, ERR_STORAGE_IO);
        met = upsert_nothing("a");
        made = fake.applies > applies + 1; /* the settings, and the records */
        assert_int_equal(exists("default"), made);
    }
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(follows_its_lexical_embedder_when_no_vectors_are_kept, &world),
        WORLD_TEST(follows_it_into_no_other_dimension, &world),
        WORLD_TEST(refuses_another_space_where_vectors_of_words_are_kept, &world),
        WORLD_TEST(says_that_its_collection_was_removed, &world),
        WORLD_TEST(goes_on_when_its_collection_is_renamed, &world),
        WORLD_TEST(keeps_no_collection_that_was_made_for_nothing, &world),
        WORLD_TEST(keeps_one_that_was_there_or_has_been_renamed, &world),
        WORLD_TEST(the_last_of_two_takes_it_away, &world),
        WORLD_TEST(what_another_stored_stays, &world),
        WORLD_TEST(leaves_nothing_wherever_it_is_cancelled, &world),
        WORLD_TEST(leaves_nothing_whichever_call_fails, &world),
        WORLD_TEST(records_that_are_refused_make_no_collection, &world),
        WORLD_TEST(records_that_fail_make_no_collection, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
