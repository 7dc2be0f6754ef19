/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: create, write ... write, check, bytes or fd, destroy.
 * failure modes: no room in the budget (create), no room on the disk or in
 * memory (write); the spool is then only good for spool_destroy.
 * on close: a write on a worker owns the spool until it is done.
 */
#include "rpc/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/failpoint.h"
#include "core/mem.h"
#include "loop/workers.h"

/* Memory of all spools together: as many times the limit of one. */
enum { MEMORY_SHARES = 64 };

struct spool {
    struct spool_pool *pool;
    uint64_t size;   /* announced */
    uint64_t taken;  /* given to spool_write */
    uint64_t stored; /* in memory or in the file */
    struct buf memory;
    int fd; /* -1 = in memory */
    struct hash hash;
    uint8_t head[SPOOL_HEAD_BYTES];
    size_t n_head;
    size_t memory_before; /* held when the write under way began */
    bool to_file;         /* the write under way goes to the file */
    bool busy;
    bool orphaned; /* destroyed while busy */
    /* The write under way. */
    struct ragd_bytes bytes;
    spool_written_fn written;
    void *arg;
    struct work work;
    struct err err;
};

int spool_create(struct spool_pool *pool, uint64_t size, struct spool **out,
                 struct err *err)
{
    if (size > pool->limits->spool || pool->bytes > pool->limits->spool - size) {
        return err_set(err, ERR_LIMIT,
                       "no room for an upload of %llu bytes, limits.spool is %llu",
                       (unsigned long long)size, (unsigned long long)pool->limits->spool);
    }
    struct spool *spool = mem_calloc(1, sizeof(*spool));
    if (!spool || hash_init(&spool->hash) != 0) {
        mem_free(spool);
        return err_set(err, ERR_NOMEM, NULL);
    }
    spool->pool = pool;
    spool->size = size;
    spool->fd = -1;
    pool->bytes += size;
    *out = spool;
    return 0;
}

static void on_room(struct timer *timer)
{
    struct spool_pool *pool = timer->arg;
    LIST_EACH(&pool->waiters, node)
    {
        struct spool_waiter *waiter = LIST_OF(node, struct spool_waiter, node);
        waiter->on_room(waiter);
    }
}

void spool_pool_init(struct spool_pool *pool, const struct limits *limits, const char *dir)
{
    *pool = (struct spool_pool){.limits = limits, .dir = dir};
    pool->timer = (struct timer){.name = "spool", .arg = pool};
    list_init(&pool->waiters);
}

void spool_pool_release(struct spool_pool *pool)
{
    timer_stop(&pool->timer);
}

static void spool_free(struct spool *spool)
{
    spool->pool->bytes -= spool->size;
    if (!list_empty(&spool->pool->waiters)) {
        timer_start(&spool->pool->timer, 0, on_room);
    }
    spool->pool->memory_bytes -= spool->memory.n;
    hash_release(&spool->hash);
    buf_release(&spool->memory);
    if (spool->fd >= 0) {
        close(spool->fd);
    }
    mem_free(spool);
}

void spool_destroy(struct spool *spool)
{
    if (spool && spool->busy) {
        spool->orphaned = true;
    } else if (spool) {
        spool_free(spool);
    }
}

bool spool_busy(const struct spool *spool)
{
    return spool->busy;
}

/* A file without a name; file systems that cannot get one that loses its name
 * at once. */
static int open_unnamed(const char *dir, struct err *err)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) {
        return fd >= 0 ? fd : err_errno(err, errno, "cannot make a file in %s", dir);
    }
    char path[4096];
    int n = snprintf(path, sizeof(path), "%s/upload-XXXXXX", dir);
    if (n < 0 || (size_t)n >= sizeof(path)) {
        return err_set(err, ERR_IO, "the path of the data directory is too long");
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) {
        return err_errno(err, errno, "cannot make a file in %s", dir);
    }
    unlink(path);
    return fd;
}

static int write_all(int fd, const uint8_t *p, size_t n, struct err *err)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return err_errno(err, errno, "cannot keep an upload");
        }
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

