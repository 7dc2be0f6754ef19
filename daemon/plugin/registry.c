/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The list of plugins in the order they were found: directory by directory,
 * names by their bytes. Order decides who of two with the same id is loaded,
 * so it is the same on every start. The processes of those that have one of their
 * own all start first, and are heard in that order.
 */
#include "plugin/registry.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "plugin/child.h"
#include "plugin/load.h"

static struct {
    struct plugin *first, **last;
} registry = {.last = &registry.first};

static const char *const none[] = {NULL};

/* ---- listing -------------------------------------------------------------- */

const struct plugin *plugin_next(const struct plugin *after)
{
    return after ? after->next : registry.first;
}

static bool is(const char *text, struct ragd_str s)
{
    return strlen(text) == s.n && memcmp(text, s.p, s.n) == 0;
}

/* The only one of this name, among the loaded or the refused ones. */
static const struct plugin *only_named(struct ragd_str name, bool loaded)
{
    const struct plugin *found = NULL;
    for (const struct plugin *p = registry.first; p; p = p->next) {
        if (p->loaded == loaded && is(p->name, name)) {
            if (found) {
                return NULL;
            }
            found = p;
        }
    }
    return found;
}

const struct plugin *plugin_find(struct ragd_str name)
{
    const struct plugin *found = NULL;
    for (const struct plugin *p = registry.first; p; p = p->next) {
        if (is(p->id, name) && (!found || p->loaded)) {
            found = p;
        }
    }
    found = found ? found : only_named(name, true);
    return found ? found : only_named(name, false);
}

struct plugin *plugin_of(enum plugin_kind kind, struct ragd_str name)
{
    for (struct plugin *p = registry.first; p; p = p->next) {
        if (p->loaded && p->ifaces[kind] && (is(p->name, name) || is(p->id, name))) {
            return p;
        }
    }
    return NULL;
}

const char *plugin_near(enum plugin_kind kind, struct ragd_str name)
{
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (struct plugin *p = registry.first; p; p = p->next) {
        if (p->loaded && p->ifaces[kind]) {
            suggest_try(&suggest, p->name);
        }
    }
    return suggest.best;
}

/* ---- loading -------------------------------------------------------------- */

/* Ids are unique, names are unique within a kind: the first one wins. */
static int check_unique(const struct plugin *plugin, struct err *err)
{
    for (const struct plugin *p = registry.first; p; p = p->next) {
        if (!p->loaded) {
            continue;
        }
        if (strcmp(p->id, plugin->id) == 0) {
            err_set(err, ERR_PLUGIN_REFUSED, "%s: its id %s is taken", plugin->path,
                    plugin->id);
            return err_why(err, "%s was loaded first", p->path);
        }
        if (p->kinds & plugin->kinds && strcmp(p->name, plugin->name) == 0) {
            err_set(err, ERR_PLUGIN_REFUSED, "%s: its name %s is taken", plugin->path,
                    plugin->name);
            return err_why(err, "%s was loaded first", p->path);
        }
    }
    return 0;
}

static struct plugin *new_plugin(const char *path)
{
    struct plugin *plugin = mem_calloc(1, sizeof(*plugin));
    if (!plugin) {
        return NULL;
    }
    plugin->path = mem_strdup(path);
    if (!plugin->path) {
        mem_free(plugin);
        return NULL;
    }
    const char *slash = strrchr(plugin->path, '/');
    plugin->name = slash ? slash + 1 : plugin->path;
    plugin->id = plugin->version = plugin->license = plugin->url = plugin->summary = "";
    plugin->needs = plugin->wants = none;
    return plugin;
}

static int add_file(const char *path, const struct registry_setup *setup, struct err *err)
{
    for (const struct plugin *p = registry.first; p; p = p->next) {
        if (strcmp(p->path, path) == 0) {
            return 0; /* a directory may be named twice */
        }
    }
    struct plugin *plugin = new_plugin(path);
    if (!plugin) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    plugin->placement = placement_of(plugin->name, setup->placement, setup->n_placement,
                                     &plugin->placed);
    load_begin(plugin, setup->system);
    *registry.last = plugin;
    registry.last = &plugin->next;
    return 0;
}

