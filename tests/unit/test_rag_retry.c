/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <stdio.h>

#include "rag/add.h"
#include "rag/documents.h"
#include "rag/quarantine.h"
#include "rag/registry.h"
#include "support/rag_world.h"

enum { MANY = 24 };

/* One add of some sources, as its caller sees it. */
struct client {
    struct add add;
    const char *texts[MANY]; /* by index */
    size_t n, n_results, n_previews;
    struct {
        char source[32];
        enum source_status status;
        enum err_id id;
        uint32_t tries;
        char why[ERR_WHY_BYTES], hint[ERR_HINT_BYTES], loader[16];
    } results[MANY];
};

static struct world world;

static void bring(struct add *add, uint32_t index, const char *text)
{
    struct add_content content = {.content = {.p = text, .size = strlen(text), .fd = -1}};
    struct err err = {0};
    assert_ok(add_content_take(add, index, content, &err), &err);
}

static void on_want(struct add *add, uint32_t index)
{
    const char *text = ((struct client *)add)->texts[index];
    if (text) {
        bring(add, index, text);
    }
}

static void on_result(struct add *add, const struct source_result *in)
{
    struct client *client = (struct client *)add;
    assert_true(client->n_results < MANY);
    size_t i = client->n_results++;
    snprintf(client->results[i].source, sizeof(client->results[i].source), "%.*s",
             (int)in->source.n, in->source.p);
    snprintf(client->results[i].loader, sizeof(client->results[i].loader), "%.*s",
             (int)in->loader.n, in->loader.p);
    client->results[i].status = in->status;
    client->results[i].tries = in->tries;
    if (in->err) {
        client->results[i].id = in->err->id;
        memcpy(client->results[i].why, in->err->why, ERR_WHY_BYTES);
        memcpy(client->results[i].hint, in->err->hint, ERR_HINT_BYTES);
    }
}

static void begin(struct client *client)
{
    client->n_results = client->n = 0;
    client->add.on_want = on_want;
    client->add.on_result = on_result;
    world_op(&world, &client->add.op);
    add_start(&client->add);
}

static void announce(struct client *client, const char *source, const char *text)
{
    struct err err = {0};
    struct add_announce announced = {.index = (uint32_t)client->n,
                                     .source = ragd_cs(source),
                                     .name = ragd_cs(source),
                                     .size = strlen(text)};
    client->texts[client->n++] = text;
    assert_int_equal(hash_bytes(text, strlen(text), announced.sha256), 0);
    assert_ok(add_announce(&client->add, &announced, &err), &err);
}

static void end(struct client *client)
{
    add_end(&client->add);
    assert_ok(world_end(&world, &client->add.op), &client->add.op.err);
    assert_int_equal(client->n_results, client->n + client->add.n_sources);
    operation_release(&client->add.op);
}

/* One source, with what is set in client. */
static void add_one(struct client *client, const char *source, const char *text)
{
    begin(client);
    announce(client, source, text);
    end(client);
}

static void add_many(struct client *client, size_t n, const char *bad)
{
    static char names[MANY][32];
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "%zu.txt", i);
        announce(client, names[i], i < 2 ? bad : "good");
    }
}

static void restart(void)
{
    world_stop(&world);
    world_start(&world);
}

static void a_crash_is_tried_again_behind_everything_else(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_retry = 0; /* it is not the wait that decides */
    restart();
    begin(&client);
    add_many(&client, MANY, "@1 text");
    end(&client);
    assert_int_equal(client.add.totals.added, MANY);
    assert_int_equal(fake.n_loads, MANY + 2);
    for (size_t i = 0; i < fake.n_loads; i++) {
        assert_int_equal(fake.loads[i].again, i >= MANY);
    }
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(client.results[i].tries, i < MANY - 2 ? 1 : 2);
    }
}

static void it_waits_for_what_is_still_coming_in(void **state)
{
    (void)state;
    struct client client = {0};
    begin(&client);
    announce(&client, "bad.txt", "@1 text");
    announce(&client, "slow.txt", "good");
    client.texts[1] = NULL; /* not yet */
    fake_settle();
    assert_int_equal(fake.n_loads, 1);
    bring(&client.add, 1, "good");
    end(&client);
    assert_string_equal(client.results[0].source, "slow.txt");
    assert_string_equal(client.results[1].source, "bad.txt");
    assert_int_equal(client.add.totals.added, 2);
}

