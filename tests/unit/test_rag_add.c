/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Adding: what comes in, from its announcement to its result. */
#include "support/rag_client.h"

static struct world world;

static void makes_the_default_collection_on_first_use(void **state)
{
    (void)state;
    struct client client = {0};
    client_add(&world, &client, "a.txt", "hello world");
    assert_true(client.created);
    assert_int_equal(client.status[0], SOURCE_ADDED);
    assert_int_equal(client.chunks[0], 1);
    assert_int_equal(client.embedded[0], 1);
    assert_int_equal(client.add.totals.added, 1);
    assert_int_equal(client.add.totals.collection_chunks, 1);
    assert_true(fake_has("a.txt") && fake_has("a.txt#0") && fake_has("manifest/a.txt"));
    assert_non_null(fake_vector("a.txt#0"));
}

static void go_on(void)
{
    while (fake_turn()) {
    }
}

static void tells_when_it_waits_for_announcements(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    go_on();
    assert_int_equal(client.n_idle, 1); /* nothing was announced yet */
    client_announce(&client, 0, "a.txt", "hello");
    go_on();
    assert_int_equal(client.n_results, 1);
    assert_int_equal(client.n_idle, 2);
    client_announce(&client, 1, "b.txt", "hello");
    client.texts[1] = NULL; /* wanted and not brought: it is at work */
    go_on();
    assert_int_equal(client.n_idle, 2);
    struct err err = {0};
    err_set(&err, ERR_IO, "gone");
    add_content_abort(&client.add, 1, &err);
    assert_ok(client_end(&world, &client), &client.add.op.err);
    operation_release(&client.add.op);
}

static void needs_other_collections_to_be_there(void **state)
{
    (void)state;
    struct client client = {.add.collection = ragd_cs("papers")};
    client_begin(&world, &client);
    assert_err(client_end(&world, &client), &client.add.op.err, NO_COLLECTION);
    assert_int_equal(client.n_started, 0);
    operation_release(&client.add.op);
}

static void one_bad_source_does_not_stop_the_others(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "bad.bin", "!\x01");
    client_announce(&client, 1, "good.txt", "good");
    client_announce(&client, 2, "empty.txt", "");
    client_announce(&client, 3, "blank.txt", "  \n ");
    assert_ok(client_end(&world, &client), &client.add.op.err);
    assert_int_equal(client.n_results, 4);
    assert_int_equal(client.add.totals.failed, 3);
    assert_int_equal(client.add.totals.added, 1);
    for (size_t i = 0; i < 4; i++) {
        enum err_id want = strcmp(client.source[i], "good.txt") == 0  ? ERR_NONE
                           : strcmp(client.source[i], "bad.bin") == 0 ? ERR_NO_LOADER
                                                                      : ERR_NO_TEXT;
        assert_int_equal(client.err[i].id, want);
    }
    assert_true(fake_has("good.txt#0"));
    operation_release(&client.add.op);
}

static void works_on_many_with_few_flushes(void **state)
{
    (void)state;
    char names[24][16], texts[24][32];
    struct client client = {0};
    client_begin(&world, &client);
    for (uint32_t i = 0; i < 24; i++) {
        snprintf(names[i], sizeof(names[i]), "%u.txt", i);
        snprintf(texts[i], sizeof(texts[i]), "text number %u", i);
        client_announce(&client, i, names[i], texts[i]);
    }
    assert_ok(client_end(&world, &client), &client.add.op.err);
    assert_int_equal(client.add.totals.added, 24);
    assert_int_equal(client.add.totals.collection_chunks, 24);
    assert_true(fake.flushes < 12);
    operation_release(&client.add.op);
}

