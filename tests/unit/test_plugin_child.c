/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Loaders in processes of their own, good ones and faulty ones. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/mem.h"
#include "faulty_rig.h"
#include "host/sandbox.h"
#include "loop/loop.h"
#include "plugin/instance.h"

static bool has_wall(struct instance *loader, const char *name)
{
    struct child_layers layers;
    bool found = false;
    assert_true(instance_layers(loader, &layers));
    for (size_t i = 0; i < layers.closed.n; i++) {
        found = found || strcmp(layers.closed.p[i], name) == 0;
    }
    return found;
}

/* ---- faults ------------------------------------------------------------------------- */

static void each_fault_costs_one_document_and_has_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *act;
        enum err_id id;
        const char *why;
    } faults[] = {
        {"crash", ERR_LOADER_CRASHED, "loader faulty"},
        {"abort", ERR_LOADER_CRASHED, "loader faulty"},
        {"exit", ERR_LOADER_CRASHED, "loader faulty ended its process (exit code 7)"},
        {"garbage", ERR_PLUGIN, "plugin faulty misbehaved in load: its process sends"},
        {"hang", ERR_LIMIT, "loader faulty took longer than 300 ms"},
        {"flood", ERR_LIMIT, "loader faulty says more than 16777216 bytes about it"},
        {"bad", ERR_PARSE, "faulty: load failed"},
    };
    struct rig rig;
    struct instance *loader = faulty_open(
        &rig, "limits: {parse: 300ms, child_grace: 50ms, plugin_results: 16MiB}\n");
    faulty_assert_well(loader);
    rig_settle();
    unsigned descriptors = rig_descriptors();
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        faulty_assert_fails(loader, faults[i].act, faults[i].id, faults[i].why);
    }
    rig_settle();
    assert_int_equal(rig_descriptors(), descriptors);
    assert_false(rig_has_zombie());
    rig_close(&rig);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left at all */
}

static void a_loader_that_only_computes_ends_at_its_limit(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "limits: {parse_cpu: 1s}\n");
    faulty_assert_fails(loader, "spin", ERR_LIMIT, "took more than 1000 ms of CPU time");
    rig_close(&rig);
}

static void a_loader_that_wants_all_memory_gets_its_limit(void **state)
{
    (void)state;
    struct rig rig;
    if (SANDBOX_SANITIZER) {
        skip(); /* it needs all the address space itself */
    }
    struct instance *loader = faulty_open(&rig, "limits: {parse_memory: 32MiB}\n");
    assert_true(has_wall(loader, "address space"));
    faulty_assert_fails(loader, "allocate", ERR_LIMIT, "needed more than 33554432 bytes");
    rig_close(&rig);
}

static void a_document_may_be_as_large_as_its_limit(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    struct instance *loader = faulty_open(&rig, "limits: {document_text: 1000}\n");
    faulty_load(loader, "size 999", &err);
    assert_int_equal(err.id, ERR_NONE);
    faulty_load(loader, "size 1000", &err);
    assert_int_equal(err.id, ERR_NONE);
    faulty_assert_fails(loader, "size 1001", ERR_LIMIT, "the text");
    faulty_assert_fails(loader, "size 9000000", ERR_LIMIT,
                        "over the limit"); /* of a frame */
    rig_close(&rig);
}

static void a_source_has_no_more_pages_than_its_limit(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    struct instance *loader = faulty_open(&rig, "limits: {pages: 7}\n");
    assert_string_equal(faulty_load(loader, "page 6", &err), "well");
    assert_string_equal(faulty_load(loader, "page 7", &err), "well");
    faulty_assert_fails(loader, "page 8", ERR_LIMIT, "it has page 8, limits.pages is 7");
    rig_close(&rig);
}

static void files_inside_come_from_a_process_too(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    struct load_room room = {2, 5};
    struct call_load req = faulty_load_of(loader, "files");
    req.room = &room;
    call_load_start(&req);
    rig_wait(&req.call);
    assert_ok(req.call.status, &req.call.err);
    assert_int_equal(req.n_children, 2);
    assert_str_equal(req.children[0].name, "a.md");
    assert_str_equal(req.children[0].mime, "text/markdown");
    assert_str_equal(req.children[0].bytes, "files");
    assert_str_equal(req.children[1].name, "b/c.txt");
    assert_int_equal(req.children[1].bytes.n, 0);
    call_release(&req.call);
    faulty_assert_fails(loader, "files", ERR_UNSUPPORTED,
                        "faulty: load failed: not supported");
    rig_close(&rig);
}

