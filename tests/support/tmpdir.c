/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "support/tmpdir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"

/* Descriptors nftw may hold; deeper trees only cost it reopening. */
enum { TREE_FDS = 16 };

void tmpdir_init(struct tmpdir *dir)
{
    const char *base = getenv("TMPDIR");
    int n = snprintf(dir->path, sizeof(dir->path), "%s/ragd-test-XXXXXX",
                     base != NULL ? base : "/tmp");

    assert_true(n > 0 && (size_t)n < sizeof(dir->path));
    assert_non_null(mkdtemp(dir->path));
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void tmpdir_release(struct tmpdir *dir)
{
    assert_int_equal(nftw(dir->path, remove_entry, TREE_FDS, FTW_DEPTH | FTW_PHYS), 0);
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
