/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Loaders: what they make of bytes.
 *
 * Happy path: the content is mapped (or copied when it is small and in
 * memory), the options of the collection become typed values, and each
 * document the loader emits is checked against the limits and copied.
 *
 * Failure modes: the loader is a stranger's way in, so nothing it says is
 * taken on trust: a document that is too large, has two of one key or a block
 * outside of its text fails the whole source, and the rest goes on.
 *
 * On close: the attempt owns a descriptor and a mapping of its own, so a loader
 * that hangs reads on in peace while the upload behind it is gone.
 */
#include "plugin/call_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/given.h"
#include "core/map.h"
#include "plugin/check.h"
#include "plugin/copy.h"
#include "plugin/engine.h"
#include "plugin/loader_options.h"

enum { KEY_BYTES_MAX = 4096, INSIDE_FREE_BYTES = 1 << 20 };

struct load_args {
    struct ragd_input input;
    struct ragd_limits limits;
    void *map; /* mapped content, NULL = it is in inputs */
    size_t map_bytes;
    struct pile docs;
    struct map keys; /* of the documents so far */
    bool has_text;
    struct pile children;
    struct map names;      /* of the files inside so far */
    struct load_room room; /* what is left */
    bool takes_children;
};

/* The file is unnamed and complete, so nobody can cut it while it is mapped. */
static int map_content(struct load_args *args, const struct content *content,
                       struct err *err)
{
    int fd = fcntl(content->fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) {
        return err_errno(err, errno, "cannot read what was uploaded");
    }
    args->input.fd = fd;
    void *p = mmap(NULL, (size_t)content->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        return err_errno(err, errno, "cannot map what was uploaded");
    }
    args->map = p;
    args->map_bytes = (size_t)content->size;
    args->input.map = (struct ragd_bytes){p, args->map_bytes};
    return 0;
}

static int take_content(struct ragd_call *call, const struct content *content,
                        struct err *err)
{
    struct load_args *args = call->args;
    args->input.fd = -1;
    args->input.size = content->size;
    if (content->fd >= 0 && content->size) {
        return map_content(args, content, err);
    }
    struct ragd_bytes bytes = {content->p ? content->p : "", (size_t)content->size};
    return copy_bytes(&call->inputs, bytes, &args->input.map)
               ? err_set(err, ERR_NOMEM, NULL)
               : 0;
}

