/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Directories are read depth first, names in the order of their bytes. Links
 * inside them, and what is no regular file, are passed over with a note; names
 * that begin with a dot silently (their number is told).
 */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"
#include "pool.h"
#include "text.h"
#include "uri.h"

enum { DEPTH_MAX = 64 };

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void add_file(struct walk *walk, const char *real, const char *shown)
{
    walk->files = pool_grow(walk->files, &walk->room, walk->n + 1, sizeof(*walk->files));
    walk->files[walk->n++] = (struct source_file){
        .uri = uri_of_path(real, walk->host),
        .path = real,
        .shown = shown,
        .name = last_part(real),
        .fd = -1,
    };
}

/* A pattern with a slash is for the path, one without for the name. */
bool walk_matches(const struct walk *walk, const char *shown)
{
    for (size_t i = 0; i < walk->globs->n; i++) {
        const char *glob = walk->globs->items[i];
        const char *text = strchr(glob, '/') ? shown : last_part(shown);
        if (fnmatch(glob, text, 0) == 0) {
            return true;
        }
    }
    return walk->globs->n == 0;
}

static int visible(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Bytes, not the locale: the same order everywhere. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* A name may hold anything but a slash, line ends and escapes too. */
static void note_skipped(const struct walk *walk, const char *shown, const char *why)
{
    note(walk->cli, "rag: skipped %s: %s", text_line(shown, SIZE_MAX), why);
}

const char *walk_join(const char *directory, const char *name)
{
    size_t n = strlen(directory);
    return pool_printf("%s%s%s", directory, n && directory[n - 1] == '/' ? "" : "/", name);
}

/* As it would be if it were there; its links are not followed. */
static const char *absolute(const char *path)
{
    char here[PATH_MAX];
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    return path[0] == '/' || !getcwd(here, sizeof(here)) ? path : walk_join(here, path);
}

/* The errno of now, which making a text may change. */
static struct failure failed(const char *what, const char *name)
{
    int errnum = errno;
    return failure_of_errno(errnum, pool_printf("%s %s", what, name));
}

/* What cannot be taken ends the command when it is all that was named. Else it
 * is a source like the others, that fails when it is to be read. */
static int refuse(struct walk *walk, const char *path, const struct failure *failure)
{
    if (walk->cli->n_args == 1) {
        return fail(walk->cli, failure);
    }
    add_file(walk, absolute(path), path);
    walk->refused++;
    return EXIT_DONE;
}

static int walk_directory(struct walk *walk, const char *real, const char *shown);

static int walk_entry(struct walk *walk, const char *real, const char *shown)
{
    struct stat st;
    if (last_part(real)[0] == '.') {
        walk->hidden++;
        return EXIT_DONE;
    }
    if (lstat(real, &st) != 0) {
        note_skipped(walk, shown, strerror(errno));
        return EXIT_DONE;
    }
    if (S_ISDIR(st.st_mode)) {
        return walk_directory(walk, real, shown);
    }
    if (!S_ISREG(st.st_mode)) {
        note_skipped(walk, shown, content_kind(st.st_mode));
    } else if (walk_matches(walk, shown)) {
        add_file(walk, real, shown);
    }
    return EXIT_DONE;
}

static int walk_directory(struct walk *walk, const char *real, const char *shown)
{
    if (walk->depth >= DEPTH_MAX) {
        note_skipped(walk, shown, pool_printf("more than %d levels deep", DEPTH_MAX));
        return EXIT_DONE;
    }
    struct dirent **entries;
    int n = scandir(real, &entries, visible, by_bytes);
    if (n < 0 && walk->depth > 0) {
        note_skipped(walk, shown, strerror(errno));
        return EXIT_DONE;
    }
    if (n < 0) {
        struct failure failure = failed("cannot read the directory", shown);
        return refuse(walk, shown, &failure);
    }
    walk->depth++;
    int rc = EXIT_DONE;
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        rc = rc ? rc : walk_entry(walk, walk_join(real, name), walk_join(shown, name));
        free(entries[i]);
    }
    free(entries);
    walk->depth--;
    return rc;
}

int walk_add(struct walk *walk, const char *argument)
{
    const char *path = strncmp(argument, "file:", 5) == 0 ? path_of_uri(argument)
                                                          : argument;
    if (!path) {
        return fail_usage(walk->cli, "%s names no file of this machine", argument);
    }
    char real[PATH_MAX];
    struct stat st;
    if (access(path, F_OK) != 0 && uri_is_remote(path)) {
        strings_add(&walk->remote, argument);
        return check_utf8(walk->cli, "the address", argument);
    }
    if (!realpath(path, real) || stat(real, &st) != 0) {
        struct failure failure = failed("cannot add", argument);
        return refuse(walk, path, &failure);
    }
    if (S_ISDIR(st.st_mode)) {
        walk->directories = pool_grow(walk->directories, &walk->directory_room,
                                      walk->n_directories + 1, sizeof(struct directory));
        walk->directories[walk->n_directories++] = (struct directory){pool_strdup(real),
                                                                      path};
        return EXIT_DONE;
    }
    if (!S_ISREG(st.st_mode)) {
        struct failure failure = content_refused(argument, st.st_mode);
        return refuse(walk, path, &failure);
    }
    add_file(walk, pool_strdup(real), path);
    return EXIT_DONE;
}

int walk_add_stdin(struct walk *walk, const char *name)
{
    int fd = -1;
    int rc = content_spool(walk->cli, STDIN_FILENO, &fd);
    if (rc) {
        return rc;
    }
    walk->files = pool_grow(walk->files, &walk->room, walk->n + 1, sizeof(*walk->files));
    walk->files[walk->n++] =
        (struct source_file){.uri = name, .shown = name, .name = last_part(name), .fd = fd};
    return EXIT_DONE;
}

static int by_uri(const void *a, const void *b)
{
    const struct source_file *x = a, *y = b;
    return strcmp(x->uri, y->uri);
}

/* What was named twice is dropped. */
static void drop_doubles(struct walk *walk)
{
    if (walk->n == 0) {
        return;
    }
    qsort(walk->files, walk->n, sizeof(*walk->files), by_uri);
    size_t kept = 1;
    for (size_t i = 1; i < walk->n; i++) {
        if (strcmp(walk->files[i].uri, walk->files[kept - 1].uri) != 0) {
            walk->files[kept++] = walk->files[i];
        }
    }
    walk->n = kept;
}

int walk_finish(struct walk *walk)
{
    int rc = EXIT_DONE;
    for (size_t i = 0; rc == EXIT_DONE && i < walk->n_directories; i++) {
        const struct directory *directory = &walk->directories[i];
        rc = walk_directory(walk, directory->path, directory->shown);
    }
    drop_doubles(walk);
    return rc;
}

const struct source_file *walk_find(const struct walk *walk, const char *uri)
{
    struct source_file key = {.uri = uri};
    return walk->n ? bsearch(&key, walk->files, walk->n, sizeof(key), by_uri) : NULL;
}
