/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Chance: seeded where a run must be repeatable, the kernel's where it must
 * not be guessed. */
#ifndef CORE_RNG_H
#define CORE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* A generator for tests, jitter and builds: the same seed, the same numbers.
 * Not for secrets, not for two threads at a time. */
struct rng {
    uint64_t s[4];
};

/* The same seed gives the same numbers; any seed is a good one. */
void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);
/* Uniform in [0, n); n > 0. */
uint64_t rng_below(struct rng *rng, uint64_t n);
/* Uniform in [0, 1). */
double rng_real(struct rng *rng);

/* Unguessable bytes of the kernel. [any] */
void rng_bytes(void *p, size_t n);
/* 2 * n lower-case hex digits of them and a NUL: ids and tokens. [any] */
void rng_hex(char *out, size_t n);

#endif
