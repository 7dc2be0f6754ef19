/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/failpoint.h"
#include "core/mem.h"
#include "core/rng.h"
#include "state/key.h"
#include "state/room.h"
#include "state/state.h"
#include "support/test.h"
#include "support/tmpdir.h"
#include "support/virtual_clock.h"

struct fixture {
    struct tmpdir dir;
    char path[TMPDIR_BYTES];
    struct limits limits;
    struct state *state;
    struct err err;
    struct virtual_clock clock;
};

static void reopen(struct fixture *f)
{
    state_destroy(f->state);
    f->state = state_create(&f->limits);
    assert_ok(state_open(f->state, f->path, &f->err), &f->err);
}

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.clock = {.unix_ms = 1700000000000}};
    tmpdir_init(&f.dir);
    tmpdir_path(&f.dir, "state", f.path);
    limits_defaults(&f.limits);
    virtual_clock_install(&f.clock);
    reopen(&f);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    state_destroy(f->state);
    clock_install(NULL);
    tmpdir_release(&f->dir);
    return 0;
}

enum { DIM = 3 };

static void hash_of(int i, uint8_t out[HASH_BYTES])
{
    assert_int_equal(hash_bytes(&i, sizeof(i), out), 0);
}

static void put_row(struct fixture *f, int i, const char *space)
{
    uint8_t hash[HASH_BYTES];
    float row[DIM] = {(float)i, 0.5f, -1.0f};
    hash_of(i, hash);
    struct state_vectors which = {ragd_cs(space), DIM, 1, hash};
    assert_ok(state_vectors_put(f->state, &which, row, &f->err), &f->err);
}

static bool has_row(struct fixture *f, int i, const char *space, uint32_t dim)
{
    uint8_t hash[HASH_BYTES], found = 9;
    float row[8] = {0};
    hash_of(i, hash);
    struct state_vectors which = {ragd_cs(space), dim, 1, hash};
    assert_ok(state_vectors_get(f->state, &which, row, &found, &f->err), &f->err);
    if (found) {
        assert_true(row[0] == (float)i && row[1] == 0.5f && row[2] == -1.0f);
    }
    return found;
}

static void vectors_come_back_after_a_restart_and_go_when_dropped(void **state)
{
    struct fixture *f = *state;
    put_row(f, 1, "space");
    put_row(f, 2, "space");
    reopen(f);
    assert_true(has_row(f, 1, "space", DIM));
    assert_false(has_row(f, 3, "space", DIM));
    assert_false(has_row(f, 1, "other", DIM));
    assert_false(has_row(f, 1, "space", DIM + 1));
    uint8_t hash[HASH_BYTES];
    hash_of(1, hash);
    struct state_vectors which = {ragd_cs("space"), DIM, 1, hash};
    assert_ok(state_vectors_drop(f->state, &which, &f->err), &f->err);
    assert_false(has_row(f, 1, "space", DIM));
    assert_true(has_row(f, 2, "space", DIM));
    uint64_t before = state_sequence(f->state);
    assert_ok(state_vectors_drop(f->state, &which, &f->err), &f->err);
    assert_int_equal(state_sequence(f->state), before);
}

static void vectors_beyond_the_limit_are_not_kept(void **state)
{
    struct fixture *f = *state;
    f->limits.pending_vectors = 100; /* three rows of some 25 bytes, not ten */
    for (int i = 0; i < 10; i++) {
        put_row(f, i, "space");
    }
    assert_true(has_row(f, 0, "space", DIM));
    assert_false(has_row(f, 9, "space", DIM));
    reopen(f); /* the count starts from what is stored */
    put_row(f, 20, "space");
    assert_false(has_row(f, 20, "space", DIM));
}

static void a_small_disk_keeps_a_tenth_free_and_releases_later(void **state)
{
    (void)state;
    assert_int_equal(room_wanted(1000, 100000, false), 1000);
    assert_int_equal(room_wanted(1000, 10000, false), 1000);
    assert_int_equal(room_wanted(1000, 9990, false), 999);
    assert_int_equal(room_wanted(1000, 100000, true), 1500);
    assert_int_equal(room_wanted(0, 100000, true), 0);
}

