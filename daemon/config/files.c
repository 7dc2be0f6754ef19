/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The main file, then conf.d/[!.]*.yaml beside it in order of their names, then
 * the command line; later ones win key by key.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/build.h"
#include "config/schema.h"
#include "core/buf.h"
#include "core/mem.h"

enum { FILE_BYTES_MAX = 1024 * 1024 };

/* A configuration names the code that is loaded, so not everyone may write it. */
static int check_file(int fd, const char *path, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st)) {
        return err_errno(err, errno, "cannot read %s", path);
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(err, ERR_CONFIG, "%s: not a regular file", path);
    }
    if (st.st_mode & S_IWOTH) {
        err_set(err, ERR_CONFIG, "%s: anyone may write it", path);
        return err_hint(err, "chmod o-w %s", path);
    }
    if (st.st_size > FILE_BYTES_MAX) {
        return err_set(err, ERR_CONFIG, "%s: larger than 1 MiB", path);
    }
    return 0;
}

static int read_text(int fd, const char *path, struct buf *out, struct err *err)
{
    for (;;) {
        if (buf_reserve(out, 8192)) {
            return err_set(err, ERR_NOMEM, NULL);
        }
        ssize_t n = read(fd, out->p + out->n, 8192);
        if (n < 0 && errno != EINTR) {
            return err_errno(err, errno, "cannot read %s", path);
        }
        if (n == 0) {
            return 0;
        }
        out->n += n > 0 ? (size_t)n : 0;
        if (out->n > FILE_BYTES_MAX) {
            return err_set(err, ERR_CONFIG, "%s: larger than 1 MiB", path);
        }
    }
}

static int parse_fd(int fd, const char *path, struct arena *arena, struct node **out,
                    struct err *err)
{
    struct buf text = {0};
    struct node *root = NULL;
    int rc = check_file(fd, path, err);
    if (rc == 0) {
        rc = read_text(fd, path, &text, err);
    }
    if (rc == 0) {
        rc = node_parse(arena, path, (struct ragd_str){(char *)text.p, text.n}, &root, err);
    }
    buf_release(&text);
    if (rc == 0 && root && root->type != NODE_MAP) {
        rc = node_error(err, root->mark, "a map of settings was expected");
    }
    if (rc == 0) {
        *out = root;
    }
    return rc;
}

/* Merges a file into base; one that is not there is no error unless it must. */
static int merge_file(struct arena *arena, const char *path, bool must, struct node *base,
                      struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return errno == ENOENT && !must
                   ? 0
                   : err_errno(err, errno, "cannot read the configuration %s", path);
    }
    struct node *root = NULL;
    int rc = parse_fd(fd, path, arena, &root, err);
    close(fd);
    if (rc == 0 && root) {
        node_merge(base, root);
    }
    return rc;
}

static int is_drop_in(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

/* By bytes, whatever the locale: alphasort would ask it. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int merge_drop_ins(struct arena *arena, const char *file, struct node *base,
                          struct err *err)
{
    const char *slash = strrchr(file, '/');
    int dir_n = slash ? (int)(slash - file) : 1;
    char *dir = arena_printf(arena, "%.*s/conf.d", dir_n, slash ? file : ".");
    if (!dir) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, is_drop_in, by_name), rc = 0;
    if (n < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : err_errno(err, errno, "cannot read the directory %s", dir);
    }
    for (int i = 0; i < n; i++) {
        if (rc == 0) {
            char *path = arena_printf(arena, "%s/%s", dir, entries[i]->d_name);
            rc = path ? merge_file(arena, path, true, base, err)
                      : err_set(err, ERR_NOMEM, NULL);
        }
        mem_free(entries[i]);
    }
    mem_free(entries);
    return rc;
}

int files_read(const struct config_request *request, struct arena *arena, struct node **out,
               struct err *err)
{
    struct node *root;
    int rc = schema_defaults(arena, request->system, &root, err);
    char *file = request->file ? arena_strdup(arena, request->file)
                               : path_config_file(arena, request->system);
    if (rc == 0 && !file) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    if (rc == 0) {
        rc = merge_file(arena, file, request->file != NULL, root, err);
    }
    if (rc == 0) {
        rc = merge_drop_ins(arena, file, root, err);
    }
    for (size_t i = 0; rc == 0 && i < request->n_overrides; i++) {
        const struct config_override *over = &request->overrides[i];
        if (!node_set(arena, root, over->key, over->value, "command line")) {
            rc = err_set(err, ERR_NOMEM, NULL);
        }
    }
    if (rc == 0) {
        *out = root;
    }
    return rc;
}