static void fetches_sources_itself(void **state)
{
    (void)state;
    struct ragd_str roots[] = {ragd_cs("fake:"), ragd_cs("fake:a"), ragd_cs("nobody:x"),
                               ragd_cs("fake:zz")};
    for (size_t i = 0; i < 5; i++) {
        static const char *const URIS[] = {"fake:a", "fake:b", "fake:c", "fake:d",
                                           "fake:e"};
        fake.sources[i] = (struct fake_source){URIS[i], "some text"};
    }
    for (int round = 0; round < 2; round++) {
        struct client client = {.add.sources = roots, .add.n_sources = 4};
        client_begin(&world, &client);
        assert_ok(client_end(&world, &client), &client.add.op.err);
        assert_int_equal(client.n_results, 7);
        assert_int_equal(client.add.totals.added, round ? 0 : 5);
        assert_int_equal(client.add.totals.unchanged, round ? 5 : 0);
        assert_int_equal(client.add.totals.failed, 2);
        operation_release(&client.add.op);
    }
}

static void checks_a_named_embedder_before_any_work(void **state)
{
    (void)state;
    struct client first = {0}, other = {.add.embedder = ragd_cs("others")};
    client_add(&world, &first, "a.txt", "hello");
    client_begin(&world, &other);
    client_announce(&other, 0, "b.txt", "hello");
    assert_err(client_end(&world, &other), &other.add.op.err, EMBEDDER_MISMATCH);
    assert_non_null(strstr(other.add.op.err.msg, "words"));
    assert_non_null(strstr(other.add.op.err.why, "9 dims"));
    assert_int_equal(other.n_results, 0);
    assert_int_equal(other.n_wants, 0);
    operation_release(&other.add.op);
}

static void keeps_no_vectors_of_words_beside_a_keyword_index(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    struct client client = {0};
    client_add(&world, &client, "a.txt", "hello");
    assert_int_equal(client.embedded[0], 0);
    assert_int_equal(fake.embedded, 0);
    assert_null(fake_vector("a.txt#0"));
}

static void keeps_vectors_of_words_where_there_is_none(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    fake.caps &= ~(uint32_t)RAGD_STORE_KEYWORD;
    struct client client = {0};
    client_add(&world, &client, "a.txt", "hello");
    assert_int_equal(client.embedded[0], 1);
    assert_non_null(fake_vector("a.txt#0"));
}

enum { PREVIEW_TEXT_BYTES = 16 };

/* Takes little text at a time, and is told of one document after the other. */
static size_t on_preview(struct add *add, const struct add_preview *preview)
{
    struct client *client = (struct client *)add;
    struct ragd_str text = preview->doc->text;
    assert_true(preview->part == PREVIEW_DOC || preview->doc == client->previewed);
    client->previewed = preview->doc;
    client->n_previews += preview->part == PREVIEW_DOC;
    client->n_parts++;
    client->n_chunks += preview->part == PREVIEW_CHUNKS ? preview->n_chunks : 0;
    if (preview->part == PREVIEW_CHUNKS) {
        return 0;
    }
    assert_true(preview->rest.p + preview->rest.n == text.p + text.n);
    return preview->rest.n < PREVIEW_TEXT_BYTES ? preview->rest.n : PREVIEW_TEXT_BYTES;
}

static void previews_without_storing(void **state)
{
    (void)state;
    struct client client = {.add.preview = true,
                            .add.on_preview = on_preview,
                            .add.splitter = by_line()};
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", LINE("a") LINE("b")); /* 76 bytes: 5 parts */
    client_announce(&client, 1, "b.txt", "one\ftwo");
    assert_ok(client_end(&world, &client), &client.add.op.err);
    assert_int_equal(client.n_previews, 3);
    assert_int_equal(client.n_chunks, 4);
    assert_int_equal(client.n_parts, 5 + 1 + 2 * 2);
    assert_int_equal(client.n_results, 2);
    assert_int_equal(fake.applies, 0);
    operation_release(&client.add.op);
}

static void finishes_what_has_its_bytes_when_interrupted(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "has its bytes");
    client_announce(&client, 1, "b.txt", "never comes");
    client.texts[1] = NULL;
    while (client.n_wants < 2) {
        assert_true(fake_turn());
    }
    add_interrupt(&client.add);
    assert_int_equal(world_end(&world, &client.add.op), 0);
    assert_int_equal(client.n_results, 2);
    assert_int_equal(client.add.totals.added, 1);
    assert_int_equal(client.add.totals.failed, 1);
    assert_true(fake_has("a.txt#0"));
    assert_false(fake_has("b.txt#0"));
    operation_release(&client.add.op);
}

