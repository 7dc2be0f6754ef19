/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* store_rocksdb on its disk: restarts, damage, readers beside a writer. */
#include "store_support.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>

#include "store_rocksdb/change.h"
#include "store_rocksdb/postings.h"

static const float A[TEST_DIM] = {1, 0, 0, 0}, B[TEST_DIM] = {0, 1, 0, 0};
static const struct ragd_filter NO_FILTER = {NULL, 0};

/* ---- parts ---------------------------------------------------------------------- */

static void keys_order_as_what_they_name(void **state)
{
    (void)state;
    struct key a, b;
    const uint64_t seqs[] = {0, 1, 255, 256, 65536, UINT32_MAX, UINT64_MAX};
    for (size_t i = 1; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
        key_seq(&a, 7, seqs[i - 1]);
        key_seq(&b, 7, seqs[i]);
        assert_int_equal(a.n, b.n);
        assert_true(memcmp(a.bytes, b.bytes, a.n) < 0);
    }
    struct ragd_str word;
    uint32_t block;
    key_posting(&a, 7, ragd_cs("word"), 42);
    assert_true(key_read_posting((struct ragd_bytes){a.bytes, a.n}, &word, &block));
    assert_str_equal(word, "word");
    assert_int_equal(block, 42);
    assert_false(key_read_posting((struct ragd_bytes){a.bytes, 8}, &word, &block));
}

static size_t write_all(const struct posting *p, size_t n, unsigned char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        len += posting_write(out + len, i ? p[i - 1].slot : UINT32_MAX, &p[i]);
    }
    return len;
}

static void later_postings_win_and_removed_ones_go(void **state)
{
    (void)state;
    const struct posting old[] = {{0, 1, 10}, {5, 2, 20}, {511, 3, 30}};
    const struct posting new[] = {{0, 0, 0}, {5, 9, 99}, {6, 1, UINT64_MAX}};
    unsigned char a[64], b[64], out[POSTINGS_PER_BLOCK * POSTINGS_ENTRY_MAX];
    struct ragd_bytes value = {a, write_all(old, 3, a)},
                      operand = {b, write_all(new, 3, b)};
    long n = postings_merge(value, &operand, 1, false, out);
    assert_true(n > 0);
    struct posting p = {.slot = UINT32_MAX};
    bool bad = false;
    size_t at = 0;
    struct ragd_bytes merged = {out, (size_t)n};
    assert_true(posting_read(merged, &at, &p, &bad));
    assert_int_equal(p.slot, 5);
    assert_int_equal(p.tf, 9);
    assert_true(posting_read(merged, &at, &p, &bad));
    assert_int_equal(p.slot, 6);
    assert_true(p.len == UINT64_MAX);
    assert_true(posting_read(merged, &at, &p, &bad));
    assert_int_equal(p.slot, 511);
    assert_false(posting_read(merged, &at, &p, &bad));
    assert_false(bad);
    uint64_t count = 0;
    assert_true(postings_count(merged, &count));
    assert_int_equal(count, 3);
}

static void foreign_bytes_are_no_postings(void **state)
{
    (void)state;
    unsigned char bytes[24], out[POSTINGS_PER_BLOCK * POSTINGS_ENTRY_MAX];
    uint64_t seed = 88172645463325252u, refused = 0;
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i < sizeof(bytes); i++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            bytes[i] = (unsigned char)seed;
        }
        struct ragd_bytes b = {bytes, seed % sizeof(bytes)};
        long n = postings_merge(b, &b, 1, true, out);
        assert_true(n >= -1 && n <= (long)sizeof(out));
        refused += n < 0;
    }
    assert_true(refused > 10000);
}

/* ---- opening -------------------------------------------------------------------- */

static ragd_status create_second(struct store_test *st, char message[512])
{
    struct fake_instance second;
    ragd_status status = fake_instance_create(st->host, RAGD_IF_STORE, &second);
    snprintf(message, 512, "%s", fake_host_message(st->host));
    fake_instance_destroy(&second);
    return status;
}

static void a_second_open_is_refused(void **state)
{
    struct store_test *st = *state;
    char message[512];
    assert_int_equal(create_second(st, message), RAGD_E_CONFIG);
    assert_contains(message, "in use");
    assert_contains(message, st->dir.path);
}