static void one_that_fails_most_calls_is_disabled(void **state)
{
    (void)state;
    enum { MANY = 24 };
    struct rig rig;
    struct err err;
    struct instance *loader = faulty_open(&rig, "");
    for (int i = 0; i < MANY; i++) {
        faulty_load(loader, "exit", &err);
        assert_int_equal(err.id, ERR_LOADER_CRASHED);
    }
    rig_turns();
    assert_int_equal(instance_state(loader), INSTANCE_DISABLED);
    faulty_load(loader, "well", &err);
    assert_int_equal(err.id, ERR_PLUGIN);
    assert_contains(err.msg, "loader 'faulty' is disabled: 24 of its last 32 calls failed");
    rig_assert_logged(&rig, "is disabled");
    plugins_enable();
    assert_int_equal(instance_state(loader), INSTANCE_READY);
    faulty_assert_well(loader);
    rig_close(&rig);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void further_tries_of_the_same_source_do_not_count(void **state)
{
    (void)state;
    enum { MANY = 32 };
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "");
    for (int i = 0; i < MANY; i++) {
        struct call_load req = faulty_load_of(loader, "exit");
        req.again = true;
        call_load_start(&req);
        rig_wait(&req.call);
        assert_int_equal(req.call.err.id, ERR_LOADER_CRASHED);
        call_release(&req.call);
    }
    rig_turns();
    assert_int_equal(instance_state(loader), INSTANCE_READY);
    faulty_assert_well(loader);
    rig_close(&rig);
}

static void a_lack_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    struct rig rig;
    struct err err;
    struct instance *loader = faulty_open(&rig, "limits: {child_documents: 1}\n");
    faulty_assert_well(loader); /* and the next one needs a new process */
    rig_settle();
    unsigned descriptors = rig_descriptors();
    FOR_EACH_FAILURE(n, done)
    {
        mem_fail_after(n, 0);
        bool well = strcmp(faulty_load(loader, "anything", &err), "well") == 0;
        rig_settle();
        done = mem_fail_after(-1, 0);
        if (!well && (done || err.id != ERR_NOMEM)) {
            fail_msg("failure %ld: %s: %s", n, err_info(err.id)->name, err.msg);
        }
        assert_int_equal(instance_state(loader), INSTANCE_READY);
    }
    rig_settle();
    assert_int_equal(rig_descriptors(), descriptors);
    assert_false(rig_has_zombie());
    rig_close(&rig);
}

/* ---- stopping ------------------------------------------------------------------------- */

static void cancel(struct call_load *req)
{
    call_cancel(&req->call);
    rig_wait(&req->call);
    assert_int_equal(req->call.err.id, ERR_CANCELLED);
    call_release(&req->call);
}

static void cancel_after_a_while(struct call_load *req)
{
    enum { TURNS_MS = 50 };
    uint64_t until = clock_mono_ms() + TURNS_MS;
    while (clock_mono_ms() < until) {
        loop_turn();
    }
    cancel(req);
}

static void a_cancelled_loader_is_told_and_kept(void **state)
{
    (void)state;
    struct rig rig;
    struct call_load req;
    struct instance *loader = faulty_open(&rig, "limits: {child_grace: 1h}\n");
    faulty_start(&req, loader, "wait");
    cancel_after_a_while(&req);
    faulty_assert_well(loader);
    rig_close(&rig);
}

static void a_cancelled_loader_that_goes_on_is_killed(void **state)
{
    (void)state;
    struct rig rig;
    struct call_load req;
    struct instance *loader = faulty_open(&rig, "limits: {child_grace: 20ms}\n");
    faulty_start(&req, loader, "hang");
    cancel(&req);
    faulty_start(&req, loader, "hang");
    cancel_after_a_while(&req);
    assert_int_equal(instance_state(loader), INSTANCE_READY); /* not stuck */
    faulty_assert_well(loader);
    rig_close(&rig);
}

static void the_callers_deadline_holds(void **state)
{
    (void)state;
    struct rig rig;
    struct instance *loader = faulty_open(&rig, "limits: {child_grace: 20ms}\n");
    struct call_load req = faulty_load_of(loader, "wait");
    req.call.deadline_ms = clock_mono_ms() + 50;
    call_load_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_DEADLINE);
    call_release(&req.call);
    faulty_assert_well(loader);
    rig_close(&rig);
}

/* ---- choosing, placing ------------------------------------------------------------------ */

static void loaders_in_processes_are_asked_there(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", faulty_dir());
    assert_string_equal(rig_pick("a.faulty", (struct ragd_bytes){"x", 1}), "faulty");
    assert_string_equal(rig_pick("a.md", (struct ragd_bytes){"x", 1}), "markdown");
    rig_close(&rig);
}