static void stale_vectors_go(void **state)
{
    struct fixture *f = *state;
    put_row(f, 1, "space");
    virtual_clock_advance(&f->clock, 8u * 24 * 3600 * 1000);
    reopen(f);
    put_row(f, 2, "space");
    assert_false(has_row(f, 1, "space", DIM));
    assert_true(has_row(f, 2, "space", DIM));
}

static uint64_t put_job(struct fixture *f, uint64_t id, uint32_t what)
{
    struct state_job job = {.id = id,
                            .kind = ragd_cs("add"),
                            .collection = ragd_cs("c"),
                            .state = what,
                            .owner = 7,
                            .done = 1,
                            .total = 2};
    assert_ok(state_job_put(f->state, &job, &f->err), &f->err);
    return job.id;
}

static struct state_job *list_jobs(struct fixture *f, struct arena *arena, size_t *n)
{
    struct state_job *jobs;
    assert_ok(state_jobs(f->state, arena, &jobs, n, &f->err), &f->err);
    return jobs;
}

static void jobs_are_numbered_and_listed_newest_first(void **state)
{
    struct fixture *f = *state;
    struct arena arena = {0};
    size_t n;
    assert_int_equal(put_job(f, 0, STATE_JOB_RUNNING), 1);
    assert_int_equal(put_job(f, 0, STATE_JOB_RUNNING), 2);
    assert_int_equal(put_job(f, 1, STATE_JOB_DONE), 1);
    struct state_job *jobs = list_jobs(f, &arena, &n);
    assert_int_equal(n, 2);
    assert_int_equal(jobs[0].id, 2);
    assert_int_equal(jobs[1].state, STATE_JOB_DONE);
    assert_int_equal(jobs[1].owner, 7);
    assert_str_equal(jobs[1].kind, "add");
    arena_release(&arena);
}

static void jobs_of_a_dead_process_become_interrupted(void **state)
{
    struct fixture *f = *state;
    struct arena arena = {0};
    size_t n;
    put_job(f, 0, STATE_JOB_DONE);
    put_job(f, 0, STATE_JOB_RUNNING);
    reopen(f);
    struct state_job *jobs = list_jobs(f, &arena, &n);
    assert_int_equal(jobs[0].state, STATE_JOB_INTERRUPTED);
    assert_int_equal(jobs[0].ended_ms, f->clock.unix_ms);
    assert_int_equal(jobs[1].state, STATE_JOB_DONE);
    assert_int_equal(put_job(f, 0, STATE_JOB_RUNNING), 3);
    arena_release(&arena);
}

static void only_the_newest_jobs_are_remembered(void **state)
{
    struct fixture *f = *state;
    struct arena arena = {0};
    size_t n;
    f->limits.jobs = 3;
    for (int i = 0; i < 10; i++) {
        put_job(f, 0, STATE_JOB_DONE);
    }
    struct state_job *jobs = list_jobs(f, &arena, &n);
    assert_int_equal(n, 3);
    assert_int_equal(jobs[0].id, 10);
    assert_int_equal(jobs[2].id, 8);
    arena_release(&arena);
}

static void values_of_instances_are_kept_apart(void **state)
{
    struct fixture *f = *state;
    struct buf out = {0};
    struct ragd_str a = ragd_cs("source.file"), b = ragd_cs("source.file2"),
                    key = {"k\0x", 3};
    assert_ok(state_value_put(f->state, a, key, (struct ragd_bytes){"v\0w", 3}, &f->err),
              &f->err);
    reopen(f);
    assert_ok(state_value_get(f->state, a, key, &out, &f->err), &f->err);
    assert_int_equal(out.n, 3);
    assert_memory_equal(out.p, "v\0w", 3);
    assert_int_equal(state_value_get(f->state, b, key, &out, &f->err), RAGD_E_NOT_FOUND);
    assert_ok(state_value_del(f->state, a, key, &f->err), &f->err);
    assert_int_equal(state_value_get(f->state, a, key, &out, &f->err), RAGD_E_NOT_FOUND);
    buf_release(&out);
}

