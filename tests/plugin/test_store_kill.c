/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* store_rocksdb when it is killed: stages that never ended, what was acknowledged. */
#include "store_support.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_rocksdb/change.h"

static const float A[TEST_DIM] = {1, 0, 0, 0}, B[TEST_DIM] = {0, 1, 0, 0};

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(stages_that_never_ended_are_gone_after_a_restart),
#ifdef RAGD_FAILPOINTS
        STORE_TEST(a_kill_leaves_all_stages_or_none),
#endif
        STORE_TEST(kills_lose_nothing_acknowledged),
    };
    return RUN_TESTS(tests);
}
