/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A plugin's tables: copied up to the smaller size, then checked, before any
 * function in them is called. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "config/option.h"
#include "core/mem.h"
#include "core/utf8.h"
#include "plugin/host.h"
#include "plugin/load.h"

enum { PLUGIN_ID_BYTES = 64, PLUGIN_NAME_BYTES = 64, OPTIONS_MAX = 256 };

static const char *const nothing[] = {NULL};

/* A function or table that must be there, by its place in the kind's table. */
struct required {
    const char *name;
    size_t offset;
};

#define REQUIRED(kind, member)                        \
    {                                                 \
#member, offsetof(struct ragd_##kind, member) \
    }

static const struct required source_needs[] = {REQUIRED(source, schemes),
                                               REQUIRED(source, list),
                                               REQUIRED(source, fetch),
                                               {NULL, 0}};
static const struct required loader_needs[] = {REQUIRED(loader, mimes),
                                               REQUIRED(loader, suffixes),
                                               REQUIRED(loader, probe),
                                               REQUIRED(loader, load),
                                               {NULL, 0}};
static const struct required embedder_needs[] = {REQUIRED(embedder, info),
                                                 REQUIRED(embedder, embed),
                                                 {NULL, 0}};
static const struct required store_needs[] = {
    REQUIRED(store, coll_list), REQUIRED(store, coll_create), REQUIRED(store, coll_drop),
    REQUIRED(store, coll_open), REQUIRED(store, coll_close),  REQUIRED(store, apply),
    REQUIRED(store, flush),     REQUIRED(store, view_open),   REQUIRED(store, view_close),
    REQUIRED(store, query),     REQUIRED(store, get),         REQUIRED(store, scan),
    REQUIRED(store, count),     REQUIRED(store, stats),       {NULL, 0}};
static const struct required blobs_needs[] = {REQUIRED(store, doc_get),
                                              REQUIRED(store, doc_scan),
                                              REQUIRED(store, blob_get),
                                              REQUIRED(store, blob_scan),
                                              {NULL, 0}};
static const struct required llm_needs[] = {REQUIRED(llm, models),
                                            REQUIRED(llm, generate),
                                            {NULL, 0}};

/* life stands at the same place in every kind's table. */
_Static_assert(offsetof(struct ragd_source, life) == offsetof(struct ragd_llm, life) &&
                   offsetof(struct ragd_loader, life) == offsetof(struct ragd_llm, life) &&
                   offsetof(struct ragd_embedder, life) ==
                       offsetof(struct ragd_llm, life) &&
                   offsetof(struct ragd_store, life) == offsetof(struct ragd_llm, life),
               "life has moved");

static const struct {
    const char *name, *iface;
    size_t size;
    const struct required *needs;
} kinds[PLUGIN_KINDS] = {
    [PLUGIN_SOURCE] = {"source", RAGD_IF_SOURCE, sizeof(struct ragd_source), source_needs},
    [PLUGIN_LOADER] = {"loader", RAGD_IF_LOADER, sizeof(struct ragd_loader), loader_needs},
    [PLUGIN_EMBEDDER] = {"embedder", RAGD_IF_EMBEDDER, sizeof(struct ragd_embedder),
                         embedder_needs},
    [PLUGIN_STORE] = {"store", RAGD_IF_STORE, sizeof(struct ragd_store), store_needs},
    [PLUGIN_LLM] = {"llm", RAGD_IF_LLM, sizeof(struct ragd_llm), llm_needs},
};

const char *plugin_kind_name(enum plugin_kind kind)
{
    return kinds[kind].name;
}

#define refuse(err, plugin, fmt, ...) \
    err_set(err, ERR_PLUGIN_REFUSED, "%s: " fmt, (plugin)->path, __VA_ARGS__)

/* A table of the plugin and where its copy goes. */
struct copying {
    const char *what;
    const void *in;
    size_t least; /* bytes it must have */
    void *out;
    size_t size; /* bytes that this daemon knows */
};

/* Copies what both sides know; the rest of out stays zero. */
static int copy_table(const struct plugin *plugin, const struct copying *c, struct err *err)
{
    uint32_t have = 0, size = (uint32_t)c->size;
    memcpy(&have, c->in, sizeof(have));
    if (have < c->least) {
        return refuse(err, plugin, "its table %s has %u bytes, at least %zu are needed",
                      c->what, have, c->least);
    }
    memcpy(c->out, c->in, have < size ? have : size);
    memcpy(c->out, &size, sizeof(size));
    return 0;
}

/* ---- identity --------------------------------------------------------------- */

