/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Collections/Import.
 *
 * happy path: pieces come in; while the engine has room the next one is
 * pushed, and once it has taken it the caller may send another one. A document
 * is held back until the next item shows that its text is whole.
 * failure modes: a bad item fails the import, which then has changed nothing, and
 * so does a caller that brings nothing for too long while the engine waits.
 * on close: a caller that goes away before it has said the end cancels it.
 */
#include <string.h>

#include "core/mem.h"
#include "rag/transfer.h"
#include "ragd/v1/collections.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_manifest.h"
#include "rpc/handle.h"
#include "rpc/op.h"
#include "wire/codec.h"
#include "wire/values.h"

enum {
    WINDOW = 4,                 /* pieces under way */
    COPIED_BYTES_MAX = 1 << 20, /* of a text, as it grows: a millisecond's work */
};

/* A document in memory of its own, which outlives the piece it came in. */
struct held_doc {
    struct list node;
    struct arena arena;
    struct ragd_stored_doc doc;
    struct buf text;
    bool has_room; /* for the longest text */
    uint64_t line;
};

struct import_call {
    struct import import;
    struct list queue;     /* pieces that the engine has not seen */
    struct held_doc *open; /* its text may go on */
    /* Of the push that the engine works on. */
    struct piece *pushed;
    struct arena arena;
    struct list docs;
    bool room;   /* the engine takes a push */
    bool closed; /* the caller brings nothing more */
    bool ended;  /* the engine knows */
};

struct items {
    struct import_item *p;
    size_t n;
};

/* Events. */

static void send_event(struct operation *op, Ragd__V1__ImportEvent__KindCase kind,
                       void *part, void (*send)(struct request *, const ProtobufCMessage *))
{
    Ragd__V1__ImportEvent event = RAGD__V1__IMPORT_EVENT__INIT;
    event.kind_case = kind;
    event.started = part; /* the members of the union are all pointers */
    send(op_request(op), &event.base);
}

static void on_started(struct import *import, struct ragd_str collection, uint64_t job,
                       bool created)
{
    struct arena arena;
    Ragd__V1__Started started = RAGD__V1__STARTED__INIT;
    arena_init(&arena, 0);
    started.collection = text_out(&arena, collection);
    started.job = job;
    started.created = created;
    if (started.collection) {
        send_event(&import->op, RAGD__V1__IMPORT_EVENT__KIND_STARTED, &started,
                   request_send);
    } else {
        op_out_of_memory(&import->op);
    }
    arena_release(&arena);
}

static void on_progress(struct import *import, uint64_t records)
{
    Ragd__V1__Progress progress = RAGD__V1__PROGRESS__INIT;
    progress.stage = "store";
    progress.done = records;
    send_event(&import->op, RAGD__V1__IMPORT_EVENT__KIND_PROGRESS, &progress,
               request_send_latest);
}

/* Held documents. */

static void held_destroy(struct held_doc *held)
{
    if (held) {
        call_memory_release(&held->arena);
        buf_release(&held->text);
        mem_free(held);
    }
}

/* Decodes the message once more into the document's own memory. */
static int hold(struct held_doc *held, const Ragd__V1__Document *in,
                const struct limits *limits, struct err *err)
{
    struct buf packed = {0};
    ProtobufCMessage *copy = NULL;
    int rc = codec_pack(&in->base, &packed) ? err_set(err, ERR_NOMEM, NULL) : 0;
    rc = rc ? rc
            : codec_unpack(&held->arena, in->base.descriptor,
                           (struct ragd_bytes){packed.p, packed.n}, &copy, err);
    buf_release(&packed);
    rc = rc ? rc
            : document_in(&held->arena, (const Ragd__V1__Document *)copy, limits,
                          &held->doc, err);
    if (rc == 0 && buf_put(&held->text, held->doc.text.p, held->doc.text.n) != 0) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    return rc;
}