static void a_stopping_engine_interrupts_it(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "b.txt", "never comes");
    client.texts[0] = NULL;
    while (!client.n_wants) {
        assert_true(fake_turn());
    }
    engine_drain(world.engine, world_on_drained, &world);
    fake_settle();
    assert_int_equal(world.done, 1);
    assert_int_equal(world.drained, 1);
    assert_int_equal(client.err[0].id, ERR_INTERRUPTED);
    operation_release(&client.add.op);
    engine_destroy(world.engine);
    world.engine = NULL;
}

static void an_upload_that_fails_is_that_source_s_failure(void **state)
{
    (void)state;
    struct client client = {0};
    struct err err = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "text");
    client.texts[0] = NULL;
    while (!client.n_wants) {
        assert_true(fake_turn());
    }
    err_set(&err, ERR_CHANGED, NULL);
    add_content_abort(&client.add, 0, &err);
    assert_ok(client_end(&world, &client), &client.add.op.err);
    assert_int_equal(client.err[0].id, ERR_CHANGED);
    operation_release(&client.add.op);
}

static void checks_what_is_announced(void **state)
{
    (void)state;
    struct client client = {0};
    struct err err = {0};
    char longest[2049];
    memset(longest, 'x', sizeof(longest));
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "text");
    struct add_announce bad = {.index = 0, .source = ragd_cs("b.txt")};
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    bad = (struct add_announce){.index = 1, .source = ragd_cs("a.txt")};
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    bad.source = ragd_cs("a\nb");
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    bad.source = (struct ragd_str){longest, sizeof(longest)};
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    struct add_content content = {.release = client_on_release, .arg = &client};
    assert_err(add_content_take(&client.add, 7, content, &err), &err, INVALID);
    assert_int_equal(client.n_released, 1);
    client.n_released = 0;
    add_end(&client.add);
    bad = (struct add_announce){.index = 1, .source = ragd_cs("c.txt")};
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    assert_int_equal(world_end(&world, &client.add.op), 0);
    operation_release(&client.add.op);
}

static void holds_results_back_while_paused(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "text");
    add_end(&client.add);
    operation_pause(&client.add.op);
    fake_settle();
    assert_int_equal(client.n_results, 0);
    assert_int_equal(world.done, 0);
    operation_resume(&client.add.op);
    assert_int_equal(world_end(&world, &client.add.op), 0);
    assert_int_equal(client.n_results, 1);
    operation_release(&client.add.op);
}

static void takes_turns_in_little_memory(void **state)
{
    (void)state;
    world_stop(&world);
    world.limits.add_memory = 1;
    world_start(&world);
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "one");
    client_announce(&client, 1, "b.txt", "two");
    client_announce(&client, 2, "c.txt", "three");
    assert_ok(client_end(&world, &client), &client.add.op.err);
    assert_int_equal(client.add.totals.added, 3);
    operation_release(&client.add.op);
}

/* What waits would be parsed and embedded for nothing. */
static void a_full_disk_ends_the_work_on_those_that_wait(void **state)
{
    (void)state;
    world_stop(&world);
    world.limits.parallel_sources = 1;
    world_start(&world);
    struct client first = {0}, client = {0};
    client_add(&world, &first, "a.txt", "one");
    client_begin(&world, &client);
    client_announce(&client, 0, "b.txt", "two");
    client_announce(&client, 1, "c.txt", "three");
    client_announce(&client, 2, "d.txt", "four");
    fake_fault(1, ERR_STORAGE_FULL); /* behind that for the job */
    assert_ok(client_end(&world, &client), &client.add.op.err);
    assert_true(fake_fault_met());
    assert_int_equal(client.n_results, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(client.err[i].id, ERR_STORAGE_FULL);
    }
    assert_true(client.n_wants <= 1);
    operation_release(&client.add.op);
}

