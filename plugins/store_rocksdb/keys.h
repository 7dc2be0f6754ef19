/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Keys, whose order as bytes is the order of what they name.
 *
 *   meta       'c' name                      Collection
 *              'n' collection                Counters
 *              'g' collection                number of the generation in redo
 *              'x'                           next collection number
 *   records    collection seq                Record
 *   ids        collection id                 seq
 *   vectors    collection seq                float32, little endian
 *   documents  collection id                 Document
 *   blobs      collection name               the blob itself
 *   postings   collection word 0 block       postings of 512 insertion numbers
 *   staged     collection generation stage   Stage
 *
 * collection and block are 4 bytes, seq, generation and stage 8, big endian.
 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stdbool.h>

#include <ragd/types.h>

enum {
    /* Longest id or name, in bytes. */
    KEY_TEXT_MAX = 4095,
    KEY_BYTES_MAX = KEY_TEXT_MAX + 16,
};

struct key {
    size_t n;
    unsigned char bytes[KEY_BYTES_MAX];
};

/* text is cut at KEY_TEXT_MAX: the callers have refused longer ones. */
void key_named(struct key *key, char kind, struct ragd_str name);
void key_numbered(struct key *key, char kind, uint32_t coll);
/* The start of all keys of a collection; coll + 1 gives their end. */
void key_coll(struct key *key, uint32_t coll);
void key_seq(struct key *key, uint32_t coll, uint64_t seq);
void key_text(struct key *key, uint32_t coll, struct ragd_str text);
void key_posting(struct key *key, uint32_t coll, struct ragd_str word, uint32_t block);
void key_stage(struct key *key, uint32_t coll, uint64_t generation, uint64_t stage);
/* The least key behind all that start with this one. */
void key_after_prefix(struct key *key);

/* Back again; false for bytes that are no such key. */
bool key_read_coll(struct ragd_bytes key, uint32_t *coll);
bool key_read_seq(struct ragd_bytes key, uint64_t *seq);
bool key_read_text(struct ragd_bytes key, struct ragd_str *text);
bool key_read_posting(struct ragd_bytes key, struct ragd_str *word, uint32_t *block);
bool key_read_stage(struct ragd_bytes key, uint64_t *generation, uint64_t *stage);

/* Big-endian, so that bytes sort like numbers. */
void put_u32(unsigned char *p, uint32_t v);
void put_u64(unsigned char *p, uint64_t v);
uint32_t get_u32(const unsigned char *p);
uint64_t get_u64(const unsigned char *p);

#endif
