/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The C client library's part in the conversation that all clients hold with a
 * daemon: unary, upload, stream down, cancel, deadline.
 *
 *   client_talk URL TOKEN SOURCE SHA256HEX TEXT
 *
 * Adds TEXT under the name SOURCE, finds it again, and says "ok"; else says
 * what went wrong and exits with 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ragclient.h"
#include "ragd/v1/admin.pb-c.h"
#include "ragd/v1/documents.pb-c.h"
#include "ragd/v1/query.pb-c.h"

enum { WAIT_MS = 30000, PACKED_BYTES_MAX = 1 << 16, HASH_BYTES = 32 };

static struct ragc_error error;

static void fail(const char *step)
{
    fprintf(stderr, "%s: status %d: %s (%s)\n", step, error.status, error.message,
            error.code);
    exit(1);
}

static void demand(int holds, const char *step)
{
    if (!holds) {
        fail(step);
    }
}

struct packed {
    uint8_t p[PACKED_BYTES_MAX];
    size_t n;
};

static void pack(struct packed *out, const ProtobufCMessage *message)
{
    demand(protobuf_c_message_get_packed_size(message) <= sizeof(out->p), "pack");
    out->n = protobuf_c_message_pack(message, out->p);
}

static struct ragc_call *start(struct ragc *conn, const char *method,
                               const ProtobufCMessage *body, uint64_t timeout_ms)
{
    static struct packed packed;
    struct ragc_call *call = NULL;
    pack(&packed, body);
    struct ragc_request request = {.method = method,
                                   .body = packed.p,
                                   .body_bytes = packed.n,
                                   .timeout_ms = timeout_ms};
    demand(ragc_start(conn, &request, &call, &error) == 0, method);
    return call;
}

static void talk_unary(struct ragc *conn)
{
    struct ragc_request request = {.method = "ragd.v1.Health/Check"};
    uint8_t *body = NULL;
    size_t n = 0;
    demand(ragc_unary(conn, &request, &body, &n, &error) == 0, "unary");
    Ragd__V1__HealthReply *reply = ragd__v1__health_reply__unpack(NULL, n, body);
    demand(reply && strcmp(reply->state, "ready") == 0, "state");
    ragd__v1__health_reply__free_unpacked(reply, NULL);
    free(body);
}

static void send_piece(struct ragc_call *call, const Ragd__V1__AddPiece *piece)
{
    static struct packed packed;
    pack(&packed, &piece->base);
    demand(ragc_send(call, packed.p, packed.n, 0, WAIT_MS) == 0, "send");
}

static void announce(struct ragc_call *call, char *const *args)
{
    static uint8_t hash[HASH_BYTES];
    Ragd__V1__Announce source = RAGD__V1__ANNOUNCE__INIT;
    Ragd__V1__AddPiece piece = RAGD__V1__ADD_PIECE__INIT;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        unsigned byte = 0;
        demand(sscanf(args[1] + 2 * i, "%2x", &byte) == 1, "hash");
        hash[i] = (uint8_t)byte;
    }
    source.source = args[0];
    source.name = "talk.txt";
    source.size = strlen(args[2]);
    source.sha256 = (ProtobufCBinaryData){HASH_BYTES, hash};
    piece.kind_case = RAGD__V1__ADD_PIECE__KIND_ANNOUNCE;
    piece.announce = &source;
    send_piece(call, &piece);
}

static void send_content(struct ragc_call *call, uint32_t index, char *text)
{
    Ragd__V1__Content content = RAGD__V1__CONTENT__INIT;
    Ragd__V1__AddPiece piece = RAGD__V1__ADD_PIECE__INIT;
    content.index = index;
    content.bytes = (ProtobufCBinaryData){strlen(text), (uint8_t *)text};
    content.last = 1;
    piece.kind_case = RAGD__V1__ADD_PIECE__KIND_CONTENT;
    piece.content = &content;
    send_piece(call, &piece);
    demand(ragc_send(call, NULL, 0, RAGC_LAST, WAIT_MS) == 0, "close our half");
}

