/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* loop, inbox, timer and signals. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "core/list.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/rng.h"
#include "loop/inbox.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "loop/timer.h"
#include "support/test.h"
#include "support/virtual_clock.h"

static struct virtual_clock clock_now;

static int set_up(void **state)
{
    (void)state;
    struct limits limits;
    limits_defaults(&limits);
    clock_now = (struct virtual_clock){.mono_ms = 1000};
    virtual_clock_install(&clock_now);
    return loop_init(&limits, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    loop_release();
    clock_install(NULL);
    return 0;
}

static char order[64];

struct mark {
    struct timer timer;
    struct inbox_item item;
    char letter;
    int left; /* posts still to make */
};

static void note(char letter)
{
    size_t n = strlen(order);
    assert_true(n + 1 < sizeof(order));
    order[n] = letter;
    order[n + 1] = '\0';
}

static void on_mark(struct timer *timer)
{
    note(((struct mark *)timer)->letter);
}

static void start(struct mark *mark, char letter, uint64_t ms)
{
    *mark = (struct mark){.timer = {.name = "mark"}, .letter = letter};
    timer_start(&mark->timer, ms, on_mark);
}

static void timers_run_in_order_of_time_then_of_starting(void **state)
{
    (void)state;
    struct mark a, b, c, d;
    order[0] = '\0';
    start(&a, 'a', 20);
    start(&b, 'b', 10);
    start(&c, 'c', 20);
    start(&d, 'd', 30);
    assert_int_equal(timer_run_due(), 0);
    virtual_clock_advance(&clock_now, 25);
    assert_int_equal(timer_run_due(), 3);
    assert_string_equal(order, "bac");
    assert_int_equal(timer_next_ms(), 5);
    assert_true(timer_active(&d.timer));
    timer_stop(&d.timer);
    assert_true(timer_next_ms() == UINT64_MAX);
}

static void stopped_timers_never_run(void **state)
{
    (void)state;
    struct mark a, b;
    order[0] = '\0';
    start(&a, 'a', 10);
    start(&b, 'b', 10);
    timer_stop(&a.timer);
    timer_stop(&a.timer);
    assert_false(timer_active(&a.timer));
    virtual_clock_advance(&clock_now, 10);
    timer_run_due();
    assert_string_equal(order, "b");
}

static void restarting_moves_a_timer(void **state)
{
    (void)state;
    struct mark a;
    order[0] = '\0';
    start(&a, 'a', 10);
    timer_start(&a.timer, 50, on_mark);
    virtual_clock_advance(&clock_now, 49);
    assert_int_equal(timer_run_due(), 0);
    virtual_clock_advance(&clock_now, 1);
    assert_int_equal(timer_run_due(), 1);
}

static void on_restart(struct timer *timer)
{
    note('r');
    timer_start(timer, 0, on_restart);
}

static void restart_without_delay_waits_for_the_next_run(void **state)
{
    (void)state;
    struct mark a = {.timer = {.name = "again"}};
    order[0] = '\0';
    timer_start(&a.timer, 0, on_restart);
    assert_int_equal(timer_run_due(), 1);
    assert_int_equal(timer_run_due(), 1);
    assert_string_equal(order, "rr");
    timer_stop(&a.timer);
}

static void on_free(struct timer *timer)
{
    mem_free(timer);
}

static void a_timer_may_free_itself(void **state)
{
    (void)state;
    struct mark *mark = mem_calloc(1, sizeof(*mark));
    mark->timer.name = "free";
    timer_start(&mark->timer, 0, on_free);
    assert_int_equal(timer_run_due(), 1);
}

static void heap_agrees_with_sorting(void **state)
{
    (void)state;
    enum { N = 500 };
    static struct mark marks[N];
    struct rng rng;
    rng_seed(&rng, 5);
    memset(marks, 0, sizeof(marks));
    for (int step = 0; step < 20000; step++) {
        struct mark *mark = &marks[rng_below(&rng, N)];
        mark->timer.name = "any";
        if (rng_below(&rng, 3)) {
            timer_start(&mark->timer, rng_below(&rng, 1000), on_mark);
        } else {
            timer_stop(&mark->timer);
        }
        uint64_t least = UINT64_MAX;
        for (int i = 0; i < N && step % 50 == 0; i++) {
            if (timer_active(&marks[i].timer) && marks[i].timer.due_ms < least) {
                least = marks[i].timer.due_ms;
            }
        }
        if (step % 50 == 0) {
            assert_true(timer_next_ms() == least - clock_now.mono_ms ||
                        least == UINT64_MAX);
        }
    }
    for (int i = 0; i < N; i++) {
        timer_stop(&marks[i].timer);
    }
    assert_true(timer_next_ms() == UINT64_MAX);
}

static void on_last(struct timer *timer)
{
    (void)timer;
    loop_stop();
}

static void the_loop_waits_for_the_earliest_timer(void **state)
{
    (void)state;
    clock_install(NULL);
    struct timer late = {.name = "late"}, early = {.name = "early"};
    timer_start(&late, 60000, on_last);
    timer_start(&early, 5, on_last);
    uint64_t before = clock_mono_ms();
    loop_run();
    assert_true(clock_mono_ms() - before >= 5);
    assert_false(timer_active(&early));
    timer_stop(&late);
}

static void on_item(struct inbox_item *item)
{
    struct mark *mark = LIST_OF(item, struct mark, item);
    note(mark->letter);
    if (mark->left-- > 0) {
        inbox_post(item);
    }
}

static void posts_run_later_and_in_order(void **state)
{
    (void)state;
    struct mark a = {.letter = 'a', .item = {.name = "a", .on_post = on_item}};
    struct mark b = {.letter = 'b', .item = {.name = "b", .on_post = on_item}};
    order[0] = '\0';
    inbox_post(&a.item);
    inbox_post(&b.item);
    assert_string_equal(order, "");
    loop_turn();
    assert_string_equal(order, "ab");
}

static void a_post_during_the_drain_runs_in_the_next_turn(void **state)
{
    (void)state;
    struct mark a = {.letter = 'a', .left = 1, .item = {.name = "a", .on_post = on_item}};
    order[0] = '\0';
    inbox_post(&a.item);
    loop_turn();
    assert_string_equal(order, "a");
    loop_turn();
    assert_string_equal(order, "aa");
}

enum { POSTERS = 4, POSTS = 5000 };
static int received;

static void on_count(struct inbox_item *item)
{
    mem_free(item);
    if (++received == POSTERS * POSTS) {
        loop_stop();
    }
}

static void *post_many(void *arg)
{
    (void)arg;
    for (int i = 0; i < POSTS; i++) {
        struct inbox_item *item = mem_alloc(sizeof(*item));
        *item = (struct inbox_item){.name = "count", .on_post = on_count};
        inbox_post(item);
    }
    return NULL;
}

static void no_post_of_any_thread_is_lost(void **state)
{
    (void)state;
    pthread_t threads[POSTERS];
    received = 0;
    for (int i = 0; i < POSTERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, NULL), 0);
    }
    loop_run();
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(received, POSTERS * POSTS);
}