static void the_waits_grow_and_end(void **state)
{
    (void)state;
    struct client client = {0};
    add_one(&client, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 3);
    assert_int_equal(fake.loads[1].at_ms - fake.loads[0].at_ms, 100);
    assert_int_equal(fake.loads[2].at_ms - fake.loads[1].at_ms, 1000);
    assert_int_equal(client.results[0].id, ERR_LOADER_CRASHED);
    assert_int_equal(client.results[0].tries, 3);
    assert_string_equal(client.results[0].loader, "plain");
    assert_string_equal(client.results[0].why, "each of 3 tries ended so");
    assert_non_null(strstr(client.results[0].hint, "rag add --retry"));
}

static void one_attempt_means_none_again(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_attempts = 1;
    restart();
    add_one(&client, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 1);
    assert_string_equal(client.results[0].why, "");
}

static void limits_and_nonsense_are_not_tried_again(void **state)
{
    (void)state;
    struct client client = {0};
    begin(&client);
    announce(&client, "limit.txt", "%");
    announce(&client, "nonsense.txt", "$");
    end(&client);
    assert_int_equal(fake.n_loads, 2);
    assert_int_equal(client.results[0].id, ERR_LIMIT);
    assert_non_null(strstr(client.results[0].hint, "limits.parse; rag add --retry"));
    assert_int_equal(client.results[1].id, ERR_PLUGIN);
    assert_true(fake_has("failed/limit.txt") && fake_has("failed/nonsense.txt"));
}

static void what_is_unchanged_is_refused_at_once(void **state)
{
    (void)state;
    struct client client = {0};
    add_one(&client, "a.txt", "@9");
    fake_crash(); /* what was told is durable */
    restart();
    add_one(&client, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 3);
    assert_int_equal(client.add.totals.failed, 1);
    assert_int_equal(client.results[0].id, ERR_LOADER_CRASHED);
    assert_int_equal(client.results[0].tries, 0);
    assert_string_equal(client.results[0].loader, "plain");
    assert_string_equal(client.results[0].why,
                        "it failed before (3 tries) and has not changed since");
    assert_string_equal(client.results[0].hint, "rag add --retry tries it again");
}

static void it_is_tried_anew_when_asked_or_changed(void **state)
{
    (void)state;
    struct ragd_kv option = {ragd_cs("plain.x"), {.type = RAGD_V_STR, .u.s = ragd_cs("1")}};
    struct client plain = {0}, retry = {.add.retry_failed = true}, options = {0};
    world.limits.parse_attempts = 1;
    restart();
    add_one(&plain, "a.txt", "@9");
    add_one(&plain, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 1);
    add_one(&retry, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 2);
    add_one(&plain, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 3);
    options.add.loader_options = (struct ragd_kvs){&option, 1};
    add_one(&options, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 4);
    add_one(&options, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 4);
    fake.loader_version = "1.1";
    add_one(&options, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 5);
}

static void a_success_ends_it(void **state)
{
    (void)state;
    struct client first = {0}, retry = {.add.retry_failed = true};
    add_one(&first, "a.txt", "@3 text");
    assert_true(fake_has("failed/a.txt"));
    add_one(&retry, "a.txt", "@3 text");
    assert_int_equal(retry.results[0].status, SOURCE_ADDED);
    assert_false(fake_has("failed/a.txt"));
    assert_true(fake_has("manifest/a.txt"));
}

static void so_does_the_content_that_is_stored(void **state)
{
    (void)state;
    struct client client = {0};
    add_one(&client, "a.txt", "good");
    add_one(&client, "a.txt", "%");
    assert_true(fake_has("failed/a.txt") && fake_has("a.txt#0"));
    add_one(&client, "a.txt", "good");
    assert_int_equal(client.results[0].status, SOURCE_UNCHANGED);
    assert_false(fake_has("failed/a.txt"));
}

static void what_others_are_to_blame_for_is_forgotten(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"&", "?", "!"}; /* disabled, empty, no loader */
    for (size_t i = 0; i < 3; i++) {
        struct client client = {0};
        add_one(&client, "a.txt", TEXTS[i]);
        assert_int_equal(client.results[0].status, SOURCE_FAILED);
        assert_false(fake_has("failed/a.txt"));
        assert_false(fake_has("settings")); /* nor is the collection kept */
    }
}

