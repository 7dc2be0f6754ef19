/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Query/Ask: one stream of events.
 *
 * While the peer takes nothing, tokens are joined instead of queued; when much
 * has been joined, the backend is held back.
 */
#include <math.h>

#include "core/mem.h"
#include "rag/ask.h"
#include "ragd/v1/query.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_out.h"
#include "rpc/handle.h"
#include "rpc/handle_hits.h"
#include "rpc/op.h"
#include "wire/filter.h"
#include "wire/values.h"

enum { JOINED_BYTES_MAX = 64 << 10 };

struct ask_call {
    struct ask ask;
    struct buf joined; /* tokens that wait, without a NUL */
};

static void send_event(struct operation *op, Ragd__V1__AskEvent__KindCase kind, void *part)
{
    Ragd__V1__AskEvent event = RAGD__V1__ASK_EVENT__INIT;
    event.kind_case = kind;
    event.head = part; /* the members of the union are all pointers */
    request_send(op_request(op), &event.base);
}

static void send_joined(struct ask_call *call)
{
    struct operation *op = &call->ask.op;
    if (call->joined.n == 0) {
        return;
    }
    struct arena arena;
    arena_init(&arena, 0);
    char *text = text_out(&arena,
                          (struct ragd_str){(const char *)call->joined.p, call->joined.n});
    buf_clear(&call->joined);
    if (text) {
        send_event(op, RAGD__V1__ASK_EVENT__KIND_TOKEN, text);
    } else {
        op_out_of_memory(op);
    }
    arena_release(&arena);
}

static void on_ready(struct request *request)
{
    send_joined(request->state);
    if (request_ready(request)) {
        operation_resume(request->state);
    }
}

static void on_token(struct ask *ask, struct ragd_str text)
{
    struct ask_call *call = (struct ask_call *)ask;
    struct request *request = op_request(&ask->op);
    if (buf_put(&call->joined, text.p, text.n) != 0) {
        op_out_of_memory(&ask->op);
        return;
    }
    if (request_ready(request)) {
        send_joined(call);
    } else if (call->joined.n >= JOINED_BYTES_MAX) {
        operation_pause(&ask->op);
    }
}

static void on_head(struct ask *ask, const struct ask_head *in)
{
    struct arena arena;
    Ragd__V1__AskHead head = RAGD__V1__ASK_HEAD__INIT;
    arena_init(&arena, 0);
    head.collection = text_out(&arena, in->collection);
    head.question = text_out(&arena, in->question);
    head.model = text_out(&arena, in->model);
    head.mode = (Ragd__V1__SearchMode)in->mode;
    head.metric = (Ragd__V1__Metric)in->metric;
    head.chain = (char *)in->chain;
    if (head.collection && head.question && head.model) {
        send_event(&ask->op, RAGD__V1__ASK_EVENT__KIND_HEAD, &head);
    } else {
        op_out_of_memory(&ask->op);
    }
    arena_release(&arena);
}

static void put_hits(struct operation *op, const struct op_batch *batch, size_t from,
                     size_t n)
{
    Ragd__V1__HitList list = RAGD__V1__HIT_LIST__INIT;
    list.n_hits = n;
    list.hits = (Ragd__V1__Hit **)batch->items + from;
    send_event(op, RAGD__V1__ASK_EVENT__KIND_HITS, &list);
}

static void on_hits(struct ask *ask, const struct search_hit *hits, size_t n)
{
    struct arena arena;
    struct hits_view view = {hits, n, RAGD_INCLUDE_TEXT | RAGD_INCLUDE_META};
    struct op_batch batch = {.even_empty = true, .put = put_hits};
    arena_init(&arena, 0);
    if (hits_to_batch(&arena, view, &batch) == 0) {
        op_send_batches(&ask->op, &batch);
    } else {
        op_out_of_memory(&ask->op);
    }
    arena_release(&arena);
}

static void on_prompt(struct ask *ask, const char *role, struct ragd_str text)
{
    struct arena arena;
    Ragd__V1__Prompt prompt = RAGD__V1__PROMPT__INIT;
    arena_init(&arena, 0);
    prompt.role = (char *)role;
    prompt.text = text_out(&arena, text);
    if (prompt.text) {
        send_event(&ask->op, RAGD__V1__ASK_EVENT__KIND_PROMPT, &prompt);
    } else {
        op_out_of_memory(&ask->op);
    }
    arena_release(&arena);
}

