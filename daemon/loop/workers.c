/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: submit queues the item and wakes or starts a thread; the thread
 * runs do_work and posts the item to the inbox; on_done runs on the loop.
 *
 * Failure modes: a full queue, a cancelled item, no thread to be had: the item
 * goes through the inbox all the same with a status that says it did not run.
 *
 * On close: workers_stop sends the queued items home, workers_join waits for
 * the running ones. Threads block all signals, which belong to the loop.
 */
#include "loop/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <ragd/status.h>

enum {
    THREADS_MAX = 256, /* of a lane: room for their ids */
    /* Threads that may wait, for a disk, a process or a plugin, while as many as
     * there are cores work. */
    IO_MORE = 16,
};

enum { WORK_IDLE, WORK_QUEUED, WORK_RUNNING, WORK_DONE };

struct pool {
    pthread_mutex_t lock; /* of all members and of the state of its items */
    pthread_cond_t wake;  /* an item, or the end */
    pthread_cond_t gone;  /* a thread has ended */
    struct list queue;
    size_t queued, queue_max;
    unsigned threads, threads_max, idle, live;
    int stopping;
    pthread_t ids[THREADS_MAX];
    const char *name;
    atomic_uint_fast64_t finished;
};

static struct pool pools[LANES] = {
    [LANE_CPU] = {.lock = PTHREAD_MUTEX_INITIALIZER,
                  .wake = PTHREAD_COND_INITIALIZER,
                  .gone = PTHREAD_COND_INITIALIZER},
    [LANE_IO] = {.lock = PTHREAD_MUTEX_INITIALIZER,
                 .wake = PTHREAD_COND_INITIALIZER,
                 .gone = PTHREAD_COND_INITIALIZER},
};
static atomic_uint_fast64_t pending;
static void (*on_quiet)(void); /* the loop's */

static void open_pool(struct pool *pool, const char *name, uint64_t threads, uint64_t queue)
{
    list_init(&pool->queue);
    pool->queued = 0;
    pool->queue_max = queue;
    pool->threads = pool->idle = pool->live = 0;
    pool->threads_max = threads > THREADS_MAX ? THREADS_MAX : (unsigned)threads;
    pool->stopping = 0;
    pool->name = name;
    atomic_store(&pool->finished, 0);
}

void workers_init(const struct limits *limits)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t cpu = limits->cpu_workers, io = limits->io_workers;
    if (cpu == 0) {
        cpu = cores > 0 ? (uint64_t)cores : 1;
    }
    open_pool(&pools[LANE_CPU], "cpu", cpu, limits->worker_queue);
    open_pool(&pools[LANE_IO], "io", io ? io : cpu + IO_MORE, limits->worker_queue);
    atomic_store(&pending, 0);
    on_quiet = NULL;
}

unsigned workers_threads(enum lane lane)
{
    return pools[lane].threads_max;
}

static void on_post(struct inbox_item *item)
{
    struct work *work = LIST_OF(item, struct work, item);
    work->state = WORK_IDLE;
    atomic_fetch_sub(&pending, 1);
    work->on_done(work, work->status); /* may free it */
    if (on_quiet && atomic_load(&pending) == 0) {
        on_quiet();
    }
}

static void complete(struct work *work, int status)
{
    work->state = WORK_DONE;
    work->status = status;
    work->item = (struct inbox_item){.name = work->name, .on_post = on_post};
    inbox_post(&work->item);
}

/* The next item, or NULL at the end. The lock is held. */
static struct work *next_work(struct pool *pool)
{
    while (list_empty(&pool->queue) && !pool->stopping) {
        pool->idle++;
        pthread_cond_wait(&pool->wake, &pool->lock);
        pool->idle--;
    }
    struct list *node = list_pop(&pool->queue);
    if (!node) {
        return NULL;
    }
    pool->queued--;
    struct work *work = LIST_OF(node, struct work, node);
    work->state = WORK_RUNNING;
    return work;
}