static int note_mark(void *arg, const struct state_coll *coll,
                     const struct state_watermark *mark)
{
    char *out = arg;
    size_t at = strlen(out);
    snprintf(out + at, 128 - at, "%.*s.%.*s=%.*s/%u/%llu ", (int)coll->store.n,
             coll->store.p, (int)coll->coll.n, coll->coll.p, (int)mark->name.n,
             mark->name.p, mark->owner, (unsigned long long)mark->sequence);
    return 0;
}

static void marks_are(struct fixture *f, const char *store, const char *expected)
{
    char out[128] = "";
    assert_ok(state_watermarks_walk(f->state, ragd_cs(store), note_mark, out, &f->err),
              &f->err);
    assert_string_equal(out, expected);
}

static void watermarks_are_kept_for_each_store_s_collections(void **state)
{
    struct fixture *f = *state;
    struct state_coll one = {{"mem", 3}, {"c1", 2}}, two = {{"mem", 3}, {"c2", 2}},
                      other = {{"me", 2}, {"c", 1}};
    struct state_watermark mark = {{"papers", 6}, 7, 42};
    marks_are(f, "mem", "");
    assert_ok(state_watermark_put(f->state, &two, &mark, &f->err), &f->err);
    assert_ok(state_watermark_put(f->state, &other, &mark, &f->err), &f->err);
    mark.sequence = 41;
    assert_ok(state_watermark_put(f->state, &one, &mark, &f->err), &f->err);
    reopen(f);
    marks_are(f, "mem", "mem.c1=papers/7/41 mem.c2=papers/7/42 ");
    assert_ok(state_watermark_drop(f->state, &two, &f->err), &f->err);
    reopen(f);
    marks_are(f, "mem", "mem.c1=papers/7/41 ");
    marks_are(f, "me", "me.c=papers/7/42 ");
    marks_are(f, "", "me.c=papers/7/42 mem.c1=papers/7/41 ");
}

static const struct state_coll COLL = {{"mem", 3}, {"c", 1}};

static void write_blob(struct fixture *f, const struct state_coll *coll, const char *name,
                       const char *text)
{
    struct state_blob blob = {ragd_cs(name), {text, text ? strlen(text) : 0}};
    assert_ok(state_blobs_write(f->state, coll, &blob, 1, &f->err), &f->err);
}

struct names {
    char all[256];
    int stop_after;
};

static bool note_blob(void *arg, const struct state_blob *blob)
{
    struct names *names = arg;
    size_t at = strlen(names->all);
    snprintf(names->all + at, sizeof(names->all) - at, "%.*s=%.*s ", (int)blob->name.n,
             blob->name.p, (int)blob->bytes.n, (const char *)blob->bytes.p);
    return --names->stop_after != 0;
}

static const char *walk(struct fixture *f, const char *prefix, const char *after, int stop)
{
    static struct names names;
    names = (struct names){.stop_after = stop};
    struct state_walk w = {ragd_cs(prefix), ragd_cs(after), note_blob, &names};
    assert_ok(state_blobs_walk(f->state, &COLL, &w, &f->err), &f->err);
    return names.all;
}

static void blobs_are_walked_in_order_by_prefix_from_a_cursor(void **state)
{
    struct fixture *f = *state;
    struct state_coll other = {{"mem", 3}, {"c2", 2}};
    write_blob(f, &COLL, "manifest/b", "2");
    write_blob(f, &COLL, "manifest/a", "1");
    write_blob(f, &COLL, "manifest/ab", "3");
    write_blob(f, &COLL, "settings", "s");
    write_blob(f, &other, "manifest/z", "9");
    assert_string_equal(walk(f, "manifest/", "", 0),
                        "manifest/a=1 manifest/ab=3 manifest/b=2 ");
    assert_string_equal(walk(f, "manifest/", "manifest/a", 0),
                        "manifest/ab=3 manifest/b=2 ");
    assert_string_equal(walk(f, "manifest/", "", 1), "manifest/a=1 ");
    assert_string_equal(walk(f, "", "manifest/b", 0), "settings=s ");
    write_blob(f, &COLL, "manifest/a", NULL);
    assert_string_equal(walk(f, "manifest/a", "", 0), "manifest/ab=3 ");
}