static void removing_the_source_removes_it(void **state)
{
    (void)state;
    struct ragd_str ids[] = {ragd_cs("bad.txt"), ragd_cs("both.txt"), ragd_cs("no.txt")};
    struct documents_remove remove = {.ids = ids, .n_ids = 3};
    struct client client = {0};
    add_one(&client, "both.txt", "good");
    add_one(&client, "both.txt", "%");
    add_one(&client, "bad.txt", "%");
    world_op(&world, &remove.op);
    documents_remove_start(&remove);
    assert_ok(world_end(&world, &remove.op), &remove.op.err);
    assert_int_equal(remove.failed, 2);
    assert_int_equal(remove.documents, 1);
    assert_int_equal(remove.n_missing, 1);
    assert_false(fake_has("failed/bad.txt") || fake_has("failed/both.txt"));
    operation_release(&remove.op);
}

struct listing {
    struct quarantine_list list;
    char seen[256];
};

static void on_failed(struct quarantine_list *list, const struct stored_failure *failures,
                      size_t n)
{
    struct listing *l = (struct listing *)list;
    for (size_t i = 0; i < n; i++) {
        size_t at = strlen(l->seen);
        snprintf(l->seen + at, sizeof(l->seen) - at, "%.*s:%.*s:%u ",
                 (int)failures[i].source.n, failures[i].source.p, (int)failures[i].code.n,
                 failures[i].code.p, failures[i].tries);
        assert_true(failures[i].failed_ms > 1700000000000);
        assert_string_equal(failures[i].loader_version.p, "1.0");
    }
}

static void list(struct listing *l, struct ragd_str after, uint64_t limit)
{
    *l = (struct listing){.list = {.after = after, .limit = limit}};
    l->list.on_failed = on_failed;
    world_op(&world, &l->list.op);
    quarantine_list_start(&l->list);
    assert_ok(world_end(&world, &l->list.op), &l->list.op.err);
}

static void they_are_listed_page_by_page(void **state)
{
    (void)state;
    struct client client = {0};
    struct listing l;
    begin(&client);
    announce(&client, "a", "%");
    announce(&client, "b", "@9");
    announce(&client, "c", "$");
    announce(&client, "d", "good");
    announce(&client, "e", "%");
    end(&client);
    list(&l, ragd_cs(""), 0);
    assert_string_equal(l.seen, "a:limit_exceeded:1 b:loader_crashed:3 "
                                "c:plugin_misbehaved:1 e:limit_exceeded:1 ");
    assert_int_equal(l.list.next.n, 0);
    operation_release(&l.list.op);
    list(&l, ragd_cs(""), 2);
    assert_string_equal(l.seen, "a:limit_exceeded:1 b:loader_crashed:3 ");
    assert_int_equal(l.list.next.n, 1);
    assert_memory_equal(l.list.next.p, "b", 1);
    operation_release(&l.list.op);
    list(&l, ragd_cs("b"), 2);
    assert_string_equal(l.seen, "c:plugin_misbehaved:1 e:limit_exceeded:1 ");
    assert_int_equal(l.list.next.n, 0);
    operation_release(&l.list.op);
}

static void those_that_hold_too_much_go_first(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_parked = 7; /* one of them is as much */
    world.limits.parallel_sources = 2;
    restart();
    begin(&client);
    add_many(&client, 8, "@1 text");
    end(&client);
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
    restart();
    begin(&client);
    add_many(&client, 4, "@1 text");
    end(&client);
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
    begin(&client);
    add_end(&client.add);
    assert_ok(world_end(&world, &client.add.op), &client.add.op.err);
    assert_int_equal(client.add.totals.added, 2);
    assert_int_equal(client.add.totals.failed, 1);
    assert_int_equal(fake.n_loads, 6);
    operation_release(&client.add.op);
    begin(&client);
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
    begin(&client);
    announce(&client, "a.txt", "@1 text");
    announce(&client, "b.txt", "@9");
    end(&client);
    assert_int_equal(fake.n_loads, 5);
    assert_int_equal(client.add.totals.failed, 1);
    assert_int_equal(fake.applies, 0);
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
    restart();
    begin(&client);
    announce(&client, "a.txt", "@9");
    add_end(&client.add);
    until_a_crash();
    operation_cancel(&client.add.op);
    assert_int_equal(world_end(&world, &client.add.op), RAGD_E_CANCELLED);
    assert_int_equal(client.results[0].id, ERR_CANCELLED);
    assert_int_equal(fake.n_loads, 1);
    assert_true(fake.clock_ms < 60000);
    operation_release(&client.add.op);
}