static void *run_thread(void *arg)
{
    struct pool *pool = arg;
    pthread_mutex_lock(&pool->lock);
    struct work *work;
    while ((work = next_work(pool))) {
        pthread_mutex_unlock(&pool->lock);
        work->do_work(work);
        atomic_fetch_add(&pool->finished, 1);
        complete(work, 0);
        pthread_mutex_lock(&pool->lock);
    }
    pool->live--;
    pthread_cond_signal(&pool->gone);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* One more thread, if there may be one. The lock is held. */
static void add_thread(struct pool *pool)
{
    if (pool->threads == pool->threads_max) {
        return;
    }
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* the new thread inherits it */
    pthread_t *id = &pool->ids[pool->threads];
    if (pthread_create(id, NULL, run_thread, pool) == 0) {
        char name[16];
        snprintf(name, sizeof(name), "%s-%u", pool->name, pool->threads % 1000);
        pthread_setname_np(*id, name);
        pool->threads++;
        pool->live++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* 0 when queued, else why not. */
static int enqueue(struct pool *pool, struct work *work)
{
    int status = 0;
    pthread_mutex_lock(&pool->lock);
    if (pool->stopping) {
        status = RAGD_E_CANCELLED;
    } else if (pool->queued >= pool->queue_max) {
        status = RAGD_E_RATE;
    } else {
        if (pool->idle <= pool->queued) {
            add_thread(pool);
        }
        status = pool->threads ? 0 : RAGD_E_NOMEM;
    }
    if (status == 0) {
        work->state = WORK_QUEUED;
        list_push(&pool->queue, &work->node);
        pool->queued++;
        pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
    return status;
}

void workers_submit(struct work *work, enum lane lane)
{
    work->lane = lane;
    list_init(&work->node);
    atomic_fetch_add(&pending, 1);
    int status = enqueue(&pools[lane], work);
    if (status) {
        complete(work, status);
    }
}

void workers_cancel(struct work *work)
{
    struct pool *pool = &pools[work->lane];
    pthread_mutex_lock(&pool->lock);
    int queued = work->state == WORK_QUEUED;
    if (queued) {
        list_remove(&work->node);
        pool->queued--;
        work->state = WORK_DONE;
    }
    pthread_mutex_unlock(&pool->lock);
    if (queued) {
        complete(work, RAGD_E_CANCELLED);
    }
}

void workers_watch(void (*fn)(void))
{
    on_quiet = fn;
}

uint64_t workers_pending(void)
{
    return atomic_load(&pending);
}

uint64_t workers_finished(enum lane lane)
{
    return atomic_load(&pools[lane].finished);
}

static void stop_pool(struct pool *pool)
{
    struct list home;
    list_init(&home);
    pthread_mutex_lock(&pool->lock);
    pool->stopping = 1;
    struct list *node;
    while ((node = list_pop(&pool->queue))) {
        LIST_OF(node, struct work, node)->state = WORK_DONE;
        list_push(&home, node);
    }
    pool->queued = 0;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    while ((node = list_pop(&home))) {
        complete(LIST_OF(node, struct work, node), RAGD_E_CANCELLED);
    }
}

void workers_stop(void)
{
    for (int i = 0; i < LANES; i++) {
        stop_pool(&pools[i]);
    }
}

/* Threads that are still in their work at the end; when there are none, all are
 * joined. */
static unsigned join_pool(struct pool *pool, const struct timespec *end)
{
    int rc = 0;
    pthread_mutex_lock(&pool->lock);
    while (pool->live && rc == 0) {
        rc = pthread_cond_clockwait(&pool->gone, &pool->lock, CLOCK_MONOTONIC, end);
    }
    unsigned stuck = pool->live;
    pthread_mutex_unlock(&pool->lock);
    for (; !stuck && pool->threads; pool->threads--) {
        pthread_join(pool->ids[pool->threads - 1], NULL);
    }
    return stuck;
}

unsigned workers_join(uint64_t wait_ms)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += (time_t)(wait_ms / 1000);
    end.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    unsigned stuck = 0;
    for (int i = 0; i < LANES; i++) {
        stuck += join_pool(&pools[i], &end);
    }
    return stuck;
}
