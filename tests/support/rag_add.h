/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Putting texts into a collection, for tests of what reads them. */
#ifndef SUPPORT_RAG_ADD_H
#define SUPPORT_RAG_ADD_H

#include "rag/add.h"
#include "support/rag_world.h"

struct adder {
    struct add add;
    const char *text;
    size_t chunks;
};

static inline void adder_on_want(struct add *add, uint32_t index)
{
    const char *text = ((struct adder *)add)->text;
    struct add_content content = {.content = {.p = text, .size = strlen(text), .fd = -1}};
    struct err err = {0};
    assert_ok(add_content_take(add, index, content, &err), &err);
}

static inline void adder_on_result(struct add *add, const struct source_result *result)
{
    assert_true(result->status != SOURCE_FAILED);
    ((struct adder *)add)->chunks = result->chunks;
}

/* Chunks of at most size code points without overlap (0 = the default). */
static inline size_t add_text_sized(struct world *world, const char *collection,
                                    const char *source, const char *text, uint32_t size)
{
    struct adder adder = {.text = text};
    struct err err = {0};
    struct add_announce announce = {.source = ragd_cs(source),
                                    .name = ragd_cs(source),
                                    .size = strlen(text)};
    assert_int_equal(hash_bytes(text, strlen(text), announce.sha256), 0);
    adder.add.collection = ragd_cs(collection);
    adder.add.splitter.chunk_size = size;
    adder.add.on_want = adder_on_want;
    adder.add.on_result = adder_on_result;
    world_op(world, &adder.add.op);
    add_start(&adder.add);
    assert_ok(add_announce(&adder.add, &announce, &err), &err);
    add_end(&adder.add);
    assert_ok(world_end(world, &adder.add.op), &adder.add.op.err);
    operation_release(&adder.add.op);
    return adder.chunks;
}

static inline size_t add_text(struct world *world, const char *source, const char *text)
{
    return add_text_sized(world, "", source, text, 0);
}

#endif
