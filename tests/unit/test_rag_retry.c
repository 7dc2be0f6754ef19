/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Sources whose loader crashes are tried again, behind the others and after waits. */
#include <stdio.h>

#include "rag/registry.h"
#include "support/rag_client.h"

enum { MANY = 24 };

static struct world world;

static void add_many(struct client *client, size_t n, const char *bad)
{
    static char names[MANY][32];
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "%zu.txt", i);
        client_announce(client, (uint32_t)i, names[i], i < 2 ? bad : "good");
    }
}

static void a_crash_is_tried_again_behind_everything_else(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_retry = 0; /* it is not the wait that decides */
    world_restart(&world);
    client_begin(&world, &client);
    add_many(&client, MANY, "@1 text");
    client_finish(&world, &client);
    assert_int_equal(client.add.totals.added, MANY);
    assert_int_equal(fake.n_loads, MANY + 2);
    for (size_t i = 0; i < fake.n_loads; i++) {
        assert_int_equal(fake.loads[i].again, i >= MANY);
    }
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(client.tries[i], i < MANY - 2 ? 1 : 2);
    }
}

static void it_waits_for_what_is_still_coming_in(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "bad.txt", "@1 text");
    client_announce(&client, 1, "slow.txt", "good");
    client.texts[1] = NULL; /* not yet */
    fake_settle();
    assert_int_equal(fake.n_loads, 1);
    client.texts[1] = "good";
    client_on_want(&client.add, 1);
    client_finish(&world, &client);
    assert_string_equal(client.source[0], "slow.txt");
    assert_string_equal(client.source[1], "bad.txt");
    assert_int_equal(client.add.totals.added, 2);
}

static void the_waits_grow_and_end(void **state)
{
    (void)state;
    struct client client = {0};
    client_add(&world, &client, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 3);
    assert_int_equal(fake.loads[1].at_ms - fake.loads[0].at_ms, 100);
    assert_int_equal(fake.loads[2].at_ms - fake.loads[1].at_ms, 1000);
    assert_int_equal(client.err[0].id, ERR_LOADER_CRASHED);
    assert_int_equal(client.tries[0], 3);
    assert_string_equal(client.loader[0], "plain");
    assert_string_equal(client.err[0].why, "each of 3 tries ended so");
    assert_non_null(strstr(client.err[0].hint, "rag add --retry"));
}

static void one_attempt_means_none_again(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_attempts = 1;
    world_restart(&world);
    client_add(&world, &client, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 1);
    assert_string_equal(client.err[0].why, "");
}

static void limits_and_nonsense_are_not_tried_again(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "limit.txt", "%");
    client_announce(&client, 1, "nonsense.txt", "$");
    client_finish(&world, &client);
    assert_int_equal(fake.n_loads, 2);
    assert_int_equal(client.err[0].id, ERR_LIMIT);
    assert_non_null(strstr(client.err[0].hint, "limits.parse; rag add --retry"));
    assert_int_equal(client.err[1].id, ERR_PLUGIN);
    assert_true(fake_has("failed/limit.txt") && fake_has("failed/nonsense.txt"));
}

static void those_that_hold_too_much_go_first(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_parked = 7; /* one of them is as much */
    world.limits.parallel_sources = 2;
    world_restart(&world);
    client_begin(&world, &client);
    add_many(&client, 8, "@1 text");
    client_finish(&world, &client);
    assert_int_equal(client.add.totals.added, 8);
    assert_int_equal(fake.n_loads, 10);
    /* Both were parked, so they are a crowd until one of them is through. */
    assert_true(fake.loads[2].again && !fake.loads[9].again);
}

static void the_room_of_uploads_is_never_used_up(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.document_raw = 1000;
    world.limits.spool = 1000; /* what is parked may be in the way of the next */
    world.limits.parallel_sources = 1;
    world_restart(&world);
    client_begin(&world, &client);
    add_many(&client, 4, "@1 text");
    client_finish(&world, &client);
    assert_true(fake.loads[1].again);
    assert_string_equal(fake.loads[0].uri, fake.loads[1].uri);
}

