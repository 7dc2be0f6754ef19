/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Generating. Happy path: the backend emits pieces on its thread; they gather
 * in a buffer; the loop hands on what is whole characters, cites are checked
 * and kept, usage comes last.
 *
 * Holding back: while the caller pauses, or does not keep up, the buffer fills
 * to HIGH_BYTES; then emit waits (BLOCKING) or answers RAGD_AGAIN (ASYNC),
 * until it was emptied.
 *
 * Failure modes: after the first piece was handed on, nothing is retried. A
 * piece that is no UTF-8 together with its neighbours is misbehaviour.
 *
 * On close: the buffer belongs to the attempt; what a cancelled call still
 * emits is dropped with it.
 */
#include "plugin/call_llm.h"

#include <string.h>

#include "core/buf.h"
#include "core/utf8.h"
#include "plugin/check.h"
#include "plugin/copy.h"
#include "plugin/engine.h"

enum { HIGH_BYTES = 64 * 1024, CITES_MAX = 10000, MODELS_MAX = 1000, CHAR_BYTES_MAX = 4 };

static const struct ragd_llm *table(const struct ragd_call *call)
{
    return &call->instance->iface->u.llm;
}

/* ---- generate --------------------------------------------------------------------- */

struct generate_args {
    struct ragd_llm_req request;
    uint64_t *lengths; /* code points of each source */
    struct ragd_usage usage;
    bool used; /* usage was told */
    struct pile cites;

    /* Under the call's lock. */
    struct buf text; /* not handed on yet */
    bool posted;     /* the loop will look at it */
    bool held;       /* an asynchronous backend waits for resume */
    struct inbox_item item;
    struct ragd_call *call;
};

static int prepare_generate(struct ragd_call *call, struct err *err)
{
    const struct call_generate *req = (const struct call_generate *)call->request;
    struct generate_args *args = call->args;
    args->call = call;
    args->cites.size = sizeof(struct llm_cite);
    args->lengths = arena_calloc(&call->inputs, req->request.n_sources, sizeof(uint64_t));
    if (!args->lengths || copy_llm_req(&call->inputs, &req->request, &args->request)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < args->request.n_sources; i++) {
        struct ragd_str text = args->request.sources[i]->text;
        args->lengths[i] = utf8_count(text.p, text.n);
    }
    return 0;
}

/* Bytes of the longest prefix that is whole characters; n itself unless the
 * end is a character's beginning. Ill-formed text gives SIZE_MAX. */
static size_t whole(const uint8_t *p, size_t n)
{
    size_t good = utf8_check(p, n);
    if (good == n) {
        return n;
    }
    if (n - good >= CHAR_BYTES_MAX || (p[good] & 0xc0) != 0xc0) {
        return SIZE_MAX;
    }
    size_t need = p[good] >= 0xf0 ? 4 : p[good] >= 0xe0 ? 3 : 2;
    for (size_t i = good + 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return SIZE_MAX;
        }
    }
    return n - good < need ? good : SIZE_MAX;
}

/* Takes what may be handed on out of the buffer. */
static struct buf take_text(struct generate_args *args, bool paused)
{
    struct buf out = {0};
    struct ragd_call *call = args->call;
    pthread_mutex_lock(&call->lock);
    args->posted = false;
    size_t n = paused ? 0 : whole(args->text.p, args->text.n);
    if (n && n != SIZE_MAX && buf_put(&out, args->text.p, n) == 0) {
        buf_consume(&args->text, n);
        pthread_cond_broadcast(&call->wake);
    }
    pthread_mutex_unlock(&call->lock);
    return out;
}

static void resume_backend(struct ragd_call *call, struct generate_args *args)
{
    pthread_mutex_lock(&call->lock);
    bool held = args->held && args->text.n < HIGH_BYTES;
    args->held = args->held && !held;
    pthread_mutex_unlock(&call->lock);
    const struct ragd_life *life = &call->instance->iface->life;
    if (held && life->resume && !atomic_load(&call->completed)) {
        life->resume(call->instance->inst, call);
    }
}