static void a_stopping_engine_does_not_either(void **state)
{
    (void)state;
    struct client client = {0};
    world.limits.parse_retry = 60000;
    restart();
    begin(&client);
    announce(&client, "a.txt", "@9");
    until_a_crash();
    engine_drain(world.engine, world_on_drained, &world);
    fake_settle();
    assert_int_equal(world.drained, 1);
    assert_int_equal(client.results[0].id, ERR_INTERRUPTED);
    assert_true(fake.clock_ms < 60000);
    operation_release(&client.add.op);
    engine_destroy(world.engine);
    world.engine = NULL;
}

static void a_lost_client_s_sources_get_their_tries(void **state)
{
    (void)state;
    struct client client = {0};
    begin(&client);
    announce(&client, "a.txt", "@1 text");
    until_a_crash();
    add_interrupt(&client.add);
    assert_int_equal(world_end(&world, &client.add.op), 0);
    assert_int_equal(client.results[0].status, SOURCE_ADDED);
    operation_release(&client.add.op);
}

static size_t on_preview(struct add *add, const struct add_preview *preview)
{
    ((struct client *)add)->n_previews += preview->part == PREVIEW_DOC;
    return preview->part == PREVIEW_CHUNKS ? 0 : preview->rest.n;
}

static void a_pause_that_ends_while_it_waits_is_over(void **state)
{
    (void)state;
    struct client client = {.add.preview = true, .add.on_preview = on_preview};
    begin(&client);
    announce(&client, "a.txt", "@1 text");
    add_end(&client.add);
    until_a_crash();
    operation_pause(&client.add.op);
    while (!world.engine->parked_bytes) {
        assert_true(fake_turn());
    }
    operation_resume(&client.add.op);
    assert_int_equal(world_end(&world, &client.add.op), 0);
    assert_int_equal(client.n_previews, 1);
    operation_release(&client.add.op);
}

static void a_pause_that_begins_while_it_waits_holds(void **state)
{
    (void)state;
    struct client client = {.add.preview = true, .add.on_preview = on_preview};
    begin(&client);
    announce(&client, "a.txt", "@1 text");
    add_end(&client.add);
    while (!fake.n_loads || !world.engine->parked_bytes) {
        assert_true(fake_turn());
    }
    operation_pause(&client.add.op);
    fake_settle();
    assert_int_equal(fake.n_loads, 2);
    assert_int_equal(client.n_previews, 0);
    operation_resume(&client.add.op);
    assert_int_equal(world_end(&world, &client.add.op), 0);
    assert_int_equal(client.n_previews, 1);
    operation_release(&client.add.op);
}

static void another_add_may_store_it_meanwhile(void **state)
{
    (void)state;
    struct client slow = {0}, quick = {0};
    world.limits.parse_retry = 10000;
    restart();
    begin(&slow);
    announce(&slow, "a.txt", "@1 text");
    add_end(&slow.add);
    until_a_crash();
    begin(&quick);
    announce(&quick, "a.txt", "@1 text"); /* the second time, so it is well */
    add_end(&quick.add);
    fake_settle();
    assert_int_equal(quick.results[0].status, SOURCE_ADDED);
    assert_int_equal(slow.results[0].status, SOURCE_UNCHANGED);
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
        begin(&client);
        announce(&client, "a.txt", "@3 text");
        fake_fault(n, ERR_STORAGE_IO);
        add_end(&client.add);
        (void)world_end(&world, &client.add.op);
        fake_fault(-1, ERR_NONE);
        met = fake_fault_met();
        operation_release(&client.add.op);
        for (int i = 0; i < 2; i++) { /* a fault may have cost it a try */
            add_one(&retry, "a.txt", "@3 text");
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
        add_one(&client, "before.txt", "good");
        begin(&client);
        announce(&client, "a.txt", "@2 text");
        add_end(&client.add);
        mem_fail_after(n, 0);
        (void)world_end(&world, &client.add.op);
        mem_fail_after(-1, 0);
        done = client.n_results && client.results[0].status == SOURCE_ADDED;
        operation_release(&client.add.op);
        add_one(&retry, "a.txt", "@2 text");
        add_one(&retry, "a.txt", "@2 text");
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
        WORLD_TEST(what_is_unchanged_is_refused_at_once, &world),
        WORLD_TEST(it_is_tried_anew_when_asked_or_changed, &world),
        WORLD_TEST(a_success_ends_it, &world),
        WORLD_TEST(so_does_the_content_that_is_stored, &world),
        WORLD_TEST(what_others_are_to_blame_for_is_forgotten, &world),
        WORLD_TEST(removing_the_source_removes_it, &world),
        WORLD_TEST(they_are_listed_page_by_page, &world),
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
