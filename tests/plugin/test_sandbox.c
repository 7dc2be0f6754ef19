/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Everything that a loader in a sandbox may not do, tried by one that does. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/sandbox.h"
#include "host_rig.h"
#include "puppets/forbidden_acts.h"
#include "support/tmpdir.h"

enum { CPU_SECONDS = 1, BUDGET_BYTES = 20 << 20 };

struct fixture {
    struct tmpdir dir;
    char secret[TMPDIR_BYTES];
};

static int set_up(void **state)
{
    static struct fixture f;
    tmpdir_init(&f.dir);
    tmpdir_write(&f.dir, "secret", "keep me", SIZE_MAX);
    tmpdir_path(&f.dir, "secret", f.secret);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    tmpdir_release(&f->dir);
    return 0;
}

/* A proof without walls proves nothing. */
static void assert_closed(const Ragd__Host__V1__Created *created)
{
    const Ragd__Host__V1__Layers *l = created->layers;
    assert_null(created->error);
    for (size_t i = 0; i < l->n_open && !SANDBOX_SANITIZER; i++) {
        print_message("open: %s\n", l->open[i]);
    }
    assert_true(l->landlock_abi >= 1 && l->landlock_files);
    assert_true(l->seccomp && l->no_new_privs && l->not_dumpable && l->parent_death);
    assert_true(l->no_capabilities && l->session && l->descriptors && l->rlimits);
    assert_true(l->address_space || SANDBOX_SANITIZER);
}

static void allow_cpu(pid_t pid)
{
    struct rlimit limit = {CPU_SECONDS, RLIM_INFINITY};
    assert_int_equal(prlimit(pid, RLIMIT_CPU, &limit, NULL), 0);
}

/* Answers documents until the child is done with it, one way or another; true:
 * it said that the act worked. *said: it said something. */
static bool serve(struct host_rig *rig, bool *said)
{
    bool did = false;
    *said = false;
    for (;;) {
        const host_frame *frame = host_next(rig);
        if (!frame || rig->pipe.received > BUDGET_BYTES) {
            return did;
        }
        switch (frame->kind_case) {
        case RAGD__HOST__V1__HOST_FRAME__KIND_DOC:
            *said = true;
            did = did || (frame->doc->text.len == 6 &&
                          memcmp(frame->doc->text.data, "did it", 6) == 0);
            host_verdict(rig, RAGD_OK);
            break;
        case RAGD__HOST__V1__HOST_FRAME__KIND_LOG: break;
        default: return did; /* Done, or what is not its turn */
        }
    }
}

static bool act_works(struct fixture *f, const char *act, Ragd__Host__V1__Profile profile)
{
    struct host_rig rig = {.profile = profile};
    struct ragd_kv meta[] = {
        {ragd_cs("data"), {RAGD_V_STR, 0, {.s = ragd_cs(f->dir.path)}}},
        {ragd_cs("parent"), {RAGD_V_INT, 0, {.i = getpid()}}},
    };
    struct host_source source = {.name = ragd_cs(act), .meta = {meta, 2}};
    assert_non_null(host_start(&rig, TEST_FORBIDDEN)->plugin);
    assert_closed(host_create(&rig));
    allow_cpu(rig.pid);
    host_load(&rig, &source);
    bool said = false, did = serve(&rig, &said);
    int status = host_end(&rig, SIGKILL);
    /* One that ends in peace without a word has become another program. */
    return did || (!said && WIFEXITED(status));
}

static const char *const acts[] = {
#define ACT_NAME(name) #name,
    FORBIDDEN_ACTS(ACT_NAME)
#if !SANDBOX_SANITIZER
        FORBIDDEN_ACTS_OF_MEMORY(ACT_NAME)
#endif
};

enum { ACTS_N = sizeof(acts) / sizeof(acts[0]), ACTS_LEAST = 25 };

/* All but those that the profile is there for. */
static void nothing_works(struct fixture *f, Ragd__Host__V1__Profile profile,
                          const char *const *allowed)
{
    int tried = 0, failed = 0;
    for (int i = 0; i < ACTS_N; i++) {
        const char *const *a = allowed;
        while (*a && strcmp(*a, acts[i]) != 0) {
            a++;
        }
        if (*a) {
            continue;
        }
        bool works = act_works(f, acts[i], profile);
        tried++;
        failed += !works;
        if (works) {
            print_message("%s works\n", acts[i]);
        }
    }
    print_message("%d of %d forbidden acts failed\n", failed, tried);
    assert_true(tried >= ACTS_LEAST);
    assert_int_equal(failed, tried);
}

