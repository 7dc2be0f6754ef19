/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* RocksDB's C API dictates the parameters of these callbacks. */
#include "merge.h"

#include <stdlib.h>

#include "postings.h"

/* What one call folds; RocksDB frees what it returns. */
struct operands {
    const char *const *values;
    const size_t *lengths;
    int n;
    bool keep; /* entries that take postings away: older values may lie below */
};

static char *fold(struct ragd_bytes existing, const struct operands *in, unsigned char *ok,
                  size_t *out_n)
{
    struct ragd_bytes *views = malloc(((size_t)in->n + 1) * sizeof(*views));
    unsigned char *out = malloc(POSTINGS_PER_BLOCK * POSTINGS_ENTRY_MAX);
    long written = -1;
    if (views && out) {
        for (int i = 0; i < in->n; i++) {
            views[i] = (struct ragd_bytes){in->values[i], in->lengths[i]};
        }
        written = postings_merge(existing, views, (size_t)in->n, in->keep, out);
    }
    free(views);
    *ok = written >= 0;
    *out_n = written >= 0 ? (size_t)written : 0;
    return (char *)out;
}

static char *full_merge(void *state, const char *key, size_t key_n, const char *existing,
                        size_t existing_n, const char *const *values, const size_t *lengths,
                        int n, unsigned char *ok, size_t *out_n)
{
    (void)state, (void)key, (void)key_n;
    struct operands in = {values, lengths, n, false};
    return fold((struct ragd_bytes){existing, existing_n}, &in, ok, out_n);
}

static char *partial_merge(void *state, const char *key, size_t key_n,
                           const char *const *values, const size_t *lengths, int n,
                           unsigned char *ok, size_t *out_n)
{
    (void)state, (void)key, (void)key_n;
    struct operands in = {values, lengths, n, true};
    return fold((struct ragd_bytes){NULL, 0}, &in, ok, out_n);
}

static const char *merge_name(void *state)
{
    (void)state;
    return "ragd.postings.1";
}

/* Words that no record holds any more leave empty values behind. */
static unsigned char drop_empty(void *state, int level, const char *key, size_t key_n,
                                const char *value, size_t value_n, char **new_value,
                                size_t *new_n, unsigned char *changed)
{
    (void)state, (void)level, (void)key, (void)key_n, (void)value, (void)new_value;
    (void)new_n;
    *changed = 0;
    return value_n == 0;
}

static const char *drop_name(void *state)
{
    (void)state;
    return "ragd.empty.1";
}

static void no_destructor(void *state)
{
    (void)state;
}

void set_merge(struct db *db, rocksdb_options_t *options)
{
    rocksdb_options_set_merge_operator(
        options, rocksdb_mergeoperator_create(NULL, no_destructor, full_merge,
                                              partial_merge, NULL, merge_name));
    db->drop_empty = rocksdb_compactionfilter_create(NULL, no_destructor, drop_empty,
                                                     drop_name);
    rocksdb_options_set_compaction_filter(options, db->drop_empty);
}
