/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "core/map.h"

#include <string.h>

#include <ragd/status.h>

#include "core/mem.h"
#include "core/rng.h"

/* key NULL: never used; val NULL with a key: removed. */
struct map_slot {
    char *key;
    size_t n;
    uint64_t hash;
    void *val;
};

enum { CAP_FIRST = 16 };

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"). */
static uint64_t sip_hash(const uint64_t seed[2], const char *p, size_t n)
{
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du,
                     seed[0] ^ 0x6c7967656e657261u, seed[1] ^ 0x7465646279746573u};
    size_t left = n;
    for (; left >= 8; left -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof(word));
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = 0;
    if (left) {
        memcpy(&last, p, left);
    }
    last |= (uint64_t)n << 56;
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) {
        sip_round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void map_release(struct map *map)
{
    for (size_t i = 0; i < map->cap; i++) {
        mem_free(map->slots[i].key);
    }
    mem_free(map->slots);
    *map = (struct map){0};
}

static struct map_slot *find(const struct map *map, struct ragd_str key, uint64_t hash)
{
    if (map->cap == 0) {
        return NULL;
    }
    for (size_t i = hash & (map->cap - 1);; i = (i + 1) & (map->cap - 1)) {
        struct map_slot *slot = &map->slots[i];
        if (!slot->key) {
            return NULL;
        }
        if (slot->val && slot->hash == hash && slot->n == key.n &&
            (key.n == 0 || memcmp(slot->key, key.p, key.n) == 0)) {
            return slot;
        }
    }
}

static struct map_slot *free_slot(struct map_slot *slots, size_t cap, uint64_t hash)
{
    size_t i = hash & (cap - 1);
    while (slots[i].key) {
        i = (i + 1) & (cap - 1);
    }
    return &slots[i];
}

/* Room for one more below a load of 3/4; drops the removed entries. */
static int make_room(struct map *map)
{
    if ((map->n + map->dead + 1) * 4 <= map->cap * 3) {
        return 0;
    }
    size_t cap = map->cap ? map->cap : CAP_FIRST;
    while ((map->n + 1) * 2 > cap) {
        cap *= 2;
    }
    struct map_slot *slots = mem_calloc(cap, sizeof(*slots));
    if (!slots) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 0; i < map->cap; i++) {
        struct map_slot *old = &map->slots[i];
        if (old->val) {
            *free_slot(slots, cap, old->hash) = *old;
        } else {
            mem_free(old->key);
        }
    }
    mem_free(map->slots);
    map->slots = slots;
    map->cap = cap;
    map->dead = 0;
    return 0;
}

void *map_get(const struct map *map, struct ragd_str key)
{
    struct map_slot *slot = find(map, key, sip_hash(map->seed, key.p, key.n));
    return slot ? slot->val : NULL;
}

int map_put(struct map *map, struct ragd_str key, void *val)
{
    if (map->cap == 0) {
        rng_bytes(map->seed, sizeof(map->seed));
    }
    uint64_t hash = sip_hash(map->seed, key.p, key.n);
    struct map_slot *slot = find(map, key, hash);
    if (slot) {
        slot->val = val;
        return 0;
    }
    char *copy = mem_dup(key.p, key.n);
    if (!copy || make_room(map)) {
        mem_free(copy);
        return RAGD_E_NOMEM;
    }
    *free_slot(map->slots, map->cap, hash) = (struct map_slot){copy, key.n, hash, val};
    map->n++;
    return 0;
}

void *map_del(struct map *map, struct ragd_str key)
{
    struct map_slot *slot = find(map, key, sip_hash(map->seed, key.p, key.n));
    if (!slot) {
        return NULL;
    }
    void *val = slot->val;
    slot->val = NULL;
    map->n--;
    map->dead++;
    return val;
}

void *map_next(const struct map *map, size_t *at, struct ragd_str *key)
{
    while (*at < map->cap) {
        const struct map_slot *slot = &map->slots[(*at)++];
        if (slot->val) {
            if (key) {
                *key = (struct ragd_str){slot->key, slot->n};
            }
            return slot->val;
        }
    }
    return NULL;
}
