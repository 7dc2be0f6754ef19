/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_rig.h"
#include "source_file/uri.h"
#include "source_file/walk.h"
#include "support/tmpdir.h"

struct fixture {
    struct tmpdir dir;
    struct fake_rig rig;
    char root[TMPDIR_BYTES];
};

static const char *path_of(struct fixture *f, const char *name)
{
    static char path[TMPDIR_BYTES];
    return tmpdir_path(&f->dir, name, path);
}

static void make_dir(struct fixture *f, const char *name)
{
    assert_int_equal(mkdir(path_of(f, name), 0700), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    tmpdir_init(&f->dir);
    make_dir(f, "root");
    make_dir(f, "outside");
    tmpdir_write(&f->dir, "outside/secret", "secret", SIZE_MAX);
    tmpdir_path(&f->dir, "root", f->root);
    fake_rig_open(&f->rig);
    fake_host_set(f->rig.host, "roots", f->root);
    fake_rig_make(&f->rig, RAGD_IF_SOURCE);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    fake_rig_close(&f->rig);
    tmpdir_release(&f->dir);
    free(f);
    return 0;
}

static const struct ragd_source *table(const struct fixture *f)
{
    return f->rig.instance.table;
}

static ragd_status list(struct fixture *f, const char *root, struct ragd_bytes cursor)
{
    fake_rig_next_call(&f->rig);
    return table(f)->list(f->rig.instance.inst, f->rig.call, ragd_cs(root), cursor,
                          &fake_entry_sink);
}

static ragd_status fetch_uri(struct fixture *f, const char *uri)
{
    fake_rig_next_call(&f->rig);
    return table(f)->fetch(f->rig.instance.inst, f->rig.call, ragd_cs(uri),
                           &fake_byte_sink);
}

/* name: below the scratch directory. */
static ragd_status fetch(struct fixture *f, const char *name)
{
    char uri[TMPDIR_BYTES + 8];
    snprintf(uri, sizeof(uri), "file://%s/%s", f->dir.path, name);
    return fetch_uri(f, uri);
}

static void assert_names(struct fixture *f, const char *const *names)
{
    const struct fake_results *results = fake_call_results(f->rig.call);
    size_t n = 0;
    for (; names[n]; n++) {
        assert_true(n < results->n_entries);
        assert_str_equal(results->entries[n].name, names[n]);
    }
    assert_int_equal(results->n_entries, n);
}

static void lists_regular_files_in_order(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "root/b");
    tmpdir_write(&f->dir, "root/c.txt", "c", SIZE_MAX);
    tmpdir_write(&f->dir, "root/b/z.txt", "z", SIZE_MAX);
    tmpdir_write(&f->dir, "root/b/a.txt", "a", SIZE_MAX);
    tmpdir_write(&f->dir, "root/a.txt", "abc", SIZE_MAX);
    tmpdir_write(&f->dir, "root/.hidden", "h", SIZE_MAX);
    assert_int_equal(list(f, "", (struct ragd_bytes){0}), RAGD_OK);
    assert_names(f, (const char *const[]){"a.txt", "a.txt", "z.txt", "c.txt", NULL});
    const struct ragd_entry *first = fake_call_results(f->rig.call)->entries;
    assert_int_equal(first->size, 3);
    assert_true(first->version.n > 0 && first->mtime_ms > 0);
    char uri[TMPDIR_BYTES + 16];
    snprintf(uri, sizeof(uri), "file://%s/a.txt", f->root);
    assert_str_equal(first->uri, uri);
}

static void passes_over_links_pipes_and_sockets(void **state)
{
    struct fixture *f = *state;
    char outside[TMPDIR_BYTES];
    tmpdir_path(&f->dir, "outside", outside);
    assert_int_equal(symlink(outside, path_of(f, "root/dirlink")), 0);
    assert_int_equal(symlink(f->root, path_of(f, "root/loop")), 0);
    tmpdir_path(&f->dir, "outside/secret", outside);
    assert_int_equal(symlink(outside, path_of(f, "root/link")), 0);
    assert_int_equal(mkfifo(path_of(f, "root/pipe"), 0600), 0);
    tmpdir_write(&f->dir, "root/real", "r", SIZE_MAX);
    assert_int_equal(list(f, "", (struct ragd_bytes){0}), RAGD_OK);
    assert_names(f, (const char *const[]){"real", NULL});
}