static bool words(const char *s, const char *first, const char *rest, size_t size)
{
    return s && s[0] && strchr(first, s[0]) && s[strspn(s, rest)] == '\0' &&
           strlen(s) < size;
}

static bool good_id(const char *id)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    return words(id, letters, all, PLUGIN_ID_BYTES) && strchr(id, '.') &&
           id[strlen(id) - 1] != '.' && !strstr(id, "..");
}

static bool good_name(const char *name)
{
    return words(name, "abcdefghijklmnopqrstuvwxyz",
                 "abcdefghijklmnopqrstuvwxyz0123456789_-", PLUGIN_NAME_BYTES);
}

static const char *text_or_empty(const char *s)
{
    return s && utf8_check(s, strlen(s)) == strlen(s) ? s : "";
}

static int take_identity(struct plugin *plugin, struct err *err)
{
    const struct ragd_plugin *t = &plugin->table;
    snprintf(plugin->abi, sizeof(plugin->abi), "%d.%u", RAGD_ABI_MAJOR, t->abi_minor_built);
    if (!good_id(t->id)) {
        refuse(err, plugin, "%s", "its id is ill-formed");
        return err_why(err, "an id is a reverse domain name in lower case, under %d bytes",
                       PLUGIN_ID_BYTES);
    }
    plugin->id = t->id;
    if (!good_name(t->name)) {
        return refuse(err, plugin, "%s", "its name is ill-formed");
    }
    plugin->name = t->name;
    plugin->version = text_or_empty(t->version);
    plugin->license = text_or_empty(t->license);
    plugin->url = text_or_empty(t->url);
    plugin->summary = text_or_empty(t->summary);
    if (t->abi_minor_min > RAGD_ABI_MINOR) {
        return refuse(err, plugin,
                      "needs plugin ABI %d.%u or later, this ragd speaks %d.%d",
                      RAGD_ABI_MAJOR, t->abi_minor_min, RAGD_ABI_MAJOR, RAGD_ABI_MINOR);
    }
    if (!plugin->version[0]) {
        return refuse(err, plugin, "%s", "it has no version");
    }
    return t->iface || plugin->described
               ? 0
               : refuse(err, plugin, "%s", "its table has no iface");
}

static int check_needs(const struct plugin *plugin, struct err *err)
{
    for (const char *const *id = plugin->needs; *id; id++) {
        if (!service_known(*id)) {
            refuse(err, plugin, "needs the service %s", *id);
            return err_why(err, "this ragd does not have it");
        }
    }
    return 0;
}

/* ---- options ------------------------------------------------------------------ */

static bool good_option_name(const char *name)
{
    return words(name, "abcdefghijklmnopqrstuvwxyz",
                 "abcdefghijklmnopqrstuvwxyz0123456789_.", PLUGIN_NAME_BYTES);
}

static int check_option(const struct plugin *plugin, const struct ragd_option *option,
                        struct err *err)
{
    if (option->struct_size < sizeof(*option)) {
        return refuse(err, plugin,
                      "an option's table has %u bytes, at least %zu are needed",
                      option->struct_size, sizeof(*option));
    }
    if (!good_option_name(option->name) || !option->doc) {
        return refuse(err, plugin, "%s", "an option has no good name or no doc");
    }
    if (option->type < RAGD_OPT_STR || option->type > RAGD_OPT_SECRET) {
        return refuse(err, plugin, "option %s has the unknown type %u", option->name,
                      option->type);
    }
    struct arena arena = {0};
    struct ragd_value value;
    struct err why = {0};
    int rc = option_default(option, &arena, &value, &why);
    arena_release(&arena);
    if (rc) {
        refuse(err, plugin, "the default of option %s is not valid", option->name);
        return err_why(err, "%s", why.msg);
    }
    return 0;
}

static int check_options(const struct plugin *plugin,
                         const struct ragd_option *const *options, struct err *err)
{
    int rc = 0;
    for (size_t n = 0; rc == 0 && options && options[n]; n++) {
        rc = n < OPTIONS_MAX ? check_option(plugin, options[n], err)
                             : refuse(err, plugin, "has more than %d options", OPTIONS_MAX);
    }
    return rc;
}

/* ---- kinds -------------------------------------------------------------------- */

static int check_required(const struct plugin *plugin, const struct iface *iface,
                          enum plugin_kind kind, const struct required *needs,
                          struct err *err)
{
    for (; needs->name; needs++) {
        const void *member = NULL;
        memcpy(&member, (const char *)&iface->u + needs->offset, sizeof(member));
        if (!member) {
            return refuse(err, plugin, "its table %s lacks %s", kinds[kind].iface,
                          needs->name);
        }
    }
    return 0;
}

