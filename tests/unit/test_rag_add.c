/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/add.h"

#include <stdio.h>

#include "support/rag_world.h"

enum { RESULTS = 32 };

/* One add as its caller sees it. */
struct client {
    struct add add;
    const char *texts[RESULTS]; /* by index, sent when wanted; NULL = never */
    size_t n_results, n_wants, n_idle, n_released, n_started;
    size_t n_previews, n_parts, n_chunks;
    const struct ragd_stored_doc *previewed;
    enum source_status status[RESULTS];
    uint64_t embedded[RESULTS], reused[RESULTS], chunks[RESULTS], documents[RESULTS];
    char source[RESULTS][64];
    enum err_id err[RESULTS];
    char title[64];
    bool created;
};

static struct world world;

static void on_started(struct add *add, const struct add_started *started)
{
    struct client *client = (struct client *)add;
    client->n_started++;
    client->created = started->created;
    assert_true(started->job || add->preview);
}

static void release_content(void *arg)
{
    ((struct client *)arg)->n_released++;
}

static void on_want(struct add *add, uint32_t index)
{
    struct client *client = (struct client *)add;
    const char *text = client->texts[index];
    struct err err = {0};
    client->n_wants++;
    if (text) {
        struct add_content content = {
            .content = {.p = text, .size = strlen(text), .fd = -1},
            .release = release_content,
            .arg = client,
        };
        assert_ok(add_content_take(add, index, content, &err), &err);
    }
}

static void on_idle(struct add *add)
{
    ((struct client *)add)->n_idle++;
}

static void on_result(struct add *add, const struct source_result *result)
{
    struct client *client = (struct client *)add;
    size_t i = client->n_results++;
    assert_true(i < RESULTS);
    client->status[i] = result->status;
    client->embedded[i] = result->embedded;
    client->reused[i] = result->reused;
    client->chunks[i] = result->chunks;
    client->documents[i] = result->documents;
    client->err[i] = result->err ? result->err->id : ERR_NONE;
    assert_int_equal(result->err != NULL, result->status == SOURCE_FAILED);
    snprintf(client->source[i], sizeof(client->source[i]), "%.*s", (int)result->source.n,
             result->source.p);
    snprintf(client->title, sizeof(client->title), "%.*s", (int)result->title.n,
             result->title.p);
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

static void begin(struct client *client)
{
    client->add.on_started = on_started;
    client->add.on_want = on_want;
    client->add.on_idle = on_idle;
    client->add.on_result = on_result;
    client->add.on_preview = on_preview;
    world_op(&world, &client->add.op);
    add_start(&client->add);
}

static void announce(struct client *client, uint32_t index, const char *source,
                     const char *text)
{
    struct err err = {0};
    struct add_announce announced = {
        .index = index,
        .source = ragd_cs(source),
        .name = ragd_cs(source),
        .mime = ragd_cs("text/plain"),
        .size = strlen(text),
    };
    client->texts[index] = text;
    assert_int_equal(hash_bytes(text, strlen(text), announced.sha256), 0);
    assert_ok(add_announce(&client->add, &announced, &err), &err);
}

static int end(struct client *client)
{
    add_end(&client->add);
    return world_end(&world, &client->add.op);
}

/* An add of one source, into what is set in client. */
static void add_text(struct client *client, const char *source, const char *text)
{
    begin(client);
    announce(client, 0, source, text);
    assert_ok(end(client), &client->add.op.err);
    assert_int_equal(client->n_results, 1);
    assert_int_equal(client->n_released, client->n_wants);
    operation_release(&client->add.op);
}

static void makes_the_default_collection_on_first_use(void **state)
{
    (void)state;
    struct client client = {0};
    add_text(&client, "a.txt", "hello world");
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
    begin(&client);
    go_on();
    assert_int_equal(client.n_idle, 1); /* nothing was announced yet */
    announce(&client, 0, "a.txt", "hello");
    go_on();
    assert_int_equal(client.n_results, 1);
    assert_int_equal(client.n_idle, 2);
    announce(&client, 1, "b.txt", "hello");
    client.texts[1] = NULL; /* wanted and not brought: it is at work */
    go_on();
    assert_int_equal(client.n_idle, 2);
    struct err err = {0};
    err_set(&err, ERR_IO, "gone");
    add_content_abort(&client.add, 1, &err);
    assert_ok(end(&client), &client.add.op.err);
    operation_release(&client.add.op);
}

static void needs_other_collections_to_be_there(void **state)
{
    (void)state;
    struct client client = {.add.collection = ragd_cs("papers")};
    begin(&client);
    assert_err(end(&client), &client.add.op.err, NO_COLLECTION);
    assert_int_equal(client.n_started, 0);
    operation_release(&client.add.op);
}

static void does_not_ask_for_what_it_has(void **state)
{
    (void)state;
    struct client first = {0}, again = {0};
    add_text(&first, "a.txt", "hello world");
    size_t applies = fake.applies, embedded = fake.embedded, flushes = fake.flushes;
    add_text(&again, "a.txt", "hello world");
    assert_false(again.created);
    assert_int_equal(again.status[0], SOURCE_UNCHANGED);
    assert_int_equal(again.n_wants, 0);
    assert_int_equal(again.chunks[0], 1);
    assert_int_equal(again.reused[0], 1);
    assert_int_equal(fake.applies, applies);
    assert_int_equal(fake.embedded, embedded);
    assert_int_equal(fake.flushes, flushes);
}

/* Lines of 40 characters, so that each is a chunk of its own. */
static struct splitter_spec by_line(void)
{
    return (struct splitter_spec){.chunk_size = 40, .chunk_overlap_plus1 = 1};
}

#define LINE(c) c " 34567890123456789012345678901234567\n"

static void embeds_only_what_changed(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()}, second = {0};
    add_text(&first, "a.txt", LINE("a") LINE("b") LINE("c"));
    assert_int_equal(first.chunks[0], 3);
    assert_int_equal(first.embedded[0], 3);
    add_text(&second, "a.txt", LINE("a") LINE("x") LINE("c"));
    assert_int_equal(second.status[0], SOURCE_UPDATED);
    assert_int_equal(second.chunks[0], 3);
    assert_int_equal(second.embedded[0], 1);
    assert_int_equal(second.reused[0], 2);
}