static void nothing_that_is_forbidden_works(void **state)
{
    static const char *const allowed[] = {NULL};
    nothing_works(*state, RAGD__HOST__V1__PROFILE__PROFILE_SANDBOX, allowed);
}

/* It may start what it was told, so it has processes and a place to be. */
static void nothing_forbidden_works_for_who_runs_commands(void **state)
{
    static const char *const allowed[] = {"fork_bomb", "clone", "chdir", NULL};
    nothing_works(*state, RAGD__HOST__V1__PROFILE__PROFILE_EXEC, allowed);
}

static void the_data_directory_is_as_it_was(void **state)
{
    struct fixture *f = *state;
    char text[16] = "";
    FILE *file = fopen(f->secret, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_string_equal(text, "keep me");
}

/* Without the walls the same acts work, so the plugin is a real one. */
static void the_acts_work_where_nothing_is_closed(void **state)
{
    struct fixture *f = *state;
    static const char *const some[] = {"open", "openat2", "socket_udp", "kill_parent",
                                       "write_and_execute"};
    struct ragd_kv meta[] = {
        {ragd_cs("data"), {RAGD_V_STR, 0, {.s = ragd_cs(f->dir.path)}}},
        {ragd_cs("parent"), {RAGD_V_INT, 0, {.i = getpid()}}},
    };
    struct host_rig rig = {.profile = RAGD__HOST__V1__PROFILE__PROFILE_CHILD};
    host_start(&rig, TEST_FORBIDDEN);
    assert_null(host_create(&rig)->error);
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        struct host_source source = {.name = ragd_cs(some[i]), .meta = {meta, 2}};
        bool said;
        host_load(&rig, &source);
        assert_true(serve(&rig, &said));
    }
    int status = host_end(&rig, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void an_endless_loop_ends_by_the_cpu_limit(void **state)
{
    (void)state;
    struct host_rig rig = {0};
    struct ragd_kv meta = {ragd_cs("parent"), {RAGD_V_INT, 0, {.i = getpid()}}};
    struct host_source source = {.name = ragd_cs("endless_loop"), .meta = {&meta, 1}};
    host_start(&rig, TEST_FORBIDDEN);
    host_create(&rig);
    allow_cpu(rig.pid);
    bool said;
    host_load(&rig, &source);
    assert_false(serve(&rig, &said));
    int status = host_end(&rig, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
}

static void a_breach_is_seen_as_what_it_is(void **state)
{
    (void)state;
    struct host_rig rig = {0};
    struct host_source source = {.name = ragd_cs("socket_udp")};
    host_start(&rig, TEST_FORBIDDEN);
    host_create(&rig);
    bool said;
    host_load(&rig, &source);
    assert_false(serve(&rig, &said));
    int status = host_end(&rig, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void a_file_that_is_no_plugin_is_refused_with_a_reason(void **state)
{
    struct fixture *f = *state;
    struct host_rig rig = {0};
    const Ragd__Host__V1__Hello *hello = host_start(&rig, f->secret);
    assert_null(hello->plugin);
    assert_true(hello->refusal.len > 0);
    assert_true(WIFEXITED(host_end(&rig, 0)));
}

static void a_frame_out_of_order_ends_it(void **state)
{
    (void)state;
    struct host_rig rig = {0};
    host_start(&rig, TEST_FORBIDDEN);
    host_create(&rig);
    host_verdict(&rig, RAGD_OK);
    assert_null(host_next(&rig));
    int status = host_end(&rig, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_that_is_forbidden_works),
        TEST(nothing_forbidden_works_for_who_runs_commands),
        TEST(the_data_directory_is_as_it_was),
        TEST(the_acts_work_where_nothing_is_closed),
        TEST(an_endless_loop_ends_by_the_cpu_limit),
        TEST(a_breach_is_seen_as_what_it_is),
        TEST(a_file_that_is_no_plugin_is_refused_with_a_reason),
        TEST(a_frame_out_of_order_ends_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
