/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * An instance's struct before it is created: which plugin, which options, how
 * many operations at once, which directories. All that can be wrong with a
 * configuration is found here, at the start, with the place it stands at.
 */
#include "plugin/instance_make.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/mem.h"
#include "plugin/engine.h"

/* Operations at once of instances that may have any number, when the plugin
 * does not say. A part of the IO lane: one that hangs must not take all. */
enum { ASYNC_INFLIGHT = 64 };

struct ragd_ctx *ctx_create(struct plugin *plugin)
{
    struct ragd_ctx *ctx = mem_calloc(1, sizeof(*ctx));
    if (ctx) {
        ctx->plugin = plugin;
    }
    return ctx;
}

/* ---- the plugin ---------------------------------------------------------------- */

/* A refused file "embedder_openai.so" stands for the plugin openai. */
static bool stands_for(const struct plugin *plugin, enum plugin_kind kind, const char *name)
{
    char file[160];
    snprintf(file, sizeof(file), "%s_%s.so", plugin_kind_name(kind), name);
    const char *slash = strrchr(plugin->path, '/');
    return strcmp(plugin->name, name) == 0 || strcmp(plugin->id, name) == 0 ||
           (slash && strcmp(slash + 1, file) == 0);
}

int instance_find_plugin(struct instance_recipe *recipe, struct err *err)
{
    const struct config_instance *config = recipe->config;
    recipe->plugin = plugin_of(recipe->kind, ragd_cs(config->plugin));
    if (recipe->plugin) {
        return 0;
    }
    for (const struct plugin *p = plugin_next(NULL); p; p = plugin_next(p)) {
        if (!p->loaded && stands_for(p, recipe->kind, config->plugin)) {
            recipe->plugin = (struct plugin *)p;
            return 0;
        }
    }
    err_set(err, ERR_CONFIG, "%s: no %s plugin '%s'", config->where,
            plugin_kind_name(recipe->kind), config->plugin);
    const char *near = plugin_near(recipe->kind, ragd_cs(config->plugin));
    return near ? err_hint(err, "did you mean '%s'?", near)
                : err_hint(err, "rag plugin ls shows those that were found");
}

bool instance_is_built_in(const struct config_instance *config)
{
    return !config || strcmp(config->origin, "default") == 0;
}

/* ---- options ------------------------------------------------------------------- */

