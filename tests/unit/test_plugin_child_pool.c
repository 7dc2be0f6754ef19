/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How many processes a loader has, when another is begun and when one goes. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "faulty_rig.h"
#include "loop/loop.h"
#include "plugin/instance.h"

/* Kills it and returns when it is dead, but not waited for. */
static void kill_one(pid_t pid)
{
    siginfo_t info;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

/* ---- idle ones ----------------------------------------------------------------------- */

static void one_that_dies_while_it_is_idle_is_no_documents_fault(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    pid_t first = faulty_process(loader, "pid");
    kill_one(first);
    assert_true(faulty_process(loader, "pid") != first);
    rig_close(&rig);
}

/* Asked again at once, so that it is found out by sending to it. */
static void one_that_hears_nothing_is_no_documents_fault(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    enum { IDLE = 4 };
    struct call_load reqs[IDLE];
    struct instance *loader = faulty_open(&rig, "plugins: {placement: [faulty=child]}\n"
                                                "limits: {cpu_workers: 4}\n");
    for (int i = 0; i < IDLE; i++) {
        faulty_start(&reqs[i], loader, "slow");
    }
    for (int i = 0; i < IDLE; i++) {
        rig_wait(&reqs[i].call);
        call_release(&reqs[i].call);
    }
    assert_string_equal(faulty_load(loader, "deaf", &err), "well");
    for (int i = 0; i < IDLE; i++) {
        faulty_assert_well(loader);
    }
    rig_close(&rig);
}

static void one_that_dies_while_it_is_idle_is_waited_for(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    kill_one(faulty_process(loader, "pid"));
    assert_true(rig_has_zombie());
    rig_settle();
    assert_false(rig_has_zombie());
    rig_close(&rig);
}

static void of_those_that_are_idle_one_stays(void **state)
{
    (void)state;
    enum { IDLE = 3 };
    struct rig rig;
    struct call_load reqs[IDLE];
    struct instance *loader = faulty_open(&rig, "limits: {child_idle: 50ms, "
                                                "cpu_workers: 3}\n");
    unsigned before = rig_descriptors();
    for (int i = 0; i < IDLE; i++) {
        faulty_start(&reqs[i], loader, "slow");
    }
    for (int i = 0; i < IDLE; i++) {
        rig_wait(&reqs[i].call);
        call_release(&reqs[i].call);
    }
    pid_t last = faulty_process(loader, "pid");
    assert_true(rig_descriptors() > before);
    uint64_t patience = clock_mono_ms() + 20000;
    while (rig_descriptors() > before && clock_mono_ms() < patience) {
        loop_turn();
    }
    rig_settle();
    assert_int_equal(rig_descriptors(), before);
    assert_int_equal(faulty_process(loader, "pid"), last);
    rig_close(&rig);
}

static void one_that_closes_its_stderr_is_ended(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    struct instance *loader = faulty_open(&rig, "");
    pid_t pid = faulty_process(loader, "pid");
    assert_string_equal(faulty_load(loader, "mute", &err), "well");
    rig_settle();
    assert_int_equal(kill(pid, 0), -1);
    assert_false(rig_has_zombie());
    assert_true(faulty_process(loader, "pid") != pid);
    rig_close(&rig);
}

/* ---- those at work ------------------------------------------------------------------- */

static void calls_at_the_same_time_have_processes_of_their_own(void **state)
{
    (void)state;
    enum { SAME_TIME = 2 };
    struct rig rig;
    struct call_load reqs[SAME_TIME];
    long pids[SAME_TIME] = {0};
    struct instance *loader = faulty_open(&rig, "limits: {cpu_workers: 2}\n");
    for (int i = 0; i < SAME_TIME; i++) {
        faulty_start(&reqs[i], loader, "slow");
    }
    for (int i = 0; i < SAME_TIME; i++) {
        rig_wait(&reqs[i].call);
        assert_ok(reqs[i].call.status, &reqs[i].call.err);
        assert_int_equal(sscanf(reqs[i].docs[0].text.p, "process %ld", &pids[i]), 1);
        call_release(&reqs[i].call);
    }
    assert_true(pids[0] != pids[1]);
    pid_t next = faulty_process(loader, "pid");
    assert_true(next == pids[0] || next == pids[1]);
    rig_close(&rig);
}

static int do_nothing(struct call_work *work, struct err *err)
{
    (void)work;
    (void)err;
    return 0;
}

static void a_loader_that_waits_takes_no_thread_from_those_that_compute(void **state)
{
    (void)state;
    struct rig rig;
    struct call_load req;
    struct instance *loader = faulty_open(&rig, "limits: {cpu_workers: 1}\n");
    faulty_start(&req, loader, "wait");
    rig_turns();
    struct call_work work = {.call = {.done = rig_done}, .work = do_nothing};
    call_work_start(&work);
    rig_wait(&work.call);
    assert_true(call_active(&req.call));
    call_release(&work.call);
    call_cancel(&req.call);
    rig_wait(&req.call);
    call_release(&req.call);
    rig_close(&rig);
}

static void a_process_is_replaced_after_so_many_documents(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "limits: {child_documents: 2}\n");
    pid_t first = faulty_process(loader, "pid");
    assert_int_equal(faulty_process(loader, "pid"), first);
    assert_true(faulty_process(loader, "pid") != first);
    rig_close(&rig);
}

static void the_start_of_a_process_is_no_part_of_the_time_for_a_source(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig,
                                          "loaders: {faulty: {create_ms: 600}}\n"
                                          "limits: {parse: 500ms, child_documents: 1}\n");
    faulty_assert_well(loader);
    faulty_assert_well(loader);
    rig_close(&rig);
}

static void a_process_that_takes_too_long_to_start_is_given_up(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "loaders: {faulty: {create_ms: 60000}}\nlimits: {child_start: 300ms}\n",
             faulty_dir());
    struct call_instance req = {.call = {.done = rig_done},
                                .kind = PLUGIN_LOADER,
                                .name = ragd_cs("faulty")};
    call_instance_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_DEADLINE);
    assert_contains(req.call.err.hint, "limits.child_start");
    call_release(&req.call);
    rig_settle();
    assert_false(rig_has_zombie());
    rig_close(&rig);
}

static void a_process_that_grows_is_replaced(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    struct instance *loader = faulty_open(&rig, "limits: {child_memory: 8MiB}\n");
    pid_t first = faulty_process(loader, "pid");
    assert_string_equal(faulty_load(loader, "keep", &err), "kept");
    assert_true(faulty_process(loader, "pid") != first);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_that_dies_while_it_is_idle_is_no_documents_fault),
        TEST(one_that_hears_nothing_is_no_documents_fault),
        TEST(one_that_dies_while_it_is_idle_is_waited_for),
        TEST(of_those_that_are_idle_one_stays),
        TEST(one_that_closes_its_stderr_is_ended),
        TEST(calls_at_the_same_time_have_processes_of_their_own),
        TEST(a_loader_that_waits_takes_no_thread_from_those_that_compute),
        TEST(a_process_is_replaced_after_so_many_documents),
        TEST(the_start_of_a_process_is_no_part_of_the_time_for_a_source),
        TEST(a_process_that_takes_too_long_to_start_is_given_up),
        TEST(a_process_that_grows_is_replaced),
    };
    return RUN_TESTS(tests);
}