/* To the file; what memory held goes first. */
static int store_in_file(struct spool *spool, struct err *err)
{
    int rc = RAGD_FAILPOINT("spool.write");
    if (rc != 0) {
        return err_set(err, ERR_STORAGE_FULL, "cannot keep an upload");
    }
    if (spool->fd < 0) {
        int fd = open_unnamed(spool->pool->dir, err);
        if (fd < 0) {
            return fd;
        }
        spool->fd = fd;
        rc = write_all(fd, spool->memory.p, spool->memory.n, err);
    }
    return rc ? rc : write_all(spool->fd, spool->bytes.p, spool->bytes.n, err);
}

static void keep_head(struct spool *spool)
{
    size_t room = SPOOL_HEAD_BYTES - spool->n_head;
    size_t n = spool->bytes.n < room ? spool->bytes.n : room;
    if (n > 0) {
        memcpy(spool->head + spool->n_head, spool->bytes.p, n);
        spool->n_head += n;
    }
}

static void store(struct spool *spool)
{
    keep_head(spool);
    hash_update(&spool->hash, spool->bytes.p, spool->bytes.n);
    if (spool->to_file) {
        store_in_file(spool, &spool->err);
    } else if (buf_put(&spool->memory, spool->bytes.p, spool->bytes.n) != 0) {
        err_set(&spool->err, ERR_NOMEM, "no memory for an upload");
    }
}

static void do_store(struct work *work)
{
    store((struct spool *)((char *)work - offsetof(struct spool, work)));
}

static void settle(struct spool *spool)
{
    struct spool_pool *pool = spool->pool;
    spool->busy = false;
    if (spool->fd >= 0) {
        buf_release(&spool->memory);
    }
    pool->memory_bytes += spool->memory.n;
    pool->memory_bytes -= spool->memory_before;
    spool->stored += spool->bytes.n;
}

static void on_stored(struct work *work, int status)
{
    struct spool *spool = (struct spool *)((char *)work - offsetof(struct spool, work));
    if (status != 0) {
        err_set(&spool->err, err_by_status(status), "cannot keep an upload now");
    }
    settle(spool);
    if (spool->orphaned) {
        spool_free(spool);
        return;
    }
    spool->written(spool->arg, spool->err.id ? &spool->err : NULL);
}

static bool fits_in_memory(const struct spool *spool)
{
    const struct limits *limits = spool->pool->limits;
    return spool->fd < 0 && spool->memory.n + spool->bytes.n <= limits->spool_memory &&
           spool->pool->memory_bytes + spool->bytes.n <=
               MEMORY_SHARES * limits->spool_memory;
}

void spool_write(struct spool *spool, struct ragd_bytes bytes, spool_written_fn written,
                 void *arg)
{
    spool->bytes = bytes;
    spool->written = written;
    spool->arg = arg;
    spool->taken += bytes.n;
    spool->to_file = !fits_in_memory(spool);
    spool->busy = true;
    spool->memory_before = spool->memory.n;
    spool->work.name = "spool";
    spool->work.do_work = do_store;
    spool->work.on_done = on_stored;
    workers_submit(&spool->work, LANE_IO);
}

int spool_check(struct spool *spool, const uint8_t sha256[HASH_BYTES], struct err *err)
{
    uint8_t hash[HASH_BYTES];
    hash_final(&spool->hash, hash);
    if (spool->stored != spool->size) {
        return err_set(err, ERR_CHANGED, "%llu bytes were announced, %llu came",
                       (unsigned long long)spool->size, (unsigned long long)spool->stored);
    }
    if (memcmp(hash, sha256, HASH_BYTES) != 0) {
        return err_set(err, ERR_CHANGED, "the bytes are not those that were announced");
    }
    return 0;
}

struct ragd_bytes spool_bytes(const struct spool *spool)
{
    static const uint8_t nothing[1];
    if (spool->fd >= 0) {
        return (struct ragd_bytes){NULL, 0};
    }
    return (struct ragd_bytes){spool->memory.n ? spool->memory.p : nothing,
                               spool->memory.n};
}

int spool_fd(const struct spool *spool)
{
    return spool->fd;
}

struct ragd_bytes spool_head(const struct spool *spool)
{
    return (struct ragd_bytes){spool->head, spool->n_head};
}
