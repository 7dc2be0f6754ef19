/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * From a file to a loaded plugin, one check after the other; the first that
 * fails is the plugin's problem. One that has a process of its own is never opened
 * here: that process says what it is. For the others: RTLD_NOW, so that a missing
 * symbol fails here and not in the middle of a night; RTLD_LOCAL, so that plugins
 * cannot see each other; never unloaded, because threads and thread-local data of
 * libraries do not survive that.
 */
#include "plugin/load.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "plugin/child_describe.h"
#include "plugin/host.h"
#include "plugin/instance.h"
#include "plugin/path_check.h"

typedef const struct ragd_plugin *(*entry_fn)(const struct ragd_host *host);

enum { MAJORS_TRIED = 8 };

/* A file without our entry: for another major, or no plugin at all. */
static int no_entry(const struct plugin *plugin, void *handle, struct err *err)
{
    for (unsigned major = 0; major < MAJORS_TRIED; major++) {
        char symbol[32];
        snprintf(symbol, sizeof(symbol), "ragd_plugin_entry_v%u", major);
        if (dlsym(handle, symbol)) {
            err_set(err, ERR_PLUGIN_REFUSED,
                    "%s: built for plugin ABI %u, this ragd speaks %d", plugin->path, major,
                    RAGD_ABI_MAJOR);
            return err_hint(err, "build it again with this ragd's headers");
        }
    }
    err_set(err, ERR_PLUGIN_REFUSED, "%s: exports no ragd_plugin_entry_v%d", plugin->path,
            RAGD_ABI_MAJOR);
    return err_why(err, "it is no plugin of ragd");
}

static int open_object(struct plugin *plugin, entry_fn *entry, struct err *err)
{
    dlerror();
    void *handle = dlopen(plugin->path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *why = dlerror();
        err_set(err, ERR_PLUGIN_REFUSED, "%s: cannot be loaded", plugin->path);
        return err_why(err, "%s", why ? why : "unknown");
    }
    void *symbol = dlsym(handle, "ragd_plugin_entry_v0");
    if (!symbol) {
        return no_entry(plugin, handle, err);
    }
    memcpy(entry, &symbol, sizeof(symbol)); /* ISO C has no cast for this */
    return 0;
}

static const char *status_text(int status)
{
    switch (status) {
#define TEXT_CASE(name, value, retry, text) \
    case value: return text;
        RAGD_STATUS_LIST(TEXT_CASE)
#undef TEXT_CASE
    default: return "unknown status";
    }
}

static int init_plugin(struct plugin *plugin, struct err *err)
{
    plugin->ctx = ctx_create(plugin);
    if (!plugin->ctx) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    if (plugin->table.init) {
        int status = plugin->table.init(&HOST, plugin->ctx);
        if (status) {
            err_set(err, ERR_PLUGIN_REFUSED, "%s: its init failed", plugin->path);
            return err_why(err, "%s", status_text(status));
        }
    }
    return 0;
}

/* What goes into a bug report. */
static void log_loaded(const struct plugin *plugin)
{
    char kinds[80] = "", needs[200] = "";
    for (int k = 0; k < PLUGIN_KINDS; k++) {
        size_t n = strlen(kinds);
        if (plugin->kinds & 1u << k) {
            snprintf(kinds + n, sizeof(kinds) - n, "%s%s", n ? "," : "",
                     plugin_kind_name((enum plugin_kind)k));
        }
    }
    for (const char *const *id = plugin->needs; *id; id++) {
        size_t n = strlen(needs);
        snprintf(needs + n, sizeof(needs) - n, "%s%s", n ? "," : "", *id);
    }
    log_info("PLUGIN-LOADED",
             "%s %s (%s) from %s, sha256 %s, abi %s, kinds %s, needs %s, "
             "in %s",
             plugin->id, plugin->version, plugin->name, plugin->path, plugin->sha256,
             plugin->abi, kinds, needs[0] ? needs : "nothing",
             placement_name(plugin->placement));
}

void load_begin(struct plugin *plugin, bool system)
{
    struct child *child = NULL;
    plugin->system = system;
    (void)stat(plugin->path, &plugin->seen); /* before it: a later change is seen */
    int rc = path_check(plugin->path, system, plugin->sha256, &plugin->problem);
    if (rc == 0 && plugin->placement != PLACEMENT_DAEMON &&
        child_spawn(plugin, &child, &plugin->problem) == 0) {
        atomic_store(&plugin->spare, child);
    }
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

int load_again(const struct plugin *plugin, struct err *err)
{
    struct stat now;
    char sha256[HASH_HEX_BYTES];
    if (stat(plugin->path, &now) == 0 && is_same(&now, &plugin->seen)) {
        return 0; /* rights and owner are in what changes ctime */
    }
    int rc = path_check(plugin->path, plugin->system, sha256, err);
    if (rc || strcmp(sha256, plugin->sha256) == 0) {
        return rc;
    }
    err_set(err, ERR_PLUGIN_REFUSED, "%s is not the file it was at the start",
            plugin->path);
    return err_hint(err, "restart ragd");
}

/* The plugin's table, of this process. */
static int enter(struct plugin *plugin, const struct ragd_plugin **table, struct err *err)
{
    entry_fn entry = NULL;
    int rc = open_object(plugin, &entry, err);
    *table = rc ? NULL : entry(&HOST);
    return rc || *table ? rc
                        : err_set(err, ERR_PLUGIN_REFUSED,
                                  "%s: refuses to work with this ragd", plugin->path);
}

int load_plugin(struct plugin *plugin, uint64_t start_ms, plugin_check_fn unique,
                struct err *err)
{
    bool here = plugin->placement == PLACEMENT_DAEMON;
    const struct ragd_plugin *table = NULL;
    int rc = err_status(&plugin->problem);
    if (rc) {
        return rc;
    }
    rc = here ? enter(plugin, &table, err) : child_describe(plugin, start_ms, &table, err);
    rc = rc ? rc : load_tables(plugin, table, err);
    rc = rc ? rc : unique(plugin, err);
    rc = rc ? rc : init_plugin(plugin, err);
    if (rc == 0) {
        plugin->loaded = true;
        log_loaded(plugin);
    } else {
        child_destroy(atomic_exchange(&plugin->spare, NULL));
    }
    return rc;
}

void unload_plugin(struct plugin *plugin)
{
    child_end(atomic_exchange(&plugin->spare, NULL));
    arena_release(&plugin->arena);
    for (int k = 0; k < PLUGIN_KINDS; k++) {
        mem_free(plugin->ifaces[k]);
    }
    mem_free(plugin->ctx);
    mem_free(plugin->path);
    mem_free(plugin);
}
