/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A connection's bytes: SP framing, frames, calls, and what handlers make of
 * their messages. Methods are the daemon's, their handlers only convert.
 *
 * The first byte chooses the peer: bit 0 tcp, bit 1 REQ0, bit 2 with the
 * handshake and Hello done. Time stands still.
 */
#include <stdlib.h>

#include "core/clock.h"
#include "core/log.h"
#include "ragd/v1/collections.pb-c.h"
#include "ragd/v1/documents.pb-c.h"
#include "ragd/v1/query.pb-c.h"
#include "ragd/v1/records.pb-c.h"
#include "rpc/convert_in.h"
#include "rpc/convert_manifest.h"
#include "rpc/front.h"
#include "rpc/session.h"
#include "wire/codec.h"
#include "wire/filter.h"
#include "wire/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { METHODS_MAX = 64, MESSAGE_MAX = 1 << 20 };

static struct limits limits;
static struct method rows[METHODS_MAX];
static struct method_table table = {rows, 0};
static int finished;

static void convert_search(struct arena *arena, const Ragd__V1__SearchRequest *in)
{
    struct ragd_filter filter;
    enum search_mode mode;
    struct err err;
    include_in(in->include);
    mode_in(in->mode, &mode, &err);
    filter_in(arena, in->filter, &limits, &filter, &err);
    for (size_t i = 0; i < in->n_queries; i++) {
        filter_in(arena, in->queries[i]->filter, &limits, &filter, &err);
    }
}

static void convert_upsert(struct arena *arena, const Ragd__V1__RecordsUpsertRequest *in)
{
    struct record_in record;
    struct err err;
    for (size_t i = 0; i < in->n_records; i++) {
        record_in(arena, in->records[i], &limits, &record, &err);
    }
}

static void convert_add(struct arena *arena, const Ragd__V1__AddStart *in)
{
    struct splitter_spec splitter;
    struct ragd_kvs kvs;
    struct err err;
    splitter_in(arena, in->splitter, &splitter, &err);
    loader_options_in(arena, (struct options_in){in->loader_options, in->n_loader_options},
                      &kvs, &err);
    values_in(arena, (struct values_entries){in->metadata, in->n_metadata}, &limits, &kvs,
              &err);
}

static void convert_item(struct arena *arena, const Ragd__V1__ImportItem *in)
{
    struct import_item item = {0};
    struct manifest manifest;
    struct ragd_stored_doc doc;
    struct err err;
    switch (in->kind_case) {
    case RAGD__V1__IMPORT_ITEM__KIND_MANIFEST:
        manifest_in(arena, in->manifest, &limits, &manifest, &err);
        break;
    case RAGD__V1__IMPORT_ITEM__KIND_DOCUMENT:
        document_in(arena, in->document, &limits, &doc, &err);
        break;
    case RAGD__V1__IMPORT_ITEM__KIND_RECORD:
        chunk_in(arena, in->record, &limits, &item, &err);
        break;
    default: break;
    }
}

static void on_piece_take(struct request *request, struct piece *piece)
{
    if (piece->message->descriptor == &ragd__v1__import_piece__descriptor) {
        const Ragd__V1__ImportPiece *in = (const Ragd__V1__ImportPiece *)piece->message;
        for (size_t i = 0; i < in->n_items; i++) {
            convert_item(&piece->arena, in->items[i]);
        }
    }
    piece_destroy(piece);
    request_credit(request, 1);
}

static void end(struct request *request)
{
    request_end(request, NULL);
}

static void on_stop(struct request *request, enum request_stop why)
{
    (void)why;
    end(request);
}

static void do_convert(struct request *request)
{
    const ProtobufCMessage *message = request->message;
    if (message->descriptor == &ragd__v1__search_request__descriptor) {
        convert_search(&request->arena, (const Ragd__V1__SearchRequest *)message);
    } else if (message->descriptor == &ragd__v1__records_upsert_request__descriptor) {
        convert_upsert(&request->arena, (const Ragd__V1__RecordsUpsertRequest *)message);
    } else if (message->descriptor == &ragd__v1__add_start__descriptor) {
        convert_add(&request->arena, (const Ragd__V1__AddStart *)message);
    }
    if (request->method->shape != METHOD_BOTH) {
        request_send(request, message); /* any message will do */
        end(request);
        return;
    }
    request->on_stop = on_stop;
    request->on_piece_take = on_piece_take;
    request->on_half_close = end;
    request_credit(request, 4);
}

