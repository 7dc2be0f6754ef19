/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* SHA-256 (libcrypto). */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_BYTES = 32, HASH_HEX_BYTES = 65 };

struct hash {
    void *ctx;
};

/* 0 or RAGD_E_NOMEM. */
int hash_init(struct hash *hash);
void hash_update(struct hash *hash, const void *p, size_t n);
/* Ends it and frees its memory. */
void hash_final(struct hash *hash, uint8_t out[HASH_BYTES]);
/* Frees without a result; zeroed is legal. */
void hash_release(struct hash *hash);

/* In one go. */
int hash_bytes(const void *p, size_t n, uint8_t out[HASH_BYTES]);
/* Lower-case hex with a NUL. */
void hash_hex(const uint8_t in[HASH_BYTES], char out[HASH_HEX_BYTES]);

#endif
