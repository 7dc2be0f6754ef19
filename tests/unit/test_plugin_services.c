/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* What a plugin is given, and how many operations run at once. */
#include <stdio.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "plugin/call_embed.h"
#include "plugin/instance.h"
#include "plugin/store_state.h"
#include "plugin_rig.h"

static const struct ragd_str word = {"word", 4};

static struct call_embed ask(const char *name)
{
    return (struct call_embed){.call = {.done = rig_done},
                               .embedder = rig_instance(PLUGIN_EMBEDDER, name),
                               .purpose = RAGD_EMBED_QUERY,
                               .dim = 4,
                               .texts = &word,
                               .n = 1};
}

/* What the puppet with this act found out. */
static void find_out(const char *act, const char *more, float row[4])
{
    struct rig rig;
    rig_open_puppet(&rig, "embedders", "puppet-services", act, more);
    struct call_embed req = ask("it");
    call_embed_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    memcpy(row, req.rows, 4 * sizeof(*row));
    call_release(&req.call);
    rig_close(&rig);
}

static void keeps_small_values(void **state)
{
    (void)state;
    float row[4];
    find_out("state", "", row);
    assert_int_equal((int)row[0], RAGD_E_NOT_FOUND);
    assert_int_equal((int)row[1], 1);
    assert_int_equal((int)row[2], RAGD_E_LIMIT);
    assert_int_equal((int)row[3], RAGD_E_NOT_FOUND);
}

static void gives_options_directories_and_declared_services(void **state)
{
    (void)state;
    float row[4];
    find_out("config", "", row);
    assert_int_equal((int)row[0], RAGD_E_NOT_FOUND);
    assert_int_equal((int)row[1], 3);
    assert_int_equal((int)row[2], 0700);
    assert_int_equal((int)row[3], 1);
}

static void gives_memory_within_a_budget(void **state)
{
    (void)state;
    float row[4];
    find_out("memory", "limits: {plugin_memory: 64KiB}", row);
    assert_int_equal((int)row[0], 1);
    assert_int_equal((int)row[1], 1);
    assert_true(row[2] >= 60.0f && row[2] <= 64.0f);
}

static void tells_about_the_call(void **state)
{
    (void)state;
    float row[4];
    find_out("call", "", row);
    assert_int_equal((int)row[0], 1);
    assert_int_equal((int)row[1], 1);
    assert_int_equal((int)row[2], RAGD_ABI_MINOR);
}

/* Four calls to each of two instances; the most operations there were at once. */
static int most_at_once(const char *plugin)
{
    enum { N = 8 };
    struct rig rig;
    char yaml[256];
    snprintf(yaml, sizeof(yaml),
             "embedders: {a: {plugin: %s, act: company}, b: {plugin: %s, act: company}}",
             plugin, plugin);
    rig_open(&rig, yaml, rig_puppets());
    struct call_embed reqs[N];
    int most = 0;
    for (int i = 0; i < N; i++) {
        reqs[i] = ask(i % 2 ? "a" : "b");
    }
    for (int i = 0; i < N; i++) {
        call_embed_start(&reqs[i]);
    }
    for (int i = 0; i < N; i++) {
        rig_wait(&reqs[i].call);
        assert_ok(reqs[i].call.status, &reqs[i].call.err);
        most = (int)reqs[i].rows[0] > most ? (int)reqs[i].rows[0] : most;
        call_release(&reqs[i].call);
    }
    rig_close(&rig);
    return most;
}

static void runs_no_more_at_once_than_the_plugin_wants(void **state)
{
    (void)state;
    int per_instance = most_at_once("puppet-services");
    assert_true(per_instance >= 1 && per_instance <= 2); /* one of each instance */
    assert_int_equal(most_at_once("puppet-whole"), 1);
}

