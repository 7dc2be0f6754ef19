/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Sources that failed: refused while they are unchanged, listed, forgotten. */
#include "rag/quarantine.h"

#include "rag/documents.h"
#include "support/rag_client.h"

static struct world world;

static void what_is_unchanged_is_refused_at_once(void **state)
{
    (void)state;
    struct client client = {0};
    client_add(&world, &client, "a.txt", "@9");
    fake_crash(); /* what was told is durable */
    world_restart(&world);
    client_add(&world, &client, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 3);
    assert_int_equal(client.add.totals.failed, 1);
    assert_int_equal(client.err[0].id, ERR_LOADER_CRASHED);
    assert_int_equal(client.tries[0], 0);
    assert_string_equal(client.loader[0], "plain");
    assert_string_equal(client.err[0].why,
                        "it failed before (3 tries) and has not changed since");
    assert_string_equal(client.err[0].hint, "rag add --retry tries it again");
}

static void it_is_tried_anew_when_asked_or_changed(void **state)
{
    (void)state;
    struct ragd_kv option = {ragd_cs("plain.x"), {.type = RAGD_V_STR, .u.s = ragd_cs("1")}};
    struct client plain = {0}, retry = {.add.retry_failed = true}, options = {0};
    world.limits.parse_attempts = 1;
    world_restart(&world);
    client_add(&world, &plain, "a.txt", "@9");
    client_add(&world, &plain, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 1);
    client_add(&world, &retry, "a.txt", "@9");
    assert_int_equal(fake.n_loads, 2);
    client_add(&world, &plain, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 3);
    options.add.loader_options = (struct ragd_kvs){&option, 1};
    client_add(&world, &options, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 4);
    client_add(&world, &options, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 4);
    fake.loader_version = "1.1";
    client_add(&world, &options, "a.txt", "@9 other");
    assert_int_equal(fake.n_loads, 5);
}

static void a_success_ends_it(void **state)
{
    (void)state;
    struct client first = {0}, retry = {.add.retry_failed = true};
    client_add(&world, &first, "a.txt", "@3 text");
    assert_true(fake_has("failed/a.txt"));
    client_add(&world, &retry, "a.txt", "@3 text");
    assert_int_equal(retry.status[0], SOURCE_ADDED);
    assert_false(fake_has("failed/a.txt"));
    assert_true(fake_has("manifest/a.txt"));
}

static void so_does_the_content_that_is_stored(void **state)
{
    (void)state;
    struct client client = {0};
    client_add(&world, &client, "a.txt", "good");
    client_add(&world, &client, "a.txt", "%");
    assert_true(fake_has("failed/a.txt") && fake_has("a.txt#0"));
    client_add(&world, &client, "a.txt", "good");
    assert_int_equal(client.status[0], SOURCE_UNCHANGED);
    assert_false(fake_has("failed/a.txt"));
}

static void what_others_are_to_blame_for_is_forgotten(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"&", "?", "!"}; /* disabled, empty, no loader */
    for (size_t i = 0; i < 3; i++) {
        struct client client = {0};
        client_add(&world, &client, "a.txt", TEXTS[i]);
        assert_int_equal(client.status[0], SOURCE_FAILED);
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
    client_add(&world, &client, "both.txt", "good");
    client_add(&world, &client, "both.txt", "%");
    client_add(&world, &client, "bad.txt", "%");
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
    client_begin(&world, &client);
    client_announce(&client, 0, "a", "%");
    client_announce(&client, 1, "b", "@9");
    client_announce(&client, 2, "c", "$");
    client_announce(&client, 3, "d", "good");
    client_announce(&client, 4, "e", "%");
    client_finish(&world, &client);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_is_unchanged_is_refused_at_once, &world),
        WORLD_TEST(it_is_tried_anew_when_asked_or_changed, &world),
        WORLD_TEST(a_success_ends_it, &world),
        WORLD_TEST(so_does_the_content_that_is_stored, &world),
        WORLD_TEST(what_others_are_to_blame_for_is_forgotten, &world),
        WORLD_TEST(removing_the_source_removes_it, &world),
        WORLD_TEST(they_are_listed_page_by_page, &world),
    };
    return RUN_TESTS(tests);
}
