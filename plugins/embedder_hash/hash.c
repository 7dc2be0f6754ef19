/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "hash.h"

#include <math.h>
#include <string.h>

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int is_word(char c)
{
    unsigned char l = lower(c);
    return (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9');
}

uint64_t hash_word(uint64_t seed, const char *p, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ seed;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ lower(p[i])) * UINT64_C(0x100000001b3);
    }
    h ^= h >> 32; /* FNV's low bits know little of the last bytes */
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* Bytes of the word at p, 0 for what is none. */
static size_t word_at(const char *p, size_t n)
{
    size_t len = 0;
    if (is_word(p[0])) {
        while (len < n && is_word(p[len])) {
            len++;
        }
    } else if ((unsigned char)p[0] >= 0x80) {
        len = 1;
        while (len < n && ((unsigned char)p[len] & 0xc0) == 0x80) {
            len++;
        }
    }
    return len;
}

uint32_t hash_text(uint64_t seed, struct ragd_str text, uint32_t dim, float *out)
{
    uint32_t words = 0;
    memset(out, 0, dim * sizeof(*out));
    for (size_t at = 0; at < text.n;) {
        size_t n = word_at(text.p + at, text.n - at);
        if (n) {
            uint64_t h = hash_word(seed, text.p + at, n);
            out[h % dim] += h >> 63 ? -1.0f : 1.0f;
            words++;
        }
        at += n ? n : 1;
    }
    double sum = 0;
    for (uint32_t i = 0; i < dim; i++) {
        sum += (double)out[i] * (double)out[i];
    }
    if (!(sum > 0.0)) { /* no words, or they cancel out */
        out[0] = 1.0f;
        return words;
    }
    double scale = 1.0 / sqrt(sum);
    for (uint32_t i = 0; i < dim; i++) {
        out[i] = (float)((double)out[i] * scale);
    }
    return words;
}
