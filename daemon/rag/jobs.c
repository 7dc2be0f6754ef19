/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/jobs.h"

#include "rag/registry.h"
#include "rag/run.h"

enum { J_BEGIN, J_LIST };

static const struct run_state STATES[] = {
    [J_BEGIN] = {"begin", RUN_NEXT(J_LIST), 0},
    [J_LIST] = {"list", 0, 0},
};

struct jobs_run {
    struct run run;
    struct jobs_list *req;
    struct call_jobs jobs;
};

static struct run *running(struct engine *engine, uint32_t owner, uint64_t id)
{
    LIST_EACH(&engine->runs, node)
    {
        struct run *run = LIST_OF(node, struct run, link);
        if (run->job && run->job->id == id && run->op->owner == owner) {
            return run;
        }
    }
    return NULL;
}

/* Keeps the owner's, with what is known of the running ones. A job that says it
 * runs and does not was cut off by the end of an earlier process. */
static void take(struct jobs_run *j)
{
    size_t n = 0;
    for (size_t i = 0; i < j->jobs.n_jobs; i++) {
        struct job_record *job = &j->jobs.jobs[i];
        if (job->owner != j->req->op.owner) {
            continue;
        }
        const struct run *run = running(j->run.engine, job->owner, job->id);
        if (run) {
            job->done = run->job->done;
            job->total = run->job->total;
        } else if (job->state == JOB_RUNNING) {
            job->state = JOB_INTERRUPTED;
        }
        j->jobs.jobs[n++] = *job;
    }
    j->req->jobs = j->jobs.jobs;
    j->req->n = n;
    arena_move(&j->req->op.arena, &j->jobs.call.arena);
    run_end(&j->run);
}

static void step(struct run *run)
{
    struct jobs_run *j = (struct jobs_run *)run;
    if (run->state == J_LIST) {
        take(j);
        return;
    }
    run_move(run, J_LIST);
    run_wait(run, &j->jobs.call);
    j->jobs.action = JOBS_LIST;
    call_jobs_start(&j->jobs);
}

static void release(struct run *run)
{
    call_release(&((struct jobs_run *)run)->jobs.call);
}

static const struct run_conf CONF = {
    .name = "jobs",
    .size = sizeof(struct jobs_run),
    .states = STATES,
    .step = step,
    .release = release,
};

void jobs_list_start(struct jobs_list *list)
{
    struct jobs_run *j = run_begin(&list->op, &CONF);
    if (j) {
        j->req = list;
    }
}

int job_cancel(struct engine *engine, uint32_t owner, uint64_t id, struct err *err)
{
    struct run *run = running(engine, owner, id);
    if (!run) {
        err_set(err, ERR_NOT_FOUND, "no running job %llu", (unsigned long long)id);
        return err_hint(err, "rag status shows what runs");
    }
    operation_cancel(run->op);
    return 0;
}
