/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/collections.h"
#include "rag/records.h"
#include "rag/registry.h"

#include "support/rag_world.h"

static struct world world;

static int create(struct collection_create *req)
{
    world_op(&world, &req->op);
    collection_create_start(req);
    return world_end(&world, &req->op);
}

static int verb(struct collection_verb_op *req, enum collection_verb what, const char *name)
{
    req->verb = what;
    req->name = ragd_cs(name);
    world_op(&world, &req->op);
    collection_verb_start(req);
    return world_end(&world, &req->op);
}

static int describe(const char *name)
{
    struct collection_verb_op req = {0};
    int rc = verb(&req, COLLECTION_DESCRIBE, name);
    operation_release(&req.op);
    return rc;
}

static void checks_names(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"abc", "a.b", "A-1_z", "1.2.3", "300.1.1.1x"};
    static const char *const BAD[] = {"",    "ab",  "-ab",        "ab.",      "a..b",
                                      "a b", "a/b", "d\xc3\xb6g", "10.0.0.1", "a\nb"};
    char longest[COLLECTION_NAME_MAX + 2];
    struct err err;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(*GOOD); i++) {
        assert_int_equal(collection_name_check(ragd_cs(GOOD[i]), &err), 0);
    }
    for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
        assert_err(collection_name_check(ragd_cs(BAD[i]), &err), &err, INVALID);
    }
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(
        collection_name_check((struct ragd_str){longest, COLLECTION_NAME_MAX}, &err), 0);
    assert_err(collection_name_check((struct ragd_str){longest, COLLECTION_NAME_MAX + 1},
                                     &err),
               &err, INVALID);
}

static void makes_one_with_the_embedder_s_space(void **state)
{
    (void)state;
    struct collection_create req = {.settings = {.name = ragd_cs("papers")}};
    assert_ok(create(&req), &req.op.err);
    assert_str_equal(req.info.name, "papers");
    assert_str_equal(req.info.embedder, "words");
    assert_str_equal(req.info.space, "words/1");
    assert_int_equal(req.info.dim, FAKE_DIM);
    assert_int_equal(req.info.metric, RAGD_METRIC_COSINE);
    assert_int_equal(req.info.auto_mode, SEARCH_HYBRID);
    assert_int_equal(req.info.splitter.chunk_size, 1000);
    operation_release(&req.op);
}

static void makes_one_without_an_embedder(void **state)
{
    (void)state;
    struct collection_create req = {
        .settings = {.name = ragd_cs("mine"), .embedder = ragd_cs("none"), .dim = 3}};
    assert_ok(create(&req), &req.op.err);
    assert_str_equal(req.info.embedder, "none");
    assert_int_equal(req.info.dim, 3);
    assert_int_equal(req.info.metric, RAGD_METRIC_L2);
    assert_int_equal(req.info.auto_mode, SEARCH_KEYWORD);
    operation_release(&req.op);
}

static void refuses_a_name_that_is_taken(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    struct collection_create req = {.settings = {.name = ragd_cs("papers")}};
    assert_err(create(&req), &req.op.err, EXISTS);
    operation_release(&req.op);
}

static void lets_two_owners_use_one_name(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    struct collection_create req = {.settings = {.name = ragd_cs("papers")}};
    world_op(&world, &req.op);
    req.op.owner = WORLD_OWNER + 1;
    collection_create_start(&req);
    assert_ok(world_end(&world, &req.op), &req.op.err);
    operation_release(&req.op);
    struct collection_list list = {0};
    world_op(&world, &list.op);
    collection_list_start(&list);
    assert_ok(world_end(&world, &list.op), &list.op.err);
    assert_int_equal(list.n, 1);
    operation_release(&list.op);
}

static void makes_only_one_of_two_that_race(void **state)
{
    (void)state;
    struct collection_create a = {.settings = {.name = ragd_cs("papers")}}, b = a;
    world_op(&world, &a.op);
    world_op(&world, &b.op);
    collection_create_start(&a);
    collection_create_start(&b);
    fake_settle();
    assert_int_equal(world.done, 2);
    assert_ok(a.op.status, &a.op.err);
    assert_err(b.op.status, &b.op.err, EXISTS);
    operation_release(&a.op);
    operation_release(&b.op);
}

static void suggests_a_near_name(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    struct collection_verb_op req = {0};
    assert_err(verb(&req, COLLECTION_DESCRIBE, "paper"), &req.op.err, NO_COLLECTION);
    assert_non_null(strstr(req.op.err.hint, "papers"));
    operation_release(&req.op);
}

