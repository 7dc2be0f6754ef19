/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Documents/Add and Preview.
 *
 * happy path: pieces come in and go to the uploads; what the engine tells goes
 * out; the caller closes its half, the engine ends, totals and End go out.
 * failure modes: what breaks the conversation fails the call; what is wrong
 * with one source is that source's result.
 * on close: of a lost caller's sources, those whose bytes have all come are
 * finished. The request ends when the engine is done and nothing is written.
 */
#include "rag/add.h"
#include "ragd/v1/documents.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_out.h"
#include "rpc/handle.h"
#include "rpc/handle_hits.h"
#include "rpc/op.h"
#include "rpc/uploads.h"
#include "wire/values.h"

struct add_call {
    struct add add;
    struct uploads uploads;
    bool lost;     /* the caller is gone */
    bool told_end; /* the engine knows that nothing more comes */
    bool done;     /* the engine is */
};

/* Events. */

static void send_event(struct operation *op, Ragd__V1__AddEvent__KindCase kind, void *part,
                       void (*send)(struct request *, const ProtobufCMessage *))
{
    Ragd__V1__AddEvent event = RAGD__V1__ADD_EVENT__INIT;
    event.kind_case = kind;
    event.started = part; /* the members of the union are all pointers */
    send(op_request(op), &event.base);
}

static void on_started(struct add *add, const struct add_started *in)
{
    struct arena arena;
    Ragd__V1__Started started = RAGD__V1__STARTED__INIT;
    arena_init(&arena, 0);
    started.collection = text_out(&arena, in->collection);
    started.job = in->job;
    started.created = in->created;
    if (started.collection) {
        send_event(&add->op, RAGD__V1__ADD_EVENT__KIND_STARTED, &started, request_send);
    } else {
        op_out_of_memory(&add->op);
    }
    arena_release(&arena);
}

static void on_want(struct add *add, uint32_t index)
{
    uploads_want(&((struct add_call *)add)->uploads, index);
    op_throttle(&add->op);
}

static void on_idle(struct add *add)
{
    uploads_idle(&((struct add_call *)add)->uploads);
}

static void on_progress(struct add *add, const struct add_progress *in)
{
    struct arena arena;
    Ragd__V1__Progress progress = RAGD__V1__PROGRESS__INIT;
    arena_init(&arena, 0);
    progress.stage = (char *)in->stage;
    progress.source = text_out(&arena, in->source);
    progress.done = in->done;
    progress.total = in->total;
    if (progress.source) {
        send_event(&add->op, RAGD__V1__ADD_EVENT__KIND_PROGRESS, &progress,
                   request_send_latest);
    }
    arena_release(&arena);
}

_Static_assert(RAGD__V1__SOURCE_STATUS__SOURCE_STATUS_ADDED == (int)SOURCE_ADDED,
               "statuses agree");
_Static_assert(RAGD__V1__SOURCE_STATUS__SOURCE_STATUS_FAILED == (int)SOURCE_FAILED,
               "statuses agree");

static void on_result(struct add *add, const struct source_result *in)
{
    struct arena arena;
    Ragd__V1__SourceResult result = RAGD__V1__SOURCE_RESULT__INIT;
    arena_init(&arena, 0);
    result.source = text_out(&arena, in->source);
    result.status = (Ragd__V1__SourceStatus)in->status;
    result.documents = in->documents;
    result.chunks = in->chunks;
    result.embedded = in->embedded;
    result.reused = in->reused;
    result.kept = in->kept;
    result.tries = in->tries;
    result.loader = text_out(&arena, in->loader);
    result.title = text_out(&arena, in->title);
    bool failed = in->status == SOURCE_FAILED && in->err;
    result.error = failed ? error_out(&arena, in->err) : NULL;
    if (result.source && result.loader && result.title && (!failed || result.error)) {
        send_event(&add->op, RAGD__V1__ADD_EVENT__KIND_RESULT, &result, request_send);
    } else {
        op_out_of_memory(&add->op);
    }
    arena_release(&arena);
    op_throttle(&add->op);
}

