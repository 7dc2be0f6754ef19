/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A test twin: answers with what it was given, as slowly and as badly as told. */
#include <ragd/ragd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum broken {
    BROKEN_NOT,
    BROKEN_UTF8,
    BROKEN_TAIL,
    BROKEN_CITE,
    BROKEN_NO_USAGE,
    BROKEN_TWO_USAGES,
};
static const char *const broken_names[] = {"none",     "utf8",       "tail", "cite",
                                           "no_usage", "two_usages", NULL};

enum echo { ECHO_QUESTION, ECHO_PROMPT, ECHO_SOURCES };
static const char *const echo_names[] = {"question", "prompt", "sources", NULL};

static const char *const finish_names[] = {"stop", "length", "filter", "no_answer", NULL};

static const char *const failure_names[] = {"none", "rate",     "unavailable", "deadline",
                                            "auth", "internal", NULL};
static const ragd_status failures[] = {RAGD_OK,         RAGD_E_RATE, RAGD_E_UNAVAILABLE,
                                       RAGD_E_DEADLINE, RAGD_E_AUTH, RAGD_E_INTERNAL};

static const struct ragd_host *host;

struct echo_llm {
    struct ragd_ctx *ctx;
    const struct ragd_task_svc *task;
    struct ragd_str model, text;
    enum echo echo;
    enum broken broken;
    uint32_t delay_ms, hang_ms, finish;
    uint64_t tokens;     /* 0 = as many as the text has */
    uint64_t fail_after; /* tokens */
    uint64_t split;      /* bytes of a token, 0 = words */
    ragd_status failure;
    int cites;
};

/* One answer on its way. */
struct run {
    const struct echo_llm *llm;
    struct ragd_call *call;
    const struct ragd_llm_req *req;
    const struct ragd_token_sink *sink;
    uint64_t emitted; /* tokens */
    int cut;          /* more would have come, but for max_tokens */
};

/* ---- options -------------------------------------------------------------------- */

static struct ragd_value option(struct ragd_ctx *ctx, const char *name)
{
    const struct ragd_config_svc *config = host->service(ctx, RAGD_SVC_CONFIG);
    struct ragd_value value = {.type = RAGD_V_NULL};
    config->get(ctx, name, &value);
    return value;
}

static size_t choice(struct ragd_ctx *ctx, const char *name, const char *const *names)
{
    struct ragd_str s = option(ctx, name).u.s;
    size_t i = 0;
    while (names[i] && (strlen(names[i]) != s.n || memcmp(names[i], s.p, s.n) != 0)) {
        i++;
    }
    return names[i] ? i : 0;
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)call;
    struct echo_llm *llm = calloc(1, sizeof(*llm));
    if (!llm) {
        return RAGD_E_NOMEM;
    }
    llm->ctx = ctx;
    llm->task = host->service(ctx, RAGD_SVC_TASK);
    llm->model = option(ctx, "model").u.s;
    llm->text = option(ctx, "text").u.s;
    llm->echo = (enum echo)choice(ctx, "echo", echo_names);
    llm->broken = (enum broken)choice(ctx, "broken", broken_names);
    llm->finish = (uint32_t)choice(ctx, "finish", finish_names) + RAGD_FINISH_STOP;
    llm->failure = failures[choice(ctx, "fail", failure_names)];
    llm->delay_ms = (uint32_t)option(ctx, "delay").u.i;
    llm->hang_ms = (uint32_t)option(ctx, "hang").u.i;
    llm->tokens = (uint64_t)option(ctx, "tokens").u.i;
    llm->fail_after = (uint64_t)option(ctx, "fail_after").u.i;
    llm->split = (uint64_t)option(ctx, "split").u.i;
    llm->cites = (int)option(ctx, "cites").u.i;
    *inst = llm;
    return RAGD_OK;
}

static void destroy(void *inst)
{
    free(inst);
}

/* ---- generating ------------------------------------------------------------------ */

static ragd_status fail(const struct run *run)
{
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = run->llm->failure,
                               .code = ragd_cs("as_configured"),
                               .message = ragd_cs("fails as its options say"),
                               .retry_after_ms = -1};
    host->call_error(run->call, &error);
    return run->llm->failure;
}

