/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Opening: the schema first, then what a former process left behind. */
#include "state/state.h"

#include "build_info.h"
#include "core/clock.h"
#include "core/mem.h"
#include "ragd/state/v1/state.pb-c.h"
#include "state/db.h"
#include "state/jobs.h"
#include "state/key.h"
#include "wire/codec.h"

/* Grows when the keys or families change; see check_schema. */
enum { SCHEMA_NUMBER = 1 };

static int refuse_schema(uint32_t number, const char *written_by, struct err *err)
{
    err_set(err, ERR_CONFLICT, "the data were written by a newer ragd");
    err_why(err, "the daemon's own database has schema %u (ragd %s), this ragd knows %d",
            number, written_by, SCHEMA_NUMBER);
    return err_hint(err, "upgrade ragd, or use another data directory");
}

static int write_schema(struct state *state, const struct buf *key, struct err *err)
{
    Ragd__State__V1__Schema schema = RAGD__STATE__V1__SCHEMA__INIT;
    struct buf value = {0};
    schema.number = SCHEMA_NUMBER;
    schema.written_by = BUILD_VERSION;
    int rc = codec_pack(&schema.base, &value) ? err_set(err, ERR_NOMEM, NULL) : 0;
    if (rc == 0) {
        rc = db_put(state, DB_DEFAULT, key, (struct ragd_bytes){value.p, value.n}, err);
    }
    buf_release(&value);
    return rc;
}

static int read_schema(const struct buf *value, struct err *err)
{
    struct arena arena;
    ProtobufCMessage *message;
    arena_init(&arena, 4096);
    int rc = codec_unpack(&arena, &ragd__state__v1__schema__descriptor,
                          (struct ragd_bytes){value->p, value->n}, &message, err);
    if (rc == 0) {
        const Ragd__State__V1__Schema *schema = (Ragd__State__V1__Schema *)message;
        if (schema->number > SCHEMA_NUMBER) {
            rc = refuse_schema(schema->number, schema->written_by, err);
        }
    } else {
        rc = err_set(err, ERR_CORRUPT, "the daemon's own database has no readable schema");
    }
    arena_release(&arena);
    return rc;
}

/* A new database gets the schema; a newer one is refused before any write. */
static int check_schema(struct state *state, struct err *err)
{
    struct buf key = {0}, value = {0};
    bool found = false;
    int rc = key_begin(&key, KEY_SCHEMA) ? err_set(err, ERR_NOMEM, NULL) : 0;
    if (rc == 0) {
        rc = db_get(state, DB_DEFAULT, &key, &value, &found, err);
    }
    if (rc == 0) {
        rc = found ? read_schema(&value, err) : write_schema(state, &key, err);
    }
    buf_release(&key);
    buf_release(&value);
    return rc;
}

struct state *state_create(const struct limits *limits)
{
    struct state *state = mem_calloc(1, sizeof(*state));
    if (state) {
        state->limits = limits;
        pthread_mutex_init(&state->lock, NULL);
        pthread_mutex_init(&state->room_lock, NULL);
    }
    return state;
}

int state_open(struct state *state, const char *dir, struct err *err)
{
    state->dir = mem_strdup(dir);
    int rc = state->dir ? db_open(dir, state, err) : err_set(err, ERR_NOMEM, NULL);
    if (rc == 0) {
        rc = check_schema(state, err);
    }
    if (rc == 0 && !state->read_only) {
        rc = jobs_recover(state, err);
    }
    if (rc) {
        db_close(state);
    } else {
        (void)state_room(state, NULL);
    }
    return rc;
}

void state_destroy(struct state *state)
{
    if (state) {
        db_close(state);
        pthread_mutex_destroy(&state->lock);
        pthread_mutex_destroy(&state->room_lock);
        mem_free(state->dir);
        mem_free(state);
    }
}

uint64_t state_sequence(const struct state *state)
{
    return rocksdb_get_latest_sequence_number(state->db);
}