static void fetched_sources_are_tried_again_too(void **state)
{
    (void)state;
    struct ragd_str root = ragd_cs("fake:");
    fake.sources[0] = (struct fake_source){"fake:a", "@1 text"};
    fake.sources[1] = (struct fake_source){"fake:b", "@9"};
    fake.sources[2] = (struct fake_source){"fake:c", "good"};
    struct client client = {.add.sources = &root, .add.n_sources = 1};
    client_begin(&world, &client);
    add_end(&client.add);
    assert_ok(world_end(&world, &client.add.op), &client.add.op.err);
    assert_int_equal(client.add.totals.added, 2);
    assert_int_equal(client.add.totals.failed, 1);
    assert_int_equal(fake.n_loads, 6);
    operation_release(&client.add.op);
    client_begin(&world, &client);
    add_end(&client.add);
    assert_ok(world_end(&world, &client.add.op), &client.add.op.err);
    assert_int_equal(client.add.totals.unchanged, 2);
    assert_int_equal(client.add.totals.failed, 1);
    assert_int_equal(fake.n_loads, 6);
    operation_release(&client.add.op);
}

static void a_preview_tries_again_and_remembers_nothing(void **state)
{
    (void)state;
    struct client client = {.add.preview = true};
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "@1 text");
    client_announce(&client, 1, "b.txt", "@9");
    client_finish(&world, &client);
    assert_int_equal(fake.n_loads, 5);
    assert_int_equal(client.add.totals.failed, 1);
    assert_int_equal(fake.applies, 0);
}

/* An add of "a.txt" alone, as far as its end. */
static void begin_one(struct client *client, const char *text)
{
    client_begin(&world, client);
    client_announce(client, 0, "a.txt", text);
    add_end(&client->add);
}

/* Until the first one has crashed. */
static void until_a_crash(void)
{
    while (!fake.n_loads) {
        assert_true(fake_turn());
    }
}

static void a_cancelled_add_does_not_wait_for_another_try(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_retry = 60000;
    world_restart(&world);
    begin_one(&client, "@9");
    until_a_crash();
    operation_cancel(&client.add.op);
    assert_int_equal(world_end(&world, &client.add.op), RAGD_E_CANCELLED);
    assert_int_equal(client.err[0].id, ERR_CANCELLED);
    assert_int_equal(fake.n_loads, 1);
    assert_true(fake.clock_ms < 60000);
    operation_release(&client.add.op);
}

static void a_stopping_engine_does_not_either(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_retry = 60000;
    world_restart(&world);
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "@9");
    until_a_crash();
    engine_drain(world.engine, world_on_drained, &world);
    fake_settle();
    assert_int_equal(world.drained, 1);
    assert_int_equal(client.err[0].id, ERR_INTERRUPTED);
    assert_true(fake.clock_ms < 60000);
    operation_release(&client.add.op);
    engine_destroy(world.engine);
    world.engine = NULL;
}

static void a_lost_client_s_sources_get_their_tries(void **state)
{
    (void)state;
    struct client client = {0};
    client_begin(&world, &client);
    client_announce(&client, 0, "a.txt", "@1 text");
    until_a_crash();
    add_interrupt(&client.add);
    assert_int_equal(world_end(&world, &client.add.op), 0);
    assert_int_equal(client.status[0], SOURCE_ADDED);
    operation_release(&client.add.op);
}

static size_t on_preview(struct add *add, const struct add_preview *preview)
{
    ((struct client *)add)->n_previews += preview->part == PREVIEW_DOC;
    return preview->part == PREVIEW_CHUNKS ? 0 : preview->rest.n;
}

/* It works, and the preview came once. */
static void resume_preview(struct client *client)
{
    operation_resume(&client->add.op);
    assert_int_equal(world_end(&world, &client->add.op), 0);
    assert_int_equal(client->n_previews, 1);
    operation_release(&client->add.op);
}

static void a_pause_that_ends_while_it_waits_is_over(void **state)
{
    (void)state;
    struct client client = {.add.preview = true, .add.on_preview = on_preview};
    begin_one(&client, "@1 text");
    until_a_crash();
    operation_pause(&client.add.op);
    while (!world.engine->parked_bytes) {
        assert_true(fake_turn());
    }
    resume_preview(&client);
}