static void keeps_them_over_a_restart(void **state)
{
    (void)state;
    struct ragd_kv option = {ragd_cs("plain.a"), {.type = RAGD_V_STR, .u.s = ragd_cs("b")}};
    struct ragd_str separator = {"\0x", 2};
    struct collection_create req = {.settings = {.name = ragd_cs("papers"),
                                                 .metric = RAGD_METRIC_IP,
                                                 .splitter = {.chunk_size = 77,
                                                              .separators = &separator,
                                                              .n_separators = 1},
                                                 .loader_options = {&option, 1}}};
    assert_ok(create(&req), &req.op.err);
    operation_release(&req.op);
    world_stop(&world);
    fake_crash();
    world_start(&world);
    struct collection_verb_op shown = {0};
    assert_ok(verb(&shown, COLLECTION_DESCRIBE, "papers"), &shown.op.err);
    assert_int_equal(shown.info.metric, RAGD_METRIC_IP);
    assert_int_equal(shown.info.splitter.chunk_size, 77);
    assert_int_equal(shown.info.splitter.separators[0].n, 2);
    assert_memory_equal(shown.info.splitter.separators[0].p, "\0x", 2);
    assert_int_equal(shown.info.loader_options.n, 1);
    assert_str_equal(shown.info.loader_options.p[0].val.u.s, "b");
    operation_release(&shown.op);
}

static void crash(void)
{
    world_stop(&world);
    fake_crash();
    world_start(&world);
}

static void make_for_later(const char *name, bool provisional)
{
    struct collection_create req = {
        .provisional = provisional,
        .settings = {.name = ragd_cs(name), .embedder = ragd_cs("none")},
    };
    assert_ok(create(&req), &req.op.err);
    operation_release(&req.op);
}

static void one_made_for_what_never_came_goes_with_a_crash(void **state)
{
    (void)state;
    make_for_later("import", true);
    make_for_later("papers", false);
    crash();
    assert_int_equal(describe("import"), RAGD_E_NOT_FOUND);
    assert_int_equal(describe("papers"), 0);
}

static void one_that_held_something_stays_when_it_is_empty(void **state)
{
    (void)state;
    const struct ragd_str id = ragd_cs("a");
    const struct record_in record = {.id = id, .text = ragd_cs("alpha")};
    make_for_later("import", true);
    struct records_upsert put = {.collection = ragd_cs("import"),
                                 .records = &record,
                                 .n = 1};
    world_op(&world, &put.op);
    records_upsert_start(&put);
    assert_ok(world_end(&world, &put.op), &put.op.err);
    operation_release(&put.op);
    struct records_remove gone = {.collection = ragd_cs("import"), .ids = &id, .n_ids = 1};
    world_op(&world, &gone.op);
    records_remove_start(&gone);
    assert_ok(world_end(&world, &gone.op), &gone.op.err);
    operation_release(&gone.op);
    crash();
    assert_int_equal(describe("import"), 0);
}

static void renames_for_good(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    world_make(&world, "other", "", 0);
    struct collection_verb_op req = {.new_name = ragd_cs("other")};
    assert_err(verb(&req, COLLECTION_RENAME, "papers"), &req.op.err, EXISTS);
    operation_release(&req.op);
    req.new_name = ragd_cs("books");
    assert_ok(verb(&req, COLLECTION_RENAME, "papers"), &req.op.err);
    assert_str_equal(req.info.name, "books");
    operation_release(&req.op);
    world_stop(&world);
    fake_crash();
    world_start(&world);
    assert_int_equal(describe("books"), 0);
    assert_int_equal(describe("papers"), RAGD_E_NOT_FOUND);
}

static void removes_for_good(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    struct collection_verb_op req = {0};
    assert_ok(verb(&req, COLLECTION_REMOVE, "papers"), &req.op.err);
    assert_str_equal(req.info.name, "papers");
    operation_release(&req.op);
    assert_int_equal(describe("papers"), RAGD_E_NOT_FOUND);
    world_make(&world, "papers", "", 0);
}

static void tells_the_store_that_it_is_not_needed(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    struct collection_verb_op busy = {.verb = COLLECTION_DESCRIBE,
                                      .name = ragd_cs("papers")};
    struct collection_verb_op req = {.verb = COLLECTION_REMOVE, .name = ragd_cs("papers")};
    world_op(&world, &busy.op);
    world_op(&world, &req.op);
    collection_verb_start(&req);
    collection_verb_start(&busy);
    fake_settle();
    assert_int_equal(world.done, 2);
    assert_ok(req.op.status, &req.op.err);
    operation_release(&req.op);
    operation_release(&busy.op);
}

/* A start that fails half-way leaves nothing, and what was begun can be begun
 * again; a restart never finds half a collection. */