static void hand_on(struct ragd_call *call)
{
    struct generate_args *args = call->args;
    struct call_generate *req = (struct call_generate *)call->request;
    struct buf text = take_text(args, req && req->paused);
    if (text.n && req && call->op && !op_stopped(call->op)) {
        call->streamed = true;
        if (req->on_token) {
            req->on_token(req, (struct ragd_str){(const char *)text.p, text.n});
        }
    }
    buf_release(&text);
    resume_backend(call, args);
}

static void on_text(struct inbox_item *item)
{
    struct generate_args *args = LIST_OF(item, struct generate_args, item);
    struct ragd_call *call = args->call;
    hand_on(call);
    attempt_unref(call);
}

/* The lock is held. */
static void post_text(struct generate_args *args)
{
    if (!args->posted) {
        args->posted = true;
        attempt_ref(args->call);
        args->item = (struct inbox_item){.name = "tokens", .on_post = on_text};
        inbox_post(&args->item);
    }
}

/* Appends; then waits, or tells to wait, while there is too much. */
static ragd_status add_text(struct ragd_call *call, struct ragd_str text)
{
    struct generate_args *args = call->args;
    bool blocking = call->instance->iface->life.exec == RAGD_EXEC_BLOCKING;
    ragd_status status = RAGD_OK;
    pthread_mutex_lock(&call->lock);
    if (buf_put(&args->text, text.p, text.n)) {
        status = RAGD_E_NOMEM;
    } else if (whole(args->text.p, args->text.n) == SIZE_MAX) {
        status = RAGD_E_ARG;
    } else {
        post_text(args);
        while (blocking && args->text.n >= HIGH_BYTES && attempt_state(call) == 0) {
            pthread_cond_wait(&call->wake, &call->lock);
        }
        if (!blocking && args->text.n >= HIGH_BYTES) {
            args->held = true;
            status = RAGD_AGAIN;
        }
    }
    pthread_mutex_unlock(&call->lock);
    if (status == RAGD_E_ARG) {
        return attempt_broken(call, "emits text that is not UTF-8");
    }
    return attempt_state(call) ? attempt_state(call) : status;
}

static ragd_status on_delta(struct ragd_call *call, const struct ragd_delta *in)
{
    struct ragd_delta delta;
    struct generate_args *args = call->args;
    int rc = check_struct(call, "ragd_delta", in, &delta, sizeof(delta));
    if (rc == 0 && (args->used || (delta.text.n && !delta.text.p))) {
        rc = attempt_broken(call, "emits text behind its usage, or none at all");
    }
    if (rc || delta.kind != RAGD_DELTA_TEXT || delta.text.n == 0) {
        return rc ? rc : attempt_state(call);
    }
    return add_text(call, delta.text);
}

static ragd_status on_cite(struct ragd_call *call, uint32_t n, uint64_t start, uint64_t end)
{
    struct generate_args *args = call->args;
    bool all = start == 0 && end == 0;
    if (n == 0 || n > args->request.n_sources ||
        (!all && (start >= end || end > args->lengths[n - 1])) ||
        args->cites.n >= CITES_MAX) {
        return attempt_broken(call, "cites source %u from %llu to %llu, which is not there",
                              n, (unsigned long long)start, (unsigned long long)end);
    }
    struct llm_cite *cite = pile_add(&call->results, &args->cites);
    if (!cite) {
        return check_too_much(call);
    }
    *cite = (struct llm_cite){n, start, end};
    return attempt_state(call);
}

static ragd_status on_usage(struct ragd_call *call, const struct ragd_usage *in)
{
    struct generate_args *args = call->args;
    struct ragd_usage usage;
    int rc = check_struct(call, "ragd_usage", in, &usage, sizeof(usage));
    rc = rc ? rc : check_str(call, "the model's name", usage.model, NAME_BYTES_MAX);
    rc = rc ? rc : check_str(call, "the request's id", usage.request_id, NAME_BYTES_MAX);
    if (rc == 0 && args->used) {
        rc = attempt_broken(call, "tells its usage twice");
    }
    if (rc) {
        return rc;
    }
    args->used = true;
    args->usage = usage;
    if (usage.finish < RAGD_FINISH_STOP || usage.finish > RAGD_FINISH_NO_ANSWER) {
        args->usage.finish = RAGD_FINISH_STOP; /* of a later minor */
    }
    return copy_str(&call->results, usage.model, &args->usage.model) ||
                   copy_str(&call->results, usage.request_id, &args->usage.request_id)
               ? check_too_much(call)
               : 0;
}

