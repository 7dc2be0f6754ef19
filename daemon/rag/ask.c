/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Asking.
 *
 * happy path: LLM finds the backend, INFO what it can take, SEARCH the hits;
 * HITS tells them, PROMPT builds and tells the prompt, GENERATE streams the
 * answer; USAGE tells what it took and checks the citations.
 * failure modes: what fails ends the asking; tokens that were told stay told.
 * Without hits no backend is asked and the answer says so.
 * on close: cancelled at any state; a backend is told to stop.
 */
#include "rag/ask.h"

#include <string.h>

#include "core/clock.h"
#include "core/utf8.h"
#include "plugin/call_llm.h"
#include "rag/cite.h"
#include "rag/prompt.h"
#include "rag/registry.h"
#include "rag/run.h"

enum { K_BEGIN, K_LLM, K_INFO, K_SEARCH, K_HITS, K_GENERATE, K_USAGE };

static const struct run_state STATES[] = {
    [K_BEGIN] = {"begin", RUN_NEXT(K_LLM), 0},
    [K_LLM] = {"llm", RUN_NEXT(K_INFO), 0},
    [K_INFO] = {"info", RUN_NEXT(K_SEARCH), 0},
    [K_SEARCH] = {"search", RUN_NEXT(K_HITS), 0},
    [K_HITS] = {"hits", RUN_NEXT(K_GENERATE) | RUN_NEXT(K_USAGE), 0},
    [K_GENERATE] = {"generate", RUN_NEXT(K_USAGE), 0},
    [K_USAGE] = {"usage", 0, 0},
};

struct ask_run {
    struct run run;
    struct ask *req;
    struct call_instance llm;
    struct call_llm_info info;
    struct search_query query;
    struct search search;
    struct search_result result; /* kept by search */
    struct prompt prompt;
    struct arena arena;
    struct call_generate generate;
    struct cite_scan scan;
    uint64_t start_ns, search_ns, generate_ns;
};

static void begin(struct ask_run *k)
{
    struct err err = {0};
    struct collection *coll = NULL;
    struct ask *req = k->req;
    k->start_ns = clock_mono_ns();
    int rc = utf8_is_blank(req->question.p, req->question.n)
                 ? err_set(&err, ERR_INVALID, "the question is blank")
                 : registry_find(k->run.engine, req->op.owner, req->collection, &coll,
                                 &err);
    if (rc) {
        run_fail(&k->run, &err);
        return;
    }
    run_use(&k->run, coll);
    run_move(&k->run, K_LLM);
    run_wait(&k->run, &k->llm.call);
    k->llm.kind = PLUGIN_LLM;
    k->llm.name = req->llm.n ? req->llm : k->run.engine->settings.llm;
    call_instance_start(&k->llm);
}

static void ask_info(struct ask_run *k)
{
    run_move(&k->run, K_INFO);
    run_wait(&k->run, &k->info.call);
    k->info.llm = k->llm.instance;
    call_llm_info_start(&k->info);
}

static void on_result(struct search *search, const struct search_result *result)
{
    struct ask_run *k =
        (struct ask_run *)((char *)search - offsetof(struct ask_run, search));
    k->result = *result;
}

static void search(struct ask_run *k)
{
    struct ask *req = k->req;
    k->query = (struct search_query){.text = req->question};
    k->search.collection = k->run.coll->settings.name;
    k->search.queries = &k->query;
    k->search.n_queries = 1;
    k->search.k = req->k;
    k->search.mode = req->mode;
    k->search.filter = req->filter;
    k->search.include = RAGD_INCLUDE_TEXT | RAGD_INCLUDE_META;
    k->search.titles = true;
    k->search.keep = true;
    k->search.on_result = on_result;
    run_move(&k->run, K_SEARCH);
    run_sub(&k->run, &k->search.op);
    search_start(&k->search);
}

static struct ragd_str model_of(const struct ask_run *k)
{
    return k->info.info.id.n ? k->info.info.id : ragd_cs(instance_name(k->llm.instance));
}

static void tell_hits(struct ask_run *k)
{
    struct ask *req = k->req;
    struct ask_head head = {
        .collection = k->search.name,
        .question = req->question,
        .model = model_of(k),
        .mode = k->result.mode,
        .metric = k->result.metric,
        .chain = "stuff",
    };
    if (req->on_head) {
        req->on_head(req, &head);
    }
    if (req->on_hits) {
        req->on_hits(req, k->result.hits, k->result.n_hits);
    }
}

static int build_prompt(struct ask_run *k)
{
    const struct engine_settings *set = &k->run.engine->settings;
    const struct ragd_model_info *info = &k->info.info;
    uint64_t answer = k->req->max_tokens ? k->req->max_tokens : set->answer_tokens;
    uint64_t context = info->context_tokens ? info->context_tokens : set->prompt_tokens;
    k->prompt = (struct prompt){
        .system_template = set->prompt_system,
        .user_template = set->prompt_user,
        .question = k->req->question,
        .hits = k->result.hits,
        .n_hits = k->result.n_hits,
        .metric = k->result.metric,
        .terms = k->result.terms,
        .n_terms = k->result.n_terms,
        .max_tokens = context > answer ? context - answer : 0,
        .one_message = !(info->caps & RAGD_LLM_CAP_SYSTEM),
    };
    return prompt_build(&k->arena, &k->prompt);
}

static void on_token(struct call_generate *call, struct ragd_str text)
{
    struct ask_run *k =
        (struct ask_run *)((char *)call - offsetof(struct ask_run, generate));
    cite_scan(&k->scan, text);
    if (k->req->on_token) {
        k->req->on_token(k->req, text);
    }
}

