/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Calls that no plugin answers: the daemon's own database, and own work. */
#include "core/failpoint.h"
#include "plugin/call_state.h"
#include "plugin/engine.h"
#include "plugin_rig.h"
#include "state/state.h"

static void remembers_vectors_jobs_and_watermarks(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", NULL);
    struct vector_key keys[2] = {{{1}}, {{2}}};
    const float rows[] = {1.0f, 2.0f};
    struct call_vectors put = {.call = {.done = rig_done},
                               .action = VECTORS_PUT,
                               .space = ragd_cs("s"),
                               .dim = 2,
                               .keys = keys,
                               .n = 1,
                               .rows = rows};
    call_vectors_start(&put);
    rig_wait(&put.call);
    assert_ok(put.call.status, &put.call.err);
    struct call_vectors get = {.call = {.done = rig_done},
                               .action = VECTORS_GET,
                               .space = ragd_cs("s"),
                               .dim = 2,
                               .keys = keys,
                               .n = 2};
    call_vectors_start(&get);
    rig_wait(&get.call);
    assert_ok(get.call.status, &get.call.err);
    assert_true(get.found[0] && !get.found[1]);
    assert_memory_equal(get.rows, rows, sizeof(rows));
    call_release(&get.call);

    struct call_jobs job = {.call = {.done = rig_done},
                            .job = {.kind = ragd_cs("add"),
                                    .collection = ragd_cs("c"),
                                    .state = JOB_DONE,
                                    .error = ragd_cs("")}};
    call_jobs_start(&job);
    rig_wait(&job.call);
    assert_int_equal(job.job.id, 1);
    struct call_jobs list = {.call = {.done = rig_done}, .action = JOBS_LIST};
    call_jobs_start(&list);
    rig_wait(&list.call);
    assert_int_equal(list.n_jobs, 1);
    assert_str_equal(list.jobs[0].kind, "add");
    assert_int_equal(list.jobs[0].state, JOB_DONE);
    call_release(&list.call);

    struct call_watermarks mark = {.call = {.done = rig_done},
                                   .action = WATERMARKS_PUT,
                                   .store = ragd_cs("s"),
                                   .mark = {.coll = ragd_cs("c"),
                                            .name = ragd_cs("papers"),
                                            .owner = 7,
                                            .sequence = 42}};
    call_watermarks_start(&mark);
    rig_wait(&mark.call);
    mark.call = (struct call){.done = rig_done};
    mark.action = WATERMARKS_LIST;
    call_watermarks_start(&mark);
    rig_wait(&mark.call);
    assert_int_equal(mark.n_marks, 1);
    assert_str_equal(mark.marks[0].coll, "c");
    assert_str_equal(mark.marks[0].name, "papers");
    assert_int_equal(mark.marks[0].owner, 7);
    assert_int_equal(mark.marks[0].sequence, 42);
    call_release(&mark.call);
    rig_close(&rig);
}

#ifdef RAGD_FAILPOINTS
static void a_full_disk_takes_no_new_job_and_ends_those_there_are(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", NULL);
    const struct job_record RUNNING = {.kind = ragd_cs("add"),
                                       .collection = ragd_cs("c"),
                                       .error = ragd_cs("")};
    struct call_jobs job = {.call = {.done = rig_done}, .job = RUNNING};
    call_jobs_start(&job);
    rig_wait(&job.call);
    assert_int_equal(job.job.id, 1);
    struct call_jobs another = {.call = {.done = rig_done}, .job = RUNNING};
    assert_int_equal(failpoint_arm("state.room=error(FULL)"), 0);
    call_jobs_start(&another);
    rig_wait(&another.call);
    assert_int_equal(another.call.err.id, ERR_STORAGE_FULL);
    assert_int_equal(another.job.id, 0);
    job.call = (struct call){.done = rig_done};
    job.job.state = JOB_DONE;
    call_jobs_start(&job);
    rig_wait(&job.call);
    failpoint_arm(NULL);
    assert_ok(job.call.status, &job.call.err);
    rig_close(&rig);
}

static void the_room_is_looked_at_on_a_worker_and_told_without(void **state)
{
    (void)state;
    struct rig rig;
    struct err err = {0};
    rig_open(&rig, "", NULL);
    assert_int_equal(failpoint_arm("state.room=error(FULL)"), 0);
    assert_ok(state_room_told(engine()->state, &err), &err);
    struct call_room looks[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        looks[i].call.done = rig_done;
        call_room_start(&looks[i]);
    }
    assert_ok(state_room_told(engine()->state, &err), &err);
    call_cancel(&looks[2].call);
    for (size_t i = 0; i < 3; i++) {
        rig_wait(&looks[i].call);
    }
    failpoint_arm(NULL);
    assert_ok(looks[0].call.status, &looks[0].call.err);
    assert_ok(looks[1].call.status, &looks[1].call.err);
    assert_int_equal(looks[2].call.status, RAGD_E_CANCELLED);
    assert_int_equal(state_room_told(engine()->state, &err), RAGD_E_FULL);
    assert_int_equal(err.id, ERR_STORAGE_FULL);
    rig_close(&rig);
}
#endif

static int add_up(struct call_work *req, struct err *err)
{
    int *n = req->call.arg;
    return ++*n > 1 ? err_set(err, ERR_LIMIT, "too much") : 0;
}

static bool worked;

static void on_worked(struct call *call)
{
    worked = true;
    (void)call;
}

static void runs_own_work_on_a_worker(void **state)
{
    (void)state;
    struct rig rig;
    int n = 0;
    rig_open(&rig, "", NULL);
    for (int i = 0; i < 2; i++) {
        struct call_work req = {.call = {.done = on_worked, .arg = &n}, .work = add_up};
        worked = false;
        call_work_start(&req);
        while (!worked) {
            rig_turns();
        }
        assert_int_equal(req.call.err.id, i ? ERR_LIMIT : ERR_NONE);
    }
    struct call_later later = {.call = {.done = rig_done}, .delay_ms = 1};
    call_later_start(&later);
    rig_wait(&later.call);
    assert_int_equal(later.call.status, 0);
    later.call = (struct call){.done = rig_done};
    later.delay_ms = 3600000;
    call_later_start(&later);
    call_cancel(&later.call);
    rig_wait(&later.call);
    assert_int_equal(later.call.err.id, ERR_CANCELLED);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(remembers_vectors_jobs_and_watermarks),
#ifdef RAGD_FAILPOINTS
        TEST(a_full_disk_takes_no_new_job_and_ends_those_there_are),
        TEST(the_room_is_looked_at_on_a_worker_and_told_without),
#endif
        TEST(runs_own_work_on_a_worker),
    };
    return RUN_TESTS(tests);
}
