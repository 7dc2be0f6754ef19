/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "lifecycle.h"

#include <stddef.h>

static const struct life_info STATES[LIFE_STATES] = {
    [LIFE_STARTING] = {"starting", "Starting", false},
    [LIFE_READY] = {"ready", "Ready", true},
    [LIFE_DEGRADED] = {"degraded", "Serving, but a part does not work", true},
    [LIFE_DRAINING] = {"draining", "Stopping", false},
    [LIFE_STOPPED] = {"stopped", "Stopped", false},
};

static const struct {
    enum life_state from;
    enum life_event event;
    enum life_state to;
    enum life_action action;
} MOVES[] = {
    {LIFE_STARTING, LIFE_OPENED, LIFE_READY, LIFE_ANNOUNCE},
    {LIFE_STARTING, LIFE_IMPAIRED, LIFE_DEGRADED, LIFE_ANNOUNCE},
    {LIFE_STARTING, LIFE_FAILED, LIFE_DRAINING, LIFE_DRAIN},
    {LIFE_STARTING, LIFE_STOP, LIFE_DRAINING, LIFE_DRAIN},
    {LIFE_READY, LIFE_IMPAIRED, LIFE_DEGRADED, LIFE_ANNOUNCE},
    {LIFE_READY, LIFE_STOP, LIFE_DRAINING, LIFE_DRAIN},
    {LIFE_DEGRADED, LIFE_OPENED, LIFE_READY, LIFE_ANNOUNCE},
    {LIFE_DEGRADED, LIFE_STOP, LIFE_DRAINING, LIFE_DRAIN},
    {LIFE_DRAINING, LIFE_STOP, LIFE_DRAINING, LIFE_HURRY},
    {LIFE_DRAINING, LIFE_DRAINED, LIFE_DRAINING, LIFE_CLOSE},
    {LIFE_DRAINING, LIFE_CLOSED, LIFE_STOPPED, LIFE_END},
};

const struct life_info *life_info(enum life_state state)
{
    return &STATES[state];
}

enum life_action life_move(enum life_state *state, enum life_event event)
{
    for (size_t i = 0; i < sizeof(MOVES) / sizeof(MOVES[0]); i++) {
        if (MOVES[i].from == *state && MOVES[i].event == event) {
            *state = MOVES[i].to;
            return MOVES[i].action;
        }
    }
    return LIFE_NOTHING;
}
