/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "support/sp_server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ragd/v1/frame.pb-c.h"

enum { CALLS = 64, UPLOAD_WINDOW = 4 };

struct open_call {
    uint64_t id;
    enum { IDLE, COUNTING, UPLOADING, WAITING, DEAF } state;
    uint64_t sent, total; /* messages down; bytes up */
    uint32_t credit;
};

struct sp_server {
    pthread_t thread;
    int listener, stop[2], fd;
    char path[108];
    char boot_id[32];
    atomic_uint refuse, cancelled;
    atomic_bool mute;
    struct open_call calls[CALLS];
};

static bool write_all(int fd, const void *p, size_t n)
{
    const uint8_t *at = p;
    while (n > 0) {
        ssize_t done = send(fd, at, n, MSG_NOSIGNAL);
        if (done <= 0) {
            return false;
        }
        at += done;
        n -= (size_t)done;
    }
    return true;
}

/* Also ends when the server is to stop. */
static bool read_all(struct sp_server *server, void *p, size_t n)
{
    uint8_t *at = p;
    while (n > 0) {
        struct pollfd wait[2] = {{.fd = server->fd, .events = POLLIN},
                                 {.fd = server->stop[0], .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 || wait[1].revents) {
            return false;
        }
        ssize_t done = recv(server->fd, at, n, 0);
        if (done <= 0) {
            return false;
        }
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static void put_length(uint8_t head[9], uint64_t n)
{
    head[0] = 1;
    for (int i = 0; i < 8; i++) {
        head[1 + i] = (uint8_t)(n >> (56 - 8 * i));
    }
}

static bool send_bytes(struct sp_server *server, const void *p, size_t n)
{
    uint8_t head[9];
    put_length(head, n);
    return write_all(server->fd, head, sizeof(head)) && write_all(server->fd, p, n);
}

static bool send_frame(struct sp_server *server, const Ragd__V1__Frame *frame)
{
    size_t n = ragd__v1__frame__get_packed_size(frame);
    uint8_t *body = malloc(n + 1);
    ragd__v1__frame__pack(frame, body);
    bool sent = send_bytes(server, body, n);
    free(body);
    return sent;
}

static bool send_data(struct sp_server *server, struct open_call *call, uint64_t seq)
{
    char text[32];
    snprintf(text, sizeof(text), "message %llu", (unsigned long long)seq);
    Ragd__V1__Data data = RAGD__V1__DATA__INIT;
    data.seq = seq;
    data.body.data = (uint8_t *)text;
    data.body.len = strlen(text);
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = call->id;
    frame.kind_case = RAGD__V1__FRAME__KIND_DATA;
    frame.data = &data;
    return send_frame(server, &frame);
}

static bool send_credit(struct sp_server *server, uint64_t id, uint32_t n)
{
    Ragd__V1__Credit credit = RAGD__V1__CREDIT__INIT;
    credit.messages = n;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = id;
    frame.kind_case = RAGD__V1__FRAME__KIND_CREDIT;
    frame.credit = &credit;
    return send_frame(server, &frame);
}

static bool send_end(struct sp_server *server, struct open_call *call, Ragd__V1__End *end)
{
    end->last_seq = call->sent;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.call_id = call->id;
    frame.kind_case = RAGD__V1__FRAME__KIND_END;
    frame.end = end;
    call->state = IDLE;
    return send_frame(server, &frame);
}

static bool send_away(struct sp_server *server, unsigned code, uint64_t last)
{
    Ragd__V1__GoAway away = RAGD__V1__GO_AWAY__INIT;
    away.code = code;
    away.last_call_id = last;
    away.message = (char *)"going away";
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.kind_case = RAGD__V1__FRAME__KIND_GO_AWAY;
    frame.go_away = &away;
    return send_frame(server, &frame);
}

static bool fail(struct sp_server *server, struct open_call *call)
{
    Ragd__V1__Error error = RAGD__V1__ERROR__INIT;
    error.code = (char *)"no_such_collection";
    error.message = (char *)"no collection papers";
    error.why = (char *)"nobody made it";
    error.hint = (char *)"rag ls";
    error.exit = 6;
    uint8_t details[256];
    Ragd__V1__End end = RAGD__V1__END__INIT;
    end.code = 5;
    end.message = (char *)"not found";
    end.details.len = ragd__v1__error__pack(&error, details);
    end.details.data = details;
    return send_end(server, call, &end);
}

static bool go_on_counting(struct sp_server *server, struct open_call *call)
{
    while (call->sent < call->total && call->credit > 0) {
        call->credit--;
        if (!send_data(server, call, ++call->sent)) {
            return false;
        }
    }
    if (call->sent < call->total) {
        return true;
    }
    Ragd__V1__End end = RAGD__V1__END__INIT;
    return send_end(server, call, &end);
}

static struct open_call *new_call(struct sp_server *server, uint64_t id)
{
    for (int i = 0; i < CALLS; i++) {
        if (server->calls[i].state == IDLE) {
            server->calls[i] = (struct open_call){.id = id};
            return &server->calls[i];
        }
    }
    return NULL;
}

static bool on_bad_method(struct sp_server *server, struct open_call *call,
                          const char *name)
{
    if (strcmp(name, "t/Skip") == 0) {
        call->state = DEAF;
        return send_data(server, call, 2);
    }
    if (strcmp(name, "t/Flood") == 0) {
        call->state = DEAF;
        for (uint64_t i = 1; i <= (uint64_t)call->credit + 1; i++) {
            if (!send_data(server, call, i)) {
                return false;
            }
        }
        return true;
    }
    if (strcmp(name, "t/Away") == 0) {
        return send_away(server, 14, call->id - 1);
    }
    if (strcmp(name, "t/Garbage") == 0) {
        return send_bytes(server, "\xff\xff\xff", 3);
    }
    return false; /* t/Drop */
}

static bool on_call(struct sp_server *server, uint64_t id, Ragd__V1__Call *asked)
{
    struct open_call *call = new_call(server, id);
    call->credit = asked->credit;
    const char *name = asked->method;
    if (strcmp(name, "t/Echo") == 0) {
        Ragd__V1__End end = RAGD__V1__END__INIT;
        end.body = asked->body;
        return send_end(server, call, &end);
    }
    if (strcmp(name, "t/Count") == 0) {
        char text[32] = "";
        memcpy(text, asked->body.data, asked->body.len);
        call->total = strtoull(text, NULL, 10);
        call->state = COUNTING;
        return go_on_counting(server, call);
    }
    if (strcmp(name, "t/Upload") == 0) {
        call->state = UPLOADING;
        return send_credit(server, id, UPLOAD_WINDOW);
    }
    if (strcmp(name, "t/Fail") == 0) {
        return fail(server, call);
    }
    if (strcmp(name, "t/Wait") == 0 || strcmp(name, "t/Deaf") == 0) {
        call->state = name[2] == 'W' ? WAITING : DEAF;
        return true;
    }
    return on_bad_method(server, call, name);
}

static struct open_call *find(struct sp_server *server, uint64_t id)
{
    for (int i = 0; i < CALLS; i++) {
        if (server->calls[i].state != IDLE && server->calls[i].id == id) {
            return &server->calls[i];
        }
    }
    return NULL;
}

static bool on_data(struct sp_server *server, struct open_call *call, Ragd__V1__Data *data)
{
    call->total += data->body.len;
    if (!data->last) {
        return send_credit(server, call->id, 1);
    }
    char text[32];
    snprintf(text, sizeof(text), "%llu", (unsigned long long)call->total);
    Ragd__V1__End end = RAGD__V1__END__INIT;
    end.body.data = (uint8_t *)text;
    end.body.len = strlen(text);
    return send_end(server, call, &end);
}

static bool on_cancel(struct sp_server *server, struct open_call *call)
{
    atomic_fetch_add(&server->cancelled, 1);
    if (call->state == DEAF) {
        return true;
    }
    Ragd__V1__End end = RAGD__V1__END__INIT;
    end.code = 1;
    end.message = (char *)"cancelled";
    return send_end(server, call, &end);
}

static bool on_hello(struct sp_server *server)
{
    unsigned refuse = atomic_load(&server->refuse);
    if (refuse) {
        send_away(server, refuse, 0);
        return false;
    }
    if (atomic_load(&server->mute)) {
        return true;
    }
    Ragd__V1__HelloAck ack = RAGD__V1__HELLO_ACK__INIT;
    ack.major = 1;
    ack.server = (char *)"test 1";
    ack.boot_id = server->boot_id;
    ack.max_message = 1 << 20;
    ack.max_calls = CALLS;
    Ragd__V1__Frame frame = RAGD__V1__FRAME__INIT;
    frame.kind_case = RAGD__V1__FRAME__KIND_HELLO_ACK;
    frame.hello_ack = &ack;
    return send_frame(server, &frame);
}

static bool on_frame(struct sp_server *server, Ragd__V1__Frame *frame)
{
    struct open_call *call = find(server, frame->call_id);
    switch (frame->kind_case) {
    case RAGD__V1__FRAME__KIND_HELLO: return on_hello(server);
    case RAGD__V1__FRAME__KIND_CALL: return on_call(server, frame->call_id, frame->call);
    case RAGD__V1__FRAME__KIND_DATA: return !call || on_data(server, call, frame->data);
    case RAGD__V1__FRAME__KIND_CANCEL: return !call || on_cancel(server, call);
    case RAGD__V1__FRAME__KIND_CREDIT:
        if (!call || call->state != COUNTING) {
            return true;
        }
        call->credit += frame->credit->messages;
        return go_on_counting(server, call);
    default: return true;
    }
}

static bool serve_one(struct sp_server *server)
{
    uint8_t head[9];
    if (!read_all(server, head, sizeof(head))) {
        return false;
    }
    uint64_t n = 0;
    for (int i = 1; i < 9; i++) {
        n = n << 8 | head[i];
    }
    uint8_t *body = malloc((size_t)n + 1);
    bool good = read_all(server, body, (size_t)n);
    Ragd__V1__Frame *frame = good ? ragd__v1__frame__unpack(NULL, (size_t)n, body) : NULL;
    free(body);
    good = frame && on_frame(server, frame);
    if (frame) {
        ragd__v1__frame__free_unpacked(frame, NULL);
    }
    return good;
}

static void *serve(void *arg)
{
    static const uint8_t HEADER[8] = {0, 'S', 'P', 0, 0, 0x10, 0, 0};
    struct sp_server *server = arg;
    for (;;) {
        struct pollfd wait[2] = {{.fd = server->listener, .events = POLLIN},
                                 {.fd = server->stop[0], .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 || wait[1].revents) {
            return NULL;
        }
        server->fd = accept(server->listener, NULL, NULL);
        memset(server->calls, 0, sizeof(server->calls));
        uint8_t peer[8];
        if (read_all(server, peer, sizeof(peer)) &&
            write_all(server->fd, HEADER, sizeof(HEADER))) {
            while (serve_one(server)) {
            }
        }
        close(server->fd);
    }
}

struct sp_server *sp_server_start(const char *path, const char *boot_id)
{
    struct sp_server *server = calloc(1, sizeof(*server));
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    snprintf(server->path, sizeof(server->path), "%s", path);
    snprintf(server->boot_id, sizeof(server->boot_id), "%s", boot_id);
    unlink(path);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server->listener, (struct sockaddr *)&at, sizeof(at)) ||
        listen(server->listener, 8) || pipe(server->stop) ||
        pthread_create(&server->thread, NULL, serve, server)) {
        abort();
    }
    return server;
}

void sp_server_refuse(struct sp_server *server, unsigned code)
{
    atomic_store(&server->refuse, code);
}

void sp_server_mute(struct sp_server *server, bool mute)
{
    atomic_store(&server->mute, mute);
}

unsigned sp_server_cancelled(struct sp_server *server)
{
    return atomic_load(&server->cancelled);
}

void sp_server_stop(struct sp_server *server, bool stale)
{
    if (write(server->stop[1], "x", 1) != 1) {
        abort();
    }
    pthread_join(server->thread, NULL);
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
    if (!stale) {
        unlink(server->path);
    }
    free(server);
}
