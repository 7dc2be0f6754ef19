/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The daemon's own small database: what must survive a restart and belongs to
 * no store.
 *
 * happy path: create, open once, read and write from workers, destroy.
 * failure modes: a database of a newer ragd, a damaged one or one in use is
 * refused at open before anything is written; on a full disk it is opened for
 * reading only. Later errors of the disk are ERR_STORAGE_FULL or ERR_STORAGE_IO
 * and change nothing.
 * durability: all writes survive the death of the process; those of the last
 * moments before a power failure may be lost, each as a whole. Nothing here is
 * the only copy of an acknowledged document.
 *
 * Thread: all functions block, so [worker], any number at a time; open and
 * destroy have the database to themselves.
 */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <ragd/types.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/hash.h"
#include "core/limits.h"

struct state;

/* A closed one, to hand around before it is opened; limits are borrowed. NULL:
 * no memory. [any] */
struct state *state_create(const struct limits *limits);
/* Once. dir is made (0700) when it is not there. Jobs that a former process
 * left running become interrupted. A failed one stays closed. */
int state_open(struct state *state, const char *dir, struct err *err);
/* Whether more may be stored: ERR_STORAGE_FULL below the free space that the
 * limit disk_floor keeps, with the bytes and the mount, until half as much again
 * is free; and where it was opened for reading only. Reading and removing need
 * not ask. Blocking: a disk behind a network may let the kernel wait. */
int state_room(struct state *state, struct err *err);
/* What it answered last; opening has asked it. [any] */
int state_room_told(struct state *state, struct err *err);
/* Closes what is open. NULL is legal. */
void state_destroy(struct state *state);
/* Number of the last write: grows with each. */
uint64_t state_sequence(const struct state *state);

/*
 * Vectors that were paid for and are not applied yet. hashes are n times
 * HASH_BYTES, rows n times dim floats. What exceeds the limit pending_vectors
 * or has no room on the disk is not kept: it would only be paid for again.
 */
struct state_vectors {
    struct ragd_str space;
    uint32_t dim;
    size_t n;
    const uint8_t *hashes;
};
int state_vectors_put(struct state *state, const struct state_vectors *which,
                      const float *rows, struct err *err);
/* found[i] tells whether row i was there; the other rows are untouched. */
int state_vectors_get(struct state *state, const struct state_vectors *which, float *rows,
                      uint8_t *found, struct err *err);
int state_vectors_drop(struct state *state, const struct state_vectors *which,
                       struct err *err);

/* The values of enum job_state. */
enum {
    STATE_JOB_RUNNING = 1,
    STATE_JOB_DONE,
    STATE_JOB_FAILED,
    STATE_JOB_INTERRUPTED,
    STATE_JOB_CANCELLED,
};

struct state_job {
    uint64_t id; /* 0 = a new one */
    struct ragd_str kind, collection, error;
    uint32_t state, owner;
    uint64_t done, total;
    int64_t started_ms, ended_ms;
};
/* Sets job->id when it was 0. Only the newest ones are remembered (limit
 * "jobs"). */
int state_job_put(struct state *state, struct state_job *job, struct err *err);
/* Newest first, in arena. */
int state_jobs(struct state *state, struct arena *arena, struct state_job **out, size_t *n,
               struct err *err);

/* Small values of plugin instances, by "kind.instance" and key. */
int state_value_get(struct state *state, struct ragd_str instance, struct ragd_str key,
                    struct buf *out, struct err *err); /* ERR_NOT_FOUND */
int state_value_put(struct state *state, struct ragd_str instance, struct ragd_str key,
                    struct ragd_bytes value, struct err *err);
int state_value_del(struct state *state, struct ragd_str instance, struct ragd_str key,
                    struct err *err);

struct state_coll {
    struct ragd_str store, coll;
};

/* What a collection was when it was last acknowledged: whose, and the sequence
 * that its store gave. */
struct state_watermark {
    struct ragd_str name;
    uint32_t owner;
    uint64_t sequence;
};
int state_watermark_put(struct state *state, const struct state_coll *coll,
                        const struct state_watermark *mark, struct err *err);
/* Those of a store (empty = of all), until each returns other than 0, which is
 * returned; its arguments last for its call. */
typedef int (*state_watermark_fn)(void *arg, const struct state_coll *coll,
                                  const struct state_watermark *mark);
int state_watermarks_walk(struct state *state, struct ragd_str store,
                          state_watermark_fn each, void *arg, struct err *err);
/* Survives a power failure too: no mark shall tell of a collection that was
 * removed. */
int state_watermark_drop(struct state *state, const struct state_coll *coll,
                         struct err *err);

/* Blobs of collections whose store keeps none. */
struct state_blob {
    struct ragd_str name;
    struct ragd_bytes bytes; /* p NULL = remove it */
};
/* All or nothing. */
int state_blobs_write(struct state *state, const struct state_coll *coll,
                      const struct state_blob *blobs, size_t n, struct err *err);
int state_blob_get(struct state *state, const struct state_coll *coll, struct ragd_str name,
                   struct buf *out, struct err *err); /* ERR_NOT_FOUND */
/* Those whose names begin with prefix and come behind after (empty = all), in
 * order of name, until each returns false. Its arguments last for its call. */
struct state_walk {
    struct ragd_str prefix, after;
    bool (*each)(void *arg, const struct state_blob *blob);
    void *arg;
};
int state_blobs_walk(struct state *state, const struct state_coll *coll,
                     const struct state_walk *walk, struct err *err);
/* All blobs of a collection. */
int state_coll_drop(struct state *state, const struct state_coll *coll, struct err *err);

#endif
