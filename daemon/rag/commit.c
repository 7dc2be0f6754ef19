/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/commit.h"

#include "rag/registry.h"

static void flush_start(struct collection *coll);

void committer_init(struct committer *committer)
{
    *committer = (struct committer){0};
    list_init(&committer->waiting);
    list_init(&committer->flushing);
}

static void notify(struct list *waits, const struct err *err)
{
    struct list *node;
    while ((node = list_pop(waits))) {
        struct commit_wait *wait = LIST_OF(node, struct commit_wait, link);
        wait->link.next = wait->link.prev = NULL;
        wait->done(wait, err);
    }
}

/* Nobody else is about to join, or enough have. */
static bool is_full(const struct collection *coll)
{
    const struct committer *c = &coll->committer;
    return c->n_waiting >= c->writers || c->n_waiting >= coll->engine->limits.flush_sources;
}

static void on_flushed(struct call *call)
{
    struct collection *coll = call->arg;
    struct committer *c = &coll->committer;
    struct err err = call->err;
    bool failed = call->status < 0;
    call_release(call);
    notify(&c->flushing, failed ? &err : NULL);
    if (!list_empty(&c->waiting) && !call_active(&c->flush.call)) {
        flush_start(coll);
    }
    collection_unref(coll);
}

static void flush_start(struct collection *coll)
{
    struct committer *c = &coll->committer;
    struct list *node;
    while ((node = list_pop(&c->waiting))) {
        list_push(&c->flushing, node);
    }
    c->n_waiting = 0;
    collection_ref(coll);
    call_cancel(&c->timer.call);
    c->flush.call.done = on_flushed;
    c->flush.call.arg = coll;
    c->flush.coll = coll->coll;
    call_flush_start(&c->flush);
}

static void on_timer(struct call *call)
{
    struct collection *coll = call->arg;
    call_release(call);
    if (!list_empty(&coll->committer.waiting) &&
        !call_active(&coll->committer.flush.call)) {
        flush_start(coll);
    }
    collection_unref(coll);
}

static void consider(struct collection *coll)
{
    struct committer *c = &coll->committer;
    if (list_empty(&c->waiting) || call_active(&c->flush.call)) {
        return;
    }
    if (is_full(coll)) {
        flush_start(coll);
    } else if (!call_active(&c->timer.call)) {
        collection_ref(coll);
        c->timer.call.done = on_timer;
        c->timer.call.arg = coll;
        c->timer.delay_ms = coll->engine->limits.flush_wait;
        call_later_start(&c->timer);
    }
}

void commit_enter(struct collection *coll)
{
    coll->committer.writers++;
}

void commit_leave(struct collection *coll)
{
    coll->committer.writers--;
    consider(coll);
}

void commit_join(struct collection *coll, struct commit_wait *wait)
{
    coll->provisional = false;
    list_push(&coll->committer.waiting, &wait->link);
    coll->committer.n_waiting++;
    consider(coll);
}