static void another_schema_is_refused_and_left_alone(void **state)
{
    struct store_test *st = *state;
    char dir[TMPDIR_BYTES], *text = NULL, message[512];
    tmpdir_path(&st->dir, "other", dir);
    rocksdb_options_t *o = rocksdb_options_create();
    rocksdb_options_set_create_if_missing(o, 1);
    rocksdb_t *db = rocksdb_open(o, dir, &text);
    rocksdb_column_family_handle_destroy(
        rocksdb_create_column_family(db, o, "meta.99", &text));
    assert_null(text);
    rocksdb_close(db);
    fake_host_set(st->host, "dir", dir);
    assert_int_equal(create_second(st, message), RAGD_E_CONFIG);
    assert_contains(message, "schema 99");
    size_t n = 0;
    char **names = rocksdb_list_column_families(o, dir, &n, &text);
    assert_int_equal(n, 2);
    rocksdb_list_column_families_destroy(names, n);
    rocksdb_options_destroy(o);
}

static void overwrite_files(const char *dir, const char *suffix)
{
    char command[512];
    snprintf(command, sizeof(command),
             "for f in %s/*%s; do dd if=/dev/zero of=\"$f\" bs=1 seek=20 count=64 "
             "conv=notrunc 2>/dev/null; done",
             dir, suffix);
    assert_int_equal(system(command), 0);
}

static void damaged_tables_are_told(void **state)
{
    struct store_test *st = *state;
    store_put(st, "a", "harbour", A);
    store_test_close(st); /* writes the tables */
    overwrite_files(st->dir.path, ".sst");
    st->host = fake_host_create(ragd_plugin_entry_v0);
    fake_host_set_dir(st->host, RAGD_DIR_DATA, st->dir.path);
    ragd_status status = fake_instance_create(st->host, RAGD_IF_STORE, &st->instance);
    if (status == RAGD_OK) {
        struct ragd_call *call = fake_call_create(st->host);
        st->t = st->instance.table;
        status = st->t->coll_open(st->instance.inst, call, ragd_cs("c"), &st->coll);
        assert_contains(fake_call_message(call), "damaged");
        fake_call_destroy(call);
    }
    assert_int_equal(status, RAGD_E_CORRUPT);
}

static bool is_written(struct store_test *st, const char *id)
{
    struct store_change c;
    struct ragd_call *call = store_call(st);
    change_init(&c);
    change_put(&c, id, "harbour lights", A);
    ragd_status status = st->t->apply(st->coll, call, &c.apply);
    fake_call_destroy(call);
    return status == RAGD_OK;
}

/* No file may grow, which fails as a full disk does, but for the errno. */
static void a_failed_write_of_the_log_ends_writing_only(void **state)
{
    struct store_test *st = *state;
    struct rlimit before, none;
    store_put(st, "a", "harbour", A);
    store_flush_ok(st);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){.rlim_cur = 1, .rlim_max = before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    bool written = is_written(st, "b"), again = is_written(st, "c");
    struct ragd_call *call = store_call(st);
    ragd_status flushed = st->t->flush(st->coll, call);
    fake_call_destroy(call);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_false(written || again);
    assert_int_equal(flushed, RAGD_E_IO);
    store_verify_clean(st);
    assert_int_equal(store_stats_now(st).records, 1);
    store_test_reopen(st);
    assert_int_equal(store_stats_now(st).records, 1);
    assert_true(is_written(st, "b"));
}

/* ---- verify and the analyser ------------------------------------------------------ */

static void write_key(struct store_test *st, enum cf cf, const struct key *key,
                      struct ragd_bytes value)
{
    struct store *store = st->instance.inst;
    struct ragd_call *call = store_call(st);
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    if (value.p) {
        batch_put(batch, &store->db, cf, key, value);
    } else {
        batch_delete(batch, &store->db, cf, key);
    }
    assert_status(call, db_write(&store->db, call, batch, false), RAGD_OK);
    rocksdb_writebatch_destroy(batch);
    fake_call_destroy(call);
}

