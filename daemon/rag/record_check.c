/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/record_check.h"

#include <math.h>
#include <string.h>

#include "rag/kvs.h"

static int shown(struct ragd_str id)
{
    enum { SHOWN_MAX = 64 };
    return (int)(id.n < SHOWN_MAX ? id.n : SHOWN_MAX);
}

static int check_id(struct ragd_str id, struct err *err)
{
    if (!id.n || id.n > RECORD_ID_BYTES_MAX) {
        return err_set(err, ERR_INVALID, "an id of %zu bytes; it must have 1 to %d", id.n,
                       RECORD_ID_BYTES_MAX);
    }
    if (memchr(id.p, 0, id.n)) {
        return err_set(err, ERR_INVALID, "an id holds a zero byte");
    }
    return 0;
}

struct record_rules record_rules_of(const struct collection *coll)
{
    return (struct record_rules){
        .collection = coll->name,
        .limits = &coll->engine->limits,
        .dim = coll->settings.dim,
        .has_vectors = collection_has_vectors(coll),
        .embeds = coll->settings.embedder.n > 0,
    };
}

static int check_vector(const struct record_rules *rules, const struct record_in *record,
                        struct err *err)
{
    if (!rules->has_vectors) {
        err_set(err, ERR_DIMENSION, "record '%.*s' has a vector, collection %s keeps none",
                shown(record->id), record->id.p, rules->collection);
        return err_hint(err, "make a collection with --embedder none --dim %u",
                        record->dim);
    }
    if (record->dim != rules->dim) {
        return err_set(
            err, ERR_DIMENSION,
            "the vector of record '%.*s' has %u values, those of collection %s %u",
            shown(record->id), record->id.p, record->dim, rules->collection, rules->dim);
    }
    for (uint32_t i = 0; i < record->dim; i++) {
        if (!isfinite(record->vec[i])) {
            return err_set(err, ERR_INVALID,
                           "value %u of the vector of record '%.*s' is no finite number", i,
                           shown(record->id), record->id.p);
        }
    }
    return 0;
}

int record_check(const struct record_rules *rules, const struct record_in *record,
                 struct err *err)
{
    const struct limits *limits = rules->limits;
    int rc = check_id(record->id, err);
    rc = rc ? rc : kvs_check(limits, record->meta, err);
    if (!rc && record->text.n > limits->document_text) {
        rc =
            err_set(err, ERR_LIMIT,
                    "the text of record '%.*s' has %zu bytes, limits.document_text is %llu",
                    shown(record->id), record->id.p, record->text.n,
                    (unsigned long long)limits->document_text);
    }
    if (!rc && record->vec) {
        rc = check_vector(rules, record, err);
    }
    return rc;
}

bool record_wants_vector(const struct record_rules *rules, const struct record_in *record)
{
    return !record->vec && rules->has_vectors && rules->embeds;
}

int record_check_owned(const struct ragd_record *records, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        const struct ragd_record *rec = &records[i];
        if (rec->doc_id.n) {
            err_set(err, ERR_CONFLICT, "'%.*s' is a chunk of document '%.*s'",
                    shown(rec->id), rec->id.p, shown(rec->doc_id), rec->doc_id.p);
            return err_hint(err, "change it by adding its source again");
        }
    }
    return 0;
}