static void goes_on_behind_every_cursor(void **state)
{
    struct fixture *f = *state;
    enum { FILES = 250 };
    for (int i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof(name), "root/d%d", i);
        make_dir(f, name);
    }
    for (int i = 0; i < FILES; i++) {
        char name[40];
        snprintf(name, sizeof(name), "root/d%d/f%03d", i % 3, i);
        tmpdir_write(&f->dir, name, "x", 1);
    }
    tmpdir_write(&f->dir, "root/d1.txt", "x", 1);
    assert_int_equal(list(f, "", (struct ragd_bytes){0}), RAGD_OK);
    struct ragd_call *whole = f->rig.call;
    f->rig.call = NULL;
    const struct fake_results *all = fake_call_results(whole);
    assert_int_equal(all->n_entries, FILES + 1);
    assert_int_equal(all->n_checkpoints, FILES / 100);
    for (size_t i = 0; i < all->n_entries; i += 7) {
        char path[PATH_BYTES];
        assert_int_equal(uri_to_path(all->entries[i].uri, path), RAGD_OK);
        struct ragd_bytes cursor = {path, strlen(path)};
        assert_int_equal(list(f, "", cursor), RAGD_OK);
        const struct fake_results *rest = fake_call_results(f->rig.call);
        assert_int_equal(rest->n_entries, all->n_entries - i - 1);
        if (rest->n_entries) {
            struct ragd_str got = rest->entries[0].uri, want = all->entries[i + 1].uri;
            assert_int_equal(got.n, want.n);
            assert_memory_equal(got.p, want.p, got.n);
        }
    }
    fake_call_destroy(whole);
}

static void lists_only_beneath_the_roots(void **state)
{
    struct fixture *f = *state;
    char uri[TMPDIR_BYTES + 32];
    snprintf(uri, sizeof(uri), "file://%s/outside", f->dir.path);
    assert_int_equal(list(f, uri, (struct ragd_bytes){0}), RAGD_E_DENIED);
    assert_contains(fake_call_message(f->rig.call), "outside of the configured roots");
    snprintf(uri, sizeof(uri), "file://%s-more", f->root);
    assert_int_equal(list(f, uri, (struct ragd_bytes){0}), RAGD_E_DENIED);
    assert_int_equal(list(f, "file:///", (struct ragd_bytes){0}), RAGD_E_DENIED);
    snprintf(uri, sizeof(uri), "file://%s/nowhere", f->root);
    assert_int_equal(list(f, uri, (struct ragd_bytes){0}), RAGD_E_NOT_FOUND);
}

static void sends_a_head_and_all_bytes(void **state)
{
    struct fixture *f = *state;
    enum { BYTES = 700 * 1024 };
    char *big = malloc(BYTES);
    assert_non_null(big);
    memset(big, 'x', BYTES);
    tmpdir_write(&f->dir, "root/big \xc3\xa9%.txt", big, BYTES);
    assert_int_equal(fetch(f, "root/big%20%C3%A9%25.txt"), RAGD_OK);
    const struct fake_results *results = fake_call_results(f->rig.call);
    assert_int_equal(results->n_heads, 1);
    assert_str_equal(results->head.name, "big \xc3\xa9%.txt");
    assert_int_equal(results->head.size, BYTES);
    assert_int_equal(results->body.n, BYTES);
    assert_memory_equal(results->body.p, big, BYTES);
    free(big);
}