static void send_totals(struct operation *op, const struct add_totals *in)
{
    Ragd__V1__AddTotals totals = RAGD__V1__ADD_TOTALS__INIT;
    totals.added = in->added;
    totals.updated = in->updated;
    totals.unchanged = in->unchanged;
    totals.removed = in->removed;
    totals.failed = in->failed;
    totals.documents = in->documents;
    totals.chunks = in->chunks;
    totals.embedded = in->embedded;
    totals.reused = in->reused;
    totals.collection_chunks = in->collection_chunks;
    totals.took_ms = in->took_ms;
    send_event(op, RAGD__V1__ADD_EVENT__KIND_TOTALS, &totals, request_send);
}

/* Previews: a document, the rest of its text, its chunks. */

static void send_preview(struct operation *op, Ragd__V1__DocumentPreview *preview)
{
    send_event(op, RAGD__V1__ADD_EVENT__KIND_PREVIEW, preview, request_send);
}

static void send_more_text(struct operation *op, char *text)
{
    Ragd__V1__DocumentPreview preview = RAGD__V1__DOCUMENT_PREVIEW__INIT;
    preview.more_text = text;
    send_preview(op, &preview);
}

static void put_chunks(struct operation *op, const struct op_batch *batch, size_t from,
                       size_t n)
{
    Ragd__V1__DocumentPreview preview = RAGD__V1__DOCUMENT_PREVIEW__INIT;
    preview.n_chunks = n;
    preview.chunks = (Ragd__V1__Chunk **)batch->items + from;
    send_preview(op, &preview);
}

static int chunks_of(struct arena *arena, const struct add_preview *in,
                     struct op_batch *batch)
{
    struct chunk_out *chunks = arena_calloc(arena, in->n_chunks, sizeof(*chunks));
    if (!chunks) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < in->n_chunks; i++) {
        chunks[i] = (struct chunk_out){in->chunks[i], in->doc->source, 0};
    }
    struct chunks_view view = {chunks, in->n_chunks, RAGD_INCLUDE_TEXT | RAGD_INCLUDE_META};
    return chunks_to_batch(arena, view, batch);
}

static void preview_chunks(struct operation *op, const struct add_preview *in)
{
    struct arena arena;
    struct op_batch batch = {.put = put_chunks};
    arena_init(&arena, 0);
    if (chunks_of(&arena, in, &batch) == 0) {
        op_send_batches(op, &batch);
    } else {
        op_out_of_memory(op);
    }
    arena_release(&arena);
}

static void preview_doc(struct operation *op, const struct ragd_stored_doc *doc,
                        size_t head)
{
    struct arena arena;
    Ragd__V1__DocumentPreview preview = RAGD__V1__DOCUMENT_PREVIEW__INIT;
    arena_init(&arena, 0);
    preview.document = document_to_wire(&arena, doc, head);
    if (preview.document) {
        send_preview(op, &preview);
    } else {
        op_out_of_memory(op);
    }
    arena_release(&arena);
}

static size_t on_preview(struct add *add, const struct add_preview *in)
{
    struct operation *op = &add->op;
    size_t told = 0;
    if (in->part == PREVIEW_DOC) {
        told = text_head_bytes(op, in->doc->text);
        preview_doc(op, in->doc, told);
    } else if (in->part == PREVIEW_TEXT) {
        told = send_text_part(op, in->rest, send_more_text);
    } else {
        preview_chunks(op, in);
    }
    op_throttle(op);
    return told;
}

/* The end. */

static void end_call(struct add_call *call)
{
    struct operation *op = &call->add.op;
    struct add_totals totals = call->add.totals;
    uploads_release(&call->uploads);
    if (!op_failed(op)) {
        send_totals(op, &totals);
        op_end(op, NULL, NULL);
    }
}

static void on_added(struct operation *op)
{
    struct add_call *call = (struct add_call *)op;
    call->done = true;
    uploads_over(&call->uploads); /* on_quiet may end the call */
}

/* Nothing is under way: the engine may be told the end, or the call may end. */
static void on_quiet(struct uploads *uploads)
{
    struct add_call *call =
        (struct add_call *)((char *)uploads - offsetof(struct add_call, uploads));
    if (call->done) {
        end_call(call);
    } else if (uploads->closed && !call->told_end) {
        call->told_end = true;
        if (call->lost) {
            add_interrupt(&call->add);
        } else {
            add_end(&call->add);
        }
    }
}

