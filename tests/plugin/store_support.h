/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * A store under test: the plugin that is linked in, in a directory of its own,
 * with one open collection. Failures fail the test and show the store's text.
 */
#ifndef STORE_SUPPORT_H
#define STORE_SUPPORT_H

#include "support/test.h"
#include "support/tmpdir.h"

#include "sdk/testing/fake_host.h"

enum { TEST_DIM = 4 };

struct store_test {
    struct tmpdir dir;
    struct fake_host *host;
    struct fake_instance instance;
    const struct ragd_store *t;
    struct ragd_coll *coll;
    uint32_t dim, metric;
};

/* A fresh directory and collection "c" of dim and metric. */
void store_test_init(struct store_test *st, uint32_t dim, uint32_t metric);
void store_test_release(struct store_test *st);
/* The instance again, as after a restart; the collection too when it is there. */
void store_test_reopen(struct store_test *st);
/* The two halves of it. */
void store_test_close(struct store_test *st);
void store_test_open(struct store_test *st);

/* Around a test: *state is a struct store_test of TEST_DIM dimensions, with
 * squared distances unless the name says another metric. */
int store_set_up(void **state);
int store_set_up_cosine(void **state);
int store_set_up_ip(void **state);
int store_tear_down(void **state);
#define STORE_TEST(name) \
    cmocka_unit_test_setup_teardown(name, store_set_up, store_tear_down)

struct ragd_record store_record(const char *id, const char *text, const float *vec);

/* What a test applies; grows as needed. */
struct store_change {
    struct ragd_apply apply;
    const struct ragd_record *records[64];
    struct ragd_record record_values[64];
    const struct ragd_stored_doc *docs[16];
    struct ragd_stored_doc doc_values[16];
    struct ragd_str remove_ids[64], remove_docs[16];
    struct ragd_blob blobs[16];
};

void change_init(struct store_change *c);
struct ragd_record *change_put(struct store_change *c, const char *id, const char *text,
                               const float *vec);
void change_remove(struct store_change *c, const char *id);
struct ragd_stored_doc *change_put_doc(struct store_change *c, const char *id,
                                       const char *text);
void change_remove_doc(struct store_change *c, const char *id);
/* bytes NULL deletes. */
void change_blob(struct store_change *c, const char *name, const char *bytes);

void store_apply_ok(struct store_test *st, const struct ragd_apply *apply);
ragd_status store_apply_status(struct store_test *st, const struct ragd_apply *apply);
/* One record, applied. */
void store_put(struct store_test *st, const char *id, const char *text, const float *vec);
void store_remove(struct store_test *st, const char *id);
void store_flush_ok(struct store_test *st);

struct ragd_view *store_view(struct store_test *st);
/* A call whose sinks know the dimension. */
struct ragd_call *store_call(struct store_test *st);
struct ragd_coll_stats store_stats_now(struct store_test *st);
uint64_t store_count_now(struct store_test *st, const struct ragd_filter *filter);

/* Ids of all records in insertion order, joined by blanks; into text. */
const char *store_ids(struct store_test *st, struct ragd_view *view, char text[1024]);
/* Ids of a query's hits of one list. */
const char *hit_ids(const struct fake_results *results, uint32_t list, char text[1024]);
struct ragd_query store_query_vector(const double *vec, uint32_t dim, uint64_t k);
struct ragd_query store_query_text(const char *text, uint64_t k);

/* verify finds nothing. */
void store_verify_clean(struct store_test *st);

#define assert_status(call, rc, want)                                                    \
    do {                                                                                 \
        ragd_status got_ = (rc);                                                         \
        if (got_ != (want)) {                                                            \
            fail_msg("status %d, wanted %d: %s", got_, (want), fake_call_message(call)); \
        }                                                                                \
    } while (0)

#endif
