/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* An asynchronous embedder and LLM backend. */
#include <pthread.h>

#include "puppet.h"

struct job {
    struct puppet *puppet;
    struct ragd_call *call;
    const struct ragd_embed_req *req;
    const struct ragd_token_sink *sink;
    struct ragd_timer *timer;
    int64_t left;
};

static const struct ragd_task_svc *task(const struct job *job)
{
    return host->service(job->puppet->ctx, RAGD_SVC_TASK);
}

static struct job *new_job(struct puppet *puppet, struct ragd_call *call)
{
    struct job *job = host->call_alloc(call, sizeof(*job), _Alignof(struct job));
    if (job) {
        job->puppet = puppet;
        job->call = call;
        host->call_set(call, job, NULL);
    }
    return job;
}

/* ---- embedder --------------------------------------------------------------------- */

static ragd_status info(void *inst, struct ragd_call *call, uint32_t metric,
                        struct ragd_embed_info *out)
{
    (void)inst;
    (void)call;
    out->model = ragd_cs("async");
    out->space = ragd_cs("async/1");
    out->dim = 2;
    out->metric = metric ? metric : RAGD_METRIC_L2;
    out->max_batch = 100;
    return RAGD_OK;
}

static void fill(void *arg)
{
    struct job *job = arg;
    for (uint64_t i = 0; i < job->req->n; i++) {
        float *row = job->req->out + i * job->req->out_stride;
        row[0] = (float)job->req->texts[i].n;
        row[1] = 1.0f;
    }
}

static void on_filled(void *arg, ragd_status status)
{
    struct job *job = arg;
    host->call_done(job->call, status);
}

static void on_timer(void *arg)
{
    struct job *job = arg;
    fill(job);
    host->call_done(job->call, RAGD_OK);
}

static void on_due(void *arg)
{
    struct job *job = arg;
    task(job)->timer_stop(job->timer);
    on_timer(job);
}

static void *from_thread(void *arg)
{
    on_timer(arg);
    return NULL;
}

static ragd_status embed(void *inst, struct ragd_call *call,
                         const struct ragd_embed_req *req)
{
    struct puppet *p = inst;
    struct job *job = new_job(p, call);
    pthread_t thread;
    if (!job) {
        return RAGD_E_NOMEM;
    }
    job->req = req;
    if (acts(p, "at_once")) {
        fill(job);
        return RAGD_OK;
    }
    if (acts(p, "early")) { /* before it has answered */
        on_timer(job);
    } else if (acts(p, "twice")) {
        on_timer(job);
        host->call_done(call, RAGD_OK);
    } else if (acts(p, "return_too")) {
        on_timer(job);
        return RAGD_OK;
    } else if (acts(p, "timer")) {
        return task(job)->timer(p->ctx, 5, 0, on_due, job, &job->timer) ? RAGD_E_NOMEM
                                                                        : RAGD_PENDING;
    } else if (acts(p, "thread")) {
        if (pthread_create(&thread, NULL, from_thread, job)) {
            return RAGD_E_NOMEM;
        }
        pthread_detach(thread);
    } else if (acts(p, "right")) {
        return task(job)->work(call, fill, on_filled, job) ? RAGD_E_NOMEM : RAGD_PENDING;
    }
    return RAGD_PENDING; /* "never" waits for cancel */
}

static void cancel(void *inst, struct ragd_call *call)
{
    struct puppet *p = inst;
    struct job *job = host->call_get(call);
    if (acts(p, "deaf")) { /* much later */
        task(job)->timer(p->ctx, 100, 0, on_due, job, &job->timer);
    } else {
        host->call_done(call, RAGD_E_CANCELLED);
    }
}

/* ---- LLM -------------------------------------------------------------------------- */

static const char text[] = "words and more words "
                           "and more and more and more and more and more and more words ";

/* Emits until the sink wants a pause or all is said. */
static void say(struct job *job)
{
    ragd_status rc = RAGD_OK;
    while (job->left > 0 && rc == RAGD_OK) {
        struct ragd_delta delta = {sizeof(delta),
                                   RAGD_DELTA_TEXT,
                                   {text, sizeof(text) - 1}};
        job->left--;
        rc = job->sink->emit(job->call, &delta);
    }
    if (rc == RAGD_AGAIN) {
        return; /* until resume */
    }
    if (rc == RAGD_OK) {
        struct ragd_usage usage = {.struct_size = sizeof(usage), .finish = 77};
        rc = job->sink->usage(job->call, &usage);
    }
    host->call_done(job->call, rc);
}

static ragd_status generate(void *inst, struct ragd_call *call,
                            const struct ragd_llm_req *req,
                            const struct ragd_token_sink *sink)
{
    struct puppet *p = inst;
    struct job *job = new_job(p, call);
    (void)req;
    if (!job) {
        return RAGD_E_NOMEM;
    }
    job->sink = sink;
    job->left = p->n;
    say(job);
    return RAGD_PENDING;
}

static void resume(void *inst, struct ragd_call *call)
{
    (void)inst;
    say(host->call_get(call));
}

static ragd_status models(void *inst, struct ragd_call *call,
                          const struct ragd_model_sink *sink)
{
    (void)inst;
    (void)call;
    (void)sink;
    return RAGD_OK; /* it has none */
}

/* ---- tables ------------------------------------------------------------------------ */

PUPPET_LIFE(RAGD_EXEC_ASYNC, RAGD_CONC_FREE, .cancel = cancel, .resume = resume);

static const struct ragd_embedder embedder = {.struct_size = sizeof(embedder),
                                              .life = &life,
                                              .info = info,
                                              .embed = embed};

static const struct ragd_llm llm = {.struct_size = sizeof(llm),
                                    .life = &life,
                                    .models = models,
                                    .generate = generate};

static const void *iface(const char *id)
{
    return strcmp(id, RAGD_IF_EMBEDDER) == 0 ? (const void *)&embedder
           : strcmp(id, RAGD_IF_LLM) == 0    ? &llm
                                             : NULL;
}

static const char *const needs[] = {RAGD_SVC_CONFIG, RAGD_SVC_TASK, NULL};
PUPPET("puppet-async", iface, needs)
