/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Files of configured directories, read by the daemon itself. */
#include <errno.h>
#include <fcntl.h>
#include <ragd/ragd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "sdk/text/utf8.h"
#include "uri.h"
#include "walk.h"

enum {
    READ_BYTES = 256 * 1024,
    CHECKPOINT_EVERY = 100, /* entries */
    VERSION_BYTES = 64,
    MESSAGE_BYTES = 256,
    SHOWN_BYTES = 160, /* of a path in a message */
};

static const struct ragd_host *host;

struct source_file {
    struct ragd_ctx *ctx;
    char **roots; /* absolute, without a slash at the end; "" is / */
    size_t n_roots;
    bool hidden;
};

/* ---- errors -------------------------------------------------------------------------- */

static ragd_status fail(struct ragd_call *call, ragd_status status, const char *path,
                        const char *why)
{
    char message[MESSAGE_BYTES];
    int n = (int)text_utf8_cut(path, strlen(path), SHOWN_BYTES);
    snprintf(message, sizeof(message), "%.*s: %s", n, path, why);
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = status,
                               .message = ragd_cs(message),
                               .retry_after_ms = -1};
    host->call_error(call, &error);
    return status;
}

static ragd_status fail_open(struct ragd_call *call, ragd_status status, const char *path)
{
    switch (status) {
    case RAGD_E_NOT_FOUND: return fail(call, status, path, "there is no such file");
    case RAGD_E_DENIED:
        return fail(call, status, path, "it may not be read, or is reached by a link");
    case RAGD_E_UNSUPPORTED:
        return fail(call, status, path, "this needs a kernel of 5.6 or later");
    default: return fail(call, status, path, "it cannot be opened");
    }
}

/* ---- roots --------------------------------------------------------------------------- */

static void destroy(void *inst)
{
    struct source_file *source = inst;
    for (size_t i = 0; i < source->n_roots; i++) {
        free(source->roots[i]);
    }
    free(source->roots);
    free(source);
}

static ragd_status add_root(struct source_file *source, struct ragd_call *call,
                            struct ragd_str root)
{
    char *path = calloc(root.n + 1, 1);
    if (!path) {
        return RAGD_E_NOMEM;
    }
    memcpy(path, root.p, root.n);
    while (root.n && path[root.n - 1] == '/') {
        path[--root.n] = '\0';
    }
    source->roots[source->n_roots++] = path;
    bool absolute = path[0] == '/' || path[0] == '\0';
    bool winding = strstr(path, "/../") || strstr(path, "/./") || strstr(path, "//");
    return absolute && !winding
               ? RAGD_OK
               : fail(call, RAGD_E_CONFIG, path, "a root must be an absolute path");
}

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    const struct ragd_config_svc *config = host->service(ctx, RAGD_SVC_CONFIG);
    struct ragd_value roots = {.type = RAGD_V_NULL}, hidden = {.type = RAGD_V_NULL};
    config->get(ctx, "roots", &roots);
    config->get(ctx, "hidden", &hidden);
    size_t n = roots.type == RAGD_V_LIST ? roots.u.list.n : 0;
    struct source_file *source = calloc(1, sizeof(*source));
    if (source) {
        source->roots = calloc(n + 1, sizeof(*source->roots));
    }
    if (!source || !source->roots) {
        free(source);
        return RAGD_E_NOMEM;
    }
    source->ctx = ctx;
    source->hidden = hidden.u.i != 0;
    ragd_status rc = RAGD_OK;
    for (size_t i = 0; i < n && rc == RAGD_OK; i++) {
        rc = add_root(source, call, roots.u.list.p[i].u.s);
    }
    if (rc) {
        destroy(source);
        return rc;
    }
    *inst = source;
    return RAGD_OK;
}

/* The root that path is beneath, the longest where several are; *rel becomes
 * the rest, "" for the root itself. */
static const char *root_of(const struct source_file *source, const char *path,
                           const char **rel)
{
    const char *best = NULL;
    for (size_t i = 0; i < source->n_roots; i++) {
        const char *root = source->roots[i];
        size_t n = strlen(root);
        bool beneath = strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == '\0');
        if (beneath && (!best || n > strlen(best))) {
            best = root;
            *rel = path + n + (path[n] == '/');
        }
    }
    return best;
}

/* A descriptor of the root, or a negative status. The way to it is the
 * administrator's and may hold links. */
