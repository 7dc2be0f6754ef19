/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The changes of postings that one change of records brings. */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "db.h"
#include "sdk/store/words.h"

struct index_entry {
    uint32_t word; /* of words */
    uint32_t tf;   /* 0 takes the posting away */
    uint64_t seq, len;
};

struct index_change {
    struct words words;
    struct text_analyser *analyser; /* borrowed */
    struct index_entry *entries;
    size_t n, cap;
    uint32_t *seen; /* by word: number of the last record whose new text has it */
    size_t n_seen;
    uint32_t record;
    int64_t words_delta; /* of all records together */
};

/* A record's text changes from old to new; p NULL: there is, or will be, no
 * record. Uses scratch. RAGD_E_NOMEM. */
int index_text(struct index_change *index, struct region *scratch, uint64_t seq,
               struct ragd_str old_text, struct ragd_str new_text);
/* Adds the operands to a batch. RAGD_E_NOMEM. */
int index_write(struct index_change *index, struct db *db, uint32_t coll,
                rocksdb_writebatch_t *batch);
void index_release(struct index_change *index);

#endif