static void generate(struct ask_run *k)
{
    struct ask *req = k->req;
    run_move(&k->run, K_GENERATE);
    run_wait(&k->run, &k->generate.call);
    k->generate_ns = clock_mono_ns();
    k->generate.llm = k->llm.instance;
    k->generate.on_token = on_token;
    k->generate.request = (struct ragd_llm_req){
        .struct_size = sizeof(k->generate.request),
        .model = ragd_cs(""),
        .msgs = k->prompt.msgs,
        .n_msgs = k->prompt.n_msgs,
        .question = req->question,
        .sources = k->prompt.sources,
        .n_sources = k->prompt.n_sources,
        .terms = k->prompt.llm_terms,
        .n_terms = k->prompt.n_terms,
        .temperature = req->temperature,
        .top_p = __builtin_nan(""),
        .seed = -1,
        .max_tokens = req->max_tokens,
    };
    call_generate_start(&k->generate);
    if (k->run.paused) {
        call_generate_pause(&k->generate);
    }
}

static void usage(struct ask_run *k);

/* Nothing was found: said in our own words. */
static void say_nothing_fits(struct ask_run *k)
{
    const char *text = arena_printf(&k->arena,
                                    "Nothing in collection %s fits the question.",
                                    k->run.coll->name);
    if (text && k->req->on_token) {
        k->req->on_token(k->req, ragd_cs(text));
    }
    k->generate.usage.finish = RAGD_FINISH_NO_ANSWER;
    k->generate_ns = clock_mono_ns();
    run_move(&k->run, K_USAGE);
    usage(k);
}

static void take_hits(struct ask_run *k)
{
    if (run_held(&k->run)) {
        return;
    }
    tell_hits(k);
    if (!k->result.n_hits) {
        say_nothing_fits(k);
        return;
    }
    if (build_prompt(k)) {
        run_fail_id(&k->run, ERR_NOMEM);
        return;
    }
    for (size_t i = 0; k->req->show_prompt && i < k->prompt.n_msgs; i++) {
        const struct ragd_msg *msg = k->prompt.msgs[i];
        if (k->req->on_prompt) {
            k->req->on_prompt(k->req, prompt_role(msg), msg->text);
        }
    }
    generate(k);
}

static const char *finish_name(uint32_t finish)
{
    switch (finish) {
    case RAGD_FINISH_LENGTH: return "length";
    case RAGD_FINISH_FILTER: return "filter";
    case RAGD_FINISH_NO_ANSWER: return "no_answer";
    default: return "stop";
    }
}

static void tell_usage(struct ask_run *k)
{
    const struct ragd_usage *used = &k->generate.usage;
    struct ask_usage event = {
        .model = used->model.n ? used->model : model_of(k),
        .prompt_tokens = used->prompt_tokens,
        .output_tokens = used->output_tokens,
    };
    if (k->req->on_usage) {
        k->req->on_usage(k->req, &event);
    }
}

static double ms(uint64_t ns)
{
    return (double)ns / 1e6;
}

static void usage(struct ask_run *k)
{
    struct ask *req = k->req;
    if (run_held(&k->run)) {
        return;
    }
    struct cite_sources sources = {
        .hits = k->result.hits,
        .n = k->prompt.n_sources,
        .cites = k->generate.cites,
        .n_cites = k->generate.n_cites,
    };
    if (cite_resolve(&req->op.arena, &sources, &k->scan, req)) {
        run_fail_id(&k->run, ERR_NOMEM);
        return;
    }
    tell_usage(k);
    uint64_t now = clock_mono_ns();
    req->finish = finish_name(k->generate.usage.finish);
    req->answered = k->generate.usage.finish != RAGD_FINISH_NO_ANSWER;
    req->search_ms = ms(k->search_ns);
    req->generate_ms = ms(now - k->generate_ns);
    req->total_ms = ms(now - k->start_ns);
    run_end(&k->run);
}

static void step(struct run *run)
{
    struct ask_run *k = (struct ask_run *)run;
    switch (run->state) {
    case K_BEGIN: begin(k); break;
    case K_LLM: ask_info(k); break;
    case K_INFO: search(k); break;
    case K_SEARCH:
        k->search_ns = clock_mono_ns() - k->start_ns;
        run_move(run, K_HITS);
        take_hits(k);
        break;
    case K_HITS: take_hits(k); break;
    case K_GENERATE:
        run_move(run, K_USAGE);
        usage(k);
        break;
    case K_USAGE: usage(k); break;
    }
}

static void pause(struct run *run, bool on)
{
    struct ask_run *k = (struct ask_run *)run;
    if (run->state != K_GENERATE || !call_active(&k->generate.call)) {
        return;
    }
    if (on) {
        call_generate_pause(&k->generate);
    } else {
        call_generate_resume(&k->generate);
    }
}

static void release(struct run *run)
{
    struct ask_run *k = (struct ask_run *)run;
    operation_release(&k->search.op);
    call_release(&k->llm.call);
    call_release(&k->info.call);
    call_release(&k->generate.call);
    call_memory_release(&k->arena);
}

static const struct run_conf CONF = {
    .name = "ask",
    .size = sizeof(struct ask_run),
    .states = STATES,
    .step = step,
    .pause = pause,
    .release = release,
};

void ask_start(struct ask *ask)
{
    ask->answered = false;
    ask->finish = "";
    ask->citations = NULL;
    ask->n_citations = 0;
    struct ask_run *k = run_begin(&ask->op, &CONF);
    if (k) {
        k->req = ask;
    }
}