static int open_doc(struct import_call *call, const Ragd__V1__ImportItem *in,
                    struct err *err)
{
    const struct limits *limits = op_request(&call->import.op)->services->limits;
    struct held_doc *held = mem_calloc(1, sizeof(*held));
    if (!held) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = hold(held, in->document, limits, err);
    if (rc != 0) {
        held_destroy(held);
        return rc;
    }
    held->line = in->line;
    call->open = held;
    return 0;
}

/* The held document is whole: it is the next item. */
static void close_doc(struct import_call *call, struct items *items)
{
    struct held_doc *held = call->open;
    if (held) {
        call->open = NULL;
        if (held->text.n > 0) {
            held->doc.text = (struct ragd_str){(const char *)held->text.p, held->text.n};
        }
        list_init(&held->node);
        list_push(&call->docs, &held->node);
        items->p[items->n].line = held->line;
        items->p[items->n++].doc = &held->doc;
    }
}

static int more_text(struct import_call *call, const char *text, struct err *err)
{
    uint64_t max = op_request(&call->import.op)->services->limits->document_text;
    size_t n = strlen(text);
    if (!call->open) {
        return err_set(err, ERR_INVALID, "more text, but no document before it");
    }
    if (call->open->text.n + n > max) {
        return err_set(
            err, ERR_LIMIT,
            "a document's text of %zu or more bytes, limits.document_text is %llu",
            call->open->text.n + n, (unsigned long long)max);
    }
    struct held_doc *held = call->open;
    if (!held->has_room && held->text.n + n > COPIED_BYTES_MAX) {
        /* Room for all that may come, which costs nothing until it is used: a
         * growing buffer would copy megabytes in one step of the loop. A short
         * text gets none, there may be thousands of them in a message. */
        held->has_room = true;
        (void)buf_reserve(&held->text, max - held->text.n);
    }
    return buf_put(&held->text, text, n) ? err_set(err, ERR_NOMEM, NULL) : 0;
}

/* Pushes. */

static int item_in(struct import_call *call, const Ragd__V1__ImportItem *in,
                   struct items *items, struct err *err)
{
    const struct limits *limits = op_request(&call->import.op)->services->limits;
    if (in->kind_case == RAGD__V1__IMPORT_ITEM__KIND_MORE_TEXT) {
        return more_text(call, in->more_text, err);
    }
    close_doc(call, items);
    if (in->kind_case == RAGD__V1__IMPORT_ITEM__KIND_DOCUMENT) {
        return open_doc(call, in, err);
    }
    struct import_item *item = &items->p[items->n];
    item->line = in->line;
    if (in->kind_case == RAGD__V1__IMPORT_ITEM__KIND_RECORD) {
        items->n++;
        return chunk_in(&call->arena, in->record, limits, item, err);
    }
    if (in->kind_case == RAGD__V1__IMPORT_ITEM__KIND_MANIFEST) {
        struct manifest *manifest = arena_alloc(&call->arena, sizeof(*manifest));
        items->n++;
        item->manifest = manifest;
        return manifest ? manifest_in(&call->arena, in->manifest, limits, manifest, err)
                        : err_set(err, ERR_NOMEM, NULL);
    }
    return 0; /* of a later version */
}

static int items_in(struct import_call *call, const Ragd__V1__ImportPiece *in,
                    struct items *items, struct err *err)
{
    /* One more for a document that was held back. */
    items->p = arena_calloc(&call->arena, in->n_items + 1, sizeof(*items->p));
    items->n = 0;
    if (!items->p) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    for (size_t i = 0; i < in->n_items; i++) {
        int rc = item_in(call, in->items[i], items, err);
        if (rc != 0) {
            if (in->items[i]->line) {
                err_wrap(err, "line %llu", (unsigned long long)in->items[i]->line);
            }
            return rc;
        }
    }
    return 0;
}

/* The engine is done with what was pushed. */
static void drop_pushed(struct import_call *call)
{
    for (struct list *node; (node = list_pop(&call->docs));) {
        held_destroy(LIST_OF(node, struct held_doc, node));
    }
    call_memory_release(&call->arena);
    piece_destroy(call->pushed);
    call->pushed = NULL;
}