static void slow_steps_are_counted(void **state)
{
    (void)state;
    loop_release();
    struct limits limits;
    limits_defaults(&limits);
    limits.callback = 0; /* whatever takes CPU time at all is too slow */
    assert_int_equal(loop_init(&limits, NULL), 0);
    struct mark a = {.letter = 'a', .item = {.name = "slow one", .on_post = on_item}};
    order[0] = '\0';
    inbox_post(&a.item);
    int out[2];
    char text[4096] = "";
    assert_int_equal(pipe(out), 0);
    log_setup(out[1], LOG_TEXT, RAGD_LOG_WARN);
    loop_turn();
    log_setup(STDERR_FILENO, LOG_TEXT, RAGD_LOG_INFO);
    close(out[1]);
    assert_true(read(out[0], text, sizeof(text) - 1) > 0);
    close(out[0]);
    assert_contains(text, "LOOP-SLOW slow one took");
}

static void the_loop_knows_its_thread(void **state)
{
    (void)state;
    assert_true(loop_is_current());
}

static int last_signal;

static void on_signal(int signum)
{
    last_signal = signum;
    loop_stop();
}

static void signals_arrive_on_the_loop(void **state)
{
    (void)state;
    const int wanted[] = {SIGUSR1, SIGHUP, 0};
    assert_int_equal(signals_start(wanted, on_signal), 0);
    kill(getpid(), SIGHUP);
    loop_run();
    assert_int_equal(last_signal, SIGHUP);
    signals_close();
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(timers_run_in_order_of_time_then_of_starting),
        LOOP_TEST(stopped_timers_never_run),
        LOOP_TEST(restarting_moves_a_timer),
        LOOP_TEST(restart_without_delay_waits_for_the_next_run),
        LOOP_TEST(a_timer_may_free_itself),
        LOOP_TEST(heap_agrees_with_sorting),
        LOOP_TEST(the_loop_waits_for_the_earliest_timer),
        LOOP_TEST(posts_run_later_and_in_order),
        LOOP_TEST(a_post_during_the_drain_runs_in_the_next_turn),
        LOOP_TEST(no_post_of_any_thread_is_lost),
        LOOP_TEST(slow_steps_are_counted),
        LOOP_TEST(the_loop_knows_its_thread),
        LOOP_TEST(signals_arrive_on_the_loop),
    };
    return RUN_TESTS(tests);
}
