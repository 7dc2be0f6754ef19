/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Adding to what is there already: what is kept, what is replaced, and what a failure
 * on the way leaves. */
#include "support/rag_client.h"

static struct world world;

static void does_not_ask_for_what_it_has(void **state)
{
    (void)state;
    struct client first = {0}, again = {0};
    client_add(&world, &first, "a.txt", "hello world");
    size_t applies = fake.applies, embedded = fake.embedded, flushes = fake.flushes;
    client_add(&world, &again, "a.txt", "hello world");
    assert_false(again.created);
    assert_int_equal(again.status[0], SOURCE_UNCHANGED);
    assert_int_equal(again.n_wants, 0);
    assert_int_equal(again.chunks[0], 1);
    assert_int_equal(again.reused[0], 1);
    assert_int_equal(fake.applies, applies);
    assert_int_equal(fake.embedded, embedded);
    assert_int_equal(fake.flushes, flushes);
}

static void embeds_only_what_changed(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()}, second = {0};
    client_add(&world, &first, "a.txt", LINE("a") LINE("b") LINE("c"));
    assert_int_equal(first.chunks[0], 3);
    assert_int_equal(first.embedded[0], 3);
    client_add(&world, &second, "a.txt", LINE("a") LINE("x") LINE("c"));
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
    client_add(&world, &first, "a.txt", LINE("a") LINE("b"));
    memcpy(before, fake_vector("a.txt#0"), sizeof(before));
    client_add(&world, &second, "a.txt", LINE("n") LINE("a") LINE("b"));
    assert_int_equal(second.embedded[0], 1);
    assert_int_equal(second.reused[0], 2);
    assert_memory_equal(before, fake_vector("a.txt#1"), sizeof(before));
}

static void removes_chunks_that_are_gone(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()}, second = {0};
    client_add(&world, &first, "a.txt", LINE("a") LINE("b") LINE("c"));
    client_add(&world, &second, "a.txt", LINE("a"));
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
    client_add(&world, &first, "a.txt", "# One\nx\fsecond\fthird");
    assert_int_equal(first.documents[0], 3);
    assert_string_equal(first.title, "One");
    assert_true(fake_has("a.txt!part/2") && fake_has("a.txt!part/2#0"));
    client_add(&world, &second, "a.txt", "# One\nx\fsecond");
    assert_int_equal(second.documents[0], 2);
    assert_false(fake_has("a.txt!part/2"));
    assert_false(fake_has("a.txt!part/2#0"));
}

static void splitter_of_a_source_holds_for_later_adds(void **state)
{
    (void)state;
    struct client first = {.add.splitter = by_line()}, second = {0}, third = {0};
    const char *text = LINE("a") LINE("b");
    client_add(&world, &first, "a.txt", text);
    assert_int_equal(first.chunks[0], 2);
    client_add(&world, &second, "a.txt", text);
    assert_int_equal(second.status[0], SOURCE_UNCHANGED);
    third.add.splitter = (struct splitter_spec){.chunk_size = 500};
    client_add(&world, &third, "a.txt", text);
    assert_int_equal(third.status[0], SOURCE_UPDATED);
    assert_int_equal(third.chunks[0], 1);
}

static void other_loader_options_read_it_again(void **state)
{
    (void)state;
    struct ragd_kv option = {ragd_cs("plain.x"), {.type = RAGD_V_STR, .u.s = ragd_cs("1")}};
    struct client first = {0}, second = {0}, third = {0};
    client_add(&world, &first, "a.txt", "hello");
    second.add.loader_options = (struct ragd_kvs){&option, 1};
    client_add(&world, &second, "a.txt", "hello");
    assert_int_equal(second.status[0], SOURCE_UPDATED);
    assert_int_equal(second.embedded[0], 0);
    client_add(&world, &third, "a.txt", "hello");
    assert_int_equal(third.status[0], SOURCE_UNCHANGED);
}

static void a_source_is_changed_by_one_at_a_time(void **state)
{
    (void)state;
    struct client a = {0}, b = {0};
    client_begin(&world, &a);
    client_begin(&world, &b);
    client_announce(&a, 0, "a.txt", "first version");
    client_announce(&b, 0, "a.txt", "second version");
    add_end(&a.add);
    add_end(&b.add);
    fake_settle();
    assert_int_equal(world.done, 2);
    assert_int_equal(a.status[0], SOURCE_ADDED);
    assert_int_equal(b.status[0], SOURCE_UPDATED);
    operation_release(&a.add.op);
    operation_release(&b.add.op);
}

static void refuses_a_model_that_changed(void **state)
{
    (void)state;
    struct client first = {0}, second = {0};
    client_add(&world, &first, "a.txt", "hello");
    world_stop(&world);
    fake.space = "words/2";
    world_start(&world);
    client_begin(&world, &second);
    client_announce(&second, 0, "b.txt", "hello");
    assert_err(client_end(&world, &second), &second.add.op.err, EMBEDDER_MISMATCH);
    operation_release(&second.add.op);
}

static void writes_large_sources_in_stages(void **state)
{
    (void)state;
    world_stop(&world);
    world.limits.apply = 1;
    world_start(&world);
    struct client first = {.add.splitter = by_line()}, second = {0};
    client_add(&world, &first, "a.txt", LINE("a") LINE("b") LINE("c") LINE("d"));
    assert_int_equal(first.embedded[0], 4);
    assert_int_equal(fake.applies, 2); /* the settings, and all stages as one */
    assert_true(fake_has("a.txt#3") && fake_has("manifest/a.txt"));
    client_add(&world, &second, "a.txt", LINE("b") LINE("a") LINE("x"));
    assert_int_equal(second.embedded[0], 1);
    assert_false(fake_has("a.txt#3"));
    float want[FAKE_DIM];
    fake_embed_one((struct ragd_str){LINE("b"), 38}, want);
    assert_memory_equal(fake_vector("a.txt#0"), want, sizeof(want));
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
    client_add(&world, &first, "a.txt", LINE("a") LINE("b") LINE("c"));
    client_begin(&world, &second);
    client_announce(&second, 0, "a.txt", new);
    fake_fault(n, ERR_STORAGE_IO);
    int rc = client_end(&world, &second);
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
    client_add(&world, &third, "a.txt", new);
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
    client_add(&world, &first, "a.txt", LINE("a") LINE("b"));
    bool updated = false;
    for (long n = 0; !updated; n++) {
        struct client client = {0};
        struct err err = {0};
        const char *text = LINE("b") LINE("z");
        struct add_announce announced = {.source = ragd_cs("a.txt"), .size = strlen(text)};
        assert_int_equal(hash_bytes(text, strlen(text), announced.sha256), 0);
        client.texts[0] = text;
        mem_fail_after(n, 0);
        client_begin(&world, &client);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(does_not_ask_for_what_it_has, &world),
        WORLD_TEST(embeds_only_what_changed, &world),
        WORLD_TEST(reuses_the_vector_of_a_text_that_moved, &world),
        WORLD_TEST(removes_chunks_that_are_gone, &world),
        WORLD_TEST(keeps_several_documents_of_a_source, &world),
        WORLD_TEST(splitter_of_a_source_holds_for_later_adds, &world),
        WORLD_TEST(other_loader_options_read_it_again, &world),
        WORLD_TEST(a_source_is_changed_by_one_at_a_time, &world),
        WORLD_TEST(refuses_a_model_that_changed, &world),
        WORLD_TEST(writes_large_sources_in_stages, &world),
        WORLD_TEST(a_failure_anywhere_leaves_the_source_whole, &world),
        WORLD_TEST(any_lack_of_memory_is_only_a_failure, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