/* None of these may give a byte of what is outside. */
static void reads_nothing_outside_by_any_trick(void **state)
{
    struct fixture *f = *state;
    char target[TMPDIR_BYTES];
    make_dir(f, "root/sub");
    tmpdir_path(&f->dir, "outside", target);
    assert_int_equal(symlink(target, path_of(f, "root/dirlink")), 0);
    assert_int_equal(symlink("../outside", path_of(f, "root/rel")), 0);
    tmpdir_path(&f->dir, "outside/secret", target);
    assert_int_equal(symlink(target, path_of(f, "root/link")), 0);
    assert_int_equal(symlink("/proc/self/root", path_of(f, "root/magic")), 0);
    static const char *const tricks[] = {
        "outside/secret",
        "root/../outside/secret",
        "root/%2e%2e/outside/secret",
        "root/sub/../../outside/secret",
        "root/./../outside/secret",
        "root//../outside/secret",
        "root/dirlink/secret",
        "root/rel/secret",
        "root/link",
        "root/magic/etc/passwd",
        "root%00/../outside/secret",
        "root/%2F..%2Foutside%2Fsecret",
    };
    for (size_t i = 0; i < sizeof(tricks) / sizeof(tricks[0]); i++) {
        assert_true(fetch(f, tricks[i]) < 0);
        assert_int_equal(fake_call_results(f->rig.call)->body.n, 0);
    }
    static const char *const uris[] = {
        "file:///proc/self/environ",
        "file://elsewhere/etc/passwd",
        "file:/etc/passwd",
        "http://localhost/",
        "file:///etc/%",
        "file:///etc/%4",
        "/etc/passwd",
        "file://",
        "",
    };
    for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
        assert_true(fetch_uri(f, uris[i]) < 0);
        assert_int_equal(fake_call_results(f->rig.call)->body.n, 0);
    }
}

static void does_not_wait_for_a_pipe(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(mkfifo(path_of(f, "root/pipe"), 0600), 0);
    assert_int_equal(fetch(f, "root/pipe"), RAGD_E_BAD_INPUT);
    assert_int_equal(fetch(f, "root"), RAGD_E_BAD_INPUT);
    assert_int_equal(fetch(f, "root/nothing"), RAGD_E_NOT_FOUND);
}

struct swapper {
    char dir[TMPDIR_BYTES], link[TMPDIR_BYTES], spare[TMPDIR_BYTES];
    atomic_int stop;
};

/* Directory and link change places all the time. */
static void *swap(void *arg)
{
    struct swapper *s = arg;
    while (!atomic_load(&s->stop)) {
        rename(s->dir, s->spare);
        rename(s->link, s->dir);
        rename(s->dir, s->link);
        rename(s->spare, s->dir);
    }
    return NULL;
}

static void wins_no_race_for_a_swapped_link(void **state)
{
    struct fixture *f = *state;
    static struct swapper s;
    char target[TMPDIR_BYTES];
    pthread_t thread;
    make_dir(f, "root/d");
    tmpdir_write(&f->dir, "root/d/secret", "fine", SIZE_MAX);
    tmpdir_path(&f->dir, "root/d", s.dir);
    tmpdir_path(&f->dir, "root/l", s.link);
    tmpdir_path(&f->dir, "root/s", s.spare);
    assert_int_equal(symlink(tmpdir_path(&f->dir, "outside", target), s.link), 0);
    atomic_store(&s.stop, 0);
    assert_int_equal(pthread_create(&thread, NULL, swap, &s), 0);
    for (int i = 0; i < 2000; i++) {
        if (fetch(f, "root/d/secret") == RAGD_OK) {
            const struct fake_results *results = fake_call_results(f->rig.call);
            assert_int_equal(results->body.n, 4);
            assert_memory_equal(results->body.p, "fine", 4);
        }
    }
    atomic_store(&s.stop, 1);
    pthread_join(thread, NULL);
}

static struct {
    struct fixture *f;
    const struct ragd_byte_sink *inner;
} growing;

