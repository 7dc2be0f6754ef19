/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* SHA-256 of what is announced and uploaded. */
#ifndef CLIENT_SHA256_H
#define CLIENT_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

struct sha256;

/* NULL without memory. */
struct sha256 *sha256_create(void);
void sha256_update(struct sha256 *hash, const void *p, size_t n);
/* Writes the digest and frees the hash. */
void sha256_final(struct sha256 *hash, uint8_t out[SHA256_BYTES]);
/* Frees without a result. NULL is legal. */
void sha256_destroy(struct sha256 *hash);

#endif
