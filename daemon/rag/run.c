/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/run.h"

#include <assert.h>

#include "core/mem.h"
#include "rag/registry.h"

/* What an operation has instead of a run when there was no memory for one. */
static struct run no_run;

static void on_sub(struct operation *sub);

static bool run_waits(const struct run *run)
{
    return run->call || run->sub || run->commit.link.next;
}

static void run_close(struct run *run)
{
    assert(!run_waits(run));
    struct operation *op = run->op;
    struct engine *engine = run->engine;
    if (call_active(&op->later.call)) {
        run->closed = true; /* on_later comes back here */
        return;
    }
    view_close(run->view);
    if (run->conf->release) {
        run->conf->release(run);
    }
    collection_unref(run->coll);
    list_remove(&run->link);
    mem_free(run);
    op->run = NULL;
    op->done(op);
    engine_check_drained(engine);
}

/* What was cancelled for a reason fails with the reason. */
static const struct err *cause_of(const struct run *run, const struct err *err)
{
    return run->cause.id && err->id == ERR_CANCELLED ? &run->cause : err;
}

static void give_up(struct run *run, const struct err *err)
{
    if (run->conf->fail) {
        run->conf->fail(run, cause_of(run, err));
    } else {
        run_fail(run, err);
    }
}

static void run_step(struct run *run)
{
    struct err err = {0};
    if (run->cancelled && !(run->conf->states[run->state].flags & RUN_FINAL)) {
        err_set(&err, ERR_CANCELLED, NULL);
        give_up(run, &err);
        return;
    }
    run->conf->step(run);
}

static void fail_without_run(struct operation *op)
{
    op->status = err_status(&op->err);
    op->run = NULL;
    op->done(op);
}

static void on_later(struct call *call)
{
    struct operation *op = call->arg;
    struct run *run = op->run;
    int status = call->status;
    struct err err = call->err;
    call_release(call);
    if (run == &no_run) {
        fail_without_run(op);
    } else if (run->closed) {
        run_close(run);
    } else if (run_waits(run)) {
        return; /* its step comes with that */
    } else if (status < 0) {
        give_up(run, &err);
    } else {
        run_step(run);
    }
}

static void schedule(struct operation *op)
{
    op->later.call.done = on_later;
    op->later.call.arg = op;
    op->later.delay_ms = 0;
    call_later_start(&op->later);
}

static struct run *run_new(struct operation *op, const struct run_conf *conf)
{
    bool is_sub = op->run != NULL; /* run_sub marked it */
    struct run *run = NULL;
    op->run = NULL;
    if (op->engine->draining && !is_sub) {
        err_set(&op->err, ERR_DRAINING, NULL);
    } else if (!(run = mem_calloc(1, conf->size))) {
        err_set(&op->err, ERR_NOMEM, NULL);
    } else {
        run->op = op;
        run->conf = conf;
        run->engine = op->engine;
        run->is_sub = is_sub;
        run->paused = is_sub && op->done == on_sub && ((struct run *)op->arg)->paused;
        list_push(&op->engine->runs, &run->link);
    }
    return run;
}

void *run_begin(struct operation *op, const struct run_conf *conf)
{
    op->status = 0;
    op->err = (struct err){0};
    struct run *run = run_new(op, conf);
    op->run = run ? run : &no_run;
    schedule(op);
    return run;
}

static void on_sub(struct operation *sub)
{
    struct run *run = sub->arg;
    run->sub = NULL;
    if (sub->status < 0 && !run->trying) {
        give_up(run, &sub->err);
        return;
    }
    run_step(run);
}

void run_child(struct run *run, struct operation *child, operation_done_fn done, void *arg)
{
    child->engine = run->engine;
    child->owner = run->op->owner;
    child->deadline_ms = run->op->deadline_ms;
    child->done = done;
    child->arg = arg;
    child->run = &no_run; /* tells run_begin that it belongs to a run */
}

void run_sub(struct run *run, struct operation *sub)
{
    assert(!run_waits(run));
    run_child(run, sub, on_sub, run);
    run->sub = sub;
    run->trying = false;
}

void run_try_sub(struct run *run, struct operation *sub)
{
    run_sub(run, sub);
    run->trying = true;
}