static ragd_status emit(struct run *run, struct ragd_str text)
{
    const struct echo_llm *llm = run->llm;
    if (llm->failure && run->emitted >= llm->fail_after) {
        return fail(run);
    }
    ragd_status rc = llm->delay_ms && llm->task
                         ? llm->task->wait_ms(run->call, llm->delay_ms)
                         : host->call_state(run->call);
    if (rc) {
        return rc;
    }
    struct ragd_delta delta = {sizeof(delta), RAGD_DELTA_TEXT, text};
    run->emitted++;
    return run->sink->emit(run->call, &delta);
}

/* Bytes of the token at the front: a word with the blanks behind it, or as
 * many as split says, whatever character that cuts. */
static size_t token_bytes(const struct echo_llm *llm, struct ragd_str text)
{
    size_t n = 0;
    if (llm->split) {
        return text.n < llm->split ? text.n : (size_t)llm->split;
    }
    while (n < text.n && text.p[n] != ' ' && text.p[n] != '\n') {
        n++;
    }
    while (n < text.n && (text.p[n] == ' ' || text.p[n] == '\n')) {
        n++;
    }
    return n;
}

static ragd_status emit_wanted(struct run *run, struct ragd_str text)
{
    run->cut = run->cut || (run->req->max_tokens && run->emitted >= run->req->max_tokens);
    return run->cut ? RAGD_OK : emit(run, text);
}

/* The text, again from its start while more tokens are wanted. */
static ragd_status say(struct run *run, struct ragd_str text)
{
    ragd_status rc = RAGD_OK;
    struct ragd_str rest = text;
    uint64_t most = run->llm->tokens ? run->llm->tokens : UINT64_MAX;
    while (rc == RAGD_OK && run->emitted < most && text.n && !run->cut) {
        if (rest.n == 0) {
            if (!run->llm->tokens) {
                break;
            }
            rest = text;
        }
        size_t n = token_bytes(run->llm, rest);
        rc = emit_wanted(run, (struct ragd_str){rest.p, n});
        rest = (struct ragd_str){rest.p + n, rest.n - n};
    }
    return rc;
}

static ragd_status say_sources(struct run *run)
{
    ragd_status rc = RAGD_OK;
    for (size_t i = 0; i < run->req->n_sources && rc == RAGD_OK; i++) {
        rc = say(run, run->req->sources[i]->text);
        rc = rc ? rc : emit_wanted(run, ragd_cs("\n"));
    }
    return rc;
}

static ragd_status say_prompt(struct run *run)
{
    ragd_status rc = RAGD_OK;
    for (size_t i = 0; i < run->req->n_msgs && rc == RAGD_OK; i++) {
        rc = say(run, run->req->msgs[i]->text);
        rc = rc ? rc : emit_wanted(run, ragd_cs("\n"));
    }
    return rc;
}

static ragd_status say_all(struct run *run)
{
    if (run->llm->text.n) {
        return say(run, run->llm->text);
    }
    switch (run->llm->echo) {
    case ECHO_PROMPT: return say_prompt(run);
    case ECHO_SOURCES: return say_sources(run);
    default: return say(run, run->req->question);
    }
}

static ragd_status misbehave(struct run *run)
{
    switch (run->llm->broken) {
    case BROKEN_UTF8: return emit(run, (struct ragd_str){"\xff\xfe", 2});
    case BROKEN_TAIL: return emit(run, (struct ragd_str){"\xe3\x81", 2});
    case BROKEN_CITE: return run->sink->cite(run->call, 1000000, 0, 0);
    default: return RAGD_OK;
    }
}

static ragd_status cite_all(struct run *run)
{
    ragd_status rc = RAGD_OK;
    for (uint32_t n = 1; run->llm->cites && n <= run->req->n_sources && rc == RAGD_OK;
         n++) {
        rc = run->sink->cite(run->call, n, 0, 0);
    }
    return rc;
}

static ragd_status tell_usage(struct run *run)
{
    uint64_t prompt = 0;
    for (size_t i = 0; i < run->req->n_msgs; i++) {
        prompt += run->req->msgs[i]->text.n;
    }
    struct ragd_usage usage = {.struct_size = sizeof(usage),
                               .finish = run->cut ? RAGD_FINISH_LENGTH : run->llm->finish,
                               .prompt_tokens = prompt / 4,
                               .output_tokens = run->emitted,
                               .model = run->req->model.n ? run->req->model
                                                          : run->llm->model};
    ragd_status rc = run->llm->broken == BROKEN_NO_USAGE
                         ? RAGD_OK
                         : run->sink->usage(run->call, &usage);
    return rc == RAGD_OK && run->llm->broken == BROKEN_TWO_USAGES
               ? run->sink->usage(run->call, &usage)
               : rc;
}