static void one_that_dies_when_it_is_asked_is_not_sure(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", faulty_dir());
    assert_string_equal(rig_pick("a.txt", (struct ragd_bytes){"probe", 5}), "text");
    assert_string_equal(rig_pick("a.faulty", (struct ragd_bytes){"x", 1}), "faulty");
    rig_close(&rig);
}

/* What another makes of it would be stored as if it were all there is in it. */
static void what_a_broken_loader_is_for_goes_to_no_other(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "", faulty_dir());
    struct call_pick req = {.call = {.done = rig_done},
                            .name = ragd_cs("A.FAULTY"),
                            .head = {"probe", 5}};
    call_pick_start(&req);
    rig_wait(&req.call);
    assert_int_equal(req.call.err.id, ERR_LOADER_CRASHED);
    assert_string_equal(instance_plugin_name(req.culprit), "faulty");
    assert_null(req.loader);
    call_release(&req.call);
    rig_close(&rig);
}

static void a_loader_has_every_wall_round_it(void **state)
{
    (void)state;
    struct rig rig;
    struct child_layers layers;
    struct instance *loader = faulty_open(&rig, "plugins: {sandbox: require}\n");
    assert_true(instance_layers(loader, &layers));
    assert_int_equal(layers.missing.n, 0);
    assert_true(has_wall(loader, "files (Landlock)"));
    assert_true(has_wall(loader, "system calls (seccomp)"));
    rig_close(&rig);
}

static void a_process_without_a_sandbox_says_so(void **state)
{
    (void)state;
    static const char *const ways[] = {"plugins: {placement: [faulty=child]}\n",
                                       "plugins: {sandbox: 'off'}\n"};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct rig rig;
        struct instance *loader = faulty_open(&rig, ways[i]);
        assert_false(has_wall(loader, "system calls (seccomp)"));
        assert_true(has_wall(loader, "session"));
        faulty_assert_well(loader);
        rig_close(&rig);
    }
}

static void one_for_a_process_of_its_own_is_refused_in_the_daemon(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "plugins: {placement: [faulty=daemon]}\n", faulty_dir());
    const struct plugin *plugin = plugin_find(ragd_cs("faulty"));
    assert_non_null(plugin);
    assert_false(plugin->loaded);
    assert_contains(plugin->problem.msg, "must run in a process of its own");
    rig_close(&rig);
}

static void only_what_can_be_is_placed_elsewhere(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"plugins: {placement: [lexical=child]}\n", "it is more than a loader"},
        {"plugins: {placement: [nobody=child]}\n", "no plugin file 'nobody' was found"},
        {"plugins: {placement: [text=moon]}\n", "'text=moon' is no placement"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct rig rig;
        assert_int_equal(rig_try(&rig, wrong[i][0], NULL), RAGD_E_CONFIG);
        assert_contains(rig.err.msg, wrong[i][1]);
        rig_close(&rig);
    }
}

static void a_file_that_is_no_plugin_is_refused_by_its_process(void **state)
{
    (void)state;
    struct rig rig;
    struct tmpdir dir;
    tmpdir_init(&dir);
    tmpdir_write(&dir, "loader_none.so", "nothing of the kind", SIZE_MAX);
    rig_open(&rig, "", dir.path);
    const struct plugin *plugin = plugin_find(ragd_cs("loader_none.so"));
    assert_non_null(plugin);
    assert_contains(plugin->problem.msg, "loader_none.so: cannot be loaded");
    rig_close(&rig);
    tmpdir_release(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_fault_costs_one_document_and_has_its_reason),
        TEST(a_loader_that_only_computes_ends_at_its_limit),
        TEST(a_loader_that_wants_all_memory_gets_its_limit),
        TEST(a_document_may_be_as_large_as_its_limit),
        TEST(a_source_has_no_more_pages_than_its_limit),
        TEST(files_inside_come_from_a_process_too),
        TEST(one_that_fails_most_calls_is_disabled),
        TEST(further_tries_of_the_same_source_do_not_count),
        TEST(a_lack_of_memory_leaves_nothing_behind),
        TEST(a_cancelled_loader_is_told_and_kept),
        TEST(a_cancelled_loader_that_goes_on_is_killed),
        TEST(the_callers_deadline_holds),
        TEST(loaders_in_processes_are_asked_there),
        TEST(one_that_dies_when_it_is_asked_is_not_sure),
        TEST(what_a_broken_loader_is_for_goes_to_no_other),
        TEST(a_loader_has_every_wall_round_it),
        TEST(a_process_without_a_sandbox_says_so),
        TEST(one_for_a_process_of_its_own_is_refused_in_the_daemon),
        TEST(only_what_can_be_is_placed_elsewhere),
        TEST(a_file_that_is_no_plugin_is_refused_by_its_process),
    };
    return RUN_TESTS(tests);
}