static void dropping_a_collection_leaves_its_neighbour(void **state)
{
    struct fixture *f = *state;
    struct state_coll other = {{"mem", 3}, {"c2", 2}};
    struct buf out = {0};
    write_blob(f, &COLL, "settings", "1");
    write_blob(f, &other, "settings", "2");
    assert_ok(state_coll_drop(f->state, &COLL, &f->err), &f->err);
    assert_int_equal(state_blob_get(f->state, &COLL, ragd_cs("settings"), &out, &f->err),
                     RAGD_E_NOT_FOUND);
    assert_ok(state_blob_get(f->state, &other, ragd_cs("settings"), &out, &f->err),
              &f->err);
    buf_release(&out);
}

static void a_second_open_is_refused(void **state)
{
    struct fixture *f = *state;
    struct state *second = state_create(&f->limits);
    assert_int_equal(state_open(second, f->path, &f->err), RAGD_E_CONFLICT);
    state_destroy(second);
}

static void damage_is_reported_as_such(void **state)
{
    struct fixture *f = *state;
    char path[TMPDIR_BYTES + 16];
    state_destroy(f->state);
    f->state = state_create(&f->limits);
    snprintf(path, sizeof(path), "%s/CURRENT", f->path);
    FILE *file = fopen(path, "w");
    fputs("nonsense", file);
    fclose(file);
    assert_int_equal(state_open(f->state, f->path, &f->err), RAGD_E_CORRUPT);
    assert_contains(f->err.msg, "the daemon's own database");
}

static void want_of_memory_leaves_no_trace(void **state)
{
    struct fixture *f = *state;
    struct state_blob blobs[] = {{ragd_cs("a"), {"1", 1}}, {ragd_cs("b"), {"2", 1}}};
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        int rc = state_blobs_write(f->state, &COLL, blobs, 2, &f->err);
        mem_fail_after(-1, 0);
        done = rc == 0;
        assert_string_equal(walk(f, "", "", 0), done ? "a=1 b=2 " : "");
    }
}

#ifdef RAGD_FAILPOINTS
static void a_low_disk_is_told_and_released_a_while_later(void **state)
{
    struct fixture *f = *state;
    assert_ok(state_room(f->state, &f->err), &f->err);
    assert_int_equal(failpoint_arm("state.room=error(FULL)"), 0);
    assert_int_equal(state_room(f->state, &f->err), RAGD_E_FULL);
    assert_int_equal(f->err.id, ERR_STORAGE_FULL);
    assert_non_null(strstr(f->err.msg, "MiB more on /"));
    assert_int_equal(state_room_told(f->state, NULL), RAGD_E_FULL);
    put_row(f, 1, "space"); /* no error, but nothing kept */
    failpoint_arm(NULL);
    assert_false(has_row(f, 1, "space", DIM));
    assert_int_equal(state_room(f->state, NULL), RAGD_E_FULL);
    virtual_clock_advance(&f->clock, 3000);
    assert_ok(state_room(f->state, &f->err), &f->err);
    assert_ok(state_room_told(f->state, &f->err), &f->err);
    put_row(f, 1, "space");
    assert_true(has_row(f, 1, "space", DIM));
}