static size_t problems(struct store_test *st, const char *part)
{
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    assert_status(call, st->t->verify(view, call, &fake_verify_sink), RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    size_t n = 0;
    for (size_t i = 0; i < r->n_problems; i++) {
        n += memmem(r->problems[i].p, r->problems[i].n, part, strlen(part)) != NULL;
    }
    fake_call_destroy(call);
    st->t->view_close(view);
    return n;
}

static void verify_finds_what_was_tampered_with(void **state)
{
    struct store_test *st = *state;
    struct key key;
    const struct ragd_bytes none = {NULL, 0};
    store_put(st, "first", "harbour lights", A);
    store_put(st, "second", "harbour", B);
    store_verify_clean(st);
    key_posting(&key, st->coll->number, ragd_cs("harbour"), 0);
    write_key(st, CF_POSTINGS, &key, none);
    assert_int_equal(problems(st, "postings of record"), 2);
    key_seq(&key, st->coll->number, 1);
    write_key(st, CF_VECTORS, &key, none);
    assert_int_equal(problems(st, "first has lost its vector"), 1);
    key_text(&key, st->coll->number, ragd_cs("second"));
    write_key(st, CF_IDS, &key, none);
    assert_int_equal(problems(st, "second is not in the index of ids"), 1);
    key_seq(&key, st->coll->number, 2);
    write_key(st, CF_RECORDS, &key, (struct ragd_bytes){"\xff\xff\xff", 3});
    assert_int_equal(problems(st, "cannot be decoded"), 1);
}

static void postings_of_another_analyser_are_made_again(void **state)
{
    struct store_test *st = *state;
    struct region region = {0};
    struct counters counters;
    struct key key;
    struct ragd_bytes bytes;
    store_put(st, "a", "harbour lights", A);
    struct ragd_call *call = store_call(st);
    struct store *store = st->instance.inst;
    assert_status(call, counters_read(st->coll, call, store->db.latest, &region, &counters),
                  RAGD_OK);
    counters.analyser = ragd_cs("an older one");
    counters.words = 77;
    assert_int_equal(codec_counters_pack(&region, &counters, &bytes), 0);
    key_numbered(&key, 'n', st->coll->number);
    write_key(st, CF_META, &key, bytes);
    key_posting(&key, st->coll->number, ragd_cs("harbour"), 0);
    write_key(st, CF_POSTINGS, &key, (struct ragd_bytes){NULL, 0});
    fake_call_destroy(call);
    region_release(&region);
    store_test_reopen(st);
    assert_contains(fake_host_log(st->host), "keyword index");
    store_verify_clean(st);
    assert_int_equal(store_stats_now(st).sequence, counters.sequence);
}

/* ---- readers beside a writer ------------------------------------------------------ */

struct reader {
    struct store_test *st;
    atomic_bool *stop;
    unsigned rounds, torn;
};

/* The writer keeps all records of one text: a view that shows two has torn. */
static void *read_on(void *arg)
{
    struct reader *r = arg;
    const double q[TEST_DIM] = {1, 0, 0, 0};
    while (!atomic_load(r->stop) || r->rounds == 0) {
        struct ragd_call *call = store_call(r->st);
        struct ragd_view *view = NULL;
        struct ragd_query query = store_query_vector(q, TEST_DIM, 100);
        query.text = ragd_cs("harbour");
        query.want_keyword = 1;
        query.include = RAGD_INCLUDE_TEXT;
        bool ok = r->st->t->view_open(r->st->coll, call, &view) == RAGD_OK &&
                  r->st->t->query(view, call, &query, &fake_hit_sink) == RAGD_OK;
        const struct fake_results *got = fake_call_results(call);
        r->torn += !ok || got->n_hits != 16;
        for (size_t i = 1; i < got->n_hits; i++) {
            r->torn += got->hits[i].rec->text.n != got->hits[0].rec->text.n ||
                       memcmp(got->hits[i].rec->text.p, got->hits[0].rec->text.p,
                              got->hits[0].rec->text.n) != 0;
        }
        if (view) {
            r->st->t->view_close(view);
        }
        fake_call_destroy(call);
        r->rounds++;
    }
    return NULL;
}

static void write_round(struct store_test *st, unsigned n)
{
    char text[64], id[8][8];
    struct store_change c;
    change_init(&c);
    snprintf(text, sizeof(text), "harbour %u", n);
    for (unsigned i = 0; i < 8; i++) {
        snprintf(id[i], sizeof(id[i]), "r%u", i);
        change_put(&c, id[i], text, n % 2 ? A : B);
    }
    store_apply_ok(st, &c.apply);
}

static void readers_see_whole_changes(void **state)
{
    struct store_test *st = *state;
    atomic_bool stop = false;
    struct reader readers[2] = {{.st = st, .stop = &stop}, {.st = st, .stop = &stop}};
    pthread_t threads[2];
    write_round(st, 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    for (unsigned n = 1; n < 200; n++) {
        write_round(st, n);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].torn, 0);
        assert_true(readers[i].rounds > 0);
    }
}

