/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "host/object.h"

#include <dlfcn.h>
#include <string.h>

typedef const struct ragd_plugin *(*entry_fn)(const struct ragd_host *host);

enum { MAJORS_TRIED = 8 };

/* The rows of this table are all interfaces of the ABI. */
static const char *const interfaces[] = {RAGD_IF_SOURCE, RAGD_IF_LOADER, RAGD_IF_EMBEDDER,
                                         RAGD_IF_STORE, RAGD_IF_LLM};

enum { INTERFACES_N = sizeof(interfaces) / sizeof(interfaces[0]) };

/* ---- opening ------------------------------------------------------------------- */

/* A file without our entry: for another major, or no plugin at all. */
static int no_entry(void *handle, struct err *err)
{
    char symbol[] = "ragd_plugin_entry_v0";
    for (int major = 0; major < MAJORS_TRIED; major++) {
        symbol[sizeof(symbol) - 2] = (char)('0' + major);
        if (dlsym(handle, symbol)) {
            err_set(err, ERR_PLUGIN_REFUSED, "built for plugin ABI %d, this ragd speaks %d",
                    major, RAGD_ABI_MAJOR);
            return err_hint(err, "build it again with this ragd's headers");
        }
    }
    err_set(err, ERR_PLUGIN_REFUSED, "exports no ragd_plugin_entry_v%d", RAGD_ABI_MAJOR);
    return err_why(err, "it is no plugin of ragd");
}

/* RTLD_NOW: what is missing is missed here. */
static int find_entry(const char *path, entry_fn *entry, struct err *err)
{
    dlerror();
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *why = dlerror();
        err_set(err, ERR_PLUGIN_REFUSED, "cannot be loaded");
        return err_why(err, "%s", why ? why : "unknown");
    }
    void *symbol = dlsym(handle, "ragd_plugin_entry_v0");
    if (!symbol) {
        return no_entry(handle, err);
    }
    memcpy(entry, &symbol, sizeof(symbol)); /* ISO C has no cast for this */
    return 0;
}

/* Copies what both sides know of a table; the rest of out stays zero. */
static int copy_table(const char *what, const void *in, size_t least, struct ragd_bytes out,
                      struct err *err)
{
    uint32_t have = 0, size = (uint32_t)out.n;
    memcpy(&have, in, sizeof(have));
    if (have < least) {
        return err_set(err, ERR_PLUGIN_REFUSED,
                       "its table %s has %u bytes, at least %zu are needed", what, have,
                       least);
    }
    void *p = (void *)(uintptr_t)out.p;
    memcpy(p, in, have < size ? have : size);
    memcpy(p, &size, sizeof(size));
    return 0;
}

static int copy_loader(struct object *object, const void *table, struct err *err)
{
    struct ragd_loader *loader = &object->loader;
    int rc = copy_table(RAGD_IF_LOADER, table, sizeof(*loader),
                        (struct ragd_bytes){loader, sizeof(*loader)}, err);
    if (rc) {
        return rc;
    }
    const char *lacks = !loader->life       ? "life"
                        : !loader->mimes    ? "mimes"
                        : !loader->suffixes ? "suffixes"
                        : !loader->probe    ? "probe"
                        : !loader->load     ? "load"
                                            : NULL;
    if (lacks) {
        return err_set(err, ERR_PLUGIN_REFUSED, "its table %s lacks %s", RAGD_IF_LOADER,
                       lacks);
    }
    rc = copy_table("ragd_life", loader->life, offsetof(struct ragd_life, cancel),
                    (struct ragd_bytes){&object->life, sizeof(object->life)}, err);
    if (rc == 0 && (!object->life.create || !object->life.destroy)) {
        rc = err_set(err, ERR_PLUGIN_REFUSED, "its table ragd_life lacks %s",
                     object->life.create ? "destroy" : "create");
    }
    object->has_loader = rc == 0;
    return rc;
}

int object_open(struct object *object, const char *path, const struct ragd_host *host,
                struct err *err)
{
    entry_fn entry = NULL;
    *object = (struct object){.path = path};
    int rc = find_entry(path, &entry, err);
    if (rc) {
        return rc;
    }
    const struct ragd_plugin *table = entry(host);
    if (!table) {
        err_set(err, ERR_PLUGIN_REFUSED, "refuses to work with this ragd");
        return err_why(err, "its entry returned NULL");
    }
    rc = copy_table("ragd_plugin", table, sizeof(*table),
                    (struct ragd_bytes){&object->plugin, sizeof(object->plugin)}, err);
    if (rc == 0 && !object->plugin.iface) {
        rc = err_set(err, ERR_PLUGIN_REFUSED, "its table has no iface");
    }
    const void *loader = rc ? NULL : object->plugin.iface(RAGD_IF_LOADER);
    return loader ? copy_loader(object, loader, err) : rc;
}

static bool listed(const char *const *ids, const char *id)
{
    for (; ids && *ids; ids++) {
        if (strcmp(*ids, id) == 0) {
            return true;
        }
    }
    return false;
}

bool object_wants(const struct object *object, const char *service)
{
    return listed(object->plugin.needs, service) || listed(object->plugin.wants, service);
}