static void reuses_the_vector_of_a_text_that_moved(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()}, second = {0};
    float before[FAKE_DIM];
    add_text(&first, "a.txt", LINE("a") LINE("b"));
    memcpy(before, fake_vector("a.txt#0"), sizeof(before));
    add_text(&second, "a.txt", LINE("n") LINE("a") LINE("b"));
    assert_int_equal(second.embedded[0], 1);
    assert_int_equal(second.reused[0], 2);
    assert_memory_equal(before, fake_vector("a.txt#1"), sizeof(before));
}

static void removes_chunks_that_are_gone(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()}, second = {0};
    add_text(&first, "a.txt", LINE("a") LINE("b") LINE("c"));
    add_text(&second, "a.txt", LINE("a"));
    assert_int_equal(second.embedded[0], 0);
    assert_true(fake_has("a.txt#0"));
    assert_false(fake_has("a.txt#1"));
    assert_false(fake_has("a.txt#2"));
    assert_int_equal(second.add.totals.collection_chunks, 1);
}

static void keeps_several_documents_of_a_source(void **state)
{
    (void)state;
    struct client first = {0}, second = {0};
    add_text(&first, "a.txt", "# One\nx\fsecond\fthird");
    assert_int_equal(first.documents[0], 3);
    assert_string_equal(first.title, "One");
    assert_true(fake_has("a.txt!part/2") && fake_has("a.txt!part/2#0"));
    add_text(&second, "a.txt", "# One\nx\fsecond");
    assert_int_equal(second.documents[0], 2);
    assert_false(fake_has("a.txt!part/2"));
    assert_false(fake_has("a.txt!part/2#0"));
}

