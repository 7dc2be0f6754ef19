/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "index.h"

#include <stdlib.h>
#include <string.h>

#include "postings.h"

static int reserve_entries(struct index_change *index, size_t more)
{
    if (index->cap - index->n >= more) {
        return 0;
    }
    size_t cap = 2 * index->cap > index->n + more ? 2 * index->cap : index->n + more;
    struct index_entry *entries = realloc(index->entries, cap * sizeof(*entries));
    if (!entries) {
        return RAGD_E_NOMEM;
    }
    index->entries = entries;
    index->cap = cap;
    return 0;
}

static int reserve_seen(struct index_change *index)
{
    if (index->words.n <= index->n_seen) {
        return 0;
    }
    size_t n = index->words.cap;
    uint32_t *seen = realloc(index->seen, n * sizeof(*seen));
    if (!seen) {
        return RAGD_E_NOMEM;
    }
    memset(seen + index->n_seen, 0, (n - index->n_seen) * sizeof(*seen));
    index->seen = seen;
    index->n_seen = n;
    return 0;
}

/* Words of a text, with room for what becomes of them. */
static int count_words(struct index_change *index, struct region *scratch,
                       struct ragd_str text, struct word_counts *counts)
{
    int rc = words_count(&index->words, index->analyser, text, scratch, counts);
    rc = rc ? rc : reserve_entries(index, counts->n);
    return rc ? rc : reserve_seen(index);
}

static int add_new(struct index_change *index, struct region *scratch, uint64_t seq,
                   struct ragd_str text)
{
    struct word_counts counts;
    int rc = count_words(index, scratch, text, &counts);
    if (rc != 0) {
        return rc;
    }
    for (size_t i = 0; i < counts.n; i++) {
        index->seen[counts.p[i].word] = index->record;
        index->entries[index->n++] = (struct index_entry){counts.p[i].word, counts.p[i].tf,
                                                          seq, counts.len};
    }
    index->words_delta += (int64_t)counts.len;
    return 0;
}

static int add_old(struct index_change *index, struct region *scratch, uint64_t seq,
                   struct ragd_str text)
{
    struct word_counts counts;
    int rc = count_words(index, scratch, text, &counts);
    if (rc != 0) {
        return rc;
    }
    for (size_t i = 0; i < counts.n; i++) {
        /* What the new text has as well gets its new numbers anyway. */
        if (index->seen[counts.p[i].word] != index->record) {
            index->entries[index->n++] = (struct index_entry){counts.p[i].word, 0, seq, 0};
        }
    }
    index->words_delta -= (int64_t)counts.len;
    return 0;
}

int index_text(struct index_change *index, struct region *scratch, uint64_t seq,
               struct ragd_str old_text, struct ragd_str new_text)
{
    index->record++;
    int rc = new_text.p ? add_new(index, scratch, seq, new_text) : 0;
    return rc == 0 && old_text.p ? add_old(index, scratch, seq, old_text) : rc;
}

static int by_seq(const void *a, const void *b)
{
    const struct index_entry *x = a, *y = b;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Entries grouped by word, ascending by seq inside: a counting sort. starts has
 * one element more than there are words. */
static void group(const struct index_change *index, struct index_entry *out, size_t *starts)
{
    size_t n_words = index->words.n;
    memset(starts, 0, (n_words + 1) * sizeof(*starts));
    for (size_t i = 0; i < index->n; i++) {
        starts[index->entries[i].word + 1]++;
    }
    for (size_t w = 0; w < n_words; w++) {
        starts[w + 1] += starts[w];
    }
    for (size_t i = 0; i < index->n; i++) {
        out[starts[index->entries[i].word]++] = index->entries[i];
    }
    /* Each start has become the next word's; move them back. */
    memmove(starts + 1, starts, n_words * sizeof(*starts));
    starts[0] = 0;
    for (size_t w = 0; w < n_words; w++) {
        struct index_entry *p = out + starts[w];
        size_t n = starts[w + 1] - starts[w], i = 1;
        while (i < n && p[i - 1].seq <= p[i].seq) {
            i++;
        }
        if (i < n) {
            qsort(p, n, sizeof(*p), by_seq);
        }
    }
}

struct writer {
    struct db *db;
    rocksdb_writebatch_t *batch;
    uint32_t coll;
    struct key key;
    unsigned char value[POSTINGS_PER_BLOCK * POSTINGS_ENTRY_MAX];
};

static void write_word(struct writer *w, struct ragd_str word, const struct index_entry *p,
                       size_t n)
{
    for (size_t i = 0; i < n;) {
        uint64_t block = p[i].seq / POSTINGS_PER_BLOCK;
        uint32_t last = UINT32_MAX;
        size_t len = 0;
        for (; i < n && p[i].seq / POSTINGS_PER_BLOCK == block; i++) {
            struct posting posting = {(uint32_t)(p[i].seq % POSTINGS_PER_BLOCK), p[i].tf,
                                      p[i].len};
            len += posting_write(w->value + len, last, &posting);
            last = posting.slot;
        }
        key_posting(&w->key, w->coll, word, (uint32_t)block);
        rocksdb_writebatch_merge_cf(w->batch, w->db->cf[CF_POSTINGS],
                                    (const char *)w->key.bytes, w->key.n,
                                    (const char *)w->value, len);
    }
}

int index_write(struct index_change *index, struct db *db, uint32_t coll,
                rocksdb_writebatch_t *batch)
{
    if (index->n == 0) {
        return 0;
    }
    struct index_entry *grouped = malloc(index->n * sizeof(*grouped));
    size_t *starts = malloc((index->words.n + 1) * sizeof(*starts));
    struct writer *w = malloc(sizeof(*w));
    int rc = grouped && starts && w ? 0 : RAGD_E_NOMEM;
    if (rc == 0) {
        group(index, grouped, starts);
        w->db = db;
        w->batch = batch;
        w->coll = coll;
        for (uint32_t i = 0; i < index->words.n; i++) {
            write_word(w, words_text(&index->words, i), grouped + starts[i],
                       starts[i + 1] - starts[i]);
        }
    }
    free(grouped);
    free(starts);
    free(w);
    return rc;
}

void index_release(struct index_change *index)
{
    words_release(&index->words);
    free(index->entries);
    free(index->seen);
    *index = (struct index_change){0};
}
