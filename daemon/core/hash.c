/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/hash.h"

#include <openssl/evp.h>

#include <ragd/status.h>

int hash_init(struct hash *hash)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)) {
        EVP_MD_CTX_free(ctx);
        return RAGD_E_NOMEM;
    }
    hash->ctx = ctx;
    return 0;
}

void hash_update(struct hash *hash, const void *p, size_t n)
{
    EVP_DigestUpdate(hash->ctx, p, n);
}

void hash_final(struct hash *hash, uint8_t out[HASH_BYTES])
{
    EVP_DigestFinal_ex(hash->ctx, out, NULL);
    hash_release(hash);
}

void hash_release(struct hash *hash)
{
    EVP_MD_CTX_free(hash->ctx);
    hash->ctx = NULL;
}

int hash_bytes(const void *p, size_t n, uint8_t out[HASH_BYTES])
{
    struct hash hash;
    int rc = hash_init(&hash);
    if (rc) {
        return rc;
    }
    hash_update(&hash, p, n);
    hash_final(&hash, out);
    return 0;
}

void hash_hex(const uint8_t in[HASH_BYTES], char out[HASH_HEX_BYTES])
{
    static const char DIGITS[] = "0123456789abcdef";
    for (int i = 0; i < HASH_BYTES; i++) {
        out[2 * i] = DIGITS[in[i] >> 4];
        out[2 * i + 1] = DIGITS[in[i] & 15];
    }
    out[HASH_HEX_BYTES - 1] = '\0';
}