static void splitter_of_a_source_holds_for_later_adds(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()}, second = {0}, third = {0};
    const char *text = LINE("a") LINE("b");
    add_text(&first, "a.txt", text);
    assert_int_equal(first.chunks[0], 2);
    add_text(&second, "a.txt", text);
    assert_int_equal(second.status[0], SOURCE_UNCHANGED);
    third.add.splitter = (struct splitter_spec){.chunk_size = 500};
    add_text(&third, "a.txt", text);
    assert_int_equal(third.status[0], SOURCE_UPDATED);
    assert_int_equal(third.chunks[0], 1);
}

static void other_loader_options_read_it_again(void **state)
{
    (void)state;
    struct ragd_kv option = {ragd_cs("plain.x"), {.type = RAGD_V_STR, .u.s = ragd_cs("1")}};
    struct client first = {0}, second = {0}, third = {0};
    add_text(&first, "a.txt", "hello");
    second.add.loader_options = (struct ragd_kvs){&option, 1};
    add_text(&second, "a.txt", "hello");
    assert_int_equal(second.status[0], SOURCE_UPDATED);
    assert_int_equal(second.embedded[0], 0);
    add_text(&third, "a.txt", "hello");
    assert_int_equal(third.status[0], SOURCE_UNCHANGED);
}

static void one_bad_source_does_not_stop_the_others(void **state)
{
    (void)state;
    struct client client = {0};
    begin(&client);
    announce(&client, 0, "bad.bin", "!\x01");
    announce(&client, 1, "good.txt", "good");
    announce(&client, 2, "empty.txt", "");
    announce(&client, 3, "blank.txt", "  \n ");
    assert_ok(end(&client), &client.add.op.err);
    assert_int_equal(client.n_results, 4);
    assert_int_equal(client.add.totals.failed, 3);
    assert_int_equal(client.add.totals.added, 1);
    for (size_t i = 0; i < 4; i++) {
        enum err_id want = strcmp(client.source[i], "good.txt") == 0  ? ERR_NONE
                           : strcmp(client.source[i], "bad.bin") == 0 ? ERR_NO_LOADER
                                                                      : ERR_NO_TEXT;
        assert_int_equal(client.err[i], want);
    }
    assert_true(fake_has("good.txt#0"));
    operation_release(&client.add.op);
}

static void works_on_many_with_few_flushes(void **state)
{
    (void)state;
    char names[24][16], texts[24][32];
    struct client client = {0};
    begin(&client);
    for (uint32_t i = 0; i < 24; i++) {
        snprintf(names[i], sizeof(names[i]), "%u.txt", i);
        snprintf(texts[i], sizeof(texts[i]), "text number %u", i);
        announce(&client, i, names[i], texts[i]);
    }
    assert_ok(end(&client), &client.add.op.err);
    assert_int_equal(client.add.totals.added, 24);
    assert_int_equal(client.add.totals.collection_chunks, 24);
    assert_true(fake.flushes < 12);
    operation_release(&client.add.op);
}

static void a_source_is_changed_by_one_at_a_time(void **state)
{
    (void)state;
    struct client a = {0}, b = {0};
    begin(&a);
    begin(&b);
    announce(&a, 0, "a.txt", "first version");
    announce(&b, 0, "a.txt", "second version");
    add_end(&a.add);
    add_end(&b.add);
    fake_settle();
    assert_int_equal(world.done, 2);
    assert_int_equal(a.status[0], SOURCE_ADDED);
    assert_int_equal(b.status[0], SOURCE_UPDATED);
    operation_release(&a.add.op);
    operation_release(&b.add.op);
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
        begin(&client);
        assert_ok(end(&client), &client.add.op.err);
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
    add_text(&first, "a.txt", "hello");
    begin(&other);
    announce(&other, 0, "b.txt", "hello");
    assert_err(end(&other), &other.add.op.err, EMBEDDER_MISMATCH);
    assert_non_null(strstr(other.add.op.err.msg, "words"));
    assert_non_null(strstr(other.add.op.err.why, "9 dims"));
    assert_int_equal(other.n_results, 0);
    assert_int_equal(other.n_wants, 0);
    operation_release(&other.add.op);
}

