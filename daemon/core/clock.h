/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The one clock. Tests install a virtual one. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

struct clock {
    uint64_t (*mono_ns)(void *arg); /* monotonic */
    int64_t (*unix_ms)(void *arg);  /* wall clock */
    void *arg;
};

/* Nanoseconds and milliseconds since an arbitrary start. [any] */
uint64_t clock_mono_ns(void);
uint64_t clock_mono_ms(void);
/* Milliseconds since 1970. [any] */
int64_t clock_unix_ms(void);
/* NULL gives the real one back. Before threads start. */
void clock_install(const struct clock *clock);

#endif
