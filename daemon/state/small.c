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

static int mark_key(struct buf *key, const struct state_coll *coll)
{
    return pair_key(key, KEY_WATERMARK, coll->store, coll->coll);
}

int state_watermark_put(struct state *state, const struct state_coll *coll,
                        const struct state_watermark *mark, struct err *err)
{
    struct buf at = {0}, packed = {0};
    struct arena arena = {0};
    Ragd__State__V1__Watermark message = RAGD__STATE__V1__WATERMARK__INIT;
    message.format = VALUE_FORMAT;
    message.sequence = mark->sequence;
    message.name = (char *)(uintptr_t)arena_str(&arena, mark->name).p;
    message.owner = mark->owner;
    int rc = !message.name || mark_key(&at, coll) ? err_set(err, ERR_NOMEM, NULL)
                                                  : value_pack(&message.base, &packed, err);
    if (rc == 0) {
        rc = db_put(state, DB_DEFAULT, &at, (struct ragd_bytes){packed.p, packed.n}, err);
    }
    arena_release(&arena);
    buf_release(&packed);
    buf_release(&at);
    return rc;
}

/* The walk over all of a store's, or over all there are. */
static struct db_iter *open_marks(struct state *state, struct ragd_str store)
{
    struct buf from = {0}, end = {0};
    struct db_iter *iter = NULL;
    if (key_begin(&from, KEY_WATERMARK) == 0 && (!store.n || key_text(&from, store) == 0) &&
        key_end_of(&from, &end) == 0) {
        iter = db_iter_open(state, DB_DEFAULT, &from, &end);
    }
    buf_release(&from);
    buf_release(&end);
    return iter;
}

/* What is behind the tag of a key. */
static int mark_coll(struct ragd_bytes key, struct buf *store, struct buf *coll,
                     struct err *err)
{
    key = (struct ragd_bytes){(const char *)key.p + 1, key.n - 1};
    int rc = key_read_text(&key, store);
    rc = rc ? rc : key_read_text(&key, coll);
    return rc ? err_set(err, err_by_status(rc),
                        "the daemon's own database holds a damaged key")
              : 0;
}

int state_watermarks_walk(struct state *state, struct ragd_str store,
                          state_watermark_fn each, void *arg, struct err *err)
{
    struct db_iter *iter = open_marks(state, store);
    struct ragd_bytes key, value;
    struct buf of = {0}, coll = {0};
    int rc = iter ? 0 : err_set(err, ERR_NOMEM, NULL);
    while (rc == 0 && db_iter_next(iter, &key, &value)) {
        struct arena arena = {0};
        ProtobufCMessage *message;
        rc = mark_coll(key, &of, &coll, err);
        rc = rc ? rc
                : value_unpack(&arena, &ragd__state__v1__watermark__descriptor, value,
                               &message, err);
        if (rc == 0) {
            const Ragd__State__V1__Watermark *in = (Ragd__State__V1__Watermark *)message;
            struct state_coll at = {{(char *)of.p, of.n}, {(char *)coll.p, coll.n}};
            rc =
                each(arg, &at,
                     &(struct state_watermark){ragd_cs(in->name), in->owner, in->sequence});
        }
        arena_release(&arena);
    }
    int ended = iter ? db_iter_close(iter, rc ? NULL : err) : 0;
    buf_release(&of);
    buf_release(&coll);
    return rc ? rc : ended;
}

int state_watermark_drop(struct state *state, const struct state_coll *coll,
                         struct err *err)
{
    struct buf at = {0};
    int rc = mark_key(&at, coll) ? err_set(err, ERR_NOMEM, NULL)
                                 : db_del(state, DB_DEFAULT, &at, err);
    rc = rc ? rc : db_sync(state, err);
    buf_release(&at);
    return rc;
}
