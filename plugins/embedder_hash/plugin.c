/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A test twin: hashed words, the same bits everywhere, and faults on request. */
#include <math.h>
#include <pthread.h>
#include <ragd/ragd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hash.h"

enum { SPACE_BYTES_MAX = 160 };

/* How it misbehaves, by the option's choices. */
enum broken { BROKEN_NOT, BROKEN_NAN, BROKEN_SHORT, BROKEN_PENDING, BROKEN_ITEM };
static const char *const broken_names[] = {"none", "nan", "short", "pending", "item", NULL};

static const struct {
    const char *name;
    ragd_status status;
} failures[] = {
    {"none", RAGD_OK},
    {"rate", RAGD_E_RATE},
    {"unavailable", RAGD_E_UNAVAILABLE},
    {"deadline", RAGD_E_DEADLINE},
    {"auth", RAGD_E_AUTH},
    {"internal", RAGD_E_INTERNAL},
};
static const char *const failure_names[] = {"none", "rate",     "unavailable", "deadline",
                                            "auth", "internal", NULL};

static const struct ragd_host *host;

struct hash_embedder {
    struct ragd_ctx *ctx;
    const struct ragd_task_svc *task;
    const struct ragd_metric_svc *metric;
    uint32_t dim, batch, metric_texts, metric_calls;
    uint32_t delay_ms, hang_ms;
    uint64_t seed; /* of the model's name */
    ragd_status failure;
    enum broken broken;
    int64_t failures_left; /* under lock; negative = for ever */
    pthread_mutex_t lock;
    char model[64], space[SPACE_BYTES_MAX];
};

static struct ragd_value option(const struct hash_embedder *e, const char *name)
{
    const struct ragd_config_svc *config = host->service(e->ctx, RAGD_SVC_CONFIG);
    struct ragd_value value = {.type = RAGD_V_NULL};
    config->get(e->ctx, name, &value);
    return value;
}

static size_t choice(struct ragd_value value, const char *const *names)
{
    size_t i = 0;
    while (names[i] && (strlen(names[i]) != value.u.s.n ||
                        memcmp(names[i], value.u.s.p, value.u.s.n) != 0)) {
        i++;
    }
    return names[i] ? i : 0;
}

static void configure(struct hash_embedder *e)
{
    struct ragd_str model = option(e, "model").u.s;
    e->dim = (uint32_t)option(e, "dim").u.i;
    e->batch = (uint32_t)option(e, "batch").u.i;
    e->delay_ms = (uint32_t)option(e, "delay").u.i;
    e->hang_ms = (uint32_t)option(e, "hang").u.i;
    e->failure = failures[choice(option(e, "fail"), failure_names)].status;
    e->failures_left = option(e, "fail_times").u.i;
    e->broken = (enum broken)choice(option(e, "broken"), broken_names);
    e->seed = hash_word(0, model.p, model.n);
    snprintf(e->model, sizeof(e->model), "%.*s", (int)model.n, model.p);
    snprintf(e->space, sizeof(e->space), "hash/1 model=%s dim=%u unit", e->model, e->dim);
}

static void destroy(void *inst)
{
    struct hash_embedder *e = inst;
    pthread_mutex_destroy(&e->lock);
    free(e);
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)call;
    struct hash_embedder *e = calloc(1, sizeof(*e));
    if (!e) {
        return RAGD_E_NOMEM;
    }
    e->ctx = ctx;
    pthread_mutex_init(&e->lock, NULL);
    e->task = host->service(ctx, RAGD_SVC_TASK);
    e->metric = host->service(ctx, RAGD_SVC_METRIC);
    if (e->metric) {
        e->metric_texts = e->metric->define(ctx, RAGD_COUNTER, "texts", "",
                                            "Texts embedded.");
        e->metric_calls = e->metric->define(ctx, RAGD_COUNTER, "batches", "",
                                            "Batches asked for, failed ones too.");
    }
    configure(e);
    *inst = e;
    return RAGD_OK;
}

static ragd_status info(void *inst, struct ragd_call *call, uint32_t metric,
                        struct ragd_embed_info *out)
{
    struct hash_embedder *e = inst;
    (void)call;
    if (metric > RAGD_METRIC_IP) {
        return RAGD_E_UNSUPPORTED;
    }
    out->model = ragd_cs(e->model);
    out->space = ragd_cs(e->space);
    out->dim = e->dim;
    out->metric = metric ? metric : RAGD_METRIC_COSINE;
    out->max_batch = e->batch;
    return RAGD_OK;
}

static void count_up(struct hash_embedder *e, uint32_t id, double n)
{
    if (e->metric) {
        e->metric->add(e->ctx, id, n);
    }
}

