/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* One add as its caller sees it, for tests of what becomes of its sources. */
#ifndef SUPPORT_RAG_CLIENT_H
#define SUPPORT_RAG_CLIENT_H

#include <stdio.h>

#include "rag/add.h"
#include "support/rag_world.h"

enum { CLIENT_RESULTS = 32 };

struct client {
    struct add add;
    const char *texts[CLIENT_RESULTS]; /* by index, sent when wanted; NULL = never */
    size_t n_announced, n_results, n_wants, n_idle, n_released, n_started;
    size_t n_previews, n_parts, n_chunks;
    const struct ragd_stored_doc *previewed;
    enum source_status status[CLIENT_RESULTS];
    uint64_t embedded[CLIENT_RESULTS], reused[CLIENT_RESULTS], chunks[CLIENT_RESULTS],
        documents[CLIENT_RESULTS];
    char source[CLIENT_RESULTS][64];
    char loader[CLIENT_RESULTS][16];
    uint32_t tries[CLIENT_RESULTS];
    struct err err[CLIENT_RESULTS];
    char title[64];
    bool created;
};

static inline void client_on_started(struct add *add, const struct add_started *started)
{
    struct client *client = (struct client *)add;
    client->n_started++;
    client->created = started->created;
    assert_true(started->job || add->preview);
}

static inline void client_on_release(void *arg)
{
    ((struct client *)arg)->n_released++;
}

static inline void client_on_want(struct add *add, uint32_t index)
{
    struct client *client = (struct client *)add;
    const char *text = client->texts[index];
    struct err err = {0};
    client->n_wants++;
    if (text) {
        struct add_content content = {
            .content = {.p = text, .size = strlen(text), .fd = -1},
            .release = client_on_release,
            .arg = client,
        };
        assert_ok(add_content_take(add, index, content, &err), &err);
    }
}

static inline void client_on_idle(struct add *add)
{
    ((struct client *)add)->n_idle++;
}

static inline void client_on_result(struct add *add, const struct source_result *result)
{
    struct client *client = (struct client *)add;
    size_t i = client->n_results++;
    assert_true(i < CLIENT_RESULTS);
    client->status[i] = result->status;
    client->embedded[i] = result->embedded;
    client->reused[i] = result->reused;
    client->chunks[i] = result->chunks;
    client->documents[i] = result->documents;
    client->tries[i] = result->tries;
    client->err[i] = result->err ? *result->err : (struct err){0};
    assert_int_equal(result->err != NULL, result->status == SOURCE_FAILED);
    snprintf(client->source[i], sizeof(client->source[i]), "%.*s", (int)result->source.n,
             result->source.p);
    snprintf(client->loader[i], sizeof(client->loader[i]), "%.*s", (int)result->loader.n,
             result->loader.p);
    snprintf(client->title, sizeof(client->title), "%.*s", (int)result->title.n,
             result->title.p);
}

static inline void client_begin(struct world *world, struct client *client)
{
    client->n_announced = client->n_results = 0;
    client->add.on_started = client_on_started;
    client->add.on_want = client_on_want;
    client->add.on_idle = client_on_idle;
    client->add.on_result = client_on_result;
    world_op(world, &client->add.op);
    add_start(&client->add);
}

static inline void client_announce(struct client *client, uint32_t index,
                                   const char *source, const char *text)
{
    struct err err = {0};
    struct add_announce announced = {
        .index = index,
        .source = ragd_cs(source),
        .name = ragd_cs(source),
        .mime = ragd_cs("text/plain"),
        .size = strlen(text),
    };
    client->texts[index] = text;
    client->n_announced++;
    assert_int_equal(hash_bytes(text, strlen(text), announced.sha256), 0);
    assert_ok(add_announce(&client->add, &announced, &err), &err);
}

static inline int client_end(struct world *world, struct client *client)
{
    add_end(&client->add);
    return world_end(world, &client->add.op);
}

/* The end of one that works, with a result for each source. */
static inline void client_finish(struct world *world, struct client *client)
{
    assert_ok(client_end(world, client), &client->add.op.err);
    assert_int_equal(client->n_results, client->n_announced);
    operation_release(&client->add.op);
}

/* An add of one source, into what is set in client. */
static inline void client_add(struct world *world, struct client *client,
                              const char *source, const char *text)
{
    client_begin(world, client);
    client_announce(client, 0, source, text);
    client_finish(world, client);
    assert_int_equal(client->n_released, client->n_wants);
}

/* Lines of 40 characters, so that each is a chunk of its own. */
static inline struct splitter_spec by_line(void)
{
    return (struct splitter_spec){.chunk_size = 40, .chunk_overlap_plus1 = 1};
}

#define LINE(c) c " 34567890123456789012345678901234567\n"

#endif
