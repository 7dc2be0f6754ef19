/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"

struct names {
    char **p;
    size_t n, cap;
};

static void names_release(struct names *names)
{
    for (size_t i = 0; i < names->n; i++) {
        free(names->p[i]);
    }
    free(names->p);
}

static ragd_status names_add(struct names *names, const char *name)
{
    if (names->n == names->cap) {
        size_t cap = names->cap ? names->cap * 2 : 64;
        char **grown = realloc(names->p, cap * sizeof(*grown));
        if (!grown) {
            return RAGD_E_NOMEM;
        }
        names->p = grown;
        names->cap = cap;
    }
    names->p[names->n] = strdup(name);
    return names->p[names->n++] ? RAGD_OK : RAGD_E_NOMEM;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted. The stream takes dir over. */
static ragd_status read_names(const struct walk *walk, int dir, struct names *names)
{
    DIR *stream = fdopendir(dir);
    if (!stream) {
        ragd_status rc = beneath_status(errno);
        close(dir);
        return rc;
    }
    ragd_status rc = RAGD_OK;
    const struct dirent *entry;
    while (rc == RAGD_OK && (errno = 0, entry = readdir(stream))) {
        bool self = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!self && (walk->hidden || entry->d_name[0] != '.')) {
            rc = names_add(names, entry->d_name);
        }
    }
    if (rc == RAGD_OK && errno) {
        rc = beneath_status(errno);
    }
    closedir(stream);
    if (names->n) {
        qsort(names->p, names->n, sizeof(*names->p), by_bytes);
    }
    return rc;
}

static void skip(struct walk *walk, const char *reason)
{
    if (walk->skipped) {
        walk->skipped(walk, walk->rel, reason);
    }
}

static ragd_status walk_dir(struct walk *walk, int dir, size_t base, int level);

/* Goes on below, or says why not. */
static ragd_status descend(struct walk *walk, int dir, const char *name, int level)
{
    if (level >= WALK_LEVELS_MAX) {
        skip(walk, "it is nested too deep");
        return RAGD_OK;
    }
    int sub = beneath_open(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (sub < 0) {
        skip(walk, "it cannot be read");
        return sub == RAGD_E_NOMEM || sub == RAGD_E_UNAVAILABLE ? sub : RAGD_OK;
    }
    ragd_status rc = walk_dir(walk, sub, strlen(walk->rel), level + 1);
    close(sub);
    return rc;
}

/* Where after stands in this directory: its next component, NULL when the
 * directory is not on its way. */
static const char *resume_name(const struct walk *walk, size_t base, size_t *n)
{
    const char *after = walk->after;
    if (!after[0] ||
        (base && (strncmp(after, walk->rel, base) != 0 || after[base] != '/'))) {
        return NULL;
    }
    after += base + (base > 0);
    *n = strcspn(after, "/");
    return after;
}

/* Whether name comes at or in front of where the walk goes on, and if it is
 * the very directory on the way. */
static bool is_done(const char *name, const char *from, size_t n, bool *on_way)
{
    size_t len = strlen(name);
    int order = strncmp(name, from, n);
    order = order ? order : len > n ? 1 : 0;
    *on_way = order == 0 && from[n] == '/';
    return order < 0 || (order == 0 && !*on_way);
}

static ragd_status visit(struct walk *walk, int dir, const char *name, int level)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
        return RAGD_OK; /* it went meanwhile */
    }
    if (S_ISDIR(st.st_mode)) {
        return descend(walk, dir, name, level);
    }
    if (S_ISREG(st.st_mode)) {
        return walk->file(walk, walk->rel, &st);
    }
    skip(walk, S_ISLNK(st.st_mode) ? "it is a symbolic link" : "it is no regular file");
    return RAGD_OK;
}

/* base: bytes of walk->rel that name this directory. */
static ragd_status walk_dir(struct walk *walk, int dir, size_t base, int level)
{
    struct names names = {0};
    size_t from_n = 0;
    const char *from = resume_name(walk, base, &from_n);
    int copy = fcntl(dir, F_DUPFD_CLOEXEC, 3);
    ragd_status rc = copy < 0 ? beneath_status(errno) : read_names(walk, copy, &names);
    for (size_t i = 0; i < names.n && rc == RAGD_OK; i++) {
        const char *name = names.p[i];
        bool on_way = false;
        if (from && is_done(name, from, from_n, &on_way)) {
            continue;
        }
        size_t n = strlen(name);
        if (base + n + 2 > sizeof(walk->rel)) {
            continue; /* no system call takes such a path */
        }
        walk->rel[base] = '/';
        memcpy(walk->rel + base + (base > 0), name, n + 1);
        rc = visit(walk, dir, name, level);
        walk->rel[base] = '\0';
    }
    names_release(&names);
    return rc;
}

ragd_status walk_files(struct walk *walk, int dir)
{
    walk->rel[0] = '\0';
    return walk_dir(walk, dir, 0, 1);
}
