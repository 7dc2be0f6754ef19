/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Answers made of the sources' own sentences: a backend without a model. */
#include <ragd/ragd.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "sdk/text/pool.h"

#define MODEL "extract"

static const struct ragd_host *host;

struct extract {
    struct text_pool *pool;
    struct pick_limits limits;
};

static void destroy(void *inst)
{
    struct extract *extract = inst;
    text_pool_destroy(extract->pool);
    free(extract);
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)call;
    const struct ragd_config_svc *config = host->service(ctx, RAGD_SVC_CONFIG);
    struct ragd_value sentences, threshold;
    ragd_status rc = config->get(ctx, "sentences", &sentences);
    if (rc == RAGD_OK) {
        rc = config->get(ctx, "threshold", &threshold);
    }
    if (rc) {
        return rc;
    }
    struct extract *extract = calloc(1, sizeof(*extract));
    struct text_pool *pool = text_pool_create();
    if (!extract || !pool) {
        free(extract);
        text_pool_destroy(pool);
        return RAGD_E_NOMEM;
    }
    *extract = (struct extract){pool, {(size_t)sentences.u.i, threshold.u.d}};
    *inst = extract;
    return RAGD_OK;
}

static ragd_status models(void *inst, struct ragd_call *call,
                          const struct ragd_model_sink *sink)
{
    (void)inst;
    struct ragd_model_info model = {.struct_size = sizeof(model),
                                    .caps = RAGD_LLM_CAP_EXTRACT,
                                    .id = ragd_cs(MODEL)};
    return sink->emit(call, &model);
}

/* The question, or for callers that only have a prompt its last user message. */
static struct ragd_str question_of(const struct ragd_llm_req *req)
{
    struct ragd_str question = req->question;
    for (size_t i = req->n_msgs; i > 0 && question.n == 0; i--) {
        if (req->msgs[i - 1]->role == RAGD_ROLE_USER) {
            question = req->msgs[i - 1]->text;
        }
    }
    return question;
}

static ragd_status refuse_model(struct ragd_call *call)
{
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = RAGD_E_NOT_FOUND,
                               .code = ragd_cs("model_not_found"),
                               .message = ragd_cs("The only model here is \"" MODEL "\"."),
                               .retry_after_ms = -1};
    host->call_error(call, &error);
    return RAGD_E_NOT_FOUND;
}

static ragd_status finish(const struct answer *a, const struct sentences *sentences)
{
    struct ragd_usage usage = {.struct_size = sizeof(usage),
                               .finish = a->finish,
                               .prompt_tokens = sentences->words,
                               .output_tokens = a->words,
                               .model = ragd_cs(MODEL)};
    return a->sink->usage(a->task->call, &usage);
}

/* Reads the sources, picks and says. */
static ragd_status run(const struct extract *extract, struct weigh *w,
                       const struct task *task, struct ragd_str question,
                       const struct ragd_token_sink *sink)
{
    struct answer a = {.task = task, .sink = sink};
    struct sentences sentences;
    struct picks picks;
    struct units *units = task->host->call_alloc(task->call, sizeof(*units),
                                                 _Alignof(struct units));
    ragd_status rc = units ? units_read(units, w, task->an, question) : RAGD_E_NOMEM;
    rc = rc ? rc : gather(&sentences, w, task);
    if (rc) {
        return rc;
    }
    pick(&picks, &sentences, w, units, task->req, &extract->limits);
    if (!w->asks || picks.n == 0) {
        rc = answer_refuse(&a, w->asks ? &picks : NULL, question);
    } else {
        rc = answer_say(&a, &picks);
    }
    return rc == RAGD_OK ? finish(&a, &sentences) : rc;
}

static ragd_status generate(void *inst, struct ragd_call *call,
                            const struct ragd_llm_req *req,
                            const struct ragd_token_sink *sink)
{
    struct extract *extract = inst;
    bool known = req->model.n == 0 || (req->model.n == strlen(MODEL) &&
                                       memcmp(req->model.p, MODEL, req->model.n) == 0);
    if (!known) {
        return refuse_model(call);
    }
    struct ragd_str question = question_of(req);
    struct weigh *w = host->call_alloc(call, sizeof(*w), _Alignof(struct weigh));
    struct task task = {host, call, req, text_pool_take(extract->pool)};
    ragd_status rc = w && task.an ? weigh_init(w, task.an, question, req) : RAGD_E_NOMEM;
    if (rc == RAGD_OK) {
        rc = run(extract, w, &task, question, sink);
        weigh_release(w);
    }
    text_pool_give(extract->pool, task.an);
    return rc;
}

static const struct ragd_option option_sentences = {
    .struct_size = sizeof(option_sentences),
    .type = RAGD_OPT_INT,
    .name = "sentences",
    .doc = "Most sentences of an answer.",
    .def = "3",
    .min = 1,
    .max = PICK_MAX,
};

static const struct ragd_option option_threshold = {
    .struct_size = sizeof(option_threshold),
    .type = RAGD_OPT_REAL,
    .name = "threshold",
    .doc =
        "Least share of the question's weight that a sentence must hold, with its heading "
        "and the one before it, and half of that alone; else it does not answer.",
    .def = "0.65",
    .min = 0,
    .max = 1,
};

static const struct ragd_option *const options[] = {&option_sentences, &option_threshold,
                                                    NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_CPU,
    .options = options,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_llm llm = {
    .struct_size = sizeof(llm),
    .life = &life,
    .models = models,
    .generate = generate,
};

static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};

RAGD_PLUGIN(
    host, RAGD_IF_LLM, llm, .id = "org.ragd.llm.extract", .name = "extract",
    .version = "0.1.0", .license = "Apache-2.0", .url = "",
    .summary = "Answers with the sources' own sentences, each cited; offline, no model.",
    .needs = needs)