static void creation_is_all_or_nothing(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct collection_create req = {.settings = {.name = ragd_cs("papers")}};
        fake_fault(n, ERR_STORAGE_IO);
        int rc = create(&req);
        fake_fault(-1, ERR_NONE);
        assert_true(rc == 0 || req.op.err.id == ERR_STORAGE_IO);
        operation_release(&req.op);
        if (rc == 0) {
            break;
        }
        assert_int_equal(describe("papers"), RAGD_E_NOT_FOUND);
        world_stop(&world);
        world_start(&world);
        assert_int_equal(describe("papers"), RAGD_E_NOT_FOUND);
        assert_true(n < 30);
    }
    assert_int_equal(describe("papers"), 0);
}

static void a_refused_change_is_taken_back(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    for (enum collection_verb what = COLLECTION_RENAME; what <= COLLECTION_REMOVE; what++) {
        for (long n = 0; n < 3; n++) {
            struct collection_verb_op req = {.new_name = ragd_cs("books")};
            fake_fault(n, ERR_STORAGE_IO);
            int rc = verb(&req, what, "papers");
            fake_fault(-1, ERR_NONE);
            assert_err(rc, &req.op.err, STORAGE_IO);
            operation_release(&req.op);
            assert_int_equal(describe("papers"), 0);
        }
    }
}

/* Of a start with one collection: list, (marks,) open, view, blobs. */
static const long STORE_CALLS[] = {0, 2, 3, 4};
enum { N_STORE_CALLS = sizeof(STORE_CALLS) / sizeof(*STORE_CALLS) };

static void starts_without_what_cannot_be_opened(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    world_stop(&world);
    for (size_t n = 0; n < N_STORE_CALLS; n++) {
        fake_fault(STORE_CALLS[n], ERR_CORRUPT);
        world_start(&world);
        fake_fault(-1, ERR_NONE);
        struct engine_status status;
        engine_status(world.engine, &status);
        assert_int_equal(status.collections, 0);
        assert_int_equal(status.n_degraded, 1);
        world_stop(&world);
    }
    world_start(&world);
    assert_int_equal(describe("papers"), 0);
}

static int list(struct collection_list *req)
{
    world_op(&world, &req->op);
    collection_list_start(req);
    return world_end(&world, &req->op);
}

static void never_denies_what_it_could_not_read(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    for (size_t n = 0; n < N_STORE_CALLS; n++) {
        world_stop(&world);
        fake_fault(STORE_CALLS[n], ERR_CORRUPT);
        world_start(&world);
        fake_fault(-1, ERR_NONE);
        struct collection_verb_op shown = {0};
        assert_err(verb(&shown, COLLECTION_DESCRIBE, "papers"), &shown.op.err, CORRUPT);
        assert_true(shown.op.err.hint[0]);
        operation_release(&shown.op);
        struct collection_list listed = {0};
        assert_ok(list(&listed), &listed.op.err);
        assert_int_equal(listed.n, 0);
        assert_int_equal(listed.incomplete.id, ERR_CORRUPT);
        operation_release(&listed.op);
    }
    world_stop(&world);
    world_start(&world);
    struct collection_list listed = {0};
    assert_ok(list(&listed), &listed.op.err);
    assert_int_equal(listed.n, 1);
    operation_release(&listed.op);
}

static void one_that_cannot_be_read_is_listed_beside_the_others(void **state)
{
    (void)state;
    world_make(&world, "books", "", 0);
    world_make(&world, "papers", "", 0);
    for (long n = 0; n < 4; n++) { /* a view and counts of each */
        struct collection_list listed = {0};
        fake_fault(n, ERR_CORRUPT);
        assert_ok(list(&listed), &listed.op.err);
        fake_fault(-1, ERR_NONE);
        assert_int_equal(listed.n, 2);
        assert_int_equal(listed.incomplete.id, ERR_NONE);
        size_t bad = n < 2 ? 0 : 1;
        assert_int_equal(listed.infos[bad].problem->id, ERR_CORRUPT);
        assert_str_equal(listed.infos[bad].name, bad ? "papers" : "books");
        assert_null(listed.infos[1 - bad].problem);
        operation_release(&listed.op);
    }
}

static void is_known_when_only_its_counts_cannot_be_read(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    world_stop(&world);
    fake_fault(5, ERR_CORRUPT); /* list, marks, open, view, blobs, stats */
    world_start(&world);
    fake_fault(-1, ERR_NONE);
    struct engine_status status;
    engine_status(world.engine, &status);
    assert_int_equal(status.n_degraded, 1);
    struct collection_list listed = {0};
    assert_ok(list(&listed), &listed.op.err);
    assert_int_equal(listed.n, 1);
    assert_int_equal(listed.incomplete.id, ERR_NONE);
    operation_release(&listed.op);
}