/* The configured failure, while it lasts. */
static ragd_status fail(struct hash_embedder *e, struct ragd_call *call)
{
    pthread_mutex_lock(&e->lock);
    bool due = e->failure && e->failures_left != 0;
    if (due && e->failures_left > 0) {
        e->failures_left--;
    }
    pthread_mutex_unlock(&e->lock);
    if (!due) {
        return RAGD_OK;
    }
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = e->failure,
                               .code = ragd_cs("as_configured"),
                               .message = ragd_cs("fails as its options say"),
                               .retry_after_ms = -1};
    host->call_error(call, &error);
    return e->failure;
}

static ragd_status dawdle(struct hash_embedder *e, struct ragd_call *call)
{
    struct timespec rest = {e->hang_ms / 1000, (long)(e->hang_ms % 1000) * 1000000};
    while (e->hang_ms && nanosleep(&rest, &rest)) { /* deaf to cancellation */
    }
    return e->delay_ms && e->task ? e->task->wait_ms(call, e->delay_ms)
                                  : host->call_state(call);
}

static ragd_status misbehave(struct hash_embedder *e, struct ragd_call *call,
                             const struct ragd_embed_req *req)
{
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = RAGD_E_BAD_INPUT,
                               .message = ragd_cs("does not like this text"),
                               .retry_after_ms = -1};
    switch (e->broken) {
    case BROKEN_NAN: req->out[0] = NAN; return RAGD_OK;
    case BROKEN_PENDING: return RAGD_PENDING;
    case BROKEN_ITEM: host->call_item_error(call, 0, &error); return RAGD_PARTIAL;
    default: return RAGD_OK;
    }
}

static ragd_status embed(void *inst, struct ragd_call *call,
                         const struct ragd_embed_req *req)
{
    struct hash_embedder *e = inst;
    count_up(e, e->metric_calls, 1);
    ragd_status rc = dawdle(e, call);
    rc = rc ? rc : fail(e, call);
    uint64_t n = e->broken == BROKEN_SHORT ? req->n - 1 : req->n;
    for (uint64_t i = 0; i < n && rc == RAGD_OK; i++) {
        uint32_t words = hash_text(e->seed, req->texts[i], e->dim,
                                   req->out + i * req->out_stride);
        if (req->tokens) {
            req->tokens[i] = words;
        }
        rc = host->call_state(call);
    }
    if (rc == RAGD_OK) {
        count_up(e, e->metric_texts, (double)req->n);
        rc = misbehave(e, call, req);
    }
    return rc;
}

#define OPTION(id, ...)                                                                \
    static const struct ragd_option option_##id = {.struct_size = sizeof(option_##id), \
                                                   .name = #id,                        \
                                                   __VA_ARGS__}

OPTION(model, .type = RAGD_OPT_STR, .def = "hash", .doc = "Another name is another space.");
OPTION(dim, .type = RAGD_OPT_INT, .def = "64", .min = 1, .max = 4096,
       .doc = "Dimension of the vectors.");
OPTION(batch, .type = RAGD_OPT_INT, .def = "32", .min = 1, .max = 4096,
       .doc = "Texts in one batch.");
OPTION(delay, .type = RAGD_OPT_MS, .def = "0ms", .doc = "Time that each batch takes.");
OPTION(hang, .type = RAGD_OPT_MS, .def = "0ms",
       .doc = "Time that each batch takes, deaf to cancellation.");
OPTION(fail, .type = RAGD_OPT_STR, .def = "none", .choices = failure_names,
       .doc = "How batches fail.");
OPTION(fail_times, .type = RAGD_OPT_INT, .def = "-1", .min = -1, .max = 1e9,
       .doc = "How many batches fail before they succeed; -1 = all.");
OPTION(broken, .type = RAGD_OPT_STR, .def = "none", .choices = broken_names,
       .doc = "How it breaks the contract of plugins.");

static const struct ragd_option *const options[] = {
    &option_model, &option_dim,        &option_batch,  &option_delay, &option_hang,
    &option_fail,  &option_fail_times, &option_broken, NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_IO, /* it may be told to wait */
    .options = options,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_embedder embedder = {
    .struct_size = sizeof(embedder),
    .life = &life,
    .info = info,
    .embed = embed,
};

static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};
static const char *const wants[] = {RAGD_SVC_TASK, RAGD_SVC_METRIC, NULL};

RAGD_PLUGIN(host, RAGD_IF_EMBEDDER, embedder, .id = "org.ragd.embedder.hash",
            .name = "hash", .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "Hashed words for tests: deterministic, with faults on request.",
            .needs = needs, .wants = wants)