static void on_send(void *arg, struct ragd_bytes trace, const Ragd__V1__Frame *frame)
{
    struct buf buf = {0};
    struct err err;
    (void)arg;
    (void)trace;
    /* Whatever we say is well-formed. */
    if (codec_pack(&frame->base, &buf) != 0 ||
        codec_check(&ragd__v1__frame__descriptor, (struct ragd_bytes){buf.p, buf.n},
                    &err)) {
        abort();
    }
    buf_release(&buf);
}

static size_t on_queued(void *arg)
{
    (void)arg;
    return 0;
}

static void on_finish(void *arg)
{
    (void)arg;
    finished = 1;
}

static uint64_t mono_ns(void *arg)
{
    (void)arg;
    return 1000000000;
}

static int64_t unix_ms(void *arg)
{
    (void)arg;
    return 0;
}

static struct rpc *open_rpc(void)
{
    static const struct clock still = {mono_ns, unix_ms, NULL};
    struct rpc *rpc;
    struct err err;
    if (table.n == 0) {
        limits_defaults(&limits);
        limits.message = MESSAGE_MAX;
        clock_install(&still);
        log_setup(2, LOG_TEXT, RAGD_LOG_ERROR);
        for (; table.n < METHODS.n && table.n < METHODS_MAX; table.n++) {
            rows[table.n] = METHODS.rows[table.n];
            rows[table.n].start = do_convert;
        }
    }
    struct rpc_settings settings = {.limits = &limits,
                                    .methods = &table,
                                    .server = "fuzz",
                                    .boot_id = "fuzz"};
    if (token_set(&settings.token, "t") != 0 || rpc_create(&settings, &rpc, &err) != 0) {
        abort();
    }
    return rpc;
}

static void say_hello(struct session *session)
{
    Ragd__V1__Hello hello = RAGD__V1__HELLO__INIT;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    struct buf buf = {0};
    hello.major = SESSION_MAJOR;
    hello.token = "t";
    frame.kind_case = RAGD__V1__FRAME__KIND_HELLO;
    frame.hello = &hello;
    if (codec_pack(&frame.base, &buf) == 0) {
        session_message(session, (struct ragd_bytes){buf.p, buf.n});
    }
    buf_release(&buf);
}

static struct session *open_session(struct rpc *rpc, uint16_t peer, unsigned choice)
{
    struct session_link link = {on_send, on_queued, on_finish, NULL};
    struct session_peer who = {.remote = choice & 1,
                               .requests = peer == SP_REQ0,
                               .name = "fuzz"};
    struct session *session = session_create(rpc, link, &who);
    if (session && (choice & 4) && !who.requests) {
        say_hello(session);
    }
    return session;
}

/* Reads the bytes as the connection does. */
static void talk(struct rpc *rpc, struct ragd_bytes in, unsigned choice)
{
    struct sp_reader reader;
    struct session *session = NULL;
    struct ragd_bytes message;
    struct err err;
    int event = SP_PEER;
    sp_reader_init(&reader, choice & 1 ? SP_TCP : SP_IPC, limits.message);
    if (choice & 4) {
        reader.peer = choice & 2 ? SP_REQ0 : SP_PAIR0;
        session = open_session(rpc, reader.peer, choice);
    }
    for (finished = 0; event > 0 && !finished;) {
        event = sp_reader_next(&reader, &in, &message, &err);
        if (event == SP_PEER) {
            session = open_session(rpc, reader.peer, choice);
        } else if (event == SP_MESSAGE) {
            session_message(session, message);
        }
    }
    sp_reader_release(&reader);
    if (session) {
        session_lost(session);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    struct rpc *rpc = open_rpc();
    talk(rpc, (struct ragd_bytes){data + 1, n - 1}, data[0]);
    timer_run_due();
    if (!list_empty(&rpc->lost) || rpc->decoded_bytes != 0 || rpc->n_working != 0) {
        abort(); /* a call was forgotten */
    }
    rpc_destroy(rpc);
    return 0;
}
