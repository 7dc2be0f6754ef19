/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Sources: listing in pages, and the bytes of one entry.
 *
 * A page ends at a checkpoint, because only there a listing can go on; entries
 * behind the last one come again with the next page. Bytes are hashed as they
 * come and spooled: in memory up to a limit, then in a file without a name, so
 * that nobody else sees or cuts it and nothing is left behind by a crash.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/mem.h"
#include "plugin/call_load.h"
#include "plugin/check.h"
#include "plugin/copy.h"
#include "plugin/engine.h"

enum { CURSOR_BYTES_MAX = 64 * 1024, URI_BYTES_MAX = 4096 };

static const struct ragd_source *table(const struct ragd_call *call)
{
    return &call->instance->iface->u.source;
}

static bool serves(const struct instance *instance, struct ragd_str scheme)
{
    const char *const *schemes = instance->iface ? instance->iface->u.source.schemes : NULL;
    for (; schemes && *schemes; schemes++) {
        if (strlen(*schemes) == scheme.n && memcmp(*schemes, scheme.p, scheme.n) == 0) {
            return true;
        }
    }
    return false;
}

struct instance *source_for(struct ragd_str uri)
{
    const char *colon = uri.n ? memchr(uri.p, ':', uri.n) : NULL;
    struct ragd_str scheme = {uri.p, colon ? (size_t)(colon - uri.p) : 0};
    struct instance *i = colon ? instance_next(PLUGIN_SOURCE, NULL) : NULL;
    while (i && !serves(i, scheme)) {
        i = instance_next(PLUGIN_SOURCE, i);
    }
    return i;
}

static int check_entry(struct ragd_call *call, const struct ragd_entry *in,
                       struct ragd_entry *out)
{
    struct ragd_entry entry;
    int rc = check_struct(call, "ragd_entry", in, &entry, sizeof(entry));
    rc = rc ? rc : check_str(call, "an entry's URI", entry.uri, URI_BYTES_MAX);
    rc = rc ? rc : check_str(call, "an entry's name", entry.name, NAME_BYTES_MAX);
    rc = rc ? rc : check_str(call, "an entry's version", entry.version, NAME_BYTES_MAX);
    rc = rc ? rc : check_str(call, "an entry's type", entry.mime, NAME_BYTES_MAX);
    rc = rc ? rc : check_meta(call, "an entry's metadata", entry.meta);
    if (rc == 0 && entry.uri.n == 0) {
        rc = attempt_broken(call, "gives an entry without URI");
    }
    return rc ? rc : copy_entry(&call->results, &entry, out) ? check_too_much(call) : 0;
}

/* ---- list ------------------------------------------------------------------------ */

struct list_args {
    struct ragd_str root;
    struct ragd_bytes cursor;
    size_t max;
    struct pile entries;
    size_t safe; /* entries in front of the last checkpoint */
    struct ragd_bytes next;
};

