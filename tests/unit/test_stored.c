/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/stored.h"

#include "core/mem.h"
#include "core/rng.h"
#include "ragd/v1/common.pb-c.h"
#include "support/test_err.h"

static const struct ragd_value NUMBERS[] = {{.type = RAGD_V_INT, .u.i = -5},
                                            {.type = RAGD_V_INT, .u.i = INT64_MAX}};
static const struct ragd_value WORDS[] = {{.type = RAGD_V_STR, .u.s = {"a\0b", 3}},
                                          {.type = RAGD_V_STR, .u.s = {"", 0}}};
static const struct ragd_kv META[] = {
    {{"bool", 4}, {.type = RAGD_V_BOOL, .u.i = 1}},
    {{"empty", 5}, {.type = RAGD_V_LIST}},
    {{"null", 4}, {.type = RAGD_V_NULL}},
    {{"numbers", 7}, {.type = RAGD_V_LIST, .u.list = {NUMBERS, 2}}},
    {{"real", 4}, {.type = RAGD_V_REAL, .u.d = 0.1}},
    {{"words", 5}, {.type = RAGD_V_LIST, .u.list = {WORDS, 2}}},
};
static const struct ragd_str SEPARATORS[] = {{"\n", 1}, {"\0", 1}, {"", 0}};
static const struct manifest_chunk CHUNKS[] = {{{1, 2, 3}, 77}, {{4}, 0}};
static const struct manifest_doc DOCS[] = {{{"a", 1}, 5, CHUNKS, 2},
                                           {{"a!k", 3}, 6, NULL, 0}};

static struct manifest sample(void)
{
    return (struct manifest){
        .source = {"a", 1},
        .sha256 = {9, 8, 7},
        .size = 123,
        .version = {"v1", 2},
        .loader = {"text", 4},
        .loader_version = {"1.0", 3},
        .loader_options = {META, 1},
        .splitter = {SPLITTER_CHARACTER, 50, 5, SEPARATORS, 3, SPLITTER_KEEP_END, true},
        .own_splitter = true,
        .meta = {META, sizeof(META) / sizeof(*META)},
        .added_ms = -1,
        .docs = DOCS,
        .n_docs = 2,
    };
}

static void a_manifest_comes_back_as_it_was(void **state)
{
    (void)state;
    struct manifest in = sample(), out;
    struct arena arena = {0};
    struct buf buf = {0};
    struct err err = {0};
    assert_int_equal(stored_manifest_encode(&in, &buf), 0);
    assert_ok(stored_manifest_decode((struct ragd_bytes){buf.p, buf.n}, &arena, &out, &err),
              &err);
    assert_str_equal(out.source, "a");
    assert_memory_equal(out.sha256, in.sha256, HASH_BYTES);
    assert_int_equal(out.size, 123);
    assert_int_equal(out.added_ms, -1);
    assert_true(out.own_splitter && !out.own_options);
    assert_int_equal(out.splitter.n_separators, 3);
    assert_memory_equal(out.splitter.separators[1].p, "\0", 1);
    assert_int_equal(out.meta.n, in.meta.n);
    assert_int_equal(out.meta.p[3].val.u.list.p[1].u.i, INT64_MAX);
    assert_true(out.meta.p[4].val.u.d == 0.1);
    assert_int_equal(out.meta.p[5].val.u.list.p[0].u.s.n, 3);
    assert_memory_equal(out.meta.p[5].val.u.list.p[0].u.s.p, "a\0b", 3);
    assert_int_equal(out.n_docs, 2);
    assert_int_equal(out.docs[0].n_chunks, 2);
    assert_int_equal(out.docs[0].chunks[0].mark, 77);
    assert_memory_equal(out.docs[0].chunks[1].text_hash, CHUNKS[1].text_hash, HASH_BYTES);
    assert_str_equal(out.docs[1].id, "a!k");
    arena_release(&arena);
    buf_release(&buf);
}

static void settings_come_back_as_they_were(void **state)
{
    (void)state;
    struct stored_collection out, in = {
                                      .owner = 1000,
                                      .name = {"papers", 6},
                                      .embedder = {"hash", 4},
                                      .model = {"m", 1},
                                      .space = {"s/1", 3},
                                      .dim = 64,
                                      .metric = RAGD_METRIC_IP,
                                      .lexical = true,
                                      .splitter = {SPLITTER_RECURSIVE, 1000, 20, SEPARATORS,
                                                   1, SPLITTER_KEEP_START, false},
                                      .loader_options = {META, 1},
                                      .created_ms = 5,
                                  };
    struct arena arena = {0};
    struct buf buf = {0};
    struct err err = {0};
    assert_int_equal(stored_collection_encode(&in, &buf), 0);
    assert_ok(stored_collection_decode((struct ragd_bytes){buf.p, buf.n}, &arena, &out,
                                       &err),
              &err);
    assert_int_equal(out.owner, 1000);
    assert_str_equal(out.name, "papers");
    assert_str_equal(out.space, "s/1");
    assert_int_equal(out.dim, 64);
    assert_true(out.lexical && !out.splitter.strip);
    assert_int_equal(out.splitter.chunk_overlap, 20);
    assert_int_equal(out.loader_options.n, 1);
    arena_release(&arena);
    buf_release(&buf);
}