static void push(struct import_call *call, const struct items *items)
{
    call->room = false;
    request_await(op_request(&call->import.op), false);
    import_push(&call->import, items->p, items->n);
}

/* The caller has said all: the document that was held back, then the end. */
static void push_end(struct import_call *call)
{
    if (!call->open) {
        call->ended = true;
        request_await(op_request(&call->import.op), false);
        import_end(&call->import);
        return;
    }
    struct items items = {arena_alloc(&call->arena, sizeof(*items.p)), 0};
    if (items.p) {
        close_doc(call, &items);
        push(call, &items);
    } else {
        op_out_of_memory(&call->import.op);
    }
}

/* Hands the next piece to the engine, when it has room and there is one. */
static void pump(struct import_call *call)
{
    struct request *request = op_request(&call->import.op);
    while (call->room && !call->ended && request_heard(request)) {
        struct list *node = list_pop(&call->queue);
        struct items items;
        struct err err = {0};
        if (!node) {
            if (call->closed) {
                push_end(call);
            } else {
                request_await(request, true); /* locks in hand */
            }
            return;
        }
        call->pushed = LIST_OF(node, struct piece, node);
        if (items_in(call, (const Ragd__V1__ImportPiece *)call->pushed->message, &items,
                     &err) != 0) {
            request_give_up(request, &err);
            return;
        }
        request_credit(request, 1);
        if (items.n > 0) {
            push(call, &items);
        } else {
            drop_pushed(call);
        }
    }
}

static void on_room(struct import *import)
{
    struct import_call *call = (struct import_call *)import;
    drop_pushed(call);
    call->room = true;
    pump(call);
}

static void on_piece_take(struct request *request, struct piece *piece)
{
    struct import_call *call = request->state;
    list_push(&call->queue, &piece->node);
    pump(call);
}

static void on_half_close(struct request *request)
{
    struct import_call *call = request->state;
    call->closed = true;
    pump(call);
}

/* The end. */

static void send_totals(const struct import *import)
{
    Ragd__V1__ImportTotals totals = RAGD__V1__IMPORT_TOTALS__INIT;
    totals.records = import->records;
    totals.documents = import->documents;
    totals.manifests = import->manifests;
    totals.embedded = import->embedded;
    totals.took_ms = import->took_ms;
    send_event((struct operation *)&import->op, RAGD__V1__IMPORT_EVENT__KIND_TOTALS,
               &totals, request_send);
}

static void on_imported(struct operation *op)
{
    struct import_call *call = (struct import_call *)op;
    drop_pushed(call);
    for (struct list *node; (node = list_pop(&call->queue));) {
        piece_destroy(LIST_OF(node, struct piece, node));
    }
    held_destroy(call->open);
    if (!op_failed(op)) {
        send_totals(&call->import);
        op_end(op, NULL, NULL);
    }
}

static int import_in(struct request *request, struct import *import, struct err *err)
{
    const Ragd__V1__ImportStart *in = (const Ragd__V1__ImportStart *)request->message;
    import->collection = ragd_cs(in->collection);
    if (!in->settings) {
        return 0;
    }
    struct collection_settings *settings = arena_alloc(&request->arena, sizeof(*settings));
    import->settings = settings;
    return settings ? settings_in(&request->arena, in->settings, settings, err)
                    : err_set(err, ERR_NOMEM, NULL);
}

void handle_collections_import(struct request *request)
{
    struct err err = {0};
    struct import_call *call = op_create(request, sizeof(*call), on_imported);
    if (!call) {
        return;
    }
    list_init(&call->queue);
    list_init(&call->docs);
    call->import.on_started = on_started;
    call->import.on_room = on_room;
    call->import.on_progress = on_progress;
    if (import_in(request, &call->import, &err) != 0) {
        op_reject(request, &err);
        return;
    }
    request->on_piece_take = on_piece_take;
    request->on_half_close = on_half_close;
    import_start(&call->import);
    request_credit(request, WINDOW);
}