static int open_root(const char *root)
{
    int fd = open(root[0] ? root : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? beneath_status(errno) : fd;
}

/* Of a path beneath a root; a descriptor or a negative status. */
static int open_path(const struct source_file *source, struct ragd_call *call,
                     const char *path, int flags)
{
    const char *rel = NULL;
    const char *root = root_of(source, path, &rel);
    if (!root) {
        return fail(call, RAGD_E_DENIED, path, "it is outside of the configured roots");
    }
    int dir = open_root(root);
    int fd = dir < 0 ? dir : beneath_open(dir, rel, flags);
    if (dir >= 0) {
        close(dir);
    }
    return fd < 0 ? fail_open(call, fd, path) : fd;
}

/* ---- entries -------------------------------------------------------------------------- */

/* An entry and the memory it points into. */
struct filled {
    struct ragd_entry entry;
    char uri[URI_BYTES];
    char version[VERSION_BYTES];
};

static int64_t mtime_ms(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

static void fill_entry(struct filled *out, const char *path, const struct stat *st)
{
    size_t n = uri_of_path(path, out->uri);
    const char *slash = strrchr(path, '/');
    struct ragd_str name = ragd_cs(slash ? slash + 1 : path);
    if (!text_utf8_valid(name.p, name.n)) { /* as the URI writes it */
        const char *end = strrchr(out->uri, '/') + 1;
        name = ragd_cs(end);
    }
    snprintf(out->version, sizeof(out->version), "%llx-%llx.%lx",
             (unsigned long long)st->st_size, (unsigned long long)st->st_mtim.tv_sec,
             (unsigned long)st->st_mtim.tv_nsec);
    out->entry = (struct ragd_entry){.struct_size = sizeof(out->entry),
                                     .uri = {out->uri, n},
                                     .name = name,
                                     .version = ragd_cs(out->version),
                                     .size = (uint64_t)st->st_size,
                                     .mtime_ms = mtime_ms(st)};
}

/* ---- list ----------------------------------------------------------------------------- */

/* cursor: "PATH" of the last entry, absolute. */
struct listing {
    const struct source_file *source;
    struct ragd_call *call;
    const struct ragd_entry_sink *sink;
    char top[PATH_BYTES]; /* the directory that is walked */
    uint64_t emitted;
    struct filled filled;
};

static ragd_status on_file(struct walk *walk, const char *rel, const struct stat *st)
{
    struct listing *listing = walk->arg;
    char path[PATH_BYTES * 2];
    ragd_status rc = host->call_state(listing->call);
    if (rc) {
        return rc;
    }
    int n = snprintf(path, sizeof(path), "%s/%s", listing->top, rel);
    if (n < 0 || n >= PATH_BYTES) {
        return RAGD_OK; /* no system call takes such a path */
    }
    fill_entry(&listing->filled, path, st);
    rc = listing->sink->emit(listing->call, &listing->filled.entry);
    if (rc < 0) {
        return rc;
    }
    if (++listing->emitted % CHECKPOINT_EVERY == 0) {
        struct ragd_bytes cursor = {path, (size_t)n};
        rc = listing->sink->checkpoint(listing->call, cursor);
    }
    return rc < 0 ? rc : RAGD_OK;
}

static void on_skipped(struct walk *walk, const char *rel, const char *reason)
{
    struct listing *listing = walk->arg;
    char message[MESSAGE_BYTES];
    if (host->log_level(listing->source->ctx) < RAGD_LOG_DEBUG) {
        return;
    }
    snprintf(message, sizeof(message), "%.*s is passed over: %s",
             (int)text_utf8_cut(rel, strlen(rel), SHOWN_BYTES), rel, reason);
    host->log(listing->source->ctx, RAGD_LOG_DEBUG, ragd_cs(message), (struct ragd_kvs){0});
}

/* Walks one directory; after: an absolute path to go on behind, or "". */
static ragd_status list_dir(struct listing *listing, const char *path, const char *after)
{
    struct walk walk = {.hidden = listing->source->hidden,
                        .after = "",
                        .file = on_file,
                        .skipped = on_skipped,
                        .arg = listing};
    size_t n = strlen(path);
    if (strncmp(after, path, n) == 0 && after[n] == '/') {
        walk.after = after + n + 1;
    }
    int dir = open_path(listing->source, listing->call, path[0] ? path : "/",
                        O_RDONLY | O_DIRECTORY);
    if (dir < 0) {
        return dir;
    }
    snprintf(listing->top, sizeof(listing->top), "%s", path);
    ragd_status rc = walk_files(&walk, dir);
    close(dir);
    return rc;
}

/* All roots, in the order of the configuration; those in front of the one the
 * cursor is in are done. */
static ragd_status list_roots(struct listing *listing, const char *after)
{
    const struct source_file *source = listing->source;
    const char *rel = NULL;
    const char *at = after[0] ? root_of(source, after, &rel) : NULL;
    ragd_status rc = RAGD_OK;
    for (size_t i = 0; i < source->n_roots && rc == RAGD_OK; i++) {
        if (at && at != source->roots[i]) {
            continue;
        }
        at = NULL;
        rc = list_dir(listing, source->roots[i], after);
    }
    return rc;
}

static ragd_status list(void *inst, struct ragd_call *call, struct ragd_str root,
                        struct ragd_bytes cursor, const struct ragd_entry_sink *sink)
{
    char path[PATH_BYTES] = "", after[PATH_BYTES] = "";
    struct listing *listing = host->call_alloc(call, sizeof(*listing), 8);
    if (!listing) {
        return RAGD_E_NOMEM;
    }
    *listing = (struct listing){.source = inst, .call = call, .sink = sink};
    if (cursor.n >= sizeof(after)) {
        return RAGD_E_ARG;
    }
    if (cursor.n) {
        memcpy(after, cursor.p, cursor.n);
    }
    if (root.n == 0) {
        return list_roots(listing, after);
    }
    ragd_status rc = uri_to_path(root, path);
    if (rc) {
        return fail(call, rc, "the root", "it is no URI of a file of this machine");
    }
    return list_dir(listing, strcmp(path, "/") == 0 ? "" : path, after);
}

/* ---- fetch ---------------------------------------------------------------------------- */

static bool same_file(const struct stat *a, const struct stat *b, uint64_t bytes)
{
    return (uint64_t)b->st_size == bytes && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static ragd_status send_bytes(struct ragd_call *call, int fd, const char *path,
                              const struct ragd_byte_sink *sink, uint64_t *sent)
{
    char *buf = malloc(READ_BYTES);
    ragd_status rc = buf ? RAGD_OK : RAGD_E_NOMEM;
    while (rc == RAGD_OK) {
        ssize_t n = read(fd, buf, READ_BYTES);
        if (n < 0 && errno != EINTR) {
            rc = fail(call, RAGD_E_IO, path, strerror(errno));
        }
        if (n == 0) {
            break;
        }
        if (n > 0) {
            rc = sink->write(call, (struct ragd_bytes){buf, (size_t)n});
            rc = rc < 0 ? rc : RAGD_OK;
            *sent += (uint64_t)n;
        }
    }
    free(buf);
    return rc;
}

static ragd_status send_file(struct ragd_call *call, int fd, const char *path,
                             const struct ragd_byte_sink *sink)
{
    struct stat before, behind;
    struct filled *filled = host->call_alloc(call, sizeof(*filled), 8);
    uint64_t sent = 0;
    if (!filled) {
        return RAGD_E_NOMEM;
    }
    if (fstat(fd, &before)) {
        return fail(call, RAGD_E_IO, path, strerror(errno));
    }
    if (!S_ISREG(before.st_mode)) {
        return fail(call, RAGD_E_BAD_INPUT, path, "it is no regular file");
    }
    fill_entry(filled, path, &before);
    ragd_status rc = sink->head(call, &filled->entry);
    rc = rc ? rc : send_bytes(call, fd, path, sink, &sent);
    if (rc == RAGD_OK && (fstat(fd, &behind) || !same_file(&before, &behind, sent))) {
        rc = fail(call, RAGD_E_CONFLICT, path, "it changed while it was read");
    }
    return rc;
}

static ragd_status fetch(void *inst, struct ragd_call *call, struct ragd_str uri,
                         const struct ragd_byte_sink *sink)
{
    char path[PATH_BYTES];
    ragd_status rc = uri_to_path(uri, path);
    if (rc) {
        return fail(call, rc, "the source", "it is no URI of a file of this machine");
    }
    /* Nonblocking: opening a pipe must not wait for its other end. */
    int fd = open_path(inst, call, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return fd;
    }
    rc = send_file(call, fd, path, sink);
    close(fd);
    return rc;
}

/* ---- tables ---------------------------------------------------------------------------- */

static const struct ragd_option option_roots = {
    .struct_size = sizeof(option_roots),
    .type = RAGD_OPT_STRLIST,
    .name = "roots",
    .doc = "Absolute directories that may be read; without any, nothing may.",
};

static const struct ragd_option option_hidden = {
    .struct_size = sizeof(option_hidden),
    .type = RAGD_OPT_BOOL,
    .name = "hidden",
    .doc = "Whether names that begin with a dot are listed.",
    .def = "false",
};

static const struct ragd_option *const options[] = {&option_roots, &option_hidden, NULL};
static const char *const schemes[] = {"file", NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_IO,
    .flags = RAGD_LIFE_NEEDS_DIRS,
    .options = options,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_source source_table = {
    .struct_size = sizeof(source_table),
    .life = &life,
    .schemes = schemes,
    .list = list,
    .fetch = fetch,
};

static const char *const needs[] = {RAGD_SVC_CONFIG, NULL};

RAGD_PLUGIN(host, RAGD_IF_SOURCE, source_table, .id = "org.ragd.source.file",
            .name = "file", .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "Files of configured directories.", .needs = needs)
