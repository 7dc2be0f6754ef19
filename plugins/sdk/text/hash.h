/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* A hash of words. */
#ifndef TEXT_HASH_H
#define TEXT_HASH_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a of 64 bits, finished by splitmix64 so that every bit depends on every
 * byte. The value of a word never changes: vectors are made of it. */
static inline uint64_t text_hash(const char *word, size_t n)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)word[i]) * UINT64_C(0x100000001B3);
    }
    h = (h ^ h >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ h >> 27) * UINT64_C(0x94D049BB133111EB);
    return h ^ h >> 31;
}

#endif
