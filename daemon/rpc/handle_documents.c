/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Documents, but for Add and Preview (handle_add.c). */
#include "rag/documents.h"
#include "rag/quarantine.h"
#include "ragd/v1/documents.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_out.h"
#include "rpc/handle.h"
#include "rpc/handle_hits.h"
#include "rpc/op.h"
#include "wire/filter.h"
#include "wire/values.h"

/* List. */

static void put_documents(struct operation *op, const struct op_batch *batch, size_t from,
                          size_t n)
{
    Ragd__V1__DocumentsListReply reply = RAGD__V1__DOCUMENTS_LIST_REPLY__INIT;
    reply.n_documents = n;
    reply.documents = (Ragd__V1__Document **)batch->items + from;
    request_send(op_request(op), &reply.base);
}

static void on_docs(struct documents_list *list, const struct ragd_stored_doc *docs,
                    size_t n)
{
    struct arena arena;
    arena_init(&arena, 0);
    const ProtobufCMessage **items = arena_calloc(&arena, n, sizeof(*items));
    for (size_t i = 0; items && i < n; i++) {
        Ragd__V1__Document *doc = document_to_wire(&arena, &docs[i], 0);
        items[i] = &doc->base;
        items = doc ? items : NULL;
    }
    struct op_batch batch = {.items = items, .n = n, .put = put_documents};
    if (items) {
        op_send_batches(&list->op, &batch);
    } else {
        op_out_of_memory(&list->op);
    }
    arena_release(&arena);
}

static void put_chunks(struct operation *op, const struct op_batch *batch, size_t from,
                       size_t n)
{
    Ragd__V1__DocumentsListReply reply = RAGD__V1__DOCUMENTS_LIST_REPLY__INIT;
    reply.n_chunks = n;
    reply.chunks = (Ragd__V1__Chunk **)batch->items + from;
    request_send(op_request(op), &reply.base);
}

static void on_chunks(struct documents_list *list, const struct chunk_out *chunks, size_t n)
{
    struct arena arena;
    struct chunks_view view = {chunks, n, list->include};
    struct op_batch batch = {.put = put_chunks};
    arena_init(&arena, 0);
    if (chunks_to_batch(&arena, view, &batch) == 0) {
        op_send_batches(&list->op, &batch);
    } else {
        op_out_of_memory(&list->op);
    }
    arena_release(&arena);
}

static void end_list(struct operation *op, struct ragd_str next)
{
    struct arena arena;
    if (op_failed(op)) {
        return;
    }
    arena_init(&arena, 0);
    if (next.n > 0) {
        Ragd__V1__DocumentsListReply reply = RAGD__V1__DOCUMENTS_LIST_REPLY__INIT;
        reply.next = text_out(&arena, next);
        if (reply.next) {
            request_send(op_request(op), &reply.base);
        } else {
            op_out_of_memory(op);
        }
    }
    op_end(op, NULL, &arena);
}

static void on_listed(struct operation *op)
{
    end_list(op, ((const struct documents_list *)op)->next);
}

/* List, of sources that failed. */

static void put_failed(struct operation *op, const struct op_batch *batch, size_t from,
                       size_t n)
{
    Ragd__V1__DocumentsListReply reply = RAGD__V1__DOCUMENTS_LIST_REPLY__INIT;
    reply.n_failed = n;
    reply.failed = (Ragd__V1__FailedSource **)batch->items + from;
    request_send(op_request(op), &reply.base);
}

static const ProtobufCMessage *failed_to_wire(struct arena *arena,
                                              const struct stored_failure *in)
{
    Ragd__V1__FailedSource *out = arena_alloc(arena, sizeof(*out));
    struct err err = {0};
    if (!out) {
        return NULL;
    }
    quarantine_error(in, &err);
    ragd__v1__failed_source__init(out);
    out->source = text_out(arena, in->source);
    out->error = error_out(arena, &err);
    out->loader = text_out(arena, in->loader);
    out->loader_version = text_out(arena, in->loader_version);
    out->tries = in->tries;
    out->failed_ms = in->failed_ms;
    bool made = out->source && out->error && out->loader && out->loader_version;
    return made ? &out->base : NULL;
}

static void on_failed(struct quarantine_list *list, const struct stored_failure *failures,
                      size_t n)
{
    struct arena arena;
    arena_init(&arena, 0);
    const ProtobufCMessage **items = arena_calloc(&arena, n, sizeof(*items));
    for (size_t i = 0; items && i < n; i++) {
        items[i] = failed_to_wire(&arena, &failures[i]);
        items = items[i] ? items : NULL;
    }
    struct op_batch batch = {.items = items, .n = n, .put = put_failed};
    if (items) {
        op_send_batches(&list->op, &batch);
    } else {
        op_out_of_memory(&list->op);
    }
    arena_release(&arena);
}

static void on_failed_listed(struct operation *op)
{
    end_list(op, ((const struct quarantine_list *)op)->next);
}

static void list_failed(struct request *request, const Ragd__V1__DocumentsListRequest *in)
{
    struct quarantine_list *list = op_create(request, sizeof(*list), on_failed_listed);
    if (list) {
        list->collection = ragd_cs(in->collection);
        list->after = ragd_cs(in->after);
        list->limit = in->limit;
        list->on_failed = on_failed;
        quarantine_list_start(list);
    }
}