static void ends_a_call_that_waits_for_its_turn(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "embedders: {it: {plugin: puppet-services, act: company}}",
             rig_puppets());
    struct call_embed first = ask("it"), second = ask("it"), third = ask("it");
    third.call.deadline_ms = clock_mono_ms();
    call_embed_start(&first);
    call_embed_start(&second);
    call_embed_start(&third);
    call_cancel(&second.call);
    rig_wait(&second.call);
    rig_wait(&third.call);
    assert_int_equal(second.call.err.id, ERR_CANCELLED);
    assert_int_equal(second.call.attempts, 0);
    assert_int_equal(third.call.err.id, ERR_DEADLINE);
    rig_wait(&first.call);
    assert_ok(first.call.status, &first.call.err);
    call_release(&first.call);
    rig_close(&rig);
}

static void uses_the_name_of_an_instance_for_its_directory(void **state)
{
    (void)state;
    struct rig rig;
    struct stat st;
    rig_open(&rig, "embedders: {own: {plugin: hash}}", NULL);
    rig_instance(PLUGIN_EMBEDDER, "own:a/../b");
    char path[TMPDIR_BYTES + 64];
    snprintf(path, sizeof(path), "%s/embedder/own%%3aa%%2f%%2e%%2e%%2fb", rig.data);
    assert_int_equal(stat(path, &st), 0);
    rig_close(&rig);
}

static void starts_and_fails_without_a_plugin_that_was_refused(void **state)
{
    (void)state;
    struct rig rig;
    assert_int_equal(rig_try(&rig, "embedders: {x: {plugin: nothing-like-it}}", NULL),
                     RAGD_E_CONFIG);
    assert_contains(rig.err.msg, "ragd.yaml:1:");
    assert_contains(rig.err.msg, "no embedder plugin 'nothing-like-it'");
    rig_close(&rig);
    assert_int_equal(rig_try(&rig, "embedders: {x: {plugin: hahs}}", NULL), RAGD_E_CONFIG);
    assert_contains(rig.err.hint, "'hash'");
    rig_close(&rig);
    assert_int_equal(rig_try(&rig, "embedders: {default: hahs}", NULL), RAGD_E_CONFIG);
    assert_contains(rig.err.msg, "embedders.default: no embedder 'hahs'");
    rig_close(&rig);
}

static void refuses_a_damaged_document(void **state)
{
    (void)state;
    struct ragd_value v[] = {{RAGD_V_STR, 0, {.s = {"x", 1}}}};
    struct ragd_kv meta[] = {{{"k", 1}, {RAGD_V_LIST, 0, {.list = {v, 1}}}}};
    struct ragd_block block = {RAGD_BLOCK_LIST, 1, 0, 0, 0, 4};
    struct ragd_stored_doc doc = {.struct_size = sizeof(doc),
                                  .id = {"id", 2},
                                  .text = {"text", 4},
                                  .blocks = &block,
                                  .n_blocks = 1,
                                  .meta = {meta, 1}};
    struct ragd_stored_doc out;
    struct buf bytes = {0};
    struct arena arena = {0};
    assert_int_equal(document_encode(&doc, &bytes), 0);
    for (size_t n = 0; n < bytes.n; n++) {
        assert_int_equal(document_decode((struct ragd_bytes){bytes.p, n}, &arena, &out),
                         RAGD_E_CORRUPT);
    }
    assert_int_equal(document_decode((struct ragd_bytes){bytes.p, bytes.n}, &arena, &out),
                     0);
    assert_str_equal(out.meta.p[0].val.u.list.p[0].u.s, "x");
    for (size_t i = 0; i < bytes.n; i++) { /* whatever flips, nothing is read beyond */
        bytes.p[i] ^= 0xff;
        document_decode((struct ragd_bytes){bytes.p, bytes.n}, &arena, &out);
        bytes.p[i] ^= 0xff;
    }
    arena_release(&arena);
    buf_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_small_values),
        TEST(gives_options_directories_and_declared_services),
        TEST(gives_memory_within_a_budget),
        TEST(tells_about_the_call),
        TEST(runs_no_more_at_once_than_the_plugin_wants),
        TEST(ends_a_call_that_waits_for_its_turn),
        TEST(uses_the_name_of_an_instance_for_its_directory),
        TEST(starts_and_fails_without_a_plugin_that_was_refused),
        TEST(refuses_a_damaged_document),
    };
    return RUN_TESTS(tests);
}