static const struct ragd_token_sink token_sink = {.struct_size = sizeof(token_sink),
                                                  .emit = on_delta,
                                                  .cite = on_cite,
                                                  .usage = on_usage};

static ragd_status invoke_generate(struct ragd_call *call)
{
    struct generate_args *args = call->args;
    return table(call)->generate(call->instance->inst, call, &args->request, &token_sink);
}

static int check_generate(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct generate_args *args = call->args;
    pthread_mutex_lock(&call->lock);
    size_t rest = args->text.n, n = whole(args->text.p, rest);
    pthread_mutex_unlock(&call->lock);
    if (n != rest) {
        return attempt_broken(call, "ends within a character");
    }
    return args->used ? 0 : attempt_broken(call, "ends without telling its usage");
}

/* The rest of the text goes out in front of done, also to a caller that
 * paused: it will get no more. */
static int settle_generate(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_generate *req = (struct call_generate *)call->request;
    struct generate_args *args = call->args;
    req->paused = false;
    hand_on(call);
    req->usage = args->usage;
    req->cites = args->cites.p;
    req->n_cites = args->cites.n;
    return 0;
}

static void drop_generate(struct ragd_call *call)
{
    buf_release(&((struct generate_args *)call->args)->text);
}

static const struct op_kind generate_kind = {
    .function = "generate",
    .args_bytes = sizeof(struct generate_args),
    .prepare = prepare_generate,
    .invoke = invoke_generate,
    .check = check_generate,
    .settle = settle_generate,
    .drop = drop_generate,
};

void call_generate_start(struct call_generate *req)
{
    struct op_target target = {.instance = req->llm};
    req->usage = (struct ragd_usage){0};
    req->cites = NULL;
    req->n_cites = 0;
    req->paused = false;
    op_start(&req->call, &generate_kind, &target);
}

void call_generate_pause(struct call_generate *req)
{
    req->paused = true;
}

void call_generate_resume(struct call_generate *req)
{
    req->paused = false;
    struct ragd_call *call = req->call.op ? op_attempt(req->call.op) : NULL;
    if (!call) {
        return;
    }
    struct generate_args *args = call->args;
    pthread_mutex_lock(&call->lock);
    if (args->text.n) {
        post_text(args);
    }
    pthread_mutex_unlock(&call->lock);
}

/* ---- info -------------------------------------------------------------------------- */

struct info_args {
    struct ragd_model_info first;
    size_t n;
};

static ragd_status on_model(struct ragd_call *call, const struct ragd_model_info *in)
{
    struct info_args *args = call->args;
    struct ragd_model_info model;
    int rc = check_struct(call, "ragd_model_info", in, &model, sizeof(model));
    rc = rc ? rc : check_str(call, "a model's id", model.id, NAME_BYTES_MAX);
    if (rc || ++args->n > MODELS_MAX) {
        return rc ? rc : attempt_broken(call, "lists more than %d models", MODELS_MAX);
    }
    if (args->n == 1) {
        args->first = model;
        rc = copy_str(&call->results, model.id, &args->first.id) ? check_too_much(call) : 0;
    }
    return rc ? rc : attempt_state(call);
}

static const struct ragd_model_sink model_sink = {.struct_size = sizeof(model_sink),
                                                  .emit = on_model};

static ragd_status invoke_models(struct ragd_call *call)
{
    return table(call)->models(call->instance->inst, call, &model_sink);
}

static int settle_models(struct ragd_call *call, struct err *err)
{
    const struct info_args *args = call->args;
    if (args->n == 0) {
        return err_set(err, ERR_UPSTREAM, "%s has no model", instance_name(call->instance));
    }
    ((struct call_llm_info *)call->request)->info = args->first;
    return 0;
}

static const struct op_kind models_kind = {
    .function = "models",
    .args_bytes = sizeof(struct info_args),
    .invoke = invoke_models,
    .settle = settle_models,
};

void call_llm_info_start(struct call_llm_info *req)
{
    struct op_target target = {.instance = req->llm};
    req->info = (struct ragd_model_info){0};
    op_start(&req->call, &models_kind, &target);
}
