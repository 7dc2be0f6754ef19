/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Postings of one word for POSTINGS_PER_BLOCK insertion numbers, as bytes.
 *
 * A value is a list of (step, tf, len) in base-128 numbers, ascending by slot,
 * the insertion number modulo the block; step is the distance from the slot
 * before (from -1 at the start). len is the record's length in words. A tf of 0
 * has no len: in a change it takes the record's posting away.
 *
 * A change of the database is a merge operand of the same form, so adding a
 * record reads nothing; RocksDB folds operands into values when it reads or
 * compacts (postings_merge). The later of two entries of a slot wins.
 */
#ifndef STORE_POSTINGS_H
#define STORE_POSTINGS_H

#include <stdbool.h>

#include <ragd/types.h>

enum { POSTINGS_PER_BLOCK = 512, POSTINGS_ENTRY_MAX = 2 + 5 + 10 };

struct posting {
    uint32_t slot; /* < POSTINGS_PER_BLOCK */
    uint32_t tf;
    uint64_t len;
};

/* Reads one entry behind the slot before (start with UINT32_MAX) and moves *at;
 * false at the end, *bad when the bytes are no postings. */
bool posting_read(struct ragd_bytes block, size_t *at, struct posting *p, bool *bad);
/* Appends to out, which has room for POSTINGS_ENTRY_MAX bytes; returns the bytes
 * written. last: the slot before, UINT32_MAX at the start. */
size_t posting_write(unsigned char *out, uint32_t last, const struct posting *p);

/* Adds the live postings of a value; false: no postings. */
bool postings_count(struct ragd_bytes block, uint64_t *count);

/*
 * Folds operands, oldest first, into the value (p NULL: none). With keep, entries
 * with tf 0 stay: older values may lie below. Returns the bytes written to out
 * or -1 for bytes that are no postings. out has room for
 * POSTINGS_PER_BLOCK * POSTINGS_ENTRY_MAX bytes.
 */
long postings_merge(struct ragd_bytes value, const struct ragd_bytes *operands, size_t n,
                    bool keep, unsigned char *out);

#endif