static void refuses_a_model_that_changed(void **state)
{
    (void)state;
    struct client first = {0}, second = {0};
    add_text(&first, "a.txt", "hello");
    world_stop(&world);
    fake.space = "words/2";
    world_start(&world);
    begin(&second);
    announce(&second, 0, "b.txt", "hello");
    assert_err(end(&second), &second.add.op.err, EMBEDDER_MISMATCH);
    operation_release(&second.add.op);
}

static void keeps_no_vectors_of_words_beside_a_keyword_index(void **state)
{
    (void)state;
    fake.embed_flags = RAGD_EMBED_LEXICAL;
    struct client client = {0};
    add_text(&client, "a.txt", "hello");
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
    add_text(&client, "a.txt", "hello");
    assert_int_equal(client.embedded[0], 1);
    assert_non_null(fake_vector("a.txt#0"));
}

static void previews_without_storing(void **state)
{
    (void)state;
    struct client client = {.add.preview = true, .add.splitter = by_line()};
    begin(&client);
    announce(&client, 0, "a.txt", LINE("a") LINE("b")); /* 76 bytes: 5 parts */
    announce(&client, 1, "b.txt", "one\ftwo");
    assert_ok(end(&client), &client.add.op.err);
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
    begin(&client);
    announce(&client, 0, "a.txt", "has its bytes");
    announce(&client, 1, "b.txt", "never comes");
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
    begin(&client);
    announce(&client, 0, "b.txt", "never comes");
    client.texts[0] = NULL;
    while (!client.n_wants) {
        assert_true(fake_turn());
    }
    engine_drain(world.engine, world_on_drained, &world);
    fake_settle();
    assert_int_equal(world.done, 1);
    assert_int_equal(world.drained, 1);
    assert_int_equal(client.err[0], ERR_INTERRUPTED);
    operation_release(&client.add.op);
    engine_destroy(world.engine);
    world.engine = NULL;
}

static void an_upload_that_fails_is_that_source_s_failure(void **state)
{
    (void)state;
    struct client client = {0};
    struct err err = {0};
    begin(&client);
    announce(&client, 0, "a.txt", "text");
    client.texts[0] = NULL;
    while (!client.n_wants) {
        assert_true(fake_turn());
    }
    err_set(&err, ERR_CHANGED, NULL);
    add_content_abort(&client.add, 0, &err);
    assert_ok(end(&client), &client.add.op.err);
    assert_int_equal(client.err[0], ERR_CHANGED);
    operation_release(&client.add.op);
}

