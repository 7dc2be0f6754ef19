/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The daemon's front without the daemon behind it: sessions and streams over
 * real sockets, with methods made for tests of clients.
 *
 *   rpc_server URL [TOKEN]     prints "ready", ends on SIGTERM or SIGINT
 *
 * test.Talk/Echo   unary   EmbedRequest -> HealthReply: the texts, joined
 * test.Talk/Count  down    EmbedRequest -> HealthReply: as many as there are
 *                          characters in embedder, times 1000
 * test.Talk/Sum    both    EmbedRequest, HealthReply* -> one HealthReply: the
 *                          bytes of all pieces
 * and the daemon's Health and Reflection.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mem.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "loop/workers.h"
#include "ragd/v1/admin.pb-c.h"
#include "ragd/v1/query.pb-c.h"
#include "rpc/bind.h"
#include "rpc/handle.h"
#include "rpc/request.h"
#include "rpc/rpc.h"

enum { COUNT_UNIT = 1000, PIECES = 4 /* credit of an upload */ };

static struct rpc *rpc;

static void reply(struct request *request, const char *text,
                  void (*send)(struct request *, const ProtobufCMessage *))
{
    Ragd__V1__HealthReply message = RAGD__V1__HEALTH_REPLY__INIT;
    message.state = (char *)text;
    send(request, &message.base);
}

static void do_echo(struct request *request)
{
    const Ragd__V1__EmbedRequest *in = (const Ragd__V1__EmbedRequest *)request->message;
    struct buf text = {0};
    for (size_t i = 0; i < in->n_texts; i++) {
        buf_puts(&text, in->texts[i]);
    }
    buf_put(&text, "", 1);
    reply(request, (const char *)text.p, request_end);
    buf_release(&text);
}

struct talk {
    size_t left;  /* messages to send, or pieces until the next credit */
    size_t bytes; /* received */
};

static void on_stop(struct request *request, enum request_stop why)
{
    (void)why;
    mem_free(request->state);
    request_end(request, NULL);
}

static struct talk *start_talk(struct request *request)
{
    struct talk *talk = mem_calloc(1, sizeof(*talk));
    request->state = talk;
    request->on_stop = on_stop;
    return talk;
}

static void send_counts(struct request *request)
{
    struct talk *talk = request->state;
    while (talk->left > 0 && request_ready(request)) {
        char text[32];
        snprintf(text, sizeof(text), "%zu", talk->left--);
        reply(request, text, request_send);
    }
    if (talk->left == 0) {
        on_stop(request, STOP_CANCELLED);
    }
}

static void do_count(struct request *request)
{
    const Ragd__V1__EmbedRequest *in = (const Ragd__V1__EmbedRequest *)request->message;
    start_talk(request)->left = strlen(in->embedder) * COUNT_UNIT;
    request->on_ready = send_counts;
    send_counts(request);
}

static void on_piece_take(struct request *request, struct piece *piece)
{
    struct talk *talk = request->state;
    talk->bytes += strlen(((const Ragd__V1__HealthReply *)piece->message)->state);
    piece_destroy(piece);
    request_credit(request, 1);
}

static void on_half_close(struct request *request)
{
    struct talk *talk = request->state;
    char text[32];
    snprintf(text, sizeof(text), "%zu", talk->bytes);
    reply(request, text, request_send);
    on_stop(request, STOP_CANCELLED);
}

static void do_sum(struct request *request)
{
    start_talk(request);
    request->on_piece_take = on_piece_take;
    request->on_half_close = on_half_close;
    request_credit(request, PIECES);
}

#define EMBED &ragd__v1__embed_request__descriptor
#define HEALTH &ragd__v1__health_request__descriptor
#define REPLY &ragd__v1__health_reply__descriptor
#define SCHEMA &ragd__v1__schema_reply__descriptor
enum { READ = METHOD_READ_ONLY, LIGHT = METHOD_READ_ONLY | METHOD_LIGHT };

/* clang-format off */
static const struct method rows[] = {
    {"test.Talk/Echo", METHOD_UNARY, ACCESS_PEER, READ, EMBED, NULL, REPLY, do_echo},
    {"test.Talk/Count", METHOD_DOWN, ACCESS_PEER, READ, EMBED, NULL, REPLY, do_count},
    {"test.Talk/Sum", METHOD_BOTH, ACCESS_PEER, 0, EMBED, REPLY, REPLY, do_sum},
    {"ragd.v1.Health/Check", METHOD_UNARY, ACCESS_NONE, LIGHT, HEALTH, NULL, REPLY,
     handle_health_check},
    {"ragd.v1.Health/Watch", METHOD_DOWN, ACCESS_NONE, LIGHT, HEALTH, NULL, REPLY,
     handle_health_watch},
    {"ragd.v1.Reflection/Schema", METHOD_UNARY, ACCESS_NONE, LIGHT,
     &ragd__v1__schema_request__descriptor, NULL, SCHEMA, handle_reflection_schema},
};
/* clang-format on */

static void on_drained(void *arg)
{
    (void)arg;
    loop_stop();
}

static void on_signal(int signum)
{
    (void)signum;
    rpc_drain(rpc, on_drained, NULL);
}

static int serve(const char *url, const struct rpc_settings *settings, struct err *err)
{
    struct bound bound;
    int rc = bind_url(&bound, url, 0600, err);
    if (rc != 0) {
        return rc;
    }
    rc = rpc_create(settings, &rpc, err);
    rc = rc ? rc : rpc_listen(rpc, bound.fd, bound.kind, err);
    if (rc == 0) {
        bound.fd = -1;
        rpc_set_state(rpc, "ready");
        puts("ready");
        fflush(stdout);
        loop_run();
    }
    rpc_destroy(rpc);
    bound_release(&bound);
    return rc;
}

int main(int argc, char **argv)
{
    static const struct method_table methods = {rows, sizeof(rows) / sizeof(rows[0])};
    static const int signums[] = {SIGTERM, SIGINT, 0};
    struct limits limits;
    struct err err = {0};
    limits_defaults(&limits);
    struct rpc_settings settings = {
        .limits = &limits,
        .methods = &methods,
        .server = "rpc_server",
        .boot_id = "test",
        .uid = (uint32_t)geteuid(),
    };
    log_setup(2, LOG_TEXT, RAGD_LOG_DEBUG);
    if (argc < 2 || loop_init(&limits, &err) != 0 ||
        (argc > 2 && token_set(&settings.token, argv[2]) != 0)) {
        fprintf(stderr, "rpc_server URL [TOKEN]: %s\n", err.msg);
        return 2;
    }
    workers_init(&limits);
    signals_start(signums, on_signal);
    int rc = serve(argv[1], &settings, &err);
    if (rc != 0) {
        fprintf(stderr, "rpc_server: %s\n", err.msg);
    }
    signals_close();
    loop_release();
    return rc ? 1 : 0;
}
