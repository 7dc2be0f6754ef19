/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Documents and blobs of a change. */
#include <string.h>

#include "change.h"

/* Whether a key is stored, how long its value is, and whether it is these bytes. */
struct stored {
    bool exists, equal;
    size_t n;
};

static ragd_status look_up(struct change *c, enum cf cf, const struct key *key,
                           struct ragd_bytes bytes, struct stored *out)
{
    struct pinned value;
    ragd_status status = db_get(c->db, c->call, c->db->latest, cf, key, &value);
    *out = (struct stored){.exists = status == RAGD_OK};
    if (status == RAGD_OK) {
        out->n = value.bytes.n;
        out->equal = bytes.p && value.bytes.n == bytes.n &&
                     (bytes.n == 0 || memcmp(value.bytes.p, bytes.p, bytes.n) == 0);
        pinned_release(&value);
    }
    return status == RAGD_E_NOT_FOUND ? RAGD_OK : status;
}

static ragd_status remove_named(struct change *c, enum cf cf, struct names *names,
                                struct ragd_str text, uint64_t *count)
{
    if (text.n == 0 || text.n > KEY_TEXT_MAX) {
        return RAGD_OK; /* nothing can have it */
    }
    struct name *name = names_get(names, text);
    struct key key;
    struct stored stored;
    key_text(&key, c->coll->number, text);
    ragd_status status = look_up(c, cf, &key, (struct ragd_bytes){0}, &stored);
    if (status == RAGD_OK && stored.exists && !name->removed) {
        batch_delete(c->batch, c->db, cf, &key);
        name->removed = true;
        --*count;
        c->bytes_delta -= (int64_t)stored.n;
        c->changed = true;
    }
    return status;
}

static ragd_status put_named(struct change *c, enum cf cf, const struct name *name,
                             struct ragd_bytes bytes, uint64_t *count)
{
    struct key key;
    struct stored stored;
    key_text(&key, c->coll->number, name->text);
    ragd_status status = look_up(c, cf, &key, bytes, &stored);
    bool there = stored.exists && !name->removed;
    if (status == RAGD_OK && !(there && stored.equal)) {
        batch_put(c->batch, c->db, cf, &key, bytes);
        *count += !there;
        c->bytes_delta += (int64_t)bytes.n - (int64_t)(there ? stored.n : 0);
        c->changed = true;
    }
    return status;
}

ragd_status change_documents(struct change *c, const struct ragd_apply *apply)
{
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < apply->n_remove_docs; i++) {
        status = remove_named(c, CF_DOCUMENTS, &c->docs, apply->remove_docs[i],
                              &c->counters.documents);
    }
    for (size_t i = 0; status == RAGD_OK && i < apply->n_docs; i++) {
        struct ragd_bytes bytes;
        region_reset(&c->scratch);
        if (codec_document_pack(&c->scratch, apply->docs[i], &bytes) != 0) {
            return db_no_memory(c->call);
        }
        status = put_named(c, CF_DOCUMENTS, names_get(&c->docs, apply->docs[i]->id), bytes,
                           &c->counters.documents);
    }
    return status;
}

ragd_status change_blobs(struct change *c, const struct ragd_apply *apply)
{
    ragd_status status = RAGD_OK;
    for (size_t i = 0; status == RAGD_OK && i < apply->n_blobs; i++) {
        const struct ragd_blob *blob = &apply->blobs[i];
        status = blob->bytes.p
                     ? put_named(c, CF_BLOBS, names_get(&c->blobs, blob->name), blob->bytes,
                                 &c->counters.blobs)
                     : remove_named(c, CF_BLOBS, &c->blobs, blob->name, &c->counters.blobs);
    }
    return status;
}
