/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/pool.h"

#include <pthread.h>
#include <stdlib.h>

struct text_pool {
    pthread_mutex_t lock;
    size_t n_idle;
    struct text_analyser *idle[TEXT_POOL_IDLE_MAX];
};

struct text_pool *text_pool_create(void)
{
    struct text_pool *pool = calloc(1, sizeof(*pool));
    if (pool && pthread_mutex_init(&pool->lock, NULL) != 0) {
        free(pool);
        return NULL;
    }
    return pool;
}

void text_pool_destroy(struct text_pool *pool)
{
    if (!pool) {
        return;
    }
    for (size_t i = 0; i < pool->n_idle; i++) {
        text_analyser_destroy(pool->idle[i]);
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct text_analyser *text_pool_take(struct text_pool *pool)
{
    struct text_analyser *an = NULL;
    pthread_mutex_lock(&pool->lock);
    if (pool->n_idle > 0) {
        an = pool->idle[--pool->n_idle];
    }
    pthread_mutex_unlock(&pool->lock);
    return an ? an : text_analyser_create();
}

void text_pool_give(struct text_pool *pool, struct text_analyser *an)
{
    pthread_mutex_lock(&pool->lock);
    if (an && pool->n_idle < TEXT_POOL_IDLE_MAX) {
        pool->idle[pool->n_idle++] = an;
        an = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    text_analyser_destroy(an);
}