static void checks_what_is_announced(void **state)
{
    (void)state;
    struct client client = {0};
    struct err err = {0};
    char longest[2049];
    memset(longest, 'x', sizeof(longest));
    begin(&client);
    announce(&client, 0, "a.txt", "text");
    struct add_announce bad = {.index = 0, .source = ragd_cs("b.txt")};
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    bad = (struct add_announce){.index = 1, .source = ragd_cs("a.txt")};
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    bad.source = ragd_cs("a\nb");
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    bad.source = (struct ragd_str){longest, sizeof(longest)};
    assert_err(add_announce(&client.add, &bad, &err), &err, INVALID);
    struct add_content content = {.release = release_content, .arg = &client};
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
    begin(&client);
    announce(&client, 0, "a.txt", "text");
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

static void writes_large_sources_in_stages(void **state)
{
    (void)state;
    world_stop(&world);
    world.limits.apply = 1;
    world_start(&world);
    struct client first = {.add.splitter = by_line()}, second = {0};
    add_text(&first, "a.txt", LINE("a") LINE("b") LINE("c") LINE("d"));
    assert_int_equal(first.embedded[0], 4);
    assert_int_equal(fake.applies, 2); /* the settings, and all stages as one */
    assert_true(fake_has("a.txt#3") && fake_has("manifest/a.txt"));
    add_text(&second, "a.txt", LINE("b") LINE("a") LINE("x"));
    assert_int_equal(second.embedded[0], 1);
    assert_false(fake_has("a.txt#3"));
    float want[FAKE_DIM];
    fake_embed_one((struct ragd_str){LINE("b"), 38}, want);
    assert_memory_equal(fake_vector("a.txt#0"), want, sizeof(want));
}

static void takes_turns_in_little_memory(void **state)
{
    (void)state;
    world_stop(&world);
    world.limits.add_memory = 1;
    world_start(&world);
    struct client client = {0};
    begin(&client);
    announce(&client, 0, "a.txt", "one");
    announce(&client, 1, "b.txt", "two");
    announce(&client, 2, "c.txt", "three");
    assert_ok(end(&client), &client.add.op.err);
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
    add_text(&first, "a.txt", "one");
    begin(&client);
    announce(&client, 0, "b.txt", "two");
    announce(&client, 1, "c.txt", "three");
    announce(&client, 2, "d.txt", "four");
    fake_fault(1, ERR_STORAGE_FULL); /* behind that for the job */
    assert_ok(end(&client), &client.add.op.err);
    assert_true(fake_fault_met());
    assert_int_equal(client.n_results, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(client.err[i], ERR_STORAGE_FULL);
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
    add_text(&two, NAMES[0], LINE("a") LINE("b"));
    assert_int_equal(two.status[0], SOURCE_ADDED);
    add_text(&three, NAMES[1], LINE("a") LINE("b") LINE("c"));
    assert_int_equal(three.err[0], ERR_LIMIT);
    assert_int_equal(fake.embedded, 2);

    for (uint64_t most = 16; most < 18; most++) { /* one heading at the start */
        struct client client = {0};
        world_stop(&world);
        world.limits.blocks = most;
        world_start(&world);
        add_text(&client, NAMES[1], "# A heading\nis a block.");
        assert_int_equal(client.err[0], most == 17 ? ERR_NONE : ERR_LIMIT);
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
    add_text(&client, "a.txt", LINE("a") LINE("b") LINE("c"));
    assert_int_equal(client.err[0], ERR_LIMIT);
    second.add.meta = (struct ragd_kvs){&meta, 1};
    begin(&second);
    assert_err(end(&second), &second.add.op.err, LIMIT);
    operation_release(&second.add.op);
}

/* One round: the n-th call of an update fails, perhaps the daemon crashes after.
 * Whichever it is, the source is as it was or as it was to be, and another add
 * completes it. False: there were not so many calls. */
static bool fail_at(long n, uint64_t apply, bool crash)
{
    const char *new = LINE("x") LINE("y");
    struct client first = {.add.splitter = by_line()}, second = {0}, third = {0};
    world_close(&world);
    world_open(&world);
    world_stop(&world);
    world.limits.apply = apply;
    world_start(&world);
    add_text(&first, "a.txt", LINE("a") LINE("b") LINE("c"));
    begin(&second);
    announce(&second, 0, "a.txt", new);
    fake_fault(n, ERR_STORAGE_IO);
    int rc = end(&second);
    fake_fault(-1, ERR_NONE);
    bool acknowledged = !rc && second.n_results == 1 && second.status[0] == SOURCE_UPDATED;
    operation_release(&second.add.op);
    if (crash) {
        world_stop(&world);
        fake_crash();
        world_start(&world);
    }
    bool is_new = !fake_has("a.txt#2");
    assert_true(is_new || !acknowledged);
    add_text(&third, "a.txt", new);
    assert_int_equal(third.status[0], is_new ? SOURCE_UNCHANGED : SOURCE_UPDATED);
    assert_false(fake_has("a.txt#2"));
    return fake_fault_met();
}

static void a_failure_anywhere_leaves_the_source_whole(void **state)
{
    (void)state;
    const uint64_t in_stages = 1, in_one = 1 << 20;
    for (int crash = 0; crash < 2; crash++) {
        long n = 0, m = 0;
        while (fail_at(n, in_stages, crash)) {
            n++;
        }
        while (fail_at(m, in_one, crash)) {
            m++;
        }
        assert_true(n > m && m > 8); /* there was something to fail */
    }
}

static void any_lack_of_memory_is_only_a_failure(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()};
    add_text(&first, "a.txt", LINE("a") LINE("b"));
    bool updated = false;
    for (long n = 0; !updated; n++) {
        struct client client = {0};
        struct err err = {0};
        const char *text = LINE("b") LINE("z");
        struct add_announce announced = {.source = ragd_cs("a.txt"), .size = strlen(text)};
        assert_int_equal(hash_bytes(text, strlen(text), announced.sha256), 0);
        client.texts[0] = text;
        mem_fail_after(n, 0);
        begin(&client);
        int rc = add_announce(&client.add, &announced, &err);
        add_end(&client.add);
        fake_settle();
        mem_fail_after(-1, 0);
        assert_int_equal(world.done, 1);
        assert_true(rc || client.n_results == 1 || client.add.op.status < 0);
        updated = !rc && client.n_results == 1 && client.status[0] != SOURCE_FAILED;
        operation_release(&client.add.op);
        assert_true(n < 2000);
    }
    assert_true(fake_has("a.txt#1"));
}

static void ends_soon_when_cancelled_anywhere(void **state)
{
    (void)state;
    for (int turns = 0; turns < 60; turns++) {
        struct client client = {.add.splitter = by_line()};
        begin(&client);
        announce(&client, 0, "a.txt", turns % 2 ? LINE("a") LINE("b") : LINE("b"));
        announce(&client, 1, "b.txt", "never comes");
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
        WORLD_TEST(does_not_ask_for_what_it_has, &world),
        WORLD_TEST(embeds_only_what_changed, &world),
        WORLD_TEST(reuses_the_vector_of_a_text_that_moved, &world),
        WORLD_TEST(removes_chunks_that_are_gone, &world),
        WORLD_TEST(keeps_several_documents_of_a_source, &world),
        WORLD_TEST(splitter_of_a_source_holds_for_later_adds, &world),
        WORLD_TEST(other_loader_options_read_it_again, &world),
        WORLD_TEST(one_bad_source_does_not_stop_the_others, &world),
        WORLD_TEST(works_on_many_with_few_flushes, &world),
        WORLD_TEST(a_source_is_changed_by_one_at_a_time, &world),
        WORLD_TEST(fetches_sources_itself, &world),
        WORLD_TEST(checks_a_named_embedder_before_any_work, &world),
        WORLD_TEST(refuses_a_model_that_changed, &world),
        WORLD_TEST(keeps_no_vectors_of_words_beside_a_keyword_index, &world),
        WORLD_TEST(keeps_vectors_of_words_where_there_is_none, &world),
        WORLD_TEST(previews_without_storing, &world),
        WORLD_TEST(finishes_what_has_its_bytes_when_interrupted, &world),
        WORLD_TEST(a_stopping_engine_interrupts_it, &world),
        WORLD_TEST(an_upload_that_fails_is_that_source_s_failure, &world),
        WORLD_TEST(checks_what_is_announced, &world),
        WORLD_TEST(holds_results_back_while_paused, &world),
        WORLD_TEST(writes_large_sources_in_stages, &world),
        WORLD_TEST(takes_turns_in_little_memory, &world),
        WORLD_TEST(a_full_disk_ends_the_work_on_those_that_wait, &world),
        WORLD_TEST(bounds_what_travels_in_one_message, &world),
        WORLD_TEST(bounds_chunks_and_metadata, &world),
        WORLD_TEST(a_failure_anywhere_leaves_the_source_whole, &world),
        WORLD_TEST(any_lack_of_memory_is_only_a_failure, &world),
        WORLD_TEST(ends_soon_when_cancelled_anywhere, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
