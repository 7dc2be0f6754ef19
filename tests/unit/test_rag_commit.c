/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What was acknowledged is noted, and a store that has less is noticed. */
#include "rag/commit.h"

#include "rag/records.h"
#include "rag/verify.h"
#include "support/rag_add.h"

static struct world world;

static size_t degraded(void)
{
    struct engine_status status;
    engine_status(world.engine, &status);
    return status.n_degraded;
}

/* As rag ls: NULL = all is well. */
static const char *list_problem(struct collection_list *req)
{
    *req = (struct collection_list){0};
    world_op(&world, &req->op);
    collection_list_start(req);
    assert_ok(world_end(&world, &req->op), &req->op.err);
    if (req->incomplete.id) {
        assert_true(req->incomplete.id == ERR_CORRUPT ||
                    req->incomplete.id == ERR_PLUGIN_REFUSED);
        return req->incomplete.msg;
    }
    for (size_t i = 0; i < req->n; i++) {
        if (req->infos[i].problem) {
            assert_int_equal(req->infos[i].problem->id, ERR_CORRUPT);
            return req->infos[i].problem->msg;
        }
    }
    return NULL;
}

static bool ls_tells(const char *part)
{
    struct collection_list req;
    const char *problem = list_problem(&req);
    bool tells = part ? problem && strstr(problem, part) : !problem;
    operation_release(&req.op);
    return tells;
}

static void on_report(struct verify *verify, const struct verify_report *report)
{
    (void)verify;
    (void)report;
}

static int verifies(void)
{
    struct verify req = {.on_report = on_report};
    world_op(&world, &req.op);
    verify_start(&req);
    int rc = world_end(&world, &req.op);
    bool ok = rc == 0 && req.ok;
    operation_release(&req.op);
    return ok;
}

static void restart(void)
{
    world_stop(&world);
    fake_crash();
    world_start(&world);
}

static void a_crash_raises_no_alarm(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    restart();
    assert_true(ls_tells(NULL) && verifies());
    assert_int_equal(degraded(), 0);
    assert_int_equal(fake_marks(), 1);
}

static void a_store_that_lost_changes_is_served_and_told_about(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    world_stop(&world);
    fake_cut(1);
    world_start(&world);
    assert_true(ls_tells("lost acknowledged changes"));
    assert_false(verifies());
    assert_int_equal(degraded(), 1);
    restart(); /* it is not forgotten */
    assert_true(ls_tells("lost acknowledged changes"));
    add_text(&world, "b.txt", "The seal does not."); /* the change that was lost */
    assert_true(ls_tells(NULL) && verifies());
    assert_int_equal(degraded(), 0);
    restart();
    assert_true(ls_tells(NULL));
    assert_int_equal(degraded(), 0);
}

static void a_store_that_lost_all_changes_is_told_about(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    world_stop(&world);
    fake_cut(UINT64_MAX);
    world_start(&world);
    assert_true(ls_tells("lost acknowledged changes: it is at 0"));
    assert_false(verifies());
    assert_int_equal(degraded(), 1);
}

static void a_collection_that_lost_its_settings_is_missed_and_left_alone(void **state)
{
    (void)state;
    world_make(&world, "default", "", 0);
    world_stop(&world);
    fake_lose(STORED_SETTINGS);
    for (int start = 0; start < 2; start++) {
        world_start(&world);
        assert_true(ls_tells("default is gone"));
        assert_int_equal(degraded(), 1);
        assert_int_equal(fake_marks(), 1);
        world_stop(&world);
    }
    world_start(&world);
    add_text(&world, "a.txt", "The walrus sleeps."); /* it is made again */
    world_stop(&world);
    world_start(&world);
    assert_true(ls_tells(NULL) && verifies());
    assert_int_equal(degraded(), 0);
    assert_int_equal(fake_marks(), 1);
}

static void less_than_what_was_lost_does_not_hide_the_loss(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    add_text(&world, "b.txt", "The seal does not.");
    world_stop(&world);
    fake_cut(2);
    world_start(&world);
    add_text(&world, "c.txt", "The whale sings.");
    assert_true(ls_tells("lost acknowledged changes"));
    restart();
    assert_true(ls_tells("lost acknowledged changes"));
}

