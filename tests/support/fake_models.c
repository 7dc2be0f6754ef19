/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The embedder and the LLM of the fake. */
#include <stdio.h>

#include "core/utf8.h"
#include "support/fake_calls.h"

/* The embedder: each word adds one to the place that its letters give. */

void fake_embed_one(struct ragd_str text, float *out)
{
    memset(out, 0, fake.dim * sizeof(*out));
    uint32_t h = 5381;
    for (size_t i = 0; i <= text.n; i++) {
        if (i == text.n || text.p[i] == ' ' || text.p[i] == '\n') {
            out[h % fake.dim] += h != 5381;
            h = 5381;
        } else {
            h = h * 33 + (unsigned char)text.p[i];
        }
    }
}

static void make_embed_info(struct call *call)
{
    struct call_embed_info *req = (struct call_embed_info *)call;
    bool other = strcmp(instance_name(req->embedder), "others") == 0;
    req->info = (struct ragd_embed_info){
        .struct_size = sizeof(req->info),
        .flags = fake.embed_flags,
        .model = ragd_cs("counting"),
        .space = ragd_cs(other ? "others/1" : fake.space),
        .dim = other ? fake.dim + 1 : fake.dim,
        .metric = req->metric ? req->metric : RAGD_METRIC_COSINE,
        .max_batch = 16,
    };
}

void call_embed_info_start(struct call_embed_info *req)
{
    fake_enqueue(&req->call, make_embed_info);
}

static void make_embed(struct call *call)
{
    struct call_embed *req = (struct call_embed *)call;
    float *rows = arena_calloc(&call->arena, req->n * fake.dim, sizeof(float));
    uint32_t *tokens = arena_calloc(&call->arena, req->n, sizeof(uint32_t));
    assert_int_equal(req->dim, fake.dim);
    if (!rows || !tokens) {
        fake_fail(call, ERR_NOMEM, "no memory");
        return;
    }
    for (size_t i = 0; i < req->n; i++) {
        fake_embed_one(req->texts[i], rows + i * fake.dim);
        tokens[i] = (uint32_t)req->texts[i].n;
    }
    fake.embedded += req->purpose == RAGD_EMBED_DOCUMENT ? req->n : 0;
    req->rows = rows;
    req->tokens = tokens;
}

void call_embed_start(struct call_embed *req)
{
    fake_enqueue(&req->call, make_embed);
}

/* The model. */

static void note_prompt(const struct ragd_llm_req *request)
{
    fake.prompt[0] = 0;
    size_t at = 0;
    for (size_t i = 0; i < request->n_msgs; i++) {
        struct ragd_str text = request->msgs[i]->text;
        int n = snprintf(fake.prompt + at, sizeof(fake.prompt) - at, "%.*s\n", (int)text.n,
                         text.p);
        at += (size_t)n < sizeof(fake.prompt) - at ? (size_t)n : 0;
    }
    fake.prompt_sources = request->n_sources;
    fake.prompt_terms = request->n_terms;
    for (size_t i = 0; i < request->n_sources && i < 16; i++) {
        fake.last_scores[i] = request->sources[i]->score;
    }
}

/* Tokens of at most 5 bytes; a pause holds the next one back. */
static void make_generate(struct call *call)
{
    struct call_generate *req = (struct call_generate *)call;
    size_t n = strlen(fake.answer);
    if (!req->usage.struct_size) {
        note_prompt(&req->request);
        fake.generated++;
        req->usage.struct_size = sizeof(req->usage);
        req->usage.output_tokens = 0;
    }
    while (req->usage.output_tokens < n && !fake_current->paused &&
           !fake_current->cancelled) {
        size_t at = req->usage.output_tokens;
        size_t step = utf8_cut(fake.answer + at, n - at, 5);
        req->usage.output_tokens += step;
        if (req->on_token) {
            req->on_token(req, (struct ragd_str){fake.answer + at, step});
        }
    }
    if (fake_current->cancelled) {
        fake_fail(call, ERR_CANCELLED, "cancelled");
    }
    if (fake_current->paused && req->usage.output_tokens == n) {
        fake_current->paused = false; /* done is not held back */
    }
    req->usage.finish = fake.finish;
    req->usage.prompt_tokens = strlen(fake.prompt);
    req->usage.model = ragd_cs("parrot-1");
    req->cites = fake.cites;
    req->n_cites = fake.n_cites;
}

void call_generate_start(struct call_generate *req)
{
    req->usage = (struct ragd_usage){0};
    fake_enqueue(&req->call, make_generate);
}

void call_generate_pause(struct call_generate *req)
{
    if (req->call.op) {
        req->call.op->paused = true;
    }
}

void call_generate_resume(struct call_generate *req)
{
    if (req->call.op) {
        req->call.op->paused = false;
    }
}

static void make_llm_info(struct call *call)
{
    struct call_llm_info *req = (struct call_llm_info *)call;
    req->info = (struct ragd_model_info){.struct_size = sizeof(req->info),
                                         .id = ragd_cs("parrot-1"),
                                         .context_tokens = fake.context_tokens};
}

void call_llm_info_start(struct call_llm_info *req)
{
    fake_enqueue(&req->call, make_llm_info);
}