/* ---- describing ------------------------------------------------------------------ */

/* protobuf-c's strings are not const, and are never written. */
static char *text(const char *s)
{
    return (char *)(uintptr_t)(s ? s : "");
}

struct texts {
    char **p;
    size_t n;
};

static int texts_out(struct arena *arena, const char *const *list, struct texts *out)
{
    size_t n = 0;
    while (list && list[n]) {
        n++;
    }
    out->p = arena_calloc(arena, n, sizeof(char *));
    out->n = n;
    for (size_t i = 0; out->p && i < n; i++) {
        out->p[i] = text(list[i]);
    }
    return out->p ? 0 : RAGD_E_NOMEM;
}

static int option_out(struct arena *arena, const struct ragd_option *in,
                      Ragd__Host__V1__HostOption *out)
{
    struct texts choices;
    ragd__host__v1__host_option__init(out);
    if (texts_out(arena, in->choices, &choices)) {
        return RAGD_E_NOMEM;
    }
    out->type = in->type;
    out->flags = in->flags;
    out->name = text(in->name);
    out->doc = text(in->doc);
    out->has_default = in->def != NULL;
    out->default_value = text(in->def);
    out->unit = text(in->unit);
    out->choices = choices.p;
    out->n_choices = choices.n;
    out->min = in->min;
    out->max = in->max;
    return 0;
}

struct options {
    Ragd__Host__V1__HostOption **p;
    size_t n;
};

static int options_out(struct arena *arena, const struct ragd_option *const *list,
                       struct options *out)
{
    size_t n = 0;
    while (list && list[n]) {
        n++;
    }
    Ragd__Host__V1__HostOption *all = arena_calloc(arena, n, sizeof(*all));
    out->p = arena_calloc(arena, n, sizeof(*out->p));
    out->n = n;
    int rc = all && out->p ? 0 : RAGD_E_NOMEM;
    for (size_t i = 0; i < n && rc == 0; i++) {
        /* One from an older header has fewer members: the daemon refuses it by
         * its missing name. */
        struct ragd_option whole = {0};
        if (list[i]->struct_size >= sizeof(whole)) {
            whole = *list[i];
        }
        rc = option_out(arena, &whole, &all[i]);
        out->p[i] = &all[i];
    }
    return rc;
}

static Ragd__Host__V1__HostLife *life_out(struct arena *arena, const struct ragd_life *in)
{
    Ragd__Host__V1__HostLife *out = arena_alloc(arena, sizeof(*out));
    struct options options;
    if (!out || options_out(arena, in->options, &options)) {
        return NULL;
    }
    ragd__host__v1__host_life__init(out);
    out->exec = in->exec;
    out->concurrency = in->concurrency;
    out->work_class = in->work_class;
    out->max_inflight = in->max_inflight;
    out->flags = in->flags;
    out->options = options.p;
    out->n_options = options.n;
    return out;
}

static Ragd__Host__V1__HostLoader *loader_out(struct arena *arena,
                                              const struct object *object)
{
    Ragd__Host__V1__HostLoader *out = arena_alloc(arena, sizeof(*out));
    struct texts mimes, suffixes;
    struct options options;
    if (!out || texts_out(arena, object->loader.mimes, &mimes) ||
        texts_out(arena, object->loader.suffixes, &suffixes) ||
        options_out(arena, object->loader.load_options, &options)) {
        return NULL;
    }
    ragd__host__v1__host_loader__init(out);
    out->mimes = mimes.p;
    out->n_mimes = mimes.n;
    out->suffixes = suffixes.p;
    out->n_suffixes = suffixes.n;
    out->load_options = options.p;
    out->n_load_options = options.n;
    out->life = life_out(arena, &object->life);
    return out->life ? out : NULL;
}

static int interfaces_out(struct arena *arena, const struct object *object,
                          struct texts *out)
{
    const char *has[INTERFACES_N + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < INTERFACES_N; i++) {
        if (object->plugin.iface(interfaces[i])) {
            has[n++] = interfaces[i];
        }
    }
    return texts_out(arena, has, out);
}

int object_describe(const struct object *object, struct arena *arena,
                    Ragd__Host__V1__HostPlugin *out)
{
    const struct ragd_plugin *in = &object->plugin;
    struct texts needs, wants, has;
    ragd__host__v1__host_plugin__init(out);
    if (texts_out(arena, in->needs, &needs) || texts_out(arena, in->wants, &wants) ||
        interfaces_out(arena, object, &has)) {
        return RAGD_E_NOMEM;
    }
    out->abi_minor_built = in->abi_minor_built;
    out->abi_minor_min = in->abi_minor_min;
    out->id = text(in->id);
    out->name = text(in->name);
    out->version = text(in->version);
    out->license = text(in->license);
    out->url = text(in->url);
    out->summary = text(in->summary);
    out->needs = needs.p;
    out->n_needs = needs.n;
    out->wants = wants.p;
    out->n_wants = wants.n;
    out->interfaces = has.p;
    out->n_interfaces = has.n;
    out->loader = object->has_loader ? loader_out(arena, object) : NULL;
    return object->has_loader && !out->loader ? RAGD_E_NOMEM : 0;
}
