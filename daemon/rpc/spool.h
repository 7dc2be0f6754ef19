/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The bytes of one upload, as they come: in memory while they are few, else in
 * an unnamed file of the data directory. All spools share a budget of bytes.
 *
 * One write at a time; its completion comes exactly once, later. Large writes
 * and files are worked on by the IO lane. Thread: [loop].
 */
#ifndef RPC_SPOOL_H
#define RPC_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include <ragd/types.h>

#include "core/err.h"
#include "core/hash.h"
#include "core/limits.h"
#include "core/list.h"
#include "loop/timer.h"

struct spool;

enum { SPOOL_HEAD_BYTES = 4096 };

/* Shared by all spools. */
struct spool_pool {
    const struct limits *limits;
    const char *dir;       /* where files are made; borrowed */
    uint64_t bytes;        /* announced by open spools */
    uint64_t memory_bytes; /* held in memory */
    struct list waiters;
    struct timer timer;
};

/* Somebody for whom there was no room; told, while in pool->waiters, whenever
 * some has become free. */
struct spool_waiter {
    struct list node;
    void (*on_room)(struct spool_waiter *waiter);
};

/* dir is borrowed; release when no spool of it is left. */
void spool_pool_init(struct spool_pool *pool, const struct limits *limits, const char *dir);
void spool_pool_release(struct spool_pool *pool);

/* status 0, or the error of the write, after which the spool takes no more. */
typedef void (*spool_written_fn)(void *arg, const struct err *err);

/* Room for size bytes, which is what must come. ERR_LIMIT (the budget of all
 * uploads), ERR_NOMEM. */
int spool_create(struct spool_pool *pool, uint64_t size, struct spool **out,
                 struct err *err);
/* A write that is under way is waited for without its owner. NULL is legal. */
void spool_destroy(struct spool *spool);

/* Appends; bytes are borrowed until written comes. */
void spool_write(struct spool *spool, struct ragd_bytes bytes, spool_written_fn written,
                 void *arg);
/* Whether a write is under way. */
bool spool_busy(const struct spool *spool);

/* After the last write: whether all bytes came and have this hash. Once.
 * ERR_CHANGED. */
int spool_check(struct spool *spool, const uint8_t sha256[HASH_BYTES], struct err *err);
/* Then: the bytes, until spool_destroy. p is NULL when they are in the file;
 * fd is -1 when they are in memory. */
struct ragd_bytes spool_bytes(const struct spool *spool);
int spool_fd(const struct spool *spool);
/* The first SPOOL_HEAD_BYTES, or all when there are fewer. */
struct ragd_bytes spool_head(const struct spool *spool);

#endif
