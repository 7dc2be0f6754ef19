/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "sha256.h"

#include <openssl/evp.h>

/* The context of libcrypto under a name of our own. */
static EVP_MD_CTX *context(struct sha256 *hash)
{
    return (EVP_MD_CTX *)(void *)hash;
}

struct sha256 *sha256_create(void)
{
    EVP_MD_CTX *made = EVP_MD_CTX_new();
    if (made && EVP_DigestInit_ex(made, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(made);
        made = NULL;
    }
    return (struct sha256 *)(void *)made;
}

void sha256_update(struct sha256 *hash, const void *p, size_t n)
{
    EVP_DigestUpdate(context(hash), p, n);
}

void sha256_final(struct sha256 *hash, uint8_t out[SHA256_BYTES])
{
    EVP_DigestFinal_ex(context(hash), out, NULL);
    EVP_MD_CTX_free(context(hash));
}

void sha256_destroy(struct sha256 *hash)
{
    EVP_MD_CTX_free(context(hash));
}