static ragd_status generate(void *inst, struct ragd_call *call,
                            const struct ragd_llm_req *req,
                            const struct ragd_token_sink *sink)
{
    const struct echo_llm *llm = inst;
    struct run run = {llm, call, req, sink, 0, 0};
    struct timespec rest = {llm->hang_ms / 1000, (long)(llm->hang_ms % 1000) * 1000000};
    while (llm->hang_ms && nanosleep(&rest, &rest)) { /* deaf to cancellation */
    }
    ragd_status rc = llm->failure && llm->fail_after == 0 ? fail(&run) : say_all(&run);
    rc = rc ? rc : misbehave(&run);
    rc = rc ? rc : cite_all(&run);
    return rc ? rc : tell_usage(&run);
}

static ragd_status models(void *inst, struct ragd_call *call,
                          const struct ragd_model_sink *sink)
{
    const struct echo_llm *llm = inst;
    struct ragd_model_info model = {.struct_size = sizeof(model),
                                    .caps = RAGD_LLM_CAP_SYSTEM,
                                    .id = llm->model,
                                    .context_tokens = 8192};
    return sink->emit(call, &model);
}

/* ---- tables ------------------------------------------------------------------------ */

#define OPTION(id, ...)                                                                \
    static const struct ragd_option option_##id = {.struct_size = sizeof(option_##id), \
                                                   .name = #id,                        \
                                                   __VA_ARGS__}

OPTION(model, .type = RAGD_OPT_STR, .def = "echo", .doc = "The name it gives itself.");
OPTION(text, .type = RAGD_OPT_STR, .def = "", .doc = "What it answers; empty = see echo.");
OPTION(echo, .type = RAGD_OPT_STR, .def = "question", .choices = echo_names,
       .doc = "What it answers with.");
OPTION(tokens, .type = RAGD_OPT_INT, .def = "0", .min = 0, .max = 1e9,
       .doc = "Tokens of the answer, which repeats itself; 0 = say it once.");
OPTION(split, .type = RAGD_OPT_INT, .def = "0", .min = 0, .max = 1e6,
       .doc = "Bytes of a token, cutting characters; 0 = words.");
OPTION(delay, .type = RAGD_OPT_MS, .def = "0ms", .doc = "Time in front of each token.");
OPTION(hang, .type = RAGD_OPT_MS, .def = "0ms",
       .doc = "Time in front of all, deaf to cancellation.");
OPTION(cites, .type = RAGD_OPT_BOOL, .def = "true",
       .doc = "Whether it cites every source.");
OPTION(finish, .type = RAGD_OPT_STR, .def = "stop", .choices = finish_names,
       .doc = "The reason it gives for its end.");
OPTION(fail, .type = RAGD_OPT_STR, .def = "none", .choices = failure_names,
       .doc = "How it fails.");
OPTION(fail_after, .type = RAGD_OPT_INT, .def = "0", .min = 0, .max = 1e9,
       .doc = "Tokens in front of the failure.");
OPTION(broken, .type = RAGD_OPT_STR, .def = "none", .choices = broken_names,
       .doc = "How it breaks the contract of plugins.");

static const struct ragd_option *const options[] = {
    &option_model,      &option_text,   &option_echo,  &option_tokens, &option_split,
    &option_delay,      &option_hang,   &option_cites, &option_finish, &option_fail,
    &option_fail_after, &option_broken, NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_IO,
    .options = options,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_llm llm_table = {
    .struct_size = sizeof(llm_table),
    .life = &life,
    .models = models,
    .generate = generate,
};

static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};
static const char *const wants[] = {RAGD_SVC_TASK, NULL};

RAGD_PLUGIN(host, RAGD_IF_LLM, llm_table, .id = "org.ragd.llm.echo", .name = "echo",
            .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "Repeats what it was given, for tests: slowly or badly on request.",
            .needs = needs, .wants = wants)