bool instance_has_option(const struct instance *instance, const char *name)
{
    const struct ragd_option *const *options = instance->iface
                                                   ? instance->iface->life.options
                                                   : NULL;
    for (; options && *options; options++) {
        if (strcmp((*options)->name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool instance_needs_options(const struct plugin *plugin, enum plugin_kind kind)
{
    const struct ragd_option *const *options = plugin->ifaces[kind]->life.options;
    for (; options && *options; options++) {
        if ((*options)->flags & RAGD_OPTF_REQUIRED && !(*options)->def) {
            return true;
        }
    }
    return false;
}

static int resolve(struct instance *instance, const struct instance_recipe *recipe,
                   struct err *err)
{
    struct config_instance defaults = {
        .kind = (enum config_kind)recipe->kind,
        .name = instance->name,
        .plugin = recipe->plugin->name,
        .where = "built in",
        .origin = "default",
    };
    struct config_resolve request = {
        .instance = recipe->config ? recipe->config : &defaults,
        .options = instance->iface->life.options,
        .model = recipe->model,
        .arena = &instance->arena,
        .quiet = recipe->model.n > 0, /* the one it is derived from told it */
    };
    int rc = config_resolve(&request, err);
    instance->ctx.options = request.values;
    return rc;
}

/* ---- directories ---------------------------------------------------------------- */

/* A name as one part of a path: bytes that could lead elsewhere become %XX. */
static char *path_part(struct arena *arena, const char *name)
{
    static const char hex[] = "0123456789abcdef";
    char *out = arena_alloc(arena, strlen(name) * 3 + 1);
    size_t n = 0;
    for (const char *p = name; out && *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (isalnum(c) || c == '-' || c == '_') {
            out[n++] = *p;
        } else {
            out[n++] = '%';
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
        }
    }
    return out;
}

/* A loader reads strangers' bytes and gets no directory. */
static int name_dirs(struct instance *instance, const struct instances_setup *setup)
{
    const char *roots[] =
        {[RAGD_DIR_DATA] = setup->data_dir, [RAGD_DIR_CACHE] = setup->cache_dir};
    char *part = path_part(&instance->arena, instance->name);
    if (!part) {
        return RAGD_E_NOMEM;
    }
    for (size_t i = 1; i < sizeof(roots) / sizeof(roots[0]); i++) {
        if (!roots[i] || instance->kind == PLUGIN_LOADER) {
            continue;
        }
        instance->ctx.dirs[i] = arena_printf(&instance->arena, "%s/%s/%s", roots[i],
                                             plugin_kind_name(instance->kind), part);
        if (!instance->ctx.dirs[i]) {
            return RAGD_E_NOMEM;
        }
    }
    return 0;
}

/* With its parents; path is changed and put back. */
static int make_path(char *path, struct err *err)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) {
        return 0;
    }
    char *slash = strrchr(path, '/');
    if (errno != ENOENT || !slash || slash == path) {
        return err_errno(err, errno, "cannot make the directory %s", path);
    }
    *slash = '\0';
    int rc = make_path(path, err);
    *slash = '/';
    if (rc == 0 && mkdir(path, 0700) && errno != EEXIST) {
        rc = err_errno(err, errno, "cannot make the directory %s", path);
    }
    return rc;
}

int instance_make_dirs(const struct instance *instance, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof(instance->ctx.dirs) / sizeof(instance->ctx.dirs[0]);
         i++) {
        if (!instance->ctx.dirs[i] || rc) {
            continue;
        }
        char *dir = mem_strdup(instance->ctx.dirs[i]);
        rc = dir ? make_path(dir, err) : err_set(err, ERR_NOMEM, NULL);
        mem_free(dir);
    }
    return rc;
}

/* ---- the gate --------------------------------------------------------------------- */

/* At work at once in processes, of which there are as many as that: a thread
 * waits for each. */
static unsigned processes(void)
{
    unsigned cpu = workers_threads(LANE_CPU), io = workers_threads(LANE_IO);
    return cpu < io ? cpu : io > 1 ? io - 1 : 1;
}

static unsigned inflight(const struct instance *instance)
{
    const struct ragd_life *life = &instance->iface->life;
    unsigned io = workers_threads(LANE_IO);
    if (instance->plugin->placement != PLACEMENT_DAEMON) {
        return processes();
    }
    return life->max_inflight                 ? life->max_inflight
           : life->exec == RAGD_EXEC_ASYNC    ? ASYNC_INFLIGHT
           : life->work_class != RAGD_WORK_IO ? workers_threads(LANE_CPU)
           : io > 1                           ? io / 2
                                              : 1;
}

static void choose_gate(struct instance *instance)
{
    const struct ragd_life *life = &instance->iface->life;
    gate_init(&instance->own, life->concurrency == RAGD_CONC_FREE ? inflight(instance) : 1);
    instance->gate = life->concurrency == RAGD_CONC_PLUGIN ? &instance->plugin->gate
                                                           : &instance->own;
}

/* ---- all of it -------------------------------------------------------------------- */

static int fill(struct instance *instance, const struct instance_recipe *recipe,
                const struct instances_setup *setup, struct err *err)
{
    instance->name = mem_dup(recipe->name.p, recipe->name.n);
    if (!instance->name) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    if (!recipe->plugin->loaded) {
        instance->state = INSTANCE_FAILED;
        instance->problem = recipe->plugin->problem;
        return 0;
    }
    instance->iface = recipe->plugin->ifaces[recipe->kind];
    choose_gate(instance);
    int rc = resolve(instance, recipe, err);
    if (rc == 0 && name_dirs(instance, setup)) {
        rc = err_set(err, ERR_NOMEM, NULL);
    }
    return rc;
}

struct instance *instance_make(const struct instance_recipe *recipe,
                               const struct instances_setup *setup, struct err *err)
{
    struct instance *instance = mem_calloc(1, sizeof(*instance));
    if (!instance) {
        err_set(err, ERR_NOMEM, NULL);
        return NULL;
    }
    instance->kind = recipe->kind;
    instance->plugin = recipe->plugin;
    instance->config = recipe->config;
    instance->ctx.plugin = recipe->plugin;
    instance->ctx.instance = instance;
    list_init(&instance->waiting);
    gate_init(&instance->own, 1);
    instance->gate = &instance->own;
    if (fill(instance, recipe, setup, err)) {
        instance_free(instance);
        return NULL;
    }
    return instance;
}

void instance_free(struct instance *instance)
{
    arena_release(&instance->arena);
    mem_free(instance->name);
    mem_free(instance);
}