static void on_usage(struct ask *ask, const struct ask_usage *in)
{
    struct arena arena;
    Ragd__V1__Usage usage = RAGD__V1__USAGE__INIT;
    arena_init(&arena, 0);
    send_joined((struct ask_call *)ask);
    usage.model = text_out(&arena, in->model);
    usage.prompt_tokens = in->prompt_tokens;
    usage.output_tokens = in->output_tokens;
    if (usage.model) {
        send_event(&ask->op, RAGD__V1__ASK_EVENT__KIND_USAGE, &usage);
    } else {
        op_out_of_memory(&ask->op);
    }
    arena_release(&arena);
}

static Ragd__V1__Citation **citations_out(struct arena *arena, const struct ask *ask)
{
    Ragd__V1__Citation *citations = arena_calloc(arena, ask->n_citations,
                                                 sizeof(*citations));
    Ragd__V1__Citation **list = arena_calloc(arena, ask->n_citations,
                                             sizeof(Ragd__V1__Citation *));
    for (size_t i = 0; citations && list && i < ask->n_citations; i++) {
        const struct ask_citation *in = &ask->citations[i];
        ragd__v1__citation__init(&citations[i]);
        citations[i].n = in->n;
        citations[i].verified = in->verified;
        citations[i].chunk = text_out(arena, in->chunk);
        citations[i].start_index = in->start_index;
        citations[i].end_index = in->end_index;
        list[i] = citations[i].chunk ? &citations[i] : NULL;
        if (!list[i]) {
            return NULL;
        }
    }
    return citations ? list : NULL;
}

static void send_end(struct ask *ask)
{
    struct arena arena;
    Ragd__V1__AskEnd end = RAGD__V1__ASK_END__INIT;
    arena_init(&arena, 0);
    end.answered = ask->answered;
    end.finish = (char *)(ask->finish ? ask->finish : "stop");
    end.n_citations = ask->n_citations;
    end.citations = citations_out(&arena, ask);
    end.search_ms = ask->search_ms;
    end.generate_ms = ask->generate_ms;
    end.total_ms = ask->total_ms;
    if (end.citations) {
        send_event(&ask->op, RAGD__V1__ASK_EVENT__KIND_END, &end);
    } else {
        op_out_of_memory(&ask->op);
    }
    arena_release(&arena);
}

static void on_asked(struct operation *op)
{
    struct ask_call *call = (struct ask_call *)op;
    send_joined(call); /* also of an answer that broke off */
    buf_release(&call->joined);
    if (!op_failed(op)) {
        send_end(&call->ask);
        op_end(op, NULL, NULL);
    }
}

static int ask_in(struct request *request, struct ask *ask, struct err *err)
{
    const Ragd__V1__AskRequest *in = (const Ragd__V1__AskRequest *)request->message;
    ask->collection = ragd_cs(in->collection);
    ask->question = ragd_cs(in->question);
    ask->k = in->k;
    ask->llm = ragd_cs(in->llm);
    ask->show_prompt = in->show_prompt != 0;
    ask->temperature = in->temperature_plus1 == 0 ? (double)NAN : in->temperature_plus1 - 1;
    ask->max_tokens = in->max_tokens;
    if (in->temperature_plus1 != 0 &&
        !(ask->temperature >= 0 && isfinite(ask->temperature))) {
        return err_set(err, ERR_INVALID, "a temperature is a number from 0 on");
    }
    int rc = mode_in(in->mode, &ask->mode, err);
    return rc ? rc
              : filter_in(&request->arena, in->filter, request->services->limits,
                          &ask->filter, err);
}

void handle_query_ask(struct request *request)
{
    struct err err = {0};
    struct ask_call *call = op_create(request, sizeof(*call), on_asked);
    if (!call) {
        return;
    }
    struct ask *ask = &call->ask;
    request->on_ready = on_ready;
    ask->on_head = on_head;
    ask->on_hits = on_hits;
    ask->on_prompt = on_prompt;
    ask->on_token = on_token;
    ask->on_usage = on_usage;
    if (ask_in(request, ask, &err) != 0) {
        op_reject(request, &err);
        return;
    }
    ask_start(ask);
}