static void survives_any_lack_of_memory(void **state)
{
    (void)state;
    int rc = -1;
    for (long n = 0; rc; n++) {
        struct collection_create req = {.settings = {.name = ragd_cs("papers")}};
        mem_fail_after(n, 0);
        rc = create(&req);
        mem_fail_after(-1, 0);
        operation_release(&req.op);
        assert_true(n < 500);
    }
    rc = -1;
    for (long n = 0; rc; n++) {
        struct collection_verb_op req = {.new_name = ragd_cs("books")};
        mem_fail_after(n, 0);
        rc = verb(&req, COLLECTION_RENAME, "papers");
        mem_fail_after(-1, 0);
        operation_release(&req.op);
        assert_true(n < 500);
    }
    assert_int_equal(describe("books"), 0);
}

static void ends_when_it_is_cancelled(void **state)
{
    (void)state;
    for (int turns = 0; turns < 12; turns++) {
        struct collection_create req = {.settings = {.name = ragd_cs("papers")}};
        world_op(&world, &req.op);
        collection_create_start(&req);
        for (int i = 0; i < turns && fake_turn(); i++) {
        }
        operation_cancel(&req.op);
        int rc = world.done ? req.op.status : world_end(&world, &req.op);
        assert_true(rc == 0 || rc == RAGD_E_CANCELLED);
        assert_int_equal(describe("papers"), rc ? RAGD_E_NOT_FOUND : 0);
        operation_release(&req.op);
        if (!rc) {
            struct collection_verb_op gone = {0};
            assert_int_equal(verb(&gone, COLLECTION_REMOVE, "papers"), 0);
            operation_release(&gone.op);
        }
    }
}

/* Some names are kept for those who may have borrowed them, not all. */
static void renaming_again_and_again_takes_no_more_memory(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"papers", "books"};
    enum { ROUNDS = 8 };
    size_t used[ROUNDS];
    world_make(&world, NAMES[0], "", 0);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct collection *coll;
        struct collection_verb_op req = {.new_name = ragd_cs(NAMES[(i + 1) % 2])};
        assert_int_equal(verb(&req, COLLECTION_RENAME, NAMES[i % 2]), 0);
        operation_release(&req.op);
        assert_int_equal(
            registry_find(world.engine, WORLD_OWNER, req.new_name, &coll, NULL), 0);
        used[i] = coll->arena.used;
    }
    assert_int_equal(used[ROUNDS - 1], used[0]);
}

static void refuses_operations_while_it_stops(void **state)
{
    (void)state;
    engine_drain(world.engine, world_on_drained, &world);
    struct collection_create req = {.settings = {.name = ragd_cs("papers")}};
    assert_err(create(&req), &req.op.err, DRAINING);
    operation_release(&req.op);
    assert_int_equal(world.drained, 1);
    engine_destroy(world.engine);
    world.engine = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(checks_names, &world),
        WORLD_TEST(makes_one_with_the_embedder_s_space, &world),
        WORLD_TEST(makes_one_without_an_embedder, &world),
        WORLD_TEST(refuses_a_name_that_is_taken, &world),
        WORLD_TEST(lets_two_owners_use_one_name, &world),
        WORLD_TEST(makes_only_one_of_two_that_race, &world),
        WORLD_TEST(suggests_a_near_name, &world),
        WORLD_TEST(keeps_them_over_a_restart, &world),
        WORLD_TEST(one_made_for_what_never_came_goes_with_a_crash, &world),
        WORLD_TEST(one_that_held_something_stays_when_it_is_empty, &world),
        WORLD_TEST(renames_for_good, &world),
        WORLD_TEST(removes_for_good, &world),
        WORLD_TEST(tells_the_store_that_it_is_not_needed, &world),
        WORLD_TEST(creation_is_all_or_nothing, &world),
        WORLD_TEST(a_refused_change_is_taken_back, &world),
        WORLD_TEST(starts_without_what_cannot_be_opened, &world),
        WORLD_TEST(never_denies_what_it_could_not_read, &world),
        WORLD_TEST(one_that_cannot_be_read_is_listed_beside_the_others, &world),
        WORLD_TEST(is_known_when_only_its_counts_cannot_be_read, &world),
        WORLD_TEST(survives_any_lack_of_memory, &world),
        WORLD_TEST(ends_when_it_is_cancelled, &world),
        WORLD_TEST(renaming_again_and_again_takes_no_more_memory, &world),
        WORLD_TEST(refuses_operations_while_it_stops, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
