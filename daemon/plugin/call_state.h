/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Calls to the daemon's own small database.
 *
 * Thread: all functions [loop].
 */
#ifndef PLUGIN_CALL_STATE_H
#define PLUGIN_CALL_STATE_H

#include "core/hash.h"
#include "plugin/call.h"

/* Vectors that were paid for and are not applied yet, by space and by the
 * hash of the text. */
struct vector_key {
    uint8_t text_hash[HASH_BYTES];
};

enum vectors_action { VECTORS_GET, VECTORS_PUT, VECTORS_DROP };
/* Reads, keeps or forgets them. */
struct call_vectors {
    struct call call;
    enum vectors_action action;
    struct ragd_str space;
    uint32_t dim;
    const struct vector_key *keys;
    size_t n;
    const float *rows;    /* PUT: in, GET: out; n rows of dim floats */
    const uint8_t *found; /* GET, out: n flags */
};
void call_vectors_start(struct call_vectors *req);

enum job_state { JOB_RUNNING = 1, JOB_DONE, JOB_FAILED, JOB_INTERRUPTED, JOB_CANCELLED };
struct job_record {
    uint64_t id;                      /* 0 in JOB_PUT = give it a new one */
    struct ragd_str kind, collection; /* "add", "import" */
    enum job_state state;
    uint32_t owner; /* uid */
    uint64_t done, total;
    int64_t started_ms, ended_ms;
    struct ragd_str error; /* a message, or "" */
};

enum jobs_action { JOBS_PUT, JOBS_LIST };
/* Keeps the state of a job, or lists all. A new one is refused with
 * ERR_STORAGE_FULL when nothing more may be stored. */
struct call_jobs {
    struct call call;
    enum jobs_action action;
    struct job_record job;   /* PUT: in, id out */
    struct job_record *jobs; /* LIST, out: newest first */
    size_t n_jobs;
};
void call_jobs_start(struct call_jobs *req);

/* Looks whether more may be stored; see state_room_told. One at a time: where the
 * disk hangs, the others wait without a worker. */
struct call_room {
    struct call call;
};
void call_room_start(struct call_room *req);

/* What a collection was when it was last acknowledged. A store that comes back
 * with a smaller sequence, or without the collection, has lost its log's tail.
 * Removing a collection (call_store.h) removes its mark first. */
struct watermark {
    struct ragd_str store; /* LIST, out */
    struct ragd_str coll;  /* the store's name for it */
    struct ragd_str name;  /* the owner's */
    uint32_t owner;        /* uid */
    uint64_t sequence;     /* the store's */
};

/* Of a store's collections; LIST with "": of those of all stores. */
enum watermarks_action { WATERMARKS_PUT, WATERMARKS_DROP, WATERMARKS_LIST };
struct call_watermarks {
    struct call call;
    enum watermarks_action action;
    struct ragd_str store;
    struct watermark mark;   /* PUT; DROP: coll only */
    struct watermark *marks; /* LIST, out */
    size_t n_marks;
};
void call_watermarks_start(struct call_watermarks *req);

#endif