/* ---- rows ------------------------------------------------------------------------- */

static double nearest(struct store_test *st, struct ragd_view *view, const double *q)
{
    struct ragd_call *call = store_call(st);
    struct ragd_query query = store_query_vector(q, TEST_DIM, 1);
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    double value = fake_call_results(call)->n_hits ? fake_call_results(call)->hits[0].value
                                                   : -1;
    fake_call_destroy(call);
    return value;
}

static void rows_in_memory_follow_the_views(void **state)
{
    struct store_test *st = *state;
    const double q[TEST_DIM] = {1, 0, 0, 0};
    store_put(st, "a", "", B);
    struct ragd_view *first = store_view(st);
    assert_true(nearest(st, first, q) == 2.0);
    assert_true(store_stats_now(st).bytes_ram > 0);
    store_put(st, "a", "", A);
    struct ragd_view *second = store_view(st);
    assert_true(nearest(st, second, q) == 0.0);
    assert_true(nearest(st, first, q) == 2.0);
    assert_true(nearest(st, second, q) == 0.0);
    st->t->view_close(first);
    st->t->view_close(second);
}

static void rows_beyond_the_limit_are_read_each_time(void **state)
{
    struct store_test *st = *state;
    const double q[TEST_DIM] = {1, 0, 0, 0};
    struct store *store = st->instance.inst;
    store->rows_limit = 0;
    store_put(st, "a", "", B);
    struct ragd_view *view = store_view(st);
    assert_true(nearest(st, view, q) == 2.0);
    assert_int_equal(store_stats_now(st).bytes_ram, 0);
    st->t->view_close(view);
}

static void more_records_than_a_block_are_found(void **state)
{
    struct store_test *st = *state;
    char id[16];
    for (unsigned n = 0; n < 40; n++) {
        struct store_change c;
        char ids[64][16];
        float vecs[64][TEST_DIM];
        change_init(&c);
        for (unsigned i = 0; i < 64; i++) {
            snprintf(ids[i], sizeof(ids[i]), "r%u", n * 64 + i);
            memset(vecs[i], 0, sizeof(vecs[i]));
            vecs[i][0] = (float)(n * 64 + i);
            change_put(&c, ids[i], n == 39 ? "harbour" : "else", vecs[i]);
        }
        store_apply_ok(st, &c.apply);
    }
    const double q[TEST_DIM] = {2047.25, 0, 0, 0};
    struct ragd_view *view = store_view(st);
    assert_true(nearest(st, view, q) == 0.0625);
    struct ragd_call *call = store_call(st);
    struct ragd_query query = store_query_text("harbour", 1000);
    assert_status(call, st->t->query(view, call, &query, &fake_hit_sink), RAGD_OK);
    assert_int_equal(fake_call_results(call)->n_hits, 64);
    snprintf(id, sizeof(id), "r%u", 39 * 64);
    assert_str_equal(fake_call_results(call)->hits[0].rec->id, id);
    uint64_t count = 0;
    assert_status(call, st->t->count(view, call, &NO_FILTER, &count), RAGD_OK);
    assert_int_equal(count, 2560);
    fake_call_destroy(call);
    st->t->view_close(view);
    store_verify_clean(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_order_as_what_they_name),
        TEST(later_postings_win_and_removed_ones_go),
        TEST(foreign_bytes_are_no_postings),
        STORE_TEST(a_second_open_is_refused),
        STORE_TEST(another_schema_is_refused_and_left_alone),
        STORE_TEST(damaged_tables_are_told),
        STORE_TEST(a_failed_write_of_the_log_ends_writing_only),
        STORE_TEST(verify_finds_what_was_tampered_with),
        STORE_TEST(postings_of_another_analyser_are_made_again),
        STORE_TEST(readers_see_whole_changes),
        STORE_TEST(rows_in_memory_follow_the_views),
        STORE_TEST(rows_beyond_the_limit_are_read_each_time),
        STORE_TEST(more_records_than_a_block_are_found),
    };
    return RUN_TESTS(tests);
}
