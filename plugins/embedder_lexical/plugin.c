/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Vectors of words without a model: the embedder that needs nothing installed. */
#include <ragd/ragd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project.h"
#include "sdk/text/pool.h"
#include "sdk/text/utf8.h"

#define MODEL "lexical-1024"

enum {
    BATCH_MAX = 256,
    TEXT_BYTES_MAX = 1 << 20, /* a longer text is cut and says so */
    SPACE_BYTES_MAX = 96,
};

static const struct ragd_host *host;

struct lexical {
    struct text_pool *pool;
    enum text_language lang;
    char space[SPACE_BYTES_MAX];        /* for inner products */
    char sphere_space[SPACE_BYTES_MAX]; /* for cosine and L2 */
};

/* What one embed works with. */
struct work {
    struct text_analyser *an;
    struct bag bag;
    enum text_language lang;
    bool sphere;
};

static void destroy(void *inst)
{
    struct lexical *lexical = inst;
    text_pool_destroy(lexical->pool);
    free(lexical);
}

/* The fingerprint names all that a vector depends on. */
static void name_space(const struct lexical *lexical, char out[SPACE_BYTES_MAX],
                       const char *shape)
{
    const char *code = text_language_code(lexical->lang);
    snprintf(out, SPACE_BYTES_MAX, MODEL "/1 %s language=%s %s", text_analyser_version(),
             *code ? code : "auto", shape);
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)call;
    const struct ragd_config_svc *config = host->service(ctx, RAGD_SVC_CONFIG);
    struct ragd_value lang;
    ragd_status rc = config->get(ctx, "language", &lang);
    if (rc) {
        return rc;
    }
    struct lexical *lexical = calloc(1, sizeof(*lexical));
    struct text_pool *pool = text_pool_create();
    if (!lexical || !pool) {
        free(lexical);
        text_pool_destroy(pool);
        return RAGD_E_NOMEM;
    }
    lexical->pool = pool;
    lexical->lang = text_language_of(lang.u.s.p, lang.u.s.n);
    name_space(lexical, lexical->space, "ip");
    name_space(lexical, lexical->sphere_space, "sphere");
    *inst = lexical;
    return RAGD_OK;
}

static bool is_sphere(uint32_t metric)
{
    return metric == RAGD_METRIC_COSINE || metric == RAGD_METRIC_L2;
}

static ragd_status info(void *inst, struct ragd_call *call, uint32_t metric,
                        struct ragd_embed_info *out)
{
    struct lexical *lexical = inst;
    (void)call;
    bool sphere = is_sphere(metric);
    if (!sphere && metric != 0 && metric != RAGD_METRIC_IP) {
        return RAGD_E_UNSUPPORTED;
    }
    out->flags = RAGD_EMBED_LEXICAL;
    out->model = ragd_cs(MODEL);
    out->space = ragd_cs(sphere ? lexical->sphere_space : lexical->space);
    out->dim = sphere ? PROJECT_SPHERE_DIM : PROJECT_DIM;
    out->metric = metric ? metric : RAGD_METRIC_IP;
    out->max_batch = BATCH_MAX;
    out->max_tokens = 0;
    out->max_bytes = TEXT_BYTES_MAX;
    return RAGD_OK;
}

static ragd_status embed_document(struct work *work, struct ragd_str text, float *out)
{
    int rc = bag_fill(&work->bag, work->an, work->lang, text);
    if (rc == 0) {
        project_document(&work->bag, work->sphere, out);
    }
    return rc;
}

static ragd_status embed_question(struct work *work, struct ragd_str text, float *out)
{
    struct text_question q;
    int rc = text_question_init(&q, work->an, work->lang, text);
    if (rc == 0) {
        project_question(&q, work->sphere, out);
        work->bag.n_all = q.n_words;
        text_question_release(&q);
    }
    return rc;
}

static struct ragd_str cut(struct ragd_str text)
{
    return (struct ragd_str){text.p, text_utf8_cut(text.p, text.n, TEXT_BYTES_MAX)};
}

/* Row i of the request. */
static ragd_status embed_one(struct work *work, const struct ragd_embed_req *req,
                             uint64_t i)
{
    struct ragd_str text = cut(req->texts[i]);
    float *out = req->out + i * req->out_stride;
    ragd_status rc = req->purpose == RAGD_EMBED_QUERY ? embed_question(work, text, out)
                                                      : embed_document(work, text, out);
    if (rc == RAGD_OK && req->tokens) {
        req->tokens[i] = (uint32_t)work->bag.n_all;
    }
    if (rc == RAGD_OK && req->item_flags) {
        req->item_flags[i] = text.n < req->texts[i].n ? RAGD_EMBED_TRUNCATED : 0;
    }
    return rc;
}

static ragd_status embed(void *inst, struct ragd_call *call,
                         const struct ragd_embed_req *req)
{
    struct lexical *lexical = inst;
    struct work work = {.lang = lexical->lang, .sphere = is_sphere(req->metric)};
    uint32_t dim = work.sphere ? PROJECT_SPHERE_DIM : PROJECT_DIM;
    if (req->dim != dim || req->out_stride < dim) {
        return RAGD_E_ARG;
    }
    work.an = text_pool_take(lexical->pool);
    ragd_status rc = work.an ? RAGD_OK : RAGD_E_NOMEM;
    for (uint64_t i = 0; i < req->n && rc == RAGD_OK; i++) {
        rc = host->call_state(call);
        if (rc == RAGD_OK) {
            rc = embed_one(&work, req, i);
        }
    }
    bag_release(&work.bag);
    text_pool_give(lexical->pool, work.an);
    return rc;
}

static int on_counted(void *user, const struct text_token *token)
{
    (void)token;
    ++*(uint32_t *)user;
    return 0;
}

static ragd_status count(void *inst, struct ragd_call *call, uint64_t n,
                         const struct ragd_str *texts, uint32_t *tokens)
{
    struct lexical *lexical = inst;
    struct text_analyser *an = text_pool_take(lexical->pool);
    ragd_status rc = an ? RAGD_OK : RAGD_E_NOMEM;
    for (uint64_t i = 0; i < n && rc == RAGD_OK; i++) {
        rc = host->call_state(call);
        if (rc == RAGD_OK) {
            tokens[i] = 0;
            rc = text_analyse(an, lexical->lang, cut(texts[i]), on_counted, &tokens[i]);
        }
    }
    text_pool_give(lexical->pool, an);
    return rc;
}

#define LANGUAGE_CODE(name, code, snowball, script) code,
static const char *const languages[] = {"auto", TEXT_LANGUAGE_LIST(LANGUAGE_CODE) NULL};
#undef LANGUAGE_CODE

static const struct ragd_option option_language = {
    .struct_size = sizeof(option_language),
    .type = RAGD_OPT_STR,
    .name = "language",
    .doc = "Language whose stems are used; auto detects English and German per text.",
    .def = "auto",
    .choices = languages,
};

static const struct ragd_option *const options[] = {&option_language, NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_CPU,
    .options = options,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_embedder embedder = {
    .struct_size = sizeof(embedder),
    .life = &life,
    .info = info,
    .embed = embed,
    .count = count,
};

static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};

RAGD_PLUGIN(host, RAGD_IF_EMBEDDER, embedder, .id = "org.ragd.embedder.lexical",
            .name = "lexical", .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "Vectors of stemmed words, offline and without a model.",
            .needs = needs)
