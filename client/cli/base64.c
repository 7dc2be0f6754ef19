/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "base64.h"

#include <string.h>

#include "pool.h"

static const char DIGITS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const char *base64_encode(const uint8_t *p, size_t n)
{
    char *text = pool_alloc((n + 2) / 3 * 4 + 1), *out = text;
    for (size_t i = 0; i < n; i += 3) {
        size_t rest = n - i;
        uint32_t bits = (uint32_t)p[i] << 16 | (rest > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                        (rest > 2 ? (uint32_t)p[i + 2] : 0);
        *out++ = DIGITS[bits >> 18];
        *out++ = DIGITS[bits >> 12 & 63];
        *out++ = rest > 1 ? DIGITS[bits >> 6 & 63] : '=';
        *out++ = rest > 2 ? DIGITS[bits & 63] : '=';
    }
    return text;
}

const char *base64_of_floats(const float *v, size_t n)
{
    uint8_t *bytes = pool_alloc(4 * n);
    for (size_t i = 0; i < n; i++) {
        uint32_t word;
        memcpy(&word, v + i, sizeof(word));
        for (size_t k = 0; k < 4; k++) {
            bytes[4 * i + k] = (uint8_t)(word >> (8 * k));
        }
    }
    return base64_encode(bytes, 4 * n);
}

bool base64_decode(const char *text, size_t n, uint8_t **out, size_t *n_out)
{
    uint8_t *bytes = pool_alloc(n / 4 * 3 + 3);
    size_t used = 0, digits = 0;
    uint32_t bits = 0;
    while (n > 0 && text[n - 1] == '=') {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        const char *at = text[i] ? strchr(DIGITS, text[i]) : NULL;
        if (!at) {
            return false;
        }
        bits = bits << 6 | (uint32_t)(at - DIGITS);
        if (++digits % 4 != 1) {
            bytes[used++] = (uint8_t)(bits >> (6 - 2 * ((digits - 1) % 4)));
        }
    }
    *out = bytes;
    *n_out = used;
    return digits % 4 != 1;
}

bool base64_to_floats(const char *text, size_t n, float **out, size_t *n_out)
{
    uint8_t *bytes;
    size_t used;
    if (!base64_decode(text, n, &bytes, &used) || used % 4 != 0) {
        return false;
    }
    *n_out = used / 4;
    *out = pool_alloc(used);
    for (size_t i = 0; i < *n_out; i++) {
        const uint8_t *b = bytes + 4 * i;
        uint32_t word = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                        (uint32_t)b[3] << 24;
        memcpy(*out + i, &word, sizeof(word));
    }
    return true;
}