/* Returns whether the source was added. */
static int on_add_event(struct ragc_call *call, const Ragd__V1__AddEvent *event, char *text)
{
    if (event->kind_case == RAGD__V1__ADD_EVENT__KIND_WANT) {
        send_content(call, event->want->index, text);
    }
    return event->kind_case == RAGD__V1__ADD_EVENT__KIND_TOTALS &&
           event->totals->added == 1;
}

static void talk_upload(struct ragc *conn, char *const *args)
{
    Ragd__V1__AddStart body = RAGD__V1__ADD_START__INIT;
    struct ragc_call *call = start(conn, "ragd.v1.Documents/Add", &body.base, 0);
    const uint8_t *p;
    size_t n;
    int rc, added = 0;
    announce(call, args);
    while ((rc = ragc_recv(call, WAIT_MS, &p, &n, &error)) == RAGC_MESSAGE) {
        Ragd__V1__AddEvent *event = ragd__v1__add_event__unpack(NULL, n, p);
        demand(event != NULL, "event");
        added |= on_add_event(call, event, args[2]);
        ragd__v1__add_event__free_unpacked(event, NULL);
    }
    demand(rc == RAGC_ENDED && added, "upload");
    ragc_release(call);
}

static void talk_stream(struct ragc *conn, const char *source, char *text)
{
    Ragd__V1__SearchRequest body = RAGD__V1__SEARCH_REQUEST__INIT;
    Ragd__V1__QueryInput query = RAGD__V1__QUERY_INPUT__INIT, *queries[] = {&query};
    query.text = text;
    body.n_queries = 1;
    body.queries = queries;
    struct ragc_call *call = start(conn, "ragd.v1.Query/Search", &body.base, 0);
    const uint8_t *p;
    size_t n;
    int rc, parts = 0, found = 0;
    while ((rc = ragc_recv(call, WAIT_MS, &p, &n, &error)) == RAGC_MESSAGE) {
        Ragd__V1__SearchReply *reply = ragd__v1__search_reply__unpack(NULL, n, p);
        demand(reply != NULL, "reply");
        parts++;
        for (size_t i = 0; reply->kind_case == RAGD__V1__SEARCH_REPLY__KIND_HITS &&
                           i < reply->hits->n_hits;
             i++) {
            found |= strcmp(reply->hits->hits[i]->chunk->source, source) == 0;
        }
        ragd__v1__search_reply__free_unpacked(reply, NULL);
    }
    demand(rc == RAGC_ENDED && parts == 3 && found, "stream");
    ragc_release(call);
}

/* A call without an end, ended by us or by its deadline. */
static void talk_watch(struct ragc *conn, uint64_t timeout_ms, int status)
{
    Ragd__V1__HealthRequest body = RAGD__V1__HEALTH_REQUEST__INIT;
    struct ragc_call *call = start(conn, "ragd.v1.Health/Watch", &body.base, timeout_ms);
    const uint8_t *p;
    size_t n;
    demand(ragc_recv(call, WAIT_MS, &p, &n, &error) == RAGC_MESSAGE, "watch");
    if (timeout_ms == 0) {
        ragc_cancel(call, "enough");
    }
    demand(ragc_recv(call, WAIT_MS, &p, &n, &error) == -status, "the end of the watch");
    ragc_release(call);
}

int main(int argc, char **argv)
{
    struct ragc *conn = NULL;
    if (argc != 6) {
        fprintf(stderr, "client_talk URL TOKEN SOURCE SHA256HEX TEXT\n");
        return 2;
    }
    struct ragc_options options = {.url = argv[1],
                                   .token = argv[2],
                                   .client = "client_talk"};
    demand(ragc_connect(&options, &conn, &error) == 0, "connect");
    talk_unary(conn);
    talk_upload(conn, argv + 3);
    talk_stream(conn, argv[3], argv[5]);
    talk_watch(conn, 0, RAGC_CANCELLED);
    talk_watch(conn, 50, RAGC_DEADLINE_EXCEEDED);
    talk_unary(conn);
    ragc_close(conn);
    puts("ok");
    return 0;
}
