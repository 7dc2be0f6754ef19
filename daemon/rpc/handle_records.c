/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Records: the plain vector-store side. */
#include "rag/records.h"
#include "ragd/v1/records.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_out.h"
#include "rpc/handle.h"
#include "rpc/handle_hits.h"
#include "rpc/op.h"
#include "wire/filter.h"

/* Upsert. */

static void on_upserted(struct operation *op)
{
    const struct records_upsert *upsert = (const struct records_upsert *)op;
    Ragd__V1__RecordsUpsertReply reply = RAGD__V1__RECORDS_UPSERT_REPLY__INIT;
    if (op_failed(op)) {
        return;
    }
    reply.inserted = upsert->inserted;
    reply.updated = upsert->updated;
    reply.embedded = upsert->embedded;
    op_end(op, &reply.base, NULL);
}

static int records_in(struct request *request, struct records_upsert *upsert,
                      struct err *err)
{
    const Ragd__V1__RecordsUpsertRequest *in =
        (const Ragd__V1__RecordsUpsertRequest *)request->message;
    struct record_in *records = arena_calloc(&request->arena, in->n_records,
                                             sizeof(*records));
    if (!records) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < in->n_records; i++) {
        int rc = record_in(&request->arena, in->records[i], request->services->limits,
                           &records[i], err);
        if (rc != 0) {
            return rc;
        }
    }
    upsert->collection = ragd_cs(in->collection);
    upsert->records = records;
    upsert->n = in->n_records;
    return 0;
}

void handle_records_upsert(struct request *request)
{
    struct err err = {0};
    struct records_upsert *upsert = op_create(request, sizeof(*upsert), on_upserted);
    if (!upsert) {
        return;
    }
    if (records_in(request, upsert, &err) != 0) {
        op_reject(request, &err);
        return;
    }
    records_upsert_start(upsert);
}

/* Get. */

static void put_records(struct operation *op, const struct op_batch *batch, size_t from,
                        size_t n)
{
    Ragd__V1__RecordsGetReply reply = RAGD__V1__RECORDS_GET_REPLY__INIT;
    reply.n_records = n;
    reply.records = (Ragd__V1__Chunk **)batch->items + from;
    request_send(op_request(op), &reply.base);
}

static void on_records(struct records_get *get, const struct chunk_out *records, size_t n)
{
    struct arena arena;
    struct chunks_view view = {records, n, get->include};
    struct op_batch batch = {.put = put_records};
    arena_init(&arena, 0);
    if (chunks_to_batch(&arena, view, &batch) == 0) {
        op_send_batches(&get->op, &batch);
    } else {
        op_out_of_memory(&get->op);
    }
    arena_release(&arena);
}

static void on_got(struct operation *op)
{
    if (!op_failed(op)) {
        op_end(op, NULL, NULL);
    }
}

void handle_records_get(struct request *request)
{
    const Ragd__V1__RecordsGetRequest *in =
        (const Ragd__V1__RecordsGetRequest *)request->message;
    struct err err = {0};
    struct records_get *get = op_create(request, sizeof(*get), on_got);
    if (!get) {
        return;
    }
    get->collection = ragd_cs(in->collection);
    get->n_ids = in->n_ids;
    get->after_seq = in->after_seq;
    get->limit = in->limit;
    get->include = include_in(in->include);
    get->on_records = on_records;
    int rc = strings_in(&request->arena, (struct strings_in){in->ids, in->n_ids}, &get->ids,
                        &err);
    rc = rc ? rc
            : filter_in(&request->arena, in->filter, request->services->limits,
                        &get->filter, &err);
    if (rc != 0) {
        op_reject(request, &err);
        return;
    }
    records_get_start(get);
}

/* Remove. */

static void on_removed(struct operation *op)
{
    Ragd__V1__RecordsRemoveReply reply = RAGD__V1__RECORDS_REMOVE_REPLY__INIT;
    if (!op_failed(op)) {
        reply.removed = ((const struct records_remove *)op)->removed;
        op_end(op, &reply.base, NULL);
    }
}

void handle_records_remove(struct request *request)
{
    const Ragd__V1__RecordsRemoveRequest *in =
        (const Ragd__V1__RecordsRemoveRequest *)request->message;
    struct err err = {0};
    struct records_remove *remove = op_create(request, sizeof(*remove), on_removed);
    if (!remove) {
        return;
    }
    remove->collection = ragd_cs(in->collection);
    remove->n_ids = in->n_ids;
    int rc = strings_in(&request->arena, (struct strings_in){in->ids, in->n_ids},
                        &remove->ids, &err);
    rc = rc ? rc
            : filter_in(&request->arena, in->filter, request->services->limits,
                        &remove->filter, &err);
    if (rc != 0) {
        op_reject(request, &err);
        return;
    }
    records_remove_start(remove);
}

/* Count. */

static void on_counted(struct operation *op)
{
    Ragd__V1__RecordsCountReply reply = RAGD__V1__RECORDS_COUNT_REPLY__INIT;
    if (!op_failed(op)) {
        reply.count = ((const struct records_count *)op)->count;
        op_end(op, &reply.base, NULL);
    }
}

void handle_records_count(struct request *request)
{
    const Ragd__V1__RecordsCountRequest *in =
        (const Ragd__V1__RecordsCountRequest *)request->message;
    struct err err = {0};
    struct records_count *count = op_create(request, sizeof(*count), on_counted);
    if (!count) {
        return;
    }
    count->collection = ragd_cs(in->collection);
    if (filter_in(&request->arena, in->filter, request->services->limits, &count->filter,
                  &err) != 0) {
        op_reject(request, &err);
        return;
    }
    records_count_start(count);
}