static void a_collection_that_is_gone_is_told_until_it_is_made_again(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    world_stop(&world);
    fake_cut_all();
    world_start(&world);
    assert_true(ls_tells("default is gone"));
    assert_false(verifies());
    assert_int_equal(degraded(), 1);
    restart();
    assert_true(ls_tells("default is gone"));
    add_text(&world, "a.txt", "The walrus sleeps.");
    assert_true(ls_tells(NULL) && verifies());
    assert_int_equal(fake_marks(), 1);
    struct collection_verb_op remove = {.verb = COLLECTION_REMOVE};
    world_op(&world, &remove.op);
    collection_verb_start(&remove);
    assert_ok(world_end(&world, &remove.op), &remove.op.err);
    operation_release(&remove.op);
    restart();
    assert_true(ls_tells(NULL));
    assert_int_equal(degraded(), 0);
    assert_int_equal(fake_marks(), 0);
}

static void collections_whose_store_is_not_there_are_told_of(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    fake_mark_put("elsewhere", "c1");
    fake_mark_put("elsewhere", "c2");
    restart();
    assert_true(
        ls_tells("2 collections are not there: no plugin for the store 'elsewhere'"));
    assert_false(verifies());
    assert_int_equal(degraded(), 1);
    add_text(&world, "b.txt", "The seal does not."); /* what is there works */
}

static void marks_that_cannot_be_read_stop_nothing(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    world_stop(&world);
    fake_fault(1, ERR_CORRUPT); /* list, marks */
    world_start(&world);
    fake_fault(-1, ERR_NONE);
    assert_true(ls_tells(NULL) && verifies());
    assert_int_equal(degraded(), 1);
}

static void upsert(struct records_upsert *req, const char *collection,
                   const struct record_in *record)
{
    int done = world.done;
    *req = (struct records_upsert){.collection = ragd_cs(collection),
                                   .records = record,
                                   .n = 1};
    world_op(&world, &req->op);
    world.done = done;
    records_upsert_start(req);
}

/* Two owners' collections of one name have lost changes, one is mended. */
static void a_part_is_mended_for_its_owner_alone(void **state)
{
    (void)state;
    struct collection_create theirs = {.settings = {.name = ragd_cs("default")}};
    add_text(&world, "a.txt", "The walrus sleeps.");
    world_op(&world, &theirs.op);
    theirs.op.owner = WORLD_OWNER + 1;
    collection_create_start(&theirs);
    assert_ok(world_end(&world, &theirs.op), &theirs.op.err);
    operation_release(&theirs.op);
    world_stop(&world);
    fake_cut_all();
    world_start(&world);
    assert_int_equal(degraded(), 2);
    add_text(&world, "a.txt", "The walrus sleeps.");
    assert_int_equal(degraded(), 1);
    struct engine_status status;
    engine_status(world.engine, &status);
    assert_int_equal(status.degraded[0].part.kind, PART_COLLECTION);
    assert_int_equal(status.degraded[0].part.owner, WORLD_OWNER + 1);
}

static void a_collection_called_like_a_store_does_not_mend_it(void **state)
{
    (void)state;
    const char *store = instance_name(fake_instance(PLUGIN_STORE));
    world_make(&world, store, "", 0);
    world_make(&world, "papers", "", 0);
    world_stop(&world);
    fake_fault(5, ERR_CORRUPT); /* list, marks, open, view, blobs, stats */
    world_start(&world);
    fake_fault(-1, ERR_NONE);
    assert_int_equal(degraded(), 1);
    const struct record_in walrus = {.id = ragd_cs("a"), .text = ragd_cs("walrus")};
    struct records_upsert req;
    world.done = 0;
    upsert(&req, store, &walrus);
    assert_ok(world_end(&world, &req.op), &req.op.err);
    operation_release(&req.op);
    assert_int_equal(degraded(), 1);
}

static void a_mark_is_kept_while_the_store_s_counts_cannot_be_read(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    add_text(&world, "b.txt", "The seal does not.");
    world_stop(&world);
    fake_cut(2);
    fake_fault(5, ERR_CORRUPT); /* list, marks, open, view, blobs, stats */
    world_start(&world);
    fake_fault(-1, ERR_NONE);
    assert_true(ls_tells(NULL)); /* nobody knows */
    add_text(&world, "c.txt", "The whale sings.");
    assert_true(ls_tells("lost acknowledged changes"));
    restart();
    assert_true(ls_tells("lost acknowledged changes"));
}

