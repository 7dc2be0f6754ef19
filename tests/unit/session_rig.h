/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A session without a connection: the test is the peer, time stands still
 * until it is moved, and the methods' handlers are the test itself.
 */
#ifndef UNIT_SESSION_RIG_H
#define UNIT_SESSION_RIG_H

#include "ragd/v1/admin.pb-c.h"
#include "rpc/front.h"
#include "rpc/session.h"
#include "support/test.h"
#include "support/virtual_clock.h"

enum { RIG_FRAMES_MAX = 256, RIG_HELD_MAX = 128, RIG_UID = 1000 };

struct rig {
    struct virtual_clock clock;
    struct limits limits;
    struct rpc *rpc;
    struct session *session;
    struct arena arena;
    /* What the session sent, in order; next is what the test has not seen. */
    const Ragd__V1__Frame *frames[RIG_FRAMES_MAX];
    struct ragd_bytes traces[RIG_FRAMES_MAX];
    size_t n_frames, next;
    size_t queued; /* what the link says is unsent */
    int finished;
    /* Requests of t.T/Hold, Down and Both, until the test ends them. */
    struct request *held[RIG_HELD_MAX];
    size_t n_held;
    int stops, readies, half_closes;
    enum request_stop why;
    struct piece *piece; /* the last one; earlier ones were freed */
    int pieces;
};

/* The one of the running test. */
extern struct rig rig;

/* A rig with an open session of a local peer (before Hello). */
int rig_set_up(void **state);
int rig_tear_down(void **state);
/* Replaces the session by one of another peer. */
void rig_peer(struct session_peer peer);

void rig_send(const Ragd__V1__Frame *frame, struct ragd_bytes trace);
void rig_hello(void);
/* Fields of Call; body is a HealthRequest, which has none. */
void rig_call(uint64_t id, const char *method, uint32_t credit, uint64_t timeout_ms);
void rig_data(uint64_t id, uint64_t seq, const char *text, bool last);
void rig_credit(uint64_t id, uint32_t n);
void rig_cancel(uint64_t id);

/* The next frame that the session sent, which must be of this kind. */
const Ragd__V1__Frame *rig_next(Ragd__V1__Frame__KindCase kind);
const Ragd__V1__End *rig_next_end(uint64_t id, uint32_t code);
const Ragd__V1__GoAway *rig_next_go_away(uint32_t code);
/* The text of the HealthReply in the next Data. */
const char *rig_next_data(uint64_t id, uint64_t seq);
void rig_nothing_sent(void);

/* Moves the time and runs what is due. */
void rig_advance(uint64_t ms);

/* For handlers: sends or ends with a HealthReply. */
void rig_reply(struct request *request, const char *text);
void rig_reply_latest(struct request *request, const char *text);
void rig_end(size_t held, const char *text);

#endif
