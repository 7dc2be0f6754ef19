/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Jobs by their number, which grows. */
#include "state/jobs.h"

#include "core/clock.h"
#include "ragd/state/v1/state.pb-c.h"
#include "state/db.h"
#include "state/key.h"
#include "state/value.h"

static int job_key(struct buf *key, uint64_t id)
{
    return key_begin(key, KEY_JOB) || key_number(key, id) ? RAGD_E_NOMEM : 0;
}

/* protobuf-c wants NUL-terminated texts. */
static char *text_of(struct arena *arena, struct ragd_str s)
{
    return (char *)arena_str(arena, s).p;
}

static int pack_job(const struct state_job *job, struct buf *out, struct err *err)
{
    Ragd__State__V1__Job message = RAGD__STATE__V1__JOB__INIT;
    struct arena arena = {0};
    message.format = VALUE_FORMAT;
    message.kind = text_of(&arena, job->kind);
    message.collection = text_of(&arena, job->collection);
    message.error = text_of(&arena, job->error);
    message.state = job->state;
    message.owner = job->owner;
    message.done = job->done;
    message.total = job->total;
    message.started_ms = job->started_ms;
    message.ended_ms = job->ended_ms;
    int rc = message.kind && message.collection && message.error
                 ? value_pack(&message.base, out, err)
                 : err_set(err, ERR_NOMEM, NULL);
    arena_release(&arena);
    return rc;
}

static int unpack_job(struct arena *arena, uint64_t id, struct ragd_bytes value,
                      struct state_job *out, struct err *err)
{
    ProtobufCMessage *message;
    int rc = value_unpack(arena, &ragd__state__v1__job__descriptor, value, &message, err);
    if (rc) {
        return rc;
    }
    const Ragd__State__V1__Job *job = (Ragd__State__V1__Job *)message;
    *out = (struct state_job){
        .id = id,
        .kind = ragd_cs(job->kind),
        .collection = ragd_cs(job->collection),
        .error = ragd_cs(job->error),
        .state = job->state,
        .owner = job->owner,
        .done = job->done,
        .total = job->total,
        .started_ms = job->started_ms,
        .ended_ms = job->ended_ms,
    };
    return 0;
}

static uint64_t new_id(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    uint64_t id = ++state->last_job;
    pthread_mutex_unlock(&state->lock);
    return id;
}

/* Writes the job, and with a new one forgets those beyond the limit. */
static int write_job(struct state *state, const struct state_job *job, bool is_new,
                     struct err *err)
{
    struct buf key = {0}, first = {0}, end = {0}, value = {0};
    uint64_t keep = state->limits->jobs;
    int rc = pack_job(job, &value, err);
    if (rc == 0 && (job_key(&key, job->id) || job_key(&first, 0) ||
                    job_key(&end, job->id > keep ? job->id - keep + 1 : 0))) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    if (rc == 0) {
        rocksdb_column_family_handle_t *family = state->families[DB_DEFAULT];
        rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
        if (is_new && job->id > keep) {
            rocksdb_writebatch_delete_range_cf(batch, family, (char *)first.p, first.n,
                                               (char *)end.p, end.n);
        }
        rocksdb_writebatch_put_cf(batch, family, (char *)key.p, key.n, (char *)value.p,
                                  value.n);
        rc = db_write(state, batch, err);
    }
    buf_release(&key);
    buf_release(&first);
    buf_release(&end);
    buf_release(&value);
    return rc;
}

int state_job_put(struct state *state, struct state_job *job, struct err *err)
{
    struct state_job copy = *job;
    if (copy.id == 0) {
        copy.id = new_id(state);
    }
    int rc = write_job(state, &copy, job->id == 0, err);
    if (rc == 0) {
        job->id = copy.id;
    }
    return rc;
}

/* The walk over all jobs, oldest first. */
static struct db_iter *open_jobs(struct state *state)
{
    struct buf from = {0}, end = {0};
    struct db_iter *iter = NULL;
    if (key_begin(&from, KEY_JOB) == 0 && key_end_of(&from, &end) == 0) {
        iter = db_iter_open(state, DB_DEFAULT, &from, &end);
    }
    buf_release(&from);
    buf_release(&end);
    return iter;
}

static int job_id(struct ragd_bytes key, uint64_t *id, struct err *err)
{
    key = (struct ragd_bytes){(const char *)key.p + 1, key.n - 1}; /* the tag */
    return key_read_number(&key, id)
               ? err_set(err, ERR_CORRUPT, "the daemon's own database holds a damaged key")
               : 0;
}

struct job_list {
    struct state_job *p;
    size_t n, cap;
};

static int add_job(struct arena *arena, struct job_list *list, const struct state_job *job)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        struct state_job *p = arena_calloc(arena, cap, sizeof(*p));
        if (!p) {
            return RAGD_E_NOMEM;
        }
        for (size_t i = 0; i < list->n; i++) {
            p[i] = list->p[i];
        }
        list->p = p;
        list->cap = cap;
    }
    list->p[list->n++] = *job;
    return 0;
}

static void reverse(struct job_list *list)
{
    for (size_t i = 0; i < list->n / 2; i++) {
        struct state_job swap = list->p[i];
        list->p[i] = list->p[list->n - 1 - i];
        list->p[list->n - 1 - i] = swap;
    }
}

int state_jobs(struct state *state, struct arena *arena, struct state_job **out, size_t *n,
               struct err *err)
{
    struct db_iter *iter = open_jobs(state);
    struct ragd_bytes key, value;
    struct job_list list = {0};
    if (!iter) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = 0;
    while (rc == 0 && db_iter_next(iter, &key, &value)) {
        struct state_job job;
        uint64_t id = 0;
        rc = job_id(key, &id, err);
        if (rc == 0) {
            rc = unpack_job(arena, id, value, &job, err);
        }
        if (rc == 0 && add_job(arena, &list, &job)) {
            rc = err_set(err, ERR_NOMEM, NULL);
        }
    }
    int ended = db_iter_close(iter, rc ? NULL : err);
    rc = rc ? rc : ended;
    if (rc == 0) {
        reverse(&list);
        *out = list.p;
        *n = list.n;
    }
    return rc;
}

int jobs_recover(struct state *state, struct err *err)
{
    struct arena arena = {0};
    struct state_job *jobs;
    size_t n = 0;
    int rc = state_jobs(state, &arena, &jobs, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (jobs[i].state == STATE_JOB_RUNNING) {
            jobs[i].state = STATE_JOB_INTERRUPTED;
            jobs[i].ended_ms = clock_unix_ms();
            rc = write_job(state, &jobs[i], false, err);
        }
    }
    state->last_job = rc == 0 && n ? jobs[0].id : 0;
    arena_release(&arena);
    return rc;
}
