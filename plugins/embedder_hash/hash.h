/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A text as a unit vector of its hashed words. */
#ifndef EMBEDDER_HASH_HASH_H
#define EMBEDDER_HASH_HASH_H

#include <ragd/types.h>

/* FNV-1a (Fowler, Noll, Vo), 64 bits, of the lower-cased ASCII bytes, mixed at
 * the end so that all bits depend on all bytes. */
uint64_t hash_word(uint64_t seed, const char *p, size_t n);

/* Writes dim floats of length 1 and returns the number of words. A word is a
 * run of ASCII letters and digits, or one other character. A text without
 * words gives the first axis. */
uint32_t hash_text(uint64_t seed, struct ragd_str text, uint32_t dim, float *out);

#endif
