/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Uploads in memory and on disk, on the real workers. */
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "loop/loop.h"
#include "loop/workers.h"
#include "rpc/spool.h"
#include "support/test.h"
#include "support/tmpdir.h"

static struct tmpdir dir;
static struct limits limits;
static struct spool_pool pool;
static int written, rooms;
static enum err_id problem;

static int set_up(void **state)
{
    (void)state;
    tmpdir_init(&dir);
    limits_defaults(&limits);
    limits.callback = 1000;
    limits.spool_memory = 10;
    limits.spool = 100;
    written = rooms = 0;
    problem = ERR_NONE;
    if (loop_init(&limits, NULL) != 0) {
        return -1;
    }
    workers_init(&limits);
    spool_pool_init(&pool, &limits, dir.path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(pool.bytes, 0);
    assert_int_equal(pool.memory_bytes, 0);
    spool_pool_release(&pool);
    workers_stop();
    workers_join(10000);
    loop_release();
    tmpdir_release(&dir);
    return 0;
}

static void on_written(void *arg, const struct err *err)
{
    (void)arg;
    written++;
    problem = err ? err->id : ERR_NONE;
}

static struct spool *create(uint64_t size)
{
    struct spool *spool;
    struct err err;
    assert_ok(spool_create(&pool, size, &spool, &err), &err);
    return spool;
}

static enum err_id put(struct spool *spool, const char *text)
{
    int before = written;
    spool_write(spool, (struct ragd_bytes){text, strlen(text)}, on_written, NULL);
    assert_int_equal(written, before); /* never before it has returned */
    assert_true(spool_busy(spool));
    while (written == before) {
        loop_turn();
    }
    assert_false(spool_busy(spool));
    return problem;
}

static int check(struct spool *spool, const char *text, struct err *err)
{
    uint8_t hash[HASH_BYTES];
    assert_int_equal(hash_bytes(text, strlen(text), hash), 0);
    return spool_check(spool, hash, err);
}

static void few_bytes_stay_in_memory(void **state)
{
    (void)state;
    struct err err;
    struct spool *spool = create(10);
    assert_int_equal(put(spool, "01234"), ERR_NONE);
    assert_int_equal(put(spool, "56789"), ERR_NONE);
    assert_ok(check(spool, "0123456789", &err), &err);
    assert_int_equal(spool_fd(spool), -1);
    assert_int_equal(spool_bytes(spool).n, 10);
    assert_memory_equal(spool_bytes(spool).p, "0123456789", 10);
    assert_int_equal(pool.memory_bytes, 10);
    spool_destroy(spool);
}

static void more_bytes_go_to_a_file_without_a_name(void **state)
{
    (void)state;
    char text[12] = {0};
    struct err err;
    struct stat st;
    struct spool *spool = create(11);
    assert_int_equal(put(spool, "01234"), ERR_NONE);
    assert_int_equal(put(spool, "56789a"), ERR_NONE);
    assert_ok(check(spool, "0123456789a", &err), &err);
    assert_true(spool_fd(spool) >= 0);
    assert_null(spool_bytes(spool).p);
    assert_int_equal(pool.memory_bytes, 0);
    assert_int_equal(spool_head(spool).n, 11);
    assert_memory_equal(spool_head(spool).p, "0123456789a", 11);
    assert_int_equal(pread(spool_fd(spool), text, 11, 0), 11);
    assert_string_equal(text, "0123456789a");
    assert_int_equal(fstat(spool_fd(spool), &st), 0);
    assert_int_equal(st.st_nlink, 0);
    spool_destroy(spool);
}

static void nothing_at_all_is_an_upload_too(void **state)
{
    (void)state;
    struct err err;
    struct spool *spool = create(0);
    assert_ok(check(spool, "", &err), &err);
    assert_non_null(spool_bytes(spool).p);
    assert_int_equal(spool_bytes(spool).n, 0);
    spool_destroy(spool);
}

static void other_bytes_than_announced_are_noticed(void **state)
{
    (void)state;
    struct err err;
    struct spool *spool = create(3);
    assert_int_equal(put(spool, "abd"), ERR_NONE);
    assert_int_not_equal(check(spool, "abc", &err), 0);
    assert_int_equal(err.id, ERR_CHANGED);
    spool_destroy(spool);
    spool = create(4);
    assert_int_equal(put(spool, "abc"), ERR_NONE);
    assert_int_not_equal(check(spool, "abc", &err), 0);
    assert_int_equal(err.id, ERR_CHANGED);
    spool_destroy(spool);
}

static void all_uploads_share_a_budget(void **state)
{
    (void)state;
    struct spool *spool, *other = create(60);
    struct err err;
    for (uint64_t size = 39; size <= 41; size++) {
        int rc = spool_create(&pool, size, &spool, &err);
        assert_int_equal(rc == 0, size <= 40);
        if (rc == 0) {
            spool_destroy(spool);
        }
    }
    assert_int_equal(err.id, ERR_LIMIT);
    assert_non_null(strstr(err.msg, "an upload of 41 bytes, limits.spool is 100"));
    assert_int_not_equal(spool_create(&pool, UINT64_MAX, &spool, &err), 0);
    spool_destroy(other);
}

static void on_room(struct spool_waiter *waiter)
{
    list_remove(&waiter->node);
    rooms++;
}

static void who_waits_for_room_is_told(void **state)
{
    (void)state;
    struct spool_waiter waiter = {.on_room = on_room};
    struct spool *spool = create(100);
    list_init(&waiter.node);
    list_push(&pool.waiters, &waiter.node);
    spool_destroy(spool);
    assert_int_equal(rooms, 0);
    while (rooms == 0) {
        loop_turn();
    }
    assert_int_equal(rooms, 1);
}

static void a_spool_that_is_destroyed_while_it_writes_tells_nobody(void **state)
{
    (void)state;
    struct spool *spool = create(20);
    spool_write(spool, (struct ragd_bytes){"0123456789012345", 16}, on_written, NULL);
    spool_destroy(spool);
    while (pool.bytes > 0) {
        loop_turn();
    }
    assert_int_equal(written, 0);
}

static void a_directory_that_is_gone_fails_the_write(void **state)
{
    (void)state;
    pool.dir = "/nonexistent/ragd";
    struct spool *spool = create(50);
    assert_int_not_equal(put(spool, "01234567890123456789"), ERR_NONE);
    spool_destroy(spool);
}

#define SPOOL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SPOOL_TEST(few_bytes_stay_in_memory),
        SPOOL_TEST(more_bytes_go_to_a_file_without_a_name),
        SPOOL_TEST(nothing_at_all_is_an_upload_too),
        SPOOL_TEST(other_bytes_than_announced_are_noticed),
        SPOOL_TEST(all_uploads_share_a_budget),
        SPOOL_TEST(who_waits_for_room_is_told),
        SPOOL_TEST(a_spool_that_is_destroyed_while_it_writes_tells_nobody),
        SPOOL_TEST(a_directory_that_is_gone_fails_the_write),
    };
    return RUN_TESTS(tests);
}
