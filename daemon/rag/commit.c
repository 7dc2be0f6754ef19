/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/commit.h"

#include "core/log.h"
#include "rag/registry.h"

static void begin(struct collection *coll);

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

/* Whoever is told may leave or join at once. It runs until all are told, so that
 * nobody becomes one of them whose change this flush did not see. */
static void finish(struct collection *coll, const struct err *err)
{
    struct committer *c = &coll->committer;
    notify(&c->flushing, err);
    c->running = false;
    if (!list_empty(&c->waiting)) {
        begin(coll);
    }
    collection_unref(coll);
}

static void on_marked(struct call *call);

static void write_mark(struct collection *coll, enum watermarks_action action,
                       struct ragd_str store, struct watermark mark)
{
    struct call_watermarks *req = &coll->committer.mark;
    req->call.done = on_marked;
    req->call.arg = coll;
    req->action = action;
    req->store = store;
    req->mark = mark;
    call_watermarks_start(req);
}

static void on_marked(struct call *call)
{
    struct collection *coll = call->arg;
    if (call->status < 0 && call->status != RAGD_E_UNSUPPORTED) {
        log_warn("WATERMARK-FAILED", "%s: %s: a loss of the store may not be noticed",
                 coll->name, call->err.msg);
    }
    call_release(call);
    struct gone gone;
    if (engine_take_gone(coll->engine, coll, &gone)) {
        write_mark(coll, WATERMARKS_DROP, gone.store, gone.mark);
    } else {
        finish(coll, NULL);
    }
}

/* What was acknowledged once is not forgotten where the store has lost it. */
static void mark_start(struct collection *coll)
{
    if (coll->sequence >= coll->acknowledged) {
        coll->acknowledged = coll->sequence;
        engine_mend(coll->engine, collection_part(coll));
    }
    struct watermark mark = {.coll = ragd_cs(coll->key),
                             .name = coll->settings.name,
                             .owner = coll->settings.owner,
                             .sequence = coll->acknowledged};
    write_mark(coll, WATERMARKS_PUT, ragd_cs(instance_name(coll->store)), mark);
}

static void on_flushed(struct call *call)
{
    struct collection *coll = call->arg;
    struct err err = call->err;
    bool failed = call->status < 0;
    uint64_t sequence = coll->committer.stats.stats.sequence;
    call_release(call);
    if (failed || !sequence) {
        finish(coll, failed ? &err : NULL);
        return;
    }
    coll->sequence = sequence;
    mark_start(coll);
}

static void flush_start(struct collection *coll)
{
    struct committer *c = &coll->committer;
    c->flush.call.done = on_flushed;
    c->flush.call.arg = coll;
    c->flush.coll = coll->coll;
    call_flush_start(&c->flush);
}

static void on_stats(struct call *call)
{
    struct collection *coll = call->arg;
    if (call->status < 0) {
        coll->committer.stats.stats.sequence = 0;
    }
    call_release(call);
    view_close(coll->committer.view.view);
    flush_start(coll);
}

static void on_view(struct call *call)
{
    struct collection *coll = call->arg;
    struct committer *c = &coll->committer;
    bool failed = call->status < 0;
    call_release(call);
    if (failed) {
        flush_start(coll);
        return;
    }
    c->stats.call.done = on_stats;
    c->stats.call.arg = coll;
    c->stats.view = c->view.view;
    call_stats_start(&c->stats);
}

static void begin(struct collection *coll)
{
    struct committer *c = &coll->committer;
    struct list *node;
    while ((node = list_pop(&c->waiting))) {
        list_push(&c->flushing, node);
    }
    c->n_waiting = 0;
    c->running = true;
    collection_ref(coll);
    call_cancel(&c->timer.call);
    c->stats.stats.sequence = 0;
    if (!(store_caps(coll->store) & RAGD_STORE_DURABLE)) {
        flush_start(coll);
        return;
    }
    c->view.call.done = on_view;
    c->view.call.arg = coll;
    c->view.coll = coll->coll;
    call_view_start(&c->view);
}

static void on_timer(struct call *call)
{
    struct collection *coll = call->arg;
    call_release(call);
    if (!list_empty(&coll->committer.waiting) && !coll->committer.running) {
        begin(coll);
    }
    collection_unref(coll);
}

static void consider(struct collection *coll)
{
    struct committer *c = &coll->committer;
    if (list_empty(&c->waiting) || c->running) {
        return;
    }
    if (is_full(coll)) {
        begin(coll);
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