static int prepare_list(struct ragd_call *call, struct err *err)
{
    const struct call_list *req = (const struct call_list *)call->request;
    struct list_args *args = call->args;
    args->max = req->max;
    args->entries.size = sizeof(struct ragd_entry);
    return copy_str(&call->inputs, req->root, &args->root) ||
                   copy_bytes(&call->inputs, req->cursor, &args->cursor)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

static ragd_status emit_entry(struct ragd_call *call, const struct ragd_entry *in)
{
    struct list_args *args = call->args;
    /* Full, and there is a place to go on from: what is behind it comes again. */
    if (args->max && args->entries.n >= args->max && args->safe) {
        call->page_full = true;
        return RAGD_E_CANCELLED;
    }
    struct ragd_entry *entry = pile_add(&call->results, &args->entries);
    int rc = entry ? check_entry(call, in, entry) : check_too_much(call);
    return rc ? rc : attempt_state(call);
}

static ragd_status on_checkpoint(struct ragd_call *call, struct ragd_bytes cursor)
{
    struct list_args *args = call->args;
    if (!cursor.p || cursor.n == 0 || cursor.n > CURSOR_BYTES_MAX) {
        return attempt_broken(call, "gives a cursor of %zu bytes", cursor.n);
    }
    if (copy_bytes(&call->results, cursor, &args->next)) {
        return check_too_much(call);
    }
    args->safe = args->entries.n;
    if (args->max && args->entries.n >= args->max) {
        call->page_full = true;
        return RAGD_E_CANCELLED;
    }
    return attempt_state(call);
}

static const struct ragd_entry_sink entry_sink = {.struct_size = sizeof(entry_sink),
                                                  .emit = emit_entry,
                                                  .checkpoint = on_checkpoint};

static ragd_status invoke_list(struct ragd_call *call)
{
    struct list_args *args = call->args;
    return table(call)->list(call->instance->inst, call, args->root, args->cursor,
                             &entry_sink);
}

static int settle_list(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_list *req = (struct call_list *)call->request;
    const struct list_args *args = call->args;
    req->entries = args->entries.p;
    req->n_entries = call->page_full ? args->safe : args->entries.n;
    req->next = call->page_full ? args->next : (struct ragd_bytes){0};
    return 0;
}

static const struct op_kind list_kind = {
    .function = "list",
    .args_bytes = sizeof(struct list_args),
    .prepare = prepare_list,
    .invoke = invoke_list,
    .settle = settle_list,
};

void call_list_start(struct call_list *req)
{
    struct op_target target = {.instance = req->source};
    req->entries = NULL;
    req->n_entries = 0;
    req->next = (struct ragd_bytes){0};
    op_start(&req->call, &list_kind, &target);
}

/* ---- fetch ----------------------------------------------------------------------- */

/* Bytes as they come: in memory at first, from the limit spool_memory on in an
 * unnamed file, mapped at the end. */
struct spool {
    struct buf memory;
    int fd; /* -1 = none yet */
    uint64_t size;
    void *map;
    struct hash hash; /* of all so far */
};

struct fetch_args {
    struct ragd_str uri;
    struct ragd_entry head;
    bool has_head;
    uint8_t sha256[HASH_BYTES];
    struct spool *spool; /* until it is handed over */
};

static void spool_destroy(struct spool *spool)
{
    if (!spool) {
        return;
    }
    if (spool->map) {
        munmap(spool->map, (size_t)spool->size);
    }
    if (spool->fd >= 0) {
        close(spool->fd);
    }
    hash_release(&spool->hash);
    buf_release(&spool->memory);
    mem_free(spool);
}

static int spool_flush(struct spool *spool)
{
    size_t at = 0;
    while (at < spool->memory.n) {
        ssize_t n = write(spool->fd, spool->memory.p + at, spool->memory.n - at);
        if (n < 0 && errno != EINTR) {
            return errno == ENOSPC ? RAGD_E_FULL : RAGD_E_IO;
        }
        at += n > 0 ? (size_t)n : 0;
    }
    buf_clear(&spool->memory);
    return 0;
}

static int spool_open_file(struct spool *spool)
{
    const char *dir = engine()->spool_dir;
    if (dir) {
        mkdir(dir, 0700); /* there already, as a rule */
    }
    spool->fd = dir ? open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
    if (spool->fd < 0) { /* a file system without unnamed files */
        spool->fd = memfd_create("ragd-fetch", MFD_CLOEXEC);
    }
    return spool->fd < 0 ? RAGD_E_IO : 0;
}

static int spool_write(struct spool *spool, struct ragd_bytes bytes)
{
    if (buf_put(&spool->memory, bytes.p, bytes.n)) {
        return RAGD_E_NOMEM;
    }
    hash_update(&spool->hash, bytes.p, bytes.n);
    spool->size += bytes.n;
    if (spool->memory.n <= engine()->limits.spool_memory) {
        return 0;
    }
    int rc = spool->fd < 0 ? spool_open_file(spool) : 0;
    return rc ? rc : spool_flush(spool);
}

static int prepare_fetch(struct ragd_call *call, struct err *err)
{
    const struct call_fetch *req = (const struct call_fetch *)call->request;
    struct fetch_args *args = call->args;
    args->spool = mem_calloc(1, sizeof(*args->spool));
    if (!args->spool) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    args->spool->fd = -1;
    return hash_init(&args->spool->hash) || copy_str(&call->inputs, req->uri, &args->uri)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

static ragd_status on_head(struct ragd_call *call, const struct ragd_entry *in)
{
    struct fetch_args *args = call->args;
    if (args->has_head) {
        return attempt_broken(call, "gives two heads");
    }
    args->has_head = true;
    int rc = check_entry(call, in, &args->head);
    return rc ? rc : attempt_state(call);
}

static ragd_status on_write(struct ragd_call *call, struct ragd_bytes bytes)
{
    struct fetch_args *args = call->args;
    uint64_t max = engine()->limits.document_raw;
    if (!args->has_head || (bytes.n && !bytes.p)) {
        return attempt_broken(call, "writes without a head, or nothing at all");
    }
    if (bytes.n > max - args->spool->size) {
        return attempt_fault(call, ERR_LIMIT,
                             "%.*s is larger than %llu bytes (limits.document_raw)",
                             (int)(args->uri.n < 200 ? args->uri.n : 200), args->uri.p,
                             (unsigned long long)max);
    }
    int rc = bytes.n ? spool_write(args->spool, bytes) : 0;
    if (rc) {
        return attempt_fault(call, err_by_status(rc), "cannot keep what is fetched");
    }
    return attempt_state(call);
}

static const struct ragd_byte_sink byte_sink = {.struct_size = sizeof(byte_sink),
                                                .head = on_head,
                                                .write = on_write};

static ragd_status invoke_fetch(struct ragd_call *call)
{
    struct fetch_args *args = call->args;
    return table(call)->fetch(call->instance->inst, call, args->uri, &byte_sink);
}

static int check_fetch(struct ragd_call *call, struct err *err)
{
    struct fetch_args *args = call->args;
    struct spool *spool = args->spool;
    if (!args->has_head) {
        return attempt_broken(call, "gives no head");
    }
    hash_final(&spool->hash, args->sha256);
    if (spool->fd < 0) {
        return 0;
    }
    if (spool_flush(spool)) {
        return err_set(err, ERR_IO, "cannot keep what is fetched");
    }
    void *p = mmap(NULL, (size_t)spool->size, PROT_READ, MAP_PRIVATE, spool->fd, 0);
    if (p == MAP_FAILED) {
        return err_errno(err, errno, "cannot map what was fetched");
    }
    spool->map = p;
    return 0;
}

static void drop_content(struct call *call)
{
    struct call_fetch *req = (struct call_fetch *)call;
    spool_destroy(req->spool);
    req->spool = NULL;
}

static int settle_fetch(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_fetch *req = (struct call_fetch *)call->request;
    struct fetch_args *args = call->args;
    req->head = args->head;
    req->spool = args->spool;
    args->spool = NULL;
    req->call.drop = drop_content;
    memcpy(req->sha256, args->sha256, HASH_BYTES);
    const void *p = req->spool->fd < 0 ? req->spool->memory.p : req->spool->map;
    uint64_t size = req->spool->size;
    req->content = (struct content){
        .p = p,
        .size = size,
        .fd = req->spool->fd,
        .head = {p, size < CONTENT_HEAD_BYTES ? (size_t)size : CONTENT_HEAD_BYTES},
    };
    return 0;
}

static void drop_fetch(struct ragd_call *call)
{
    spool_destroy(((struct fetch_args *)call->args)->spool);
}

static const struct op_kind fetch_kind = {
    .function = "fetch",
    .args_bytes = sizeof(struct fetch_args),
    .prepare = prepare_fetch,
    .invoke = invoke_fetch,
    .check = check_fetch,
    .settle = settle_fetch,
    .drop = drop_fetch,
};

void call_fetch_start(struct call_fetch *req)
{
    struct op_target target = {.instance = req->source};
    req->head = (struct ragd_entry){0};
    req->content = (struct content){.fd = -1};
    op_start(&req->call, &fetch_kind, &target);
}
