/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Values of plugin instances, and watermarks. */
#include "ragd/state/v1/state.pb-c.h"
#include "state/db.h"
#include "state/key.h"
#include "state/value.h"

static int pair_key(struct buf *key, enum key_table table, struct ragd_str a,
                    struct ragd_str b)
{
    return key_begin(key, table) || key_text(key, a) || key_text(key, b) ? RAGD_E_NOMEM : 0;
}

int state_value_get(struct state *state, struct ragd_str instance, struct ragd_str key,
                    struct buf *out, struct err *err)
{
    struct buf at = {0}, value = {0};
    struct arena arena = {0};
    ProtobufCMessage *message;
    bool found = false;
    int rc = pair_key(&at, KEY_VALUE, instance, key)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : db_get(state, DB_DEFAULT, &at, &value, &found, err);
    if (rc == 0 && !found) {
        rc = err_set(err, ERR_NOT_FOUND, "no such value");
    }
    if (rc == 0) {
        rc = value_unpack(&arena, &ragd__state__v1__blob__descriptor,
                          (struct ragd_bytes){value.p, value.n}, &message, err);
    }
    if (rc == 0) {
        const Ragd__State__V1__Blob *blob = (Ragd__State__V1__Blob *)message;
        buf_clear(out);
        rc = buf_put(out, blob->data.data, blob->data.len) ? err_set(err, ERR_NOMEM, NULL)
                                                           : 0;
    }
    arena_release(&arena);
    buf_release(&value);
    buf_release(&at);
    return rc;
}

int state_value_put(struct state *state, struct ragd_str instance, struct ragd_str key,
                    struct ragd_bytes value, struct err *err)
{
    struct buf at = {0}, packed = {0};
    Ragd__State__V1__Blob blob = RAGD__STATE__V1__BLOB__INIT;
    blob.format = VALUE_FORMAT;
    blob.data = (ProtobufCBinaryData){value.n, (uint8_t *)(uintptr_t)value.p};
    int rc = pair_key(&at, KEY_VALUE, instance, key) ? err_set(err, ERR_NOMEM, NULL)
                                                     : value_pack(&blob.base, &packed, err);
    if (rc == 0) {
        rc = db_put(state, DB_DEFAULT, &at, (struct ragd_bytes){packed.p, packed.n}, err);
    }
    buf_release(&packed);
    buf_release(&at);
    return rc;
}

int state_value_del(struct state *state, struct ragd_str instance, struct ragd_str key,
                    struct err *err)
{
    struct buf at = {0};
    int rc = pair_key(&at, KEY_VALUE, instance, key) ? err_set(err, ERR_NOMEM, NULL)
                                                     : db_del(state, DB_DEFAULT, &at, err);
    buf_release(&at);
    return rc;
}

int state_watermark_get(struct state *state, struct ragd_str store, struct ragd_str coll,
                        uint64_t *sequence, struct err *err)
{
    struct buf at = {0}, value = {0};
    struct arena arena = {0};
    ProtobufCMessage *message;
    bool found = false;
    uint64_t number = 0;
    int rc = pair_key(&at, KEY_WATERMARK, store, coll)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : db_get(state, DB_DEFAULT, &at, &value, &found, err);
    if (rc == 0 && found) {
        rc = value_unpack(&arena, &ragd__state__v1__watermark__descriptor,
                          (struct ragd_bytes){value.p, value.n}, &message, err);
        number = rc ? 0 : ((Ragd__State__V1__Watermark *)message)->sequence;
    }
    if (rc == 0) {
        *sequence = number;
    }
    arena_release(&arena);
    buf_release(&value);
    buf_release(&at);
    return rc;
}

int state_watermark_put(struct state *state, struct ragd_str store, struct ragd_str coll,
                        uint64_t sequence, struct err *err)
{
    struct buf at = {0}, packed = {0};
    Ragd__State__V1__Watermark mark = RAGD__STATE__V1__WATERMARK__INIT;
    mark.format = VALUE_FORMAT;
    mark.sequence = sequence;
    int rc = pair_key(&at, KEY_WATERMARK, store, coll)
                 ? err_set(err, ERR_NOMEM, NULL)
                 : value_pack(&mark.base, &packed, err);
    if (rc == 0) {
        rc = db_put(state, DB_DEFAULT, &at, (struct ragd_bytes){packed.p, packed.n}, err);
    }
    buf_release(&packed);
    buf_release(&at);
    return rc;
}