static int prepare_load(struct ragd_call *call, struct err *err)
{
    const struct call_load *req = (const struct call_load *)call->request;
    const struct limits *limits = &engine()->limits;
    struct load_args *args = call->args;
    call->again = req->again;
    args->docs.size = sizeof(struct ragd_doc);
    args->children.size = sizeof(struct load_child);
    args->takes_children = req->room;
    args->room = req->room ? *req->room : (struct load_room){0};
    args->input.depth = (int32_t)req->depth;
    args->limits = (struct ragd_limits){
        .struct_size = sizeof(args->limits),
        .max_depth = (uint32_t)limits->inside_depth,
        .max_docs = limits->documents,
        .max_text_bytes = limits->document_text,
        .max_meta_bytes = limits->metadata,
    };
    args->input.struct_size = sizeof(args->input);
    args->input.fd = -1;
    args->input.limits = &args->limits;
    args->input.read = given_content;
    if (copy_str(&call->inputs, req->uri, &args->input.uri) ||
        copy_str(&call->inputs, req->name, &args->input.name) ||
        copy_str(&call->inputs, req->mime, &args->input.mime) ||
        arena_kvs(&call->inputs, req->meta, &args->input.meta)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = loader_options_resolve(call->instance, req->options, &call->inputs,
                                    &args->input.options, err);
    return rc ? rc : take_content(call, &req->content, err);
}

/* Every key, or name, of one source is another. */
static int check_unique(struct ragd_call *call, struct map *seen, const char *what,
                        struct ragd_str key)
{
    int rc = check_str(call, what, key, KEY_BYTES_MAX);
    if (rc == 0 && map_get(seen, key)) {
        rc = attempt_broken(call, "gives %s '%.*s' twice", what, (int)key.n,
                            key.p ? key.p : "");
    }
    if (rc == 0 && map_put(seen, key, seen)) {
        rc = attempt_fault(call, ERR_NOMEM, NULL);
    }
    return rc;
}

static int check_pages(struct ragd_call *call, const struct ragd_doc *doc)
{
    uint64_t most = engine()->limits.pages;
    for (size_t i = 0; i < doc->n_blocks; i++) {
        if (doc->blocks[i].page > most) {
            return attempt_fault(call, ERR_LIMIT, "it has page %u, limits.pages is %llu",
                                 doc->blocks[i].page, (unsigned long long)most);
        }
    }
    return 0;
}

static int check_doc(struct ragd_call *call, const struct ragd_doc *doc)
{
    const struct limits *limits = &engine()->limits;
    struct load_args *args = call->args;
    if (args->docs.n >= limits->documents) {
        return attempt_fault(call, ERR_LIMIT,
                             "it has more than %llu documents (limits.documents)",
                             (unsigned long long)limits->documents);
    }
    int rc = check_unique(call, &args->keys, "the document's key", doc->key);
    rc = rc ? rc : check_str(call, "the title", doc->title, TITLE_BYTES_MAX);
    rc = rc ? rc : check_str(call, "the type", doc->mime, NAME_BYTES_MAX);
    rc = rc ? rc : check_str(call, "the language", doc->lang, NAME_BYTES_MAX);
    if (rc == 0 && doc->text.n > limits->document_text) {
        rc = attempt_fault(call, ERR_LIMIT,
                           "the text has %zu bytes, limits.document_text is %llu",
                           doc->text.n, (unsigned long long)limits->document_text);
    }
    rc = rc ? rc : check_str(call, "the text", doc->text, SIZE_MAX);
    rc = rc ? rc : check_blocks(call, doc->blocks, doc->n_blocks, doc->text);
    rc = rc ? rc : check_pages(call, doc);
    return rc ? rc : check_meta(call, "the metadata", doc->meta);
}

static ragd_status emit_doc(struct ragd_call *call, const struct ragd_doc *in)
{
    struct load_args *args = call->args;
    struct ragd_doc doc;
    int rc = check_struct(call, "ragd_doc", in, &doc, sizeof(doc));
    rc = rc ? rc : check_doc(call, &doc);
    if (rc) {
        return rc;
    }
    struct ragd_doc *out = pile_add(&call->results, &args->docs);
    if (!out || copy_doc(&call->results, &doc, out)) {
        return check_too_much(call);
    }
    args->has_text = args->has_text || doc.text.n;
    return attempt_state(call);
}

struct load_room load_room(uint64_t size)
{
    const struct limits *limits = &engine()->limits;
    uint64_t bytes = 0;
    if (__builtin_mul_overflow(size, limits->inside_ratio, &bytes)) {
        bytes = UINT64_MAX;
    }
    return (struct load_room){limits->inside_files,
                              bytes > INSIDE_FREE_BYTES ? bytes : INSIDE_FREE_BYTES};
}

/* Whether there is room for one more. */
static int check_room(struct ragd_call *call, struct ragd_bytes bytes)
{
    const struct limits *limits = &engine()->limits;
    const struct load_args *args = call->args;
    if ((uint64_t)args->input.depth >= limits->inside_depth) {
        return attempt_fault(call, ERR_LIMIT,
                             "files inside it are nested more than %llu deep "
                             "(limits.inside_depth)",
                             (unsigned long long)limits->inside_depth);
    }
    if (args->room.files == 0) {
        return attempt_fault(call, ERR_LIMIT,
                             "it has more than %llu files inside (limits.inside_files)",
                             (unsigned long long)limits->inside_files);
    }
    if (bytes.n > args->room.bytes) {
        return attempt_fault(call, ERR_LIMIT,
                             "the files inside have more than %llu times its size "
                             "(limits.inside_ratio)",
                             (unsigned long long)limits->inside_ratio);
    }
    return 0;
}

static int check_child(struct ragd_call *call, const struct load_child *child)
{
    struct load_args *args = call->args;
    int rc = check_room(call, child->bytes);
    if (rc == 0 && child->name.n == 0) {
        rc = attempt_broken(call, "gives a file inside without a name");
    }
    if (rc == 0 && child->bytes.n && !child->bytes.p) {
        rc = attempt_broken(call, "gives a file inside that is NULL with a length");
    }
    rc = rc ? rc
            : check_unique(call, &args->names, "the name of a file inside", child->name);
    return rc ? rc : check_str(call, "its type", child->mime, NAME_BYTES_MAX);
}

/* Kept for whoever picks a loader for it: nothing is parsed in here. */
static ragd_status emit_child(struct ragd_call *call, struct ragd_str name,
                              struct ragd_str mime, struct ragd_bytes bytes)
{
    struct load_args *args = call->args;
    struct load_child in = {name, mime, bytes};
    if (!args->takes_children) {
        return RAGD_E_UNSUPPORTED;
    }
    int rc = check_child(call, &in);
    if (rc) {
        return rc;
    }
    struct load_child *out = pile_add(&call->results, &args->children);
    if (!out || copy_str(&call->results, name, &out->name) ||
        copy_str(&call->results, mime, &out->mime) ||
        copy_bytes(&call->results, bytes, &out->bytes)) {
        return check_too_much(call);
    }
    args->room.files--;
    args->room.bytes -= bytes.n;
    return attempt_state(call);
}

static const struct ragd_doc_sink doc_sink = {.struct_size = sizeof(doc_sink),
                                              .emit = emit_doc,
                                              .child = emit_child};

static ragd_status invoke_load(struct ragd_call *call)
{
    struct load_args *args = call->args;
    return call->instance->iface->u.loader.load(call->instance->inst, call, &args->input,
                                                &doc_sink);
}

static int check_load(struct ragd_call *call, struct err *err)
{
    const struct load_args *args = call->args;
    return args->has_text || args->children.n ? 0 : err_set(err, ERR_NO_TEXT, NULL);
}

static int settle_load(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_load *req = (struct call_load *)call->request;
    const struct load_args *args = call->args;
    req->docs = args->docs.p;
    req->n_docs = args->docs.n;
    req->children = args->children.p;
    req->n_children = args->children.n;
    if (req->room) {
        *req->room = args->room;
    }
    return 0;
}

static void drop_load(struct ragd_call *call)
{
    struct load_args *args = call->args;
    if (args->map) {
        munmap(args->map, args->map_bytes);
    }
    if (args->input.struct_size && args->input.fd >= 0) {
        close(args->input.fd);
    }
    map_release(&args->keys);
    map_release(&args->names);
}

static const struct op_kind load_kind = {
    .function = "load",
    .args_bytes = sizeof(struct load_args),
    .prepare = prepare_load,
    .invoke = invoke_load,
    .check = check_load,
    .settle = settle_load,
    .drop = drop_load,
};

void call_load_start(struct call_load *req)
{
    /* In a process of its own the time counts from when it begins to read. */
    bool here = instance_plugin(req->loader)->placement == PLACEMENT_DAEMON;
    struct op_target target = {.instance = req->loader,
                               .time_ms = here ? engine()->limits.parse : 0};
    req->docs = NULL;
    req->children = NULL;
    req->n_docs = req->n_children = 0;
    op_start(&req->call, &load_kind, &target);
}