static void a_collection_that_was_made_and_is_gone_is_missed(void **state)
{
    (void)state;
    world_make(&world, "papers", "", 0);
    assert_int_equal(fake_marks(), 1);
    world_stop(&world);
    fake_cut_all();
    world_start(&world);
    assert_true(ls_tells("papers is gone"));
    assert_int_equal(degraded(), 1);
    world_make(&world, "papers", "", 0);
    assert_true(ls_tells(NULL));
    assert_int_equal(degraded(), 0);
    assert_int_equal(fake_marks(), 1);
}

static void another_owner_is_not_told(void **state)
{
    (void)state;
    add_text(&world, "a.txt", "The walrus sleeps.");
    world_stop(&world);
    fake_cut_all();
    world_start(&world);
    struct collection_list req = {0};
    world_op(&world, &req.op);
    req.op.owner = WORLD_OWNER + 1;
    collection_list_start(&req);
    assert_ok(world_end(&world, &req.op), &req.op.err);
    assert_int_equal(req.incomplete.id, ERR_NONE);
    operation_release(&req.op);
}

static void a_store_that_keeps_nothing_is_not_marked(void **state)
{
    (void)state;
    fake.caps &= ~(uint32_t)RAGD_STORE_DURABLE;
    add_text(&world, "a.txt", "The walrus sleeps.");
    assert_int_equal(fake_marks(), 0);
}

/* Two changes, the second so many calls after the first. */
static void change_twice(int calls_between)
{
    const struct record_in walrus = {.id = ragd_cs("a"), .text = ragd_cs("walrus")};
    const struct record_in seal = {.id = ragd_cs("b"), .text = ragd_cs("seal")};
    struct records_upsert first, second;
    size_t applies = fake.applies, flushes = 0;
    world.done = 0;
    upsert(&first, "", &walrus);
    for (int i = 0; i < calls_between; i++) {
        (void)fake_turn();
    }
    upsert(&second, "", &seal);
    while (second.op.run) {
        assert_true(fake_turn());
        flushes = fake.applies < applies + 2 ? fake.flushes : flushes;
    }
    assert_int_equal(world.done, 2);
    assert_true(fake.flushes > flushes);
    operation_release(&first.op);
    operation_release(&second.op);
}

static void what_comes_during_a_commit_waits_for_its_own_flush(void **state)
{
    (void)state;
    enum { CALLS_OF_A_CHANGE = 12 };
    add_text(&world, "a.txt", "The walrus sleeps."); /* makes the collection */
    for (int i = 0; i < CALLS_OF_A_CHANGE; i++) {
        change_twice(i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_crash_raises_no_alarm, &world),
        WORLD_TEST(a_store_that_lost_changes_is_served_and_told_about, &world),
        WORLD_TEST(a_store_that_lost_all_changes_is_told_about, &world),
        WORLD_TEST(a_collection_that_lost_its_settings_is_missed_and_left_alone, &world),
        WORLD_TEST(less_than_what_was_lost_does_not_hide_the_loss, &world),
        WORLD_TEST(a_collection_that_is_gone_is_told_until_it_is_made_again, &world),
        WORLD_TEST(collections_whose_store_is_not_there_are_told_of, &world),
        WORLD_TEST(marks_that_cannot_be_read_stop_nothing, &world),
        WORLD_TEST(a_part_is_mended_for_its_owner_alone, &world),
        WORLD_TEST(a_collection_called_like_a_store_does_not_mend_it, &world),
        WORLD_TEST(a_mark_is_kept_while_the_store_s_counts_cannot_be_read, &world),
        WORLD_TEST(a_collection_that_was_made_and_is_gone_is_missed, &world),
        WORLD_TEST(another_owner_is_not_told, &world),
        WORLD_TEST(a_store_that_keeps_nothing_is_not_marked, &world),
        WORLD_TEST(what_comes_during_a_commit_waits_for_its_own_flush, &world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
