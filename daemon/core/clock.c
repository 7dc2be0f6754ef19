/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/clock.h"

#include <stddef.h>
#include <time.h>

static uint64_t real_mono_ns(void *arg)
{
    (void)arg;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int64_t real_unix_ms(void *arg)
{
    (void)arg;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const struct clock REAL = {real_mono_ns, real_unix_ms, NULL};
static struct clock current = {real_mono_ns, real_unix_ms, NULL};

void clock_install(const struct clock *clock)
{
    current = clock ? *clock : REAL;
}

uint64_t clock_mono_ns(void)
{
    return current.mono_ns(current.arg);
}

uint64_t clock_mono_ms(void)
{
    return clock_mono_ns() / 1000000u;
}

int64_t clock_unix_ms(void)
{
    return current.unix_ms(current.arg);
}
