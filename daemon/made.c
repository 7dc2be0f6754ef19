/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * happy path: each missing directory is made and noted, then all are kept.
 * failure modes: whatever fails, what was noted can be taken back.
 * on close: made_undo, or made_release alone.
 */
#include "made.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"

enum { TREE_DESCRIPTORS = 16 };

/* One that cannot be noted is not made. */
static int make_one(struct made *made, const char *path, mode_t mode, struct err *err)
{
    if (mkdir(path, 0700)) {
        return errno == EEXIST
                   ? 0
                   : err_errno(err, errno, "cannot make the directory %s", path);
    }
    char *copy = made->n < MADE_MAX ? mem_strdup(path) : NULL;
    if (!copy) {
        rmdir(path);
        return made->n < MADE_MAX
                   ? err_set(err, ERR_NOMEM, NULL)
                   : err_set(err, ERR_CONFIG, "%s: too many missing directories", path);
    }
    made->paths[made->n++] = copy;
    return chmod(path, mode) ? err_errno(err, errno, "cannot set the mode of %s", path) : 0;
}

int made_directory(struct made *made, const char *path, mode_t mode, struct err *err)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof(part)) {
        return err_set(err, ERR_CONFIG, "the path of a directory is too long: %.64s...",
                       path);
    }
    for (size_t i = 1; i <= n; i++) {
        bool last = path[i] == '\0';
        if (last || (path[i] == '/' && path[i - 1] != '/')) {
            memcpy(part, path, i);
            part[i] = '\0';
            int rc = make_one(made, part, last ? mode : made->above, err);
            if (rc) {
                return rc;
            }
        }
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *place)
{
    (void)st;
    (void)type;
    (void)place;
    remove(path);
    return 0;
}

void made_undo(struct made *made, const char *tree)
{
    while (made->n > 0) {
        char *path = made->paths[--made->n];
        if (tree && strcmp(path, tree) == 0) {
            nftw(path, remove_entry, TREE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
        } else {
            rmdir(path);
        }
        mem_free(path);
    }
}

void made_release(struct made *made)
{
    while (made->n > 0) {
        mem_free(made->paths[--made->n]);
    }
}