void run_move(struct run *run, int state)
{
    assert(run->conf->states[run->state].next & RUN_NEXT(state));
    run->state = state;
}

static void on_call(struct call *call)
{
    struct run *run = call->arg;
    run->call = NULL;
    if (run->opening) { /* also of one that was cancelled meanwhile */
        run->view = run->opening->view;
        run->opening = NULL;
    }
    if (call->status < 0 && !run->trying) {
        give_up(run, &call->err);
        return;
    }
    run_step(run);
}

static void wait_for(struct run *run, struct call *call, bool trying)
{
    assert(!run_waits(run));
    call_release(call); /* of the round before */
    call->done = on_call;
    call->arg = run;
    call->deadline_ms = run->op->deadline_ms;
    run->call = call;
    run->trying = trying;
}

void run_wait(struct run *run, struct call *call)
{
    wait_for(run, call, false);
}

void run_try(struct run *run, struct call *call)
{
    wait_for(run, call, true);
}

static void on_commit(struct commit_wait *wait, const struct err *err)
{
    struct run *run = (struct run *)((char *)wait - offsetof(struct run, commit));
    if (err) {
        give_up(run, err);
        return;
    }
    run_step(run);
}

void run_commit(struct run *run)
{
    assert(!run_waits(run));
    run->commit.done = on_commit;
    commit_join(run->coll, &run->commit);
}

void run_kick(struct run *run)
{
    if (!run_waits(run) && !call_active(&run->op->later.call)) {
        schedule(run->op);
    }
}

bool run_held(struct run *run)
{
    run->held = run->paused && !run->cancelled;
    return run->held;
}

void run_end(struct run *run)
{
    run->op->status = 0;
    run_close(run);
}

void run_fail(struct run *run, const struct err *err)
{
    const struct err *cause = cause_of(run, err);
    if (cause != &run->op->err) {
        run->op->err = *cause;
    }
    run->op->status = err_status(cause);
    run_close(run);
}

void run_fail_id(struct run *run, enum err_id id)
{
    struct err err = {0};
    err_set(&err, id, NULL);
    run_fail(run, &err);
}

void run_use(struct run *run, struct collection *coll)
{
    run->coll = collection_ref(coll);
}

static void open_view(struct run *run, struct call_view *call, bool trying)
{
    view_close(run->view);
    run->view = NULL;
    call->coll = run->coll->coll;
    run->opening = call;
    wait_for(run, &call->call, trying);
    call_view_start(call);
}

void run_open_view(struct run *run, struct call_view *call)
{
    open_view(run, call, false);
}

void run_try_view(struct run *run, struct call_view *call)
{
    open_view(run, call, true);
}

void operation_cancel(struct operation *op)
{
    run_stop(op, NULL);
}

void run_stop(struct operation *op, const struct err *why)
{
    struct run *run = op->run;
    if (!run || run == &no_run || run->cancelled || run->closed) {
        return;
    }
    run->cancelled = true;
    if (why) {
        run->cause = *why;
    }
    if (run->conf->cancel) {
        run->conf->cancel(run);
    }
    if (run->conf->states[run->state].flags & RUN_FINAL) {
        return;
    }
    if (run->call) {
        call_cancel(run->call);
    } else if (run->sub) {
        operation_cancel(run->sub);
    } else {
        run_kick(run);
    }
}

void operation_pause(struct operation *op)
{
    struct run *run = op->run;
    if (run && run != &no_run && !run->paused && !run->closed) {
        run->paused = true;
        if (run->conf->pause) {
            run->conf->pause(run, true);
        }
        if (run->sub) {
            operation_pause(run->sub);
        }
    }
}

void operation_resume(struct operation *op)
{
    struct run *run = op->run;
    if (!run || run == &no_run || !run->paused || run->closed) {
        return;
    }
    run->paused = false;
    if (run->conf->pause) {
        run->conf->pause(run, false);
    }
    if (run->sub) {
        operation_resume(run->sub);
    }
    if (run->held) {
        run->held = false;
        run_kick(run);
    }
}

void operation_release(struct operation *op)
{
    assert(!op->run);
    call_memory_release(&op->arena);
    op->err = (struct err){0};
    op->status = 0;
}
