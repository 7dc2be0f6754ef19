/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* store_rocksdb on its disk: restarts, kills, damage, readers beside a writer. */
#include "store_support.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_rocksdb/change.h"
#include "store_rocksdb/postings.h"

static const float A[TEST_DIM] = {1, 0, 0, 0}, B[TEST_DIM] = {0, 1, 0, 0};
static const struct ragd_filter NO_FILTER = {NULL, 0};

static int set_up(void **state)
{
    struct store_test *st = calloc(1, sizeof(*st));
    *state = st;
    store_test_init(st, TEST_DIM, RAGD_METRIC_L2);
    return 0;
}

static int tear_down(void **state)
{
    store_test_release(*state);
    free(*state);
    return 0;
}

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
    assert_str(word, "word");
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

/* ---- stages and kills ------------------------------------------------------------- */

static void stage(struct store_test *st, const char *id, bool last)
{
    struct store_change c;
    change_init(&c);
    c.apply.generation = 3;
    c.apply.flags = last ? 0 : RAGD_APPLY_STAGE;
    change_put(&c, id, "harbour", A);
    store_apply_ok(st, &c.apply);
}

static void stages_that_never_ended_are_gone_after_a_restart(void **state)
{
    struct store_test *st = *state;
    char ids[1024];
    stage(st, "a", false);
    store_test_reopen(st);
    struct store_change c;
    change_init(&c);
    c.apply.generation = 3;
    change_put(&c, "b", "harbour", B);
    store_apply_ok(st, &c.apply);
    assert_string_equal(store_ids(st, NULL, ids), "b");
    store_verify_clean(st);
}

#ifdef RAGD_FAILPOINTS
static unsigned passages_left;
static const char *passage_name;

static void kill_at_passage(const char *point)
{
    if (strcmp(point, passage_name) == 0 && passages_left-- == 0) {
        kill(getpid(), SIGKILL);
    }
}

/* In a child: replaces "old" by three records in three stages, killed at the
 * n-th passage of a point. Returns whether it was killed. */
static bool killed_in_stages(struct store_test *st, const char *point, unsigned n)
{
    pid_t pid = fork();
    if (pid == 0) {
        store_test_open(st);
        store_put(st, "old", "harbour", B);
        passage_name = point;
        passages_left = n;
        store_passage = kill_at_passage;
        struct store_change c;
        change_init(&c);
        c.apply.generation = 3;
        c.apply.flags = RAGD_APPLY_STAGE;
        change_remove(&c, "old");
        store_apply_ok(st, &c.apply);
        stage(st, "a", false);
        stage(st, "b", true);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static void a_kill_leaves_all_stages_or_none(void **state)
{
    struct store_test *st = *state;
    static const char *const POINTS[] = {"store.before_stage", "store.after_stage",
                                         "store.before_write", "store.after_write"};
    char ids[1024];
    unsigned killed = 0, complete = 0;
    for (size_t p = 0; p < 4; p++) {
        for (unsigned n = 0; n < 3; n++) {
            store_test_release(st);
            store_test_init(st, TEST_DIM, RAGD_METRIC_L2);
            store_test_close(st);
            killed += killed_in_stages(st, POINTS[p], n);
            store_test_open(st);
            store_ids(st, NULL, ids);
            bool all = strcmp(ids, "a b") == 0;
            complete += all;
            if (!all) {
                assert_string_equal(ids, "old");
            }
            store_verify_clean(st);
        }
    }
    assert_int_equal(killed, 12);
    /* The last stage decides: killed behind it, all is there. */
    assert_int_equal(complete, 7);
}
#endif

/* A child that adds, updates and removes for ever and tells on a pipe the
 * number of each change that was flushed. */
static void churn(struct store_test *st, int pipe, unsigned from)
{
    store_test_open(st);
    for (unsigned n = from;; n++) {
        char text[64], id[4][16];
        struct store_change c;
        change_init(&c);
        snprintf(text, sizeof(text), "harbour of change %u", n);
        for (unsigned i = 0; i < 4; i++) {
            snprintf(id[i], sizeof(id[i]), "r%u", (n * 7 + i) % 40);
            change_put(&c, id[i], text, A);
        }
        char number[16];
        snprintf(number, sizeof(number), "%u", n);
        change_blob(&c, "change", number);
        char gone[16];
        snprintf(gone, sizeof(gone), "r%u", (n * 7 + 20) % 40);
        change_remove(&c, gone);
        store_apply_ok(st, &c.apply);
        store_flush_ok(st);
        if (write(pipe, &n, sizeof(n)) != (ssize_t)sizeof(n)) {
            _exit(0);
        }
    }
}

/* Number of the change whose blob is stored, 0 for none. */
static unsigned stored_change(struct store_test *st)
{
    struct ragd_view *view = store_view(st);
    struct ragd_call *call = store_call(st);
    const struct ragd_str name = ragd_cs("change");
    assert_status(call, st->t->blob_get(view, call, &name, 1, &fake_blob_sink), RAGD_OK);
    const struct fake_results *r = fake_call_results(call);
    unsigned n = r->n_blobs ? (unsigned)strtoul(r->blobs[0].bytes.p, NULL, 10) : 0;
    fake_call_destroy(call);
    st->t->view_close(view);
    return n;
}

static void kills_lose_nothing_acknowledged(void **state)
{
    struct store_test *st = *state;
    unsigned from = 1, rounds = getenv("RAGD_TEST_LONG") ? 200 : 12;
    store_test_close(st);
    for (unsigned round = 0; round < rounds; round++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(fds[0]);
            churn(st, fds[1], from);
        }
        close(fds[1]);
        unsigned acknowledged = from - 1, n;
        /* The moment of the kill moves with the round. */
        for (unsigned i = 0; i <= round % 5 && read(fds[0], &n, sizeof(n)) == sizeof(n);
             i++) {
            acknowledged = n;
        }
        usleep(137 * round % 1000);
        kill(pid, SIGKILL);
        while (read(fds[0], &n, sizeof(n)) == sizeof(n)) {
            acknowledged = n;
        }
        close(fds[0]);
        waitpid(pid, NULL, 0);
        store_test_open(st);
        unsigned stored = stored_change(st);
        assert_in_range(stored, acknowledged, acknowledged + 1);
        store_verify_clean(st);
        from = stored + 1;
        store_test_close(st);
    }
    store_test_open(st);
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
    assert_str(fake_call_results(call)->hits[0].rec->id, id);
    uint64_t count = 0;
    assert_status(call, st->t->count(view, call, &NO_FILTER, &count), RAGD_OK);
    assert_int_equal(count, 2560);
    fake_call_destroy(call);
    st->t->view_close(view);
    store_verify_clean(st);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_order_as_what_they_name),
        TEST(later_postings_win_and_removed_ones_go),
        TEST(foreign_bytes_are_no_postings),
        CASE(a_second_open_is_refused),
        CASE(another_schema_is_refused_and_left_alone),
        CASE(damaged_tables_are_told),
        CASE(verify_finds_what_was_tampered_with),
        CASE(postings_of_another_analyser_are_made_again),
        CASE(stages_that_never_ended_are_gone_after_a_restart),
#ifdef RAGD_FAILPOINTS
        CASE(a_kill_leaves_all_stages_or_none),
#endif
        CASE(kills_lose_nothing_acknowledged),
        CASE(readers_see_whole_changes),
        CASE(rows_in_memory_follow_the_views),
        CASE(rows_beyond_the_limit_are_read_each_time),
        CASE(more_records_than_a_block_are_found),
    };
    return RUN_TESTS(tests);
}
