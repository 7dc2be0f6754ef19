/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A clock that stands still until a test moves it. */
#ifndef SUPPORT_VIRTUAL_CLOCK_H
#define SUPPORT_VIRTUAL_CLOCK_H

#include <stdint.h>
#include <stdlib.h>

#include "core/clock.h"

struct virtual_clock {
    uint64_t mono_ms;
    int64_t unix_ms;
};

static inline uint64_t virtual_mono_ns(void *arg)
{
    return ((struct virtual_clock *)arg)->mono_ms * 1000000u;
}

static inline int64_t virtual_unix_ms(void *arg)
{
    return ((struct virtual_clock *)arg)->unix_ms;
}

/* The process's clock from now on; clock_install(NULL) gives the real one
 * back. clock must live until then. */
static inline void virtual_clock_install(struct virtual_clock *clock)
{
    struct clock interface = {virtual_mono_ns, virtual_unix_ms, clock};
    clock_install(&interface);
}

static inline void virtual_clock_advance(struct virtual_clock *clock, uint64_t ms)
{
    clock->mono_ms += ms;
    clock->unix_ms += (int64_t)ms;
}

#endif
