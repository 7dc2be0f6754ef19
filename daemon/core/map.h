/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A hash map from short byte strings to pointers. Keys are copied; values are
 * the caller's. The hash is keyed with a random value, so that nobody outside
 * can choose colliding keys. Zeroed is empty and legal.
 *
 * Thread: [any]; a map has one user at a time.
 */
#ifndef CORE_MAP_H
#define CORE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include <ragd/types.h>

struct map_slot;

struct map {
    struct map_slot *slots;
    size_t cap;  /* a power of two, or 0 */
    size_t n;    /* entries */
    size_t dead; /* slots of removed entries, not yet reused */
    uint64_t seed[2];
};

/* Frees the keys and the table, not the values. Zeroed is legal and what is left. */
void map_release(struct map *map);
/* NULL when it is not there. */
void *map_get(const struct map *map, struct ragd_str key);
/* Adds or replaces; val is not NULL. 0 or RAGD_E_NOMEM, then unchanged. */
int map_put(struct map *map, struct ragd_str key, void *val);
/* Removes and returns the value, NULL when it is not there. */
void *map_del(struct map *map, struct ragd_str key);
/* The next entry from *at (0 to begin) in no order; NULL at the end. Removing
 * during a walk is legal, adding is not. key may be NULL. */
void *map_next(const struct map *map, size_t *at, struct ragd_str *key);

#endif