static int check_life(const struct plugin *plugin, const struct ragd_life *life,
                      struct err *err)
{
    uint32_t apart = RAGD_LIFE_CHILD_ONLY | RAGD_LIFE_NEEDS_EXEC;
    if (life->flags & apart && plugin->placement == PLACEMENT_DAEMON) {
        refuse(err, plugin, "%s", "must run in a process of its own");
        return err_hint(err, "plugins.placement: [%s=sandbox]", plugin->name);
    }
    if (!life->create || !life->destroy) {
        return refuse(err, plugin, "its table ragd_life lacks %s",
                      life->create ? "destroy" : "create");
    }
    if (life->exec > RAGD_EXEC_ASYNC || life->concurrency > RAGD_CONC_FREE ||
        life->work_class > RAGD_WORK_IO) {
        return refuse(err, plugin, "%s", "its table ragd_life has values unknown here");
    }
    return check_options(plugin, life->options, err);
}

/* Strangers' bytes are parsed with nothing else in reach. */
static int check_loader(const struct plugin *plugin, const struct iface *iface,
                        struct err *err)
{
    const char *const *lists[] = {plugin->needs, plugin->wants};
    for (size_t i = 0; i < 2; i++) {
        for (const char *const *id = lists[i]; *id; id++) {
            if (strcmp(*id, RAGD_SVC_CONFIG) != 0) {
                refuse(err, plugin, "asks for the service %s", *id);
                return err_why(err, "a loader gets nothing but its configuration");
            }
        }
    }
    return check_options(plugin, iface->u.loader.load_options, err);
}

static int take_kind(struct plugin *plugin, enum plugin_kind kind, const void *table,
                     struct err *err)
{
    struct iface *iface = mem_calloc(1, sizeof(*iface));
    if (!iface) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    plugin->ifaces[kind] = iface;
    plugin->kinds |= 1u << kind;
    const struct required *last = kinds[kind].needs;
    while (last[1].name) {
        last++;
    }
    struct copying own = {kinds[kind].iface, table, last->offset + sizeof(void *),
                          &iface->u, kinds[kind].size};
    int rc = copy_table(plugin, &own, err);
    if (rc == 0 && !iface->u.llm.life) {
        rc = refuse(err, plugin, "its table %s lacks life", kinds[kind].iface);
    }
    struct copying life = {"ragd_life", iface->u.llm.life,
                           offsetof(struct ragd_life, cancel), &iface->life,
                           sizeof(iface->life)};
    rc = rc ? rc : copy_table(plugin, &life, err);
    rc = rc ? rc : check_life(plugin, &iface->life, err);
    if (rc == 0 && !plugin->described) {
        rc = check_required(plugin, iface, kind, kinds[kind].needs, err);
    }
    if (rc == 0 && kind == PLUGIN_STORE && iface->u.store.caps & RAGD_STORE_BLOBS) {
        rc = check_required(plugin, iface, kind, blobs_needs, err);
    }
    return rc == 0 && kind == PLUGIN_LOADER ? check_loader(plugin, iface, err) : rc;
}

static const void *table_of(const struct plugin *plugin, enum plugin_kind kind)
{
    if (plugin->described) {
        return kind == PLUGIN_LOADER ? plugin->described : NULL;
    }
    return plugin->table.iface(kinds[kind].iface);
}

static int take_kinds(struct plugin *plugin, struct err *err)
{
    unsigned limit = UINT32_MAX;
    for (int kind = 0; kind < PLUGIN_KINDS; kind++) {
        const void *table = table_of(plugin, (enum plugin_kind)kind);
        int rc = table ? take_kind(plugin, (enum plugin_kind)kind, table, err) : 0;
        if (rc) {
            return rc;
        }
        if (table && plugin->ifaces[kind]->life.concurrency == RAGD_CONC_PLUGIN) {
            limit = 1;
        }
    }
    gate_init(&plugin->gate, limit);
    return plugin->kinds ? 0
                         : refuse(err, plugin, "%s", "has no interface that ragd knows");
}

int load_tables(struct plugin *plugin, const struct ragd_plugin *table, struct err *err)
{
    struct copying own = {"ragd_plugin", table, sizeof(*table), &plugin->table,
                          sizeof(plugin->table)};
    int rc = copy_table(plugin, &own, err);
    if (rc) {
        return rc;
    }
    plugin->needs = plugin->table.needs ? plugin->table.needs : nothing;
    plugin->wants = plugin->table.wants ? plugin->table.wants : nothing;
    rc = take_identity(plugin, err);
    rc = rc ? rc : check_needs(plugin, err);
    return rc ? rc : take_kinds(plugin, err);
}
