/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * Analysers for plugins whose operations run on many threads: each operation
 * takes one and gives it back, so that its stemmers and cache serve the next.
 */
#ifndef TEXT_POOL_H
#define TEXT_POOL_H

#include "sdk/text/analyser.h"

/* Idle analysers kept; what is given back beyond them is destroyed. */
enum { TEXT_POOL_IDLE_MAX = 8 };

struct text_pool;

/* NULL: out of memory. All functions but destroy may run on any thread. */
struct text_pool *text_pool_create(void);
/* After the last give. NULL is legal. */
void text_pool_destroy(struct text_pool *pool);

/* An idle analyser or a new one; NULL: out of memory. */
struct text_analyser *text_pool_take(struct text_pool *pool);
/* NULL is legal. */
void text_pool_give(struct text_pool *pool, struct text_analyser *an);

#endif
