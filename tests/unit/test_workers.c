/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <ragd/status.h>

#include "loop/loop.h"
#include "loop/workers.h"
#include "support/test.h"

struct job {
    struct work work;
    int status, completions;
    atomic_int ran;
    sem_t *gate; /* do_work waits for it */
};

static int outstanding;
static sem_t entered;

static void do_job(struct work *work)
{
    struct job *job = LIST_OF(work, struct job, work);
    if (job->gate) {
        sem_post(&entered);
        sem_wait(job->gate);
    }
    atomic_fetch_add(&job->ran, 1);
}

static void on_job(struct work *work, int status)
{
    struct job *job = LIST_OF(work, struct job, work);
    assert_true(loop_is_current());
    job->status = status;
    job->completions++;
    if (--outstanding == 0) {
        loop_stop();
    }
}

static void submit(struct job *job, enum lane lane)
{
    job->work.name = "job";
    job->work.do_work = do_job;
    job->work.on_done = on_job;
    outstanding++;
    workers_submit(&job->work, lane);
}

static void init_with(uint64_t threads, uint64_t queue)
{
    struct limits limits;
    limits_defaults(&limits);
    limits.cpu_workers = threads;
    limits.io_workers = threads;
    limits.worker_queue = queue;
    assert_int_equal(loop_init(&limits, NULL), 0);
    workers_init(&limits);
    outstanding = 0;
    sem_init(&entered, 0, 0);
}

static int tear_down(void **state)
{
    (void)state;
    workers_stop();
    assert_int_equal(workers_join(10000), 0);
    loop_release();
    sem_destroy(&entered);
    return 0;
}

static void each_item_completes_once_on_the_loop(void **state)
{
    (void)state;
    static struct job jobs[500];
    memset(jobs, 0, sizeof(jobs));
    init_with(4, 1000);
    for (int i = 0; i < 500; i++) {
        submit(&jobs[i], i % 2 ? LANE_CPU : LANE_IO);
    }
    loop_run();
    for (int i = 0; i < 500; i++) {
        assert_int_equal(jobs[i].completions, 1);
        assert_int_equal(jobs[i].ran, 1);
        assert_int_equal(jobs[i].status, 0);
    }
    assert_int_equal(workers_pending(), 0);
    assert_int_equal(workers_finished(LANE_CPU), 250);
}

static void completion_never_comes_inside_submit(void **state)
{
    (void)state;
    struct job job = {0};
    init_with(1, 10);
    submit(&job, LANE_CPU);
    assert_int_equal(job.completions, 0);
    loop_run();
    assert_int_equal(job.completions, 1);
}

static void queued_item_can_be_cancelled_and_a_running_one_goes_on(void **state)
{
    (void)state;
    sem_t gate;
    sem_init(&gate, 0, 0);
    struct job running = {.gate = &gate}, queued = {0}, last = {0};
    init_with(1, 10);
    submit(&running, LANE_CPU);
    sem_wait(&entered);
    submit(&queued, LANE_CPU);
    submit(&last, LANE_CPU);
    workers_cancel(&queued.work);
    workers_cancel(&running.work);
    workers_cancel(&queued.work); /* twice is harmless */
    assert_int_equal(queued.completions, 0);
    sem_post(&gate);
    loop_run();
    assert_int_equal(running.status, 0);
    assert_int_equal(queued.status, RAGD_E_CANCELLED);
    assert_int_equal(queued.ran, 0);
    assert_int_equal(queued.completions, 1);
    assert_int_equal(last.ran, 1);
    sem_destroy(&gate);
}

static void full_queue_answers_busy(void **state)
{
    (void)state;
    sem_t gate;
    sem_init(&gate, 0, 0);
    struct job running = {.gate = &gate}, fits[2] = {0}, over = {0};
    init_with(1, 2);
    submit(&running, LANE_IO);
    sem_wait(&entered);
    submit(&fits[0], LANE_IO);
    submit(&fits[1], LANE_IO);
    submit(&over, LANE_IO);
    assert_int_equal(over.completions, 0);
    sem_post(&gate);
    loop_run();
    assert_int_equal(over.status, RAGD_E_RATE);
    assert_int_equal(over.ran, 0);
    assert_int_equal(fits[1].ran, 1);
    sem_destroy(&gate);
}

static void a_stuck_lane_does_not_stop_the_other(void **state)
{
    (void)state;
    sem_t gate;
    sem_init(&gate, 0, 0);
    struct job stuck = {.gate = &gate}, other = {0};
    init_with(1, 10);
    submit(&stuck, LANE_IO);
    sem_wait(&entered);
    submit(&other, LANE_CPU);
    outstanding = 1; /* the other alone ends the run */
    loop_run();
    assert_int_equal(other.completions, 1);
    assert_int_equal(stuck.completions, 0);
    outstanding = 1;
    sem_post(&gate);
    loop_run();
    sem_destroy(&gate);
}

static void stopping_sends_queued_items_home(void **state)
{
    (void)state;
    sem_t gate;
    sem_init(&gate, 0, 0);
    struct job running = {.gate = &gate}, queued = {0}, late = {0};
    init_with(1, 10);
    submit(&running, LANE_CPU);
    sem_wait(&entered);
    submit(&queued, LANE_CPU);
    workers_stop();
    assert_int_equal(workers_join(1), 1); /* one is stuck */
    submit(&late, LANE_CPU);
    sem_post(&gate);
    loop_run();
    assert_int_equal(running.status, 0);
    assert_int_equal(queued.status, RAGD_E_CANCELLED);
    assert_int_equal(late.status, RAGD_E_CANCELLED);
    sem_destroy(&gate);
}

static void on_resubmit(struct work *work, int status)
{
    struct job *job = LIST_OF(work, struct job, work);
    assert_int_equal(status, 0);
    if (++job->completions == 3) {
        loop_stop();
    } else {
        workers_submit(work, LANE_CPU);
    }
}

static void an_item_may_be_submitted_again_from_its_completion(void **state)
{
    (void)state;
    struct job job = {.work = {.name = "again", .do_work = do_job, .on_done = on_resubmit}};
    init_with(2, 10);
    workers_submit(&job.work, LANE_CPU);
    loop_run();
    assert_int_equal(job.ran, 3);
}

static int quiet_times;

static void on_quiet(void)
{
    quiet_times++;
    assert_int_equal(workers_pending(), 0);
}

static void quiet_is_told_when_the_last_item_is_done(void **state)
{
    (void)state;
    struct job jobs[3] = {0};
    init_with(1, 10);
    quiet_times = 0;
    workers_watch(on_quiet);
    for (int i = 0; i < 3; i++) {
        submit(&jobs[i], LANE_CPU);
    }
    loop_run();
    assert_int_equal(quiet_times, 1);
}

#define WORKERS_TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKERS_TEST(each_item_completes_once_on_the_loop),
        WORKERS_TEST(completion_never_comes_inside_submit),
        WORKERS_TEST(queued_item_can_be_cancelled_and_a_running_one_goes_on),
        WORKERS_TEST(full_queue_answers_busy),
        WORKERS_TEST(a_stuck_lane_does_not_stop_the_other),
        WORKERS_TEST(stopping_sends_queued_items_home),
        WORKERS_TEST(quiet_is_told_when_the_last_item_is_done),
        WORKERS_TEST(an_item_may_be_submitted_again_from_its_completion),
    };
    return RUN_TESTS(tests);
}
