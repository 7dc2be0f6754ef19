/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Loaders: their options, and what they make of bytes.
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

#include "config/option.h"
#include "core/given.h"
#include "core/map.h"
#include "core/suggest.h"
#include "plugin/check.h"
#include "plugin/copy.h"
#include "plugin/engine.h"

enum { KEY_BYTES_MAX = 4096, LIST_ITEMS_MAX = 64 };

static const struct ragd_loader *table_of(const struct instance *instance)
{
    return instance->iface ? &instance->iface->u.loader : NULL;
}

/* ---- options -------------------------------------------------------------------- */

static bool equal(struct ragd_str s, const char *text)
{
    return strlen(text) == s.n && memcmp(text, s.p, s.n) == 0;
}

/* "NAME.option" into its two parts. */
static bool split_key(struct ragd_str key, struct ragd_str *loader, struct ragd_str *option)
{
    const char *dot = key.n ? memchr(key.p, '.', key.n) : NULL;
    if (!dot) {
        return false;
    }
    *loader = (struct ragd_str){key.p, (size_t)(dot - key.p)};
    *option = (struct ragd_str){dot + 1, key.n - loader->n - 1};
    return loader->n && option->n;
}

static bool is_named(const struct instance *instance, struct ragd_str name)
{
    return equal(name, instance_name(instance)) || equal(name, instance->plugin->name);
}

static struct instance *loader_named(struct ragd_str name)
{
    struct instance *i = instance_next(PLUGIN_LOADER, NULL);
    while (i && !is_named(i, name)) {
        i = instance_next(PLUGIN_LOADER, i);
    }
    return i;
}

static const struct ragd_option *option_named(const struct ragd_loader *loader,
                                              struct ragd_str name)
{
    const struct ragd_option *const *options = loader->load_options;
    while (options && *options && !equal(name, (*options)->name)) {
        options++;
    }
    return options ? *options : NULL;
}

/* Text to the option's type. Items of a list are separated by commas. */
static int parse_option(const struct ragd_option *option, const struct ragd_kv *kv,
                        struct arena *arena, struct ragd_value *out, struct err *err)
{
    struct ragd_str items[LIST_ITEMS_MAX] = {kv->val.u.s};
    char path[128];
    snprintf(path, sizeof(path), "%.*s", (int)(kv->key.n < 100 ? kv->key.n : 100),
             kv->key.p);
    struct option_input input = {.where = "loader option",
                                 .path = path,
                                 .texts = items,
                                 .n = 1};
    if (kv->val.type != RAGD_V_STR) {
        return err_set(err, ERR_INVALID, "loader option %s: its value must be a text",
                       path);
    }
    if (option->type == RAGD_OPT_STRLIST) {
        struct ragd_str rest = kv->val.u.s;
        input.list = true;
        for (input.n = 0; rest.n && input.n < LIST_ITEMS_MAX; input.n++) {
            const char *comma = memchr(rest.p, ',', rest.n);
            size_t n = comma ? (size_t)(comma - rest.p) : rest.n;
            items[input.n] = (struct ragd_str){rest.p, n};
            n += comma != NULL;
            rest = (struct ragd_str){rest.p + n, rest.n - n};
        }
    }
    int rc = option_value(option, &input, arena, out, err);
    if (rc && err && err->id == ERR_CONFIG) {
        err->id = ERR_INVALID;
        rc = err_status(err);
    }
    return rc;
}

static int unknown_loader(struct ragd_str key, struct ragd_str name, struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (struct instance *i = instance_next(PLUGIN_LOADER, NULL); i;
         i = instance_next(PLUGIN_LOADER, i)) {
        suggest_try(&suggest, instance_name(i));
    }
    int shown = (int)(key.n < 100 ? key.n : 100);
    int rc = err_set(err, ERR_INVALID, "loader option %.*s: no loader '%.*s'", shown, key.p,
                     (int)(name.n < 60 ? name.n : 60), name.p);
    return suggest.best ? err_hint(err, "did you mean '%s'?", suggest.best) : rc;
}

static int unknown_option(const struct ragd_loader *loader, struct ragd_str key,
                          struct ragd_str name, struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    const struct ragd_option *const *options = loader->load_options;
    for (; options && *options; options++) {
        suggest_try(&suggest, (*options)->name);
    }
    int rc = err_set(err, ERR_INVALID, "loader option %.*s is not known",
                     (int)(key.n < 100 ? key.n : 100), key.p);
    return suggest.best ? err_hint(err, "did you mean '%s'?", suggest.best) : rc;
}