static void a_pause_that_begins_while_it_waits_holds(void **state)
{
    (void)state;
    struct client client = {.add.preview = true, .add.on_preview = on_preview};
    begin_one(&client, "@1 text");
    while (!fake.n_loads || !world.engine->parked_bytes) {
        assert_true(fake_turn());
    }
    operation_pause(&client.add.op);
    fake_settle();
    assert_int_equal(fake.n_loads, 2);
    assert_int_equal(client.n_previews, 0);
    resume_preview(&client);
}

static void another_add_may_store_it_meanwhile(void **state)
{
    (void)state;
    struct client slow = {0}, quick = {0};
    world.limits.parse_retry = 10000;
    world_restart(&world);
    begin_one(&slow, "@1 text");
    until_a_crash();
    begin_one(&quick, "@1 text"); /* the second time, so it is well */
    fake_settle();
    assert_int_equal(quick.status[0], SOURCE_ADDED);
    assert_int_equal(slow.status[0], SOURCE_UNCHANGED);
    assert_int_equal(fake.n_loads, 2);
    operation_release(&slow.add.op);
    operation_release(&quick.add.op);
}

/* Whatever call fails while a source fails, nothing is left open, and it can be
 * added later. */
static void any_call_may_fail(void **state)
{
    (void)state;
    bool met = true;
    for (long n = 0; met; n++) {
        struct client client = {0}, retry = {.add.retry_failed = true};
        world_close(&world);
        world_open(&world);
        client_begin(&world, &client);
        client_announce(&client, 0, "a.txt", "@3 text");
        fake_fault(n, ERR_STORAGE_IO);
        add_end(&client.add);
        (void)world_end(&world, &client.add.op);
        fake_fault(-1, ERR_NONE);
        met = fake_fault_met();
        operation_release(&client.add.op);
        for (int i = 0; i < 2; i++) { /* a fault may have cost it a try */
            client_add(&world, &retry, "a.txt", "@3 text");
        }
        assert_int_equal(retry.add.totals.failed, 0);
        assert_true(fake_has("a.txt#0"));
        assert_false(fake_has("failed/a.txt"));
    }
}

static void so_may_any_allocation(void **state)
{
    (void)state;
    FOR_EACH_FAILURE(n, done)
    {
        struct client client = {0}, retry = {.add.retry_failed = true};
        world_close(&world);
        world_open(&world);
        client_add(&world, &client, "before.txt", "good");
        begin_one(&client, "@2 text");
        mem_fail_after(n, 0);
        (void)world_end(&world, &client.add.op);
        mem_fail_after(-1, 0);
        done = client.n_results && client.status[0] == SOURCE_ADDED;
        operation_release(&client.add.op);
        client_add(&world, &retry, "a.txt", "@2 text");
        client_add(&world, &retry, "a.txt", "@2 text");
        assert_int_equal(retry.add.totals.failed, 0);
        assert_false(fake_has("failed/a.txt"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_crash_is_tried_again_behind_everything_else, &world),
        WORLD_TEST(it_waits_for_what_is_still_coming_in, &world),
        WORLD_TEST(the_waits_grow_and_end, &world),
        WORLD_TEST(one_attempt_means_none_again, &world),
        WORLD_TEST(limits_and_nonsense_are_not_tried_again, &world),
        WORLD_TEST(those_that_hold_too_much_go_first, &world),
        WORLD_TEST(the_room_of_uploads_is_never_used_up, &world),
        WORLD_TEST(fetched_sources_are_tried_again_too, &world),
        WORLD_TEST(a_preview_tries_again_and_remembers_nothing, &world),
        WORLD_TEST(a_cancelled_add_does_not_wait_for_another_try, &world),
        WORLD_TEST(a_stopping_engine_does_not_either, &world),
        WORLD_TEST(a_lost_client_s_sources_get_their_tries, &world),
        WORLD_TEST(a_pause_that_ends_while_it_waits_is_over, &world),
        WORLD_TEST(a_pause_that_begins_while_it_waits_holds, &world),
        WORLD_TEST(another_add_may_store_it_meanwhile, &world),
        WORLD_TEST(any_call_may_fail, &world),
        WORLD_TEST(so_may_any_allocation, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