static void on_half_close(struct request *request)
{
    uploads_close(&((struct add_call *)request->state)->uploads);
}

/* Only a lost caller's complete sources are finished. */
static void on_stop(struct request *request, enum request_stop why)
{
    struct add_call *call = request->state;
    bool finish = why == STOP_LOST && !call->add.preview;
    call->lost = true;
    if (!finish) {
        operation_cancel(&call->add.op);
    }
    operation_resume(&call->add.op); /* nothing is sent any more, so nothing waits */
    uploads_close(&call->uploads);
}

/* The conversation. */

static int take_piece(struct add_call *call, struct piece *piece, struct err *err)
{
    const Ragd__V1__AddPiece *in = (const Ragd__V1__AddPiece *)piece->message;
    if (in->kind_case == RAGD__V1__ADD_PIECE__KIND_CONTENT) {
        return uploads_content_take(&call->uploads, piece, in->content, err);
    }
    int rc = 0;
    if (in->kind_case == RAGD__V1__ADD_PIECE__KIND_ANNOUNCE) {
        rc = uploads_announce(&call->uploads, in->announce, err);
    }
    piece_destroy(piece);
    request_credit(call->uploads.request, 1);
    return rc;
}

static void on_piece_take(struct request *request, struct piece *piece)
{
    struct err err = {0};
    struct add_call *call = request->state;
    if (call->done) {
        piece_destroy(piece);
    } else if (take_piece(call, piece, &err) != 0) {
        request_give_up(request, &err);
    }
}

/* What the call itself says of each document: too much of it is a mistake in the
 * call, as too long a query is, and no source that failed. */
static int own_meta_in(struct request *request, const Ragd__V1__AddStart *in,
                       struct ragd_kvs *out, struct err *err)
{
    struct values_entries entries = {in->metadata, in->n_metadata};
    int rc = values_in(&request->arena, entries, request->services->limits, out, err);
    if (rc != 0 && err->id == ERR_LIMIT) {
        rc = err_set(err, ERR_INVALID, "%s", err->msg);
    }
    return rc;
}

static int add_in(struct request *request, struct add *add, struct err *err)
{
    const Ragd__V1__AddStart *in = (const Ragd__V1__AddStart *)request->message;
    struct arena *arena = &request->arena;
    struct options_in options = {in->loader_options, in->n_loader_options};
    add->collection = ragd_cs(in->collection);
    add->embedder = ragd_cs(in->embedder);
    add->retry_failed = in->retry_failed != 0;
    add->n_sources = in->n_sources;
    int rc = splitter_in(arena, in->splitter, &add->splitter, err);
    rc = rc ? rc : loader_options_in(arena, options, &add->loader_options, err);
    rc = rc ? rc : own_meta_in(request, in, &add->meta, err);
    return rc ? rc
              : strings_in(arena, (struct strings_in){in->sources, in->n_sources},
                           &add->sources, err);
}

static void start_add(struct request *request, bool preview)
{
    struct err err = {0};
    struct add_call *call = op_create(request, sizeof(*call), on_added);
    if (!call) {
        return;
    }
    struct add *add = &call->add;
    if (add_in(request, add, &err) != 0) {
        op_reject(request, &err);
        return;
    }
    uploads_init(&call->uploads, request, add);
    call->uploads.on_quiet = on_quiet;
    request->on_stop = on_stop;
    request->on_piece_take = on_piece_take;
    request->on_half_close = on_half_close;
    add->preview = preview;
    add->on_started = on_started;
    add->on_want = on_want;
    add->on_idle = on_idle;
    add->on_progress = on_progress;
    add->on_preview = preview ? on_preview : NULL;
    add->on_result = on_result;
    add_start(add);
    request_credit(request, UPLOADS_WINDOW);
}

void handle_documents_add(struct request *request)
{
    start_add(request, false);
}

void handle_documents_preview(struct request *request)
{
    start_add(request, true);
}
