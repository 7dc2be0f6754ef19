/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * What the files of the client library share.
 *
 * Thread: whichever uses the struct ragc; one at a time, as ragclient.h says.
 */
#ifndef CLIENT_INTERNAL_H
#define CLIENT_INTERNAL_H

#include <stdbool.h>

#include "link.h"
#include "ragclient.h"

#include "ragd/v1/frame.pb-c.h"

enum {
    PROTOCOL_MAJOR = 1,
    PROTOCOL_MINOR = 0,
    CONNECT_MS = 5000,
    DRAIN_MS = 2000,          /* for open calls to end when closing */
    SEND_MS = 30000,          /* for the daemon to take a frame */
    DEADLINE_GRACE_MS = 2000, /* over a call's own deadline, for its End to arrive */
    WINDOW = 32,              /* messages of a stream under way */
    PINGS_MISSED = 3,
};

#define MAX_MESSAGE ((uint64_t)4 << 20)

/* An arrived body that waits for ragc_recv(). */
struct message {
    struct message *next;
    uint8_t *body; /* owned */
    size_t n;
};

struct ragc_call {
    struct ragc *conn;
    struct ragc_call *next;
    uint64_t id;
    struct message *first, **last;
    struct message *current; /* lent to the caller */
    uint64_t seq_in, seq_out;
    uint32_t credit_out; /* Data frames the daemon takes */
    uint32_t credit_in;  /* Data frames the daemon may still send */
    uint32_t window;     /* granted to the daemon */
    uint32_t consumed;   /* since the last Credit we sent */
    int64_t deadline_ms; /* monotonic; 0 = none */
    bool open;           /* on the wire: its End has not come */
    bool ended;          /* for the caller; error or answer says how */
    bool released;       /* nobody asks for it any more; freed when not open */
    bool half_closed, cancelled;
    uint8_t *answer; /* owned, of End */
    size_t answer_bytes;
    struct ragc_error error; /* status != 0: how it ended */
};

struct ragc {
    struct link *link; /* NULL = lost */
    char *url, *token, *client;
    int timeout_ms, drain_ms;
    uint64_t accepts; /* max_message of this side */
    struct ragc_server server;
    char *version, *boot_id; /* owned, seen through server */
    uint64_t next_id;
    struct ragc_call *calls;
    bool going_away;
    bool news; /* something arrived since ragc_wait() last said so */
    int ping_ms;
    int64_t heard_ms, pinged_ms;
    struct ragc_error lost; /* why, when link is NULL */
};

/* Monotonic milliseconds. */
int64_t now_ms(void);
/* What is left of a timeout that started at `since`; -1 stays -1. */
int left_ms(int64_t since, int timeout_ms);

/* error.c: fill, and return -status. error may be NULL. */
int error_set(struct ragc_error *error, int status, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
int error_fault(struct ragc_error *error, enum ragc_fault fault, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void error_why(struct ragc_error *error, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int error_copy(struct ragc_error *error, const struct ragc_error *from);
int error_from_end(struct ragc_error *error, const Ragd__V1__End *end);

/* frame.c: decodes with a memory budget. NULL = damaged or too big. */
Ragd__V1__Frame *frame_unpack(const void *p, size_t n);
void frame_free(Ragd__V1__Frame *frame);
Ragd__V1__Error *details_unpack(const void *p, size_t n);

/* connection.c */
int conn_send(struct ragc *conn, const Ragd__V1__Frame *frame, struct ragc_error *error);
/* Receives one frame and gives it to its call. 1, 0 = not in time, or lost. */
int conn_pump(struct ragc *conn, int timeout_ms, struct ragc_error *error);
/* Ends all calls and drops the link; returns the status of conn->lost. */
int conn_lose(struct ragc *conn, const struct ragc_error *why);

/* call.c: frames of a call. They take what they need out of the frame. */
void call_on_data(struct ragc_call *call, Ragd__V1__Data *data);
void call_on_end(struct ragc_call *call, Ragd__V1__End *end);
void call_fail(struct ragc_call *call, const struct ragc_error *error);
void call_free(struct ragc_call *call);
/* Frees the released calls whose End has come. */
void calls_reap(struct ragc *conn);

#endif