/* An operator's word that cannot be kept is his error; all else is the plugin's. */
static int load_all(const struct registry_setup *setup, struct err *err)
{
    for (struct plugin *p = registry.first; p; p = p->next) {
        struct err problem = {0};
        if (load_plugin(p, setup->start_ms, check_unique, &problem) == 0) {
            continue;
        }
        p->problem = p->problem.id ? p->problem : problem;
        if (p->problem.id == ERR_CONFIG) {
            *err = p->problem;
            return err_status(err);
        }
        log_warn("PLUGIN-REFUSED", "%s%s%s", p->problem.msg, p->problem.why[0] ? ": " : "",
                 p->problem.why);
    }
    return 0;
}

/* ---- the search path -------------------------------------------------------- */

static int is_object(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 3 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 3, ".so") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_in(const char *dir, const char *file, const struct registry_setup *setup,
                  struct err *err)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/%s", dir, file);
    return n > 0 && (size_t)n < sizeof(path) ? add_file(path, setup, err) : 0;
}

static int add_dir(const char *dir, const struct registry_setup *setup, struct err *err)
{
    char canonical[PATH_MAX];
    if (!realpath(dir, canonical)) {
        log_debug("PLUGIN-DIR", "no plugins in %s: it does not exist", dir);
        return 0;
    }
    struct dirent **names = NULL;
    int n = scandir(canonical, &names, is_object, by_name);
    if (n < 0) {
        log_warn("PLUGIN-DIR", "cannot read %s", canonical);
        return 0;
    }
    int rc = 0;
    for (int i = 0; i < n; i++) {
        rc = rc ? rc : add_in(canonical, names[i]->d_name, setup, err);
        mem_free(names[i]); /* scandir's memory comes from malloc */
    }
    mem_free(names);
    return rc;
}

/* In the first directory that has such a file. */
static int add_named_in(const char *dir, struct ragd_str name,
                        const struct registry_setup *setup, bool *found, struct err *err)
{
    char canonical[PATH_MAX];
    struct dirent **names = NULL;
    int n = realpath(dir, canonical) ? scandir(canonical, &names, is_object, by_name) : 0;
    int rc = 0;
    for (int i = 0; i < n; i++) {
        if (rc == 0 && placement_names(name, names[i]->d_name)) {
            rc = add_in(canonical, names[i]->d_name, setup, err);
            *found = true;
        }
        mem_free(names[i]);
    }
    mem_free(names);
    return rc;
}

static int add_named(const struct registry_setup *setup, struct ragd_str name,
                     struct err *err)
{
    bool found = false;
    int rc = 0;
    for (const char *const *dir = setup->dirs; *dir && rc == 0 && !found; dir++) {
        rc = add_named_in(*dir, name, setup, &found, err);
    }
    if (rc == 0 && !found) {
        rc = err_set(err, ERR_CONFIG, "plugins.load: no plugin file '%.*s' was found",
                     (int)name.n, name.p);
        err_why(err, "none of the plugin directories has it");
    }
    return rc;
}

/* A placement of what is not there is a mistake. */
static int check_placement(const struct registry_setup *setup, struct err *err)
{
    for (size_t i = 0; i < setup->n_placement; i++) {
        struct ragd_str name;
        enum placement placement;
        const struct plugin *p = registry.first;
        int rc = placement_parse(setup->placement[i], &name, &placement, err);
        if (rc) {
            return rc;
        }
        while (p && !placement_names(name, strrchr(p->path, '/') + 1)) {
            p = p->next;
        }
        if (!p) {
            err_set(err, ERR_CONFIG, "plugins.placement: no plugin file '%.*s' was found",
                    (int)name.n, name.p);
            return err_hint(err, "rag plugin ls shows those that were found");
        }
    }
    return 0;
}

int registry_open(const struct registry_setup *setup, struct err *err)
{
    int rc = 0;
    child_set_program(setup->host ? setup->host : "");
    for (size_t i = 0; i < setup->n_load && rc == 0; i++) {
        rc = add_named(setup, setup->load[i], err);
    }
    for (const char *const *dir = setup->dirs; *dir && rc == 0 && setup->n_load == 0;
         dir++) {
        rc = add_dir(*dir, setup, err);
    }
    rc = rc ? rc : check_placement(setup, err);
    rc = rc ? rc : load_all(setup, err);
    if (rc) {
        registry_close();
    }
    return rc;
}

void registry_close(void)
{
    struct plugin *plugin = registry.first;
    registry.first = NULL;
    registry.last = &registry.first;
    while (plugin) {
        struct plugin *next = plugin->next;
        if (plugin->loaded && plugin->table.fini) {
            plugin->table.fini();
        }
        unload_plugin(plugin);
        plugin = next;
    }
}