static ragd_status grow_in_head(struct ragd_call *call, const struct ragd_entry *entry)
{
    ragd_status rc = growing.inner->head(call, entry);
    tmpdir_write(&growing.f->dir, "root/log", "longer than before", SIZE_MAX);
    return rc;
}

static ragd_status write_on(struct ragd_call *call, struct ragd_bytes bytes)
{
    return growing.inner->write(call, bytes);
}

static void notices_a_change_while_it_reads(void **state)
{
    struct fixture *f = *state;
    static const struct ragd_byte_sink sink = {.struct_size = sizeof(sink),
                                               .head = grow_in_head,
                                               .write = write_on};
    char uri[TMPDIR_BYTES + 16];
    growing.f = f;
    growing.inner = &fake_byte_sink;
    tmpdir_write(&f->dir, "root/log", "before", SIZE_MAX);
    snprintf(uri, sizeof(uri), "file://%s/log", f->root);
    fake_rig_next_call(&f->rig);
    assert_int_equal(table(f)->fetch(f->rig.instance.inst, f->rig.call, ragd_cs(uri),
                                     &sink),
                     RAGD_E_CONFLICT);
    assert_contains(fake_call_message(f->rig.call), "changed while it was read");
}

static void ends_when_the_sink_does(void **state)
{
    struct fixture *f = *state;
    tmpdir_write(&f->dir, "root/a", "a", 1);
    tmpdir_write(&f->dir, "root/b", "b", 1);
    fake_rig_next_call(&f->rig);
    fake_call_stop_at(f->rig.call, 1, RAGD_E_FULL);
    assert_int_equal(table(f)->list(f->rig.instance.inst, f->rig.call, ragd_cs(""),
                                    (struct ragd_bytes){0}, &fake_entry_sink),
                     RAGD_E_FULL);
    fake_rig_next_call(&f->rig);
    fake_call_cancel_at(f->rig.call, 2);
    char uri[TMPDIR_BYTES + 16];
    snprintf(uri, sizeof(uri), "file://%s/a", f->root);
    assert_int_equal(table(f)->fetch(f->rig.instance.inst, f->rig.call, ragd_cs(uri),
                                     &fake_byte_sink),
                     RAGD_E_CANCELLED);
}

static void allows_nothing_without_roots(void **state)
{
    struct fixture *f = *state;
    fake_host_set(f->rig.host, "roots", NULL);
    fake_rig_make(&f->rig, RAGD_IF_SOURCE);
    assert_int_equal(fetch(f, "outside/secret"), RAGD_E_DENIED);
    assert_int_equal(list(f, "", (struct ragd_bytes){0}), RAGD_OK);
    assert_int_equal(fake_call_results(f->rig.call)->n_entries, 0);
}

static void refuses_a_root_that_is_not_absolute(void **state)
{
    struct fixture *f = *state;
    fake_instance_destroy(&f->rig.instance);
    fake_host_set(f->rig.host, "roots", "/fine,relative");
    assert_int_equal(fake_instance_create(f->rig.host, RAGD_IF_SOURCE, &f->rig.instance),
                     RAGD_E_CONFIG);
    assert_contains(fake_host_message(f->rig.host), "absolute");
}

int main(void)
{
#define SOURCE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SOURCE_TEST(lists_regular_files_in_order),
        SOURCE_TEST(passes_over_links_pipes_and_sockets),
        SOURCE_TEST(goes_on_behind_every_cursor),
        SOURCE_TEST(lists_only_beneath_the_roots),
        SOURCE_TEST(sends_a_head_and_all_bytes),
        SOURCE_TEST(reads_nothing_outside_by_any_trick),
        SOURCE_TEST(does_not_wait_for_a_pipe),
        SOURCE_TEST(wins_no_race_for_a_swapped_link),
        SOURCE_TEST(notices_a_change_while_it_reads),
        SOURCE_TEST(ends_when_the_sink_does),
        SOURCE_TEST(allows_nothing_without_roots),
        SOURCE_TEST(refuses_a_root_that_is_not_absolute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
