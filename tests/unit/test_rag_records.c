/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Records that a client puts in, reads and removes itself. */
#include "rag/records.h"

#include <math.h>

#include "support/rag_add.h"

static struct world world;

static int upsert(struct records_upsert *req, const struct record_in *records, size_t n)
{
    req->records = records;
    req->n = n;
    world_op(&world, &req->op);
    records_upsert_start(req);
    int rc = world_end(&world, &req->op);
    return rc;
}

static void puts_records_in(void **state)
{
    (void)state;
    struct ragd_kv kv = {ragd_cs("k"), {.type = RAGD_V_STR, .u.s = ragd_cs("v")}};
    const struct record_in records[] = {
        {.id = ragd_cs("x"), .text = ragd_cs("one"), .meta = {&kv, 1}},
        {.id = ragd_cs("y"), .text = ragd_cs("two")}};
    struct records_upsert first = {0}, again = {0};
    assert_ok(upsert(&first, records, 2), &first.op.err);
    assert_int_equal(first.inserted, 2);
    assert_int_equal(first.embedded, 2);
    assert_ok(upsert(&again, records, 1), &again.op.err);
    assert_int_equal(again.inserted, 0);
    assert_int_equal(again.updated, 1);
    struct records_count count = {0};
    world_op(&world, &count.op);
    records_count_start(&count);
    assert_ok(world_end(&world, &count.op), &count.op.err);
    assert_int_equal(count.count, 2);
    operation_release(&first.op);
    operation_release(&again.op);
    operation_release(&count.op);
}

static void refuses_bad_records(void **state)
{
    (void)state;
    world_make(&world, "mine", "none", 2);
    add_text(&world, "a.txt", "one");
    const float good[] = {1, 2}, bad[] = {1, NAN};
    char longest[RECORD_ID_BYTES_MAX + 1];
    memset(longest, 'i', sizeof(longest));
    struct ragd_kv kv = {ragd_cs(""), {.type = RAGD_V_NULL}};
    const struct {
        const char *collection;
        struct record_in records[2];
        size_t n;
        enum err_id id;
    } cases[] = {
        {"mine", {{.id = ragd_cs("")}}, 1, ERR_INVALID},
        {"mine", {{.id = {longest, sizeof(longest)}}}, 1, ERR_INVALID},
        {"mine", {{.id = {longest, sizeof(longest) - 1}}}, 1, ERR_NONE},
        {"mine", {{.id = {"a\0b", 3}}}, 1, ERR_INVALID},
        {"mine", {{.id = ragd_cs("x")}, {.id = ragd_cs("x")}}, 2, ERR_INVALID},
        {"mine", {{.id = ragd_cs("x"), .vec = good, .dim = 1}}, 1, ERR_DIMENSION},
        {"mine", {{.id = ragd_cs("x"), .vec = bad, .dim = 2}}, 1, ERR_INVALID},
        {"mine", {{.id = ragd_cs("x"), .vec = good, .dim = 2}}, 1, ERR_NONE},
        {"mine", {{.id = ragd_cs("x"), .meta = {&kv, 1}}}, 1, ERR_INVALID},
        {"default", {{.id = ragd_cs("a.txt#0"), .text = ragd_cs("x")}}, 1, ERR_CONFLICT},
        {"nowhere", {{.id = ragd_cs("x")}}, 1, ERR_NO_COLLECTION},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct records_upsert req = {.collection = ragd_cs(cases[i].collection)};
        (void)upsert(&req, cases[i].records, cases[i].n);
        assert_int_equal(req.op.err.id, cases[i].id);
        operation_release(&req.op);
    }
}

struct record_reader {
    struct records_get get;
    size_t n;
};

static void on_records(struct records_get *get, const struct chunk_out *records, size_t n)
{
    assert_true(n > 0 && records[0].rec->id.n > 0);
    ((struct record_reader *)get)->n += n;
}

static void reads_records_by_id_or_all(void **state)
{
    (void)state;
    const struct record_in records[] = {{.id = ragd_cs("x")},
                                        {.id = ragd_cs("y")},
                                        {.id = ragd_cs("z")},
                                        {.id = ragd_cs("w")}};
    const struct ragd_str ids[] = {ragd_cs("z"), ragd_cs("nope"), ragd_cs("x")};
    struct records_upsert put = {0};
    assert_ok(upsert(&put, records, 4), &put.op.err);
    operation_release(&put.op);
    struct record_reader all = {0}, some = {.get = {.ids = ids, .n_ids = 3}};
    struct record_reader rest = {.get = {.after_seq = 1, .limit = 2}};
    struct record_reader *readers[] = {&all, &some, &rest};
    const size_t want[] = {4, 2, 2};
    for (size_t i = 0; i < 3; i++) {
        readers[i]->get.on_records = on_records;
        world_op(&world, &readers[i]->get.op);
        records_get_start(&readers[i]->get);
        assert_ok(world_end(&world, &readers[i]->get.op), &readers[i]->get.op.err);
        assert_int_equal(readers[i]->n, want[i]);
        operation_release(&readers[i]->get.op);
    }
}

static void removes_records_but_not_chunks(void **state)
{
    (void)state;
    struct ragd_kv kv = {ragd_cs("k"), {.type = RAGD_V_STR, .u.s = ragd_cs("v")}};
    const struct record_in records[] = {{.id = ragd_cs("x"), .meta = {&kv, 1}},
                                        {.id = ragd_cs("y")},
                                        {.id = ragd_cs("z"), .meta = {&kv, 1}}};
    struct records_upsert put = {0};
    assert_ok(upsert(&put, records, 3), &put.op.err);
    operation_release(&put.op);
    add_text(&world, "a.txt", "one");
    const struct ragd_str chunk = ragd_cs("a.txt#0");
    struct ragd_filter_node node = {.op = RAGD_F_EQ, .field = ragd_cs("k")};
    node.val = kv.val;
    struct records_remove none = {0}, owned = {.ids = &chunk, .n_ids = 1};
    struct records_remove some = {.filter = {&node, 1}};
    struct records_remove *all[] = {&none, &owned, &some};
    const enum err_id want[] = {ERR_INVALID, ERR_CONFLICT, ERR_NONE};
    for (size_t i = 0; i < 3; i++) {
        world_op(&world, &all[i]->op);
        records_remove_start(all[i]);
        (void)world_end(&world, &all[i]->op);
        assert_int_equal(all[i]->op.err.id, want[i]);
        operation_release(&all[i]->op);
    }
    assert_int_equal(some.removed, 2);
    assert_true(fake_has("y") && fake_has("a.txt#0"));
    assert_false(fake_has("x") || fake_has("z"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(puts_records_in, &world),
        WORLD_TEST(refuses_bad_records, &world),
        WORLD_TEST(reads_records_by_id_or_all, &world),
        WORLD_TEST(removes_records_but_not_chunks, &world),
    };
    return RUN_TESTS(tests);
}