static void bounds_what_travels_in_one_message(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"a.txt", "b.txt"};
    world_stop(&world);
    world.limits.manifest = 2 * 34 + 5 +
                            10; /* two chunks, the id, the rest of a document */
    world_start(&world);
    struct client two = {.add.splitter = by_line()}, three = {.add.splitter = by_line()};
    client_add(&world, &two, NAMES[0], LINE("a") LINE("b"));
    assert_int_equal(two.status[0], SOURCE_ADDED);
    client_add(&world, &three, NAMES[1], LINE("a") LINE("b") LINE("c"));
    assert_int_equal(three.err[0].id, ERR_LIMIT);
    assert_int_equal(fake.embedded, 2);

    for (uint64_t most = 16; most < 18; most++) { /* one heading at the start */
        struct client client = {0};
        world_stop(&world);
        world.limits.blocks = most;
        world_start(&world);
        client_add(&world, &client, NAMES[1], "# A heading\nis a block.");
        assert_int_equal(client.err[0].id, most == 17 ? ERR_NONE : ERR_LIMIT);
    }
}

static void bounds_chunks_and_metadata(void **state)
{
    (void)state;
    struct ragd_kv meta = {ragd_cs("key"), {.type = RAGD_V_STR, .u.s = ragd_cs("a value")}};
    world_stop(&world);
    world.limits.chunks = 2;
    world.limits.metadata = 9;
    world_start(&world);
    struct client client = {.add.splitter = by_line()}, second = {0};
    client_add(&world, &client, "a.txt", LINE("a") LINE("b") LINE("c"));
    assert_int_equal(client.err[0].id, ERR_LIMIT);
    second.add.meta = (struct ragd_kvs){&meta, 1};
    client_begin(&world, &second);
    assert_err(client_end(&world, &second), &second.add.op.err, LIMIT);
    operation_release(&second.add.op);
}

static void ends_soon_when_cancelled_anywhere(void **state)
{
    (void)state;
    for (int turns = 0; turns < 60; turns++) {
        struct client client = {.add.splitter = by_line()};
        client_begin(&world, &client);
        client_announce(&client, 0, "a.txt", turns % 2 ? LINE("a") LINE("b") : LINE("b"));
        client_announce(&client, 1, "b.txt", "never comes");
        client.texts[1] = NULL;
        add_end(&client.add);
        for (int i = 0; i < turns && fake_turn(); i++) {
        }
        operation_cancel(&client.add.op);
        assert_err(world_end(&world, &client.add.op), &client.add.op.err, CANCELLED);
        assert_int_equal(client.n_results, client.n_started ? 2 : 0);
        operation_release(&client.add.op);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(makes_the_default_collection_on_first_use, &world),
        WORLD_TEST(tells_when_it_waits_for_announcements, &world),
        WORLD_TEST(needs_other_collections_to_be_there, &world),
        WORLD_TEST(one_bad_source_does_not_stop_the_others, &world),
        WORLD_TEST(works_on_many_with_few_flushes, &world),
        WORLD_TEST(fetches_sources_itself, &world),
        WORLD_TEST(checks_a_named_embedder_before_any_work, &world),
        WORLD_TEST(keeps_no_vectors_of_words_beside_a_keyword_index, &world),
        WORLD_TEST(keeps_vectors_of_words_where_there_is_none, &world),
        WORLD_TEST(previews_without_storing, &world),
        WORLD_TEST(finishes_what_has_its_bytes_when_interrupted, &world),
        WORLD_TEST(a_stopping_engine_interrupts_it, &world),
        WORLD_TEST(an_upload_that_fails_is_that_source_s_failure, &world),
        WORLD_TEST(checks_what_is_announced, &world),
        WORLD_TEST(holds_results_back_while_paused, &world),
        WORLD_TEST(takes_turns_in_little_memory, &world),
        WORLD_TEST(a_full_disk_ends_the_work_on_those_that_wait, &world),
        WORLD_TEST(bounds_what_travels_in_one_message, &world),
        WORLD_TEST(bounds_chunks_and_metadata, &world),
        WORLD_TEST(ends_soon_when_cancelled_anywhere, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
