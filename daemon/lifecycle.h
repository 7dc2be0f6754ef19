/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The life of the daemon as two tables: what each state means to others, and
 * which event leads where and asks for what. No I/O here.
 *
 *   starting --opened--> ready <--healed/impaired--> degraded
 *       |                  |                            |
 *       +--failed, stop----+-----------stop-------------+--> draining
 *   draining --drained--> draining --closed--> stopped
 */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include <stdbool.h>

enum life_state {
    LIFE_STARTING,
    LIFE_READY,
    LIFE_DEGRADED,
    LIFE_DRAINING,
    LIFE_STOPPED,
    LIFE_STATES,
};

enum life_event {
    LIFE_OPENED,   /* all parts work (again) */
    LIFE_IMPAIRED, /* a part does not work, the others do */
    LIFE_FAILED,   /* the start cannot go on */
    LIFE_STOP,     /* somebody asked for the end */
    LIFE_DRAINED,  /* no call is open any more */
    LIFE_CLOSED,   /* no part is open any more */
    LIFE_EVENTS,
};

/* What the server does on a move. */
enum life_action {
    LIFE_NOTHING,
    LIFE_ANNOUNCE, /* tell systemd and clients the new state */
    LIFE_DRAIN,    /* refuse what is new, let what is open end */
    LIFE_HURRY,    /* cancel what is open */
    LIFE_CLOSE,    /* close the parts */
    LIFE_END,      /* leave the loop */
};

struct life_info {
    const char *name;   /* "ready": on the wire */
    const char *status; /* a sentence for systemd */
    bool serving;       /* whether calls are taken */
};

/* Never NULL; static. */
const struct life_info *life_info(enum life_state state);
/* Moves *state. What a state has no row for is ignored: LIFE_NOTHING. */
enum life_action life_move(enum life_state *state, enum life_event event);

#endif
