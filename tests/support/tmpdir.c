/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "support/tmpdir.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/test.h"

/* Descriptors nftw may hold; deeper trees only cost it reopening. */
enum { TREE_FDS = 16 };

/* A directory that was not released yet. A test that fails jumps over that. */
struct left {
    struct left *next;
    pid_t owner; /* a fork of it leaves the directory alone */
    char path[TMPDIR_BYTES];
};

static struct left *all_left;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int remove_tree(const char *path)
{
    return nftw(path, remove_entry, TREE_FDS, FTW_DEPTH | FTW_PHYS);
}

static void remove_left(void)
{
    for (const struct left *left = all_left; left; left = left->next) {
        if (left->owner == getpid() && !getenv("RAGD_TEST_KEEP")) {
            remove_tree(left->path);
        }
    }
}

static void remember(const char *path)
{
    static bool registered;
    struct left *left = malloc(sizeof(*left));
    assert_non_null(left);
    *left = (struct left){.next = all_left, .owner = getpid()};
    snprintf(left->path, sizeof(left->path), "%s", path);
    all_left = left;
    if (!registered) {
        registered = true;
        assert_int_equal(atexit(remove_left), 0);
    }
}

static void forget(const char *path)
{
    for (struct left **at = &all_left; *at; at = &(*at)->next) {
        struct left *left = *at;
        if (strcmp(left->path, path) == 0) {
            *at = left->next;
            free(left);
            return;
        }
    }
}

void tmpdir_init(struct tmpdir *dir)
{
    const char *base = getenv("TMPDIR");
    int n = snprintf(dir->path, sizeof(dir->path), "%s/ragd-test-XXXXXX",
                     base != NULL ? base : "/tmp");

    assert_true(n > 0 && (size_t)n < sizeof(dir->path));
    assert_non_null(mkdtemp(dir->path));
    remember(dir->path);
}

void tmpdir_release(struct tmpdir *dir)
{
    assert_int_equal(remove_tree(dir->path), 0);
    forget(dir->path);
    dir->path[0] = '\0';
}

const char *tmpdir_path(const struct tmpdir *dir, const char *name, char path[TMPDIR_BYTES])
{
    int n = snprintf(path, TMPDIR_BYTES, "%s/%s", dir->path, name);

    assert_true(n > 0 && n < TMPDIR_BYTES);
    return path;
}

void tmpdir_write(const struct tmpdir *dir, const char *name, const void *data, size_t n)
{
    char path[TMPDIR_BYTES];
    FILE *file = fopen(tmpdir_path(dir, name, path), "wb");

    if (n == SIZE_MAX) {
        n = strlen(data);
    }
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}