int loader_options_check(struct ragd_kvs options, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < options.n && rc == 0; i++) {
        const struct ragd_kv *kv = &options.p[i];
        struct ragd_str loader, name;
        if (!split_key(kv->key, &loader, &name)) {
            return err_set(err, ERR_INVALID,
                           "loader option %.*s: it must be written LOADER.OPTION",
                           (int)(kv->key.n < 100 ? kv->key.n : 100), kv->key.p);
        }
        struct instance *instance = loader_named(loader);
        if (!instance || !instance->iface) {
            return unknown_loader(kv->key, loader, err);
        }
        const struct ragd_option *option = option_named(table_of(instance), name);
        if (!option) {
            return unknown_option(table_of(instance), kv->key, name, err);
        }
        struct arena arena = {0};
        struct ragd_value value;
        rc = parse_option(option, kv, &arena, &value, err);
        arena_release(&arena);
    }
    return rc;
}

/* What was given for one of the loader's options, NULL when nothing was. */
static const struct ragd_kv *given(const struct instance *instance, struct ragd_kvs options,
                                   const char *option)
{
    for (size_t i = 0; i < options.n; i++) {
        struct ragd_str loader, name;
        if (split_key(options.p[i].key, &loader, &name) && is_named(instance, loader) &&
            equal(name, option)) {
            return &options.p[i];
        }
    }
    return NULL;
}

/* All of the loader's options, typed, with defaults. */
static int resolve_options(const struct ragd_call *call, struct ragd_kvs options,
                           struct arena *arena, struct ragd_kvs *out, struct err *err)
{
    const struct ragd_option *const *declared = table_of(call->instance)->load_options;
    size_t n = 0;
    while (declared && declared[n]) {
        n++;
    }
    struct ragd_kv *kvs = arena_calloc(arena, n, sizeof(*kvs));
    if (!kvs) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct ragd_kv *kv = given(call->instance, options, declared[i]->name);
        kvs[i].key = ragd_cs(declared[i]->name);
        rc = kv ? parse_option(declared[i], kv, arena, &kvs[i].val, err)
                : option_default(declared[i], arena, &kvs[i].val, err);
    }
    *out = (struct ragd_kvs){kvs, n};
    return rc;
}

/* ---- loading -------------------------------------------------------------------- */

struct load_args {
    struct ragd_input input;
    struct ragd_limits limits;
    void *map; /* mapped content, NULL = it is in inputs */
    size_t map_bytes;
    struct pile docs;
    struct map keys; /* of the documents so far */
    bool has_text;
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
    args->limits = (struct ragd_limits){sizeof(args->limits), 0, limits->documents,
                                        limits->document_text, limits->metadata};
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
    int rc = resolve_options(call, req->options, &call->inputs, &args->input.options, err);
    return rc ? rc : take_content(call, &req->content, err);
}

static int check_key(struct ragd_call *call, struct ragd_str key)
{
    struct load_args *args = call->args;
    int rc = check_str(call, "a document's key", key, KEY_BYTES_MAX);
    if (rc == 0 && map_get(&args->keys, key)) {
        rc = attempt_broken(call, "gives two documents with the key '%.*s'", (int)key.n,
                            key.p ? key.p : "");
    }
    if (rc == 0 && map_put(&args->keys, key, args)) {
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
    int rc = check_key(call, doc->key);
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

/* Attachments need a queue of their own, which this ragd does not have. */
static ragd_status emit_child(struct ragd_call *call, struct ragd_str name,
                              struct ragd_str mime, struct ragd_bytes bytes)
{
    (void)call, (void)name, (void)mime, (void)bytes;
    return RAGD_E_UNSUPPORTED;
}

static const struct ragd_doc_sink doc_sink = {.struct_size = sizeof(doc_sink),
                                              .emit = emit_doc,
                                              .child = emit_child};

static ragd_status invoke_load(struct ragd_call *call)
{
    struct load_args *args = call->args;
    return table_of(call->instance)
        ->load(call->instance->inst, call, &args->input, &doc_sink);
}

static int check_load(struct ragd_call *call, struct err *err)
{
    const struct load_args *args = call->args;
    return args->has_text ? 0 : err_set(err, ERR_NO_TEXT, NULL);
}

static int settle_load(struct ragd_call *call, struct err *err)
{
    (void)err;
    struct call_load *req = (struct call_load *)call->request;
    const struct load_args *args = call->args;
    req->docs = args->docs.p;
    req->n_docs = args->docs.n;
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
    req->n_docs = 0;
    op_start(&req->call, &load_kind, &target);
}
