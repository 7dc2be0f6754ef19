/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* An engine over the fake of the calls, for the tests of operations. */
#ifndef SUPPORT_RAG_WORLD_H
#define SUPPORT_RAG_WORLD_H

#include "core/mem.h"
#include "rag/collections.h"
#include "rag/engine.h"
#include "support/fake_calls.h"

enum { WORLD_OWNER = 1000 };

struct world {
    struct engine *engine;
    struct limits limits;
    int started, drained, done;
    struct err start_err;
};

static inline void world_on_started(struct engine *engine, const struct err *err, void *arg)
{
    struct world *world = arg;
    (void)engine;
    world->started++;
    world->start_err = err ? *err : (struct err){0};
}

static inline void world_on_drained(struct engine *engine, void *arg)
{
    (void)engine;
    ((struct world *)arg)->drained++;
}

/* An engine over what the fake holds. */
static inline void world_start(struct world *world)
{
    struct engine_settings settings = {.limits = &world->limits};
    struct err err = {0};
    world->started = world->drained = 0;
    assert_ok(engine_create(&settings, &world->engine, &err), &err);
    engine_start(world->engine, world_on_started, world);
    assert_int_equal(world->started, 0); /* never before it returned */
    fake_settle();
    assert_int_equal(world->started, 1);
    assert_int_equal(world->start_err.id, ERR_NONE);
}

static inline void world_stop(struct world *world)
{
    engine_drain(world->engine, world_on_drained, world);
    fake_settle();
    assert_int_equal(world->drained, 1);
    engine_destroy(world->engine);
    world->engine = NULL;
}

static inline void world_restart(struct world *world)
{
    world_stop(world);
    world_start(world);
}

static inline void world_open(struct world *world)
{
    *world = (struct world){0};
    limits_defaults(&world->limits);
    fake_reset();
    world_start(world);
}

static inline void world_close(struct world *world)
{
    if (world->engine) {
        world_stop(world);
    }
    fake_close();
}

static inline void world_on_done(struct operation *op)
{
    ((struct world *)op->arg)->done++;
}

/* Prepares an operation, to be started next. */
static inline void world_op(struct world *world, struct operation *op)
{
    op->engine = world->engine;
    op->owner = WORLD_OWNER;
    op->done = world_on_done;
    op->arg = world;
    world->done = 0;
}

/* Lets the started operation end; its status. */
static inline int world_end(struct world *world, struct operation *op)
{
    assert_int_equal(world->done, 0); /* never before start returned */
    fake_settle();
    assert_int_equal(world->done, 1);
    assert_null(op->run);
    return op->status;
}

static inline void world_make(struct world *world, const char *name, const char *embedder,
                              uint32_t dim)
{
    struct collection_create req = {
        .settings = {.name = ragd_cs(name), .embedder = ragd_cs(embedder), .dim = dim}};
    world_op(world, &req.op);
    collection_create_start(&req);
    assert_ok(world_end(world, &req.op), &req.op.err);
    operation_release(&req.op);
}

/* Around a test: *state is its struct world, open during the test. */
static inline int world_setup(void **state)
{
    world_open(*state);
    return 0;
}

static inline int world_teardown(void **state)
{
    world_close(*state);
    return 0;
}

#define WORLD_TEST(name, world) \
    cmocka_unit_test_prestate_setup_teardown(name, world_setup, world_teardown, world)

#endif