static void a_full_disk_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct state_blob blob = {ragd_cs("a"), {"1", 1}};
    assert_int_equal(failpoint_arm("state.write=error(FULL)"), 0);
    assert_int_equal(state_blobs_write(f->state, &COLL, &blob, 1, &f->err), RAGD_E_FULL);
    assert_int_equal(f->err.id, ERR_STORAGE_FULL);
    failpoint_arm(NULL);
    assert_string_equal(walk(f, "", "", 0), "");
}
#endif

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static int order_of_keys(struct ragd_str a1, uint64_t a2, struct ragd_str b1, uint64_t b2)
{
    struct buf a = {0}, b = {0};
    assert_int_equal(key_begin(&a, KEY_BLOB) | key_text(&a, a1) | key_number(&a, a2), 0);
    assert_int_equal(key_begin(&b, KEY_BLOB) | key_text(&b, b1) | key_number(&b, b2), 0);
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    order = order ? sign(order) : sign((int)a.n - (int)b.n);
    struct ragd_bytes rest = {a.p + 1, a.n - 1};
    struct buf text = {0};
    uint64_t number;
    assert_int_equal(key_read_text(&rest, &text), 0);
    assert_int_equal(key_read_number(&rest, &number), 0);
    assert_int_equal(text.n, a1.n);
    assert_memory_equal(text.n ? (char *)text.p : "", a1.n ? a1.p : "", a1.n);
    assert_true(number == a2 && rest.n == 0);
    buf_release(&text);
    buf_release(&a);
    buf_release(&b);
    return order;
}

static int order_of_tuples(struct ragd_str a1, uint64_t a2, struct ragd_str b1, uint64_t b2)
{
    int order = memcmp(a1.p, b1.p, a1.n < b1.n ? a1.n : b1.n);
    order = order ? order : (int)a1.n - (int)b1.n;
    return order ? sign(order) : (a2 > b2) - (a2 < b2);
}

static void keys_sort_like_their_tuples_and_read_back(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 17);
    for (int i = 0; i < 5000; i++) {
        char texts[2][8];
        struct ragd_str s[2];
        uint64_t n[2];
        for (int k = 0; k < 2; k++) {
            static const char BYTES[] = {0, 0, 1, (char)0xFF, 'a', 'b'};
            s[k] = (struct ragd_str){texts[k], (size_t)rng_below(&rng, 5)};
            for (size_t c = 0; c < s[k].n; c++) {
                texts[k][c] = BYTES[rng_below(&rng, sizeof(BYTES))];
            }
            n[k] = rng_next(&rng) >> rng_below(&rng, 64);
        }
        assert_int_equal(order_of_keys(s[0], n[0], s[1], n[1]),
                         order_of_tuples(s[0], n[0], s[1], n[1]));
    }
}

static void damaged_keys_are_refused(void **state)
{
    (void)state;
    struct buf text = {0};
    struct ragd_bytes open = {"abc", 3}, escape = {"a\0\xFF", 3}, cut = {"a\0", 2},
                      short_number = {"1234567", 7};
    uint64_t number;
    assert_int_equal(key_read_text(&open, &text), RAGD_E_CORRUPT);
    assert_int_equal(key_read_text(&escape, &text), RAGD_E_CORRUPT);
    assert_int_equal(key_read_text(&cut, &text), RAGD_E_CORRUPT);
    assert_int_equal(key_read_number(&short_number, &number), RAGD_E_CORRUPT);
    buf_release(&text);
}

#define STATE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATE_TEST(vectors_come_back_after_a_restart_and_go_when_dropped),
        STATE_TEST(vectors_beyond_the_limit_are_not_kept),
        TEST(a_small_disk_keeps_a_tenth_free_and_releases_later),
        STATE_TEST(stale_vectors_go),
        STATE_TEST(jobs_are_numbered_and_listed_newest_first),
        STATE_TEST(jobs_of_a_dead_process_become_interrupted),
        STATE_TEST(only_the_newest_jobs_are_remembered),
        STATE_TEST(values_of_instances_are_kept_apart),
        STATE_TEST(watermarks_are_kept_for_each_store_s_collections),
        STATE_TEST(blobs_are_walked_in_order_by_prefix_from_a_cursor),
        STATE_TEST(dropping_a_collection_leaves_its_neighbour),
        STATE_TEST(a_second_open_is_refused),
        STATE_TEST(damage_is_reported_as_such),
        STATE_TEST(want_of_memory_leaves_no_trace),
#ifdef RAGD_FAILPOINTS
        STATE_TEST(a_low_disk_is_told_and_released_a_while_later),
        STATE_TEST(a_full_disk_changes_nothing),
#endif
        TEST(keys_sort_like_their_tuples_and_read_back),
        TEST(damaged_keys_are_refused),
    };
    return RUN_TESTS(tests);
}
