/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "keys.h"

#include <string.h>

enum { COLL = 4, BLOCK = 4, NUMBER = 8 };

void put_u32(unsigned char *p, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8) {
        p[i] = (unsigned char)v;
    }
}

void put_u64(unsigned char *p, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8) {
        p[i] = (unsigned char)v;
    }
}

uint32_t get_u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint64_t get_u64(const unsigned char *p)
{
    return (uint64_t)get_u32(p) << 32 | get_u32(p + 4);
}

static void add_text(struct key *key, struct ragd_str text)
{
    size_t n = text.n < KEY_TEXT_MAX ? text.n : KEY_TEXT_MAX;
    if (n) {
        memcpy(key->bytes + key->n, text.p, n);
    }
    key->n += n;
}

void key_named(struct key *key, char kind, struct ragd_str name)
{
    key->bytes[0] = (unsigned char)kind;
    key->n = 1;
    add_text(key, name);
}

void key_numbered(struct key *key, char kind, uint32_t coll)
{
    key->bytes[0] = (unsigned char)kind;
    put_u32(key->bytes + 1, coll);
    key->n = 1 + COLL;
}

void key_coll(struct key *key, uint32_t coll)
{
    put_u32(key->bytes, coll);
    key->n = COLL;
}

void key_seq(struct key *key, uint32_t coll, uint64_t seq)
{
    key_coll(key, coll);
    put_u64(key->bytes + COLL, seq);
    key->n += NUMBER;
}

void key_text(struct key *key, uint32_t coll, struct ragd_str text)
{
    key_coll(key, coll);
    add_text(key, text);
}

void key_posting(struct key *key, uint32_t coll, struct ragd_str word, uint32_t block)
{
    key_text(key, coll, word);
    key->bytes[key->n++] = 0;
    put_u32(key->bytes + key->n, block);
    key->n += BLOCK;
}

void key_stage(struct key *key, uint32_t coll, uint64_t generation, uint64_t stage)
{
    key_seq(key, coll, generation);
    put_u64(key->bytes + key->n, stage);
    key->n += NUMBER;
}

void key_after_prefix(struct key *key)
{
    while (key->n && key->bytes[key->n - 1] == 0xff) {
        key->n--;
    }
    if (key->n) {
        key->bytes[key->n - 1]++;
    }
}

bool key_read_coll(struct ragd_bytes key, uint32_t *coll)
{
    if (key.n < COLL) {
        return false;
    }
    *coll = get_u32(key.p);
    return true;
}

bool key_read_seq(struct ragd_bytes key, uint64_t *seq)
{
    if (key.n != COLL + NUMBER) {
        return false;
    }
    *seq = get_u64((const unsigned char *)key.p + COLL);
    return true;
}

bool key_read_text(struct ragd_bytes key, struct ragd_str *text)
{
    if (key.n < COLL) {
        return false;
    }
    *text = (struct ragd_str){(const char *)key.p + COLL, key.n - COLL};
    return true;
}

bool key_read_posting(struct ragd_bytes key, struct ragd_str *word, uint32_t *block)
{
    const unsigned char *p = key.p;
    if (key.n < COLL + 1 + BLOCK || p[key.n - BLOCK - 1] != 0) {
        return false;
    }
    *word = (struct ragd_str){(const char *)p + COLL, key.n - COLL - 1 - BLOCK};
    *block = get_u32(p + key.n - BLOCK);
    return true;
}

bool key_read_stage(struct ragd_bytes key, uint64_t *generation, uint64_t *stage)
{
    const unsigned char *p = key.p;
    if (key.n != COLL + 2 * NUMBER) {
        return false;
    }
    *generation = get_u64(p + COLL);
    *stage = get_u64(p + COLL + NUMBER);
    return true;
}
