/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Happy path: items gather in a batch; a full one is sent as ragd's credits
 * allow, while its events are taken.
 * Failure modes: a call that ended tells why when its events are taken.
 * On close: the call is cancelled, and ragd takes back what came.
 */
#include "import_call.h"

#include <string.h>

#include "fail.h"
#include "pool.h"

enum {
    BATCH_BYTES = 512 << 10, /* sent once it has this many */
    TEXT_BYTES = 256 << 10,  /* longer texts of documents are sent in parts */
    HEAD_BYTES = 1 << 10,    /* at most around the items of a message */
};

static void on_event(struct import_call *call, const Ragd__V1__ImportEvent *event)
{
    switch (event->kind_case) {
    case RAGD__V1__IMPORT_EVENT__KIND_STARTED:
        snprintf(call->collection, sizeof(call->collection), "%s",
                 event->started->collection);
        call->created = event->started->created;
        break;
    case RAGD__V1__IMPORT_EVENT__KIND_TOTALS: call->totals = *event->totals; break;
    default: break;
    }
}

static void show_progress(struct import_call *call)
{
    struct progress_now now = {.stage = "read", .what = call->from, .done = call->sent};
    progress_show(&call->progress, &now);
}

/* Takes what came. 0 = the call goes on or ended well, else the exit code;
 * *ended tells which. */
static int pump(struct import_call *call, int timeout_ms, bool *ended)
{
    Ragd__V1__ImportEvent *event;
    int got;
    while ((got = stream_next(&call->stream, timeout_ms, &event)) == STREAM_MESSAGE) {
        on_event(call, event);
    }
    *ended = got != STREAM_NOTHING;
    struct ragc_error *error = &call->stream.error;
    if (got < 0 && strcmp(error->code, "no_such_collection") == 0) {
        size_t n = strlen(error->hint);
        snprintf(error->hint + n, sizeof(error->hint) - n, "%s--create makes it",
                 n ? "\n" : "");
    }
    return got < 0 ? stream_fail(&call->stream) : EXIT_DONE;
}

static int send_piece(struct import_call *call, Ragd__V1__ImportPiece *piece)
{
    bool ended = false;
    int rc = EXIT_DONE;
    while (rc == EXIT_DONE && !ended) {
        int sent = stream_send(&call->stream, &piece->base, 0, 1000);
        if (sent == 0) {
            return pump(call, 0, &ended);
        }
        rc = pump(call, 0, &ended);
        show_progress(call);
    }
    return rc ? rc
              : fail(call->stream.rpc->cli,
                     &(struct failure){.exit = EXIT_FAILED,
                                       .code = "internal",
                                       .message = "ragd ended the import before its end"});
}

static int flush_items(struct import_call *call)
{
    if (call->n_items == 0) {
        return EXIT_DONE;
    }
    Ragd__V1__ImportPiece piece = RAGD__V1__IMPORT_PIECE__INIT;
    piece.items = call->items;
    piece.n_items = call->n_items;
    int rc = send_piece(call, &piece);
    call->sent += call->n_items;
    call->n_items = call->bytes = 0;
    show_progress(call);
    return rc;
}

static int fail_size(const struct import_call *call, const Ragd__V1__ImportItem *item,
                     size_t n)
{
    struct rpc *rpc = call->stream.rpc;
    struct ragc_error error = {.status = RAGC_RESOURCE_EXHAUSTED, .code = "limit_exceeded"};
    snprintf(error.message, sizeof(error.message), "line %llu: %zu bytes",
             (unsigned long long)item->line, n);
    snprintf(error.why, sizeof(error.why),
             "it goes in one message, of %llu bytes at most (limits.message)",
             (unsigned long long)ragc_server(rpc->conn)->max_message);
    return fail_call(rpc->cli, &error);
}

static int add_item(struct import_call *call, Ragd__V1__ImportItem *item)
{
    size_t n = ragd__v1__import_item__get_packed_size(item);
    int rc = EXIT_DONE;
    if (n + HEAD_BYTES > ragc_server(call->stream.rpc->conn)->max_message) {
        return fail_size(call, item, n);
    }
    if (call->n_items == IMPORT_BATCH_ITEMS ||
        (call->n_items > 0 && call->bytes + n > BATCH_BYTES)) {
        rc = flush_items(call);
    }
    call->items[call->n_items++] = item;
    call->bytes += n;
    return rc;
}

/* Bytes of the longest part of at most TEXT_BYTES that ends on an edge. */
static size_t text_part(const char *text)
{
    size_t n = strnlen(text, TEXT_BYTES + 1);
    if (n <= TEXT_BYTES) {
        return n;
    }
    n = TEXT_BYTES;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) {
        n--;
    }
    return n;
}

/* A document with a long text: its head, then the rest in items of their own. */
static int add_document(struct import_call *call, Ragd__V1__ImportItem *item)
{
    const char *text = item->document->text;
    size_t n = text_part(text);
    item->document->text = pool_copy(text, n);
    int rc = add_item(call, item);
    for (text += n; rc == EXIT_DONE && *text; text += n) {
        n = text_part(text);
        Ragd__V1__ImportItem *more = pool_alloc(sizeof(*more));
        ragd__v1__import_item__init(more);
        more->kind_case = RAGD__V1__IMPORT_ITEM__KIND_MORE_TEXT;
        more->more_text = pool_copy(text, n);
        rc = add_item(call, more);
    }
    return rc;
}

/* Sent between two lines, so that what they took can be given back there. */
static bool batch_is_full(const struct import_call *call)
{
    return call->n_items == IMPORT_BATCH_ITEMS || call->bytes > BATCH_BYTES / 2;
}

int import_call_open(struct import_call *call, struct rpc *rpc,
                     const Ragd__V1__ImportStart *start)
{
    snprintf(call->collection, sizeof(call->collection), "%s", start->collection);
    return stream_open(&call->stream, rpc, "ragd.v1.Collections/Import", &start->base,
                       &ragd__v1__import_event__descriptor, false);
}

int import_call_put(struct import_call *call, Ragd__V1__ImportItem *item)
{
    int rc = item->kind_case == RAGD__V1__IMPORT_ITEM__KIND_DOCUMENT
                 ? add_document(call, item)
                 : add_item(call, item);
    return rc == EXIT_DONE && batch_is_full(call) ? flush_items(call) : rc;
}

int import_call_finish(struct import_call *call)
{
    bool ended = false;
    int rc = flush_items(call);
    if (rc == EXIT_DONE) {
        stream_send(&call->stream, NULL, RAGC_LAST, 0);
        rc = pump(call, -1, &ended);
    }
    return rc;
}

void import_call_close(struct import_call *call)
{
    stream_close(&call->stream);
}