void handle_documents_list(struct request *request)
{
    const Ragd__V1__DocumentsListRequest *in =
        (const Ragd__V1__DocumentsListRequest *)request->message;
    struct err err = {0};
    if (in->failed) {
        list_failed(request, in);
        return;
    }
    struct documents_list *list = op_create(request, sizeof(*list), on_listed);
    if (!list) {
        return;
    }
    list->collection = ragd_cs(in->collection);
    list->chunks = in->chunks != 0;
    list->after = ragd_cs(in->after);
    list->limit = in->limit;
    /* Texts of documents may be longer than a message: Get has them. They are
     * read for their sizes. */
    list->include = in->chunks ? include_in(in->include)
                               : RAGD_INCLUDE_META | RAGD_INCLUDE_TEXT;
    list->on_docs = on_docs;
    list->on_chunks = on_chunks;
    if (filter_in(&request->arena, in->filter, request->services->limits, &list->filter,
                  &err) != 0) {
        op_reject(request, &err);
        return;
    }
    documents_list_start(list);
}

/* Get. */

static void send_more(struct operation *op, char *text)
{
    Ragd__V1__DocumentsGetReply reply = RAGD__V1__DOCUMENTS_GET_REPLY__INIT;
    reply.more_text = text;
    request_send(op_request(op), &reply.base);
}

static uint32_t get_include(const struct operation *op)
{
    return include_in(
        ((const Ragd__V1__DocumentsGetRequest *)op_request(op)->message)->include);
}

static size_t on_get_doc(struct documents_get *get, const struct ragd_stored_doc *doc)
{
    struct operation *op = &get->op;
    bool text = get_include(op) & RAGD_INCLUDE_TEXT;
    struct arena arena;
    size_t head = text ? text_head_bytes(op, doc->text) : 0;
    Ragd__V1__DocumentsGetReply reply = RAGD__V1__DOCUMENTS_GET_REPLY__INIT;
    arena_init(&arena, 0);
    reply.document = document_to_wire(&arena, doc, head);
    if (reply.document) {
        request_send(op_request(op), &reply.base);
        op_throttle(op);
    } else {
        op_out_of_memory(op);
    }
    arena_release(&arena);
    return head;
}

static size_t on_get_text(struct documents_get *get, struct ragd_str rest)
{
    size_t n = send_text_part(&get->op, rest, send_more);
    op_throttle(&get->op);
    return n;
}

static void send_chunk(struct operation *op, const struct chunk_out *chunk,
                       uint32_t include)
{
    struct arena arena;
    Ragd__V1__DocumentsGetReply reply = RAGD__V1__DOCUMENTS_GET_REPLY__INIT;
    arena_init(&arena, 0);
    reply.chunk = chunk_to_wire(&arena, chunk, include);
    if (reply.chunk) {
        request_send(op_request(op), &reply.base);
    } else {
        op_out_of_memory(op);
    }
    arena_release(&arena);
}

static void on_got(struct operation *op)
{
    const struct documents_get *get = (const struct documents_get *)op;
    if (op_failed(op)) {
        return;
    }
    if (!get->doc) {
        send_chunk(op, &get->chunk, get_include(op));
    }
    op_end(op, NULL, NULL);
}

void handle_documents_get(struct request *request)
{
    const Ragd__V1__DocumentsGetRequest *in =
        (const Ragd__V1__DocumentsGetRequest *)request->message;
    struct documents_get *get = op_create(request, sizeof(*get), on_got);
    if (get) {
        get->collection = ragd_cs(in->collection);
        get->id = ragd_cs(in->id);
        /* Blocks: Preview and Export have them. The text, for its size. */
        get->include = include_in(in->include) | RAGD_INCLUDE_TEXT;
        get->on_doc = on_get_doc;
        get->on_text = on_get_text;
        documents_get_start(get);
    }
}

/* Remove. */

static void on_removed(struct operation *op)
{
    const struct documents_remove *remove = (const struct documents_remove *)op;
    Ragd__V1__DocumentsRemoveReply reply = RAGD__V1__DOCUMENTS_REMOVE_REPLY__INIT;
    struct arena arena;
    if (op_failed(op)) {
        return;
    }
    arena_init(&arena, 0);
    reply.documents = remove->documents;
    reply.chunks = remove->chunks;
    reply.failed = remove->failed;
    reply.missing = arena_calloc(&arena, remove->n_missing, sizeof(char *));
    for (size_t i = 0; reply.missing && i < remove->n_missing; i++) {
        reply.missing[i] = text_out(&arena, remove->missing[i]);
        reply.missing = reply.missing[i] ? reply.missing : NULL;
    }
    reply.n_missing = remove->n_missing;
    if (!reply.missing) {
        op_out_of_memory(op);
    }
    op_end(op, reply.missing ? &reply.base : NULL, &arena);
}

void handle_documents_remove(struct request *request)
{
    const Ragd__V1__DocumentsRemoveRequest *in =
        (const Ragd__V1__DocumentsRemoveRequest *)request->message;
    struct err err = {0};
    struct documents_remove *remove = op_create(request, sizeof(*remove), on_removed);
    if (!remove) {
        return;
    }
    remove->collection = ragd_cs(in->collection);
    remove->n_ids = in->n_ids;
    if (strings_in(&request->arena, (struct strings_in){in->ids, in->n_ids}, &remove->ids,
                   &err) != 0) {
        op_reject(request, &err);
        return;
    }
    documents_remove_start(remove);
}