static void damaged_bytes_are_an_error_or_a_manifest(void **state)
{
    (void)state;
    enum { ROUNDS = 20000 };
    struct manifest in = sample();
    struct buf good = {0}, bad = {0};
    struct rng rng;
    rng_seed(&rng, 31415926);
    assert_int_equal(stored_manifest_encode(&in, &good), 0);
    size_t refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = {0};
        struct manifest out;
        struct stored_collection settings;
        struct err err = {0};
        buf_clear(&bad);
        assert_int_equal(buf_put(&bad, good.p, 1 + rng_below(&rng, good.n)), 0);
        for (uint64_t k = rng_below(&rng, 4); k; k--) {
            bad.p[rng_below(&rng, bad.n)] = (uint8_t)rng_next(&rng);
        }
        struct ragd_bytes bytes = {bad.p, bad.n};
        int rc = stored_manifest_decode(bytes, &arena, &out, &err);
        assert_true(rc == 0 || rc == RAGD_E_CORRUPT);
        refused += rc != 0;
        rc = stored_collection_decode(bytes, &arena, &settings, &err);
        assert_true(rc == 0 || rc == RAGD_E_CORRUPT);
        arena_release(&arena);
    }
    assert_true(refused > ROUNDS / 2);
    buf_release(&good);
    buf_release(&bad);
}

static void a_newer_format_says_so(void **state)
{
    (void)state;
    static const uint8_t NEWER[] = {0x08, 0x63}; /* format 99 */
    struct arena arena = {0};
    struct manifest out;
    struct err err = {0};
    struct ragd_bytes bytes = {NEWER, sizeof(NEWER)};
    assert_err(stored_manifest_decode(bytes, &arena, &out, &err), &err, CORRUPT);
    assert_non_null(strstr(err.msg, "99"));
    assert_non_null(strstr(err.hint, "newer"));
    arena_release(&arena);
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    struct manifest in = sample();
    int rc = -1;
    for (long n = 0; rc; n++) {
        struct buf buf = {0};
        struct arena arena = {0};
        struct manifest out;
        struct err err = {0};
        mem_fail_after(n, 0);
        rc = stored_manifest_encode(&in, &buf);
        if (!rc) {
            rc = stored_manifest_decode((struct ragd_bytes){buf.p, buf.n}, &arena, &out,
                                        &err);
        }
        mem_fail_after(-1, 0);
        arena_release(&arena);
        buf_release(&buf);
        assert_true(n < 100);
    }
}

static void a_failure_comes_back_as_it_was(void **state)
{
    (void)state;
    struct ragd_kv option = {ragd_cs("text.x"), {.type = RAGD_V_STR, .u.s = ragd_cs("y")}};
    struct stored_failure in = {.source = ragd_cs("file:///a.txt"),
                                .sha256 = {1, 2, 3},
                                .version = ragd_cs("v1"),
                                .loader = ragd_cs("text"),
                                .loader_version = ragd_cs("0.1.0"),
                                .loader_options = {&option, 1},
                                .code = ragd_cs("loader_crashed"),
                                .message = ragd_cs("it crashed"),
                                .hint = ragd_cs("try this"),
                                .tries = 3,
                                .failed_ms = 1234};
    struct stored_failure out;
    struct buf buf = {0};
    struct arena arena = {0};
    struct err err = {0};
    assert_int_equal(stored_failure_encode(&in, &buf), 0);
    struct ragd_bytes bytes = {buf.p, buf.n};
    assert_ok(stored_failure_decode(bytes, &arena, &out, &err), &err);
    assert_string_equal(out.source.p, "file:///a.txt");
    assert_memory_equal(out.sha256, in.sha256, HASH_BYTES);
    assert_string_equal(out.version.p, "v1");
    assert_string_equal(out.loader.p, "text");
    assert_string_equal(out.loader_version.p, "0.1.0");
    assert_int_equal(out.loader_options.n, 1);
    assert_string_equal(out.code.p, "loader_crashed");
    assert_string_equal(out.message.p, "it crashed");
    assert_string_equal(out.hint.p, "try this");
    assert_int_equal(out.tries, 3);
    assert_int_equal(out.failed_ms, 1234);
    arena_release(&arena);
    bytes.n--;
    assert_err(stored_failure_decode(bytes, &arena, &out, &err), &err, CORRUPT);
    arena_release(&arena);
    buf_release(&buf);
}

static void the_size_of_blocks_is_that_of_their_message(void **state)
{
    (void)state;
    static const struct ragd_block BLOCKS[] = {
        {.off = 1, .len = 100},
        {.off = 127, .len = 1, .level = 3, .page = 127},
        {.off = 1 << 20, .len = 1 << 20, .page = 128},
    };
    enum { N = sizeof(BLOCKS) / sizeof(*BLOCKS) };
    Ragd__V1__Block blocks[N];
    Ragd__V1__Block *list[N];
    Ragd__V1__Document doc = RAGD__V1__DOCUMENT__INIT;
    for (size_t i = 0; i < N; i++) {
        ragd__v1__block__init(&blocks[i]);
        blocks[i].kind = "paragraph";
        blocks[i].level = BLOCKS[i].level;
        blocks[i].page = BLOCKS[i].page;
        blocks[i].start_byte = BLOCKS[i].off;
        blocks[i].end_byte = BLOCKS[i].off + BLOCKS[i].len;
        list[i] = &blocks[i];
    }
    doc.blocks = list;
    doc.n_blocks = N;
    assert_int_equal(stored_blocks_bytes(BLOCKS, N),
                     protobuf_c_message_get_packed_size(&doc.base));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_comes_back_as_it_was),
        cmocka_unit_test(settings_come_back_as_they_were),
        cmocka_unit_test(a_failure_comes_back_as_it_was),
        cmocka_unit_test(damaged_bytes_are_an_error_or_a_manifest),
        cmocka_unit_test(a_newer_format_says_so),
        cmocka_unit_test(lack_of_memory_is_told),
        cmocka_unit_test(the_size_of_blocks_is_that_of_their_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
