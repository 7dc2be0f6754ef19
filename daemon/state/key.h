/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Keys as tuples whose bytes sort like their parts: a text ends in 00 01, a
 * 00 in it is written 00 ff; a number is eight bytes big-endian. The first part is
 * the tag of the table.
 *
 * Thread: [any]; a buffer has one user at a time.
 */
#ifndef STATE_KEY_H
#define STATE_KEY_H

#include <stdint.h>

#include "core/buf.h"

enum key_table {
    KEY_SCHEMA = 's',
    KEY_JOB = 'j',
    KEY_VALUE = 'p',
    KEY_WATERMARK = 'w',
    KEY_BLOB = 'b',
    KEY_VECTOR = 'v',
};

enum { KEY_TEXT_END_BYTES = 2 };

/* Replace or append; 0 or RAGD_E_NOMEM. */
int key_begin(struct buf *key, enum key_table table);
int key_text(struct buf *key, struct ragd_str s);
int key_bytes(struct buf *key, const void *p, size_t n); /* of fixed length */
int key_number(struct buf *key, uint64_t n);
/* The first key behind all that begin with key. */
int key_end_of(const struct buf *key, struct buf *end);

/* Reads from the front of *key; RAGD_E_CORRUPT. A text replaces out. */
int key_read_number(struct ragd_bytes *key, uint64_t *out);
int key_read_text(struct ragd_bytes *key, struct buf *out);

#endif
